"""Changed files come into force, or nothing changes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from ivr.application.differences import Difference, differences
from ivr.domain.county import AgentProfile, Caseworker, County, Topic
from ivr.domain.errors import ConfigError, Problem, Unavailable
from ivr.domain.ids import AgentId, CaseworkerId, TopicId
from ivr.domain.opening import END_OF_DAY, Span
from ivr.domain.responsibility import Absence, Duty
from ivr.domain.rules import CallbackRules, QueueRules, SpokenMessages
from tests.examples import ALL_ROUND, GERMAN, JUGEND, ONLY_UMWELT, UMWELT, county, working_days
from tests.service_lab import ServiceLab, running_service

NEW = AgentId("1009")
SOME_MONDAY = date(2026, 11, 23)


def _with_a_new_agent(before: County) -> County:
    new = AgentProfile(NEW, "Neu", {JUGEND: 1}, GERMAN)
    return replace(before, agents={**before.agents, NEW: new})


async def test_the_engine_and_asterisk_go_on_with_the_new_files() -> None:
    async with running_service() as lab:
        lab.site.county = _with_a_new_agent(lab.desk.county)
        lab.site.wanted = {"pjsip.conf": b"new"}

        change = await lab.parts.applying.apply()

        assert [each.what for each in change.differences] == [f"agents[{NEW}]"]
        assert lab.desk.agent(NEW).name == "Neu"
        assert lab.site.content == {"pjsip.conf": b"new"}
        assert lab.switch.reloaded == ["reads pjsip.conf"]
        assert lab.switch.told_phones == 1
        assert lab.applied == [lab.site.county]


async def test_a_look_changes_nothing() -> None:
    async with running_service() as lab:
        lab.site.county = _with_a_new_agent(lab.desk.county)
        lab.site.wanted = {"pjsip.conf": b"new"}

        change = await lab.parts.applying.look()

        assert [file.name for file in change.plan.files] == ["pjsip.conf"]
        assert lab.site.content == {"pjsip.conf": b"old"}
        assert NEW not in lab.desk.county.agents


async def test_wrong_files_change_nothing() -> None:
    async with running_service() as lab:
        lab.site.wanted = {"pjsip.conf": b"new"}
        lab.site.problems = (Problem("queue.toml", "ring_time", "0", "is out of range", "5 to 9"),)

        with pytest.raises(ConfigError):
            await lab.parts.applying.apply()

        assert lab.site.content == {"pjsip.conf": b"old"}
        assert lab.switch.reloaded == []
        assert lab.applied == []


@pytest.mark.parametrize("disk_full", [True, False])
async def test_what_the_disk_or_asterisk_refuses_is_taken_back(*, disk_full: bool) -> None:
    async with running_service() as lab:
        lab.site.county = _with_a_new_agent(lab.desk.county)
        lab.site.wanted = {"pjsip.conf": b"new"}
        lab.site.disk_full = disk_full
        lab.switch.refuses = "reads pjsip.conf"

        with pytest.raises(Unavailable):
            await lab.parts.applying.apply()

        assert lab.site.content == {"pjsip.conf": b"old"}
        assert NEW not in lab.desk.county.agents


async def test_asterisk_reads_the_old_files_again_where_it_refused_one_of_the_new() -> None:
    async with running_service() as lab:
        lab.site.content = {"pjsip.conf": b"old", "queues.conf": b"old"}
        lab.site.wanted = {"pjsip.conf": b"new", "queues.conf": b"new"}
        lab.switch.refuses = "reads queues.conf"

        with pytest.raises(Unavailable):
            await lab.parts.applying.apply()

        assert lab.switch.reloaded == ["reads pjsip.conf", "reads pjsip.conf"]


async def test_two_changes_at_once_come_one_after_the_other() -> None:
    async with running_service() as lab:
        lab.site.wanted = {"pjsip.conf": b"new"}

        first, second = await asyncio.gather(_apply(lab), _apply(lab))

        assert (first, second) == (["pjsip.conf"], [])


async def _apply(lab: ServiceLab) -> list[str]:
    return [file.name for file in (await lab.parts.applying.apply()).plan.files]


def test_differences_are_told_in_the_admin_s_terms() -> None:
    before = county(QueueRules(ring_time=timedelta(seconds=20)))
    after = replace(
        county(QueueRules(ring_time=timedelta(seconds=25))),
        agents={
            ALL_ROUND: replace(before.agents[ALL_ROUND], skills={JUGEND: 2}),
            ONLY_UMWELT: before.agents[ONLY_UMWELT],
        },
    )

    found = differences(before, after, SOME_MONDAY)

    assert Difference("queue.ring_time", "20 s", "25 s") in found
    assert Difference(f"agents[{ALL_ROUND}].skills[jugend]", "1", "2") in found
    assert Difference("agents[1003]", "Christa", "") in found


def test_hours_and_closed_days_are_compared_by_what_they_mean() -> None:
    def storm(day: date) -> str | None:
        return "Sturmflut" if day == date(2026, 11, 25) else None

    hours = working_days()
    after = replace(
        hours, weekly={**hours.weekly, 4: (), 5: (Span(time(8), END_OF_DAY),)}, closed_on=storm
    )

    found = differences(county(), county(hours=after), SOME_MONDAY)

    assert found == (
        Difference("hours.week.friday", "07:00-18:00", ""),
        Difference("hours.week.saturday", "", "08:00-24:00"),
        Difference("hours.closed[2026-11-25]", "", "Sturmflut"),
    )


def test_nothing_differs_from_itself() -> None:
    assert differences(county(), county(), SOME_MONDAY) == ()


def test_what_is_switched_on_is_told_by_its_values() -> None:
    before = county(QueueRules())
    jugend = replace(before.departments[JUGEND], hours=working_days())
    on = QueueRules(supervision=True, spoken_messages=SpokenMessages(timedelta(seconds=60)))
    after = replace(before, rules=on, departments={**before.departments, JUGEND: jugend})
    found = differences(before, after, SOME_MONDAY)
    assert Difference("queue.supervision", "false", "true") in found
    assert Difference("queue.spoken_messages.longest", "", "60 s") in found
    assert Difference(f"departments[{JUGEND}].hours.week.friday", "", "07:00-18:00") in found
    assert {(each.before, each.after) for each in differences(after, before, SOME_MONDAY)} == {
        (each.after, each.before) for each in found
    }


def test_who_phones_back_is_told_person_by_person_and_entry_by_entry() -> None:
    before = county()
    umwelt = before.departments[UMWELT]
    first, second = umwelt.caseworkers
    third = Caseworker(CaseworkerId("umwelt.3"), "Umwelt Drei")
    after = replace(
        umwelt,
        caseworkers=(replace(first, mail="eins@landkreis.example", deputy=second.id), third),
        topics=(Topic(TopicId("wells"), "Brunnen"),),
        head=third.id,
        duties=(
            Duty(
                {first.id: 2, third.id: 1},
                frozenset({TopicId("wells")}),
                {0: (Span(time(8), time(12)),), 1: ()},
            ),
            Duty({third.id: 1}),
        ),
        absences=(Absence(first.id, date(2026, 12, 21), date(2027, 1, 1)),),
    )
    rules = CallbackRules(within=timedelta(hours=8))
    changed = replace(
        county(QueueRules(callbacks=rules)), departments={**before.departments, UMWELT: after}
    )
    place = "departments[umwelt]"
    assert differences(before, changed, SOME_MONDAY) == (
        Difference(f"{place}.caseworkers[umwelt.1].mail", "", "eins@landkreis.example"),
        Difference(f"{place}.caseworkers[umwelt.1].deputy", "", "umwelt.2"),
        Difference(f"{place}.caseworkers[umwelt.2]", "Umwelt Zwei", ""),
        Difference(f"{place}.caseworkers[umwelt.3]", "", "Umwelt Drei"),
        Difference(f"{place}.head", "", "umwelt.3"),
        Difference(f"{place}.topics[wells]", "", "Brunnen"),
        Difference(
            f"{place}.duties",
            "",
            "wells | monday 08:00-12:00 | umwelt.1: 2, umwelt.3: 1; umwelt.3: 1",
        ),
        Difference(f"{place}.absences", "", "umwelt.1 2026-12-21 - 2027-01-01"),
        Difference("callbacks.within", "86400 s", "28800 s"),
    )
