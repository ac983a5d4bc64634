"""Asking for a number: keyed in where none is known, read back before it is stored.

A pause after it was read back counts as right, and so does hanging up: nobody has to do anything
who calls from the telephone that is to ring.
"""

from __future__ import annotations

from datetime import datetime

from ivr.domain.callback import CallbackSource
from ivr.domain.due import CONFIRM_PAUSE, Due
from ivr.domain.floor import Floor
from ivr.domain.ids import E164
from ivr.domain.live import CallbackDialog, LiveCall, Step
from ivr.domain.requesting import read_back
from ivr.domain.speech import Sound, SoundName


class AskingNumber:
    """Callers' numbers, until they are right."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor

    def known(self, call: LiveCall) -> E164 | None:
        """Return the number the call came from, where it may be called back."""
        numbering = self._floor.county.numbering
        number = call.caller
        return number if number is not None and numbering.may_be_called(number) else None

    # -- keyed in ------------------------------------------------------------------------------

    def ask(self, call: LiveCall, dialog: CallbackDialog, words: SoundName, now: datetime) -> bool:
        """Ask for a number; False after enough tries."""
        dialog.step = Step.NUMBER
        dialog.number = None
        dialog.keyed = ""
        if dialog.tries_left == 0:
            return False
        dialog.tries_left -= 1
        self._floor.voice.say(call, (Sound(words),), now)
        return True

    def key(self, call: LiveCall, dialog: CallbackDialog, key: str, now: datetime) -> bool:
        """Take one key of the number; say whether the caller is done."""
        floor = self._floor
        floor.voice.stop(call)
        dialog.keyed, complete = floor.number_keys.press(dialog.keyed, key)
        if not complete:
            self.await_key(call, now)
        return complete

    def await_key(self, call: LiveCall, now: datetime) -> None:
        """Give the caller time for the next key."""
        self._floor.timers.set((Due.NUMBER, call.id), now + self._floor.rules.number_pause)

    def keyed(self, dialog: CallbackDialog) -> E164 | None:
        """Return what was keyed in, where it is a number that may be called back."""
        return self._floor.number_keys.number(dialog.keyed)

    # -- read back -----------------------------------------------------------------------------

    def is_doubtful(self, dialog: CallbackDialog) -> bool:
        """Whether the number is to be read back: the one who asks has not, or nobody else has.

        An agent who asks for a callback to the number the call came from can say it.
        """
        by_agent = dialog.source is CallbackSource.AGENT_DTMF
        return self._floor.rules.callbacks.confirm_number and not (by_agent and not dialog.keyed)

    def read_back(
        self, call: LiveCall, dialog: CallbackDialog, number: E164, now: datetime
    ) -> None:
        """Let the caller hear the number, and how to give another."""
        dialog.step = Step.CONFIRM
        dialog.confirmed = True
        self._floor.voice.say(call, read_back(number, self._floor.county.numbering), now)

    def await_doubt(self, call: LiveCall, now: datetime) -> None:
        """Give the caller a moment to say that it is another number."""
        self._floor.timers.set((Due.NUMBER, call.id), now + CONFIRM_PAUSE)
