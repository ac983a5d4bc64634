"""The callback: a promise to phone back, with an owner, a due time and an end.

``CHANGES`` is its whole state machine. What can't be done now is refused with a code, never
ignored, so that whoever asked is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ivr.domain.errors import Refused
from ivr.domain.ids import (
    E164,
    CallbackId,
    CallId,
    CaseworkerId,
    DepartmentId,
    MessageId,
    RecordingId,
)


class CallbackState(StrEnum):
    """Where the promise stands."""

    REQUESTED = "requested"
    ACKNOWLEDGED = "acknowledged"
    ATTEMPTED = "attempted"
    CLOSED = "closed"


class CallbackAction(StrEnum):
    """What a caseworker does with a callback."""

    ACKNOWLEDGE = "acknowledge"
    ATTEMPT = "attempt"
    CLOSE = "close"


class CallbackSource(StrEnum):
    """How the request was made."""

    CALLER_DTMF = "caller_dtmf"
    AGENT_DTMF = "agent_dtmf"
    AGENT_DESK = "agent_desk"
    OUT_OF_HOURS = "out_of_hours"
    API = "api"


CHANGES: dict[CallbackAction, dict[CallbackState, CallbackState]] = {
    CallbackAction.ACKNOWLEDGE: {
        CallbackState.REQUESTED: CallbackState.ACKNOWLEDGED,
    },
    CallbackAction.ATTEMPT: {
        CallbackState.ACKNOWLEDGED: CallbackState.ATTEMPTED,
        CallbackState.ATTEMPTED: CallbackState.ATTEMPTED,
    },
    CallbackAction.CLOSE: {
        CallbackState.REQUESTED: CallbackState.CLOSED,
        CallbackState.ACKNOWLEDGED: CallbackState.CLOSED,
        CallbackState.ATTEMPTED: CallbackState.CLOSED,
    },
}


@dataclass(frozen=True, slots=True)
class Callback:
    """One promise. ``version`` counts its changes, from 1; times are aware."""

    id: CallbackId
    department: DepartmentId
    caseworker: CaseworkerId
    caller_number: E164
    source: CallbackSource
    requested_at: datetime
    due_at: datetime
    call: CallId | None = None
    caller_name: str = ""
    subject: str = ""
    note: str = ""
    message: RecordingId | None = None
    """What the caller said about it, where the caller did."""
    state: CallbackState = CallbackState.REQUESTED
    changed_at: datetime | None = None
    changed_by: str = ""
    version: int = 1

    @property
    def message_id(self) -> MessageId:
        """The id of the message that tells of this version; the same however often it is sent."""
        return MessageId(f"{self.id}.{self.version}")

    def after(
        self, action: CallbackAction, *, by: str, at: datetime, note: str | None = None
    ) -> Callback:
        """Return the callback after ``action`` by ``by``.

        Raises Refused (``callback_acknowledged``, ``callback_closed``,
        ``callback_not_acknowledged``) where the state does not allow it.
        """
        state = CHANGES[action].get(self.state)
        if state is None:
            raise self._refusal(action)
        return replace(
            self,
            state=state,
            changed_at=at,
            changed_by=by,
            note=self.note if note is None else note,
            version=self.version + 1,
        )

    def _refusal(self, action: CallbackAction) -> Refused:
        if self.state is CallbackState.REQUESTED:
            return Refused(
                f"Callback {self.id} has to be acknowledged before '{action}'.",
                code="callback_not_acknowledged",
            )
        taken = "closed" if self.state is CallbackState.CLOSED else "acknowledged"
        who = f" by {self.changed_by}" if self.changed_by else ""
        return Refused(f"Callback {self.id} is already {taken}{who}.", code=f"callback_{taken}")
