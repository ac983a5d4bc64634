"""Promising: a caller's key or an agent's code becomes a callback request.

Known number: stored at once, out of hours perhaps with a spoken message. Withheld number: the
caller keys one in. The promise is spoken when the store has committed it; when it can't, the
caller is told so and keeps the place.
"""

from __future__ import annotations

from datetime import datetime

from ivr.domain import commands as do
from ivr.domain.callback import CallbackSource
from ivr.domain.calls import Outcome
from ivr.domain.due import STORE_LIMIT, Due
from ivr.domain.floor import Floor, outcome_of
from ivr.domain.ids import E164, CallbackId, RecordingId
from ivr.domain.keys import END_OF_NUMBER
from ivr.domain.live import CallbackDialog, LiveCall, Offer, Phase
from ivr.domain.recording import Recording, message_of
from ivr.domain.speech import Digits, Sound, Utterance


class Promising:
    """Callback requests under way in calls."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor
        self._recording = Recording(floor)

    # -- keys ----------------------------------------------------------------------------------

    def caller_pressed(self, call: LiveCall, key: str, now: datetime) -> None:
        """The caller asks for a callback, or keys in a number."""
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
        """A digit of the number; or the caller wants to say nothing and does not await the tone."""
        if dialog.number is None:
            self._number_key(call, dialog, key, now)
        elif key == END_OF_NUMBER and not dialog.stands:
            self._store(call, dialog, now)

    def agent_asked(self, offer: Offer, now: datetime) -> None:
        """The agent asks for a callback for the caller."""
        floor = self._floor
        call = floor.calls[offer.call]
        if call.consultation is not None:
            return
        if call.promised:
            floor.voice.say(call, (Sound("callback-noted"),), now)
        elif call.dialog is None:
            self._request(call, CallbackSource.AGENT_DTMF, now)

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
        floor = self._floor
        floor.timers.cancel((Due.CLOSED, call.id))
        call.announcements = []
        dialog = call.dialog = CallbackDialog(
            floor.callback_id(call), source, tries_left=floor.rules.number_tries
        )
        if call.caller is not None and floor.county.numbering.may_be_called(call.caller):
            self._number_known(call, dialog, call.caller, now)
        else:
            self._ask_number(call, dialog, Sound("callback-key-number"), now)

    def _ask_number(
        self, call: LiveCall, dialog: CallbackDialog, words: Sound, now: datetime
    ) -> None:
        """Ask for a number, or give up after enough tries."""
        dialog.keyed = ""
        if dialog.tries_left == 0:
            self._give_up(call, Sound("callback-cancelled"), now)
            return
        dialog.tries_left -= 1
        self._floor.voice.say(call, (words,), now)

    def _number_key(self, call: LiveCall, dialog: CallbackDialog, key: str, now: datetime) -> None:
        floor = self._floor
        floor.voice.stop(call)
        dialog.keyed, complete = self._floor.number_keys.press(dialog.keyed, key)
        if complete:
            self.number_keyed(call, now)
        else:
            floor.timers.set((Due.NUMBER, call.id), now + floor.rules.number_pause)

    def number_keyed(self, call: LiveCall, now: datetime) -> None:
        """The caller is done, or paused for long: what is there counts."""
        dialog = _dialog(call)
        self._floor.timers.cancel((Due.NUMBER, call.id))
        number = self._floor.number_keys.number(dialog.keyed)
        if number is not None:
            self._number_known(call, dialog, number, now)
        else:
            words = Sound("callback-number-invalid" if dialog.keyed else "callback-key-number")
            self._ask_number(call, dialog, words, now)

    def said(self, call: LiveCall, dialog: CallbackDialog, now: datetime) -> None:
        """The caller was asked for a number, or for a message."""
        floor = self._floor
        if dialog.number is None:
            floor.timers.set((Due.NUMBER, call.id), now + floor.rules.number_pause)
        elif not dialog.stands and not self._recording.begin(call, dialog, now):
            self._store(call, dialog, now)

    # -- a message -----------------------------------------------------------------------------

    def _number_known(
        self, call: LiveCall, dialog: CallbackDialog, number: E164, now: datetime
    ) -> None:
        dialog.number = number
        if self._recording.is_wanted(call):
            self._recording.ask(call, now)
        else:
            self._store(call, dialog, now)

    def recorded(
        self, call: LiveCall, recording: RecordingId, seconds: float, now: datetime
    ) -> None:
        """The message ended."""
        dialog = call.dialog
        if dialog is None or not dialog.recording or message_of(dialog) != recording:
            return
        self._recording.ended(call, dialog, seconds)
        self._store(call, dialog, now)

    def message_lost(self, call: LiveCall, now: datetime) -> None:
        """The message has not ended in time."""
        dialog = _dialog(call)
        self._recording.lost(call, dialog)
        self._store(call, dialog, now)

    def caller_leaves(self, call: LiveCall, now: datetime) -> None:
        """A caller who hangs up instead of saying something gets the callback all the same."""
        dialog = call.dialog
        if dialog is not None and dialog.number is not None and not dialog.stands:
            self._store(call, dialog, now)

    # -- storing -------------------------------------------------------------------------------

    def _store(self, call: LiveCall, dialog: CallbackDialog, now: datetime) -> None:
        self._floor.voice.stop(call)
        self._floor.store_callback(call, dialog, STORE_LIMIT, now)

    def stored(self, call: LiveCall, callback: CallbackId, now: datetime) -> None:
        """The promise is committed: now it may be spoken."""
        dialog = _storing(call, callback)
        if dialog is None or dialog.number is None:
            return
        floor = self._floor
        floor.timers.cancel((Due.STORE, call.id))
        call.dialog = None
        call.promised = True
        outcome = Outcome.COMPLETED if call.answered_at else Outcome.CALLBACK
        match call.phase:
            case Phase.TALKING:
                floor.voice.say(call, (Sound("callback-noted"),), now)
            case Phase.GONE:
                floor.end(call, outcome, now)
            case _:
                floor.goodbye(call, outcome, self._promise(dialog, dialog.number), now)

    def _promise(self, dialog: CallbackDialog, number: E164) -> Utterance:
        kept = (Sound("message-kept"),) if dialog.message is not None else ()
        digits = Digits(self._floor.county.numbering.display(number))
        return (*kept, Sound("callback-confirmed"), digits)

    def not_stored(self, call: LiveCall, callback: CallbackId, now: datetime) -> None:
        """The promise could not be committed."""
        dialog = _storing(call, callback)
        if dialog is not None:
            self._recording.discard(call, dialog)
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
    return dialog if dialog and dialog.storing and dialog.callback == callback else None
