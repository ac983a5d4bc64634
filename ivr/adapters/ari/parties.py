"""Third parties: consulting, putting through, phoning back, and what phones ask for with REFER.

Caller and agent, and whoever consults or talks with both, meet in the offer's bridge; a party that
talks without the agent's first call is in a bridge of its own. Whoever is gone is told by the end
of the channel, so a request that comes too late is no news here, except for a hand-over: nobody
else would look after that caller.
"""

from __future__ import annotations

from typing import Final, assert_never

import structlog

from ivr.adapters.ari.legs import Legs, party_bridge, talk_bridge
from ivr.adapters.ari.requests import AriError, Requests
from ivr.adapters.ari.ringing import Ringing, Shown
from ivr.adapters.ari.talks import refusal
from ivr.adapters.ari.visits import Visits
from ivr.application.ports.switch import Post
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.commands import TransferProgress
from ivr.domain.errors import Unavailable
from ivr.domain.ids import CallId, LegId, OfferId, Target, VisitId

log = structlog.get_logger(__name__)

_TRUNK: Final = "trunk"
"""The endpoint of the telephone company (dialplan/templates/pjsip.conf.j2)."""

_PROGRESS: Final = {
    TransferProgress.ANSWERED: "channel_answered",
    TransferProgress.FAILED: "channel_unavailable",
    TransferProgress.REFUSED: "channel_declined",
}


class Parties:
    """Carries out what concerns third parties and an agent's second call."""

    def __init__(self, ari: Requests, legs: Legs, post: Post, ringing: Ringing) -> None:
        self._ari = ari
        self._ringing = ringing
        self._legs = legs
        self._post = post
        self._visits = Visits(ari, legs, post)

    async def execute(self, command: do.PartyCommand) -> None:
        """Carry out ``command``. Raises Unavailable where Asterisk is away."""
        match command:
            case do.DialParty():
                await self._dial(command)
            case do.EndParty(_, leg):
                await self._end(leg)
            case do.HoldCaller(call, offer):
                await self._hold(call, offer)
            case do.ReturnToCaller(call, offer):
                await self._ring(offer, on=False)
                await self._take_off_hold(call)
                await self._add(talk_bridge(offer), self._legs.caller_of(call))
            case do.Consult(_, offer, leg):
                await self._ring(offer, on=False)
                await self._add(talk_bridge(offer), leg)
            case do.JoinThree(call, offer, _):
                await self._take_off_hold(call)
                await self._add(talk_bridge(offer), self._legs.caller_of(call))
            case do.HandOver(call, leg):
                await self._hand_over(call, leg)
            case do.ConsultByVisit(_, visit, leg):
                await self._consult_by_visit(visit, leg)
            case do.EndVisit(_, visit):
                await self._visits.follow(visit)
                await self._ari.attempt("DELETE", f"channels/{visit}")
            case do.ReportTransfer(_, offer, progress):
                await self._report(self._legs.referrer(offer), progress)
            case do.AdoptCaller(call, leg):
                if not self._legs.adopt(call, leg):
                    self._post(on.CallerHungUp(call))
            case _:
                assert_never(command)

    async def _dial(self, command: do.DialParty) -> None:
        leg = command.leg
        self._legs.expect_party(leg)
        try:
            await self._ringing.ring(
                leg,
                _endpoint(command.to),
                "party",
                _shown(command),
                command.ring_time,
                kept=command.kept,
            )
        except Unavailable:
            self._legs.drop_party(leg)  # it may ring all the same
            raise
        except AriError as error:
            log.warning("party_refused", leg=leg, trunk=_is_number(command.to), status=error.status)
            self._legs.no_party(leg)
            self._post(on.PartyFailed(leg, refusal(error)))

    async def _end(self, leg: LegId) -> None:
        self._legs.drop_party(leg)
        await self._ari.attempt("DELETE", f"channels/{leg}", {"reason": "normal"})
        await self._ari.attempt("DELETE", f"bridges/{party_bridge(leg)}")

    # -- where everybody is --------------------------------------------------------------------

    async def _hold(self, call: CallId, offer: OfferId) -> None:
        caller = self._legs.caller_of(call)
        await self._ari.attempt(
            "POST", f"bridges/{talk_bridge(offer)}/removeChannel", {"channel": caller}
        )
        await self._ari.attempt("POST", f"channels/{caller}/moh")
        await self._ring(offer, on=True)

    async def _take_off_hold(self, call: CallId) -> None:
        await self._ari.attempt("DELETE", f"channels/{self._legs.caller_of(call)}/moh")

    async def _ring(self, offer: OfferId, *, on: bool) -> None:
        """Let the agent hear the ringing tone, or no longer."""
        await self._ari.attempt("POST" if on else "DELETE", f"channels/{offer}/ring")

    async def _add(self, bridge: str, channels: str) -> None:
        """Let ``channels`` be in ``bridge`` and in no other."""
        await self._ari.attempt("POST", f"bridges/{bridge}/addChannel", {"channel": channels})

    async def _hand_over(self, call: CallId, leg: LegId) -> None:
        bridge = party_bridge(leg)
        await self._take_off_hold(call)
        try:
            await self._ari.make(f"bridges/{bridge}", {"type": "mixing,dtmf_events"})
            await self._ari.request(
                "POST",
                f"bridges/{bridge}/addChannel",
                {"channel": f"{self._legs.caller_of(call)},{leg}"},
            )
        except Unavailable:
            self._legs.drop_party(leg)
            raise
        except AriError as error:
            log.info("not_handed_over", call=call, leg=leg, status=error.status)
            await self._end(leg)
            self._post(on.PartyFailed(leg, on.FailureCause.FAULT))

    async def _consult_by_visit(self, visit: VisitId, leg: LegId) -> None:
        bridge = party_bridge(leg)
        await self._ari.attempt("POST", f"channels/{visit}/answer")
        await self._ari.attempt("POST", f"bridges/{bridge}", {"type": "mixing,dtmf_events"})
        await self._add(bridge, f"{visit},{leg}")

    # -- what phones asked for -----------------------------------------------------------------

    async def _report(self, channel: str, progress: TransferProgress) -> None:
        await self._ari.attempt(
            "POST", f"channels/{channel}/transfer_progress", {"states": _PROGRESS[progress]}
        )


def _is_number(to: Target) -> bool:
    """Tell a number from an agent: only E.164 numbers begin with a plus sign."""
    return to.startswith("+")


def _endpoint(to: Target) -> str:
    return f"PJSIP/{to}@{_TRUNK}" if _is_number(to) else f"PJSIP/{to}"


def _shown(command: do.DialParty) -> Shown:
    """Return what the party's phone shows. For whom it is called is nobody's outside to know."""
    return Shown("" if _is_number(command.to) else command.label, command.shown)
