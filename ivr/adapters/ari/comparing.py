"""After each connection: what Asterisk has, against what we remember; the differences are told.

Remembered is what this run heard before it was deaf, or what an earlier run handed over. Whatever
happened meanwhile is told as if it had been heard: who was joined, then ends, then answers, then
words that are over, then callers nobody knew. So who talked has talked, nobody is offered a caller
who is gone, and whose greeting ended meanwhile is served before who came then. Asterisk goes on
meanwhile and tells so: everything here may be told twice, and the second time it is no news.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from ivr.adapters.ari.channels import Channel, read_channels, read_time
from ivr.adapters.ari.left_over import LeftOvers
from ivr.adapters.ari.legs import Legs, talk_bridge
from ivr.adapters.ari.messages import (
    ChannelDestroyed,
    ChannelStateChange,
    Message,
    PlaybackFinished,
    StasisEnd,
    StasisStart,
)
from ivr.adapters.ari.recordings import Recordings
from ivr.adapters.ari.requests import AriError, Requests
from ivr.adapters.ari.supervision import Supervision
from ivr.application.ports.switch import Post
from ivr.domain import events as on
from ivr.domain.ids import OfferId
from ivr.domain.live import LiveCall
from ivr.domain.memory import Memory

log = structlog.get_logger(__name__)

_BOTH = 2
"""Caller and agent."""


class Comparison:
    """Finds out what was missed.

    ``hear`` is told it as a message of Asterisk's, ``post`` what no message says.
    """

    def __init__(
        self,
        ari: Requests,
        legs: Legs,
        parts: tuple[Recordings, Supervision, LeftOvers],
        hear: Callable[[Message], None],
        post: Post,
    ) -> None:
        self._ari = ari
        self._legs = legs
        self._recordings, self._supervision, self._left_overs = parts
        self._hear = hear
        self._post = post
        self._started_at: datetime | None = None
        """When Asterisk was started, as it said at the connection before."""
        self._heard_of: dict[str, datetime] = {}
        """Callers' channels of an earlier run, with a time when they were there."""
        self._joining: dict[OfferId, str] = {}
        """Offers that an earlier run was joining with their callers' channels."""
        self._left: set[str] = set()
        """Channels whose end was heard since Asterisk was asked: its list may still hold them."""

    def take_over(self, memory: Memory) -> None:
        """Compare with this the next time."""
        calls = {call.id: call for call in memory.calls}
        self._heard_of = {call.adopted or call.id: _latest(call) for call in memory.calls}
        self._joining = {
            offer.id: calls[offer.call].adopted or offer.call
            for offer in memory.offers
            if offer.joining and not offer.connected
        }

    def heard(self, message: Message) -> None:
        """Take note of who leaves while we ask."""
        match message:
            case StasisEnd(channel) | ChannelDestroyed(channel):
                self._left.add(channel)
            case _:
                pass

    async def tell_differences(self) -> None:
        """Tell them all. Raises AriError and Unavailable; then nothing is told twice.

        Callers come in while we ask. So whoever is to be missed was followed before Asterisk
        listed its channels, and whoever is left over had entered before that.
        """
        self._left.clear()
        self._post(on.SwitchWasAway())
        followed = self._legs.followed() | self._supervision.snoops()
        entered, playbacks = self._legs.entered(), self._legs.playbacks()
        application = f"applications/{self._ari.application}"
        ours = await self._ari.listing(application)
        there = read_channels(await self._ari.listing("channels"))
        self._supervision.found(there.keys())
        await self._recordings.compare()
        await self._tell_joined()
        await self._tell_ends(followed, there)
        self._tell_departures(entered, there)
        await self._answer(entered, there)
        self._tell_answers(there)
        self._tell_not_joined()
        for playback in playbacks:
            if not await self._ari.attempt("GET", f"playbacks/{playback}"):
                self._hear(PlaybackFinished(playback, media="", failed=False))
        await self._follow_lines(set(ours["channel_ids"]), there)
        await self._sort_out(ours, there)

    async def _tell_ends(self, followed: frozenset[str], there: Mapping[str, Channel]) -> None:
        """Tell who is not there any more, and whether Asterisk itself ended meanwhile."""
        started_at = await self._asterisk_started_at()
        restarted = None not in (self._started_at, started_at) and self._started_at != started_at
        self._started_at = started_at
        if restarted:
            log.warning("asterisk_was_restarted")
        # Callers before agents: who is free is offered the next caller, who must not be gone too.
        gone = sorted(
            followed - there.keys(), key=lambda each: (not self._legs.is_caller(each), each)
        )
        for channel in gone:
            known = self._heard_of.get(channel)
            lost = restarted
            if known is not None and started_at is not None:
                lost = known < started_at
            self._hear(ChannelDestroyed(channel, cause=0, tech_cause=0, lost=lost))
        self._heard_of.clear()

    async def _asterisk_started_at(self) -> datetime | None:
        """Ask; None where it does not say."""
        answer = await self._ari.request("GET", "asterisk/info", {"only": "status"})
        status = answer.get("status")
        return None if status is None else read_time(status["startup_time"])

    def _tell_departures(self, entered: frozenset[str], there: Mapping[str, Channel]) -> None:
        """Tell who is there and not in our application any more: nobody else will tell the end."""
        for channel in (there[each] for each in sorted(entered) if each in there):
            if channel.is_in_fallback:
                event = self._legs.taken_over(channel.id)
                if event is not None:
                    self._post(event)
            elif not channel.is_in_stasis:
                self._hear(ChannelDestroyed(channel.id, cause=0, tech_cause=0))
                self._left_overs.stray(channel.id)

    async def _answer(self, entered: frozenset[str], there: Mapping[str, Channel]) -> None:
        """Answer callers for whom it rings still: with the socket, what was sent for them was lost.

        Whoever came in is answered, and nobody waits for the answer to that.
        """
        for channel in (there[each] for each in sorted(entered) if each in there):
            if channel.is_unanswered:
                log.warning("answered_once_more", call=channel.id)
                await self._ari.tell("POST", f"channels/{channel.id}/answer")

    def _tell_answers(self, there: Mapping[str, Channel]) -> None:
        """Tell who answered, and which telephones will not: their legs were perhaps never dialled.

        An agent would be told to have missed a call that never rang. Third parties are left to
        their deadline: a line to the outside may ring without saying so (183).
        """
        for channel in (there[each] for each in sorted(self._legs.ringing()) if each in there):
            if channel.is_silent_offer:
                self._hear(ChannelDestroyed(channel.id, cause=0, tech_cause=0))
                self._left_overs.stray(channel.id)
            else:
                self._hear(ChannelStateChange(channel.id, channel.state))

    async def _tell_joined(self) -> None:
        """Tell whom Asterisk joined for an earlier run, though perhaps one of them has left since.

        Before the ends, that who has talked is not taken for one who left while being joined.
        """
        for offer, caller in list(self._joining.items()):
            if await self._met(offer, caller):
                self._post(on.CallConnected(offer))
                del self._joining[offer]

    async def _met(self, offer: OfferId, caller: str) -> bool:
        """Whether caller and agent hear each other, or did; where both are gone, nobody knows."""
        try:
            bridge = await self._ari.request("GET", f"bridges/{talk_bridge(offer)}")
            here = {caller, offer}.intersection(bridge["channels"])
            return len(here) == _BOTH or any([await self._was_joined(each) for each in here])
        except AriError:
            return False

    async def _was_joined(self, channel: str) -> bool:
        """Whether ``channel``, alone in its bridge, was there with another.

        Alone is also who is added after the other has hung up. Asterisk notes who is with a
        channel, and does not change that when it is left alone (set_bridge_peer_vars in its
        main/bridge.c).
        """
        path, peer = f"channels/{channel}/variable", {"variable": "BRIDGEPEER"}
        return bool((await self._ari.request("GET", path, peer))["value"])

    def _tell_not_joined(self) -> None:
        """Tell whom it did not join, as far as it knows."""
        for offer in self._joining:
            self._post(on.ConnectFailed(offer))
        self._joining.clear()

    async def _follow_lines(self, ours: set[str], there: Mapping[str, Channel]) -> None:
        """Be told of the ends of what is not our application's any more, and occupies a line."""
        for channel in sorted(self._legs.ending() & there.keys() - ours):
            path = f"applications/{self._ari.application}/subscription"
            if not await self._ari.attempt("POST", path, {"eventSource": f"channel:{channel}"}):
                self._hear(ChannelDestroyed(channel, cause=0, tech_cause=0))

    async def _sort_out(self, ours: Mapping[str, list[str]], there: Mapping[str, Channel]) -> None:
        """Let callers in whom nobody knew, oldest first, and have ended what nobody needs."""
        needed = self._legs.needed() | self._supervision.snoops()
        talks = await self._left_overs.keep_talks(ours["bridge_ids"], needed)
        here = [there[channel] for channel in ours["channel_ids"] if channel in there]
        for channel in sorted(here, key=lambda channel: channel.created_at):
            # Who came in since has been heard of, or will be: only now is it known who has not.
            if channel.id in talks | needed | self._legs.needed() | self._left:
                continue
            if channel.is_in_fallback:
                continue
            if channel.is_caller and not self._legs.follows(channel.id):
                self._let_in(channel)
            else:
                log.warning("left_over_channel", channel=channel.id)
                self._left_overs.stray(channel.id)

    def _let_in(self, channel: Channel) -> None:
        log.warning("unknown_caller_found", call=channel.id)
        event = self._legs.translate(StasisStart(channel.id, channel.arguments))
        if isinstance(event, on.CallArrived):
            self._post(replace(event, arrived_at=channel.created_at))


def _latest(call: LiveCall) -> datetime:
    """Return a time, as late as possible, at which the caller was on the line."""
    return max(at for at in (call.arrived_at, call.answered_at) if at is not None)
