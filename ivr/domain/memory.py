"""What the engine knows beside the county: enough to go on in another run of the program.

Derived things (who is idle, estimates, positions) are not in it. It says what there is to
remember, not how it is written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.domain.agents import Agent
from ivr.domain.announcement import Announcement
from ivr.domain.due import Due
from ivr.domain.floor import Floor
from ivr.domain.ids import E164, CallId, LegId
from ivr.domain.live import LiveCall, Offer, Party
from ivr.domain.outgoing import OutgoingCall
from ivr.domain.waiting import Place


@dataclass(frozen=True, slots=True)
class Memory:
    """All that is alive at one moment, between two facts.

    It shares what lives with the engine it was taken from: write it down, or copy it, before the
    next fact.
    """

    calls: tuple[LiveCall, ...] = ()
    outgoing: tuple[OutgoingCall, ...] = ()
    offers: tuple[Offer, ...] = ()
    parties: tuple[Party, ...] = ()
    adopted: Mapping[LegId, CallId] = field(default_factory=dict)
    agents: tuple[Agent, ...] = ()
    waiting: tuple[CallId, ...] = ()
    """Who stands in the queue, in order; each call holds its own place."""
    lost_places: Mapping[E164, Place] = field(default_factory=dict)
    announcements: tuple[Announcement, ...] = ()
    handling: tuple[timedelta, ...] = ()
    """How long the last calls kept their agents, earliest first."""
    timers: tuple[tuple[datetime, Due, str], ...] = ()
    """Deadlines, what for and for whom, in the order in which they fall due."""
    entries: int = 0
    """How many callers have entered the queue, ever."""
    offers_made: int = 0
    """How many offers were made, ever."""
    ended: tuple[CallId, ...] = ()
    """The calls that ended last: who is still on the line in one of them is to be hung up on."""


def remember(floor: Floor) -> Memory:
    """Return all that is alive on ``floor``."""
    return Memory(
        calls=tuple(floor.calls.values()),
        outgoing=tuple(floor.outgoing.values()),
        offers=tuple(floor.offers.values()),
        parties=tuple(floor.parties.values()),
        adopted=dict(floor.adopted),
        agents=tuple(floor.roster),
        waiting=tuple(floor.waiting),
        lost_places=dict(floor.lost_places),
        announcements=tuple(floor.announcements),
        handling=floor.handling.recent(),
        timers=tuple((at, due, key) for at, (due, key) in floor.timers.pending()),
        entries=floor.entrance.entries,
        offers_made=floor.roster.offers,
        ended=tuple(floor.ended),
    )


def recall(floor: Floor, memory: Memory) -> None:
    """Let everything in ``memory`` go on, on an empty ``floor`` of the same county."""
    for call in memory.calls:
        floor.begin(call)
    floor.outgoing.update((call.id, call) for call in memory.outgoing)
    floor.offers.update((offer.id, offer) for offer in memory.offers)
    floor.parties.update((party.id, party) for party in memory.parties)
    floor.adopted.update(memory.adopted)
    floor.roster.recall(memory.agents)
    floor.roster.offers = memory.offers_made
    for waiting in memory.waiting:
        place = floor.calls[waiting].place
        if place is None:
            raise AssertionError(f"call {waiting} waits without a place")
        floor.waiting.enter(waiting, place)
        floor.seekers.touch(waiting)
    floor.lost_places.update(memory.lost_places)
    for announcement in memory.announcements:
        floor.announcements.made(announcement)
    for handled in memory.handling:
        floor.handling.add(handled)
    for at, due, key in memory.timers:
        floor.timers.set((due, key), at)
    floor.entrance.entries = memory.entries
    floor.ended.extend(memory.ended)
