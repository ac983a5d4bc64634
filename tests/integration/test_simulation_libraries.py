"""The engine and the libraries simulate the same: some ten thousand callers each."""

from __future__ import annotations

from benchmarks import simulation_in_full
from benchmarks.simulation_libraries import compare


def test_the_libraries_and_the_engine_say_the_same_of_a_queue() -> None:
    ours, *libraries = compare(days=1)
    assert [library.name for library in libraries] == ["ciw", "simpy"]
    assert all(library.agrees_with(ours) for library in libraries)


def test_simpy_and_the_engine_say_the_same_of_the_whole_service() -> None:
    ours, simpys = simulation_in_full.compare(weeks=1)
    assert simpys.agrees_with(ours)
