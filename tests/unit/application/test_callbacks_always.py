"""What holds of promises whatever people, the clock and a failing store do, in any order.

Callers and agents request, the owner, deputy, head and supervisor change, by program and over
MQTT, two at once; the clock lets fall due, two programs at once; messages arrive or not; the store
goes away, or fails at the commit.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import orjson
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ivr.application.callbacks import Callbacks
from ivr.application.due_dates import DueDates
from ivr.application.obeying import Obeying
from ivr.application.ports.couriers import IncomingCommand, OutboxMessage
from ivr.application.ports.store import CallbackFilter
from ivr.domain.callback import (
    CHANGES,
    SYSTEM,
    Acknowledge,
    Attempt,
    AttemptResult,
    Callback,
    CallbackEvent,
    CallbackSource,
    Change,
    Close,
    CloseReason,
    Comment,
    Edit,
    Reassign,
    Reopen,
)
from ivr.domain.county import Caseworker, County
from ivr.domain.delivery import Delivery
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import E164, CallbackId, CaseworkerId, DepartmentId
from tests.examples import JUGEND, UMWELT, county
from tests.fakes.callbacks import NobodyPhones
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore

OWNER, DEPUTY, HEAD = (CaseworkerId(name) for name in ("anna", "beke", "hinrich"))
LONELY = CaseworkerId("jugend.1")
SUPERVISOR = "cordes"
IDS = [CallbackId(f"cb-{number}") for number in range(3)]
NUMBERS = [E164("+494461123456"), E164("+494461123457"), E164("110")]

GIVEN = {
    CallbackEvent.REQUESTED,
    CallbackEvent.REASSIGNED,
    CallbackEvent.REOPENED,
    CallbackEvent.ESCALATED,
}
"""Somebody owns it from now on."""


def friesland() -> County:
    """Umwelt has a deputy and a head; in Jugend nobody is left."""
    whole = county()
    umwelt = replace(
        whole.departments[UMWELT],
        caseworkers=(
            Caseworker(OWNER, "Anna", deputy=DEPUTY, mail="anna@example", deliveries=(*Delivery,)),
            Caseworker(DEPUTY, "Beke", deputy=OWNER),
            Caseworker(HEAD, "Hinrich", mail="h@example", deliveries=(Delivery.MAIL,)),
        ),
        on_duty=(OWNER,),
        head=HEAD,
    )
    return replace(whole, departments={**whole.departments, UMWELT: umwelt})


FRIESLAND = friesland()
PEOPLE = st.sampled_from([OWNER, DEPUTY, HEAD, LONELY, SUPERVISOR])
CALLBACKS = st.sampled_from(IDS)
OWNERS = st.sampled_from(
    [(UMWELT, OWNER), (UMWELT, DEPUTY), (UMWELT, HEAD), (JUGEND, LONELY), (JUGEND, OWNER)]
)
SOON = st.integers(-1, 24 * 100).map(lambda hours: FakeClock().now() + timedelta(hours=hours))
CHANGES_OF_PEOPLE: st.SearchStrategy[Change] = st.one_of(
    st.just(Acknowledge()),
    st.builds(Attempt, st.sampled_from(AttemptResult), st.none() | SOON),
    st.builds(Close, st.sampled_from(CloseReason)),
    st.just(Reopen()),
    st.just(Comment()),
    OWNERS.map(lambda owner: Reassign(*owner)),
    st.builds(
        Edit,
        caller_number=st.none() | st.sampled_from(NUMBERS),
        preferred_times=st.none() | st.sampled_from([("mo 9-10",), ("sat",), ("never",)]),
    ),
)
COMMANDS = st.sampled_from(
    [
        {"command": "acknowledge"},
        {"command": "attempt", "result": "busy"},
        {"command": "attempt", "result": "reached"},
        {"command": "close", "reason": "withdrawn"},
        {"command": "reopen"},
        {"command": "reassign", "caseworker": "hinrich"},
    ]
)


class PromisesOfACounty(RuleBasedStateMachine):
    """Everybody at once."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.store = FakeStore()
        self.clock = FakeClock()
        self.callbacks = Callbacks(self.store, lambda: FRIESLAND, self.clock, lambda: None)
        self.obeying = Obeying(self.store, self.callbacks, NobodyPhones(), self.clock)
        self.clocks = [
            DueDates(self.store, self.callbacks, lambda: FRIESLAND, self.clock) for _ in range(2)
        ]
        self.promised: set[CallbackId] = set()
        self.done: Counter[CallbackId] = Counter()
        """Changes of people that were said to be made."""
        self.histories: dict[CallbackId, list[Callback]] = {}
        self.outbox: list[OutboxMessage] = []

    def teardown(self) -> None:
        self.runner.close()

    # -- what happens ------------------------------------------------------------------------------

    @rule(callback=CALLBACKS, owner=OWNERS, twice=st.booleans())
    def somebody_requests(
        self, callback: CallbackId, owner: tuple[DepartmentId, CaseworkerId], *, twice: bool
    ) -> None:
        department, caseworker = owner
        if FRIESLAND.caseworker(department, caseworker) is None:
            return
        now = self.clock.now()
        promise = Callback(
            id=callback,
            department=department,
            caseworker=caseworker,
            caller_number=NUMBERS[0],
            source=CallbackSource.AGENT_DTMF,
            requested_at=now,
            due_at=FRIESLAND.callback_due(department, now),
        )
        asked = [self.callbacks.request(promise) for _ in range(1 + twice)]
        if any(not isinstance(result, Exception) for result in self.at_once(*asked)):
            self.promised.add(callback)

    @rule(callback=CALLBACKS, change=CHANGES_OF_PEOPLE, by=PEOPLE)
    def somebody_changes(self, callback: CallbackId, change: Change, by: str) -> None:
        self.change_at_once((callback, change, by))

    @rule(callback=CALLBACKS, changes=st.tuples(CHANGES_OF_PEOPLE, CHANGES_OF_PEOPLE))
    def two_change_at_once(self, callback: CallbackId, changes: tuple[Change, Change]) -> None:
        first, second = changes
        self.change_at_once((callback, first, OWNER), (callback, second, SUPERVISOR))

    @rule(callback=CALLBACKS)
    def two_take_it_at_once(self, callback: CallbackId) -> None:
        results = self.change_at_once(
            (callback, Acknowledge(), DEPUTY), (callback, Acknowledge(), HEAD)
        )
        winners = [result for result in results if isinstance(result, Callback)]
        assert len(winners) <= 1
        for winner in winners:
            for result in results:
                if isinstance(result, Refused):
                    assert winner.taken_by in result.message

    @rule(
        callback=CALLBACKS,
        command=COMMANDS,
        by=st.sampled_from([OWNER, DEPUTY, HEAD]),
        message=st.integers(1, 4),
    )
    def a_command_comes(
        self, callback: CallbackId, command: dict[str, str], by: CaseworkerId, message: int
    ) -> None:
        body: dict[str, Any] = {"schema": "ivr.command.v1", "message_id": f"{callback}-{message}"}
        payload = orjson.dumps({**body, **command, "callback_id": callback})
        self.at_once(self.obeying.handle(IncomingCommand(UMWELT, by, payload)))

    @rule(minutes=st.sampled_from([1, 30, 60, 4 * 60, 11 * 60, 24 * 60, 3 * 24 * 60]))
    def time_goes_by(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule(programs=st.integers(1, 2))
    def a_deadline_comes(self, programs: int) -> None:
        now = self.clock.now()
        deadlines = [
            deadline
            for versions in self.histories.values()
            for deadline in (versions[-1].remind_at, versions[-1].escalate_at)
            if deadline is not None
        ]
        if deadlines:
            self.clock.advance(max(min(deadlines) - now, timedelta(0)))
            self.the_clock_looks(programs)

    @rule(programs=st.integers(1, 2))
    def the_clock_looks(self, programs: int) -> None:
        results = self.at_once(*(clock.catch_up() for clock in self.clocks[:programs]))
        if any(isinstance(result, Exception) for result in results):
            return
        for versions in self.read().values():
            latest = versions[-1]
            for deadline in (latest.remind_at, latest.escalate_at):
                assert deadline is None or deadline > self.clock.now()

    @rule(some=st.booleans())
    def messages_arrive(self, *, some: bool) -> None:
        async def arrive() -> None:
            async with self.store.transaction() as transaction:
                for way in Delivery:
                    waiting = await transaction.unpublished(1 if some else 1000, way=way)
                    names = [message.message_id for message in waiting]
                    await transaction.mark_published(names, self.clock.now())

        self.at_once(arrive())

    @rule(down=st.booleans(), full=st.booleans())
    def the_store_comes_and_goes(self, *, down: bool, full: bool) -> None:
        self.store.down, self.store.full = down, full

    @precondition(lambda self: self.store.down or self.store.full)
    @rule()
    def the_store_is_well_again(self) -> None:
        self.store.down = self.store.full = False

    # -- what always holds -------------------------------------------------------------------------

    @invariant()
    def always(self) -> None:
        self.histories = self.read()
        self.what_was_promised_is_there_once_and_nothing_else()
        self.what_was_said_to_be_done_is_done_once()
        self.each_version_is_told_once_by_each_way_to_each_recipient()
        for versions in self.histories.values():
            if versions[-1].is_open:
                self.what_is_open_has_an_owner_and_will_not_be_forgotten(versions[-1])
            else:
                self.what_is_closed_has_no_deadlines(versions[-1])
            self.the_clock_does_everything_once(versions)
            self.what_was_said_to_the_citizen_holds_until_it_is_promised_anew(versions)

    def what_was_promised_is_there_once_and_nothing_else(self) -> None:
        assert set(self.histories) == self.promised
        for versions in self.histories.values():
            assert [each.version for each in versions] == list(range(1, len(versions) + 1))

    def what_was_said_to_be_done_is_done_once(self) -> None:
        done = self.done.copy()
        for message in self.outbox:
            if message.body["schema"] == "ivr.reply.v1" and message.body["ok"]:
                done[message.body["in_reply_to"].rsplit("-", 1)[0]] += 1
        for callback, versions in self.histories.items():
            assert sum(v.changed_by not in ("", SYSTEM) for v in versions) == done[callback]

    def each_version_is_told_once_by_each_way_to_each_recipient(self) -> None:
        told = Counter(
            (message.body["message_id"], message.delivery, message.caseworker)
            for message in self.outbox
            if message.callback is not None
        )
        assert set(told.values()) <= {1}
        versions = [each for history in self.histories.values() for each in history]
        for version in versions:
            assert told[version.message_id, Delivery.MQTT, version.caseworker] == 1
        known = {version.message_id for version in versions}
        assert all(any(name.startswith(one) for one in known) for name, _, _ in told)

    def what_is_open_has_an_owner_and_will_not_be_forgotten(self, latest: Callback) -> None:
        assert FRIESLAND.caseworker(latest.department, latest.caseworker) is not None
        next_owner = FRIESLAND.escalates_to(
            latest.department, latest.caseworker, self.clock.now(), latest.escalations
        )
        assert (latest.escalate_at is None) == (next_owner is None)

    def what_is_closed_has_no_deadlines(self, latest: Callback) -> None:
        assert (latest.remind_at, latest.escalate_at, latest.next_try_at) == (None,) * 3
        assert latest.close_reason is not None

    def the_clock_does_everything_once(self, versions: list[Callback]) -> None:
        reminders, owners = 0, [versions[0].caseworker]
        for version in versions[1:]:
            if version.event is CallbackEvent.REMINDED:
                reminders += 1
            elif version.event in GIVEN or version.event is CallbackEvent.ATTEMPTED:
                reminders = 0
            assert reminders <= 1
            if version.event is CallbackEvent.ESCALATED:
                assert version.caseworker not in owners
                owners.append(version.caseworker)
            elif version.event in GIVEN:
                owners = [version.caseworker]

    def what_was_said_to_the_citizen_holds_until_it_is_promised_anew(
        self, versions: list[Callback]
    ) -> None:
        for before, after in pairwise(versions):
            assert CHANGES[after.event][before.state] is after.state
            if after.event is not CallbackEvent.REOPENED:
                assert after.due_at == before.due_at

    # -- how ---------------------------------------------------------------------------------------

    def change_at_once(
        self, *wanted: tuple[CallbackId, Change, str]
    ) -> list[Callback | Refused | Unavailable | None]:
        results = self.at_once(
            *(
                self.callbacks.change(callback, change, by=by, comment="Gut zu wissen.")
                for callback, change, by in wanted
            )
        )
        for (callback, _change, _by), result in zip(wanted, results, strict=True):
            self.done[callback] += isinstance(result, Callback)
        return results

    def at_once(self, *wanted: Awaitable[Any]) -> list[Any]:
        """Do it all at the same time; return what came of it, a refusal or an outage too."""

        async def one(awaitable: Awaitable[Any]) -> Any:  # noqa: ANN401  whatever is awaited
            try:
                return await awaitable
            except (Refused, Unavailable) as error:
                return error

        async def together() -> list[Any]:
            return list(await asyncio.gather(*map(one, wanted)))

        return self.runner.run(together())

    def read(self) -> dict[CallbackId, list[Callback]]:
        """Return all histories, and keep the outbox, although the store may be away."""
        down, full = self.store.down, self.store.full
        self.store.down = self.store.full = False

        async def everything() -> dict[CallbackId, list[Callback]]:
            async with self.store.transaction() as transaction:
                self.outbox = list(self.store._content.outbox.values())
                found = await transaction.callbacks(CallbackFilter())
                return {each.id: await transaction.history(each.id) for each in found}

        histories = self.runner.run(everything())
        self.store.down, self.store.full = down, full
        return histories


TestPromisesOfACounty = PromisesOfACounty.TestCase
