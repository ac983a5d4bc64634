"""The English texts of mails to caseworkers."""

from __future__ import annotations

from ivr.adapters.mail.texts import Labels, Notice, Texts
from ivr.domain.callback import CallbackEvent

ENGLISH = Texts(
    language="en",
    greeting="Dear {name},",
    notices={
        CallbackEvent.REQUESTED: Notice(
            "Callback requested: {about}, by {due}",
            "Somebody asks to be phoned back, and it is you who are responsible.",
        ),
        CallbackEvent.ACKNOWLEDGED: Notice(
            "Callback taken: {about}", "{who} has taken this callback."
        ),
        CallbackEvent.ATTEMPTED: Notice(
            "Callback attempted: {about}", "{who} has tried to phone back."
        ),
        CallbackEvent.CLOSED: Notice(
            "Callback closed: {about}",
            "This callback is done, as noted by: {who}. There is nothing more to do.",
        ),
        CallbackEvent.REASSIGNED: Notice(
            "Callback handed to you: {about}, by {due}",
            "{who} has handed this callback to you.",
        ),
        CallbackEvent.REOPENED: Notice(
            "Callback open again: {about}, by {due}",
            "This callback is not done after all, as noted by: {who}.",
        ),
        CallbackEvent.COMMENTED: Notice(
            "Comment on the callback: {about}", "{who} has commented on this callback."
        ),
        CallbackEvent.CHANGED: Notice(
            "Callback changed: {about}, by {due}", "{who} has changed what this callback is about."
        ),
        CallbackEvent.REMINDED: Notice(
            "Reminder: callback due soon: {about}, by {due}",
            "This callback is due soon and not done yet.",
        ),
        CallbackEvent.ESCALATED: Notice(
            "Callback waited too long, now with you: {about}, by {due}",
            "This callback has waited too long and therefore is with you now.",
        ),
    },
    moved=Notice(
        "Callback no longer with you: {about}",
        "This callback is now with: {owner}. There is nothing more to do for you.",
    ),
    labels=Labels(
        name="Who",
        number="Telephone",
        department="Department",
        topic="Topic",
        subject="Subject",
        reference="Reference",
        note="Note",
        preferred_times="Available",
        answers="Told already",
        attempts="Attempts",
        comment="Comment",
        requested="Requested",
        due="Due",
        owner="Responsible",
        id="ID",
        spoken_message="Spoken message",
    ),
    somebody="somebody",
    callback="ID {id}",
    calendar="Phone back: {about}",
    to_do="What to do:",
    to_do_when_closed="Should there be something to do after all:",
    commands={
        "acknowledge": "take it",
        "attempt": "not reached",
        "close": "done",
        "message": "listen to the message",
        "show": "see everything",
        "reopen": "open it again",
    },
    closing="This mail was sent by a program; nobody reads answers to it.",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    days={
        "mon": "Mon",
        "tue": "Tue",
        "wed": "Wed",
        "thu": "Thu",
        "fri": "Fri",
        "sat": "Sat",
        "sun": "Sun",
    },
    moment="{weekday}, {day} {month} {year}, {hour:02}:{minute:02}",
)
