"""Asterisk as the core's switch: commands become ARI requests, messages become events.

No policy: it does what it is told and tells what it hears. After a reconnection it compares
what it knows with what Asterisk has, and tells the differences as ordinary events.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import assert_never

import structlog

from ivr.adapters.ari.connection import Address, AriConnection, AriError, Query
from ivr.adapters.ari.left_over import LeftOvers
from ivr.adapters.ari.legs import Legs, phone_event
from ivr.adapters.ari.messages import ChannelDestroyed, Message, StasisEnd, StasisStart
from ivr.adapters.ari.sounds import SoundFolders
from ivr.application.ports import Post
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.errors import Unavailable
from ivr.domain.ids import CallId, OfferId, PlaybackId, VisitId
from ivr.domain.speech import Utterance

log = structlog.get_logger(__name__)

_UNUSED_EVENTS = ("ChannelVarset", "ChannelDialplan", "Dial", "ChannelHangupRequest")
"""A deny list: an allow list would drop the answers to requests as well."""

_RECONNECT_GRACE_SECONDS = 2.0
"""A command waits so long for a connection that was just lost."""

_RING_MARGIN = timedelta(seconds=10)
"""Asterisk's own time-out is only a safety net behind the engine's."""


class AriSwitch:
    """Implements the port ``Switch``."""

    def __init__(self, address: Address, sounds: Path, post: Post, ring_time: timedelta) -> None:
        self._application = address.application
        self._phones = address.phones
        self._sounds = SoundFolders(sounds)
        self._post = post
        self._ring_seconds = int((ring_time + _RING_MARGIN).total_seconds())
        self._legs = Legs()
        self._ari = AriConnection(address, self._heard, self._connected)
        self._left_overs = LeftOvers(self._ari)

    @property
    def connected(self) -> bool:
        """Whether Asterisk can be asked now."""
        return self._ari.up.is_set()

    async def run(self) -> None:
        """Keep the connection up until cancelled. Raises Replaced."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._left_overs.run(), name="left-overs")
            await self._ari.run()

    async def execute(self, command: do.SwitchCommand) -> None:
        """Carry out ``command``. Raises Unavailable where Asterisk stays away."""
        await self._wait_until_up()
        match command:
            case do.AnswerCall(call):
                await self._try("POST", f"channels/{call}/answer")
            case do.StartMusic(call):
                await self._try("POST", f"channels/{call}/moh")
            case do.StopMusic(call):
                await self._try("DELETE", f"channels/{call}/moh")
            case do.Play(call, playback, utterance, language):
                await self._play(f"channels/{call}", call, playback, utterance, language)
            case do.PlayToBoth(call, offer, playback, utterance, language):
                target = f"bridges/{_bridge(offer)}"
                await self._play(target, call, playback, utterance, language)
            case do.StopPlaying(_, playback):
                self._legs.playback_over(playback)
                await self._try("DELETE", f"playbacks/{playback}")
            case do.OfferCall():
                await self._offer(command)
            case do.WithdrawOffer(_, offer, why):
                reason = "answered_elsewhere" if why is do.Withdrawal.ELSEWHERE else "normal"
                await self._end_leg(offer, reason)
            case do.ReleaseAgent(_, offer):
                await self._end_leg(offer, "normal")
            case do.ConnectCall(call, offer):
                await self._connect(call, offer)
            case do.HangUpCall(call):
                self._legs.drop_call(call)
                await self._try("DELETE", f"channels/{call}")
            case do.SpeakAndHangUp(visit, utterance, language):
                await self._speak_and_hang_up(visit, utterance, language)
            case (
                do.PlayToAgent()
                | do.DialParty()
                | do.EndParty()
                | do.HoldCaller()
                | do.ReturnToCaller()
                | do.Consult()
                | do.ConsultByVisit()
                | do.EndVisit()
                | do.JoinThree()
                | do.HandOver()
                | do.ReportTransfer()
                | do.AdoptCaller()
                | do.Supervise()
                | do.RecordMessage()
                | do.DiscardMessage()
            ):
                raise AssertionError("not known here yet")
            case _:
                assert_never(command)

    # -- commands that take more than one request ---------------------------------------------

    async def _offer(self, command: do.OfferCall) -> None:
        offer = command.offer
        self._legs.expect_offer(offer)
        try:
            await self._make(
                f"channels/{offer}",
                {
                    "endpoint": f"PJSIP/{command.agent}",
                    "app": self._application,
                    "appArgs": f"agent,{offer}",
                    "callerId": _caller_id(command),
                    "timeout": self._ring_seconds,
                    "originator": command.call,
                },
            )
        except Unavailable:
            self._legs.drop_offer(offer)  # it may ring all the same
            raise
        except AriError as error:
            log.warning("offer_refused", offer=offer, agent=command.agent, status=error.status)
            self._legs.no_offer(offer)
            self._post(on.OfferFailed(offer, _refusal(error)))

    async def _connect(self, call: CallId, offer: OfferId) -> None:
        bridge = _bridge(offer)
        try:
            # Without dtmf_events two SIP legs are joined outside Asterisk's view, and no key
            # would ever be heard.
            if not await self._make(f"bridges/{bridge}", {"type": "mixing,dtmf_events"}):
                return
            await self._ari.request(
                "POST", f"bridges/{bridge}/addChannel", {"channel": f"{call},{offer}"}
            )
        except AriError as error:
            log.info("not_connected", call=call, offer=offer, status=error.status)
            self._post(on.ConnectFailed(offer))
        else:
            self._post(on.CallConnected(offer))

    async def _end_leg(self, offer: OfferId, reason: str) -> None:
        self._legs.drop_offer(offer)
        await self._try("DELETE", f"channels/{offer}", {"reason": reason})
        await self._try("DELETE", f"bridges/{_bridge(offer)}")

    async def _play(
        self,
        target: str,
        call: CallId,
        playback: PlaybackId,
        utterance: Utterance,
        language: str,
    ) -> None:
        media = self._media(utterance, language)
        self._legs.expect_playback(playback, call)
        started = media and await self._try("POST", f"{target}/play/{playback}", {"media": media})
        if not started and (over := self._legs.playback_over(playback)):
            self._post(over)

    async def _speak_and_hang_up(self, visit: VisitId, utterance: Utterance, language: str) -> None:
        media = self._media(utterance, language)
        # Or we would not be told when the phone has its line free again.
        await self._try(
            "POST",
            f"applications/{self._application}/subscription",
            {"eventSource": f"channel:{visit}"},
        )
        await self._try("POST", f"channels/{visit}/answer")
        if media:
            playback = PlaybackId(f"{visit}-p")
            await self._try("POST", f"channels/{visit}/play/{playback}", {"media": media})
        # Continuing in the dialplan waits for the playback and ends in a hang-up there.
        await self._try("POST", f"channels/{visit}/continue")

    def _media(self, utterance: Utterance, language: str) -> str:
        playlist = self._sounds.playlist(utterance, language)
        if playlist.missing:
            log.warning("prompts_missing", language=language, names=sorted(playlist.missing))
        return ",".join(f"sound:{path}" for path in playlist.paths)

    async def _make(self, path: str, query: Query) -> bool:
        """Make what ``path`` names; False where it is there: the command is a repeat."""
        try:
            await self._ari.request("POST", path, query)
        except AriError as error:
            if error.status != HTTPStatus.CONFLICT:
                raise
            return False
        return True

    async def _try(self, method: str, path: str, query: Query | None = None) -> bool:
        return await self._ari.attempt(method, path, query)

    async def _wait_until_up(self) -> None:
        if not self._ari.up.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_RECONNECT_GRACE_SECONDS):
                    await self._ari.up.wait()

    # -- what is heard -------------------------------------------------------------------------

    def _heard(self, message: Message) -> None:
        if isinstance(message, StasisEnd | ChannelDestroyed):
            self._left_overs.gone(message.channel)
        event = self._legs.translate(message)
        if event is not None:
            self._post(event)
        elif isinstance(message, StasisStart):
            self._left_overs.stray(message.channel)

    # -- after each connection -----------------------------------------------------------------

    async def _connected(self) -> None:
        """Ask for the events we need, then tell what changed while we were deaf."""
        application = f"applications/{self._application}"
        await self._ari.request(
            "PUT",
            f"{application}/eventFilter",
            disallowed=[{"type": kind} for kind in _UNUSED_EVENTS],
        )
        phones = f"applications/{self._phones}"
        await self._ari.request(
            "PUT", f"{phones}/eventFilter", allowed=[{"type": "EndpointStateChange"}]
        )
        await self._ari.request("POST", f"{phones}/subscription", {"eventSource": "endpoint:PJSIP"})
        for endpoint in await self._ari.request("GET", "endpoints/PJSIP"):
            event = phone_event("PJSIP", endpoint["resource"], endpoint.get("state", ""))
            if event is not None:
                self._post(event)
        await self._compare()

    async def _compare(self) -> None:
        """Tell what ended while we were deaf, and have ended what nobody needs.

        Callers come in while we ask. So whoever is to be missed was followed before Asterisk
        listed its channels, and whoever is left over had entered before that.
        """
        ours = await self._ari.request("GET", f"applications/{self._application}")
        followed = self._legs.followed()
        names = {each["id"]: each["name"] for each in await self._ari.request("GET", "channels")}
        for channel in followed - names.keys():
            self._heard(ChannelDestroyed(channel, cause=0, tech_cause=0))
        channels = {channel: names[channel] for channel in ours["channel_ids"] if channel in names}
        await self._left_overs.tidy_up(ours["bridge_ids"], channels, self._legs.needed())


def _bridge(offer: OfferId) -> str:
    """Return the id of the bridge in which the offer becomes a talk; new for every offer."""
    return f"{offer}-b"


def _caller_id(command: do.OfferCall) -> str:
    """Return what the agent's phone shows, in Asterisk's writing ``"name" <number>``."""
    name = "".join(c for c in command.label if c not in '"\\<>' and c.isprintable())
    return f'"{name}" <{command.caller or "anonymous"}>'


def _refusal(error: AriError) -> on.FailureCause:
    """Asterisk answers 500 where the endpoint has no phone registered."""
    unreachable = error.status == HTTPStatus.INTERNAL_SERVER_ERROR
    return on.FailureCause.UNREACHABLE if unreachable else on.FailureCause.FAULT
