"""Recording: a caller who asks for a callback may say what it is about.

Only where there is nobody to talk to who would ask. The message belongs to the callback and is
named after it; the callback is stored with it or without it, but stored.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.domain import commands as do
from ivr.domain.due import Due
from ivr.domain.floor import Floor
from ivr.domain.ids import RecordingId
from ivr.domain.live import CallbackDialog, LiveCall, Phase, Step
from ivr.domain.speech import Sound

RECORDING_MARGIN = timedelta(seconds=10)
"""So long after the longest message it has ended, or its end got lost."""

_UNSERVED = (Phase.CLOSED, Phase.WAY_OUT)


class Recording:
    """Spoken messages of callers whose number is known."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor

    def is_wanted(self, call: LiveCall) -> bool:
        """Whether the caller is asked for a message."""
        return self._floor.rules.spoken_messages is not None and call.phase in _UNSERVED

    def ask(self, call: LiveCall, dialog: CallbackDialog, now: datetime) -> None:
        """Ask for the message."""
        dialog.step = Step.MESSAGE
        self._floor.voice.say(call, (Sound("message-offer"),), now)

    def begin(self, call: LiveCall, dialog: CallbackDialog, now: datetime) -> bool:
        """Record what the caller says; False where that is not wanted any more."""
        rules = self._floor.rules.spoken_messages
        if rules is None:
            return False
        dialog.step = Step.RECORDING
        self._floor.timers.set((Due.MESSAGE, call.id), now + rules.longest + RECORDING_MARGIN)
        self._floor.command(
            do.RecordMessage(call.id, message_of(dialog), rules.longest, rules.silence)
        )
        return True

    def ended(self, call: LiveCall, dialog: CallbackDialog, seconds: float) -> None:
        """There is a message, unless it is empty."""
        self._floor.timers.cancel((Due.MESSAGE, call.id))
        dialog.message = message_of(dialog) if seconds > 0 else None

    def lost(self, call: LiveCall, dialog: CallbackDialog) -> None:
        """Nobody knows whether there is a message: the callback goes without."""
        self._floor.command(do.DiscardMessage(call.id, message_of(dialog)))

    def discard(self, call: LiveCall, dialog: CallbackDialog) -> None:
        """There is no callback that the message could belong to."""
        if dialog.message is not None:
            self._floor.command(do.DiscardMessage(call.id, dialog.message))


def message_of(dialog: CallbackDialog) -> RecordingId:
    """Name the message that belongs to a callback."""
    return RecordingId(dialog.callback)
