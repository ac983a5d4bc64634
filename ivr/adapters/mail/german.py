"""The German texts of mails to caseworkers."""

from __future__ import annotations

from ivr.adapters.mail.texts import Labels, Notice, Texts
from ivr.domain.callback import CallbackEvent

GERMAN = Texts(
    language="de",
    greeting="Guten Tag {name},",
    notices={
        CallbackEvent.REQUESTED: Notice(
            "Rückruf erbeten: {about}, bis {due}",
            "jemand bittet um Rückruf, und Sie sind dafür zuständig.",
        ),
        CallbackEvent.ACKNOWLEDGED: Notice(
            "Rückruf angenommen: {about}", "{who} hat diesen Rückruf übernommen."
        ),
        CallbackEvent.ATTEMPTED: Notice(
            "Rückruf versucht: {about}", "{who} hat versucht zurückzurufen."
        ),
        CallbackEvent.CLOSED: Notice(
            "Rückruf erledigt: {about}",
            "dieser Rückruf ist erledigt, eingetragen von: {who}. Mehr ist nicht zu tun.",
        ),
        CallbackEvent.REASSIGNED: Notice(
            "Rückruf an Sie übergeben: {about}, bis {due}",
            "{who} hat Ihnen diesen Rückruf übergeben.",
        ),
        CallbackEvent.REOPENED: Notice(
            "Rückruf wieder offen: {about}, bis {due}",
            "dieser Rückruf ist doch nicht erledigt, eingetragen von: {who}.",
        ),
        CallbackEvent.COMMENTED: Notice(
            "Bemerkung zum Rückruf: {about}", "{who} hat etwas zu diesem Rückruf bemerkt."
        ),
        CallbackEvent.CHANGED: Notice(
            "Rückruf geändert: {about}, bis {due}",
            "{who} hat die Angaben zu diesem Rückruf geändert.",
        ),
        CallbackEvent.REMINDED: Notice(
            "Erinnerung: Rückruf bald fällig: {about}, bis {due}",
            "dieser Rückruf ist bald fällig und noch nicht erledigt.",
        ),
        CallbackEvent.ESCALATED: Notice(
            "Rückruf wartet zu lange, jetzt bei Ihnen: {about}, bis {due}",
            "dieser Rückruf hat zu lange gewartet und ist deshalb jetzt bei Ihnen.",
        ),
    },
    moved=Notice(
        "Rückruf nicht mehr bei Ihnen: {about}",
        "dieser Rückruf ist jetzt bei: {owner}. Für Sie ist nichts mehr zu tun.",
    ),
    labels=Labels(
        name="Wer",
        number="Telefon",
        department="Amt",
        topic="Thema",
        subject="Betreff",
        reference="Aktenzeichen",
        note="Notiz",
        preferred_times="Erreichbar",
        answers="Schon gesagt",
        attempts="Versuche",
        comment="Bemerkung",
        requested="Erbeten",
        due="Fällig",
        owner="Zuständig",
        id="Kennung",
        spoken_message="Gesprochene Nachricht",
    ),
    somebody="jemand",
    callback="Kennung {id}",
    calendar="Rückruf: {about}",
    to_do="Was zu tun ist:",
    to_do_when_closed="Wenn doch noch etwas zu tun ist:",
    commands={
        "acknowledge": "übernehmen",
        "attempt": "nicht erreicht",
        "close": "erledigt",
        "message": "Nachricht anhören",
        "show": "alles ansehen",
        "reopen": "wieder öffnen",
    },
    closing="Diese E-Mail kommt von selbst; Antworten darauf liest niemand.",
    weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    months=(
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    days={
        "mon": "Mo",
        "tue": "Di",
        "wed": "Mi",
        "thu": "Do",
        "fri": "Fr",
        "sat": "Sa",
        "sun": "So",
    },
    moment="{weekday}, {day}. {month} {year}, {hour}:{minute:02} Uhr",
)
