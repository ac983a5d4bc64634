"""What people write about callbacks is checked against the county, and may not be endless."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.application.callbacks import Callbacks
from ivr.application.county_checks import FARTHEST_TRY
from ivr.application.texts import (
    LONGEST_ANSWER,
    LONGEST_COMMENT,
    LONGEST_REFERENCE,
    MOST_ANSWERS,
    MOST_PREFERRED_TIMES,
)
from ivr.domain.callback import (
    Acknowledge,
    Attempt,
    AttemptResult,
    Callback,
    Change,
    Comment,
    Edit,
    Reassign,
)
from ivr.domain.county import County, Topic
from ivr.domain.errors import Refused
from ivr.domain.ids import E164, CaseworkerId, DepartmentId, TopicId
from ivr.domain.responsibility import Absence
from tests.examples import JUGEND, UMWELT, county
from tests.fakes.callbacks import a_callback
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore

WASTE = TopicId("waste")
NOW = FakeClock().now()


def with_topics() -> County:
    whole = county()
    umwelt = replace(whole.departments[UMWELT], topics=(Topic(WASTE, "Abfall"),))
    return replace(whole, departments={**whole.departments, UMWELT: umwelt})


@pytest.fixture
async def callbacks() -> Callbacks:
    """The use cases, with one callback that was taken."""
    callbacks = Callbacks(FakeStore(), with_topics, FakeClock(), lambda: None)
    await callbacks.request(a_callback())
    await callbacks.change(a_callback().id, Acknowledge(), by="janssen")
    return callbacks


async def change(callbacks: Callbacks, change: Change, comment: str = "") -> Callback:
    return await callbacks.change(a_callback().id, change, by="janssen", comment=comment)


@pytest.mark.parametrize(
    ("wanted", "code", "said"),
    [
        (Reassign(DepartmentId("dogs"), CaseworkerId("x")), "department_not_found", "jugend"),
        (Reassign(JUGEND, CaseworkerId("umwelt.1")), "caseworker_not_found", "jugend.1, jugend.2"),
        (Attempt(next_try_at=NOW - timedelta(seconds=1)), "next_try_not_allowed", "92 days"),
        (
            Attempt(next_try_at=NOW + FARTHEST_TRY + timedelta(seconds=1)),
            "next_try_not_allowed",
            "92 days",
        ),
        (Edit(caller_number=E164("110")), "number_invalid", "no telephone number"),
        (Edit(caller_number=E164("+499001234567")), "number_not_allowed", "costs more"),
        (Edit(topic=TopicId("dogs")), "topic_not_found", "waste"),
        (Edit(preferred_times=("mornings",)), "preferred_times_malformed", "mon-fri"),
        (
            Edit(
                preferred_times=tuple(f"mon {hour}-24" for hour in range(MOST_PREFERRED_TIMES + 1))
            ),
            "too_many_texts",
            "at most 10",
        ),
        (Edit(reference="x" * (LONGEST_REFERENCE + 1)), "text_too_long", "at most 100"),
        (Edit(answers=("x",) * (MOST_ANSWERS + 1)), "too_many_texts", "at most 20"),
        (Edit(answers=("x" * (LONGEST_ANSWER + 1),)), "text_too_long", "at most 500"),
        (Edit(subject="\x00"), "text_not_allowed", "subject"),
        (Comment(), "comment_missing", "words"),
    ],
)
async def test_what_does_not_exist_is_refused_and_what_there_is_is_named(
    callbacks: Callbacks, wanted: Change, code: str, said: str
) -> None:
    before = await callbacks.get(a_callback().id)
    with pytest.raises(Refused, match=said) as refusal:
        await change(callbacks, wanted)
    assert refusal.value.code == code
    assert await callbacks.get(a_callback().id) == before


@pytest.mark.parametrize(
    ("deputy", "away", "said"),
    [
        ("umwelt.1", ["umwelt.2"], "The deputy is there: umwelt.1."),
        ("umwelt.1", ["umwelt.1", "umwelt.2"], "no deputy is there"),
        (None, ["umwelt.2"], "no deputy is there"),
    ],
)
async def test_nobody_is_given_a_callback_while_absent(
    deputy: CaseworkerId | None, away: list[CaseworkerId], said: str
) -> None:
    today = NOW.date()
    whole = with_topics()
    first, second = whole.departments[UMWELT].caseworkers
    umwelt = replace(
        whole.departments[UMWELT],
        caseworkers=(first, replace(second, deputy=deputy)),
        absences=tuple(Absence(who, today, today) for who in away),
    )
    clock = FakeClock()
    departments = {**whole.departments, UMWELT: umwelt}
    callbacks = Callbacks(
        FakeStore(), lambda: replace(whole, departments=departments), clock, lambda: None
    )
    await callbacks.request(a_callback())
    with pytest.raises(Refused, match=said) as refusal:
        await change(callbacks, Reassign(UMWELT, second.id))
    assert refusal.value.code == "caseworker_absent"
    # Where nobody is there the plan's last resort gets it.
    assert (await change(callbacks, Reassign(UMWELT, first.id))).caseworker == first.id
    clock.advance(timedelta(days=1))
    back = await change(callbacks, Reassign(UMWELT, second.id))
    assert back.caseworker == second.id


async def test_numbers_and_times_are_kept_in_one_writing(callbacks: Callbacks) -> None:
    edit = Edit(
        caller_number=E164("04461 / 12 34 57"), topic=WASTE, preferred_times=("Di 9-12", "tue 9-12")
    )
    edited = await change(callbacks, edit)
    assert edited.caller_number == "+494461123457"
    assert edited.preferred_times == ("tue 09:00-12:00",)
    assert edited.topic == WASTE
    assert (await change(callbacks, Edit(topic=TopicId("")))).topic is None


async def test_a_comment_is_kept_with_its_change(callbacks: Callbacks) -> None:
    said = await change(callbacks, Comment(), comment="Ruft selbst an.")
    assert said.comment == "Ruft selbst an."
    assert (await change(callbacks, Attempt(AttemptResult.BUSY))).comment == ""
    with pytest.raises(Refused) as refusal:
        await change(callbacks, Comment(), comment="x" * (LONGEST_COMMENT + 1))
    assert refusal.value.code == "text_too_long"


async def test_somebody_of_another_department_gets_it(callbacks: Callbacks) -> None:
    await change(callbacks, Edit(topic=WASTE))
    moved = await change(callbacks, Reassign(JUGEND, CaseworkerId("jugend.2")))
    assert (moved.department, moved.caseworker, moved.topic) == (JUGEND, "jugend.2", None)


async def test_the_own_word_for_the_next_try_counts(callbacks: Callbacks) -> None:
    for when in (NOW, NOW + FARTHEST_TRY):
        tried = await change(callbacks, Attempt(AttemptResult.ANOTHER_TIME, when))
        assert tried.next_try_at == when


@pytest.mark.parametrize("language", ["de", "nds", ""])
async def test_a_language_is_a_code(callbacks: Callbacks, language: str) -> None:
    assert await callbacks.request(replace(a_callback("cb-2"), language=language))


@pytest.mark.parametrize("language", ["German", "d", "DE", "de\n"])
async def test_a_language_that_is_none_is_refused(callbacks: Callbacks, language: str) -> None:
    with pytest.raises(Refused) as refusal:
        await callbacks.request(replace(a_callback("cb-2"), language=language))
    assert refusal.value.code == "language_not_allowed"
