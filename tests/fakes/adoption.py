"""How the world of the switch in memory differs from what a program remembers of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ivr.domain import events as on
from ivr.domain.events import FailureCause
from ivr.domain.ids import CallId, LegId, OfferId, VisitId
from ivr.domain.live import LiveCall, Offer, Party, Phase, Step
from ivr.domain.memory import Memory
from ivr.domain.outgoing import OutgoingCall
from ivr.domain.recording import message_of
from tests.fakes.parties import talk_room

if TYPE_CHECKING:
    from tests.fakes.switch import FakeSwitch


def differences(world: FakeSwitch, memory: Memory) -> list[on.Event]:
    """Say what changed unheard: who talked, then ends; whom nobody remembers any more is ended."""
    _end_orphans(world, memory)
    joining = [offer for offer in memory.offers if offer.joining and not offer.connected]
    return [
        *_messages(world, memory),
        *(on.CallConnected(offer.id) for offer in joining if _met(world, offer)),
        *(event for call in _on_line(memory) if (event := _caller_gone(world, call.id))),
        *(event for offer in memory.offers if (event := _offer_changed(world, offer))),
        *(event for party in memory.parties if (event := _party_changed(world, party))),
        *_lines_free(world, memory),
        *(on.ConnectFailed(offer.id) for offer in joining if not _met(world, offer)),
        *_words_over(world, memory),
        *_found(world, memory),
    ]


def _on_line(memory: Memory) -> list[LiveCall]:
    return [call for call in memory.calls if call.on_line and call.phase is not Phase.GONE]


def _caller_gone(world: FakeSwitch, call: CallId) -> on.Event | None:
    if call in world.taken_over:
        return on.CallerTakenOver(call)
    if call in world.callers:
        return None
    return on.CallerLost(call) if call in world.lost else on.CallerHungUp(call)


def _messages(world: FakeSwitch, memory: Memory) -> list[on.Event]:
    spoken = [
        (call.id, message_of(call.dialog))
        for call in memory.calls
        if call.dialog is not None and call.dialog.step is Step.RECORDING
    ]
    return [
        on.MessageRecorded(call, recording, world.messages.get(recording, 0))
        for call, recording in spoken
        if call not in world.callers or world.callers[call].recording != recording
    ]


def _offer_changed(world: FakeSwitch, offer: Offer) -> on.Event | None:
    leg = world.legs.get(offer.id)
    answered = offer.answered_at is not None
    if leg is None:
        return (
            on.AgentHungUp(offer.id) if answered else on.OfferFailed(offer.id, FailureCause.FAULT)
        )
    return on.OfferAnswered(offer.id) if leg.answered and not answered else None


def _party_changed(world: FakeSwitch, party: Party) -> on.Event | None:
    leg = world.parties.legs.get(party.id)
    if leg is None:
        return (
            on.PartyHungUp(party.id)
            if party.answered
            else on.PartyFailed(party.id, FailureCause.FAULT)
        )
    return on.PartyAnswered(party.id) if leg.answered and not party.answered else None


def _lines_free(world: FakeSwitch, memory: Memory) -> list[on.Event]:
    known = {*(offer.id for offer in memory.offers), *(party.id for party in memory.parties)}
    return [
        on.LegEnded(leg)
        for agent in memory.agents
        for leg in sorted(agent.legs - known)
        if OfferId(leg) not in world.legs
        and LegId(leg) not in world.parties.legs
        and VisitId(leg) not in world.visits
    ]


def _met(world: FakeSwitch, offer: Offer) -> bool:
    """Whether one of them, at least, is still where both were joined."""
    return talk_room(offer.id) in world.rooms.values()


def _words_over(world: FakeSwitch, memory: Memory) -> list[on.Event]:
    listeners: tuple[LiveCall | OutgoingCall, ...] = (*memory.calls, *memory.outgoing)
    to_agents = [offer for offer in memory.offers if offer.whispering and offer.id in world.legs]
    return [
        *(
            on.PlaybackFinished(call.id, call.playback)
            for call in listeners
            if call.playback is not None and not world.plays(call.playback)
        ),
        *(
            on.WhisperFinished(offer.id)
            for offer in to_agents
            if not world.legs[offer.id].hears_words
        ),
    ]


def _found(world: FakeSwitch, memory: Memory) -> list[on.Event]:
    known = {call.id for call in memory.calls} | {call.id for call in memory.outgoing}
    strangers = [
        caller
        for caller in world.callers.values()
        if caller.id not in known and caller.id not in world.taken_over
    ]
    return [
        replace(caller.arrived, arrived_at=caller.arrived_at)
        for caller in sorted(strangers, key=lambda caller: caller.arrived_at)
        if caller.arrived is not None
    ]


def _end_orphans(world: FakeSwitch, memory: Memory) -> None:
    gone = {call.id for call in memory.calls} - {call.id for call in _on_line(memory)}
    for call in gone.union(memory.ended) & world.callers.keys():
        world.forget_caller(world.callers[call])
    for offer in world.legs.keys() - {offer.id for offer in memory.offers}:
        world.forget_leg(offer)
    needed = {party.id for party in memory.parties} | memory.adopted.keys()
    for leg in world.parties.legs.keys() - needed:
        world.parties.forget(leg)
    consulting = {call.consultation.visit for call in memory.calls if call.consultation}
    for visit in world.visits.keys() - consulting:
        world.visits.pop(visit).here = False
