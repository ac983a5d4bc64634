"""The German of the commands that ask the running service; the English text is the key.

``ANSWERS`` is the German of what the service refuses, by the code of its answer: it speaks
English itself, to programs and people alike. ``DETAILS``
is what some of them go on with: names and values stand behind the colon of the English sentence.
"""

from __future__ import annotations

from ivr.cli.german_callbacks import CALLBACK_ANSWERS
from ivr.cli.german_privacy import REFUSALS

SERVICE = {
    "Fetch what the caller said about a callback, as a WAV file.": (
        "Holen, was zu einem Rückruf gesprochen wurde, als WAV-Datei."
    ),
    "Spoken message": "Gesprochene Nachricht",
    "Where to write it.": "Wohin sie geschrieben wird.",
    "Who listens; the user of this command if left out.": (
        "Wer zuhört; ohne Angabe, wer diesen Befehl aufruft."
    ),
    "Answered within {seconds} s: {share} (of those who waited, less those who left within 5 s).": (
        "Angenommen binnen {seconds} s: {share} (von denen, die warteten, ohne die binnen 5 s "
        "aufgelegten)."
    ),
    "At most {count} callers wait.": "Höchstens {count} Anrufende warten.",
    "Average speed of answer: {asa} (waits of answered calls / answered calls); longest wait:"
    " {longest}.": (
        "Mittlere Wartezeit: {asa} (Wartezeiten angenommener Anrufe / angenommene Anrufe); längste:"
        " {longest}."
    ),
    "Callers leave the queue when the last agent for them has logged out.": (
        "Anrufende verlassen die Warteschlange, wenn der letzte Agent für sie sich abgemeldet hat."
    ),
    "Nobody waits longer than {time}.": "Niemand wartet länger als {time}.",
    "Nobody waits while no agent is logged in for them.": (
        "Niemand wartet, solange kein Agent dafür angemeldet ist."
    ),
    "Offered to: {agents}.": "Angeboten wird: {agents}.",
    "Order: first come, first served, some with a head start; nobody is overtaken by one who came"
    " more than {head_start} later.": (
        "Reihenfolge: wer zuerst kommt, manche mit Vorsprung; niemand wird von jemandem überholt,"
        " der mehr als {head_start} später kam."
    ),
    "Order: first come, first served; nobody is overtaken.": (
        "Reihenfolge: wer zuerst kommt; niemand wird überholt."
    ),
    "Show it as it changes, until Ctrl-C.": "Zeigen, wie es sich ändert, bis Strg-C.",
    "Show the callers, the agents, today's figures and the rule of the queue.": (
        "Die Anrufenden, die Agenten, die Zahlen von heute und die Regel der Warteschlange zeigen."
    ),
    "Since": "Seit",
    "Still waits about": "Wartet noch etwa",
    "The service has ended.": "Der Dienst wurde beendet.",
    "Today's figures: the database can't be asked.": (
        "Zahlen von heute: Die Datenbank ist nicht zu fragen."
    ),
    "Today: {arrived} calls, {offered} of them waited (after the greeting), {answered} answered,"
    " {abandoned} abandoned, {callbacks} asked for a callback.": (
        "Heute: {arrived} Anrufe, {offered} davon warteten (nach der Begrüßung), {answered} "
        "angenommen, {abandoned} aufgelegt, {callbacks} mit Rückrufbitte."
    ),
    "Of all these, {by_fallback} were served by the fallback queue while ivr was away.": (
        "Davon hat die Ausweich-Warteschlange {by_fallback} bedient, während ivr weg war."
    ),
    "Served by the fallback queue": "Von der Ausweich-Warteschlange bedient",
    "last call": "letzter Anruf",
    "the agent who has been idle longest": "wer am längsten frei ist",
    "the agent with the fewest calls": "wer die wenigsten Anrufe hatte",
    "the agents in turn": "reihum",
    "the agents of the best level first": "zuerst der besten Stufe",
    "{count} agents at once; the first to answer has the call": (
        "{count} Agenten zugleich; wer zuerst abnimmt, hat den Anruf"
    ),
    "(recording)": "(Aufnahme)",
    "A recording ends in {endings}.": "Eine Aufnahme endet auf {endings}.",
    "A recording in place of a text: .wav, .flac, .ogg or .mp3.": (
        "Eine Aufnahme anstelle eines Textes: .wav, .flac, .ogg oder .mp3."
    ),
    "A text has 1 to {most} characters.": "Ein Text hat 1 bis {most} Zeichen.",
    "Arrived": "Angerufen",
    "Barge in: both hear you.": "Sich dazuschalten: Beide hören Sie.",
    "Bulk announcements: a storm flood, a closed office; heard before the queue.": (
        "Rundansagen: eine Sturmflut, ein geschlossenes Amt; zu hören vor der Warteschlange."
    ),
    "Departments": "Fachbereiche",
    "Dialled": "Gewählt",
    "Either a text or --recording is needed.": "Nötig ist ein Text oder --recording.",
    "End the call of somebody who waits, with a word.": (
        "Den Anruf von jemandem, der wartet, mit einem Wort beenden."
    ),
    'Examples: `ivr announce start "The dykes are closed." --until 18:00` · `ivr announce start '
    "--recording flood.wav --department umwelt` · `ivr announce list` · `ivr announce end ID`": (
        'Beispiele: `ivr announce start "Die Deiche sind gesperrt." --until 18:00` · '
        "`ivr announce start --recording flut.wav --department umwelt` · `ivr announce list` · "
        "`ivr announce end ID`"
    ),
    "Examples: `ivr calls list` · `ivr calls move-up CALL` · `ivr calls listen CALL --phone 1001`."
    " All but showing is written into the audit first.": (
        "Beispiele: `ivr calls list` · `ivr calls move-up ANRUF` · `ivr calls listen ANRUF --phone"
        " 1001`. Alles außer dem Zeigen wird zuerst protokolliert (Audit)."
    ),
    "Give an agent more time after the last call.": (
        "Dem Agenten mehr Zeit nach dem letzten Anruf geben."
    ),
    "Let a waiting caller be served next.": "Wer wartet, soll als Nächstes an der Reihe sein.",
    "Let all callers hear something before the queue, for a while.": (
        "Alle Anrufenden eine Zeit lang etwas vor der Warteschlange hören lassen."
    ),
    "Let callers hear a text or a recording from now on.": (
        "Anrufende ab jetzt einen Text oder eine Aufnahme hören lassen."
    ),
    "Let nobody hear an announcement any more.": "Eine Rundansage beenden.",
    "Listen in on a talk: nobody hears you.": "Bei einem Gespräch mithören: Niemand hört Sie.",
    "Log an agent out after the next call, or the one going on.": (
        "Einen Agenten nach dem nächsten oder dem laufenden Anruf abmelden."
    ),
    "Only for this department's callers; repeatable.": (
        "Nur für Anrufende dieses Fachbereichs (auch mehrmals)."
    ),
    "Outcome": "Ergebnis",
    "Position": "Platz",
    "Put through to": "Verbunden mit",
    "Show calls, move callers up, take them out, listen in.": (
        "Anrufe zeigen, vorziehen, herausnehmen, mithören."
    ),
    "Show one call, going on or finished.": "Einen Anruf zeigen, laufend oder beendet.",
    "Show so many of the latest finished ones instead.": (
        "Stattdessen so viele der letzten beendeten zeigen."
    ),
    "Show the calls going on, those in the queue first and in order.": (
        "Die laufenden Anrufe zeigen, zuerst die wartenden, der Reihe nach."
    ),
    "Show what callers hear now.": "Zeigen, was Anrufende jetzt hören.",
    "Supervised": "Wird begleitet",
    "Talked": "Gesprochen",
    "The announcement's id, see `list`.": "Die ID der Rundansage, siehe `list`.",
    "The call's id.": "Die ID des Anrufs.",
    "The calls: show them, move a caller up, take one out, listen in, whisper, barge in.": (
        "Die Anrufe: zeigen, vorziehen, herausnehmen, mithören, flüstern, sich dazuschalten."
    ),
    "Until": "Bis",
    "Waited": "Gewartet",
    "What is read out.": "Was vorgelesen wird.",
    "When it ends: 18:00, or 2026-11-23 18:00; left out: when the service closes today.": (
        "Wann sie endet: 18:00 oder 23.11.2026 18:00; ohne Angabe, wenn der Dienst heute schließt."
    ),
    "Where": "Wo",
    "Whisper: the agent hears you, the caller does not.": (
        "Flüstern: Der Agent hört Sie, wer anruft nicht."
    ),
    "Who does it; the user of this command if left out.": (
        "Wer es tut; ohne Angabe, wer diesen Befehl aufruft."
    ),
    "Whose telephone rings for it: an agent, not ready.": (
        "Wessen Telefon dafür klingelt: ein Agent, der nicht bereit ist."
    ),
    "With": "Mit",
    "To be called back by": "Rückruf bis",
    "abandoned": "aufgelegt",
    "all": "alle",
    "callback": "Rückruf",
    "can't wait": "kann nicht warten",
    "changed": "geändert",
    "chooses from the menu": "wählt im Menü",
    "completed": "erledigt",
    "failed": "gescheitert",
    "gone": "weg",
    "has the place kept": "lässt den Platz freihalten",
    "hears the greeting": "hört die Begrüßung",
    "is on hold": "wird gehalten",
    "leaves": "verabschiedet sich",
    "new": "neu",
    "outside hours": "außerhalb der Zeiten",
    "overflowed": "weitergeleitet",
    "place kept, hung up": "aufgelegt, Platz frei gehalten",
    "put through": "verbunden",
    "being put through": "wird verbunden",
    "removed": "entfernt",
    "talks": "spricht",
    "waits": "wartet",
    "--json and --watch can't be used together.": "--json und --watch gehen nicht zusammen.",
    "A note in place of the one that is there.": "Eine Notiz anstelle der bisherigen.",
    "Agent": "Agent",
    "Asterisk reads these files only when it starts: {files}": (
        "Diese Dateien liest Asterisk nur beim Start: {files}"
    ),
    "Examples: `ivr apply --dry-run` (status 1 where something would change) · `ivr apply` · "
    "`ivr apply --json`": (
        "Beispiele: `ivr apply --dry-run` (Status 1, wenn sich etwas ändern würde) · `ivr apply` · "
        "`ivr apply --json`"
    ),
    "Put changed files into force while calls go on.": (
        "Geänderte Dateien in Kraft setzen, während Gespräche weiterlaufen."
    ),
    "Put changed files into force: check them, build new prompts, write Asterisk's "
    "configuration, and let Asterisk and the running service go on with it. Calls that go on "
    "are not touched. Where anything is wrong, it is told and nothing changes.": (
        "Geänderte Dateien in Kraft setzen: prüfen, neue Ansagen bauen, Asterisks Konfiguration "
        "schreiben und Asterisk und den laufenden Dienst damit weitermachen lassen. Laufende "
        "Gespräche werden nicht berührt. Ist etwas falsch, wird es gesagt und nichts geändert."
    ),
    "Show what would change, change nothing.": "Zeigen, was sich ändern würde; nichts ändern.",
    "after": "nachher",
    "before": "vorher",
    "value": "Wert",
    "{file} can't be written: {reason}": "{file} lässt sich nicht schreiben: {reason}",
    "Another program answers at the service's address; check IVR_HTTP_BIND.": (
        "An der Adresse des Dienstes antwortet ein anderes Programm; prüfen Sie IVR_HTTP_BIND."
    ),
    "At most so many.": "Höchstens so viele.",
    "By": "Von",
    "Call": "Anruf",
    "Caseworker": "Sachbearbeitung",
    "Closed ones too.": "Auch abgeschlossene.",
    "Department": "Fachbereich",
    "Due": "Fällig",
    "Examples: `ivr agents list` · `ivr agents pause 1001 --reason Mittag`": (
        "Beispiele: `ivr agents list` · `ivr agents pause 1001 --reason Mittag`"
    ),
    "Examples: `ivr status` · `ivr status --watch` · `ivr status --json`": (
        "Beispiele: `ivr status` · `ivr status --watch` · `ivr status --json`"
    ),
    "ID": "ID",
    "Let an agent be offered calls (log in, end a pause, end wrap-up).": (
        "Einen Agenten bereit melden (anmelden, Pause beenden, Nachbearbeitung beenden)."
    ),
    "Let an agent have the next call at once.": "Dem Agenten sofort den nächsten Anruf geben.",
    "Log an agent out; a call that is going on is finished first.": (
        "Einen Agenten abmelden; ein laufendes Gespräch wird zu Ende geführt."
    ),
    "Nobody is waiting.": "Niemand wartet.",
    "Note": "Notiz",
    "Number": "Rufnummer",
    "Only in this state; repeatable.": "Nur in diesem Zustand (auch mehrmals).",
    "Only those the MQTT broker has not got in full.": (
        "Nur solche, die der MQTT-Broker noch nicht vollständig hat."
    ),
    "Outside opening hours.": "Außerhalb der Öffnungszeiten.",
    "Pause an agent; a call that is going on is finished first.": (
        "Einem Agenten Pause geben; ein laufendes Gespräch wird zu Ende geführt."
    ),
    "Reason": "Grund",
    "Request a callback for a citizen.": (
        "Einen Rückruf für eine Bürgerin oder einen Bürger aufnehmen."
    ),
    "Requested": "Aufgenommen",
    "Say that a caseworker has taken a callback.": "Sagen, dass ein Rückruf übernommen ist.",
    "Show agents, make them ready, pause them, log them out.": (
        "Agenten zeigen, bereit melden, pausieren, abmelden."
    ),
    "Show all agents.": "Alle Agenten zeigen.",
    "Show callbacks, oldest first: those not closed, or others.": (
        "Rückrufe zeigen, die ältesten zuerst: die nicht abgeschlossenen oder andere."
    ),
    "Show callbacks, request them, say what was done about them.": (
        "Rückrufe zeigen, aufnehmen, und sagen, was aus ihnen wurde."
    ),
    "Show one callback with all that became of it.": (
        "Einen Rückruf zeigen, mit allem, was aus ihm wurde."
    ),
    "Show who waits and who answers, now.": "Zeigen, wer gerade wartet und wer annimmt.",
    "Subject": "Anliegen",
    "Telephone there": "Telefon da",
    "The agent, such as 1001.": "Der Agent, etwa 1001.",
    "The agents: show them, make them ready, pause them, log them out.": (
        "Die Agenten: zeigen, bereit melden, pausieren, abmelden."
    ),
    "The callback's id.": "Die ID des Rückrufs.",
    "The caseworker's id.": "Die ID der Sachbearbeitung.",
    "The citizen's name.": "Der Name der Bürgerin oder des Bürgers.",
    "The department's id.": "Die ID des Fachbereichs.",
    "The same as ready.": "Dasselbe wie ready.",
    "The service does not answer; see its log.": (
        "Der Dienst antwortet nicht; siehe sein Protokoll."
    ),
    "The service is not running. Start it with: ivr serve": (
        "Der Dienst läuft nicht. Starten Sie ihn mit: ivr serve"
    ),
    "This user may not ask the service; {owner} may, for example with: sudo -u {owner} ivr …": (
        "Dieser Benutzer darf den Dienst nicht fragen; {owner} darf es, zum Beispiel mit: "
        "sudo -u {owner} ivr …"
    ),
    "Waiting: {count}, the longest for {longest}": "Es warten: {count}, am längsten seit {longest}",
    "Waits": "Wartet",
    "What it is about.": "Worum es geht.",
    "What the caseworker should know.": "Was die Sachbearbeitung wissen sollte.",
    "When": "Wann",
    "Who did it; the user of this command if left out.": (
        "Wer es getan hat; ohne Angabe, wer diesen Befehl aufruft."
    ),
    "Why; others see it.": "Warum; andere sehen es.",
    "Within opening hours.": "Innerhalb der Öffnungszeiten.",
    "acknowledged": "übernommen",
    "attempted": "versucht",
    "closed": "abgeschlossen",
    "logged out": "abgemeldet",
    "missed a call": "Anruf verpasst",
    "no": "nein",
    "on call": "im Gespräch",
    "paused": "Pause",
    "ready": "bereit",
    "rejected a call": "Anruf abgelehnt",
    "requested": "aufgenommen",
    "rings": "klingelt",
    "telephone unreachable": "Telefon nicht erreichbar",
    "wrap-up": "Nachbearbeitung",
    "yes": "ja",
}

ANSWERS = {
    **CALLBACK_ANSWERS,
    **REFUSALS,
    "message_not_found": "Dazu gibt es keine gesprochene Nachricht (mehr).",
    "too_many_screens": "Es werden schon 50 Bildschirme versorgt.",
    "announcement_exists": "In derselben Sekunde entstand eine andere Rundansage.",
    "announcement_not_found": "Diese Rundansage gibt es nicht.",
    "announcement_too_long": "Das dauert zu lange; höchstens 45 Sekunden.",
    "call_not_found": "Diesen Anruf gibt es nicht, oder er ist vorbei.",
    "call_not_talking": "In diesem Anruf spricht gerade niemand mit einem Agenten.",
    "call_not_waiting": "Dieser Anruf wartet nicht (mehr).",
    "disk_full": "Auf der Festplatte ist kein Platz mehr.",
    "phone_not_free": (
        "Das Telefon ist nicht da oder nicht frei: Nötig ist das eines Agenten, der"
        " pausiert oder abgemeldet ist und keinen Anruf hat."
    ),
    "recording_unusable": "Daraus lässt sich keine Ansage machen.",
    "supervision_off": (
        "Mithören, Flüstern und Dazuschalten sind ausgeschaltet: supervision = false in queue.toml."
    ),
    "text_unspeakable": "Daraus lässt sich keine Ansage machen.",
    "until_missing": (
        "Der Dienst öffnet heute nicht mehr: Sagen Sie, bis wann, etwa 23.11.2026 18:00."
    ),
    "until_not_understood": (
        "Das Ende ist nicht zu verstehen: 18:00, 23.11.2026 18:00 oder 2026-11-23 18:00."
    ),
    "until_over": "Das Ende ist schon vorbei.",
    "agent_not_found": "Diesen Agenten gibt es nicht.",
    "call_back_under_way": "Der Bürger wird gerade zurückgerufen.",
    "calls_a_day_used_up": "Heute wird niemand mehr angerufen: calls_a_day in callbacks.toml.",
    "caseworker_on_the_line": "Der Zuständige ist schon in einem Gespräch.",
    "caseworker_without_phone": "Der Zuständige hat kein Telefon: phone in departments.toml.",
    "citizen_on_the_line": "Der Bürger ist gerade in einem Gespräch mit uns.",
    "no_way_out": "Asterisk ist nicht verbunden.",
    "audit_broken": (
        "Jemand hat das Protokoll der Zugriffe verändert; ivr audit verify sagt, an welcher Stelle."
    ),
    "callback_acknowledged": "Der Rückruf ist schon übernommen.",
    "callback_changed": "Der Rückruf wurde gerade von jemand anderem geändert.",
    "callback_closed": "Der Rückruf ist schon abgeschlossen.",
    "callback_not_acknowledged": "Der Rückruf muss zuerst übernommen werden.",
    "callback_not_found": "Diesen Rückruf gibt es nicht.",
    "department_not_found": "Diesen Fachbereich gibt es nicht.",
    "number_invalid": "Das ist keine Rufnummer, die man zurückrufen kann.",
    "number_not_allowed": (
        "Diese Nummer wird nicht zurückgerufen: Sie kostet mehr als ein gewöhnlicher Anruf."
    ),
    "text_not_allowed": "Steuerzeichen sind nicht erlaubt.",
    "text_too_long": "Der Text ist zu lang.",
    "token_wrong": "Das Token in IVR_API_TOKEN ist falsch.",
}

DETAILS = {
    "callback_open": " Es geht um: {details}.",
    "caseworker_absent": " Die Vertretung ist da: {details}.",
    "caseworker_not_found": " Es gibt: {details}.",
    "topic_not_found": " Es gibt: {details}.",
    "agent_not_found": " Es gibt: {details}.",
    "department_not_found": " Es gibt: {details}.",
    "recording_unusable": " Der Grund: {details}.",
    "text_unspeakable": " Der Grund: {details}.",
}
