"""The German of the commands that ask the running service; the English text is the key.

``ANSWERS`` is the German of what the service refuses, by the code of its answer: it speaks
English itself, to programs and people alike.
"""

from __future__ import annotations

SERVICE = {
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
    "As people write it.": "Wie man sie schreibt.",
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
    'Examples: `ivr callbacks list --department soziales` · `ivr callbacks request "04461'
    ' 123456" --department umwelt` · `ivr callbacks acknowledge ID`': (
        "Beispiele: `ivr callbacks list --department soziales` · `ivr callbacks request "
        '"04461 123456" --department umwelt` · `ivr callbacks acknowledge ID`'
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
    "Published": "Veröffentlicht",
    "Reason": "Grund",
    "Request a callback for a citizen.": (
        "Einen Rückruf für eine Bürgerin oder einen Bürger aufnehmen."
    ),
    "Requested": "Aufgenommen",
    "Say that a callback is done.": "Sagen, dass ein Rückruf erledigt ist.",
    "Say that a caseworker has taken a callback.": "Sagen, dass ein Rückruf übernommen ist.",
    "Say that the citizen was phoned and not reached.": (
        "Sagen, dass angerufen und niemand erreicht wurde."
    ),
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
    "Show it anew every two seconds, until Ctrl-C.": "Alle zwei Sekunden neu zeigen, bis Strg-C.",
    "Show one callback with all that became of it.": (
        "Einen Rückruf zeigen, mit allem, was aus ihm wurde."
    ),
    "Show the callers in the queue, in their order, and every agent.": (
        "Die Anrufenden in der Warteschlange zeigen, der Reihe nach, und alle Agenten."
    ),
    "Show who waits and who answers, now.": "Zeigen, wer gerade wartet und wer annimmt.",
    "Subject": "Anliegen",
    "Telephone there": "Telefon da",
    "The agent, such as 1001.": "Der Agent, etwa 1001.",
    "The agents: show them, make them ready, pause them, log them out.": (
        "Die Agenten: zeigen, bereit melden, pausieren, abmelden."
    ),
    "The callback's id.": "Die ID des Rückrufs.",
    "The callbacks: find them, request one, acknowledge, attempt and close them.": (
        "Die Rückrufe: finden, aufnehmen, übernehmen, versuchen und abschließen."
    ),
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
    "agent_not_found": "Diesen Agenten gibt es nicht.",
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
