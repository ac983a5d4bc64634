"""Recorded segments told to the engine of this version, which should decide the same.

After an upgrade the answer should be yes, but for what was to change; after a defect it happens
again, in front of whoever looks for it. Nothing personal is told: no number, no id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from traceback import extract_tb

from ivr.application.journal import Input, Journal, Segment
from ivr.application.recovery import DEFECTS, CountyOf, take
from ivr.domain.commands import Command
from ivr.domain.engine import QueueEngine
from ivr.domain.errors import ConfigError, Unavailable, UnexpectedMessage
from ivr.domain.memory import Memory

TIMER = "deadline"
"""The kind of a step without a fact."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A step that came to something else.

    ``position`` counts from 1, ``fact`` is its kind. ``recorded`` and ``now`` stand for the
    commands; ``recorded`` None: the program ended with this step. ``error``: where this version
    breaks, and then there is no ``now``.
    """

    position: int
    at: datetime
    fact: str
    recorded: str | None
    now: str | None
    commands: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a segment.

    ``problem`` says why it could not be replayed, or not to its end. ``ends_alike``: what the
    engine remembers at the end is what the next segment begins with; None where that is not the
    next moment.
    """

    segment: str
    program: str
    began_at: datetime | None
    ended_at: datetime | None
    steps: int
    differences: tuple[Difference, ...] = ()
    ends_alike: bool | None = None
    redacted: bool = False
    problem: str = ""

    @property
    def same(self) -> bool:
        """Whether this version decides as was decided."""
        return not self.differences and not self.problem and self.ends_alike is not False


def replay(journal: Journal, names: Iterable[str], county_of: CountyOf) -> Iterator[Replayed]:
    """Replay the segments with these names; one that can't be is told with its problem."""
    following = dict(zip(known := journal.names(), known[1:], strict=False))
    for name in names:
        try:
            segment = journal.read(name)
        except (UnexpectedMessage, Unavailable) as error:
            yield Replayed(name, "", None, None, 0, problem=error.message)
            continue
        yield _replay(segment, journal, _next(segment, journal, following.get(name)), county_of)


def of_day(journal: Journal, day: date) -> list[str]:
    """Return the segments that were begun on ``day``, or before and have steps of that day.

    Days are this machine's. What can't be read is of no day. Raises Unavailable.
    """
    names = journal.names()
    days = [_began_on(journal, name) for name in names]
    chosen = []
    for name, began, next_began in zip(names, days, [*days[1:], None], strict=True):
        # Only one that was still open when the day began has to be looked through.
        may_last = began is not None and began < day and (next_began is None or next_began >= day)
        if began == day or (may_last and _has_steps_of(journal, name, day)):
            chosen.append(name)
    return chosen


def _began_on(journal: Journal, name: str) -> date | None:
    try:
        return journal.header(name).at.astimezone().date()
    except (UnexpectedMessage, Unavailable):
        return None


def _has_steps_of(journal: Journal, name: str, day: date) -> bool:
    try:
        return any(step.at.astimezone().date() == day for step in journal.read(name).inputs)
    except (UnexpectedMessage, Unavailable):
        return False


def _next(segment: Segment, journal: Journal, name: str | None) -> Memory | None:
    """Return what was remembered where ``segment`` ended; None where nobody knows."""
    if name is None or segment.damage:
        return None
    try:
        header = journal.header(name)
        same_run = header.run == segment.header.run and header.config == segment.header.config
        # One that began unsettled in the same run began after changed files or a full disk.
        return journal.read(name).memory if same_run and header.settled else None
    except (UnexpectedMessage, Unavailable):
        return None


def _replay(
    segment: Segment, journal: Journal, remembered: Memory | None, county_of: CountyOf
) -> Replayed:
    header, inputs = segment.header, segment.inputs
    problem, differences = segment.damage, []
    ends_alike: bool | None = None
    try:
        engine = QueueEngine(county_of(header.config), header.run, deepcopy(segment.memory))
    except ConfigError as error:
        problem = "; ".join(f"{each.file}: {each.key}" for each in error.problems)
    except DEFECTS as error:
        problem = _where(error)
    else:
        differences = list(_differences(engine, inputs, journal))
        broke = any(difference.error for difference in differences)
        if remembered is not None and not broke:
            ends_alike = engine.memory() == remembered
    return Replayed(
        segment=segment.name,
        program=header.program,
        began_at=header.at,
        ended_at=inputs[-1].at if inputs else header.at,
        steps=len(inputs),
        differences=tuple(differences),
        ends_alike=ends_alike,
        redacted=header.redacted,
        problem=problem,
    )


def _differences(
    engine: QueueEngine, inputs: Sequence[Input], journal: Journal
) -> Iterator[Difference]:
    for position, step in enumerate(inputs, start=1):
        fact = TIMER if step.event is None else type(step.event).__name__
        try:
            commands = take(engine, step)
        except DEFECTS as error:
            yield Difference(position, step.at, fact, step.digest, None, error=_where(error))
            return
        now = journal.digest(commands)
        if now != step.digest:
            yield Difference(position, step.at, fact, step.digest, now, _kinds(commands))


def _kinds(commands: Sequence[Command]) -> tuple[str, ...]:
    return tuple(type(command).__name__ for command in commands)


def _where(error: BaseException) -> str:
    """Name an error and its place, without its text: that may be about somebody."""
    frame = extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
