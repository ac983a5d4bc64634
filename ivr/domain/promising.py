"""Promising: a caller's key or an agent's code becomes a callback request.

The number is read back, or keyed in where none is known; out of hours a message may be spoken. Then
it is stored. Who has requested a callback before is told so, and makes a second one only on
purpose. The promise is spoken when the store has committed it; when it can't, the caller is told
so and keeps the place.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.adding import Adding
from ivr.domain.asking_number import AskingNumber
from ivr.domain.callback import CallbackSource
from ivr.domain.calls import Outcome
from ivr.domain.due import STORE_LIMIT, Due
from ivr.domain.floor import Floor, outcome_of
from ivr.domain.ids import E164, CallbackId, RecordingId
from ivr.domain.keys import END_OF_NUMBER
from ivr.domain.known import by_when
from ivr.domain.live import CallbackDialog, LiveCall, Offer, Phase, Step
from ivr.domain.recording import Recording, message_of
from ivr.domain.requesting import OTHER_NUMBER, promise
from ivr.domain.speech import Sound, SoundName, Utterance


class Promising:
    """Callback requests under way in calls."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor
        self._asking = AskingNumber(floor)
        self._adding = Adding(floor)
        self._recording = Recording(floor)

    # -- keys ----------------------------------------------------------------------------------

    def caller_pressed(self, call: LiveCall, key: str, now: datetime) -> None:
        """The caller asks for a callback, or presses a key in the dialog about it."""
        if call.dialog is not None:
            self._dialog_key(call, call.dialog, key, now)
        elif key == self._floor.rules.callback_key:
            if call.phase is Phase.CLOSED:
                self._request(call, CallbackSource.OUT_OF_HOURS, now)
            elif call.phase in (Phase.GREETING, Phase.WAITING):
                self._request_instead_of_waiting(call, now)
            elif call.exit is not None and call.exit.number is None:
                self._request(call, CallbackSource.CALLER_DTMF, now)

    def _dialog_key(self, call: LiveCall, dialog: CallbackDialog, key: str, now: datetime) -> None:
        match dialog.step:
            case Step.KNOWN if key == self._floor.rules.callback_key:
                self._begin(call, dialog, now)  # on purpose
            case Step.NUMBER:
                if self._asking.key(call, dialog, key, now):
                    self.paused(call, now)
            case Step.CONFIRM if key == OTHER_NUMBER:
                self._ask_number(call, dialog, "callback-number-other", now)
            case Step.KNOWN | Step.CONFIRM:
                self.paused(call, now)
            case Step.MESSAGE:
                if key == END_OF_NUMBER:  # nothing to say
                    self._store(call, dialog, now)
            case Step.RECORDING | Step.STORING | Step.ADDING:
                pass
            case _:
                assert_never(dialog.step)

    def agent_asked(self, offer: Offer, now: datetime) -> None:
        """The agent asks for a callback for the caller."""
        floor = self._floor
        call = floor.calls[offer.call]
        if call.consultation is not None:
            return
        if call.promised:
            floor.voice.say(call, (Sound("callback-noted"),), now)
        elif call.dialog is None:
            dialog = self._dialog(call, CallbackSource.AGENT_DTMF)
            dialog.known = self._adding.to(call)
            if dialog.known is None:
                self._begin(call, dialog, now)
            else:
                self._adding.add(call, dialog, offer.agent, now)

    # -- asking --------------------------------------------------------------------------------

    def _request_instead_of_waiting(self, call: LiveCall, now: datetime) -> None:
        floor = self._floor
        if call.offer is not None:
            return  # the agent is as good as on the line
        floor.talks.stop_ringing(call, do.Withdrawal.ELSEWHERE, now)
        floor.entrance.leave(call)
        floor.voice.silence(call)
        self._request(call, CallbackSource.CALLER_DTMF, now)

    def _request(self, call: LiveCall, source: CallbackSource, now: datetime) -> None:
        self._floor.timers.cancel((Due.CLOSED, call.id))
        call.announcements = []
        dialog = self._dialog(call, source)
        known = self._adding.to(call)
        if known is None:
            self._begin(call, dialog, now)
        else:
            self._adding.tell(call, dialog, known, now)

    def _dialog(self, call: LiveCall, source: CallbackSource) -> CallbackDialog:
        floor = self._floor
        call.dialog = CallbackDialog(
            floor.callback_id(call), source, tries_left=floor.rules.number_tries
        )
        return call.dialog

    def _begin(self, call: LiveCall, dialog: CallbackDialog, now: datetime) -> None:
        number = self._asking.known(call)
        if number is not None:
            self._number_known(call, dialog, number, now)
        else:
            self._ask_number(call, dialog, "callback-key-number", now)

    def _ask_number(
        self, call: LiveCall, dialog: CallbackDialog, question: SoundName, now: datetime
    ) -> None:
        """Ask for a number, or give up after enough tries."""
        dialog.question = question
        self._repeat_question(call, dialog, question, now)

    def _repeat_question(
        self, call: LiveCall, dialog: CallbackDialog, words: SoundName, now: datetime
    ) -> None:
        self._go_on(call)
        if not self._asking.ask(call, dialog, words, now):
            self._give_up(call, Sound("callback-cancelled"), now)

    def paused(self, call: LiveCall, now: datetime) -> None:
        """The caller is done, or pressed nothing for long: what there is counts."""
        dialog = _dialog(call)
        self._go_on(call)
        if dialog.step is Step.KNOWN:
            self._adding.add(call, dialog, None, now)
        elif dialog.number is not None:
            self._number_right(call, dialog, now)
        else:
            self._number_keyed(call, dialog, now)

    def _number_keyed(self, call: LiveCall, dialog: CallbackDialog, now: datetime) -> None:
        number = self._asking.keyed(dialog)
        if number is not None:
            self._number_known(call, dialog, number, now)
        else:
            words: SoundName = "callback-number-invalid" if dialog.keyed else dialog.question
            self._repeat_question(call, dialog, words, now)

    def said(self, call: LiveCall, dialog: CallbackDialog, now: datetime) -> None:
        """The caller has heard what was to be said: now it is the caller's turn."""
        match dialog.step:
            case Step.KNOWN:
                self._adding.let_think(call, now)
            case Step.NUMBER:
                self._asking.await_key(call, now)
            case Step.CONFIRM:
                self._asking.await_doubt(call, now)
            case Step.MESSAGE:
                if not self._recording.begin(call, dialog, now):
                    self._store(call, dialog, now)
            case Step.RECORDING | Step.STORING | Step.ADDING:
                pass
            case _:
                assert_never(dialog.step)

    def _go_on(self, call: LiveCall) -> None:
        """The caller need not hear the question to its end, nor has time to think any more."""
        self._floor.voice.stop(call)
        self._floor.timers.cancel((Due.NUMBER, call.id))

    # -- the number is right, and perhaps a message --------------------------------------------

    def _number_known(
        self, call: LiveCall, dialog: CallbackDialog, number: E164, now: datetime
    ) -> None:
        dialog.number = number
        if self._asking.is_doubtful(dialog):
            self._asking.read_back(call, dialog, number, now)
        else:
            self._number_right(call, dialog, now)

    def _number_right(self, call: LiveCall, dialog: CallbackDialog, now: datetime) -> None:
        if self._recording.is_wanted(call):
            self._recording.ask(call, dialog, now)
        else:
            self._store(call, dialog, now)

    def recorded(
        self, call: LiveCall, recording: RecordingId, seconds: float, now: datetime
    ) -> None:
        """The message ended."""
        dialog = call.dialog
        if dialog is None or dialog.step is not Step.RECORDING or message_of(dialog) != recording:
            return
        self._recording.ended(call, dialog, seconds)
        self._store(call, dialog, now)

    def message_lost(self, call: LiveCall, now: datetime) -> None:
        """The message has not ended in time."""
        dialog = _dialog(call)
        self._recording.lost(call, dialog)
        self._store(call, dialog, now)

    def caller_leaves(self, call: LiveCall, now: datetime) -> None:
        """A caller who hangs up instead of saying anything more gets the callback all the same.

        Or has called again.
        """
        dialog = call.dialog
        if dialog is None or dialog.stands:
            return
        if dialog.step is Step.KNOWN:
            self._go_on(call)
            self._adding.add(call, dialog, None, now)
        elif dialog.number is not None:
            self._store(call, dialog, now)

    # -- storing -------------------------------------------------------------------------------

    def _store(self, call: LiveCall, dialog: CallbackDialog, now: datetime) -> None:
        self._go_on(call)
        self._floor.store_callback(call, dialog, STORE_LIMIT, now)

    def answered(self, call: LiveCall, answer: on.AboutCallback, now: datetime) -> None:
        """The store has answered."""
        match answer:
            case on.CallbackStored(callback=callback):
                self._stored(call, callback, now)
            case on.CallbackNotStored(callback=callback):
                self._not_stored(call, callback, now)
            case on.CallbackAddedTo(callback=callback):
                self._added(call, callback, now)
            case on.CallbackNotAddedTo(callback=callback, over=over):
                self._not_added(call, callback, now, over=over)
            case _:
                assert_never(answer)

    def _stored(self, call: LiveCall, callback: CallbackId, now: datetime) -> None:
        """The promise is committed: now it may be spoken."""
        dialog = _storing(call, callback)
        if dialog is None or dialog.number is None or dialog.due_at is None:
            return
        call.promised = True
        due = by_when(dialog.due_at, self._floor.county, now)
        words = self._promise(dialog, dialog.number, due)
        self._kept(call, (Sound("callback-noted"), *due), words, now)

    def _added(self, call: LiveCall, callback: CallbackId, now: datetime) -> None:
        """It is committed that the caller has called again."""
        if _adding(call, callback) is not None:
            call.added = True
            words: Utterance = (Sound("callback-added"),)
            self._kept(call, words, words, now)

    def _kept(self, call: LiveCall, in_talk: Utterance, words: Utterance, now: datetime) -> None:
        """Tell whoever is on the line what is committed."""
        floor = self._floor
        floor.timers.cancel((Due.STORE, call.id))
        call.dialog = None
        outcome = Outcome.COMPLETED if call.answered_at else Outcome.CALLBACK
        match call.phase:
            case Phase.TALKING:
                floor.voice.say(call, in_talk, now)
            case Phase.GONE:
                floor.end(call, outcome, now)
            case _:
                floor.goodbye(call, outcome, words, now)

    def _promise(self, dialog: CallbackDialog, number: E164, due: Utterance) -> Utterance:
        kept = (Sound("message-kept"),) if dialog.message is not None else ()
        numbering = self._floor.county.numbering
        return (*kept, *promise(number, numbering, due, confirmed=dialog.confirmed))

    def _not_stored(self, call: LiveCall, callback: CallbackId, now: datetime) -> None:
        """The promise could not be committed."""
        dialog = _storing(call, callback)
        if dialog is not None:
            self._recording.discard(call, dialog)
            self.store_failed(call, now)

    def _not_added(
        self, call: LiveCall, callback: CallbackId, now: datetime, *, over: bool
    ) -> None:
        """It could not be committed that the caller has called again.

        Where the callback is ``over``, a new one can be requested.
        """
        if over:
            self._adding.forget(call, callback)
        if _adding(call, callback) is not None:
            self.store_failed(call, now)

    def store_failed(self, call: LiveCall, now: datetime) -> None:
        """No promise: it failed, or nobody knows in time; then a message may still be needed."""
        self._floor.timers.cancel((Due.STORE, call.id))
        self._give_up(call, Sound("callback-unavailable"), now)

    def _give_up(self, call: LiveCall, why: Sound, now: datetime) -> None:
        """The caller is told the truth and loses nothing else."""
        floor = self._floor
        call.dialog = None
        match call.phase:
            case Phase.GONE:
                floor.end(call, outcome_of(call), now)
            case Phase.CLOSED | Phase.WAY_OUT | Phase.LEAVING:
                floor.goodbye(call, outcome_of(call), (why,), now)
            case Phase.TALKING:
                floor.voice.say(call, (why,), now)
            case _:
                floor.entrance.enter(call, now)
                floor.voice.say(call, (why, Sound("place-kept")), now)


def _dialog(call: LiveCall) -> CallbackDialog:
    if call.dialog is None:
        raise AssertionError(f"call {call.id} requests a callback without a dialog")
    return call.dialog


def _storing(call: LiveCall, callback: CallbackId) -> CallbackDialog | None:
    """The dialog in which ``callback`` is being stored; None where that is over, or another."""
    dialog = call.dialog
    storing = dialog is not None and dialog.step is Step.STORING
    return dialog if dialog and storing and dialog.callback == callback else None


def _adding(call: LiveCall, callback: CallbackId) -> CallbackDialog | None:
    """The dialog in which something is being added to ``callback``; None where that is over."""
    dialog = call.dialog
    adding = dialog is not None and dialog.step is Step.ADDING
    known = dialog.known if dialog is not None else None
    return dialog if adding and known is not None and known.id == callback else None
