"""When the service counts as dead, and what is done then."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from ivr.application.stranded import Held, Line
from ivr.application.watching_over import Absence, WatchingOver, pulse_seconds
from ivr.domain.errors import Unavailable, UnexpectedMessage
from tests.examples import COMMON_NUMBER
from tests.fakes.callbacks import MONDAY

AFTER = timedelta(seconds=15)
FIRST = Line("first", MONDAY, COMMON_NUMBER)
SECOND = Line("second", MONDAY + timedelta(minutes=1), COMMON_NUMBER)
LEG = Line("leg", MONDAY)


def test_it_is_dead_after_the_time_and_only_then() -> None:
    absence = Absence(AFTER)

    looks = [absence.look(at, at, beats=False) for at in (100.0, 105.0, 110.0, 114.9, 115.0)]

    assert looks == [False, False, False, False, True]


def test_time_counts_from_the_beginning_of_the_first_look_without_an_answer() -> None:
    absence = Absence(AFTER)

    assert not absence.look(100.0, 102.0, beats=False)
    assert absence.look(109.0, 115.0, beats=False)


def test_an_answer_in_between_begins_the_time_anew() -> None:
    absence = Absence(AFTER)
    absence.look(100.0, 100.0, beats=False)
    absence.look(108.0, 108.0, beats=True)

    assert not absence.look(116.0, 116.0, beats=False)
    assert not absence.look(124.0, 124.0, beats=False)
    assert absence.look(131.0, 131.0, beats=False)


def test_who_was_frozen_as_well_knows_nothing_of_the_time_between() -> None:
    absence = Absence(AFTER)
    absence.look(100.0, 100.0, beats=False)

    assert not absence.look(160.0, 160.0, beats=False)
    assert not absence.look(168.0, 168.0, beats=False)
    assert absence.look(175.0, 175.0, beats=False)


def test_who_was_frozen_while_asking_has_no_answer() -> None:
    absence = Absence(AFTER)

    assert not absence.look(100.0, 160.0, beats=False)
    assert not absence.look(161.0, 166.0, beats=False)
    assert absence.look(170.0, 175.0, beats=False)


def test_what_is_done_after_a_look_is_no_gap() -> None:
    absence = Absence(AFTER)
    absence.look(100.0, 100.0, beats=False)
    absence.busy_until(114.0)

    assert absence.look(115.0, 115.0, beats=False)


@pytest.mark.parametrize(("after", "seconds"), [(1, 2), (3, 2), (9, 3), (15, 5), (600, 5)])
def test_a_slow_service_has_a_while_to_answer(after: int, seconds: float) -> None:
    assert pulse_seconds(timedelta(seconds=after)) == seconds


@dataclass
class Scene:
    """A service, Asterisk and a clock; all of them as the test wants."""

    beats_now: bool = False
    held_now: Held = field(default_factory=lambda: Held((SECOND, LEG, FIRST)))
    asterisk_away: bool = False
    stubborn: tuple[Line, ...] = ()
    """Asterisk neither moves nor ends these."""
    slow: tuple[Line, ...] = ()
    """Asterisk never answers about these; else it moves and ends at once."""
    back_after: int | None = None
    """The service is back after so many callers were moved."""
    pace_seconds: float = 0.0
    done: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def watching(self) -> WatchingOver:
        return WatchingOver(
            self, self, AFTER, monotonic=lambda: self.seconds, pace_seconds=self.pace_seconds
        )

    async def beats(self) -> bool:
        await asyncio.sleep(0)
        return self.beats_now

    async def held(self) -> Held:
        if self.asterisk_away:
            raise Unavailable("away")
        return self.held_now

    async def move(self, line: Line) -> None:
        if line in self.stubborn:
            raise UnexpectedMessage("Asterisk answers 500.")
        if line in self.slow:
            await asyncio.get_running_loop().create_future()
        self.done.append(f"move {line.channel}")
        if len(self.done) == self.back_after:
            self.beats_now = True

    async def end(self, line: Line) -> None:
        if line in self.stubborn:
            raise UnexpectedMessage("Asterisk answers 500.")
        self.done.append(f"end {line.channel}")


async def looked(scene: Scene, watching: WatchingOver, *seconds: float) -> None:
    for at in seconds:
        scene.seconds = at
        await watching.look()


async def test_nothing_is_done_while_it_answers() -> None:
    scene = Scene(beats_now=True)

    await looked(scene, scene.watching(), 0, 9, 18, 27)

    assert scene.done == []


async def test_nothing_is_done_before_the_time() -> None:
    scene = Scene()

    await looked(scene, scene.watching(), 0, 9, 14)

    assert scene.done == []


async def test_callers_first_then_the_rest() -> None:
    scene = Scene()

    await looked(scene, scene.watching(), 0, 9, 15)

    assert scene.done == ["move first", "move second", "end leg"]


async def test_who_comes_into_a_frozen_service_later_is_moved_as_well() -> None:
    scene = Scene(held_now=Held())
    watching = scene.watching()
    await looked(scene, watching, 0, 9, 15)
    scene.held_now = Held((FIRST,))

    await looked(scene, watching, 16)

    assert scene.done == ["move first"]


async def test_it_stops_as_soon_as_the_service_is_back() -> None:
    scene = Scene(back_after=1, pace_seconds=0.5)  # longer than until it is asked again

    await looked(scene, scene.watching(), 0, 9, 15)

    assert scene.done == ["move first"]


async def test_asterisk_away_is_said_once_and_tried_again() -> None:
    scene = Scene(asterisk_away=True)
    watching = scene.watching()
    with capture_logs() as logs:
        await looked(scene, watching, 0, 9, 15, 16)
    scene.asterisk_away = False
    await looked(scene, watching, 17)

    assert [line["event"] for line in logs] == ["ivr_is_silent", "asterisk_away", "ivr_is_dead"]
    assert scene.done == ["move first", "move second", "end leg"]


async def test_a_line_that_can_t_be_freed_keeps_nobody_waiting_and_is_tried_again() -> None:
    other_leg = Line("other leg", MONDAY)
    scene = Scene(held_now=Held((FIRST, SECOND, LEG, other_leg)), stubborn=(FIRST, LEG))
    watching = scene.watching()
    with capture_logs() as logs:
        await looked(scene, watching, 0, 9, 15)
        assert scene.done == ["move second", "end other leg"]
        scene.held_now = Held((FIRST, LEG))
        await looked(scene, watching, 16)
    scene.stubborn = ()
    await looked(scene, watching, 17)

    refused = [line["channel"] for line in logs if line["event"] == "line_not_freed"]
    assert refused == ["first", "leg"]
    assert scene.done[2:] == ["move first", "end leg"]


async def test_a_line_about_which_asterisk_is_slow_keeps_nobody_waiting() -> None:
    scene = Scene(slow=(FIRST,))
    watching = scene.watching()
    await looked(scene, watching, 0, 9)
    scene.seconds = 15
    looking = asyncio.create_task(watching.look())
    async with asyncio.timeout(5):
        while len(scene.done) < 2:  # noqa: ASYNC110 - the scene has no events
            await asyncio.sleep(0)
    assert scene.done == ["move second", "end leg"]
    assert not looking.done()
    looking.cancel()
    await asyncio.wait({looking})


async def test_what_happens_is_said_once() -> None:
    scene = Scene(held_now=Held())
    watching = scene.watching()
    with capture_logs() as logs:
        await looked(scene, watching, 0, 9, 15, 16, 17)
        scene.beats_now = True
        await looked(scene, watching, 18, 19)

    assert [line["event"] for line in logs] == ["ivr_is_silent", "ivr_is_dead", "ivr_answers"]
