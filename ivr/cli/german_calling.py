"""The German of calling back; the English text is the key, as in :mod:`ivr.cli.german`."""

from __future__ import annotations

CALLING = {
    "Call the citizen back: the owner's telephone rings first.": (
        "Den Bürger zurückrufen: Zuerst klingelt das Telefon des Zuständigen."
    ),
    "Callback": "Rückruf",
    "Caseworkers phoning back:": "Sachbearbeiter, die zurückrufen:",
    "Examples: `ivr callbacks call ID` · `ivr callbacks call ID --wait`": (
        "Beispiele: `ivr callbacks call ID` · `ivr callbacks call ID --wait`"
    ),
    "Nobody knows what came of the call: the service was ended meanwhile.": (
        "Niemand weiß, was aus dem Anruf wurde: Der Dienst wurde inzwischen beendet."
    ),
    "Show how it goes on; status 1 where nobody was reached.": (
        "Zeigen, wie es weitergeht; Status 1, wenn niemand erreicht wurde."
    ),
    "The telephone of {caseworker} rings; then the citizen is called.": (
        "Das Telefon von {caseworker} klingelt; dann wird der Bürger angerufen."
    ),
    "Who wants it; the user of this command if left out.": (
        "Wer es wünscht; ohne Angabe, wer diesen Befehl aufruft."
    ),
    "nobody was called: one of the two was in a call": (
        "niemand wurde angerufen: Einer der beiden war in einem Gespräch"
    ),
    "not possible: Asterisk was away or had no way out": (
        "nicht möglich: Asterisk war nicht da oder hatte keinen Weg hinaus"
    ),
    "the caseworker did not pick up": "der Sachbearbeiter nahm nicht ab",
    "the caseworker hears what it is about": "der Sachbearbeiter hört, worum es geht",
    "the caseworker hears that nobody was reached": (
        "der Sachbearbeiter hört, dass niemand erreicht wurde"
    ),
    "the caseworker hung up before the citizen's telephone rang": (
        "der Sachbearbeiter legte auf, bevor es beim Bürger klingelte"
    ),
    "the caseworker's telephone rings": "das Telefon des Sachbearbeiters klingelt",
    "the citizen's telephone rings": "das Telefon des Bürgers klingelt",
    "they talk": "sie sprechen",
}
