"""Asterisk as the core's switch: commands become ARI requests, messages become events.

No policy: it does what it is told and tells what it hears. After each connection it compares
what it knows with what Asterisk has, and tells the differences as ordinary events.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import assert_never

from ivr.adapters.ari.comparing import Comparison
from ivr.adapters.ari.connection import Address, AriConnection
from ivr.adapters.ari.errands import Errands
from ivr.adapters.ari.left_over import LeftOvers
from ivr.adapters.ari.legs import Legs, party_bridge
from ivr.adapters.ari.media import Media
from ivr.adapters.ari.messages import (
    ChannelDestroyed,
    ChannelStateChange,
    ChannelTransfer,
    EndpointStateChange,
    Message,
    StasisEnd,
    StasisStart,
    read_endpoint,
)
from ivr.adapters.ari.parties import Parties
from ivr.adapters.ari.phones import Phones
from ivr.adapters.ari.recordings import Recordings
from ivr.adapters.ari.requests import AriError
from ivr.adapters.ari.ringing import Ringing
from ivr.adapters.ari.sounds import SoundFolders
from ivr.adapters.ari.supervision import Supervision
from ivr.adapters.ari.talks import Talks
from ivr.application.ports.switch import Post
from ivr.domain import commands as do
from ivr.domain.errors import Unavailable
from ivr.domain.events import Event, PartyHungUp
from ivr.domain.memory import Memory

UNUSED_EVENTS = (
    *("BridgeCreated", "BridgeDestroyed", "BridgeMerged"),
    *("ChannelCallerId", "ChannelConnectedLine", "ChannelDialplan", "ChannelEnteredBridge"),
    *("ChannelHangupRequest", "ChannelHold", "ChannelLeftBridge", "ChannelUnhold"),
    *("ChannelVarset", "Dial", "PlaybackContinuing", "PlaybackStarted", "RecordingStarted"),
)
"""What nobody here reads, and calls are full of.

A deny list: an allow list would drop the answers to requests as well.
"""

_RECONNECT_GRACE_SECONDS = 2.0
"""A command waits so long for a connection that was just lost."""


class AriSwitch:
    """Implements the port ``Switch``."""

    def __init__(
        self, address: Address, sounds: SoundFolders, recordings: Path, post: Post
    ) -> None:
        """``sounds`` are the built prompts, ``recordings`` is where Asterisk records."""
        self._application = address.application
        self._phones_application = address.phones
        self._post = post
        self._legs = Legs()
        self._ari = ari = AriConnection(address, self._heard, self._connected)
        self._errands = Errands(ari)
        self._ringing = Ringing(ari, self._legs, self._errands)
        self._talks = Talks(ari, self._legs, post, self._ringing)
        self._parties = Parties(ari, self._legs, post, self._ringing)
        self._media = Media(ari, self._legs, post, sounds)
        self._recordings = Recordings(ari, self._legs, post, recordings, self._errands)
        self._supervision = Supervision(ari, self._legs, post, self._errands)
        self._phones = Phones(self._legs.follows)
        self._left_overs = LeftOvers(ari, self._errands)
        parts = (self._recordings, self._supervision, self._left_overs)
        self._comparison = Comparison(ari, self._legs, parts, self._heard, post)

    @property
    def connected(self) -> bool:
        """Whether Asterisk can be asked now."""
        return self._ari.up.is_set()

    async def run(self) -> None:
        """Keep the connection up until cancelled. Raises Replaced."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._errands.run(), name="ari errands")
            await self._ari.run()

    async def reload(self, module: str) -> None:
        """Let Asterisk read a module's files again. Raises Unavailable."""
        await self._wait_until_up()
        try:
            await self._ari.request("PUT", f"asterisk/modules/{module}")
        except AriError as error:
            raise Unavailable(f"Asterisk did not reload {module}: {error.status}") from error

    async def tell_phones(self) -> None:
        """Post for every telephone whether it is there. Raises Unavailable."""
        try:
            await self._tell_phones()
        except AriError as error:
            raise Unavailable(error.message) from error

    async def execute(self, command: do.SwitchCommand) -> None:
        """Carry out ``command``. Raises Unavailable where Asterisk stays away."""
        await self._wait_until_up()
        if isinstance(command, do.TalkCommand):
            await self._talks.execute(command)
        elif isinstance(command, do.SoundCommand):
            await self._media.execute(command)
        elif isinstance(command, do.RecordingCommand):
            await self._recordings.execute(command)
        elif isinstance(command, do.Supervise):
            await self._supervision.execute(command)
        elif isinstance(command, do.PartyCommand):
            await self._parties.execute(command)
        else:
            assert_never(command)

    def resume(self, memory: Memory) -> None:
        """Go on with the calls of an earlier run; before ``run``."""
        self._legs.take_over(memory)
        self._recordings.take_over(memory)
        self._supervision.take_over(memory)
        self._comparison.take_over(memory)

    async def _wait_until_up(self) -> None:
        if not self._ari.up.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_RECONNECT_GRACE_SECONDS):
                    await self._ari.up.wait()

    # -- what is heard -------------------------------------------------------------------------

    def _heard(self, message: Message) -> None:
        self._recordings.heard(message)
        self._supervision.heard(message)
        self._ringing.heard(message)
        self._comparison.heard(message)
        event = self._legs.translate(message)
        if event is not None:
            self._post(event)
        match message:
            case StasisEnd(channel) | ChannelDestroyed(channel):
                self._left_overs.gone(channel)
                if isinstance(event, PartyHungUp):
                    self._errands.delete(f"bridges/{party_bridge(event.leg)}")
            case StasisStart(channel):
                self._tell(self._phones.entered(channel))
                if not (self._legs.welcomes(channel) or channel in self._supervision.snoops()):
                    self._left_overs.stray(channel)
            case ChannelStateChange(channel, "Up") if channel in self._legs.ending():
                self._left_overs.stray(channel)  # it was to end, but Asterisk did not hear that
            case ChannelTransfer(channel, progress="") if event is None:
                self._errands.refuse_transfer(channel)
            case EndpointStateChange():
                self._tell(self._phones.changed(message))
            case _:
                pass

    def _tell(self, events: Iterable[Event]) -> None:
        for event in events:
            self._post(event)

    # -- after each connection -----------------------------------------------------------------

    async def _connected(self) -> None:
        """Ask for the events we need, then tell what changed while we were deaf."""
        application = f"applications/{self._application}"
        await self._ari.request(
            "PUT",
            f"{application}/eventFilter",
            disallowed=[{"type": kind} for kind in UNUSED_EVENTS],
        )
        phones = f"applications/{self._phones_application}"
        await self._ari.request(
            "PUT", f"{phones}/eventFilter", allowed=[{"type": "EndpointStateChange"}]
        )
        await self._ari.request("POST", f"{phones}/subscription", {"eventSource": "endpoint:PJSIP"})
        await self._tell_phones()
        await self._comparison.tell_differences()

    async def _tell_phones(self) -> None:
        for endpoint in await self._ari.listing("endpoints/PJSIP"):
            self._tell(self._phones.found(read_endpoint(endpoint)))
