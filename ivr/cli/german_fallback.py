"""The German of ``ivr fallback``; the English text is the key."""

from __future__ import annotations

FALLBACK = {
    "1 to 600 seconds": "1 bis 600 Sekunden",
    "Stand by for the service until stopped (Ctrl-C or SIGTERM). Run it beside `ivr serve`,"
    " on the same machine, all the time: it does nothing while the service answers."
    "\n\n"
    "When the service has not answered for IVR_FALLBACK_AFTER seconds (15 by default), whether"
    " it is gone or frozen, callers who wait in it are moved to Asterisk's own queue, the one"
    " who came first before the rest; talks are left alone."
    "\n\n"
    "From Asterisk's own queue it takes callback requests (the key is that of queue.toml) into"
    " the same database. Caseworkers get them as soon as the service is back.": (
        "Steht für den Dienst bereit, bis es beendet wird (Strg-C oder SIGTERM). Läuft dauerhaft"
        " neben `ivr serve` auf demselben Rechner und tut nichts, solange der Dienst antwortet."
        "\n\n"
        "Hat der Dienst IVR_FALLBACK_AFTER Sekunden lang nicht geantwortet (sonst 15), ob er"
        " weg ist oder hängt, kommen die Anrufer, die in ihm warten, in Asterisks eigene"
        " Warteschlange, wer zuerst kam, zuerst; Gespräche bleiben unberührt."
        "\n\n"
        "Aus Asterisks eigener Warteschlange nimmt es Rückrufwünsche (die Taste steht in"
        " queue.toml) in dieselbe Datenbank auf. Sachbearbeiter bekommen sie, sobald der Dienst"
        " wieder da ist."
    ),
    "Stand by for the service: its callers and callback requests.": (
        "Für den Dienst bereitstehen: für seine Anrufer und Rückrufwünsche."
    ),
    "To see it work: `ivr fallback` in one terminal, `ivr serve` in another; call, kill the"
    " service, wait, and press 1. Settings: IVR_FALLBACK_AFTER, IVR_FALLBACK_AGI.": (
        "Zum Ausprobieren: `ivr fallback` in einem Terminal, `ivr serve` in einem anderen; anrufen,"
        " den Dienst abschießen, warten und 1 drücken. Einstellungen: IVR_FALLBACK_AFTER,"
        " IVR_FALLBACK_AGI."
    ),
    "is no address of this machine for itself": (
        "ist keine Adresse, unter der nur dieser Rechner sich selbst erreicht"
    ),
}
