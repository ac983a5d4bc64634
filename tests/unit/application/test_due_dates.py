"""The clock of the promises: what is due is done once, by whoever comes first, and caught up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from ivr.application import due_dates as module
from ivr.application.backoff import Backoff
from ivr.application.callbacks import Callbacks
from ivr.application.due_dates import DueDates
from ivr.domain.callback import SYSTEM, Acknowledge, Callback, CallbackEvent, Close, Reopen
from ivr.domain.county import Caseworker, County, Department
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import CallbackId, CaseworkerId, DepartmentId, TopicId
from ivr.domain.responsibility import Duty
from ivr.domain.rules import CallbackRules, QueueRules
from tests.examples import JUGEND, UMWELT, county
from tests.fakes.callbacks import a_callback
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.tasks import meanwhile

OWNER, DEPUTY, HEAD = (CaseworkerId(name) for name in ("janssen", "meyer", "hinrichs"))
GONE = CaseworkerId("focken")
"""Not in the files any more."""
ID = CallbackId("cb-1")
REMIND_AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
DUE = datetime(2026, 11, 25, 8, tzinfo=UTC)
"""Of the example: Wednesday at 9; four hours of open time before it is Tuesday at 16."""


def friesland(rules: CallbackRules | None = None) -> County:
    whole = county(QueueRules(callbacks=rules or CallbackRules()))
    umwelt = replace(
        whole.departments[UMWELT],
        caseworkers=(
            Caseworker(OWNER, "Janssen", deputy=DEPUTY),
            Caseworker(DEPUTY, "Meyer"),
            Caseworker(HEAD, "Hinrichs"),
        ),
        on_duty=(OWNER,),
        head=HEAD,
    )
    return replace(whole, departments={**whole.departments, UMWELT: umwelt})


class Office:
    """Promises, and a clock that keeps them."""

    def __init__(self, rules: CallbackRules | None = None) -> None:
        self.county = friesland(rules)
        self.store = FakeStore()
        self.clock = FakeClock()
        self.callbacks = Callbacks(self.store, lambda: self.county, self.clock, self._committed)
        self.due_dates = self.another(sweep_seconds=60.0)

    def _committed(self) -> None:
        self.due_dates.wake()

    def another(self, sweep_seconds: float) -> DueDates:
        return DueDates(
            self.store,
            self.callbacks,
            lambda: self.county,
            self.clock,
            backoff=Backoff(0.001, 0.001),
            sweep_seconds=sweep_seconds,
        )

    def know(self, departments: Mapping[DepartmentId, Department]) -> None:
        self.county = replace(self.county, departments=departments)

    def later(self, at: datetime) -> None:
        self.clock.advance(at - self.clock.now())

    async def events(self, callback: CallbackId = ID) -> list[tuple[CallbackEvent, str]]:
        return [(v.event, v.caseworker) for v in await self.callbacks.history(callback)]

    async def deliver(self) -> None:
        async with self.store.transaction() as transaction:
            messages = await transaction.unpublished(1000)
            await transaction.mark_published([m.message_id for m in messages], self.clock.now())

    async def others_hear(self) -> None:
        """Let a message about another callback arrive."""
        await self.callbacks.request(a_callback("another"))
        async with self.store.transaction() as transaction:
            messages = [m for m in await transaction.unpublished(99) if m.callback == "another"]
            await transaction.mark_published([m.message_id for m in messages], self.clock.now())


@pytest.fixture
def office() -> Office:
    return Office()


async def until(office: Office, event: CallbackEvent) -> Callback:
    async with asyncio.timeout(5):
        while True:
            with suppress(Unavailable):
                callback = await office.callbacks.get(ID)
                if callback.event is event:
                    return callback
            await asyncio.sleep(0.001)


async def until_said(logs: Sequence[Mapping[str, Any]], event: str) -> None:
    async with asyncio.timeout(5):
        while True:
            if any(line["event"] == event for line in logs):
                return
            await asyncio.sleep(0.001)


class TestFallingDue:
    async def test_the_next_deadline_is_told_and_nothing_is_done_before(
        self, office: Office
    ) -> None:
        assert await office.due_dates.catch_up() is None
        await office.callbacks.request(a_callback())
        assert await office.due_dates.catch_up() == REMIND_AT
        assert len(await office.events()) == 1

    async def test_from_request_to_the_head_each_once(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        for hours in range(24 * 7):
            office.later(REMIND_AT + timedelta(hours=hours))
            await office.due_dates.catch_up()
        assert await office.events() == [
            (CallbackEvent.REQUESTED, OWNER),
            (CallbackEvent.REMINDED, OWNER),
            (CallbackEvent.ESCALATED, DEPUTY),
            (CallbackEvent.REMINDED, DEPUTY),
            (CallbackEvent.ESCALATED, HEAD),
            (CallbackEvent.REMINDED, HEAD),
        ]
        [latest] = (await office.callbacks.history(ID))[-1:]
        assert latest.is_open
        assert (latest.changed_by, latest.due_at) == ("ivr", DUE)
        assert await office.due_dates.catch_up() is None

    async def test_what_was_slept_through_is_caught_up_in_batches(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "BATCH", 2)
        names = [f"cb-{number}" for number in range(5)]
        for name in names:
            await office.callbacks.request(a_callback(name))
        await office.callbacks.change(CallbackId("cb-4"), Close(), by="janssen")
        office.later(DUE + timedelta(minutes=1))
        await office.due_dates.catch_up()
        for name in names[:-1]:
            assert await office.events(CallbackId(name)) == [
                (CallbackEvent.REQUESTED, OWNER),
                (CallbackEvent.ESCALATED, DEPUTY),
            ]
        assert len(await office.events(CallbackId("cb-4"))) == 2

    async def test_several_programs_do_it_once(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        office.later(DUE)
        programs = [office.another(60.0) for _ in range(5)]
        await asyncio.gather(*(program.catch_up() for program in programs))
        await asyncio.gather(*(office.callbacks.fall_due(ID) for _ in range(5)))
        assert len(await office.events()) == 2

    async def test_one_that_can_not_be_changed_holds_up_no_other(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("cb-0", "cb-1"):
            await office.callbacks.request(a_callback(name))
        office.later(DUE)
        fall_due = office.callbacks.fall_due

        async def gone(callback: CallbackId) -> None:
            if callback == "cb-0":
                raise Refused("There is none.", code="callback_not_found")
            await fall_due(callback)

        monkeypatch.setattr(office.callbacks, "fall_due", gone)
        with capture_logs() as logs:
            await office.due_dates.catch_up()
        assert [(line["callback"], line["code"]) for line in logs] == [
            ("cb-0", "callback_not_found")
        ]
        assert len(await office.events()) == 2


class TestUnheard:
    async def test_nobody_heard_of_it_though_others_hear(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        office.clock.advance(timedelta(minutes=59))
        await office.others_hear()
        await office.due_dates.catch_up()
        assert len(await office.events()) == 1
        office.clock.advance(timedelta(minutes=2))
        await office.due_dates.catch_up()
        await office.due_dates.catch_up()
        assert await office.events() == [
            (CallbackEvent.REQUESTED, OWNER),
            (CallbackEvent.ESCALATED, DEPUTY),
        ]

    async def test_where_nobody_hears_anything_nothing_is_given_away(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        office.clock.advance(timedelta(hours=2))
        await office.due_dates.catch_up()
        assert len(await office.events()) == 1

    async def test_what_was_heard_of_or_taken_stays(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        await office.deliver()
        await office.callbacks.request(a_callback("taken"))
        await office.callbacks.change(CallbackId("taken"), Acknowledge(), by="janssen")
        office.clock.advance(timedelta(hours=2))
        await office.due_dates.catch_up()
        assert len(await office.events()) == 1
        assert len(await office.events(CallbackId("taken"))) == 2

    async def test_who_takes_it_at_the_last_moment_keeps_it(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        await office.others_hear()
        office.clock.advance(timedelta(hours=2))
        await office.callbacks.change(ID, Acknowledge(), by="janssen")
        await office.callbacks.escalate_unheard(ID)
        assert (await office.callbacks.get(ID)).event is CallbackEvent.ACKNOWLEDGED

    async def test_it_may_be_switched_off(self) -> None:
        office = Office(CallbackRules(undelivered_after=timedelta(0)))
        await office.callbacks.request(a_callback())
        await office.others_hear()
        office.clock.advance(timedelta(hours=2))
        await office.due_dates.catch_up()
        await office.callbacks.escalate_unheard(ID)
        assert len(await office.events()) == 1

    async def test_with_nobody_left_it_stays_where_it_is(self, office: Office) -> None:
        await office.callbacks.request(replace(a_callback(), caseworker=HEAD))
        await office.others_hear()
        office.clock.advance(timedelta(hours=2))
        await office.due_dates.catch_up()
        assert len(await office.events()) == 1


class TestOwnersWhoAreGone:
    """The admin's files know the caseworker, or the whole department, no more."""

    async def test_it_goes_to_who_is_responsible_now_and_is_told_once(self, office: Office) -> None:
        await office.callbacks.request(replace(a_callback(), caseworker=GONE))
        await office.callbacks.change(ID, Acknowledge(), by=GONE, audited=False)
        programs = [office.another(60.0) for _ in range(3)]
        await asyncio.gather(*(program.catch_up() for program in programs))
        [*_, before, latest] = await office.callbacks.history(ID)
        assert (before.caseworker, before.taken_by) == (GONE, GONE)
        assert (latest.event, latest.version) == (CallbackEvent.REASSIGNED, before.version + 1)
        assert (latest.department, latest.caseworker) == (UMWELT, OWNER)
        assert (latest.changed_by, latest.taken_by) == (SYSTEM, "")
        assert (latest.due_at, latest.escalate_at) == (DUE, DUE)
        told = [each for each in await office.callbacks.receipts(ID) if each.caseworker == OWNER]
        assert [each.event for each in told] == [CallbackEvent.REASSIGNED]
        async with office.store.transaction() as transaction:
            assert await transaction.audit_links(None, 9) == []

    async def test_it_is_whose_topic_it_is(self, office: Office) -> None:
        topic = TopicId("deiche")
        umwelt = replace(
            office.county.departments[UMWELT], duties=(Duty({DEPUTY: 1}, frozenset({topic})),)
        )
        office.know({**office.county.departments, UMWELT: umwelt})
        await office.callbacks.request(replace(a_callback(), caseworker=GONE, topic=topic))
        await office.due_dates.catch_up()
        latest = await office.callbacks.get(ID)
        assert (latest.caseworker, latest.topic) == (DEPUTY, topic)

    async def test_of_a_department_that_is_gone_it_goes_to_the_common_one(
        self, office: Office
    ) -> None:
        await office.callbacks.request(replace(a_callback(), topic=TopicId("deiche")))
        office.know({JUGEND: office.county.departments[JUGEND]})
        office.later(DUE + timedelta(days=1))
        await office.due_dates.catch_up()
        [first, latest] = await office.callbacks.history(ID)
        assert (first.department, first.caseworker) == (UMWELT, OWNER)
        assert (latest.department, latest.caseworker) == (JUGEND, "jugend.1")
        assert (latest.event, latest.topic) == (CallbackEvent.REASSIGNED, None)

    async def test_what_is_closed_stays_until_it_is_reopened(self, office: Office) -> None:
        await office.callbacks.request(replace(a_callback(), caseworker=GONE))
        await office.callbacks.change(ID, Close(), by=GONE)
        await office.callbacks.give_to_somebody_known(ID)
        async with meanwhile(office.due_dates.run()):
            await asyncio.sleep(0.005)
            assert (await office.callbacks.get(ID)).event is CallbackEvent.CLOSED
            await office.callbacks.change(ID, Reopen(), by="cordes")
            latest = await until(office, CallbackEvent.REASSIGNED)
        assert (latest.caseworker, latest.is_open) == (OWNER, True)

    async def test_those_who_are_known_keep_theirs(self, office: Office) -> None:
        await office.callbacks.request(replace(a_callback(), caseworker=HEAD))
        await office.due_dates.catch_up()
        await office.callbacks.give_to_somebody_known(ID)
        assert await office.events() == [(CallbackEvent.REQUESTED, HEAD)]

    async def test_changed_files_are_heard_of(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        async with meanwhile(office.due_dates.run()):
            await asyncio.sleep(0.005)
            assert len(await office.events()) == 1
            office.know({JUGEND: office.county.departments[JUGEND]})
            office.due_dates.wake()
            assert (await until(office, CallbackEvent.REASSIGNED)).department == JUGEND

    async def test_those_that_are_refused_hide_no_others(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "BATCH", 2)
        names = [CallbackId(f"cb-{number}") for number in range(6)]
        for name in names:
            await office.callbacks.request(replace(a_callback(name), caseworker=GONE))
        _refuse(office, monkeypatch, "give_to_somebody_known", set(names[:3]))
        with capture_logs() as logs:
            await office.due_dates.catch_up()
        assert [line["callback"] for line in logs] == names[:3]
        owners = [(await office.callbacks.get(name)).caseworker for name in names]
        assert owners == [GONE] * 3 + [OWNER] * 3


class TestRefused:
    async def test_many_that_are_due_hide_no_others(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "BATCH", 2)
        names = [CallbackId(f"cb-{number}") for number in range(6)]
        for name in names:
            await office.callbacks.request(a_callback(name))
        _refuse(office, monkeypatch, "fall_due", set(names[:3]))
        office.later(DUE)
        await office.due_dates.catch_up()
        owners = [(await office.callbacks.get(name)).caseworker for name in names]
        assert owners == [OWNER] * 3 + [DEPUTY] * 3

    async def test_what_stays_due_is_left_alone_for_a_second(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await office.callbacks.request(a_callback())
        _refuse(office, monkeypatch, "fall_due", {ID})
        office.later(DUE)
        assert await office.due_dates.catch_up() == DUE + timedelta(seconds=1)


def _refuse(
    office: Office, monkeypatch: pytest.MonkeyPatch, name: str, refused: set[CallbackId]
) -> None:
    """Let the use case ``name`` refuse to change some."""
    do = getattr(office.callbacks, name)

    async def refusing(callback: CallbackId) -> None:
        if callback in refused:
            raise Refused("The text is too long.", code="text_too_long")
        await do(callback)

    monkeypatch.setattr(office.callbacks, name, refusing)


class TestRunning:
    async def test_it_sleeps_until_the_next_deadline(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        office.later(REMIND_AT - timedelta(milliseconds=20))
        async with meanwhile(office.due_dates.run()):
            await asyncio.sleep(0.005)
            assert len(await office.events()) == 1
            office.clock.advance(timedelta(milliseconds=20))
            assert (await until(office, CallbackEvent.REMINDED)).remind_at is None

    async def test_a_change_wakes_it(self, office: Office) -> None:
        async with meanwhile(office.due_dates.run()):
            await asyncio.sleep(0)
            office.later(DUE + timedelta(days=1))
            await office.callbacks.request(a_callback())
            await until(office, CallbackEvent.ESCALATED)

    async def test_what_another_program_stored_is_found_by_the_sweep(self, office: Office) -> None:
        elsewhere = Callbacks(office.store, lambda: office.county, office.clock, lambda: None)
        office.later(DUE + timedelta(days=1))
        async with meanwhile(office.another(sweep_seconds=0.005).run()):
            await asyncio.sleep(0.002)
            await elsewhere.request(a_callback())
            await until(office, CallbackEvent.ESCALATED)

    async def test_while_the_store_is_away_it_waits_and_says_so_once(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        office.later(DUE)
        office.store.down = True
        with capture_logs() as logs:
            async with meanwhile(office.due_dates.run()):
                await asyncio.sleep(0.01)
                office.store.down = False
                await until(office, CallbackEvent.ESCALATED)
                await until_said(logs, "due_dates_kept_again")
        said = [line["event"] for line in logs]
        assert said == ["due_dates_held_up", "due_dates_kept_again"]

    async def test_a_commit_that_fails_is_done_later_and_once(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        office.later(DUE)
        office.store.full = True
        with pytest.raises(Unavailable):
            await office.due_dates.catch_up()
        office.store.full = False
        await office.due_dates.catch_up()
        assert len(await office.events()) == 2
