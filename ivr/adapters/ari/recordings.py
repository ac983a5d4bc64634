"""Callers' spoken messages: recorded, measured and deleted.

How long one is, its file tells: Asterisk says whole seconds only, and where the caller ended
with ``#`` or by silence it counts silence that it has cut off. Nothing here reads what was said.
"""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

import structlog

from ivr.adapters.ari import messages as ari
from ivr.adapters.ari.errands import Errands
from ivr.adapters.ari.legs import Legs
from ivr.adapters.ari.requests import AriError, Requests
from ivr.application.ports.switch import Post
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.errors import Unavailable
from ivr.domain.ids import CallId, RecordingId
from ivr.domain.live import Step
from ivr.domain.memory import Memory
from ivr.domain.recording import message_of

log = structlog.get_logger(__name__)

_FORMAT = "wav"
_HEADER_BYTES = 44
_BYTES_PER_SECOND = 16_000  # 8 kHz, 16 bit, mono: Asterisk's "wav"
_SHORTEST_SECONDS = 1.0
"""Anything shorter is a click or a breath."""


class Recordings:
    """Carries out what concerns spoken messages; ``folder`` is where Asterisk keeps them."""

    def __init__(
        self, ari_connection: Requests, legs: Legs, post: Post, folder: Path, errands: Errands
    ) -> None:
        self._ari = ari_connection
        self._legs = legs
        self._errands = errands
        self._post = post
        self._folder = folder
        self._running: dict[RecordingId, CallId] = {}
        """Those that go on, with their calls."""

    async def execute(self, command: do.RecordingCommand) -> None:
        """Carry out ``command``. Raises Unavailable where Asterisk is away."""
        match command:
            case do.RecordMessage():
                await self._record(command)
            case do.DiscardMessage(_, recording):
                goes_on = self._running.pop(recording, None) is not None
                state = "live" if goes_on else "stored"
                await self._ari.attempt("DELETE", f"recordings/{state}/{recording}")
            case _:
                assert_never(command)

    def take_over(self, memory: Memory) -> None:
        """Go on with the messages that are being spoken since an earlier run of the program."""
        for call in memory.calls:
            if call.dialog is not None and call.dialog.step is Step.RECORDING:
                self._running[message_of(call.dialog)] = call.id

    def heard(self, message: ari.Message) -> None:
        """Tell the end of a recording; the end of its call is told by others."""
        match message:
            case ari.RecordingFinished(name, talking):
                self._ended(RecordingId(name), self._seconds(name) if talking else 0.0)
            case ari.RecordingFailed(name, cause):
                log.warning("recording_failed", cause=cause)
                self._ended(RecordingId(name), 0.0)
            case ari.StasisEnd(channel) | ari.ChannelDestroyed(channel):
                for recording, call in list(self._running.items()):
                    if self._legs.caller_of(call) == channel:
                        self._ended(recording, self._seconds(recording))
            case _:
                pass

    async def compare(self) -> None:
        """Tell what ended while we were deaf."""
        for recording in list(self._running):
            if not await self._ari.attempt("GET", f"recordings/live/{recording}"):
                self._ended(recording, self._seconds(recording))

    async def _record(self, command: do.RecordMessage) -> None:
        recording = command.recording
        if recording in self._running:
            return
        self._running[recording] = command.call
        try:
            began = await self._ari.make(
                f"channels/{self._legs.caller_of(command.call)}/record",
                {
                    "name": recording,
                    "format": _FORMAT,
                    "maxDurationSeconds": int(command.longest.total_seconds()),
                    "maxSilenceSeconds": int(command.silence.total_seconds()),
                    "beep": "true",
                    "terminateOn": "#",
                    "ifExists": "fail",
                },
            )
        except Unavailable:
            self._running.pop(recording, None)
            raise
        except AriError as error:
            log.warning("not_recorded", call=command.call, status=error.status)
            self._ended(recording, 0.0)
        else:
            if not began:
                self._running.pop(recording, None)

    def _ended(self, recording: RecordingId, seconds: float) -> None:
        call = self._running.pop(recording, None)
        if call is None:
            return
        if seconds == 0:  # nobody will ask for what is no message
            self._errands.delete(f"recordings/stored/{recording}")
        self._post(on.MessageRecorded(call, recording, seconds))

    def _seconds(self, recording: str) -> float:
        """Return how long the message is; 0 where it is too short to be one."""
        try:
            size = (self._folder / f"{recording}.{_FORMAT}").stat().st_size
        except OSError as error:
            log.warning("recording_not_found", reason=error.strerror)
            return 0.0
        seconds = (size - _HEADER_BYTES) / _BYTES_PER_SECOND
        return seconds if seconds >= _SHORTEST_SECONDS else 0.0
