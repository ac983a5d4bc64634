"""What an earlier run of this program left in Asterisk.

Waiting callers go on in the dialplan's own queue, talks are left alone until one side hangs up,
everything else is ended. It never touches a channel that somebody needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import structlog

from ivr.adapters.ari.connection import AriConnection, Query
from ivr.adapters.ari.errands import Errands

log = structlog.get_logger(__name__)

FALLBACK_CONTEXT = "ivr-fallback-queue"
"""Where the dialplan serves callers without this program."""

CALLER_CONTEXT = "ivr-caller"
"""Where callers come from; also those whom we call outside are at the trunk."""

_TALK = 2
"""Channels in a bridge that is a talk."""


class LeftOvers:
    """Channels and bridges of ours that no call, offer or visit needs."""

    def __init__(self, ari: AriConnection, errands: Errands) -> None:
        self._ari = ari
        self._errands = errands
        self._talks: dict[str, str] = {}
        """Channels of talks that began in an earlier run, with their bridges."""

    async def tidy_up(
        self, bridges: Iterable[str], contexts: Mapping[str, str], needed: frozenset[str]
    ) -> None:
        """Find a place for all of our application's channels, by id and dialplan context.

        ``bridges`` are our application's; ``needed`` are the channels that stay.
        """
        self._talks.clear()
        for bridge in bridges:
            await self._keep_talk(bridge, needed)
        for channel, context in contexts.items():
            if channel not in needed and channel not in self._talks:
                await self._send_away(channel, is_caller=context == CALLER_CONTEXT)

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
        """Leave a talk alone, also one of an earlier run; anything else is no talk any more."""
        channels = (await self._ari.request("GET", f"bridges/{bridge}"))["channels"]
        if channels and needed.issuperset(channels):
            return
        if len(channels) >= _TALK and needed.isdisjoint(channels):
            log.info("left_over_talk", bridge=bridge)
            self._talks.update(dict.fromkeys(channels, bridge))
        else:
            await self._ari.attempt("DELETE", f"bridges/{bridge}")

    async def _send_away(self, channel: str, *, is_caller: bool) -> None:
        log.warning("left_over_channel", channel=channel, is_caller=is_caller)
        if is_caller:
            goal: Query = {"context": FALLBACK_CONTEXT, "extension": "s", "priority": 1}
            await self._ari.attempt("POST", f"channels/{channel}/continue", goal)
        else:
            await self._ari.attempt("DELETE", f"channels/{channel}")
