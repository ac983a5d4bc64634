"""The German of ``ivr callbacks``; the English text is the key.

``CALLBACK_ANSWERS`` is the German of what the service refuses, as in
:mod:`ivr.cli.german_service`.
"""

from __future__ import annotations

CALLBACKS = {
    "Another telephone number; - reads it from standard input, which leaves it out of the list of"
    " processes.": (
        "Eine andere Rufnummer; - liest sie von der Standardeingabe, damit sie nicht in der"
        " Prozessliste steht."
    ),
    "As people write it; - reads it from standard input, which leaves it out of the list of"
    " processes; left out: the caller's with --call.": (
        "Wie man sie schreibt; - liest sie von der Standardeingabe, damit sie nicht in der"
        " Prozessliste steht; ohne Angabe mit --call die des Anrufs."
    ),
    "Callbacks to be done: {open}.": "Zu erledigende Rückrufe: {open}.",
    "Correct what a callback is about; what is left out stays.": (
        "Berichtigen, worum es bei einem Rückruf geht; was fehlt, bleibt."
    ),
    "Example: `ivr callbacks comment ID 'calls again herself tomorrow'`": (
        "Beispiel: `ivr callbacks comment ID 'ruft morgen selbst wieder an'`"
    ),
    "Examples: `ivr callbacks attempt ID --result busy` · `ivr callbacks attempt ID --result"
    " another_time --next-try 14:00`": (
        "Beispiele: `ivr callbacks attempt ID --result busy` · `ivr callbacks attempt ID --result"
        " another_time --next-try 14:00`"
    ),
    "Examples: `ivr callbacks close ID` · `ivr callbacks close ID --reason letter --comment"
    " 'written on 2 December'`": (
        "Beispiele: `ivr callbacks close ID` · `ivr callbacks close ID --reason letter --comment"
        " 'geschrieben am 2. Dezember'`"
    ),
    "Examples: `ivr callbacks edit ID --number '04461 654321'` · `ivr callbacks edit ID --topic ''"
    " --subject 'bulky waste'`": (
        "Beispiele: `ivr callbacks edit ID --number '04461 654321'` · `ivr callbacks edit ID"
        " --topic '' --subject 'Sperrmüll'`"
    ),
    "Examples: `ivr callbacks list --overdue` · `ivr callbacks list --search albers` · `ivr"
    " callbacks list --number '04461 123456' --all` · `ivr callbacks list --undelivered --json`": (
        "Beispiele: `ivr callbacks list --overdue` · `ivr callbacks list --search albers` · `ivr"
        " callbacks list --number '04461 123456' --all` · `ivr callbacks list --undelivered --json`"
    ),
    'Examples: `ivr callbacks list --overdue` · `ivr callbacks request "04461 123456" --department'
    " umwelt` · `ivr callbacks acknowledge ID` · `ivr callbacks attempt ID --result busy` · `ivr"
    " callbacks close ID`. Each command tells more with --help.": (
        'Beispiele: `ivr callbacks list --overdue` · `ivr callbacks request "04461 123456"'
        " --department umwelt` · `ivr callbacks acknowledge ID` · `ivr callbacks attempt ID"
        " --result busy` · `ivr callbacks close ID`. Jeder Befehl erklärt mit --help mehr."
    ),
    "Examples: `ivr callbacks reassign ID --caseworker jens.meyer` · `ivr callbacks reassign ID"
    " --department jugend` (whoever is responsible there)": (
        "Beispiele: `ivr callbacks reassign ID --caseworker jens.meyer` · `ivr callbacks reassign"
        " ID --department jugend` (wer dort zuständig ist)"
    ),
    'Examples: `ivr callbacks request "04461 123456" -d umwelt --topic abfall --subject "bulky'
    ' waste" --prefer "mon-fri 14-16"` · `ivr callbacks request --call 1763884800.12` (the'
    " caller's number)": (
        'Beispiele: `ivr callbacks request "04461 123456" -d umwelt --topic abfall --subject'
        ' "Sperrmüll" --prefer "mo-fr 14-16"` · `ivr callbacks request --call 1763884800.12` (die'
        " Nummer des Anrufs)"
    ),
    "Give a callback to somebody else, in the same department or another.": (
        "Einen Rückruf jemand anderem geben, im selben Fachbereich oder einem anderen."
    ),
    "In the id, name, subject, note or reference.": (
        "In ID, Name, Anliegen, Notiz oder Aktenzeichen."
    ),
    "Next step": "Nächster Schritt",
    "Not yet delivered: {undelivered}. See: ivr callbacks list --undelivered": (
        "Noch nicht zugestellt: {undelivered}. Siehe: ivr callbacks list --undelivered"
    ),
    "OVERDUE: {overdue}. See: ivr callbacks list --overdue": (
        "ÜBERFÄLLIG: {overdue}. Siehe: ivr callbacks list --overdue"
    ),
    "Only about this topic.": "Nur zu diesem Thema.",
    "Only of this number, as people write it; - as for request.": (
        "Nur von dieser Rufnummer, wie man sie schreibt; - wie bei request."
    ),
    "Only those that should be done by now.": "Nur solche, die erledigt sein sollten.",
    "Open a callback again that is not done after all.": (
        "Einen Rückruf wieder öffnen, der doch nicht erledigt ist."
    ),
    "Result": "Ergebnis",
    "Say something to know about a callback.": "Sagen, was man zu einem Rückruf wissen sollte.",
    "Say that a callback is done, and why.": "Sagen, dass ein Rückruf erledigt ist, und warum.",
    "Say that the citizen was phoned, and what came of it.": (
        "Sagen, dass angerufen wurde, und was daraus wurde."
    ),
    "Say to whom: --caseworker, --department or both.": (
        "Sagen Sie, wem: --caseworker, --department oder beides."
    ),
    "Say what is to be corrected; see --help.": "Sagen Sie, was zu berichtigen ist; siehe --help.",
    "So many of the first are left out.": "So viele der ersten werden ausgelassen.",
    "The call that is going on in which it is requested.": (
        "Der laufende Anruf, in dem er gewünscht wird."
    ),
    "The callbacks: find them, request one, and say what is done about them.": (
        "Die Rückrufe: finden, aufnehmen, und sagen, was mit ihnen geschieht."
    ),
    "The county's own, such as a file number.": "Das eigene, etwa ein Aktenzeichen.",
    "The id of a topic of the department.": "Die ID eines Themas des Fachbereichs.",
    "The id of a topic of the department; empty: none.": (
        "Die ID eines Themas des Fachbereichs; leer: keins."
    ),
    "What came of it.": "Was daraus wurde.",
    "What is to be known.": "Was man wissen sollte.",
    "What is to be said about it; stands in its history.": (
        "Was dazu zu sagen ist; steht im Verlauf."
    ),
    "What the citizen has been told already; repeatable.": (
        "Was schon gesagt wurde (auch mehrmals)."
    ),
    "What the citizen speaks, such as en.": "Was die Bürgerin oder der Bürger spricht, etwa en.",
    "When the citizen wants to be phoned, such as 'mon-fri 14-16'; repeatable.": (
        "Wann ein Anruf gewünscht ist, etwa 'mo-fr 14-16' (auch mehrmals)."
    ),
    "When to try again: 14:00, or 2026-11-24 14:00; suggested if left out.": (
        "Wann es wieder versucht wird: 14:00 oder 24.11.2026 14:00; ohne Angabe ein Vorschlag."
    ),
    "Who is to own it; whoever is responsible by the plan if left out.": (
        "Wer ihn bekommt; ohne Angabe, wer nach Plan zuständig ist."
    ),
    "Why.": "Warum.",
    "call, {at}": "anrufen, {at}",
    "write a letter or an e-mail": "einen Brief oder eine E-Mail schreiben",
    "{shown} of {total}; more with --limit and --offset.": (
        "{shown} von {total}; mehr mit --limit und --offset."
    ),
    "{text} (not a preferred time)": "{text} (keine Wunschzeit)",
}

CALLBACK_ANSWERS = {
    "callback_moved": "Der Rückruf ging an jemand anderen.",
    "callback_not_closed": "Der Rückruf ist nicht abgeschlossen.",
    "caseworker_absent": "Diese Sachbearbeitung ist heute abwesend.",
    "caseworker_not_found": "Diese Sachbearbeitung gibt es nicht.",
    "close_reason_does_not_fit": "Der Grund passt nicht zu den Versuchen.",
    "comment_missing": "Die Bemerkung ist leer.",
    "language_not_allowed": "Die Sprache hat zwei oder drei kleine Buchstaben, etwa en.",
    "next_try_not_allowed": (
        "Der nächste Versuch liegt in der Zukunft und höchstens 92 Tage entfernt."
    ),
    "next_try_not_understood": (
        "Die Zeit ist nicht zu verstehen: 14:00, 24.11.2026 14:00 oder 2026-11-24 14:00."
    ),
    "number_missing": "Es fehlt eine Rufnummer.",
    "preferred_times_malformed": (
        "Eine Wunschzeit nennt Tage, Zeiten oder beides, etwa 'mo-fr 14-16', 'di' oder '9-12'."
    ),
    "too_many_texts": "Das sind zu viele.",
    "topic_not_found": "Dieses Thema gibt es in dem Fachbereich nicht.",
}
