"""Recorded segments replayed: whether the same is decided, and where not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from ivr.application.replaying import Replayed, of_day, replay
from ivr.domain import events as on
from ivr.domain.county import County
from ivr.domain.errors import ConfigError, Problem
from ivr.domain.ids import CallId
from ivr.domain.kept_place import KeptPlace
from tests import examples
from tests.fakes.journal import FakeJournal
from tests.unit.application.recorded_run import FILES, RecordedRun
from tests.unit.domain.driver import MONDAY_NOON


def county_of(texts: Mapping[str, str]) -> County:
    if texts != FILES:
        raise ConfigError((Problem("county.toml", "name", "", "is missing", ""),))
    return examples.county()


def replayed(journal: FakeJournal) -> list[Replayed]:
    return list(replay(journal, journal.names(), county_of))


@pytest.fixture
def journal() -> FakeJournal:
    """Two segments of one run, with a talk in each."""
    journal = FakeJournal()
    d = RecordedRun(journal)
    for caller in ("anna", "bert"):
        d.agent_ready(examples.ALL_ROUND)
        d.caller_waits(caller)
        d.talks(caller)
        d.wait(70)
        d.hangs_up(caller)
        d.wait(30)
        d.recording.begin(d.now)
    return journal


def test_an_untouched_journal_has_no_difference(journal: FakeJournal) -> None:
    results = replayed(journal)
    assert [each.same for each in results] == [True, True, True]
    assert [each.ends_alike for each in results] == [True, True, None]
    assert results[0].steps == len(journal.segments[journal.names()[0]].inputs) > 5


def test_another_fact_makes_a_difference_and_another_end(journal: FakeJournal) -> None:
    name = journal.names()[0]
    position = next(
        place
        for place, step in enumerate(journal.segments[name].inputs)
        if isinstance(step.event, on.OfferAnswered)
    )
    step = journal.segments[name].inputs[position]
    journal.replace_input(name, position, replace(step, event=on.CallerHungUp(CallId("anna"))))

    first, second, _ = replayed(journal)

    assert not first.same
    difference = first.differences[0]
    assert (difference.position, difference.at) == (position + 1, step.at)
    assert (difference.fact, difference.recorded) == ("CallerHungUp", step.digest)
    assert difference.now != step.digest
    assert "RecordCall" in difference.commands
    assert second.same


def test_a_segment_that_lacks_its_last_steps_does_not_end_as_the_next_begins(
    journal: FakeJournal,
) -> None:
    name = journal.names()[0]
    segment = journal.segments[name]
    journal.segments[name] = replace(segment, inputs=segment.inputs[:-2])
    (first, *_) = replayed(journal)
    assert first.differences == ()
    assert first.ends_alike is False
    assert not first.same


def test_after_changed_files_or_a_full_disk_the_next_begins_elsewhere(
    journal: FakeJournal,
) -> None:
    second = journal.names()[1]
    segment = journal.segments[second]
    journal.segments[second] = replace(segment, header=replace(segment.header, settled=False))
    assert replayed(journal)[0].ends_alike is None


def test_a_step_that_ended_the_program_is_tried_again(journal: FakeJournal) -> None:
    d = RecordedRun(journal, "r2")
    hung_up = on.CallerHungUp(CallId("anna"))
    d.recording.broke(hung_up, d.now)
    (difference,) = replayed(journal)[-1].differences
    assert (difference.recorded, difference.error) == (None, "")  # it does not happen again
    d = RecordedRun(journal, "r3")
    d.recording.broke(on.PlaceRestored(cast("KeptPlace", None)), d.now)
    *_, difference = replayed(journal)[-1].differences
    assert (difference.recorded, difference.now) == (None, None)
    assert difference.error.startswith("AttributeError at keeping_place.py:")


def test_what_can_t_be_replayed_is_told(journal: FakeJournal) -> None:
    first, second, third = journal.names()
    journal.unreadable.add(first)
    segment = journal.segments[second]
    journal.segments[second] = replace(segment, header=replace(segment.header, config={}))
    journal.segments[third] = replace(journal.segments[third], damage="line 3: no JSON")
    problems = [each.problem for each in replayed(journal)]
    assert problems == ["This is no JSON.", "county.toml: name", "line 3: no JSON"]
    assert not any(each.same for each in replayed(journal))
    assert first not in of_day(journal, MONDAY_NOON.astimezone().date())


def test_a_day_has_the_segments_that_last_into_it() -> None:
    journal = FakeJournal()
    monday = MONDAY_NOON.astimezone().date()
    for days in (0, 0, 2):  # the second goes on until Tuesday, the third begins on Wednesday
        d = RecordedRun(journal, f"r{len(journal.names())}", at=MONDAY_NOON + timedelta(days=days))
        d.agent_ready(examples.ALL_ROUND)
        if len(journal.names()) == 2:
            d.later(timedelta(days=1).total_seconds())
            d.caller_waits("anna")
    first, second, third = journal.names()

    found = [of_day(journal, monday + timedelta(days=days)) for days in range(-1, 4)]

    assert found == [[], [first, second], [second], [third], []]
    journal.unreadable.add(third)
    assert of_day(journal, monday + timedelta(days=1)) == [second]


def test_nobody_is_named(journal: FakeJournal) -> None:
    assert "anna" not in repr(replayed(journal))
    assert examples.CALLER not in repr(replayed(journal))
