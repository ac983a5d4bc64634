"""What the measurements are to reach, and whether they do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from benchmarks import names
from benchmarks.figures import Summary
from benchmarks.names import APP_QUEUE, IVR


@dataclass(frozen=True, slots=True)
class Verdict:
    """``value`` is what was measured, in words; ``reached`` None: it was not measured."""

    target: str
    value: str
    reached: bool | None

    @property
    def word(self) -> str:
        """Say it."""
        if self.reached is None:
            return "not measured"
        return "reached" if self.reached else "not reached"


_FEW: Final = 10
_MOST_WAITING: Final = 1000
_MOST_AGENTS: Final = 500
_LARGEST: Final = (_MOST_WAITING, _MOST_AGENTS)
_SIZES: Final = f"{_MOST_WAITING} waiting, {_MOST_AGENTS} agents, and both, for {_FEW} and {_FEW}"
_Figures = Mapping[str, Summary]
_Judge = Callable[[_Figures], tuple[str, bool]]
"""Raises KeyError where a figure it needs was not measured."""


def verdicts(figures: Sequence[Summary]) -> list[Verdict]:
    """Compare with every target."""
    known = {each.name: each for each in figures}
    return [_verdict(target, judge, known) for target, judge in _TARGETS.items()]


def _verdict(target: str, judge: _Judge, figures: _Figures) -> Verdict:
    try:
        value, reached = judge(figures)
    except KeyError:
        return Verdict(target, "", None)
    return Verdict(target, value, reached)


def _gap(figures: _Figures) -> tuple[str, bool]:
    ours = figures[names.dispatch_gap(IVR)].p99
    return f"{ours:.1f} ms", ours <= 20


def _gap_against(figures: _Figures) -> tuple[str, bool]:
    ours = figures[names.dispatch_gap(IVR)].p99
    theirs = figures[names.dispatch_gap(APP_QUEUE)].p99
    return f"{theirs / ours:.0f} times", theirs / ours >= 40


def _talk(figures: _Figures, most: float) -> tuple[str, bool]:
    ours, theirs = figures[names.talk(IVR)].median, figures[names.talk(APP_QUEUE)].median
    return f"{ours / theirs:.2f} times ({ours:.1f} against {theirs:.1f} ms)", ours / theirs <= most


def _talk_tail(figures: _Figures) -> tuple[str, bool]:
    ours, theirs = figures[names.talk(IVR)].p99, figures[names.talk(APP_QUEUE)].p99
    return f"{ours:.1f} against {theirs:.1f} ms", ours <= theirs


def _rate(figures: _Figures) -> tuple[str, bool]:
    ours, theirs = figures[names.rate(IVR)].median, figures[names.rate(APP_QUEUE)].median
    return f"{ours / theirs:.0%} ({ours:.0f} against {theirs:.0f})", ours / theirs >= 0.8


def _cpu(figures: _Figures) -> tuple[str, bool]:
    ours, asterisk = figures[names.app_cpu(IVR)].median, figures[names.asterisk_cpu(IVR)].median
    return f"{ours:.1f} against {asterisk:.1f} ms", ours <= asterisk


def _growth(figures: _Figures) -> tuple[str, bool]:
    """At most logarithmically: with the callers, with the agents, and with both at once."""
    small = figures[names.engine_event(_FEW, _FEW)].median
    largest = {
        (waiting, agents): figures[names.engine_event(waiting, agents)].median / small
        for waiting, agents in ((_MOST_WAITING, _FEW), (_FEW, _MOST_AGENTS), _LARGEST)
    }
    words = [f"{grown:.2f} ({log(max(size), _FEW):.1f})" for size, grown in largest.items()]
    return f"{', '.join(words)} times (allowed) with {_SIZES}", all(
        grown <= log(max(size), _FEW) for size, grown in largest.items()
    )


def _event(figures: _Figures) -> tuple[str, bool]:
    ours = figures[names.engine_event(_FEW, _FEW)].median * 1000
    return f"{ours:.1f} µs", ours <= 8


def _promise(figures: _Figures) -> tuple[str, bool]:
    ours = figures[names.COMMITTED].p99
    return f"{ours:.1f} ms", ours <= 10


def _year(figures: _Figures) -> tuple[str, bool]:
    seconds = figures[names.SIMULATED_YEAR].median
    return f"{seconds:.0f} s", seconds < 60


def _simulated(figures: _Figures, library: str) -> tuple[str, bool]:
    return _simulated_faster(figures, library, names.simulated_call)


def _simulated_in_full(figures: _Figures, library: str) -> tuple[str, bool]:
    return _simulated_faster(figures, library, names.fully_simulated_call)


def _simulated_faster(
    figures: _Figures, library: str, name: Callable[[str], str]
) -> tuple[str, bool]:
    ours, theirs = figures[name(IVR)].median, figures[name(library)].median
    return f"{theirs / ours:.2f} times ({ours:.0f} against {theirs:.0f} µs)", theirs / ours >= 10


_TARGETS: Final[Mapping[str, _Judge]] = {
    "dispatch gap, p99: at most 20 ms": _gap,
    "dispatch gap, p99: at least 40 times better than app_queue's": _gap_against,
    "answer path, median: at most 1.5 times app_queue's": lambda figures: _talk(figures, 1.5),
    "answer path, p99: not worse than app_queue's": _talk_tail,
    "answer path, median: not slower than app_queue's (beyond the target)": (
        lambda figures: _talk(figures, 1.0)
    ),
    "calls per second: at least 80 % of app_queue's": _rate,
    "CPU per call: the program's below Asterisk's": _cpu,
    "engine: an event costs at most 8 µs with ten waiting and ten agents": _event,
    "engine: cost per event grows at most logarithmically": _growth,
    "simulation: 500,000 calls in less than a minute of one core": _year,
    "simulation: ten times faster than ciw's model of the queue": (
        lambda figures: _simulated(figures, names.CIW)
    ),
    "simulation: ten times faster than simpy's model of the queue": (
        lambda figures: _simulated(figures, names.SIMPY)
    ),
    "simulation: ten times faster than simpy's model of the whole service": (
        lambda figures: _simulated_in_full(figures, names.SIMPY)
    ),
    "callback: promise committed within 10 ms of the key, p99": _promise,
}
