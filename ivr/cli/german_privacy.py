"""The German of what is about data protection; the English text is the key."""

from __future__ import annotations

PRIVACY = {
    "--log and --dry-run can't be used together.": ("--log und --dry-run gehen nicht zusammen."),
    "As people write it; - reads it from standard input, which leaves it out of the list of"
    " processes and the shell's history.": (
        "Wie man sie schreibt; - liest sie von der Standardeingabe, damit sie weder in der"
        " Prozessliste noch im Verlauf der Shell steht."
    ),
    "Close the person's open callbacks as withdrawn; their caseworkers are told.": (
        "Offene Rückrufe der Person als zurückgezogen schließen; die Zuständigen erfahren es."
    ),
    "Closed: {ids}": "Geschlossen: {ids}",
    "Data": "Daten",
    "Delete what is older than privacy.toml says.": (
        "Löschen, was älter ist, als privacy.toml erlaubt."
    ),
    "Delete what is older than privacy.toml says; the service does it by itself every night."
    " Callbacks that are still open are kept whatever their age, and named.": (
        "Löschen, was älter ist, als privacy.toml erlaubt; der Dienst tut es jede Nacht von selbst."
        " Offene Rückrufe bleiben, wie alt sie auch sind, und werden genannt."
    ),
    "Deleted": "Gelöscht",
    "Either --output or --json is needed.": "Nötig ist entweder --output oder --json.",
    "Erase all that is held about a number; figures stay, without the person.": (
        "Alles löschen, was zu einer Rufnummer gespeichert ist; Zahlen bleiben, ohne die Person."
    ),
    "Erased": "Gelöscht",
    'Examples: `ivr privacy export "04461 123456" -o harms.zip` ·'
    ' `ivr privacy erase "04461 123456" --dry-run` · `ivr privacy erase - < number.txt`': (
        'Beispiele: `ivr privacy export "04461 123456" -o harms.zip` ·'
        ' `ivr privacy erase "04461 123456" --dry-run` · `ivr privacy erase - < number.txt`'
    ),
    "Examples: `ivr purge --dry-run` · `ivr purge` · `ivr purge --log`. Status 1 where not all of"
    " it could be deleted.": (
        "Beispiele: `ivr purge --dry-run` · `ivr purge` · `ivr purge --log`. Status 1, wenn nicht"
        " alles gelöscht werden konnte."
    ),
    "Hand out all that is held about a number; it is noted in the audit.": (
        "Alles herausgeben, was zu einer Rufnummer gespeichert ist; es steht danach im Protokoll."
    ),
    "Nothing is held about this number.": "Zu dieser Rufnummer ist nichts gespeichert.",
    "Old and still open, so they are kept: {ids}": (
        "Alt und noch offen, also nicht gelöscht: {ids}"
    ),
    "Older than": "Älter als",
    "Only tell what would be deleted.": "Nur nennen, was gelöscht würde.",
    "Only tell what would be erased.": "Nur nennen, was gelöscht würde.",
    "Problem": "Hindernis",
    "Show what was deleted, latest first.": "Zeigen, was gelöscht wurde, das Neueste zuerst.",
    "What is held about one person, by telephone number: hand it out, or erase it.": (
        "Was zu einer Person gespeichert ist, nach Rufnummer: herausgeben oder löschen."
    ),
    "What was sent out before by MQTT, mail or webhook can't be taken back; backups hold it until"
    " they are over.": (
        "Was schon per MQTT, Mail oder Webhook verschickt ist, lässt sich nicht zurückholen;"
        " Sicherungen enthalten es bis zu ihrem Ablauf."
    ),
    "Would be closed: {ids}": "Würde geschlossen: {ids}",
    "Would be deleted": "Würde gelöscht",
    "Would be erased": "Würde gelöscht",
    "Write a ZIP file with export.json and what the person said as WAV files.": (
        "Eine ZIP-Datei schreiben, mit export.json und dem Gesprochenen als WAV-Dateien."
    ),
    "at least {days}": "mindestens {days}",
    "at most {days}": "höchstens {days}",
    "callers' numbers in calls": "Rufnummern in Anrufen",
    "deletes what {key} keeps": "löscht, was hier noch bleiben soll: {key}",
    "erasure": "auf Verlangen",
    "figures of single calls and callbacks": "Angaben zu einzelnen Anrufen und Rückrufen",
    "keeps copies of what {key} deletes": "behält Kopien von dem, was hier gelöscht wird: {key}",
    "messages that were sent out": "verschickte Nachrichten",
    "names in callbacks": "Namen in Rückrufen",
    "notes in callbacks": "Notizen in Rückrufen",
    "numbers in callbacks": "Rufnummern in Rückrufen",
    "numbers in queue_log": "Rufnummern in queue_log",
    "the journal of what happened": "das Journal dessen, was geschah",
    "retention": "Frist",
    "spoken messages": "gesprochene Nachrichten",
}

REFUSALS = {
    "callback_emptied": "Die Rufnummer dieses Rückrufs ist gelöscht; bitte einen neuen anfordern.",
    "callback_open": (
        "Dieser Person ist noch ein Rückruf versprochen, oder er muss geschlossen werden"
        " (--close-open)."
    ),
    "person_on_the_line": (
        "Mit dieser Rufnummer läuft gerade ein Anruf, oder ihr Platz in der Warteschlange ist"
        " freigehalten: bitte danach noch einmal."
    ),
    "journal_not_usable": "Eine Datei des Journals lässt sich nicht lesen oder ändern.",
    "queue_log_not_usable": "Eine Datei von queue_log lässt sich nicht lesen oder ändern.",
}
"""By the code of the service's answer."""
