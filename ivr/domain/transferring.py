"""Transferring: an agent asks somebody else, or puts the caller through.

Three ways lead here, and all end alike. By key: the agent keys in whom, and hanging up hands the
caller over. By the phone's own transfer (REFER). By a second call of the agent's phone, which is
then joined with the first.

A caller nobody takes over is not lost: the agent goes on, or, where the agent left, the caller
gets the original place in the queue back. A caller who hangs up ends the consultation too.
"""

from __future__ import annotations

from datetime import datetime

from ivr.domain import commands as do
from ivr.domain.commands import TransferProgress
from ivr.domain.due import Due
from ivr.domain.events import NumberDialled, TransferRequested
from ivr.domain.floor import Floor, outcome_of
from ivr.domain.ids import CallId, OfferId, Target, VisitId
from ivr.domain.live import Consultation, LiveCall, Offer, Party, Phase, Purpose
from ivr.domain.speech import Sound


class Transferring:
    """Consultations and transfers under way."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``, with the consultations that are under way there."""
        self._floor = floor
        self._calls_of_visits: dict[VisitId, CallId] = {
            call.consultation.visit: call.id
            for call in floor.calls.values()
            if call.consultation is not None and call.consultation.visit is not None
        }
        """Of each visit until it ends, perhaps longer than the consultation by it."""

    # -- by key --------------------------------------------------------------------------------

    def target_wanted(self, offer: Offer, now: datetime) -> None:
        """The agent dialled the code: a number follows."""
        call = self._floor.calls[offer.call]
        if call.dialog is None and call.consultation is None:
            self._target_so_far(offer, "", now)

    def target_key(self, offer: Offer, before: str, key: str, now: datetime) -> None:
        """The agent keys in whom."""
        keyed, complete = self._floor.number_keys.press(before, key)
        if complete:
            self.target_keyed(offer, keyed, now)
        else:
            self._target_so_far(offer, keyed, now)

    def target_keyed(self, offer: Offer, keyed: str, now: datetime) -> None:
        """The agent is done, or paused for long: what is there counts."""
        offer.target = None
        self._floor.timers.cancel((Due.CODE, offer.id))
        if not keyed:
            return  # thought better of it
        target = self._target(offer, keyed)
        if isinstance(target, TransferProgress):
            self._tell_agent(offer, target)
        else:
            call = self._hold(offer)
            self._ring(call, target, now)

    def _target_so_far(self, offer: Offer, keyed: str, now: datetime) -> None:
        offer.target = keyed
        self._floor.timers.set((Due.CODE, offer.id), now + self._floor.rules.number_pause)

    def back(self, offer: Offer, now: datetime) -> None:
        """The agent wants the caller back."""
        call = self._floor.calls[offer.call]
        consultation = call.consultation
        if consultation is None or consultation.visit is not None:
            return
        self._floor.third_parties.end(self._floor.parties[consultation.leg], now)
        if consultation.reports:
            self._report(offer, TransferProgress.FAILED)
        self._back_to_caller(call, offer.id)

    def all_three(self, offer: Offer) -> None:
        """The agent wants all three to hear each other."""
        call = self._floor.calls[offer.call]
        consultation = call.consultation
        if consultation is None or consultation.visit is not None or consultation.all_three:
            return
        if self._floor.parties[consultation.leg].answered:
            consultation.all_three = True
            call.phase = Phase.TALKING
            self._floor.command(do.JoinThree(call.id, offer.id, consultation.leg))

    # -- by the agent's phone ------------------------------------------------------------------

    def requested(self, offer: Offer, event: TransferRequested, now: datetime) -> None:
        """The phone asked for a transfer (REFER)."""
        call = self._floor.calls[offer.call]
        if event.consultation is None:
            self._put_through(offer, event.number, now)
        elif call.consultation is not None and call.consultation.visit == event.consultation:
            self._join_calls(call, call.consultation, offer, now)
        else:
            self._report(offer, TransferProgress.REFUSED)

    def _put_through(self, offer: Offer, number: str, now: datetime) -> None:
        """Blind: the agent waits for nothing but a word of it."""
        target = self._target(offer, number)
        if isinstance(target, TransferProgress):
            self._report(offer, target)
        else:
            call = self._hold(offer)
            consultation = self._ring(call, target, now)
            consultation.blind = consultation.reports = True

    def _join_calls(
        self, call: LiveCall, consultation: Consultation, offer: Offer, now: datetime
    ) -> None:
        """Attended; blind where whom the agent calls has not answered yet."""
        consultation.reports = True
        if self._floor.parties[consultation.leg].answered:
            self._hand_over(call, consultation, now)
        else:
            consultation.blind = True
            self._floor.lines.end_visit(call, now)
            self._hold(offer)

    def number_dialled(self, event: NumberDialled, now: datetime) -> None:
        """The agent calls somebody besides the caller."""
        floor = self._floor
        agent = floor.roster.get(event.agent)
        if agent is None:
            floor.lines.speak_and_end(event.visit, Sound("agent-unknown"), now)
            return
        if event.visit in agent.legs:
            return
        floor.roster.occupied(agent, event.visit)
        if agent.offer is None:
            floor.lines.speak_and_end(event.visit, _words(TransferProgress.REFUSED), now)
            return
        offer = floor.offers[agent.offer]
        target = self._target(offer, event.number)
        if isinstance(target, TransferProgress):
            floor.lines.speak_and_end(event.visit, _words(target), now)
        else:
            self._ring(floor.calls[offer.call], target, now).visit = event.visit
            self._calls_of_visits[event.visit] = offer.call

    def visit_ended(self, visit: VisitId, now: datetime) -> None:
        """The agent hung up the second call: the talk is as it was."""
        of_visit = self._calls_of_visits.pop(visit, None)
        call = self._floor.calls.get(of_visit) if of_visit is not None else None
        consultation = call.consultation if call is not None else None
        if call is not None and consultation is not None and consultation.visit == visit:
            call.consultation = None
            self._floor.third_parties.end(self._floor.parties[consultation.leg], now)

    # -- ringing -------------------------------------------------------------------------------

    def _target(self, offer: Offer, text: str) -> Target | TransferProgress:
        """Whom ``text`` means, or why nobody can be called for the agent now."""
        floor = self._floor
        call = floor.calls[offer.call]
        if not offer.connected or call.dialog is not None or call.consultation is not None:
            return TransferProgress.REFUSED
        target = floor.county.transfer_target(text)
        if target is None or target == offer.agent:
            return TransferProgress.REFUSED
        if not floor.third_parties.can_ring(target):
            return TransferProgress.FAILED
        return target

    def _hold(self, offer: Offer) -> LiveCall:
        call = self._floor.calls[offer.call]
        self._floor.voice.stop(call)
        call.phase = Phase.CONSULTING
        self._floor.command(do.HoldCaller(call.id, offer.id))
        return call

    def _ring(self, call: LiveCall, target: Target, now: datetime) -> Consultation:
        floor = self._floor
        ring_time = floor.county.transfers.ring_time
        label = floor.label(call)
        party = floor.third_parties.dial(call, Purpose.CONSULTATION, target, label, ring_time, now)
        call.consultation = Consultation(party.id)
        return call.consultation

    def answered(self, party: Party, now: datetime) -> None:
        """Somebody picked up."""
        floor = self._floor
        call = floor.calls[party.call]
        consultation = _of(call)
        if consultation.blind or call.offer is None:
            call.unannounced = True
            self._hand_over(call, consultation, now)
        elif consultation.visit is not None:
            floor.command(do.ConsultByVisit(call.id, consultation.visit, party.id))
        else:
            floor.command(do.Consult(call.id, call.offer, party.id))

    # -- handing over --------------------------------------------------------------------------

    def leaving_hands_over(self, offer: Offer) -> bool:
        """Whether the agent puts the caller through by hanging up.

        One who consults with a second call ends the call by that, as in any talk.
        """
        consultation = self._floor.calls[offer.call].consultation
        return consultation is not None and consultation.visit is None

    def agent_left(self, offer: Offer, now: datetime) -> None:
        """The agent hung up in a consultation."""
        floor = self._floor
        floor.lines.ended(offer.id, now)
        call = floor.calls[offer.call]
        consultation = _of(call)
        consultation.reports = False
        if floor.parties[consultation.leg].answered:
            self._hand_over(call, consultation, now)
        else:
            consultation.blind = True
            floor.talks.end(offer, now)

    def _hand_over(self, call: LiveCall, consultation: Consultation, now: datetime) -> None:
        floor = self._floor
        floor.voice.stop(call)
        floor.command(do.HandOver(call.id, consultation.leg))
        floor.lines.end_visit(call, now)
        offer = floor.talk_of(call)
        if offer is not None:
            if consultation.reports:
                self._report(offer, TransferProgress.ANSWERED)
            floor.talks.end(offer, now)
        call.consultation = None
        call.phase = Phase.HANDED_OVER
        call.transferred_to = floor.parties[consultation.leg].to

    # -- what ends -----------------------------------------------------------------------------

    def failed(self, party: Party, now: datetime) -> None:
        """Nobody picked up, or they could not be joined."""
        call, floor = self._floor.calls[party.call], self._floor
        consultation, offer = call.consultation, floor.talk_of(call)
        if consultation is None or offer is None:
            self._back_to_place(call, now)
        elif consultation.visit is not None:
            call.consultation = None
            floor.lines.speak_and_end(consultation.visit, _words(TransferProgress.FAILED), now)
        else:
            if consultation.reports:
                self._report(offer, TransferProgress.FAILED)
            else:
                self._tell_agent(offer, TransferProgress.FAILED)
            self._back_to_caller(call, offer.id)

    def left(self, party: Party, now: datetime) -> None:
        """Whom the agent consulted, or the caller was handed over to, hung up."""
        floor = self._floor
        call = floor.calls[party.call]
        if call.offer is None:
            floor.hang_up(call, outcome_of(call), now)
        elif _of(call).visit is not None:
            floor.lines.end_visit(call, now)
            call.consultation = None
        else:
            self._back_to_caller(call, call.offer)

    def _back_to_caller(self, call: LiveCall, offer: OfferId) -> None:
        call.consultation = None
        call.phase = Phase.TALKING
        self._floor.command(do.ReturnToCaller(call.id, offer))

    def _back_to_place(self, call: LiveCall, now: datetime) -> None:
        """Nobody is there for the caller any more."""
        call.consultation = None
        call.transferred_to = ""
        self._floor.entrance.enter(call, now)
        self._floor.command(do.StartMusic(call.id))

    # -- telling the agent ---------------------------------------------------------------------

    def _tell_agent(self, offer: Offer, progress: TransferProgress) -> None:
        words, language = (_words(progress),), self._floor.county.language
        self._floor.command(do.PlayToAgent(offer.call, offer.id, words, language))

    def _report(self, offer: Offer, progress: TransferProgress) -> None:
        self._floor.command(do.ReportTransfer(offer.call, offer.id, progress))


def _of(call: LiveCall) -> Consultation:
    if call.consultation is None:
        raise AssertionError(f"call {call.id} has a third party and no consultation")
    return call.consultation


def _words(progress: TransferProgress) -> Sound:
    refused = progress is TransferProgress.REFUSED
    return Sound("transfer-refused" if refused else "transfer-failed")
