"""The German of ``ivr report``; the English text is the key."""

from __future__ import annotations

REPORT = {
    "? Fewer than half of the answered calls have a result: too few to tell a share.": (
        "? Weniger als die Hälfte der angenommenen Anrufe hat ein Ergebnis: zu wenige für einen"
        " Anteil."
    ),
    "too few results to tell": "zu wenige Ergebnisse für ein Urteil",
    "--compare needs a PERIOD.": "--compare braucht einen ZEITRAUM.",
    "115: 65 % of the calls from Monday to Friday settled in the first call; counted as the"
    " first-contact share, judged where half of the answered calls have a result": (
        "115: 65 % der Anrufe von Montag bis Freitag im ersten Anruf erledigt; gezählt wie der"
        " Anteil beim ersten Kontakt, beurteilt, wo die Hälfte der angenommenen Anrufe ein Ergebnis"
        " hat"
    ),
    "115: 75 % of the calls from Monday to Friday answered within 30 seconds; counted as the "
    "service level": (
        "115: 75 % der Anrufe von Montag bis Freitag binnen 30 Sekunden angenommen; gezählt wie"
        " das Serviceniveau"
    ),
    "115: an answer within 24 hours of service time; callbacks in which the citizen was "
    "reached, or that were ended, by then / (those + all others whose 24 hours are over); "
    "without those withdrawn or asked for twice": (
        "115: Antwort binnen 24 Stunden Servicezeit; Rückrufe, bei denen der Bürger bis dahin "
        "erreicht wurde oder die bis dahin beendet waren / (diese + alle anderen, deren 24 "
        "Stunden vorbei sind); ohne zurückgezogene und doppelte"
    ),
    "115: called back in 24 h": "115: Rückruf binnen 24 h",
    "115: settled at once": "115: sofort erledigt",
    "115: within 30 s": "115: binnen 30 s",
    "9 of 10": "9 von 10",
    "ASA": "ASA",
    "Abandoned at once": "Sofort aufgelegt",
    "Abandoned, share": "Aufgelegt, Anteil",
    "All calls": "Alle Anrufe",
    "Also draw calls and waits by hour, waits and talk times (SVG).": (
        "Auch Anrufe und Wartezeiten je Stunde, Wartezeiten und Gesprächszeiten zeichnen (SVG)."
    ),
    "Also tell them apart by this; may be repeated.": (
        "Auch danach unterscheiden; mehrfach möglich."
    ),
    "Also write the calls of PERIOD into a calls file.": (
        "Die Anrufe des ZEITRAUMS auch in eine Anrufdatei schreiben."
    ),
    "Also write the figures as CSV.": "Die Zahlen auch als CSV schreiben.",
    "Asked for a callback": "Rückruf erbeten",
    "Asterisk's first: answered within 20 s / answered": (
        "Asterisks erste: binnen 20 s angenommen / angenommen"
    ),
    "Asterisk's first: answered within 30 s / answered": (
        "Asterisks erste: binnen 30 s angenommen / angenommen"
    ),
    "Asterisk's second: both within 20 s / (answered + abandoned)": (
        "Asterisks zweite: beide binnen 20 s / (angenommen + aufgelegt)"
    ),
    "Asterisk's second: both within 30 s / (answered + abandoned)": (
        "Asterisks zweite: beide binnen 30 s / (angenommen + aufgelegt)"
    ),
    "Callbacks done late": "Rückrufe verspätet erledigt",
    "Callbacks overdue": "Rückrufe überfällig",
    "Callbacks requested": "Rückrufe erbeten",
    "Callbacks to be done": "Rückrufe offen",
    "Calls and waits by hour": "Anrufe und Wartezeiten je Stunde",
    "Change": "Veränderung",
    "Compare with the time before, as long as this one.": (
        "Mit der Zeit davor vergleichen, so lang wie diese."
    ),
    "Compare with this PERIOD.": "Mit diesem ZEITRAUM vergleichen.",
    "Count the calls of a calls file.": "Die Anrufe einer Anrufdatei zählen.",
    "Count the finished calls of PERIOD: how many, how long they waited, what came of them; "
    "each figure with its formula. PERIOD is today, yesterday, a day (2026-11-23), a week "
    "(2026-W48), a month (2026-11), a year (2026), so many days up to today (7d), or from one "
    "day to another (2026-11-01..2026-11-15). The database is only read, beside the service; "
    "nobody's number and no single agent is shown.": (
        "Die beendeten Anrufe des ZEITRAUMS zählen: wie viele, wie lange sie warteten, was "
        "daraus wurde; jede Zahl mit ihrer Formel. Ein ZEITRAUM ist today (heute), yesterday "
        "(gestern), ein Tag (2026-11-23), eine Woche (2026-W48), ein Monat (2026-11), ein Jahr "
        "(2026), so viele Tage bis heute (7d) oder von einem Tag bis zu einem anderen "
        "(2026-11-01..2026-11-15). Die Datenbank wird nur gelesen, neben dem Dienst; keine "
        "Nummer und kein einzelner Agent wird gezeigt."
    ),
    "Day": "Tag",
    "Entered the queue": "In der Warteschlange",
    "Examples: `ivr report` · `ivr report 2026-11 --by department --by hour` · `ivr report 7d "
    "--compare` · `ivr report 2026-W48 --compare-with 2026-W22` · `ivr report 2026 --csv "
    "year.csv --plots plots/` · `ivr report --from simulated.csv --json` · `ivr report 2026 "
    "--export calls.csv`": (
        "Beispiele: `ivr report` · `ivr report 2026-11 --by department --by hour` · `ivr report"
        " 7d --compare` · `ivr report 2026-W48 --compare-with 2026-W22` · `ivr report 2026 "
        "--csv jahr.csv --plots bilder/` · `ivr report --from simuliert.csv --json` · `ivr "
        "report 2026 --export anrufe.csv`"
    ),
    "Failed": "Gescheitert",
    "Figure": "Zahl",
    "First contact": "Beim ersten Kontakt erledigt",
    "How it is counted": "Wie gezählt wird",
    "How many calls there were, how long they waited, what came of them.": (
        "Wie viele Anrufe es gab, wie lange sie warteten, was daraus wurde."
    ),
    "Done late": "Verspätet",
    "Overdue": "Überfällig",
    "To be done": "Offen",
    "Within 24 h": "Binnen 24 h",
    "Mean talk": "Gespräch Mittel",
    "Median wait": "Warten Median",
    "Outside the hours": "Außerhalb der Zeiten",
    "Overflowed": "Übergelaufen",
    "Say what came of the call an agent answered last, until the next one.": (
        "Sagen, was aus dem Gespräch wurde, das ein Agent zuletzt annahm; bis zum nächsten."
    ),
    "Service level {seconds} s": "Serviceniveau {seconds} s",
    "Service level {seconds} s, of answered": "Serviceniveau {seconds} s, von angenommenen",
    "Service level {seconds} s, with abandoned": "Serviceniveau {seconds} s, mit aufgelegten",
    "Share": "Anteil",
    "Talk times": "Gesprächszeiten",
    "Talk times:": "Gesprächszeiten:",
    "Talk, 9 of 10": "Gespräch, 9 von 10",
    "Talk, average": "Gespräch, Mittel",
    "Talk, median": "Gespräch, Median",
    "Under 3 min": "Unter 3 min",
    "Under three minutes": "Unter drei Minuten",
    "Until ended, 9 of 10": "Bis zum Ende, 9 von 10",
    "Until ended, median": "Bis zum Ende, Median",
    "Until taken, 9 of 10": "Bis zur Übernahme, 9 von 10",
    "Until taken, median": "Bis zur Übernahme, Median",
    "Wait 9 of 10": "Warten 9 von 10",
    "Wait in seconds": "Wartezeit in Sekunden",
    "Wait, 9 of 10": "Wartezeit, 9 von 10",
    "Wait, average (ASA)": "Wartezeit, Mittel (ASA)",
    "Wait, longest": "Wartezeit, längste",
    "Wait, median": "Wartezeit, Median",
    "Waits of answered calls": "Wartezeiten angenommener Anrufe",
    "Waits of answered calls:": "Wartezeiten angenommener Anrufe:",
    "Weekday": "Wochentag",
    "Which days; today if left out, with --from all that is in the file.": (
        "Welche Tage; ohne Angabe heute, mit --from alles, was in der Datei ist."
    ),
    "With a result": "Mit Ergebnis",
    "abandoned / offered": "aufgelegt / in der Warteschlange",
    "answered calls that took less than three minutes / answered": (
        "angenommene Anrufe unter drei Minuten / angenommen"
    ),
    "answered within 20 s / (offered - abandoned within 5 s)": (
        "binnen 20 s angenommen / (in der Warteschlange - binnen 5 s aufgelegt)"
    ),
    "answered within 30 s / (offered - abandoned within 5 s)": (
        "binnen 30 s angenommen / (in der Warteschlange - binnen 5 s aufgelegt)"
    ),
    "answered within the seconds / (offered - abandoned within 5 seconds)": (
        "binnen der Sekunden angenommen / (in der Warteschlange - binnen 5 Sekunden aufgelegt)"
    ),
    "callbacks requested in the time that the database still has": (
        "im Zeitraum erbetene Rückrufe, soweit noch in der Datenbank"
    ),
    "callers who left while waiting; one who chose a callback is none": (
        "Anrufer, die beim Warten auflegten; wer einen Rückruf wählte, zählt nicht dazu"
    ),
    "calls connected with an agent": "mit einem Agenten verbundene Anrufe",
    "calls of which the agent said, or what was done says, what came of them": (
        "Anrufe, von denen durch den Agenten oder sein Tun bekannt ist, was daraus wurde"
    ),
    "calls outside the opening hours": "Anrufe außerhalb der Öffnungszeiten",
    "calls that ended for no reason of the caller's": (
        "Anrufe, die nicht durch den Anrufer endeten"
    ),
    "calls that ended in a request for a callback": "Anrufe, die mit einer Rückrufbitte endeten",
    "calls that entered the queue": "Anrufe, die in die Warteschlange kamen",
    "calls that the queue could not take or keep": (
        "Anrufe, die die Warteschlange nicht aufnehmen oder behalten konnte"
    ),
    "calls with the result settled / calls with a result": (
        "Anrufe mit dem Ergebnis erledigt / Anrufe mit Ergebnis"
    ),
    "finished calls that arrived in the time": "beendete Anrufe, die im Zeitraum eingingen",
    "from request to end: half of those ended took no longer": (
        "von der Bitte bis zum Ende: die Hälfte der beendeten dauerte nicht länger"
    ),
    "from request to taking: half of those taken took no longer": (
        "von der Bitte bis zur Übernahme: die Hälfte der übernommenen dauerte nicht länger"
    ),
    "from the answer to the end, put through or not / answered calls": (
        "von der Annahme bis zum Ende, weiterverbunden oder nicht / angenommene Anrufe"
    ),
    "from {start} to under {end}": "{start} bis unter {end}",
    "half of the answered calls took no longer": (
        "die Hälfte der angenommenen Anrufe dauerte nicht länger"
    ),
    "half of the answered calls waited no longer": (
        "die Hälfte der angenommenen Anrufe wartete nicht länger"
    ),
    "nine of ten answered calls took no longer": (
        "neun von zehn angenommenen Anrufen dauerten nicht länger"
    ),
    "nine of ten answered calls waited no longer": (
        "neun von zehn angenommenen Anrufen warteten nicht länger"
    ),
    "nine of ten of those ended took no longer": (
        "neun von zehn der beendeten dauerten nicht länger"
    ),
    "nine of ten of those taken took no longer": (
        "neun von zehn der übernommenen dauerten nicht länger"
    ),
    "no department": "kein Fachbereich",
    "no matter": "kein Anliegen",
    "of all these, calls that the fallback queue served while the program was away": (
        "von all diesen die Anrufe, die die Ersatz-Warteschlange bediente, als das Programm "
        "fort war"
    ),
    "of them, those that should have been done by now": (
        "davon die, die schon erledigt sein sollten"
    ),
    "of them, those to be done": "davon die noch zu erledigenden",
    "of them, those who left within 5 seconds": "davon die, die binnen 5 Sekunden auflegten",
    "of those done, the ones done after they were due": (
        "von den erledigten die, die nach ihrer Frist erledigt wurden"
    ),
    "settled, callback, transferred, referred or no_matter.": (
        "settled (erledigt), callback (Rückruf), transferred (weiterverbunden), referred "
        "(verwiesen) oder no_matter (kein Anliegen)."
    ),
    "the longest wait, answered or not": "die längste Wartezeit, angenommen oder nicht",
    "told whom to ask": "an Zuständige verwiesen",
    "waits of answered calls / answered calls; a wait begins when the caller enters the queue, "
    "after the greeting": (
        "Wartezeiten angenommener Anrufe / angenommene Anrufe; sie beginnen mit dem Eintritt in"
        " die Warteschlange, nach der Begrüßung"
    ),
    "{change} points": "{change} Punkte",
    "{count} calls written to {file}.": "{count} Anrufe in {file} geschrieben.",
    "{days}: no calls.": "{days}: keine Anrufe.",
    "{days}: {count} calls, none of them answered by an agent.": (
        "{days}: {count} Anrufe, keiner davon von einem Agenten angenommen."
    ),
    "{days}: one call, answered after {wait}.": "{days}: ein Anruf, angenommen nach {wait}.",
    "{days}: {count} calls; the answered ones waited {wait} on average.": (
        "{days}: {count} Anrufe; die angenommenen warteten im Mittel {wait}."
    ),
    "{seconds} s": "{seconds} s",
    "{start} and more": "{start} und mehr",
    "{text} is no PERIOD: allowed are today, yesterday, 2026-11-23, 2026-W48, 2026-11, 2026, "
    "7d, 2026-11-01..2026-11-15.": (
        "{text} ist kein ZEITRAUM: erlaubt sind today, yesterday, 2026-11-23, 2026-W48, "
        "2026-11, 2026, 7d, 2026-11-01..2026-11-15."
    ),
}
