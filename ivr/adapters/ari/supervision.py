"""Supervisors in talks: what they hear and who hears them, by a snoop channel on the agent's leg.

The supervisor's leg and the snoop channel share a bridge of their own; the talk's is not touched,
so nothing clicks there. What a snoop channel does can't be changed: for another way of taking part
it is replaced. Who may supervise, others decide.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import structlog

from ivr.adapters.ari.errands import Errands
from ivr.adapters.ari.legs import Legs
from ivr.adapters.ari.messages import ChannelDestroyed, Message, StasisEnd, StasisStart
from ivr.adapters.ari.requests import AriError, Requests
from ivr.application.ports.switch import Post
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.commands import Supervision as How
from ivr.domain.errors import Unavailable
from ivr.domain.ids import LegId, OfferId
from ivr.domain.live import Purpose
from ivr.domain.memory import Memory

log = structlog.get_logger(__name__)

_WHISPER: Mapping[How, str] = {How.LISTEN: "none", How.WHISPER: "out", How.BARGE: "both"}
"""Where the supervisor's voice goes, as seen from the agent's channel: out to the agent's phone,
or in as well, as if the agent had said it."""

_ENTER_SECONDS = 2.0
"""A snoop channel enters our application at once, if it does."""


@dataclass(slots=True)
class _Seat:
    """A supervisor in a talk; ``snoop`` is the channel by which it is heard."""

    offer: OfferId
    how: How
    snoop: str
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the snoop channel is in our application; before, no bridge takes it."""


class Supervision:
    """Carries out ``Supervise``; cleans up when a leg is gone."""

    def __init__(self, ari: Requests, legs: Legs, post: Post, errands: Errands) -> None:
        self._ari = ari
        self._legs = legs
        self._post = post
        self._errands = errands
        self._seats: dict[LegId, _Seat] = {}
        self._first_free = 1
        """The number of the next snoop channel."""

    def take_over(self, memory: Memory) -> None:
        """Go on with the supervisors of an earlier run of the program."""
        talks = {call.id: call.offer for call in memory.calls}
        for party in memory.parties:
            offer = talks.get(party.call)
            if party.purpose is Purpose.SUPERVISION and party.answered and offer is not None:
                self._seats[party.id] = _Seat(offer, party.how, snoop="")

    def found(self, channels: Collection[str]) -> None:
        """Find the snoop channels of those who were taken over among ``channels``.

        Who has none hears nobody, and is put out.
        """
        for leg, seat in list(self._seats.items()):
            if seat.snoop:
                continue
            begin = f"{leg}-s"
            numbers = [
                int(number)
                for each in channels
                if each.startswith(begin) and (number := each.removeprefix(begin)).isdecimal()
            ]
            if numbers:
                seat.snoop = f"{begin}{max(numbers)}"
                self._first_free = max(self._first_free, *(number + 1 for number in numbers))
            elif leg in channels:
                self._put_out(leg)
            else:
                self._leave(leg)

    def snoops(self) -> frozenset[str]:
        """Return the ids of the snoop channels that are ours; they enter without being calls."""
        return frozenset(seat.snoop for seat in self._seats.values() if seat.snoop)

    async def execute(self, command: do.Supervise) -> None:
        """Carry out ``command``. Raises Unavailable where Asterisk is away."""
        leg, offer, how = command.leg, command.offer, command.how
        before = self._seats.get(leg)
        if before is not None and (before.offer, before.how) == (offer, how):
            return
        seat = self._seats[leg] = _Seat(offer, how, f"{leg}-s{self._first_free}")
        self._first_free += 1
        try:
            await self._take(leg, seat, joining=[seat.snoop] if before else [leg, seat.snoop])
        except Unavailable:
            self._leave(leg)
            self._legs.drop_party(leg)
            raise
        except (AriError, TimeoutError) as error:
            log.info("not_supervised", leg=leg, offer=offer, reason=str(error))
            self._put_out(leg)
        finally:
            if before is not None:
                self._errands.delete(f"channels/{before.snoop}")

    async def _take(self, leg: LegId, seat: _Seat, *, joining: Iterable[str]) -> None:
        bridge = f"bridges/{_bridge(leg)}"
        await self._ari.make(bridge, {"type": "mixing,dtmf_events"})
        await self._ari.request(
            "POST",
            f"channels/{seat.offer}/snoop/{seat.snoop}",
            {
                "spy": "both",
                "whisper": _WHISPER[seat.how],
                "app": self._ari.application,
                "appArgs": f"snoop,{leg}",
            },
        )
        async with asyncio.timeout(_ENTER_SECONDS):
            await seat.entered.wait()
        await self._ari.request("POST", f"{bridge}/addChannel", {"channel": ",".join(joining)})

    def heard(self, message: Message) -> None:
        """Clean up where a supervisor's or an agent's leg is gone; their ends others tell.

        With the agent's leg its snoop channel ends.
        """
        match message:
            case StasisStart(channel):
                for seat in self._seats.values():
                    if seat.snoop == channel:
                        seat.entered.set()
            case StasisEnd(channel) | ChannelDestroyed(channel):
                for leg, seat in list(self._seats.items()):
                    if channel in (leg, seat.snoop):
                        self._leave(leg)
            case _:
                pass

    def _put_out(self, leg: LegId) -> None:
        self._leave(leg)
        self._legs.drop_party(leg)
        self._errands.delete(f"channels/{leg}")
        self._post(on.PartyFailed(leg, on.FailureCause.FAULT))

    def _leave(self, leg: LegId) -> None:
        seat = self._seats.pop(leg, None)
        if seat is None:
            return
        if seat.snoop:
            self._errands.delete(f"channels/{seat.snoop}")
        self._errands.delete(f"bridges/{_bridge(leg)}")


def _bridge(leg: LegId) -> str:
    """Return the id of the bridge of a supervisor and a snoop channel."""
    return f"{leg}-sb"
