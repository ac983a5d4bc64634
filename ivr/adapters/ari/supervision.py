"""Supervisors in talks: what they hear and who hears them, by a snoop channel on the agent's leg.

The supervisor's leg and the snoop channel share a bridge of their own; the talk's is not touched,
so nothing clicks there. Who may supervise, others decide.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from ivr.adapters.ari.connection import AriConnection, AriError
from ivr.adapters.ari.errands import Errands
from ivr.adapters.ari.messages import ChannelDestroyed, Message, StasisEnd
from ivr.application.ports import Post
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.commands import Supervision as How
from ivr.domain.ids import LegId, OfferId

log = structlog.get_logger(__name__)

_WHISPER: Mapping[How, str] = {How.LISTEN: "none", How.WHISPER: "out", How.BARGE: "both"}
"""Where the supervisor's voice goes, as seen from the agent's channel: out to the agent's phone,
or in as well, as if the agent had said it."""


@dataclass(slots=True)
class _Seat:
    """A supervisor in a talk; ``snoop`` is the channel by which it is heard."""

    offer: OfferId
    how: How
    snoop: str


class Supervision:
    """Carries out ``Supervise``; cleans up when a leg is gone."""

    def __init__(self, ari: AriConnection, post: Post, errands: Errands) -> None:
        self._ari = ari
        self._post = post
        self._errands = errands
        self._seats: dict[LegId, _Seat] = {}
        self._numbers = itertools.count(1)

    def snoops(self) -> frozenset[str]:
        """Return the ids of the snoop channels that are ours; they enter without being calls."""
        return frozenset(seat.snoop for seat in self._seats.values())

    async def execute(self, command: do.Supervise) -> None:
        """Carry out ``command``. Raises Unavailable where Asterisk is away."""
        leg, offer, how = command.leg, command.offer, command.how
        before = self._seats.get(leg)
        if before is not None and (before.offer, before.how) == (offer, how):
            return
        snoop = f"{leg}-s{next(self._numbers)}"
        self._seats[leg] = _Seat(offer, how, snoop)
        try:
            await self._ari.make(f"bridges/{_bridge(leg)}", {"type": "mixing,dtmf_events"})
            await self._ari.request(
                "POST",
                f"channels/{offer}/snoop/{snoop}",
                {
                    "spy": "both",
                    "whisper": _WHISPER[how],
                    "app": self._ari.application,
                    "appArgs": f"snoop,{leg}",
                },
            )
            joining = snoop if before else f"{leg},{snoop}"
            await self._ari.request(
                "POST", f"bridges/{_bridge(leg)}/addChannel", {"channel": joining}
            )
        except AriError as error:
            log.info("not_supervised", leg=leg, offer=offer, status=error.status)
            self._leave(leg)
            self._post(on.PartyFailed(leg, on.FailureCause.FAULT))
        if before is not None:
            await self._ari.attempt("DELETE", f"channels/{before.snoop}")

    def heard(self, message: Message) -> None:
        """Clean up where a supervisor's or an agent's leg is gone; their ends others tell.

        With the agent's leg its snoop channel ends.
        """
        if isinstance(message, StasisEnd | ChannelDestroyed):
            for leg, seat in list(self._seats.items()):
                if message.channel in (leg, seat.snoop):
                    self._leave(leg)

    def _leave(self, leg: LegId) -> None:
        seat = self._seats.pop(leg, None)
        if seat is not None:
            self._errands.delete(f"channels/{seat.snoop}", f"bridges/{_bridge(leg)}")


def _bridge(leg: LegId) -> str:
    """Return the id of the bridge of a supervisor and a snoop channel."""
    return f"{leg}-sb"
