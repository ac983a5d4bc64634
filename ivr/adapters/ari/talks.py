"""A caller and the agents who are rung: answering, ringing, joining and ending as ARI requests.

It plays nothing and knows no third parties.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import assert_never

import structlog

from ivr.adapters.ari.connection import AriConnection, AriError
from ivr.adapters.ari.legs import Legs, talk_bridge
from ivr.application.ports import Post
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.errors import Unavailable
from ivr.domain.ids import E164, CallId, OfferId

log = structlog.get_logger(__name__)

_RING_MARGIN = timedelta(seconds=10)
"""Asterisk's own time-out is only a safety net behind the engine's."""


class Talks:
    """Carries out what concerns a caller's channel and agents' legs."""

    def __init__(self, ari: AriConnection, legs: Legs, post: Post) -> None:
        self._ari = ari
        self._legs = legs
        self._post = post

    async def execute(self, command: do.TalkCommand) -> None:
        """Carry out ``command``. Raises Unavailable where Asterisk is away."""
        match command:
            case do.AnswerCall(call):
                await self._ari.attempt("POST", f"channels/{self._legs.caller_of(call)}/answer")
            case do.HangUpCall(call):
                caller = self._legs.caller_of(call)
                self._legs.drop_call(call)
                await self._ari.attempt("DELETE", f"channels/{caller}")
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
            await self._ari.make(
                f"channels/{offer}",
                {
                    "endpoint": f"PJSIP/{command.agent}",
                    "app": self._ari.application,
                    "appArgs": f"agent,{offer}",
                    "callerId": caller_id(command.label, command.caller),
                    "timeout": ring_seconds(command.ring_time),
                    **self._originator(command),
                },
            )
        except Unavailable:
            self._legs.drop_offer(offer)  # it may ring all the same
            raise
        except AriError as error:
            log.warning("offer_refused", offer=offer, agent=command.agent, status=error.status)
            self._legs.no_offer(offer)
            self._post(on.OfferFailed(offer, refusal(error)))

    def _originator(self, command: do.OfferCall) -> dict[str, str]:
        """Name the caller's channel, so that no phone rings for one who is gone."""
        return {} if command.phoned_back else {"originator": self._legs.caller_of(command.call)}

    async def _connect(self, call: CallId, offer: OfferId) -> None:
        bridge, caller = talk_bridge(offer), self._legs.caller_of(call)
        try:
            # Without dtmf_events two SIP legs are joined outside Asterisk's view, and no key
            # would ever be heard.
            if not await self._ari.make(f"bridges/{bridge}", {"type": "mixing,dtmf_events"}):
                return
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
        await self._ari.attempt("DELETE", f"channels/{offer}", {"reason": reason})
        await self._ari.attempt("DELETE", f"bridges/{talk_bridge(offer)}")


def ring_seconds(ring_time: timedelta) -> int:
    """Return how long Asterisk lets a phone ring by itself."""
    return int((ring_time + _RING_MARGIN).total_seconds())


def caller_id(label: str, number: E164 | None) -> str:
    """Return what a phone shows, in Asterisk's writing ``"name" <number>``."""
    name = "".join(c for c in label if c not in '"\\<>' and c.isprintable())
    return f'"{name}" <{number or "anonymous"}>'


def refusal(error: AriError) -> on.FailureCause:
    """Say why a leg was not even made.

    Asterisk answers 500 where the endpoint has no phone registered, and the trunk no way out.
    """
    unreachable = error.status == HTTPStatus.INTERNAL_SERVER_ERROR
    return on.FailureCause.UNREACHABLE if unreachable else on.FailureCause.FAULT
