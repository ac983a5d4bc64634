"""``make bench`` from its words to its exit status; what is measured is made up."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

import benchmarks.__main__ as bench
from benchmarks import names
from benchmarks.figures import Figure, NotMeasured, of_rounds
from benchmarks.machine import Machine
from benchmarks.parts import Extent
from benchmarks.results import LATEST, REFERENCE, Results

MACHINE = Machine("a processor", 2, 8.0, "6.1", "3.11.2", "22.10.1", 0.1)


def gaps(times: float) -> Figure:
    """Three rounds of dispatch gaps, ``times`` as long as usual."""
    rounds = [[(middle + n / 50) * times for n in range(100)] for middle in (5.0, 6.0, 7.0)]
    return of_rounds(names.dispatch_gap(names.IVR), rounds)


_measure = bench._measure
"""The real one."""


class Bench:
    """Runs the command in a folder of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.measured = 0
        self.gaps = gaps(1)
        self.missing: list[NotMeasured] = []
        self.reference = folder / "results" / REFERENCE.name
        monkeypatch.setattr(bench, "_measure", self._measure)
        monkeypatch.setattr(Machine, "this", lambda *_: MACHINE)
        monkeypatch.setattr(bench, "asterisk_version", lambda: "22.10.1")
        monkeypatch.setattr(bench, "FOLDER", folder / "results")
        monkeypatch.setattr(bench, "LATEST", folder / "results" / LATEST.name)
        monkeypatch.setattr(bench, "REFERENCE", self.reference)

    async def _measure(
        self, _parts: Sequence[str], _extent: Extent
    ) -> tuple[list[Figure], list[NotMeasured]]:
        self.measured += 1
        return [self.gaps], self.missing

    def __call__(self, *words: str) -> int:
        self._monkeypatch.setattr(sys, "argv", ["bench", "--only", "dispatch", *words])
        return bench.main()


@pytest.fixture
def measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path, monkeypatch)


def test_a_gap_ten_times_as_long_is_noticed_without_being_asked(
    measure: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measure("--store") == 0
    measure.gaps = gaps(10)
    capsys.readouterr()

    assert measure() == 0
    shown = capsys.readouterr().out
    assert "WORSE" in shown
    assert f"worse than before: {names.dispatch_gap(names.IVR)}" in shown.replace("\n", " ")
    assert measure("--strict") == 1


def test_the_same_gap_passes_strictly(measure: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    measure("--store")

    assert measure("--strict") == 0
    assert "worse than before" not in capsys.readouterr().out


def test_without_a_reference_that_is_said(
    measure: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measure() == 0

    shown = capsys.readouterr()
    for text in (shown.out, shown.err):
        assert f"nothing to compare with: there are no results in {measure.reference}" in (
            text.replace("\n", "")
        )
    assert not measure.reference.exists()


def test_strictly_nothing_is_measured_that_can_not_be_compared(measure: Bench) -> None:
    assert measure("--strict") == 2
    assert measure.measured == 0


def test_what_got_worse_may_be_stored_as_the_new_reference(measure: Bench) -> None:
    measure("--store")
    measure.gaps = gaps(10)
    measure("--store")

    kept = Results.read(measure.reference)
    assert kept is not None
    assert kept.figures == [gaps(10).summary()]
    assert measure("--strict") == 0


@pytest.mark.parametrize(("failed", "status"), [(True, 1), (False, 0)])
def test_what_could_not_be_measured_is_a_line_with_the_reason(
    measure: Bench, capsys: pytest.CaptureFixture[str], *, failed: bool, status: int
) -> None:
    """A machine that is too small is nobody's failure, and what was measured is worth keeping."""
    measure.missing = [NotMeasured("dispatch gap with 1000 waiting", "music takes 230 %", failed)]

    assert measure("--store") == status
    shown = capsys.readouterr().out
    assert "music takes 230 %" in shown
    assert names.dispatch_gap(names.IVR) in shown
    assert measure.reference.exists() is not failed
    latest = Results.read(measure.reference.with_name(LATEST.name))
    assert latest is not None
    assert latest.not_measured == measure.missing


async def test_an_asterisk_that_does_not_start_costs_no_other_part_its_figures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def engine(*_: object) -> list[Figure]:
        return [gaps(1)]

    def laboratory(_: int) -> NoReturn:
        raise RuntimeError("asterisk ended")

    monkeypatch.setattr(bench, "ALONE", {"engine": engine})
    monkeypatch.setattr(bench, "laboratory", laboratory)
    measured, missing = await _measure(["engine", "dispatch"], Extent(quick=True))
    assert measured == [gaps(1)]
    assert missing == [NotMeasured("laboratory", "RuntimeError: asterisk ended")]
