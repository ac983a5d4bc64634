"""The floor: everything alive in the engine, and the few things every part of it does with it.

Reception, offering and callback requests work on one floor and never call one another; what
two of them need is here. No policy: it says how a caller enters the queue or a call ends, not
when. What concerns one thing is in a module of its own: ``voice``, ``entrance``, ``lines``,
``third_parties``, ``talks``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import repeat

from ivr.domain import commands as do
from ivr.domain.calls import CallRecord, CallResult, Outcome
from ivr.domain.county import County
from ivr.domain.due import THINKING_PAUSE, Due
from ivr.domain.entrance import Entrance
from ivr.domain.lines import Lines
from ivr.domain.live import GONE, CallbackDialog, LiveCall, Phase, Step
from ivr.domain.requesting import requested_callback
from ivr.domain.speech import Sound, Utterance
from ivr.domain.state import State
from ivr.domain.talks import Talks
from ivr.domain.third_parties import ThirdParties
from ivr.domain.voice import Voice

_OF_THE_CALLER = (Due.PLAYBACK, Due.NUMBER, Due.MENU, Due.CLOSED, Due.KEEP, Due.AWAY)
"""What falls due for a caller who is in the line."""
_OF_THE_CALL = (*_OF_THE_CALLER, Due.MESSAGE, Due.STORE)
_LOST = frozenset({Outcome.ABANDONED, Outcome.FAILED})


class Floor(State):
    """The state with what every part of the engine does with it."""

    def __init__(self, county: County, run: str) -> None:
        """Start with nobody calling and everybody logged out."""
        super().__init__(county, run)
        self.voice = Voice(self)
        self.entrance = Entrance(self)
        self.lines = Lines(self)
        self.third_parties = ThirdParties(self, self.lines)
        self.talks = Talks(self, self.lines, self.third_parties, self.voice)

    def adopt(self, county: County, now: datetime) -> None:
        """Go on with what the admin's files say now; nobody's call or place is touched.

        Deadlines that are set already stay as they are.
        """
        self.learn(county)
        for call in self.calls.values():
            if call.department not in county.departments:
                call.department = None
        for agent in self.roster.adopt(county.agents.values(), self.rules.strategy, now):
            self.talks.take_back(agent, now)
        for waiting in self.waiting:
            self.seekers.touch(waiting)
        for call in self.queue():
            self.entrance.await_widening(call, now)

    # -- requesting a callback ------------------------------------------------------------------

    def let_think(self, call: LiveCall, now: datetime) -> None:
        """Give the caller, who was offered a callback, a moment to ask for it."""
        self.timers.set((Due.CLOSED, call.id), now + THINKING_PAUSE)

    def store_callback(
        self, call: LiveCall, dialog: CallbackDialog, answer_within: timedelta, now: datetime
    ) -> None:
        """Have the callback stored that the dialog has led to."""
        if dialog.number is None:
            raise AssertionError(f"call {call.id} has no number to call back")
        callback = requested_callback(
            self.county,
            dialog.callback,
            call.id,
            dialled=call.dialled,
            department=call.department,
            number=dialog.number,
            source=dialog.source,
            language=call.language,
            at=now,
            message=dialog.message,
        )
        dialog.step, dialog.due_at = Step.STORING, callback.due_at
        self.timers.set((Due.STORE, call.id), now + answer_within)
        self.command(do.StoreCallback(callback))

    # -- ending ---------------------------------------------------------------------------------

    def goodbye(
        self, call: LiveCall, outcome: Outcome, utterance: Utterance, now: datetime
    ) -> None:
        """Speak the last words; the call ends with them."""
        self.entrance.leave(call)
        call.phase = Phase.LEAVING
        call.announcements = []
        call.ends_as = outcome
        self.voice.say(call, (*utterance, Sound("goodbye")), now)

    def hang_up(self, call: LiveCall, outcome: Outcome, now: datetime) -> None:
        """End the caller's call."""
        self.command(do.HangUpCall(call.id))
        self.end(call, outcome, now)

    def gone(self, call: LiveCall, now: datetime) -> None:
        """The caller's channel is gone; a callback on its way to the store is awaited."""
        call.ends_as = outcome_of(call)
        call.phase = GONE
        if call.dialog is None or not call.dialog.stands:
            self.end(call, call.ends_as, now)
        else:
            self.entrance.leave(call)
            self._end_parties(call, now)
            self.timers.cancel_all(zip(_OF_THE_CALLER, repeat(call.id)))

    def end(self, call: LiveCall, outcome: Outcome, now: datetime) -> None:
        """Give the call its outcome, unless it is served elsewhere. Every call comes here, once."""
        self._let_go(call, now)
        if call.taken_over:
            self.taken_over.append(call)
            return
        if outcome in _LOST:
            self.entrance.keep_lost(call, now, gave_up=outcome is Outcome.ABANDONED)
        self.command(do.RecordCall(_record(call, outcome, now)))

    def _let_go(self, call: LiveCall, now: datetime) -> None:
        self.entrance.leave(call)
        self._end_parties(call, now)
        self.timers.cancel_all(zip(_OF_THE_CALL, repeat(call.id)))
        if call.kept is not None:
            self.entrance.release(call)
        self.third_parties.disown(call)
        self.forget(call)

    def _end_parties(self, call: LiveCall, now: datetime) -> None:
        self.lines.end_visit(call, now)
        call.consultation = None
        for leg in list(call.parties):
            self.third_parties.end(self.parties[leg], now)


def outcome_of(call: LiveCall) -> Outcome:
    """Say how a call ends that ends now."""
    if call.ends_as is not None:
        return call.ends_as
    if call.answered_at is not None:
        return Outcome.COMPLETED
    if call.phase is Phase.CLOSED:
        return Outcome.CLOSED
    return Outcome.ABANDONED


def _record(call: LiveCall, outcome: Outcome, now: datetime) -> CallRecord:
    return CallRecord(
        id=call.id,
        outcome=outcome,
        dialled=call.dialled,
        department=call.department,
        caller_number=call.caller,
        arrived_at=call.arrived_at,
        queued_at=call.queued_at,
        answered_at=call.answered_at,
        ended_at=now,
        agent=call.agent,
        offers=call.offers,
        transferred_to=call.transferred_to,
        language=call.language,
        result=_result(call),
    )


def _result(call: LiveCall) -> CallResult | None:
    """What came of an answered call: what its agent said, or else what the agent did."""
    if call.answered_at is None or call.result is not None:
        return call.result
    if call.promised:
        return CallResult.CALLBACK
    return CallResult.TRANSFERRED if call.transferred_to else None
