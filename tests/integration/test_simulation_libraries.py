"""The engine, ciw and simpy simulate the same queue: thirty thousand callers each."""

from __future__ import annotations

from benchmarks.simulation_libraries import compare


def test_the_libraries_and_the_engine_say_the_same_of_a_queue() -> None:
    ours, *libraries = compare(days=1)
    assert [library.name for library in libraries] == ["ciw", "simpy"]
    assert all(library.agrees_with(ours) for library in libraries)
