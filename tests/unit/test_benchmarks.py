"""What a measurement says about itself: compared with an earlier one, and with the targets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import names
from benchmarks.comparison import changes
from benchmarks.figures import Figure, Summary, of_rounds
from benchmarks.machine import Machine
from benchmarks.names import Crowd
from benchmarks.plots import draw
from benchmarks.results import Results
from benchmarks.targets import verdicts

MACHINE = Machine("a processor", 2, 8.0, "6.1", "3.11.2", "22.10.1", 0.1)
GAP = names.dispatch_gap(names.IVR)


def gaps(times: float = 1.0, rounds: Sequence[float] = (5.0, 6.0, 7.0)) -> Figure:
    """Three rounds of a hundred gaps, each with a few longer ones; ``times`` as long."""
    return of_rounds(
        GAP,
        [
            [(middle + n / 50 + (10 if n > 97 else 0)) * times for n in range(100)]
            for middle in rounds
        ],
    )


def worse(now: Figure, before: Figure) -> bool:
    [change] = changes([now.summary()], [before.summary()])
    return change.worse


def test_a_dispatch_gap_ten_times_worse_is_noticed() -> None:
    assert worse(gaps(times=10), gaps())


def test_so_is_one_that_is_twice_as_long() -> None:
    assert worse(gaps(times=2.5), gaps())


@pytest.mark.parametrize("times", [0.1, 1.0, 1.4])
def test_what_rounds_differ_by_anyway_is_not(times: float) -> None:
    assert not worse(gaps(times), gaps())


def test_a_tail_ten_times_worse_is_noticed_though_the_median_is_as_before() -> None:
    tail = of_rounds(GAP, [[5.0] * 97 + [200.0] * 3] * 3)

    assert worse(tail, gaps())


def test_one_bad_round_is_no_verdict() -> None:
    assert not worse(gaps(rounds=(5, 6, 500)), gaps())


def test_fewer_calls_a_second_are_worse_and_more_are_not() -> None:
    few, many = (
        Figure(names.rate(names.IVR), [rate], "calls/s", more_is_better=True) for rate in (10, 40)
    )

    assert worse(few, many)
    assert not worse(many, few)


def test_hardly_anything_is_nothing_however_many_times() -> None:
    assert not worse(Figure("engine event", [0.02]), Figure("engine event", [0.005]))


def test_what_was_measured_only_once_is_not_compared() -> None:
    assert changes([gaps().summary()], []) == []


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    written = Results("2026-11-22T22:00:00+00:00", MACHINE, [gaps().summary()])
    written.write(tmp_path / "results" / "a.json")

    read = Results.read(tmp_path / "results" / "a.json")

    assert read is not None
    assert (read.at, read.machine, read.figures) == (
        written.at,
        written.machine,
        written.figures,
    )


@pytest.mark.parametrize("kept", ["", "[]", '{"figures": []}', '{"machine": "x86_64"}'])
def test_results_of_another_form_are_none(tmp_path: Path, kept: str) -> None:
    (tmp_path / "a.json").write_text(kept)

    assert Results.read(tmp_path / "a.json") is None
    assert Results.read(tmp_path / "b.json") is None


def judged(*figures: Figure) -> dict[str, bool | None]:
    """Say of each target by its first words what became of it."""
    summaries: list[Summary] = [figure.summary() for figure in figures]
    return {verdict.target: verdict.reached for verdict in verdicts(summaries)}


def test_targets_nobody_measured_are_said_to_be_that() -> None:
    assert set(judged().values()) == {None}


def test_targets_are_compared_with_what_was_measured() -> None:
    measured = judged(
        Figure(GAP, [5.0, 30.0]),
        Figure(names.dispatch_gap(names.APP_QUEUE), [56.0, 999.0]),
        Figure(names.talk(names.IVR), [9.0, 10.0]),
        Figure(names.talk(names.APP_QUEUE), [8.0, 12.0]),
    )

    assert measured["dispatch gap, p99: at most 20 ms"] is False
    assert measured["dispatch gap, p99: at least 40 times better than app_queue's"] is False
    assert measured["answer path, median: at most 1.5 times app_queue's"] is True
    assert measured["answer path, p99: not worse than app_queue's"] is True
    assert measured["calls per second: at least 80 % of app_queue's"] is None


@pytest.mark.parametrize(("largest", "reached"), [(0.29, True), (0.31, False)])
def test_cost_grows_at_most_as_the_logarithm(largest: float, *, reached: bool) -> None:
    """From 10 to 1,000 the logarithm grows threefold."""
    measured = judged(
        Figure(names.engine_event(10, 10), [0.1]),
        Figure(names.engine_event(1000, 10), [0.1]),
        Figure(names.engine_event(10, 500), [0.1]),
        Figure(names.engine_event(1000, 500), [largest]),
    )

    assert measured["engine: cost per event grows at most logarithmically"] is reached


def test_what_was_measured_is_drawn(tmp_path: Path) -> None:
    drawn = draw(
        [gaps(), Figure(names.gap_with_waiting(names.IVR, Crowd(10)), [5.0, 6.0])], tmp_path
    )

    assert [file.name for file in drawn] == ["dispatch-gap.svg", "waiting-callers.svg"]
    assert all("<svg" in file.read_text() for file in drawn)
