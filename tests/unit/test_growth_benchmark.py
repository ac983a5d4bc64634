"""Ever more callers: one crowd that comes to nothing costs no other its figures."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from benchmarks import growth, names
from benchmarks.figures import Figure, NotMeasured
from benchmarks.growth import Music
from benchmarks.laboratory import Laboratory, Side
from benchmarks.names import APP_QUEUE, IVR, Crowd
from benchmarks.progress import Progress

SIDES = [SimpleNamespace(name=name) for name in names.SIDES]
LABORATORY = cast("Laboratory", SimpleNamespace(sides=SIDES))
"""Nobody is there: what would be measured is made up."""


def gap(side: str, crowd: Crowd) -> Figure:
    return Figure(names.gap_with_waiting(side, crowd), [float(crowd.callers)])


async def test_a_crowd_nobody_could_serve_leaves_the_others_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def measured(_: Laboratory, side: Side, crowd: Crowd, music: Music) -> list[Figure]:
        del music
        if (side.name, crowd) == (IVR, Crowd(100)):
            raise TimeoutError("of 104 callers 90 were answered")
        return [gap(side.name, crowd)]

    monkeypatch.setattr(growth, "_measured", measured)
    found = await growth.growth(LABORATORY, Progress(), [Crowd(10), Crowd(100)])
    missing = names.gap_with_waiting(IVR, Crowd(100))
    assert found == [
        gap(IVR, Crowd(10)),
        gap(APP_QUEUE, Crowd(10)),
        NotMeasured(missing, "of 104 callers 90 were answered"),
        gap(APP_QUEUE, Crowd(100)),
    ]


async def test_where_the_machine_is_too_small_for_music_there_is_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def measured(_: Laboratory, side: Side, crowd: Crowd, music: Music) -> list[Figure]:
        music.took(crowd, 1e6)
        return [gap(side.name, crowd)]

    monkeypatch.setattr(growth, "_measured", measured)
    silent = Crowd(100, music=False)
    found = await growth.growth(LABORATORY, Progress(), [Crowd(10), Crowd(100), silent])
    assert [each.name for each in found if isinstance(each, NotMeasured) and not each.failed] == [
        names.gap_with_waiting(IVR, Crowd(100)),
        names.gap_with_waiting(APP_QUEUE, Crowd(100)),
    ]
    assert found[-2:] == [gap(IVR, silent), gap(APP_QUEUE, silent)]


def test_music_for_more_than_the_machine_bears_is_too_much() -> None:
    music = Music(cores=2)
    assert music.too_much(Crowd(1000)) == ""
    music.took(Crowd(500), 115.0)
    assert music.too_much(Crowd(800)) == ""
    assert "for 1000 it would take 230 %, and this machine has 200 %" in music.too_much(Crowd(1000))
    assert music.too_much(Crowd(1000, music=False)) == ""
    music.took(Crowd(1000, music=False), 10.0)
    assert music.too_much(Crowd(1000)) != ""
