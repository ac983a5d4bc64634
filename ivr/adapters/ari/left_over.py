"""What nobody remembers and Asterisk still has: of a run of this program whose journal is lost.

Talks are left alone until one side hangs up, everything else is ended, one after the other. Who
is a caller, others look at first. It never touches a channel that somebody needs.
"""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from ivr.adapters.ari.errands import Errands
from ivr.adapters.ari.requests import AriError, Requests

log = structlog.get_logger(__name__)

_TALK = 2
"""Channels in a bridge that is a talk."""


class LeftOvers:
    """Channels and bridges of ours that no call, offer or visit needs."""

    def __init__(self, ari: Requests, errands: Errands) -> None:
        self._ari = ari
        self._errands = errands
        self._talks: dict[str, str] = {}
        """Channels of talks that nobody remembers, with their bridges."""

    async def keep_talks(self, bridges: Iterable[str], needed: frozenset[str]) -> frozenset[str]:
        """Return the channels of talks among ``bridges`` that nobody remembers.

        A bridge that is no talk is ended, unless all in it are ``needed``.
        """
        self._talks.clear()
        for bridge in bridges:
            await self._keep_talk(bridge, needed)
        return frozenset(self._talks)

    def gone(self, channel: str) -> None:
        """Take note that a channel ended, and have the other side of a left-over talk ended."""
        bridge = self._talks.pop(channel, None)
        if bridge is None:
            return
        for other in [each for each, of in self._talks.items() if of == bridge]:
            del self._talks[other]
            self.stray(other)
        self._errands.delete(f"bridges/{bridge}")

    def stray(self, channel: str) -> None:
        """Have a channel ended that nobody waits for any more; never waits."""
        self._errands.delete(f"channels/{channel}")

    async def _keep_talk(self, bridge: str, needed: frozenset[str]) -> None:
        try:
            channels = (await self._ari.request("GET", f"bridges/{bridge}"))["channels"]
        except AriError:
            return  # it ended meanwhile
        if channels and needed.issuperset(channels):
            return
        if len(channels) >= _TALK and needed.isdisjoint(channels):
            log.info("left_over_talk", bridge=bridge)
            self._talks.update(dict.fromkeys(channels, bridge))
        else:
            self._errands.delete(f"bridges/{bridge}")
