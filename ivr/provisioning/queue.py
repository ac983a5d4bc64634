"""The rules of the one queue: what the values mean and whether they fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from ivr.domain.agents import PauseReason
from ivr.domain.calls import CallResult
from ivr.domain.ids import E164
from ivr.domain.rules import (
    Announcing,
    AtClosing,
    FeatureCodes,
    FirstReached,
    KeepingPlace,
    Limits,
    QueueRules,
    SpokenMessages,
    Strategy,
    WayOut,
    Widening,
)
from ivr.provisioning.findings import FileFindings, Findings
from ivr.provisioning.keys import check_codes, check_key
from ivr.provisioning.numbers import NumberBook
from ivr.provisioning.tables import KeepPlaceTable, QueueFile, SpokenMessagesTable
from ivr.provisioning.wording import Wording

LONGEST_WRAP_UP = 3600
LONGEST_HEAD_START = 3600

_RANGES = {
    "ring_at_once": (2, 20),
    "ring_time": (5, 120),
    "pause_after_missed": (1, 20),
    "wrap_up": (0, LONGEST_WRAP_UP),
    "wrap_up_extension": (10, 3600),
    "key_pause": (1, 30),
    "number_pause": (2, 60),
    "number_tries": (1, 9),
    "redial_within": (0, 3600),
    "announcements.after": (0, 3600),
    "announcements.every": (15, 3600),
    "announcements.offer_callback_above": (0, 7200),
    "widening.language": (0, 7200),
    "widening.everyone": (0, 7200),
    "limits.max_waiting": (1, 10000),
    "limits.max_wait": (10, 36000),
    "keep_place.attempts": (1, 9),
    "keep_place.retry_after": (30, 3600),
    "keep_place.ring_time": (10, 120),
    "keep_place.expires_after": (300, 86400),
    "spoken_messages.longest": (10, 600),
    "spoken_messages.silence": (1, 30),
}
_LONGEST_WIDENING = 7200
_MOST_LEVELS = 8
_CHOICES: Mapping[str, type[StrEnum]] = {
    "strategy": Strategy,
    "at_closing": AtClosing,
    "limits.way_out": WayOut,
    "keep_place.first": FirstReached,
}
_BEHIND_A_CODE = "0123456789"
_OWN_REASONS = frozenset(reason.value for reason in PauseReason if reason.value)


def check_queue(file: QueueFile, book: NumberBook, findings: Findings) -> QueueRules:
    """Check the rules of the queue. To be asked when all DIDs are in ``book``."""
    here = findings.of("queue.toml")
    for key, (least, most) in _RANGES.items():
        value = _value(file, key)
        if value is not None:
            here.within(key, value, least, most)
    for key, words in _CHOICES.items():
        _check_choice(here, key, _value(file, key), words)
    check_key(here, "callback_key", file.callback_key)
    codes = check_codes(file.codes, here)
    _check_pause_reasons(file.pause_reasons, here)
    _check_results(file.results, here)
    _check_widening(file.widening.levels, here)
    head_starts = _head_starts(file, book, here)
    overflow = _overflow_number(file, book, here)
    if file.keep_place is not None:
        check_key(here, "keep_place.key", file.keep_place.key)
        _check_attempts(file.keep_place, here)
    if file.spoken_messages is not None:
        _check_silence(file.spoken_messages, here)
    if here.any():
        # Nobody will use these rules, and a number far out of range fits into no timedelta.
        return QueueRules()
    return _rules(file, codes, head_starts, overflow)


def _value(file: QueueFile, key: str) -> Any:  # noqa: ANN401  the type is that of the key
    """What stands at ``key``, such as ``limits.max_wait``; None where its table is not there."""
    value: Any = file
    for step in key.split("."):
        value = getattr(value, step, None)
    return value


def _check_choice(here: FileFindings, key: str, word: str | None, words: type[StrEnum]) -> None:
    if word is not None and not here.told(key):
        here.known(key, word, [each.value for each in words], Wording("is none of the choices"))


def _check_pause_reasons(reasons: Mapping[str, str], here: FileFindings) -> None:
    for pressed, name in reasons.items():
        key = f"pause_reasons.{pressed}"
        if check_key(here, key, pressed, _BEHIND_A_CODE):
            here.name(key, name)
        if name in _OWN_REASONS and not here.told(key):
            wrong = Wording("is what ivr itself calls a pause it makes")
            here.add(key, name, wrong, Wording("another name"))


def _check_results(results: Mapping[str, str], here: FileFindings) -> None:
    for pressed, name in results.items():
        key = f"results.{pressed}"
        if check_key(here, key, pressed, _BEHIND_A_CODE):
            _check_choice(here, key, name, CallResult)


def _check_widening(levels: Sequence[int], here: FileFindings) -> None:
    """Each step has to come later than the one before it."""
    before = 0
    for place, step in here.items("widening.levels", levels):
        if not here.within(place, step, 1, _LONGEST_WIDENING):
            continue
        if step <= before:
            here.add(
                place,
                step,
                Wording("is not later than the step before it"),
                Wording("seconds since entering the queue, in order: [30, 60]"),
            )
        before = step
    if len(levels) > _MOST_LEVELS:
        here.add(
            "widening.levels",
            levels,
            Wording("has more steps than there can be levels"),
            Wording("up to {most} steps", most=_MOST_LEVELS),
        )


def _check_attempts(table: KeepPlaceTable, here: FileFindings) -> None:
    """A kept place has to last until the caller was phoned as often as promised."""
    least = table.attempts * table.ring_time + (table.attempts - 1) * table.retry_after
    key = "keep_place.expires_after"
    if table.expires_after < least and not here.told(key):
        here.add(
            key,
            table.expires_after,
            Wording("is over before the last attempt"),
            Wording("at least attempts * ring_time + pauses: {least}", least=least),
        )


def _check_silence(table: SpokenMessagesTable, here: FileFindings) -> None:
    key = "spoken_messages.silence"
    if table.silence >= table.longest and not here.told(key):
        here.add(
            key,
            table.silence,
            Wording("is as long as a whole message"),
            Wording("less than spoken_messages.longest"),
        )


def _head_starts(file: QueueFile, book: NumberBook, here: FileFindings) -> Mapping[E164, timedelta]:
    starts: dict[E164, timedelta] = {}
    for index, table in enumerate(file.head_start, start=1):
        key = f"head_start[{index}]"
        if here.told(key):
            continue
        if here.present(f"{key}.seconds", "" if table.seconds is None else "there"):
            within = here.within(f"{key}.seconds", table.seconds or 0, 1, LONGEST_HEAD_START)
        else:
            within = False
        if not here.present(f"{key}.number", table.number):
            continue
        number = book.read(here, f"{key}.number", table.number)
        if number in starts:
            wrong, allowed = Wording("is there twice"), Wording("each number in one place only")
            here.add(f"{key}.number", table.number, wrong, allowed)
        elif number is not None:
            starts[number] = timedelta(seconds=(table.seconds or 0) if within else 0)
    return MappingProxyType(starts)


def _overflow_number(file: QueueFile, book: NumberBook, here: FileFindings) -> E164 | None:
    key, limits = "limits.number", file.limits
    if limits.way_out != WayOut.NUMBER:
        if limits.number:
            here.add(
                key,
                limits.number,
                Wording("is never called: limits.way_out is {way_out}", way_out=limits.way_out),
                Wording('no such line, or way_out = "number"'),
            )
        return None
    if not here.present(key, limits.number, Wording("the number callers are put through to")):
        return None
    return book.target(here, key, limits.number)


def _rules(
    file: QueueFile,
    codes: FeatureCodes,
    head_starts: Mapping[E164, timedelta],
    overflow: E164 | None,
) -> QueueRules:
    """The rules as the engine wants them, from a file without problems."""
    announcements, widening, limits = file.announcements, file.widening, file.limits
    keep, messages = file.keep_place, file.spoken_messages
    return QueueRules(
        strategy=Strategy(file.strategy),
        ring_at_once=file.ring_at_once,
        ring_time=_seconds(file.ring_time),
        pause_after_missed=file.pause_after_missed,
        wrap_up=_seconds(file.wrap_up),
        wrap_up_extension=_seconds(file.wrap_up_extension),
        pause_reasons=MappingProxyType(file.pause_reasons),
        results=MappingProxyType({key: CallResult(name) for key, name in file.results.items()}),
        whisper=file.whisper,
        connect_announcement=file.connect_announcement,
        callback_key=file.callback_key,
        key_pause=_seconds(file.key_pause),
        number_pause=_seconds(file.number_pause),
        number_tries=file.number_tries,
        redial_within=_seconds(file.redial_within),
        at_closing=AtClosing(file.at_closing),
        supervision=file.supervision,
        head_starts=head_starts,
        announcing=Announcing(
            after=_seconds(announcements.after),
            every=_seconds(announcements.every),
            position=announcements.position,
            estimate=announcements.estimate,
            offer_callback_above=_seconds(announcements.offer_callback_above),
        ),
        widening=Widening(
            levels=tuple(_seconds(step) for step in widening.levels),
            language=_maybe(widening.language),
            everyone=_maybe(widening.everyone),
        ),
        limits=Limits(
            max_waiting=limits.max_waiting,
            max_wait=_maybe(limits.max_wait),
            join_empty=limits.join_empty,
            leave_when_empty=limits.leave_when_empty,
            way_out=WayOut(limits.way_out),
            number=overflow,
        ),
        keeping_place=None if keep is None else _keeping_place(keep),
        spoken_messages=None if messages is None else _spoken_messages(messages),
        codes=codes,
    )


def _keeping_place(table: KeepPlaceTable) -> KeepingPlace:
    return KeepingPlace(
        key=table.key,
        first=FirstReached(table.first),
        attempts=table.attempts,
        retry_after=_seconds(table.retry_after),
        ring_time=_seconds(table.ring_time),
        expires_after=_seconds(table.expires_after),
    )


def _spoken_messages(table: SpokenMessagesTable) -> SpokenMessages:
    return SpokenMessages(_seconds(table.longest), _seconds(table.silence))


def _seconds(number: int) -> timedelta:
    return timedelta(seconds=number)


def _maybe(number: int | None) -> timedelta | None:
    return None if number is None else _seconds(number)
