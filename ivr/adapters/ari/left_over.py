"""What an earlier run of this program left in Asterisk.

Waiting callers go on in the dialplan's own queue, talks are left alone until one side hangs up,
everything else is ended. It never touches a channel that somebody knows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from ivr.adapters.ari.connection import AriConnection, Query
from ivr.domain.errors import Unavailable

log = structlog.get_logger(__name__)

FALLBACK_CONTEXT = "ivr-fallback-queue"
"""Where the dialplan serves callers without this program."""

_TRUNK = "PJSIP/trunk-"
"""How the names of callers' channels begin."""

_TALK = 2
"""Channels in a bridge that is a talk."""


class LeftOvers:
    """Channels and bridges of ours that no call, offer or visit knows."""

    def __init__(self, ari: AriConnection, application: str) -> None:
        self._ari = ari
        self._application = application
        self._talks: dict[str, str] = {}
        """Channels of talks that began in an earlier run, with their bridges."""
        self._ended: asyncio.Queue[str] = asyncio.Queue()

    async def tidy_up(
        self, channels: Mapping[str, Mapping[str, Any]], known: frozenset[str]
    ) -> None:
        """Find a place for all of our application's ``channels`` that are not ``known``."""
        ours = await self._ari.request("GET", f"applications/{self._application}")
        for bridge in ours["bridge_ids"]:
            await self._keep_talk(bridge, known)
        for channel in ours["channel_ids"]:
            if channel not in known and channel not in self._talks and channel in channels:
                await self._send_away(channel, channels[channel]["name"])

    def gone(self, channel: str) -> None:
        """Take note that a channel ended; never waits."""
        if channel in self._talks:
            self._ended.put_nowait(channel)

    async def run(self) -> None:
        """End the other side of left-over talks, until cancelled."""
        while True:
            channel = await self._ended.get()
            bridge = self._talks.pop(channel, None)
            if bridge is not None:
                await self._end_talk(bridge)

    async def _keep_talk(self, bridge: str, known: frozenset[str]) -> None:
        channels = (await self._ari.request("GET", f"bridges/{bridge}"))["channels"]
        if known.isdisjoint(channels):
            if len(channels) >= _TALK:
                log.info("left_over_talk", bridge=bridge)
                self._talks.update(dict.fromkeys(channels, bridge))
            else:
                await self._ari.attempt("DELETE", f"bridges/{bridge}")

    async def _send_away(self, channel: str, name: str) -> None:
        caller = name.startswith(_TRUNK)
        log.warning("left_over_channel", channel=channel, caller=caller)
        if caller:
            goal: Query = {"context": FALLBACK_CONTEXT, "extension": "s", "priority": 1}
            await self._ari.attempt("POST", f"channels/{channel}/continue", goal)
        else:
            await self._ari.attempt("DELETE", f"channels/{channel}")

    async def _end_talk(self, bridge: str) -> None:
        others = [channel for channel, of in self._talks.items() if of == bridge]
        try:
            for channel in others:
                del self._talks[channel]
                await self._ari.attempt("DELETE", f"channels/{channel}")
            await self._ari.attempt("DELETE", f"bridges/{bridge}")
        except Unavailable:
            log.warning("left_over_talk_not_ended", bridge=bridge)
