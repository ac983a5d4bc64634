"""The German of ``ivr audit``; the English text is the key."""

from __future__ import annotations

AUDIT = {
    "A head that was written down earlier: the audit has to have had it.": (
        "Ein früher notierter Stand: Das Protokoll muss ihn gehabt haben."
    ),
    "Action": "Handlung",
    "Details": "Einzelheiten",
    "Examples: `ivr audit list --by heike.janssen` · `ivr audit list --target cb-4711` ·"
    ' `ivr audit list --action callback_seen --since "2026-11-23 07:00"` ·'
    " `ivr audit verify`": (
        "Beispiele: `ivr audit list --by heike.janssen` · `ivr audit list --target cb-4711` ·"
        ' `ivr audit list --action callback_seen --since "23.11.2026 07:00"` ·'
        " `ivr audit verify`"
    ),
    "Keep this head elsewhere: {head}": "Diesen Stand anderswo aufbewahren: {head}",
    "Look whether entries were changed, taken out, put in or cut off.": (
        "Nachsehen, ob Einträge geändert, entfernt, eingefügt oder abgeschnitten wurden."
    ),
    "Only from then on, in this machine's time.": "Nur ab dann, in der Zeit dieses Rechners.",
    "Only this, such as callback_seen or listen.": "Nur diese, etwa callback_seen oder listen.",
    "Only what this person did.": "Nur was diese Person getan hat.",
    "Only what was done to this callback, call or agent.": (
        "Nur was diesen Rückruf, Anruf oder Agenten betrifft."
    ),
    "Show entries, latest first.": "Einträge zeigen, die neuesten zuerst.",
    "Target": "Gegenstand",
    "The audit is broken at entry {position}: {damage}.": (
        "Das Protokoll ist bei Eintrag {position} nicht in Ordnung: {damage}."
    ),
    "The audit is whole. Entries: {count}": "Das Protokoll ist unversehrt. Einträge: {count}",
    "Who saw, changed, exported or listened to what.": (
        "Wer was gesehen, geändert, ausgegeben oder angehört hat."
    ),
    "Whole up to: {head}": "Unversehrt bis: {head}",
    "it is missing": "er fehlt",
    "it was changed or moved": "er wurde geändert oder verschoben",
    "it was put in": "er wurde eingefügt",
    "the end of the chain was taken away": "das Ende der Kette wurde entfernt",
}
