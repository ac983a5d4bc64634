"""Writing down what the engine is told, before anything comes of it.

A journal that can't be written stops no call: that is said once and counted, and as soon as it can
be written again a segment begins with what the engine remembers then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from ivr import __version__
from ivr.application.journal import Header, Journal
from ivr.application.ports.machine import Clock
from ivr.application.recovery import DEFECTS
from ivr.domain.commands import Command
from ivr.domain.engine import QueueEngine
from ivr.domain.errors import Unavailable
from ivr.domain.events import CountyChanged, Event
from ivr.domain.ids import E164
from ivr.domain.memory import Memory

log = structlog.get_logger(__name__)

LONGEST = 1000
"""After so many steps a segment begins as soon as all is in the store.

A replay takes less than half a second, and remembering anew costs less than the steps.
"""

_TRY_AGAIN = timedelta(seconds=1)


class Recording:
    """Keeps the journal of one engine in one run of the program."""

    def __init__(
        self,
        journal: Journal,
        engine: QueueEngine,
        run: str,
        config: Mapping[str, str],
        *,
        config_now: Callable[[], Mapping[str, str]],
        settled: Callable[[], bool],
        hurry: Callable[[], None] = lambda: None,
        longest: int = LONGEST,
    ) -> None:
        """``config`` are the texts of the files the engine goes by, ``config_now`` reads them.

        ``settled`` says whether all that was commanded is in the store; ``hurry`` has what still
        waits for more written at once.
        """
        self._journal = journal
        self._engine = engine
        self._run = run
        self._config = config
        self._config_now = config_now
        self._settled = settled
        self._hurry = hurry
        self._longest = longest
        self._steps = 0
        """In this segment."""
        self._begun_settled = True
        self._try_at: datetime | None = None
        """When to try again, while the journal can't be written."""
        self._broken = False
        """Whether the end of this run by a defect is written down."""
        self.lost = 0
        """Steps that were not written down, in this run."""

    @contextmanager
    def of_a_run(self, clock: Clock) -> Iterator[None]:
        """Begin with a segment, and end in order with another: then there is nothing to replay.

        Where a defect ends the run, nobody knows what the engine remembers is worth: what leads
        to it is in the segment that is open then, and that it ended so.
        """
        self.begin(clock.now())
        try:
            yield
        except asyncio.CancelledError:
            self.begin(clock.now())
            raise
        except BaseExceptionGroup as ended:  # as the tasks of a group end
            if ended.subgroup(DEFECTS) is not None:
                self.broke(None, clock.now())
            raise

    def begin(
        self, now: datetime, *, settled: bool | None = None, without: E164 | None = None
    ) -> None:
        """Begin a segment with what the engine remembers; ``settled`` where that is known."""
        self._begun_settled = self._settled() if settled is None else settled
        header = Header(__version__, self._run, now, self._config, self._begun_settled)
        try:
            self._journal.begin(header, _without(self._engine.memory(), without))
        except Unavailable as error:
            self._failed(error, now)
            return
        self._steps = 0
        if self._try_at is not None:
            log.warning("journal_written_again", lost=self.lost)
        self._try_at = None

    def forget(self, number: E164, now: datetime) -> None:
        """Begin a segment in which ``number`` is not remembered, though a redial may need it.

        Raises Unavailable where it could not be begun: the number is in the open one then.
        """
        self.begin(now, without=number)
        if self._try_at is not None:
            raise Unavailable(
                "The journal can't be written: the number may still be in it.",
                code="journal_not_usable",
            )

    def took(self, event: Event | None, commands: Sequence[Command], now: datetime) -> None:
        """Write down a step the engine has just taken; its commands may go out then."""
        if isinstance(event, CountyChanged):
            # No text of an event holds a county: the files say what it is.
            self._config = self._config_now()
            self.begin(now, settled=False)
            return
        if self._try_at is not None:
            self._try_again(now)
            return
        try:
            self._journal.add(now, event, commands)
        except Unavailable as error:
            self.lost += 1
            self._failed(error, now)
            return
        self._steps += 1

    def carried_out(self, now: datetime) -> None:
        """Note that the commands of a step are on their way: now may be the time to begin anew."""
        wanted = self._steps >= self._longest or not self._begun_settled
        if not wanted or self._try_at is not None:
            return
        if self._settled():
            self.begin(now, settled=True)
        else:
            self._hurry()

    def broke(self, event: Event | None, now: datetime) -> None:
        """Write down the step that ends the program, for the next start and who looks for it.

        None stands for a deadline, for changed files, and for a defect outside the engine as well.
        """
        if self._broken or self._try_at is not None:
            return
        self._broken = True
        try:
            self._journal.add_broken(now, None if isinstance(event, CountyChanged) else event)
        except Unavailable as error:
            self._failed(error, now)

    def _try_again(self, now: datetime) -> None:
        self.lost += 1
        if self._try_at is not None and now >= self._try_at:
            self.begin(now, settled=False)

    def _failed(self, error: Unavailable, now: datetime) -> None:
        """Say it once, and go on without."""
        if self._try_at is None:
            log.error("journal_not_written", reason=error.message)
        self._try_at = now + _TRY_AGAIN


def _without(memory: Memory, number: E164 | None) -> Memory:
    """Return ``memory`` without the place that a caller has lost a moment ago."""
    if number not in memory.lost_places:
        return memory
    kept = {caller: place for caller, place in memory.lost_places.items() if caller != number}
    return replace(memory, lost_places=kept)
