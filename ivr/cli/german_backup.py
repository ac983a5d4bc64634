"""The German of ``ivr backup``; the English text is the key, as in :mod:`ivr.cli.german`."""

from __future__ import annotations

BACKUP = {
    "An older program wrote it, so its audit was not followed.": (
        "Ein älteres Programm hat sie geschrieben, darum wurde das Protokoll nicht geprüft."
    ),
    "Back up the database while the service runs, and put a backup back.": (
        "Die Datenbank sichern, während der Dienst läuft, und eine Sicherung zurückspielen."
    ),
    "Examples: `ivr backup create /var/backups/ivr-2026-11-23.db` ·"
    " `ivr backup verify /var/backups/ivr-2026-11-23.db` ·"
    " `ivr backup restore /var/backups/ivr-2026-11-23.db`": (
        "Beispiele: `ivr backup create /var/backups/ivr-2026-11-23.db` ·"
        " `ivr backup verify /var/backups/ivr-2026-11-23.db` ·"
        " `ivr backup restore /var/backups/ivr-2026-11-23.db`"
    ),
    "Look all of FILE through: whether it is whole, this program's, and its audit unbroken."
    " Status 1 where not.": (
        "FILE ganz durchsehen: ob sie heil ist, von diesem Programm, und ihr Protokoll lückenlos."
        " Sonst Status 1."
    ),
    "Put FILE in the database's place, while the service is stopped. The database that is there"
    " is renamed, not deleted.": (
        "FILE an die Stelle der Datenbank setzen, während der Dienst steht. Die bisherige Datenbank"
        " wird umbenannt, nicht gelöscht."
    ),
    "Rows": "Zeilen",
    "Table": "Tabelle",
    "The audit is whole up to: {head}": "Das Protokoll ist lückenlos bis: {head}",
    "The backup.": "Die Sicherung.",
    "The database of before is now {file}": "Die bisherige Datenbank ist jetzt {file}",
    "Write the database into FILE, as it is now, and look the copy through. Calls and callbacks"
    " go on meanwhile. FILE must not exist; only its owner may read it.": (
        "Die Datenbank, wie sie jetzt ist, in FILE schreiben und die Kopie durchsehen. Anrufe und"
        " Rückrufe gehen dabei weiter. FILE darf es noch nicht geben; nur wem sie gehört, kann sie"
        " lesen."
    ),
    "{percent} % copied": "{percent} % kopiert",
}
