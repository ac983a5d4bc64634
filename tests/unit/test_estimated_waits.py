"""The estimated wait in simulation: small, quick, and far from wrong."""

from __future__ import annotations

from pathlib import Path

from benchmarks.estimate import Scene, accuracy, estimates
from benchmarks.estimated_waits import by_minute, draw

BUSY = Scene("busy", lambda _at: 1.0, agents=4)


def test_callers_are_told_about_what_they_wait() -> None:
    [busy] = estimates([BUSY], hours=1)
    assert busy.announcements > 20
    assert busy.silent < 0.3  # only until a few talks are over
    assert abs(busy.bias) < busy.mean_wait / 3
    assert busy.error < busy.mean_wait


def test_the_picture_shows_what_remained_of_each_announced_minute(tmp_path: Path) -> None:
    told = [(90.0, 60.0 * wait) for wait in range(100)] + [(None, 5.0), (400.0, 400.0)]

    assert list(by_minute(told)) == [(1.5, 10, 50, 90)]
    draw({"busy": told}, tmp_path / "new" / "picture.svg")
    assert "busy" in (tmp_path / "new" / "picture.svg").read_text()


def test_the_same_seed_gives_the_same_figures() -> None:
    assert estimates([BUSY], hours=0.2) == estimates([BUSY], hours=0.2)
    assert estimates([BUSY], hours=0.2) != estimates([BUSY], hours=0.2, seed=2)


def test_the_figures_compare_what_was_told_with_what_remained() -> None:
    it = accuracy("two", [(None, 50.0), (100.0, 80.0), (100.0, 200.0), (None, 10.0)])
    assert (it.announcements, it.silent, it.bias, it.error) == (4, 0.5, -40, 60)
    assert (it.within_a_minute, it.within_a_quarter, it.mean_wait) == (0.5, 0.5, 140)
