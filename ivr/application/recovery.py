"""Going on where the last run of the program stopped: its journal, told to an engine once more.

The engine decides the same again. What it wants of the switch was done long ago, or is found out by
asking Asterisk; what it wants written down is done again, because nobody knows how much of it was
still in memory when the program died. It reads the journal and touches nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from ivr.application.journal import Input, Journal, Segment
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.county import County
from ivr.domain.engine import QueueEngine
from ivr.domain.errors import ConfigError, Unavailable, UnexpectedMessage
from ivr.domain.ids import CallbackId, CallId
from ivr.domain.live import Phase
from ivr.domain.memory import Memory

log = structlog.get_logger(__name__)

DEFECTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What the engine raises where it has a defect."""

MOST_LEFT_OUT = 20
"""So many steps of a segment may be left out; with more of them it is of no use."""

MOST_SEGMENTS = 50
"""So many are gone back at most for what was not settled."""

LAST_SECONDS = timedelta(seconds=5)
"""What was commanded before that reached the switch, or never will."""

Written = (
    do.RecordCall
    | do.NoteResult
    | do.KeepPlace
    | do.ReleasePlace
    | do.StoreCallback
    | do.AddToCallback
    | do.NoteReached
    | do.NoteOutgoingCall
)
"""What has to be in the store, whatever happens."""

Ending = (
    do.HangUpCall
    | do.WithdrawOffer
    | do.ReleaseAgent
    | do.EndParty
    | do.EndVisit
    | do.AnswerCall
    | do.StartMusic
)
"""What ends something, picks up, or lets hear music who waits: it may be told twice."""

Move = (
    do.HoldCaller | do.ReturnToCaller | do.Consult | do.ConsultByVisit | do.JoinThree | do.HandOver
)
"""What says where somebody is: told twice it is a blink in a talk, never told a caller is alone.

Comparing with Asterisk can't tell which of them were carried out, as no fact tells their ends.
"""

Harmless = Ending | Move
"""What may be told to the switch twice, in the same order."""

Follower = Callable[[on.Event | None, Sequence[do.Command], datetime], None]
Begin = Callable[[QueueEngine, Memory], Follower]
"""Is told that a segment's replay begins, and returns who is to be told its steps."""

CountyOf = Callable[[Mapping[str, str]], County]
"""Reads the texts of the admin's files, by name. Raises ConfigError."""


@dataclass(frozen=True, slots=True)
class Again:
    """A command to be carried out again, and when it was given first."""

    at: datetime
    command: Written


@dataclass(frozen=True, slots=True)
class Recovered:
    """The engine as it was, and what has to follow.

    ``config`` are the texts of the files it goes by, ``run`` the run it comes from, ``at`` when it
    took the last step.
    """

    engine: QueueEngine
    config: Mapping[str, str]
    run: str
    at: datetime
    again: Sequence[Again] = ()
    told_again: Sequence[Harmless] = ()


@dataclass(slots=True)
class _Replay:
    """One segment's."""

    segment: Segment
    engine: QueueEngine
    steps: list[tuple[Input, list[do.Command]]] = field(default_factory=list)


def recover(journal: Journal, county_of: CountyOf, begin: Begin) -> Recovered | None:
    """Return the engine of the last run as it was at its end; None where nothing tells of it.

    Nothing that is wrong with the journal is raised; it is said in the log.
    """
    replays = [
        replay
        for segment in _unsettled(journal)
        if (replay := _replayed(segment, county_of, begin)) is not None
    ]
    if not replays:
        return None
    last = replays[-1]
    again = list(_written(step for replay in replays for step in replay.steps))
    log.info(
        "recovered",
        segments=[replay.segment.name for replay in replays],
        steps=sum(len(replay.steps) for replay in replays),
        calls=len(last.engine.memory().calls),
        written_again=len(again),
    )
    header = last.segment.header
    at = last.steps[-1][0].at if last.steps else header.at
    told_again = tuple(_told_again(last))
    return Recovered(last.engine, header.config, header.run, at, again, told_again)


def latest_run(journal: Journal) -> str:
    """Return the name of the run that began the last segment; empty where there is none."""
    for name in reversed(_names(journal)):
        try:
            return journal.header(name).run
        except (UnexpectedMessage, Unavailable):
            continue
    return ""


def files_in_force(journal: Journal) -> Iterator[Mapping[str, str]]:
    """Yield the texts of the files that were in force, latest first, each once in a row."""
    before: Mapping[str, str] | None = None
    for name in reversed(_names(journal)):
        try:
            texts = journal.header(name).config
        except (UnexpectedMessage, Unavailable):
            continue
        if texts != before:
            yield texts
        before = texts


def _names(journal: Journal) -> list[str]:
    try:
        return journal.names()
    except Unavailable as error:
        log.error("journal_not_read", reason=error.message)
        return []


def _unsettled(journal: Journal) -> list[Segment]:
    """Return the last segment, and those before it of which something may not be in the store."""
    segments: list[Segment] = []
    for name in reversed(_names(journal)):
        try:
            segment = journal.read(name)
        except (UnexpectedMessage, Unavailable) as error:
            log.error("segment_unreadable", segment=name, reason=error.message)
            continue
        if segment.damage:
            log.error("segment_damaged", segment=name, where=segment.damage)
        segments.insert(0, segment)
        if segment.header.settled or len(segments) >= MOST_SEGMENTS:
            break
    return segments


def _replayed(segment: Segment, county_of: CountyOf, begin: Begin) -> _Replay | None:
    """Replay a segment without the steps that can't be; None where it is of no use."""
    try:
        county = county_of(segment.header.config)
    except ConfigError as error:
        problems = [f"{each.file}: {each.key}" for each in error.problems]
        _log_useless(segment, f"its files are none of this version: {', '.join(problems)}")
        return None
    left_out = {position for position, step in enumerate(segment.inputs) if step.digest is None}
    for position in sorted(left_out):
        _log_left_out(segment, position, "the program ended with it")
    while len(left_out) <= MOST_LEFT_OUT:
        try:
            engine = QueueEngine(county, segment.header.run, deepcopy(segment.memory))
            follow = begin(engine, segment.memory)
        except DEFECTS as error:
            _log_useless(segment, type(error).__name__)
            return None
        replay = _Replay(segment, engine)
        failed = _play(replay, left_out, follow)
        if failed is None:
            return replay
        left_out.add(failed)  # and begin anew: it may have done half of it
    _log_useless(segment, f"more than {MOST_LEFT_OUT} steps can't be replayed")
    return None


def _play(replay: _Replay, left_out: set[int], follow: Follower) -> int | None:
    """Let the engine take the steps but those ``left_out``; return where it broke, if it did."""
    engine = replay.engine
    for position, step in enumerate(replay.segment.inputs):
        if position in left_out:
            continue
        try:
            commands = take(engine, step)
            follow(step.event, commands, step.at)
        except DEFECTS as error:
            _log_left_out(replay.segment, position, type(error).__name__)
            return position
        replay.steps.append((step, commands))
    return None


def take(engine: QueueEngine, step: Input) -> list[do.Command]:
    """Let ``engine`` take a step as it was taken."""
    if step.event is None:
        return engine.handle_timer(step.at)
    return engine.handle(step.event, step.at)


def _log_left_out(segment: Segment, position: int, reason: str) -> None:
    """Say it without the error's text, which may be personal; a replay tells where it is."""
    kind = type(segment.inputs[position].event).__name__
    log.error(
        "step_left_out", segment=segment.name, position=position + 1, kind=kind, reason=reason
    )


def _log_useless(segment: Segment, reason: str) -> None:
    log.error(
        "segment_useless",
        segment=segment.name,
        program=segment.header.program,
        reason=reason,
        # Callers are found by asking Asterisk; who was logged in it does not know.
        lost="presence of agents, places, unfinished callback requests",
    )


def _written(steps: Iterable[tuple[Input, Sequence[do.Command]]]) -> Iterator[Again]:
    """Return what has to be in the store; of a place only what came last."""
    again: dict[object, Again] = {}
    for step, commands in steps:
        answered = _answered(step.event)
        if answered is not None:
            again.pop(answered, None)
        if isinstance(step.event, on.PlaceNotStored):
            release = do.ReleasePlace(step.event.call)
            again[_key(release)] = Again(step.at, release)
        for command in commands:
            if isinstance(command, Written):
                key = _key(command)
                again.pop(key, None)
                again[key] = Again(step.at, command)
    yield from again.values()


def _key(command: Written) -> tuple[type, CallId | None, CallbackId | None]:
    """Tell commands apart that are about different things."""
    match command:
        case do.RecordCall(record):
            return do.RecordCall, record.id, None
        case do.NoteResult(call):
            return do.NoteResult, call, None
        case do.KeepPlace(kept):
            return do.KeepPlace, kept.call, None
        case do.ReleasePlace(call):
            return do.KeepPlace, call, None
        case do.StoreCallback(callback):
            return do.StoreCallback, callback.call, callback.id
        case do.AddToCallback() | do.NoteReached() | do.NoteOutgoingCall():
            return type(command), command.call, command.callback


def _answered(event: on.Event | None) -> tuple[type, CallId | None, CallbackId | None] | None:
    """Return the key of what ``event`` tells the end of: it is in the store, or was refused."""
    match event:
        case on.CallbackStored() | on.CallbackNotStored():
            return do.StoreCallback, event.call, event.callback
        case on.CallbackAddedTo() | on.CallbackNotAddedTo():
            return do.AddToCallback, event.call, event.callback
        case _:
            return None


def _told_again(replay: _Replay) -> Iterator[Harmless]:
    """Return what the switch may not have been told any more; harmless where it was."""
    if not replay.steps:
        return
    since = replay.steps[-1][0].at - LAST_SECONDS
    recent = [
        command for step, commands in replay.steps if step.at >= since for command in commands
    ]
    heard = {
        command.call: command
        for command in recent
        if isinstance(command, do.SoundCommand) and not isinstance(command, do.SpeakAndHangUp)
    }
    memory = replay.engine.memory()
    here = {call.id for call in memory.calls}
    waiting = frozenset(memory.waiting)
    parties = {party.id for party in memory.parties}
    on_line = {call.id for call in memory.calls if call.on_line and call.phase is not Phase.GONE}
    for command in recent:
        if isinstance(command, do.HangUpCall):
            if command.call not in on_line:  # or who has been phoned back would be hung up on
                yield command
        elif isinstance(command, do.StartMusic):
            if command.call in waiting and heard[command.call] is command:
                yield command
        elif isinstance(command, do.AnswerCall):
            if command.call in here:  # or it would be spoken to, and never be on the line
                yield command
        elif isinstance(command, do.HandOver | do.ConsultByVisit):
            if command.leg in parties:  # or a bridge would be made for nobody
                yield command
        elif isinstance(command, Harmless):
            yield command
