"""A driver whose steps are in a journal, as those of a running service are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from ivr.application.journal import Journal
from ivr.application.recording import Recording
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.county import County
from ivr.domain.engine import QueueEngine
from tests.unit.domain.driver import MONDAY_NOON, Driver

FILES = {"county.toml": 'name = "Landkreis Friesland"\n'}


class RecordedEngine:
    """Does what the dispatcher does with an engine: each step is written down."""

    def __init__(self, engine: QueueEngine, recording: Recording) -> None:
        self._engine = engine
        self._recording = recording

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    def handle(self, event: on.Event, now: datetime) -> list[do.Command]:
        return self._took(event, self._engine.handle(event, now), now)

    def handle_timer(self, now: datetime) -> list[do.Command]:
        return self._took(None, self._engine.handle_timer(now), now)

    def _took(
        self, event: on.Event | None, commands: list[do.Command], now: datetime
    ) -> list[do.Command]:
        self._recording.took(event, commands, now)
        self._recording.carried_out(now)
        return commands


class RecordedRun(Driver):
    """One run of the program; ``settled``: all that was commanded is in the store."""

    def __init__(
        self,
        journal: Journal,
        run: str = "r1",
        *,
        engine: QueueEngine | None = None,
        at: datetime = MONDAY_NOON,
        longest: int = 1000,
        county: County | None = None,
    ) -> None:
        super().__init__(county, at)
        self.settled = True
        self.hurried = 0
        """So often what waits for the store was to be written at once."""
        self.real = engine or QueueEngine(self.engine.county, run)
        self.real.begin_run(run)
        self.files = dict(FILES)
        self.recording = Recording(
            journal,
            self.real,
            run,
            FILES,
            config_now=lambda: self.files,
            settled=lambda: self.settled,
            hurry=self._hurry,
            longest=longest,
        )
        self.engine = cast("QueueEngine", RecordedEngine(self.real, self.recording))
        self.recording.begin(self.now)

    def _hurry(self) -> None:
        self.hurried += 1

    def later(self, seconds: float) -> None:
        """Nobody looks at the clock meanwhile."""
        self.now += timedelta(seconds=seconds)
