"""The service at one moment, as others see it: all of it for people, or only how far calls are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ivr.domain.agents import AgentView, Presence
from ivr.domain.estimating import Standing
from ivr.domain.floor import Floor
from ivr.domain.ids import E164, AgentId, CallId
from ivr.domain.known import in_order
from ivr.domain.live import QUEUEING, CallView, LiveCall, Phase, Purpose
from ivr.domain.outgoing import OutgoingCall, OutgoingView
from ivr.domain.speech import Sound


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The service at one moment, for people: callers in the queue first, in their order."""

    calls: tuple[CallView, ...]
    agents: tuple[AgentView, ...]
    outgoing: tuple[OutgoingView, ...] = ()
    """Caseworkers phoning back, earliest first."""


class CallProgress(NamedTuple):
    """How far a call has come."""

    id: CallId
    dialled: str
    caller_number: E164 | None
    queued_at: datetime | None
    entered_as: int
    """Its place in the queue on entering it."""
    answered_at: datetime | None
    agent: AgentId | None
    shown_out: Sound | None
    """Why the caller could not wait any longer."""


class AgentProgress(NamedTuple):
    """What an agent wants."""

    id: AgentId
    presence: Presence
    reason: str


class Progress(NamedTuple):
    """What one step of the engine brought forward: cheap enough to be taken after each.

    ``calls`` came into the queue, to an agent or to a way out, ``agents`` made a wish, and so many
    callers are ``waiting`` now. ``taken_over`` are served elsewhere and known here no more.
    """

    calls: list[CallProgress]
    waiting: int
    agents: list[AgentProgress]
    taken_over: list[CallProgress]


def snapshot(floor: Floor) -> Snapshot:
    """Return the service as it stands."""
    positions = {call: place for place, call in enumerate(floor.waiting, start=1)}
    here = [call for call in floor.calls.values() if call.phase is not Phase.GONE]
    here.sort(key=lambda call: (call.phase not in QUEUEING, call.place or (call.arrived_at, 0)))
    standings = floor.standings()
    views = tuple(
        _view(floor, call, positions.get(call.id), standings.get(call.id)) for call in here
    )
    outgoing = tuple(_outgoing_view(call) for call in floor.outgoing.values())
    return Snapshot(views, floor.roster.views(), outgoing)


def progress(floor: Floor) -> Progress:
    """Return what the last step of the engine brought forward."""
    forward = (floor.calls[call] for call in floor.brought_forward if call in floor.calls)
    calls = [_progress_of(call) for call in forward]
    agents = [AgentProgress(a.id, a.presence, a.reason) for a in floor.roster.chose]
    elsewhere = [_progress_of(call) for call in floor.taken_over]
    return Progress(calls, len(floor.waiting), agents, elsewhere)


def numbers_in_use(floor: Floor) -> frozenset[str]:
    """Whoever is on the line, is being phoned, or whose wish is on its way into the store."""
    used = {call.caller for call in floor.calls.values()}
    used |= {call.dialog.number for call in floor.calls.values() if call.dialog}
    used |= {call.kept.number for call in floor.calls.values() if call.kept}
    used |= {call.number for call in floor.outgoing.values()}
    return frozenset(str(number) for number in used if number)


def _progress_of(call: LiveCall) -> CallProgress:
    return CallProgress(
        id=call.id,
        dialled=call.dialled,
        caller_number=call.caller,
        queued_at=call.queued_at,
        entered_as=call.entered_as,
        answered_at=call.answered_at,
        agent=call.agent,
        shown_out=call.shown_out,
    )


def _view(
    floor: Floor, call: LiveCall, position: int | None, standing: Standing | None
) -> CallView:
    return CallView(
        id=call.id,
        phase=call.phase,
        department=call.department,
        label=floor.county.label(call.department),
        language=call.language,
        caller_number=call.caller,
        arrived_at=call.arrived_at,
        queued_at=call.queued_at,
        position=position,
        answered_at=call.answered_at,
        agent=None if call.phase is Phase.WAITING else call.agent,
        estimate=standing.estimate if standing else None,
        supervisors=tuple(
            leg for leg in call.parties if floor.parties[leg].purpose is Purpose.SUPERVISION
        ),
        party=_party_of(floor, call),
        known=tuple(in_order(call.known, call.department)),
    )


def _outgoing_view(call: OutgoingCall) -> OutgoingView:
    return OutgoingView(
        id=call.id,
        callback=call.callback,
        department=call.department,
        label=call.label,
        caseworker=call.caseworker,
        phase=call.phase,
        asked_at=call.asked_at,
        talking_since=call.talking_since,
        phone=call.phone,
        number=call.number,
    )


def _party_of(floor: Floor, call: LiveCall) -> str:
    parties = (floor.parties[leg] for leg in call.parties)
    shown = (Purpose.CONSULTATION, Purpose.OVERFLOW, Purpose.RETURNED_CALL)
    return next((party.to for party in parties if party.purpose in shown), "")
