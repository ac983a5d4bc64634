"""The calendar file that comes with a mail: an event at the due time, with an alarm.

An event (VEVENT), not a task (VTODO): Outlook and Thunderbird both put an event into the calendar
when the file is opened, and Outlook knows no VTODO. It is published (RFC 5546, section 3.2.1)
rather than sent as an invitation: Outlook would turn the whole mail into one, ask for an answer
that nobody reads, and take the mail out of the inbox with it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from ivr.adapters.mail.matter import Matter, safe_id
from ivr.adapters.mail.texts import Texts

_LENGTH = timedelta(minutes=15)


def calendar_file(matter: Matter, texts: Texts, sender: str, at: datetime) -> bytes:
    """Return the file; ``sender`` is the address mails come from, ``at`` when the change was made.

    The same UID for a callback always and its version as SEQUENCE: a later file replaces the
    entry, and one that tells the callback's end, or that it is somebody else's, removes it.
    """
    domain = sender.rpartition("@")[2]
    over = matter.closed or matter.moved
    calendar = Calendar()
    calendar.add("prodid", "-//ivr//callbacks//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if over else "PUBLISH")
    event = Event()
    event.add("uid", f"{safe_id(matter.id)}@{domain}")
    event.add("sequence", matter.version)
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", matter.due_at.astimezone(UTC))
    event.add("dtend", (matter.due_at + _LENGTH).astimezone(UTC))
    event.add("summary", texts.calendar.format(about=matter.about or _reference(matter, texts)))
    event.add("status", "CANCELLED" if over else "CONFIRMED")
    # It is due then, which does not make anybody busy.
    event.add("transp", "TRANSPARENT")
    event.add("organizer", f"mailto:{sender}")
    if matter.number:
        event.add("description", matter.number)
    if not over:
        event.add_component(_alarm(matter, texts))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _alarm(matter: Matter, texts: Texts) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", texts.calendar.format(about=matter.about or matter.id))
    alarm.add("trigger", timedelta(0))
    return alarm


def _reference(matter: Matter, texts: Texts) -> str:
    return texts.callback.format(id=matter.id)
