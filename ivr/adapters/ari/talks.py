"""A caller and the agents who are rung: answering, ringing, joining and ending as ARI requests.

It plays nothing and knows no third parties.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import assert_never

import structlog

from ivr.adapters.ari.legs import Legs, talk_bridge, whisper
from ivr.adapters.ari.requests import AriError, Requests
from ivr.adapters.ari.ringing import Ringing, Shown
from ivr.application.ports.switch import Post
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.errors import Unavailable
from ivr.domain.ids import CallId, OfferId

log = structlog.get_logger(__name__)


class Talks:
    """Carries out what concerns a caller's channel and agents' legs."""

    def __init__(self, ari: Requests, legs: Legs, post: Post, ringing: Ringing) -> None:
        self._ari = ari
        self._ringing = ringing
        self._legs = legs
        self._post = post

    async def execute(self, command: do.TalkCommand) -> None:
        """Carry out ``command``. Raises Unavailable where Asterisk is away."""
        match command:
            case do.AnswerCall(call):
                await self._ari.tell("POST", f"channels/{self._legs.caller_of(call)}/answer")
            case do.HangUpCall(call):
                caller = self._legs.caller_of(call)
                self._legs.drop_call(call)
                await self._ari.tell("DELETE", f"channels/{caller}")
            case do.OfferCall():
                await self._offer(command)
            case do.WithdrawOffer(_, offer, why):
                reason = "answered_elsewhere" if why is do.Withdrawal.ELSEWHERE else "normal"
                await self._end_leg(offer, reason)
            case do.ReleaseAgent(_, offer):
                await self._end_leg(offer, "normal")
            case do.ConnectCall(call, offer):
                await self._connect(call, offer)
            case _:
                assert_never(command)

    async def _offer(self, command: do.OfferCall) -> None:
        offer = command.offer
        self._legs.expect_offer(offer)
        try:
            await self._ringing.ring(
                offer,
                f"PJSIP/{command.agent}",
                "agent",
                Shown(command.label, command.caller),
                command.ring_time,
                self._originator(command),
            )
        except Unavailable:
            self._legs.drop_offer(offer)  # it may ring all the same
            raise
        except AriError as error:
            log.warning("offer_refused", offer=offer, agent=command.agent, status=error.status)
            self._legs.no_offer(offer)
            self._tell_if_gone(command)
            self._post(on.OfferFailed(offer, refusal(error)))

    def _originator(self, command: do.OfferCall) -> str | None:
        """Name the caller's channel, so that no phone rings for one who is gone."""
        return None if command.phoned_back else self._legs.caller_of(command.call)

    def _tell_if_gone(self, command: do.OfferCall) -> None:
        """Tell once more that nobody is there: else the next agent would be rung for nobody."""
        caller = self._originator(command)
        if caller is not None and not self._legs.is_caller(caller):
            self._post(on.CallerHungUp(command.call))

    async def _connect(self, call: CallId, offer: OfferId) -> None:
        bridge, caller = talk_bridge(offer), self._legs.caller_of(call)
        words = whisper(offer)
        if self._legs.playback_over(words) is not None:
            # Until they end Asterisk would join nobody, and meanwhile carry out nothing else.
            await self._ari.tell("DELETE", f"playbacks/{words}")
        # Without dtmf_events two SIP legs are joined outside Asterisk's view, and no key would ever
        # be heard. Where the bridge could not be made, nothing can be added to it.
        await self._ari.tell("POST", f"bridges/{bridge}", {"type": "mixing,dtmf_events"})
        try:
            await self._ari.request(
                "POST", f"bridges/{bridge}/addChannel", {"channel": f"{caller},{offer}"}
            )
        except AriError as error:
            log.info("not_connected", call=call, offer=offer, status=error.status)
            self._post(on.ConnectFailed(offer))
        else:
            self._post(on.CallConnected(offer))

    async def _end_leg(self, offer: OfferId, reason: str) -> None:
        self._legs.drop_offer(offer)
        await self._ari.tell("DELETE", f"channels/{offer}", {"reason": reason})
        await self._ari.tell("DELETE", f"bridges/{talk_bridge(offer)}")


def refusal(error: AriError) -> on.FailureCause:
    """Say why a leg was not even made.

    Asterisk answers 500 where the endpoint has no phone registered, and the trunk no way out.
    """
    unreachable = error.status == HTTPStatus.INTERNAL_SERVER_ERROR
    return on.FailureCause.UNREACHABLE if unreachable else on.FailureCause.FAULT
