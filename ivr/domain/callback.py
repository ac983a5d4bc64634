"""The callback: a promise to phone back, with an owner, a due time and an end.

``CHANGES`` is its whole state machine. What can't be done now is refused with a code, never
ignored, so that whoever asked is told. When what is due and to whom it goes is decided elsewhere
(:mod:`ivr.domain.county`); here is what each change does to the callback.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from ivr.domain.errors import Refused
from ivr.domain.ids import (
    E164,
    CallbackId,
    CallId,
    CaseworkerId,
    DepartmentId,
    MessageId,
    RecordingId,
    TopicId,
)


class CallbackState(StrEnum):
    """Where the promise stands."""

    REQUESTED = "requested"
    ACKNOWLEDGED = "acknowledged"
    ATTEMPTED = "attempted"
    CLOSED = "closed"


class CallbackEvent(StrEnum):
    """What has happened to it."""

    REQUESTED = "requested"
    ACKNOWLEDGED = "acknowledged"
    ATTEMPTED = "attempted"
    CLOSED = "closed"
    REASSIGNED = "reassigned"
    REOPENED = "reopened"
    COMMENTED = "commented"
    CHANGED = "changed"
    """What it is about."""
    REMINDED = "reminded"
    """Its owner, before it is due."""
    ESCALATED = "escalated"
    """To the deputy, then to the head of the department."""


class CallbackSource(StrEnum):
    """How the request was made."""

    CALLER_DTMF = "caller_dtmf"
    AGENT_DTMF = "agent_dtmf"
    AGENT_DESK = "agent_desk"
    OUT_OF_HOURS = "out_of_hours"
    API = "api"


class AttemptResult(StrEnum):
    """What came of phoning the citizen."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    BUSY = "busy"
    WRONG_NUMBER = "wrong_number"
    ANOTHER_TIME = "another_time"
    """Reached, and asked for another time."""


IN_VAIN = frozenset({AttemptResult.NOT_REACHED, AttemptResult.BUSY, AttemptResult.WRONG_NUMBER})
"""The citizen knows no more than before."""


class CloseReason(StrEnum):
    """Why a callback came to its end."""

    SETTLED = "settled"
    """Not after an attempt in vain."""
    LETTER = "letter"
    """Not reached; a letter was written."""
    MAIL = "mail"
    """Not reached; an e-mail was written."""
    UNREACHABLE = "unreachable"
    """Only after an attempt in vain."""
    WITHDRAWN = "withdrawn"
    """The citizen does not want it any more."""
    DUPLICATE = "duplicate"


_OPEN = (CallbackState.REQUESTED, CallbackState.ACKNOWLEDGED, CallbackState.ATTEMPTED)
_AS_IT_WAS = {state: state for state in _OPEN}
_TO_BE_TAKEN = dict.fromkeys(_OPEN, CallbackState.REQUESTED)

CHANGES: dict[CallbackEvent, dict[CallbackState, CallbackState]] = {
    CallbackEvent.REQUESTED: {},
    CallbackEvent.ACKNOWLEDGED: {CallbackState.REQUESTED: CallbackState.ACKNOWLEDGED},
    CallbackEvent.ATTEMPTED: {
        CallbackState.ACKNOWLEDGED: CallbackState.ATTEMPTED,
        CallbackState.ATTEMPTED: CallbackState.ATTEMPTED,
    },
    CallbackEvent.CLOSED: dict.fromkeys(_OPEN, CallbackState.CLOSED),
    CallbackEvent.REASSIGNED: _TO_BE_TAKEN,
    CallbackEvent.REOPENED: {CallbackState.CLOSED: CallbackState.REQUESTED},
    CallbackEvent.COMMENTED: _AS_IT_WAS,
    CallbackEvent.CHANGED: _AS_IT_WAS,
    CallbackEvent.REMINDED: _AS_IT_WAS,
    CallbackEvent.ESCALATED: _TO_BE_TAKEN,
}
"""By what happens: from which state to which. What is not here is refused."""


# -- changes ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The owner takes it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The citizen was phoned. ``next_try_at`` is when to try again, where somebody said when."""

    result: AttemptResult = AttemptResult.NOT_REACHED
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """The promise is kept, or needs no keeping."""

    reason: CloseReason = CloseReason.SETTLED


@dataclass(frozen=True, slots=True)
class Reassign:
    """Somebody else is to own it, in the same department or another."""

    department: DepartmentId
    caseworker: CaseworkerId


@dataclass(frozen=True, slots=True)
class Reopen:
    """It is not settled after all."""


@dataclass(frozen=True, slots=True)
class Comment:
    """Something to know about it; stands in the change's ``comment``."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What it is about is told better; None leaves a field as it is, an empty topic is none."""

    caller_number: E164 | None = None
    caller_name: str | None = None
    topic: TopicId | None = None
    subject: str | None = None
    reference: str | None = None
    preferred_times: tuple[str, ...] | None = None
    answers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Remind:
    """It will be due soon."""


@dataclass(frozen=True, slots=True)
class Escalate:
    """It waited too long: somebody else gets it."""

    caseworker: CaseworkerId


Change = Acknowledge | Attempt | Close | Reassign | Reopen | Comment | Edit | Remind | Escalate

SYSTEM = "ivr"
"""Who makes the changes nobody asked for."""


@dataclass(frozen=True, slots=True)
class Callback:
    """One promise. ``version`` counts its changes, from 1; times are aware.

    ``event``, ``comment``, ``changed_at`` and ``changed_by`` tell of the latest change; all
    versions together are its history, with the ledger of attempts in it.
    """

    id: CallbackId
    department: DepartmentId
    caseworker: CaseworkerId
    caller_number: E164
    """Empty once it was deleted."""
    source: CallbackSource
    requested_at: datetime
    due_at: datetime
    call: CallId | None = None
    caller_name: str = ""
    topic: TopicId | None = None
    subject: str = ""
    note: str = ""
    reference: str = ""
    """The county's own, such as a file number."""
    preferred_times: tuple[str, ...] = ()
    """When the citizen wants to be phoned, such as ``mon-fri 14:00-16:00``; empty: any time."""
    language: str = ""
    """What the citizen speaks; empty: the county's language."""
    answers: tuple[str, ...] = ()
    """What the citizen has been told already."""
    message: RecordingId | None = None
    """What the caller said about it, where the caller did."""
    state: CallbackState = CallbackState.REQUESTED
    event: CallbackEvent = CallbackEvent.REQUESTED
    comment: str = ""
    """What was said about the latest change."""
    result: AttemptResult | None = None
    """Of the latest attempt, where that was the latest change."""
    attempts: int = 0
    """How often the citizen was phoned."""
    in_vain: int = 0
    """Of the latest attempts, how many in a row were in vain."""
    next_try_at: datetime | None = None
    """When to phone again; None: not settled, or not suggested any more."""
    close_reason: CloseReason | None = None
    taken_by: str = ""
    """Who acknowledged it; empty: nobody who still owns it."""
    escalations: int = 0
    """How often it went to somebody else because it waited too long, since a person chose the
    owner or it was reopened."""
    remind_at: datetime | None = None
    """When its owner is reminded; None: not any more."""
    escalate_at: datetime | None = None
    """When somebody else gets it, if nothing happens; None: nobody else is left."""
    changed_at: datetime | None = None
    changed_by: str = ""
    version: int = 1

    @property
    def message_id(self) -> MessageId:
        """The id of the message that tells of this version; the same however often it is sent."""
        return MessageId(f"{self.id}.{self.version}")

    @property
    def is_open(self) -> bool:
        """Whether the promise is still to be kept."""
        return self.state is not CallbackState.CLOSED

    def after(
        self,
        change: Change,
        *,
        by: str,
        at: datetime,
        comment: str = "",
        note: str | None = None,
    ) -> Callback:
        """Return the callback after ``change`` by ``by``; ``note`` None leaves the note.

        Raises Refused (``callback_acknowledged``, ``callback_closed``, ``callback_not_closed``,
        ``callback_not_acknowledged``) where the state does not allow it,
        (``callback_emptied``) where nobody could be phoned any more,
        and (``close_reason_does_not_fit``) where the attempts so far speak against the reason.
        """
        event = _EVENTS[type(change)]
        state = CHANGES[event].get(self.state)
        if state is None:
            raise self._refusal(event)
        if event is CallbackEvent.REOPENED and not self.caller_number:
            raise Refused(
                f"The number of callback {self.id} was deleted; request another one.",
                code="callback_emptied",
            )
        if isinstance(change, Close):
            self._check_reason(change.reason)
        changed = replace(
            self,
            state=state,
            event=event,
            comment=comment,
            result=None,
            changed_at=at,
            changed_by=by,
            note=self.note if note is None else note,
            version=self.version + 1,
        )
        return _with(changed, change, by)

    def _check_reason(self, reason: CloseReason) -> None:
        if reason is CloseReason.SETTLED and self.in_vain:
            raise Refused(
                f"The latest attempt of callback {self.id} reached nobody: say first that"
                " somebody was reached, or why it ends without.",
                code="close_reason_does_not_fit",
            )
        if reason is CloseReason.UNREACHABLE and not self.in_vain:
            raise Refused(
                f"No attempt of callback {self.id} was in vain.", code="close_reason_does_not_fit"
            )

    def _refusal(self, event: CallbackEvent) -> Refused:
        if event is CallbackEvent.REOPENED:
            return Refused(f"Callback {self.id} is not closed.", code="callback_not_closed")
        if self.state is CallbackState.REQUESTED:
            return Refused(
                f"Callback {self.id} has to be acknowledged before it is '{event}'.",
                code="callback_not_acknowledged",
            )
        closed = self.state is CallbackState.CLOSED
        taken, by = ("closed", self.changed_by) if closed else ("acknowledged", self.taken_by)
        who = f" by {by}" if by else ""
        return Refused(f"Callback {self.id} is already {taken}{who}.", code=f"callback_{taken}")


_EVENTS: dict[type[Change], CallbackEvent] = {
    Acknowledge: CallbackEvent.ACKNOWLEDGED,
    Attempt: CallbackEvent.ATTEMPTED,
    Close: CallbackEvent.CLOSED,
    Reassign: CallbackEvent.REASSIGNED,
    Reopen: CallbackEvent.REOPENED,
    Comment: CallbackEvent.COMMENTED,
    Edit: CallbackEvent.CHANGED,
    Remind: CallbackEvent.REMINDED,
    Escalate: CallbackEvent.ESCALATED,
}


def _with(callback: Callback, change: Change, by: str) -> Callback:
    """Return ``callback`` with what only ``change`` changes."""
    match change:
        case Attempt(result, next_try_at):
            return replace(
                callback,
                result=result,
                attempts=callback.attempts + 1,
                in_vain=callback.in_vain + 1 if result in IN_VAIN else 0,
                next_try_at=next_try_at,
            )
        case Close(reason):
            return replace(callback, close_reason=reason, next_try_at=None)
        case Reassign(department, caseworker):
            return replace(
                callback,
                department=department,
                caseworker=caseworker,
                topic=callback.topic if department == callback.department else None,
                taken_by="",
                escalations=0,
            )
        case Reopen():
            return replace(callback, close_reason=None, in_vain=0, taken_by="", escalations=0)
        case Escalate(caseworker):
            return replace(
                callback,
                caseworker=caseworker,
                taken_by="",
                escalations=callback.escalations + 1,
            )
        case Edit():
            return _edited(callback, change)
        case Acknowledge():
            return replace(callback, taken_by=by)
        case Comment() | Remind():
            return callback
        case _:
            assert_never(change)


def _edited(callback: Callback, edit: Edit) -> Callback:
    """Return ``callback`` with the fields that ``edit`` says something about."""
    told = {field.name: getattr(edit, field.name) for field in fields(edit)}
    edited = replace(callback, **{name: it for name, it in told.items() if it is not None})
    return replace(
        edited,
        topic=edited.topic or None,
        # Nobody was called in vain at a new number.
        in_vain=callback.in_vain if edited.caller_number == callback.caller_number else 0,
    )
