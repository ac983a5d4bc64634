"""The German of ``ivr simulate``; the English text is the key."""

from __future__ import annotations

SIMULATE = {
    "Abandoned": ("Aufgelegt"),
    "Agent hours": ("Agentenstunden"),
    "Answered": ("Angenommen"),
    "Callbacks": ("Rückrufbitten"),
    "Calls spread over the week like these: a calls file, or counts by interval as for"
    " `ivr plan`; like the pilot's if left out.": (
        "Anrufe verteilen sich über die Woche wie diese: eine Anrufdatei, oder Anzahlen je"
        " Intervall wie für `ivr plan`; ohne Angabe wie im Pilotbetrieb."
    ),
    "Each agent answers for so many departments; for all if left out.": (
        "Jeder Agent ist für so viele Fachbereiche da; ohne Angabe für alle."
    ),
    "Each agent pauses so long in each hour; 5 if left out.": (
        "Jeder Agent macht in jeder Stunde so lange Pause; ohne Angabe 5."
    ),
    "Examples: `ivr simulate --calls 500000 --seed 1 --json` · `ivr simulate --agents"
    " 14 --calls-file year.csv`, then `ivr report --from year.csv` · `ivr plan"
    " --calls-a-year 500000 --json > plan.json`, then `ivr simulate --agents plan.json`"
    " · `ivr simulate --since 2026-11-23 --until 2026-11-28 --calls 12000 --patience 60`": (
        "Beispiele: `ivr simulate --calls 500000 --seed 1 --json` · `ivr simulate --agents"
        " 14 --calls-file year.csv`, dann `ivr report --from year.csv` · `ivr plan"
        " --calls-a-year 500000 --json > plan.json`, dann `ivr simulate --agents plan.json`"
        " · `ivr simulate --since 2026-11-23 --until 2026-11-28 --calls 12000 --patience 60`"
    ),
    "From this day on; from January on if left out.": ("Von diesem Tag an; ohne Angabe ab Januar."),
    "Hour": ("Stunde"),
    "time in which agents are rung, talk or wrap up / time in which they are there for calls": (
        "Zeit, in der es bei Agenten klingelt, sie sprechen oder nachbearbeiten / Zeit, in der sie"
        " für Anrufe da sind"
    ),
    "How long callers wait on average before they give up; none: they never do. 180 if left out.": (
        "Wie lange im Mittel gewartet wird, bevor aufgelegt wird; none: nie. Ohne Angabe 180."
    ),
    "In so many talks the agent takes a callback request; 8 if left out.": (
        "In so vielen Gesprächen nimmt der Agent eine Rückrufbitte auf; ohne Angabe 8."
    ),
    "Let a year of calls happen by chance, and tell how long callers waited.": (
        "Ein Jahr von Anrufen durch Zufall geschehen lassen und sagen, wie lange gewartet wurde."
    ),
    "Let a year of calls happen by chance, and tell how long callers waited. The"
    " program that serves real calls decides everything, with the rules in config/; only"
    " callers, agents and the clock are made up. Nobody is called and nothing is"
    " changed; the service may be running. The same seed gives the same year.": (
        "Ein Jahr von Anrufen durch Zufall geschehen lassen und sagen, wie lange gewartet"
        " wurde. Alles entscheidet das Programm, das echte Anrufe bedient, mit den Regeln in"
        " config/; nur Anrufende, Agenten und die Uhr sind erfunden. Niemand wird angerufen"
        " und nichts geändert; der Dienst darf laufen. Derselbe Startwert ergibt dasselbe"
        " Jahr."
    ),
    "Month": ("Monat"),
    "Nobody is told a position while waiting: a little faster, the same waits.": (
        "Niemand hört beim Warten die Position: etwas schneller, gleiche Wartezeiten."
    ),
    "Simulating": ("Simuliere"),
    "So many agents at any time, or as a plan says (`ivr plan --json`). If left out: as"
    " many as Erlang's formulas want for 13 seconds, hour by hour.": (
        "So viele Agenten zu jeder Zeit, oder nach einem Plan (`ivr plan --json`). Ohne"
        " Angabe: so viele, wie Erlangs Formeln Stunde für Stunde für 13 Sekunden verlangen."
    ),
    "So many calls arrive.": ("So viele Anrufe kommen."),
    "So many of the agents do not come on a day; 3 if left out.": (
        "So viele der Agenten kommen an einem Tag nicht; ohne Angabe 3."
    ),
    "So many of the offered calls an agent does not notice; 1 if left out.": (
        "So viele angebotene Anrufe bemerkt ein Agent nicht; ohne Angabe 1."
    ),
    "So many talks are shorter than three minutes; 75 if left out.": (
        "So viele Gespräche sind kürzer als drei Minuten; ohne Angabe 75."
    ),
    "No plan makes up for so many: say with --agents how many there are.": (
        "So viele gleicht kein Plan aus: mit --agents sagen, wie viele da sind."
    ),
    "The period has to begin before it ends, and to end within ten years.": (
        "Der Zeitraum muss beginnen, bevor er endet, und binnen zehn Jahren enden."
    ),
    "Until this day, without it; until the end of its year if left out.": (
        "Bis zu diesem Tag, ohne ihn; ohne Angabe bis zum Ende des Jahres."
    ),
    "Where chance begins: another seed, another year.": (
        "Startwert des Zufalls: ein anderer, ein anderes Jahr."
    ),
    "Wrap-up after a call; that of queue.toml if left out.": (
        "Nachbearbeitung nach einem Anruf; ohne Angabe die aus queue.toml."
    ),
    "Write the calls to FILE, for `ivr report --from FILE`.": (
        "Die Anrufe in FILE schreiben, für `ivr report --from FILE`."
    ),
    "a quarter of an hour such as 09:15": ("eine Viertelstunde wie 09:15"),
    "a whole number up to {most}": ("eine ganze Zahl bis {most}"),
    "is no JSON": ("ist kein JSON"),
    "is no number of agents": ("ist keine Anzahl von Agenten"),
    "is no time at which agents come": ("ist keine Zeit, zu der Agenten kommen"),
    "is no weekday": ("ist kein Wochentag"),
    "names no agents": ("nennt keine Agenten"),
    "what ivr plan --json prints, or {example}": ("was ivr plan --json ausgibt, oder {example}"),
}
