"""Announcements: sound, commit, then the engine; and everything as it was where one fails."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from ivr.application import bulk_announcements
from ivr.application.bulk_announcements import AnnouncementWish, BulkAnnouncements, Recording
from ivr.domain.announcement import Announcement
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.events import AnnouncementMade, AnnouncementWithdrawn, Event
from ivr.domain.ids import AnnouncementId, DepartmentId
from tests.examples import JUGEND, UMWELT, county
from tests.fakes.announcement_sounds import FakeSounds
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore

FLOOD = AnnouncementWish("Sturmflut: Die Deiche sind gesperrt.", None, (), "cordes")
MONDAY_EVENING = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


class Lab:
    def __init__(self, before: Lab | None = None) -> None:
        self.store: FakeStore = before.store if before else FakeStore()
        self.sounds: FakeSounds = before.sounds if before else FakeSounds()
        self.clock: FakeClock = before.clock if before else FakeClock()
        self.told: list[Event] = []
        self.announcements = BulkAnnouncements(
            self.store, self.sounds, self.told.append, self.clock, county
        )

    async def stored(self) -> list[Announcement]:
        async with self.store.transaction() as transaction:
            return await transaction.announcements()

    def later(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))


async def refusal(lab: Lab, wish: AnnouncementWish) -> str:
    with pytest.raises(Refused) as refused:
        await lab.announcements.make(wish)
    await lab.announcements.look()
    assert (lab.told, lab.announcements.active(), await lab.stored()) == ([], (), [])
    assert lab.sounds.made == {}
    return refused.value.code


async def test_an_announcement_is_heard_until_the_service_closes() -> None:
    lab = Lab()
    made = await lab.announcements.make(FLOOD)
    assert made == Announcement(
        id=AnnouncementId("261123-090000"),
        prompt="announcement-261123-090000",
        made_at=lab.clock.now(),
        until=MONDAY_EVENING,
        departments=None,
        text="Sturmflut: Die Deiche sind gesperrt.",
        made_by="cordes",
    )
    assert lab.sounds.made == {("de", made.prompt): made.text}
    assert await lab.stored() == [made]
    assert lab.told == [AnnouncementMade(made)]
    assert lab.announcements.active() == (made,)


async def test_a_recording_for_some_departments_until_a_time() -> None:
    lab = Lab()
    said = Recording(b"RIFF and more", "wav")
    made = await lab.announcements.make(AnnouncementWish(said, "12:00", [UMWELT, JUGEND], "c"))
    assert (made.text, made.departments) == ("", frozenset({UMWELT, JUGEND}))
    assert made.until == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    assert lab.sounds.made["de", made.prompt] == said.content


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"until": "soon"}, "until_not_understood"),
        ({"until": "2026-11-23 08:59"}, "until_over"),
        ({"departments": [DepartmentId("hafen")]}, "department_not_found"),
        ({"said": "x" * 1001}, "text_too_long"),
        ({"said": "x" * 451}, "announcement_too_long"),
        ({"said": "…"}, "text_unspeakable"),
        ({"said": Recording(b"noise", "wav")}, "recording_unusable"),
    ],
)
async def test_what_is_refused_changes_nothing(change: dict[str, object], code: str) -> None:
    assert await refusal(Lab(), replace(FLOOD, **change)) == code  # type: ignore[arg-type]  # a table of fields


async def test_after_hours_an_end_has_to_be_said() -> None:
    lab = Lab()
    lab.later(hours=10)
    assert await refusal(lab, FLOOD) == "until_missing"


async def test_a_full_disk_changes_nothing() -> None:
    lab = Lab()
    lab.sounds.full = True
    with pytest.raises(Unavailable, match="No space left"):
        await lab.announcements.make(FLOOD)
    assert (lab.told, await lab.stored()) == ([], [])


async def test_a_store_that_is_away_changes_nothing() -> None:
    lab = Lab()
    lab.store.full = True
    with pytest.raises(Unavailable):
        await lab.announcements.make(FLOOD)
    await lab.announcements.look()
    assert (lab.told, lab.sounds.made) == ([], {})


async def test_two_in_one_second_do_not_share_a_sound() -> None:
    lab = Lab()
    first = await lab.announcements.make(FLOOD)
    with pytest.raises(Refused) as refused:
        await lab.announcements.make(replace(FLOOD, said="Etwas anderes."))
    assert refused.value.code == "announcement_exists"
    assert lab.sounds.made == {("de", first.prompt): first.text}


async def test_an_id_of_an_earlier_run_is_not_used_again() -> None:
    before = Lab()
    made = await before.announcements.make(FLOOD)
    await before.announcements.end(made.id, "cordes")
    with pytest.raises(Refused) as refused:
        await Lab(before).announcements.make(FLOOD)
    assert refused.value.code == "announcement_exists"


async def test_it_is_withdrawn_and_its_sound_stays_for_those_who_hear_it() -> None:
    lab = Lab()
    made = await lab.announcements.make(FLOOD)
    assert await lab.announcements.end(made.id, "onken") == made
    assert (lab.announcements.active(), await lab.stored()) == ((), [])
    assert lab.told[-1] == AnnouncementWithdrawn(made.id)
    await lab.announcements.look()
    assert lab.sounds.names() == {made.prompt}
    lab.later(minutes=1)
    await lab.announcements.look()
    assert lab.sounds.names() == set()


async def test_what_is_not_there_can_t_be_withdrawn() -> None:
    lab = Lab()
    made = await lab.announcements.make(FLOOD)
    await lab.announcements.end(made.id, "onken")
    for name in (made.id, AnnouncementId("unknown")):
        with pytest.raises(Refused) as refused:
            await lab.announcements.end(name, "onken")
        assert refused.value.code == "announcement_not_found"


async def test_it_goes_on_when_it_can_t_be_withdrawn() -> None:
    lab = Lab()
    made = await lab.announcements.make(FLOOD)
    lab.store.down = True
    with pytest.raises(Unavailable):
        await lab.announcements.end(made.id, "onken")
    assert lab.announcements.active() == (made,)


async def test_it_ends_by_itself() -> None:
    lab = Lab()
    made = await lab.announcements.make(replace(FLOOD, until="09:30"))
    lab.later(minutes=30)
    assert lab.announcements.active() == ()
    await lab.announcements.look()
    assert (lab.told[-1], await lab.stored()) == (AnnouncementWithdrawn(made.id), [])


async def test_the_next_run_goes_on_with_what_is_not_over() -> None:
    before = Lab()
    short = await before.announcements.make(replace(FLOOD, until="09:30"))
    before.later(seconds=1)
    long = await before.announcements.make(FLOOD)
    before.sounds.made["de", "announcement-of-nobody"] = "left by a crash"
    before.later(minutes=45)
    after = Lab(before)
    await after.announcements.restore_if_possible()
    assert after.told == [AnnouncementMade(short), AnnouncementMade(long)]
    await after.announcements.look()
    assert after.told[2:] == [AnnouncementWithdrawn(short.id)]
    assert after.sounds.names() == {short.prompt, long.prompt}
    assert await after.stored() == [long]


async def test_the_next_run_goes_on_when_the_store_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bulk_announcements, "_LOOK_SECONDS", 0.01)
    before = Lab()
    made = await before.announcements.make(FLOOD)
    after = Lab(before)
    after.store.down = True
    await after.announcements.restore_if_possible()
    with capture_logs() as lines:
        task = asyncio.create_task(after.announcements.run(), name="announcements")
        async with asyncio.timeout(5):
            while not lines:  # noqa: ASYNC110 - the log has no events
                await asyncio.sleep(0.01)
            assert after.sounds.names() == {made.prompt}
            after.store.down = False
            while not after.told:  # noqa: ASYNC110 - a list has no events
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert after.told == [AnnouncementMade(made)]
    assert [line["event"] for line in lines][:2] == [
        "announcements_held_up",
        "announcements_kept_again",
    ]


async def test_ends_are_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_announcements, "_LOOK_SECONDS", 0.01)
    lab = Lab()
    made = await lab.announcements.make(replace(FLOOD, until="09:30"))
    lab.store.down = True
    lab.later(minutes=30)
    with capture_logs() as lines:
        task = asyncio.create_task(lab.announcements.run(), name="announcements")
        async with asyncio.timeout(5):
            while not lines:  # noqa: ASYNC110 - the log has no events
                await asyncio.sleep(0.01)
            lab.store.down = False
            while len(lab.told) < 2:  # noqa: ASYNC110 - a list has no events
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert lines[0]["event"] == "announcements_held_up"
    assert lab.told[-1] == AnnouncementWithdrawn(made.id)
