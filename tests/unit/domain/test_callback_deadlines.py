"""When owners are reminded and when somebody else gets a callback; when to phone again.

The department is open Monday to Friday from 7 to 18. A request of Monday at 9 is due on Wednesday
at 11, after 24 hours of open time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ivr.domain.callback import (
    Acknowledge,
    Attempt,
    AttemptResult,
    Callback,
    CallbackSource,
    Change,
    Close,
    CloseReason,
    Comment,
    Edit,
    Escalate,
    Reassign,
    Remind,
    Reopen,
)
from ivr.domain.callback_deadlines import (
    escalation,
    is_unheard,
    new_owner,
    owned_since,
    what_is_due,
    with_deadlines,
)
from ivr.domain.county import Caseworker, County
from ivr.domain.ids import E164, CallbackId, CaseworkerId, DepartmentId
from ivr.domain.next_step import NextStep, Step, next_step
from ivr.domain.opening import OpeningHours
from ivr.domain.responsibility import Absence
from ivr.domain.rules import CallbackRules, QueueRules
from tests.examples import BERLIN, JUGEND, UMWELT, always_open, county, working_days

OWNER, DEPUTY, HEAD = (CaseworkerId(name) for name in ("anna", "beke", "hinrich"))
IN_VAIN = Attempt(AttemptResult.NOT_REACHED)
REACHED = Attempt(AttemptResult.REACHED)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A day of November 2026; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


MONDAY, DUE = at(23, 9), at(25, 11)


def friesland(
    rules: CallbackRules | None = None,
    hours: OpeningHours | None = None,
    head: CaseworkerId | None = HEAD,
    deputy: CaseworkerId | None = DEPUTY,
) -> County:
    """The county, in which Anna has a deputy, and Umwelt a head."""
    whole = county(QueueRules(callbacks=rules or CallbackRules()), hours)
    umwelt = replace(
        whole.departments[UMWELT],
        caseworkers=(
            Caseworker(OWNER, "Anna", deputy=deputy),
            Caseworker(DEPUTY, "Beke"),
            Caseworker(HEAD, "Hinrich"),
        ),
        on_duty=(OWNER,),
        head=head,
    )
    return replace(whole, departments={**whole.departments, UMWELT: umwelt})


class Scene:
    """One callback and what happens to it, in order."""

    def __init__(self, place: County | None = None, requested: datetime = MONDAY) -> None:
        self.county = place or friesland()
        new = Callback(
            id=CallbackId("cb-1"),
            department=UMWELT,
            caseworker=OWNER,
            caller_number=E164("+494461123456"),
            source=CallbackSource.API,
            requested_at=requested,
            due_at=self.county.callback_due(UMWELT, requested),
        )
        self.versions = [with_deadlines(new, self.county)]

    @property
    def now(self) -> Callback:
        return self.versions[-1]

    def happens(self, change: Change, when: datetime) -> Scene:
        changed = self.now.after(change, by="anna", at=when)
        self.versions.append(with_deadlines(changed, self.county, before=self.now))
        return self

    def clock(self, when: datetime) -> Change | None:
        """Let the clock do what is due; return what that was."""
        change = what_is_due(self.now, self.county, when)
        if change is not None:
            self.happens(change, when)
        return change

    def step(self, when: datetime) -> NextStep | None:
        return next_step(self.now, self.county, when)

    def deadlines(self) -> tuple[datetime | None, datetime | None]:
        return self.now.remind_at, self.now.escalate_at


def taken(place: County | None = None) -> Scene:
    return Scene(place).happens(Acknowledge(), at(23, 10))


# -- reminders and escalation ----------------------------------------------------------------------


def test_the_owner_is_reminded_before_it_is_due_and_loses_it_then() -> None:
    scene = Scene()
    assert scene.now.due_at == DUE
    assert scene.deadlines() == (at(25, 7), DUE)


def test_from_the_owner_to_the_deputy_to_the_head_each_once() -> None:
    scene = Scene()
    assert scene.clock(at(25, 6, 59)) is None
    assert scene.clock(at(25, 7)) == Remind()
    assert scene.clock(at(25, 7)) is None
    assert scene.clock(DUE) == Escalate(DEPUTY)
    assert scene.deadlines() == (at(25, 15), at(26, 8))
    assert scene.clock(DUE) is None
    assert scene.clock(at(25, 15)) == Remind()
    assert scene.clock(at(26, 8)) == Escalate(HEAD)
    assert scene.deadlines() == (at(26, 12), None)
    assert scene.clock(at(26, 12)) == Remind()
    assert scene.clock(at(30, 18)) is None
    assert scene.now.is_open
    assert (scene.now.caseworker, scene.now.escalations, scene.now.due_at) == (HEAD, 2, DUE)


def test_what_was_slept_through_is_not_reminded_of_first() -> None:
    assert Scene().clock(DUE + timedelta(hours=1)) == Escalate(DEPUTY)


def test_no_reminder_where_none_is_wanted_or_it_would_come_at_once() -> None:
    never = CallbackRules(remind_before=timedelta(0))
    assert Scene(friesland(never)).deadlines() == (None, DUE)
    early = CallbackRules(remind_before=timedelta(hours=24))
    assert Scene(friesland(early)).deadlines() == (None, DUE)


def test_nobody_left_from_the_beginning() -> None:
    scene = Scene(friesland(head=None, deputy=None))
    assert scene.deadlines() == (at(25, 7), None)
    assert scene.clock(at(25, 7)) == Remind()
    assert scene.clock(at(27, 7)) is None


def test_nobody_left_when_it_comes_to_it() -> None:
    scene = Scene()
    scene.county = friesland(head=None, deputy=None)
    assert scene.clock(DUE) == Remind()
    assert scene.deadlines() == (None, None)
    assert scene.clock(DUE) is None


def test_a_reminder_that_comes_late_leaves_the_escalation_to_come() -> None:
    scene = Scene().happens(Remind(), DUE + timedelta(seconds=1))
    assert scene.deadlines() == (None, DUE)


@pytest.mark.parametrize("change", [Acknowledge(), Comment(), Edit(subject="Biotonne")])
def test_what_settles_nothing_moves_no_deadline(change: Change) -> None:
    scene = Scene().happens(change, at(23, 10))
    assert scene.deadlines() == (at(25, 7), DUE)


def test_a_closed_one_has_no_deadlines() -> None:
    scene = taken().happens(IN_VAIN, at(23, 11)).happens(Close(CloseReason.LETTER), at(23, 12))
    assert scene.deadlines() == (None, None)
    assert scene.now.next_try_at is None
    assert scene.clock(at(30, 12)) is None
    assert escalation(scene.now, scene.county, at(30, 12)) is None
    assert scene.step(at(30, 12)) is None


def test_what_was_closed_while_a_deadline_was_left_in_the_store_stays_closed() -> None:
    closed = replace(Scene().happens(Close(), at(23, 12)).now, escalate_at=DUE)
    assert what_is_due(closed, friesland(), DUE) is None


# -- who gets it anew ------------------------------------------------------------------------------


def test_whoever_is_given_it_has_until_it_is_due() -> None:
    scene = taken().happens(Reassign(UMWELT, DEPUTY), at(24, 12))
    assert (scene.now.due_at, scene.deadlines()) == (DUE, (at(25, 7), DUE))


def test_whoever_is_given_it_too_late_has_as_long_as_a_deputy() -> None:
    scene = Scene().happens(Reassign(UMWELT, DEPUTY), DUE)
    assert (scene.now.due_at, scene.deadlines()) == (DUE, (at(25, 15), at(26, 8)))
    assert scene.clock(at(26, 8)) == Escalate(HEAD)


def test_reopened_it_is_a_new_promise() -> None:
    scene = Scene().happens(Close(), at(23, 12)).happens(Reopen(), at(24, 9))
    assert scene.now.due_at == at(26, 11)
    assert scene.deadlines() == (at(26, 7), at(26, 11))
    assert scene.step(at(24, 9)) == NextStep(Step.CALL, at(24, 9))


def test_after_reassigning_everybody_may_lose_it_again() -> None:
    scene = Scene()
    assert scene.clock(DUE) == Escalate(DEPUTY)
    scene.happens(Reassign(UMWELT, OWNER), at(25, 12))
    assert scene.clock(at(26, 9)) == Escalate(DEPUTY)


def test_a_department_that_is_no_more_keeps_what_it_has_in_the_countys_hours() -> None:
    scene = Scene()
    del (departments := dict(scene.county.departments))[UMWELT]
    scene.county = replace(scene.county, departments=departments)
    assert scene.clock(DUE) == Remind()
    scene.happens(Reassign(JUGEND, CaseworkerId("jugend.1")), at(25, 12))
    assert scene.now.department == JUGEND


def test_whoever_is_given_it_may_keep_the_time_the_citizen_asked_for() -> None:
    friday = at(27, 12)
    scene = taken().happens(Attempt(AttemptResult.ANOTHER_TIME, friday), at(24, 9))
    scene.happens(Reassign(UMWELT, DEPUTY), at(25, 12))
    assert scene.deadlines() == (friday, at(27, 16))
    assert scene.step(at(25, 12)) == NextStep(Step.CALL, friday)


def test_reopened_it_waits_for_the_time_the_citizen_prefers() -> None:
    scene = Scene().happens(Edit(preferred_times=("fri 12:00-14:00",)), at(23, 10))
    scene.happens(Close(), at(23, 12)).happens(Reopen(), at(24, 9))
    assert (scene.now.due_at, scene.now.next_try_at) == (at(26, 11), at(27, 12))
    assert scene.deadlines() == (at(27, 12), at(27, 16))


def test_what_nobody_heard_of_is_not_the_head_s_before_it_is_due() -> None:
    scene = Scene().happens(Escalate(DEPUTY), at(23, 10))
    assert scene.deadlines() == (at(25, 7), DUE)
    assert scene.clock(DUE) == Escalate(HEAD)


# -- absences --------------------------------------------------------------------------------------


def without(place: County, *absences: tuple[CaseworkerId, int, int]) -> County:
    """``place`` while some are absent, from a day of November to another."""
    away = [Absence(who, at(first, 0).date(), at(last, 0).date()) for who, first, last in absences]
    umwelt = replace(place.departments[UMWELT], absences=tuple(away))
    return replace(place, departments={**place.departments, UMWELT: umwelt})


def test_who_is_absent_at_the_request_only_gets_it_when_it_is_due() -> None:
    scene = Scene(without(friesland(), (DEPUTY, 23, 24), (HEAD, 23, 24)))
    assert scene.deadlines() == (at(25, 7), DUE)
    assert scene.clock(DUE) == Escalate(DEPUTY)


def test_where_all_are_absent_it_waits_for_the_first_to_return() -> None:
    scene = Scene(without(friesland(), (DEPUTY, 23, 30), (HEAD, 25, 26)))
    assert scene.deadlines() == (at(25, 7), at(27, 7))
    assert scene.clock(at(25, 7)) == Remind()
    assert scene.clock(at(27, 6, 59)) is None
    assert scene.clock(at(27, 7)) == Escalate(HEAD)


def test_who_turns_out_to_be_absent_gets_it_later_and_the_owner_is_reminded() -> None:
    scene = Scene(friesland(deputy=None))
    scene.county = without(scene.county, (HEAD, 25, 25))
    assert scene.clock(DUE) == Remind()
    assert scene.deadlines() == (None, at(26, 7))
    assert scene.clock(DUE) is None
    assert scene.clock(at(26, 7)) == Escalate(HEAD)


def test_in_a_department_that_never_closes_they_return_at_midnight() -> None:
    place = friesland(hours=always_open(), deputy=None)
    assert Scene(without(place, (HEAD, 24, 26))).deadlines()[1] == at(27, 0)


def test_in_a_department_that_never_opens_they_return_at_midnight() -> None:
    place = friesland(hours=replace(always_open(), weekly={}), deputy=None)
    assert Scene(without(place, (HEAD, 24, 26))).deadlines()[1] == at(27, 0)


# -- attempts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("result", [AttemptResult.NOT_REACHED, AttemptResult.BUSY])
def test_after_an_attempt_in_vain_another_is_suggested(result: AttemptResult) -> None:
    scene = taken().happens(Attempt(result), at(23, 16))
    assert scene.now.next_try_at == at(24, 9)
    assert scene.step(at(23, 17)) == NextStep(Step.CALL, at(24, 9))
    assert scene.deadlines() == (at(25, 7), DUE)


def test_the_escalation_waits_for_the_next_try_and_the_grace() -> None:
    scene = taken().happens(IN_VAIN, at(25, 10))
    assert scene.now.next_try_at == at(25, 14)
    assert scene.deadlines() == (at(25, 14), at(25, 18))
    assert scene.clock(DUE) is None
    assert scene.clock(at(25, 14)) == Remind()
    assert scene.clock(at(25, 18)) == Escalate(DEPUTY)
    assert scene.now.next_try_at == at(25, 14)


def test_the_caseworkers_own_word_goes_before_the_suggestion() -> None:
    friday = at(27, 12)
    scene = taken().happens(Attempt(AttemptResult.ANOTHER_TIME, friday), at(24, 9))
    assert scene.step(at(24, 9)) == NextStep(Step.CALL, friday)
    assert scene.deadlines() == (friday, at(27, 16))
    assert scene.now.due_at == DUE


def test_who_asks_for_another_time_without_saying_which_is_phoned_later() -> None:
    scene = taken().happens(Attempt(AttemptResult.ANOTHER_TIME), at(23, 12))
    assert scene.now.next_try_at == at(23, 16)


def test_the_next_try_is_in_the_preferred_times() -> None:
    scene = taken().happens(Edit(preferred_times=("thu 14:00-16:00",)), at(23, 11))
    assert scene.step(at(23, 11)) == NextStep(Step.CALL, at(26, 14))
    scene.happens(IN_VAIN, at(23, 12))
    assert scene.step(at(23, 13)) == NextStep(Step.CALL, at(26, 14))


def test_a_try_outside_of_the_preferred_times_is_called_so() -> None:
    scene = taken().happens(Edit(preferred_times=("sat 09:00-12:00",)), at(23, 11))
    assert scene.step(at(23, 11)) == NextStep(Step.CALL, at(23, 11), as_preferred=False)
    scene.happens(Edit(preferred_times=("thu 14:00-16:00",)), at(23, 11))
    scene.happens(Attempt(AttemptResult.ANOTHER_TIME, at(25, 9)), at(23, 12))
    assert scene.step(at(23, 13)) == NextStep(Step.CALL, at(25, 9), as_preferred=False)


def test_after_so_many_in_vain_it_is_time_to_write() -> None:
    scene = taken()
    for hour in (11, 12, 13):
        assert scene.step(at(23, 11)) is not None
        scene.happens(IN_VAIN, at(23, hour))
    assert scene.now.next_try_at is None
    assert scene.step(at(23, 13)) == NextStep(Step.WRITE)
    assert scene.deadlines() == (at(25, 7), DUE)
    scene.happens(Attempt(AttemptResult.BUSY, at(24, 9)), at(23, 14))
    assert scene.step(at(23, 14)) == NextStep(Step.CALL, at(24, 9))


def test_at_a_wrong_number_nobody_is_phoned_again_but_at_a_right_one() -> None:
    scene = taken().happens(Attempt(AttemptResult.WRONG_NUMBER), at(23, 11))
    assert scene.step(at(23, 11)) == NextStep(Step.WRITE)
    scene.happens(Edit(caller_number=E164("+494461123457")), at(23, 12))
    assert scene.step(at(23, 12)) == NextStep(Step.CALL, at(23, 12))


def test_another_number_before_any_attempt_suggests_no_time() -> None:
    scene = Scene().happens(Edit(caller_number=E164("+494461123457")), at(23, 12))
    assert scene.now.next_try_at is None


def test_who_was_reached_asks_to_be_closed_and_is_not_forgotten() -> None:
    scene = taken().happens(REACHED, at(25, 10, 30))
    assert scene.step(at(25, 11)) == NextStep(Step.CLOSE)
    assert scene.deadlines() == (None, at(25, 14, 30))
    assert scene.clock(at(25, 14, 30)) == Escalate(DEPUTY)
    assert scene.step(at(25, 15)) == NextStep(Step.CLOSE)


def test_the_head_is_reminded_of_the_next_try_as_well() -> None:
    scene = Scene().happens(Reassign(UMWELT, HEAD), at(23, 10)).happens(Acknowledge(), at(23, 11))
    scene.happens(IN_VAIN, at(25, 10))
    assert scene.deadlines() == (at(25, 14), None)


# -- days that are unlike others -------------------------------------------------------------------


def test_a_holiday_is_no_service_time() -> None:
    def christmas(day: date) -> str | None:
        return "Christmas" if (day.month, day.day) == (12, 25) else None

    hours = replace(working_days(), closed_on=christmas)
    requested = datetime(2026, 12, 22, 7, tzinfo=BERLIN)  # a Tuesday
    scene = Scene(friesland(hours=hours), requested)
    assert scene.now.due_at == datetime(2026, 12, 24, 9, tzinfo=BERLIN)
    scene.happens(Acknowledge(), requested).happens(
        IN_VAIN, datetime(2026, 12, 24, 16, tzinfo=BERLIN)
    )
    # Two hours on the 24th, the 25th is closed, then the weekend: two hours on Monday.
    assert scene.now.next_try_at == datetime(2026, 12, 28, 9, tzinfo=BERLIN)
    assert scene.now.remind_at == datetime(2026, 12, 28, 9, tzinfo=BERLIN)
    assert scene.now.escalate_at == datetime(2026, 12, 28, 13, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("sunday", "due", "remind"),
    [
        # In March the night has an hour less, in October one more.
        (date(2027, 3, 28), "2027-03-28T02:30+00:00", "2027-03-27T22:30+00:00"),
        (date(2026, 10, 25), "2026-10-25T01:30+00:00", "2026-10-24T21:30+00:00"),
    ],
)
def test_on_the_day_clocks_change_hours_are_hours(sunday: date, due: str, remind: str) -> None:
    due_at = datetime.fromisoformat(due)
    requested = due_at - timedelta(hours=24)
    scene = Scene(friesland(hours=always_open()), requested)
    assert scene.now.due_at.astimezone(BERLIN).date() == sunday
    # In UTC: a time in the hour that comes twice equals none of another zone.
    assert [each and each.astimezone(UTC) for each in (scene.now.due_at, *scene.deadlines())] == [
        due_at,
        datetime.fromisoformat(remind),
        due_at,
    ]


# -- nobody heard of it ----------------------------------------------------------------------------


def test_it_is_unheard_after_so_much_open_time() -> None:
    scene = Scene(requested=at(23, 17, 30))
    assert not is_unheard(scene.now, scene.county, at(23, 17, 30), at(24, 7, 29))
    assert is_unheard(scene.now, scene.county, at(23, 17, 30), at(24, 7, 30))
    never = friesland(CallbackRules(undelivered_after=timedelta(0)))
    assert not is_unheard(scene.now, never, at(23, 17, 30), at(30, 7))


def test_it_is_owned_since_somebody_was_given_it() -> None:
    scene = taken()
    assert owned_since(scene.versions) == MONDAY
    scene.happens(Reassign(UMWELT, DEPUTY), at(23, 12)).happens(Acknowledge(), at(23, 13))
    assert owned_since(scene.versions) == at(23, 12)
    assert owned_since(scene.versions[1:2]) == at(23, 10)


def test_of_an_unknown_department_nobody_is_next() -> None:
    stray = replace(Scene().now, department=DepartmentId("gone"))
    assert escalation(stray, friesland(), DUE) is None


# -- its owner is not in the files any more --------------------------------------------------------


def test_whose_owner_is_gone_goes_to_who_is_responsible_now() -> None:
    scene = Scene()
    assert new_owner(scene.now, scene.county, DUE) is None
    gone = replace(scene.now, caseworker=CaseworkerId("focken"))
    assert new_owner(gone, scene.county, DUE) == Reassign(UMWELT, OWNER)
    on_leave = without(scene.county, (OWNER, 25, 25))
    assert new_owner(gone, on_leave, DUE) == Reassign(UMWELT, DEPUTY)


def test_whose_department_is_gone_goes_to_the_common_one() -> None:
    scene = Scene()
    jugend = scene.county.departments[JUGEND]
    merged = replace(scene.county, departments={JUGEND: jugend})
    assert new_owner(scene.now, merged, DUE) == Reassign(JUGEND, jugend.on_duty[0])


def test_what_is_closed_needs_no_owner() -> None:
    scene = Scene().happens(Close(CloseReason.WITHDRAWN), at(23, 10))
    gone = replace(scene.now, caseworker=CaseworkerId("focken"))
    assert new_owner(gone, scene.county, DUE) is None
