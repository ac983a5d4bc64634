"""The German of ``ivr replay``; the English text is the key."""

from __future__ import annotations

REPLAY = {
    "A segment, or all with steps of a day; all there are if left out.": (
        "Ein Abschnitt, oder alle mit Schritten eines Tages; ohne Angabe alle."
    ),
    "And {count} more; --json tells all of them.": "Und {count} weitere; --json nennt alle.",
    "Commands now": "Befehle jetzt",
    "Decide recorded calls once more with this version, and tell what differs.": (
        "Aufgezeichnete Anrufe mit dieser Version noch einmal entscheiden und Abweichungen nennen."
    ),
    "Different": "Abweichend",
    "Examples: `ivr replay` · `ivr replay 2026-11-23` ·"
    " `ivr replay /var/lib/ivr/journal/00000042-20261123T060000.journal` ·"
    " `ivr replay --json`. Status 1 where something differs.": (
        "Beispiele: `ivr replay` · `ivr replay 2026-11-23` ·"
        " `ivr replay /var/lib/ivr/journal/00000042-20261123T060000.journal` ·"
        " `ivr replay --json`. Status 1, wenn etwas abweicht."
    ),
    "From": "Von",
    "Let this version decide once more what the service decided, from its journal, and tell"
    " where it decides otherwise. After an upgrade: does the new version do the same? After a"
    " defect: does it happen again, and where in the program? Nothing is changed and nobody is"
    " called; no number is shown. The service may be running.": (
        "Diese Version noch einmal entscheiden lassen, was der Dienst laut seinem Journal"
        " entschieden hat, und nennen, wo sie anders entscheidet. Nach einer Aktualisierung: Tut"
        " die neue Version dasselbe? Nach einem Fehler: Tritt er wieder auf, und wo im Programm?"
        " Nichts wird geändert, niemand wird angerufen, keine Nummer wird gezeigt. Der Dienst"
        " darf laufen."
    ),
    "Now": "Jetzt",
    "Recorded": "Aufgezeichnet",
    "Segment": "Abschnitt",
    "Step": "Schritt",
    "Steps": "Schritte",
    "This is neither a file nor a day such as 2026-11-23.": (
        "Das ist weder eine Datei noch ein Tag wie 2026-11-23."
    ),
    "To": "Bis",
    "Version": "Version",
    "What happened": "Was geschah",
    "a number was made unreadable in it": "eine Nummer wurde darin unkenntlich gemacht",
    "does not end as the next one begins": "endet anders, als der nächste beginnt",
    "not replayed to the end: {problem}": "nicht bis zum Ende wiederholt: {problem}",
    "the program ended": "das Programm endete",
}
