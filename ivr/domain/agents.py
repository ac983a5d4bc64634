"""Agents: what an agent wants (presence) and what the system does with the agent (state).

Two fields, never mixed: an agent on a call who asks for a pause is on a call *and* wants a
pause. Transitions are made by the engine; this module only holds what they act on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from ivr.domain.county import AgentProfile
from ivr.domain.ids import AgentId, CallId, LegId, OfferId, VisitId


class Presence(StrEnum):
    """What the agent wants."""

    READY = "ready"
    PAUSED = "paused"
    LOGGED_OUT = "logged_out"


READY: Final = Presence.READY
LOGGED_OUT: Final = Presence.LOGGED_OUT
"""Looked up once: Python 3.11 takes ten times as long for a member as for a name."""


class AgentState(StrEnum):
    """What the system does with the agent."""

    READY = "ready"
    OFFERED = "offered"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    LOGGED_OUT = "logged_out"


_STATE_OF = {presence: AgentState(presence.value) for presence in Presence}
"""The state of who has no call and no wrap-up."""


class PauseReason(StrEnum):
    """Why the system, or the agent, paused."""

    CHOSEN = ""
    MISSED = "missed"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"


@dataclass(slots=True)
class Agent:
    """One agent's live data; only the engine changes it."""

    id: AgentId
    profile: AgentProfile
    presence: Presence = Presence.LOGGED_OUT
    reason: str = ""
    last_call: bool = False
    """Wants to be logged out after the talk that goes on, or else after the next."""
    reachable: bool = False
    busy: bool = False
    """The phone has a call that is none of ours."""
    legs: set[OfferId | VisitId | LegId] = field(default_factory=set)
    """What occupies the phone's line. A leg outlives its offer until it is really gone."""
    offer: OfferId | None = None
    call: CallId | None = None
    talking: bool = False
    talked_last: CallId | None = None
    """The call the agent answered last: of it the agent may say what came of it."""
    party: LegId | None = None
    """The leg at which the agent takes part in somebody else's call."""
    wrap_up_until: datetime | None = None
    rest_until: datetime | None = None
    """After an offer failed for technical reasons: not offered a call before this."""
    idle_since: datetime | None = None
    dismissed: bool = False
    """No longer configured: the talk may end, then nothing is left."""
    since: datetime | None = None
    """When the state began; None: never changed yet."""
    calls: int = 0
    """Answered since log-in."""
    missed: int = 0
    """Offers missed in a row."""
    last_offer: int = 0
    """The number of the latest offer, counted over all agents; zero: none yet."""

    @property
    def state(self) -> AgentState:
        """What the system does with the agent now."""
        if self.talking or self.party is not None:
            return AgentState.ON_CALL
        if self.offer is not None:
            return AgentState.OFFERED
        if self.wrap_up_until is not None:
            return AgentState.WRAP_UP
        return _STATE_OF[self.presence]

    @property
    def can_be_offered(self) -> bool:
        """Whether a call may ring here now."""
        return (
            self.presence is READY
            and self.offer is None
            and self.wrap_up_until is None
            and self.rest_until is None
            and self.reachable
            and not self.busy
            and not self.legs
        )

    @property
    def can_be_party(self) -> bool:
        """Whether the phone may ring for somebody else's call now."""
        return self.reachable and not self.busy and not self.legs


@dataclass(frozen=True, slots=True)
class AgentView:
    """An agent as shown to people; never changes."""

    id: AgentId
    name: str
    presence: Presence
    reason: str
    state: AgentState
    reachable: bool
    call: CallId | None
    idle_since: datetime | None
    since: datetime | None
    """When the state, or the reason of the pause, began; None: never changed yet."""
    until: datetime | None
    """When wrap-up ends."""
    busy: bool
    """The phone has a call that is none of ours."""
    last_call: bool
    """Will be logged out after the talk that goes on, or else after the next."""
    calls: int
    """Answered since log-in."""
    talked_last: CallId | None
    """The call of which the agent may say what came of it."""
