"""What callers hear said. Whoever waits hears music when nothing is being said."""

from __future__ import annotations

from datetime import datetime

from ivr.domain import commands as do
from ivr.domain import due
from ivr.domain.due import PLAYBACK_LIMIT
from ivr.domain.ids import PlaybackId
from ivr.domain.live import LiveCall, Phase
from ivr.domain.speech import Utterance
from ivr.domain.state import State


class Voice:
    """Words to callers."""

    def __init__(self, state: State) -> None:
        """Work on ``state``."""
        self._state = state

    def say(self, call: LiveCall, utterance: Utterance, now: datetime) -> None:
        """Speak to the caller; in a talk to the agent as well."""
        self.stop(call)
        call.playbacks += 1
        call.playback = PlaybackId(f"{call.id}-{self._state.run}-p{call.playbacks}")
        self._state.timers.set((due.PLAYBACK, call.id), now + PLAYBACK_LIMIT)
        language = call.language
        if call.offer is not None and call.phase is Phase.TALKING:
            self._state.command(
                do.PlayToBoth(call.id, call.offer, call.playback, utterance, language)
            )
        else:
            self._state.command(do.Play(call.id, call.playback, utterance, language))

    def stop(self, call: LiveCall) -> None:
        """End what the caller hears said."""
        if call.playback is not None:
            self._state.command(do.StopPlaying(call.id, call.playback))
            self.ended(call)

    def ended(self, call: LiveCall) -> None:
        """Nothing is being said any more."""
        call.playback = None
        self._state.timers.cancel((due.PLAYBACK, call.id))

    def silence(self, call: LiveCall) -> None:
        """End prompt and music of a waiting caller."""
        self.stop(call)
        self._state.command(do.StopMusic(call.id))
