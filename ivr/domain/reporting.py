"""A report: finished calls and callbacks of a time, counted as a whole and by what they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import assert_never

from ivr.domain.callbacks_counted import CallbacksCounted, CallbackTimes, count_callbacks
from ivr.domain.calls import CallRecord, Outcome
from ivr.domain.counting import CallCounter, CallsCounted, Spread, measured
from ivr.domain.figures import SERVICE_LEVELS, TARGETS_115, share
from ivr.domain.opening import OpeningHours

Values = Mapping[str, float | None]
"""By the names of ``REPORT_FORMULAS``; None: there was nothing to count it of."""

_SATURDAY = 5
"""Where Monday is 0."""


class Grouping(StrEnum):
    """By what calls may be told apart. By agent they are not."""

    DEPARTMENT = "department"
    NUMBER = "number"
    HOUR = "hour"
    WEEKDAY = "weekday"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Report:
    """``groups`` has the keys of each grouping in their order; a key is empty for "none".

    So has ``callback_groups``, without the number: which one was dialled is not known of callbacks.
    """

    total: CallsCounted
    monday_to_friday: CallsCounted
    groups: Mapping[Grouping, Mapping[str, CallsCounted]] = field(default_factory=dict)
    callbacks: CallbacksCounted | None = None
    """None: the source of the calls knows of none."""
    callback_groups: Mapping[Grouping, Mapping[str, CallbacksCounted]] = field(default_factory=dict)

    def values(self) -> dict[str, float | None]:
        """Return all figures of the whole."""
        return {
            **call_values(self.total),
            "d115_within_30": self.monday_to_friday.calls.service_level(30),
            "d115_settled": self.monday_to_friday.first_contact_share,
            **({} if self.callbacks is None else callback_values(self.callbacks)),
        }

    def group_values(self, grouping: Grouping) -> dict[str, Values]:
        """Return the figures of each group, also of those with calls or callbacks only."""
        calls, callbacks = self.groups[grouping], self.callback_groups.get(grouping)
        none = CallCounter().counted()
        values: dict[str, Values] = {}
        for key in sorted({*calls, *(callbacks or ())}):
            of_calls = call_values(calls.get(key, none))
            if callbacks is None:
                values[key] = of_calls
            else:
                values[key] = of_calls | callback_values(callbacks.get(key, _NO_CALLBACKS))
        return values

    def reached_115(self) -> dict[str, bool | None]:
        """Return whether each of ``TARGETS_115`` is reached; None where nobody can tell."""
        values = self.values()
        reached = {
            key: None if (value := values.get(key)) is None else value >= target
            for key, target in TARGETS_115.items()
        }
        if self.monday_to_friday.few_results:
            reached["d115_settled"] = None
        return reached


class ReportCounting:
    """Takes calls in any order."""

    def __init__(self, zone: tzinfo, groupings: Iterable[Grouping] = ()) -> None:
        """``zone`` says what is an hour and a day."""
        self._zone = zone
        self._monday_to_friday = CallCounter()
        self._weekend = CallCounter()
        self._groups: dict[Grouping, dict[str, CallCounter]] = {
            grouping: {} for grouping in groupings
        }

    def add(self, records: Iterable[CallRecord]) -> None:
        """Count calls."""
        keyed = [(_key_of(grouping), groups) for grouping, groups in self._groups.items()]
        for record in records:
            local = record.arrived_at.astimezone(self._zone)
            call = measured(record)
            weekend = local.weekday() >= _SATURDAY
            (self._weekend if weekend else self._monday_to_friday).take(call)
            for key_of, groups in keyed:
                key = key_of(record, local)
                group = groups.get(key)
                if group is None:
                    group = groups[key] = CallCounter()
                group.take(call)

    def report(
        self,
        callbacks: CallbacksCounted | None,
        callback_groups: Mapping[Grouping, Mapping[str, CallbacksCounted]] | None = None,
    ) -> Report:
        """Return what was counted, with what was counted of callbacks."""
        total = CallCounter()
        total.take_over(self._monday_to_friday)
        total.take_over(self._weekend)
        return Report(
            total=total.counted(),
            monday_to_friday=self._monday_to_friday.counted(),
            groups={
                grouping: {key: groups[key].counted() for key in sorted(groups)}
                for grouping, groups in self._groups.items()
            },
            callbacks=callbacks,
            callback_groups=callback_groups or {},
        )


def group_callbacks(
    found: Iterable[CallbackTimes],
    groupings: Iterable[Grouping],
    hours: OpeningHours,
    now: datetime,
) -> dict[Grouping, dict[str, CallbacksCounted]]:
    """Count callbacks as they are ``now``, apart by department and by when they were requested."""
    groups: dict[Grouping, dict[str, list[CallbackTimes]]] = {
        grouping: {} for grouping in groupings if grouping is not Grouping.NUMBER
    }
    for callback in found:
        local = callback.requested_at.astimezone(hours.zone)
        for grouping, of_grouping in groups.items():
            if grouping is Grouping.DEPARTMENT:
                key = callback.department or ""
            else:
                key = _TIME_KEYS[grouping](local)
            of_grouping.setdefault(key, []).append(callback)
    return {
        grouping: {
            key: count_callbacks(of_grouping[key], hours, now) for key in sorted(of_grouping)
        }
        for grouping, of_grouping in groups.items()
    }


_TIME_KEYS: Mapping[Grouping, Callable[[datetime], str]] = {
    Grouping.HOUR: lambda local: f"{local.hour:02}",
    Grouping.WEEKDAY: lambda local: str(local.isoweekday()),
    Grouping.DAY: lambda local: local.date().isoformat(),
}


def _key_of(grouping: Grouping) -> Callable[[CallRecord, datetime], str]:
    """Return what tells the key of a call that arrived at this local time."""
    match grouping:
        case Grouping.DEPARTMENT:
            return lambda record, _: record.department or ""
        case Grouping.NUMBER:
            return lambda record, _: record.dialled
        case Grouping.HOUR | Grouping.WEEKDAY | Grouping.DAY:
            of_time = _TIME_KEYS[grouping]
            return lambda _, local: of_time(local)
        case _:
            assert_never(grouping)


def call_values(counted: CallsCounted) -> dict[str, float | None]:
    """Return the figures of calls."""
    calls, outcomes = counted.calls, counted.outcomes
    levels: dict[str, float | None] = {}
    for seconds in SERVICE_LEVELS:
        name = f"service_level_{seconds}"
        levels[name] = calls.service_level(seconds)
        levels[f"{name}_of_answered"] = calls.service_level_of_answered(seconds)
        levels[f"{name}_with_abandoned"] = calls.service_level_with_abandoned(seconds)
    return {
        "arrived": calls.arrived,
        "offered": calls.offered,
        "answered": calls.answered,
        "abandoned": calls.abandoned,
        "abandoned_share": share(calls.abandoned, calls.offered),
        "abandoned_at_once": calls.abandoned_at_once,
        "callbacks": calls.callbacks,
        "closed": outcomes.get(Outcome.CLOSED, 0),
        "overflowed": outcomes.get(Outcome.OVERFLOWED, 0),
        "failed": outcomes.get(Outcome.FAILED, 0),
        "by_fallback": calls.by_fallback,
        "asa_seconds": calls.asa_seconds,
        "median_wait_seconds": counted.waits.median,
        "p90_wait_seconds": counted.waits.p90,
        "longest_wait_seconds": calls.longest_wait_seconds if calls.offered else None,
        **levels,
        "mean_talk_seconds": counted.talks.mean,
        "median_talk_seconds": counted.talks.median,
        "p90_talk_seconds": counted.talks.p90,
        "three_minute_share": counted.three_minute_share,
        "with_result": sum(counted.results.values()),
        "first_contact_share": counted.first_contact_share,
    }


_NO_CALLBACKS = CallbacksCounted(0, 0, 0, 0, Spread(), Spread(), 0, 0)


def callback_values(counted: CallbacksCounted) -> dict[str, float | None]:
    """Return the figures of callbacks."""
    return {
        "d115_called_back": counted.answered_share,
        "callbacks_requested": counted.requested,
        "callbacks_open": counted.open,
        "callbacks_overdue": counted.overdue,
        "callbacks_late": counted.late,
        "median_acknowledge_seconds": counted.to_acknowledge.median,
        "p90_acknowledge_seconds": counted.to_acknowledge.p90,
        "median_close_seconds": counted.to_close.median,
        "p90_close_seconds": counted.to_close.p90,
    }
