"""What a callback request becomes, and what is said about it, whoever asks and listens.

The same for the queue's own calls and for those that Asterisk serves by itself.
"""

from __future__ import annotations

from datetime import datetime

from ivr.domain.callback import Callback, CallbackSource
from ivr.domain.county import County, Department
from ivr.domain.ids import E164, CallbackId, CallId, DepartmentId, RecordingId, TopicId
from ivr.domain.numbers import NumberingPlan
from ivr.domain.speech import Digits, Sound, Utterance

OTHER_NUMBER = "2"
"""What a caller presses who wants to be called on another number than the one read back."""


def requested_callback(
    county: County,
    callback: CallbackId,
    call: CallId,
    *,
    dialled: str,
    department: DepartmentId | None,
    number: E164,
    source: CallbackSource,
    language: str,
    at: datetime,
    message: RecordingId | None = None,
) -> Callback:
    """Return the callback that is requested at ``at`` in a call to ``dialled``.

    ``department`` is that of the call, None on the common number.
    """
    owner = county.callback_department(department)
    topic = _topic(county, dialled, owner)
    return Callback(
        id=callback,
        department=owner.id,
        caseworker=county.responsible(owner.id, topic, at, callback),
        caller_number=number,
        source=source,
        requested_at=at,
        due_at=county.callback_due(owner.id, at),
        call=call,
        topic=topic,
        language=language,
        message=message,
    )


def _topic(county: County, dialled: str, department: Department) -> TopicId | None:
    """What callers of ``dialled`` want, where it is a matter of ``department``."""
    topic = county.topic_of(E164(dialled))
    return topic if any(each.id == topic for each in department.topics) else None


def read_back(number: E164, numbering: NumberingPlan) -> Utterance:
    """Let the caller hear the number, and how to give another."""
    return (
        Sound("callback-number"),
        Digits(numbering.display(number)),
        Sound("callback-number-change"),
        Digits(OTHER_NUMBER),
    )


def promise(
    number: E164, numbering: NumberingPlan, due: Utterance, *, confirmed: bool
) -> Utterance:
    """Say that it is noted, and by when; the number as well, unless it was ``confirmed``."""
    if confirmed:
        return (Sound("callback-promised"), *due)
    return (Sound("callback-confirmed"), Digits(numbering.display(number)), *due)
