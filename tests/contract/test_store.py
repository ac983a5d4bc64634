"""What every store must do, shown on the fake, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from ivr.application.callbacks import Callbacks
from ivr.application.messages import callback_message
from ivr.application.ports.couriers import OutboxMessage
from ivr.application.ports.store import CallbackFilter, Store
from ivr.domain.callback import Acknowledge, Callback, CallbackState, Close
from ivr.domain.calls import CallRecord, CallResult, Outcome
from ivr.domain.counting import count_calls
from ivr.domain.errors import Refused
from ivr.domain.figures import CallFigures
from ivr.domain.ids import (
    E164,
    AgentId,
    AnnouncementId,
    CallbackId,
    CallId,
    CaseworkerId,
    DepartmentId,
    MessageId,
    RecordingId,
    TopicId,
)
from tests.examples import county
from tests.fakes.callbacks import MONDAY, a_call, a_callback, a_place, an_announcement
from tests.fakes.clock import FakeClock

AWKWARD = "Müllgebühr „2026“ 🗑️ '); DROP TABLE callbacks; -- \\ % _ \"\n\tRückfrage"


def waited(name: str, seconds: float) -> CallRecord:
    """A call that was answered after ``seconds``."""
    return replace(a_call(name), answered_at=MONDAY + timedelta(seconds=5 + seconds))


def left(name: str, seconds: float) -> CallRecord:
    """A call whose caller hung up after ``seconds``."""
    ended = MONDAY + timedelta(seconds=5 + seconds)
    return replace(
        a_call(name), outcome=Outcome.ABANDONED, answered_at=None, ended_at=ended, agent=None
    )


async def keep(store: Store, *callbacks: Callback) -> None:
    """Store callbacks with their messages, as the use case does."""
    async with store.transaction() as transaction:
        for callback in callbacks:
            assert await transaction.add_callback(callback)
            await transaction.add_message(callback_message(callback, MONDAY))


async def unpublished(store: Store, limit: int = 100) -> list[str]:
    async with store.transaction() as transaction:
        return [message.message_id for message in await transaction.unpublished(limit)]


async def found(store: Store, wanted: CallbackFilter) -> list[str]:
    async with store.transaction() as transaction:
        return [callback.id for callback in await transaction.callbacks(wanted)]


class TestCallbacks:
    async def test_comes_back_as_it_was_stored(self, store: Store) -> None:
        callback = replace(
            a_callback(), caller_name=AWKWARD, subject=AWKWARD, note=AWKWARD, call=None
        )
        await keep(store, callback)
        async with store.transaction() as transaction:
            stored = await transaction.callback(callback.id)
        assert stored == callback

    async def test_a_spoken_message_is_kept_in_every_version(self, store: Store) -> None:
        first = replace(a_callback(), message=RecordingId("call-of-cb-1-run-m1"))
        second = first.after(Acknowledge(), by="janssen", at=MONDAY)
        await keep(store, first)
        async with store.transaction() as transaction:
            await transaction.save_callback(second)
        async with store.transaction() as transaction:
            assert await transaction.history(first.id) == [first, second]

    async def test_times_come_back_aware_to_the_microsecond(self, store: Store) -> None:
        at = MONDAY + timedelta(microseconds=123456)
        await keep(store, replace(a_callback(), requested_at=at))
        async with store.transaction() as transaction:
            stored = await transaction.callback(CallbackId("cb-1"))
        assert stored is not None
        assert stored.requested_at.utcoffset() is not None
        assert stored.requested_at.astimezone(UTC) == at

    async def test_an_unknown_one_is_none(self, store: Store) -> None:
        async with store.transaction() as transaction:
            assert await transaction.callback(CallbackId("nobody's")) is None
            assert await transaction.history(CallbackId("nobody's")) == []

    async def test_the_same_id_again_changes_nothing(self, store: Store) -> None:
        await keep(store, a_callback())
        async with store.transaction() as transaction:
            assert not await transaction.add_callback(replace(a_callback(), subject="another"))
            assert await transaction.callback(CallbackId("cb-1")) == a_callback()
            assert await transaction.history(CallbackId("cb-1")) == [a_callback()]

    async def test_every_version_is_kept(self, store: Store) -> None:
        first = a_callback()
        second = first.after(Acknowledge(), by="janssen", at=MONDAY)
        third = second.after(Close(), by="janssen", at=MONDAY, note="erledigt")
        await keep(store, first)
        for changed in (second, third):
            async with store.transaction() as transaction:
                await transaction.save_callback(changed)
        async with store.transaction() as transaction:
            assert await transaction.callback(first.id) == third
            assert await transaction.history(first.id) == [first, second, third]

    async def test_a_version_that_is_not_the_next_is_refused(self, store: Store) -> None:
        first = a_callback()
        second = first.after(Acknowledge(), by="janssen", at=MONDAY)
        await keep(store, first)
        async with store.transaction() as transaction:
            await transaction.save_callback(second)
        for wrong in (first, second, replace(second, version=4)):
            with pytest.raises(Refused) as refusal:
                async with store.transaction() as transaction:
                    await transaction.save_callback(wrong)
            assert refusal.value.code == "callback_changed"
        async with store.transaction() as transaction:
            assert await transaction.history(first.id) == [first, second]

    async def test_one_that_is_not_there_can_not_be_saved(self, store: Store) -> None:
        with pytest.raises(Refused) as refusal:
            async with store.transaction() as transaction:
                await transaction.save_callback(replace(a_callback(), version=2))
        assert refusal.value.code == "callback_changed"


class TestFilters:
    async def test_oldest_request_first_up_to_the_limit(self, store: Store) -> None:
        await keep(
            store,
            replace(a_callback("b"), requested_at=MONDAY + timedelta(minutes=1)),
            replace(a_callback("c"), requested_at=MONDAY),
            replace(a_callback("a"), requested_at=MONDAY + timedelta(minutes=2)),
        )
        assert await found(store, CallbackFilter()) == ["c", "b", "a"]
        assert await found(store, CallbackFilter(limit=2)) == ["c", "b"]
        assert await found(store, CallbackFilter(limit=2, latest_first=True)) == ["a", "b"]

    async def test_of_requests_at_the_same_time_the_ids_tell(self, store: Store) -> None:
        await keep(store, a_callback("b"), a_callback("a"))
        assert await found(store, CallbackFilter()) == ["a", "b"]
        assert await found(store, CallbackFilter(latest_first=True)) == ["b", "a"]

    async def test_by_department_caseworker_and_state(self, store: Store) -> None:
        await keep(
            store,
            a_callback("a"),
            replace(a_callback("b"), department=DepartmentId("jugend")),
            replace(a_callback("c"), caseworker=CaseworkerId("meyer")),
            replace(a_callback("d"), state=CallbackState.CLOSED),
        )
        jugend, janssen = DepartmentId("jugend"), CaseworkerId("janssen")
        closed = frozenset({CallbackState.CLOSED})
        assert await found(store, CallbackFilter(department=jugend)) == ["b"]
        assert await found(store, CallbackFilter(caseworker=janssen)) == ["a", "b", "d"]
        assert await found(store, CallbackFilter(states=closed)) == ["d"]
        assert await found(store, CallbackFilter(states=closed, department=jugend)) == []
        assert await found(store, CallbackFilter(states=frozenset())) == []

    async def test_by_id(self, store: Store) -> None:
        await keep(store, a_callback("a"), a_callback("b"), a_callback("c"))
        wanted = frozenset({CallbackId("c"), CallbackId("a"), CallbackId("unknown")})
        assert await found(store, CallbackFilter(ids=wanted)) == ["a", "c"]
        assert await found(store, CallbackFilter(ids=frozenset())) == []

    async def test_by_topic_and_number(self, store: Store) -> None:
        other = E164("+494461123457")
        await keep(
            store,
            replace(a_callback("a"), topic=TopicId("waste")),
            replace(a_callback("b"), topic=TopicId("waste"), caller_number=other),
            a_callback("c"),
        )
        assert await found(store, CallbackFilter(topic=TopicId("waste"))) == ["a", "b"]
        assert await found(store, CallbackFilter(number=other)) == ["b"]
        assert await found(store, CallbackFilter(number=other, topic=TopicId("dogs"))) == []

    async def test_who_is_to_be_called_back(self, store: Store) -> None:
        closed, unknown = E164("+494461123457"), E164("+494461123458")
        await keep(
            store,
            a_callback("a"),
            a_callback("b"),
            replace(a_callback("c"), caller_number=closed, state=CallbackState.CLOSED),
        )
        number = a_callback().caller_number
        async with store.transaction() as transaction:
            assert await transaction.promised({number, closed, unknown}) == {number}
            assert await transaction.promised({closed}) == frozenset()
            assert await transaction.promised(()) == frozenset()

    async def test_by_due_time(self, store: Store) -> None:
        closed = CallbackState.CLOSED
        hours = [timedelta(hours=number) for number in range(3)]
        await keep(
            store,
            *(replace(a_callback(f"open-{h.seconds}"), due_at=MONDAY + h) for h in hours),
            *(
                replace(a_callback(f"shut-{h.seconds}"), due_at=MONDAY + h, state=closed)
                for h in hours
            ),
        )
        before = CallbackFilter(due_before=MONDAY + hours[1])
        assert await found(store, before) == ["open-0", "shut-0"]
        overdue = CallbackFilter(overdue=MONDAY + hours[1])
        assert await found(store, overdue) == ["open-0", "open-3600"]

    @pytest.mark.parametrize("field", ["caller_name", "subject", "note", "reference"])
    async def test_by_a_text(self, store: Store, field: str) -> None:
        def saying(name: str, text: str) -> Callback:
            return replace(a_callback(name), **{field: text})  # type: ignore[arg-type]

        await keep(
            store,
            saying("a", "Frau Österreicher, 100 % Bürgergeld"),
            saying("b", "100 Bürger_innen"),
            saying("c", "back\\slash"),
        )
        assert await found(store, CallbackFilter(text="bürger")) == ["a", "b"]
        assert await found(store, CallbackFilter(text="ÖSTERREICH")) == ["a"]
        assert await found(store, CallbackFilter(text="100 %")) == ["a"]
        assert await found(store, CallbackFilter(text="r_i")) == ["b"]
        assert await found(store, CallbackFilter(text="k\\S")) == ["c"]
        assert await found(store, CallbackFilter(text="%")) == ["a"]
        assert await found(store, CallbackFilter(text="'")) == []

    async def test_by_its_id_as_a_text(self, store: Store) -> None:
        await keep(store, a_callback("call-1.Ab"), a_callback("call-2.cd"))
        assert await found(store, CallbackFilter(text="1.aB")) == ["call-1.Ab"]

    async def test_a_text_does_not_reach_from_one_field_into_the_next(self, store: Store) -> None:
        await keep(store, replace(a_callback(), caller_name="Jans", subject="senior"))
        assert await found(store, CallbackFilter(text="janssenior")) == []

    async def test_page_by_page(self, store: Store) -> None:
        names = [f"cb-{number}" for number in range(5)]
        await keep(store, *map(a_callback, names))
        pages = [await found(store, CallbackFilter(limit=2, offset=at)) for at in (0, 2, 4, 6)]
        assert pages == [names[:2], names[2:4], names[4:], []]

    async def test_counted_whatever_the_page(self, store: Store) -> None:
        await keep(store, *(a_callback(f"cb-{number}") for number in range(3)))
        async with store.transaction() as transaction:
            assert await transaction.count_callbacks(CallbackFilter(limit=1, offset=1)) == 3
            assert await transaction.count_callbacks(CallbackFilter(text="cb-2")) == 1
            assert await transaction.count_callbacks(CallbackFilter(published=True)) == 0

    async def test_by_what_the_broker_has(self, store: Store) -> None:
        await keep(store, a_callback("a"), a_callback("b"))
        async with store.transaction() as transaction:
            await transaction.mark_published([MessageId("a.1")], MONDAY)
        assert await found(store, CallbackFilter(published=True)) == ["a"]
        assert await found(store, CallbackFilter(published=False)) == ["b"]

    async def test_one_unpublished_change_is_enough(self, store: Store) -> None:
        changed = a_callback().after(Close(), by="janssen", at=MONDAY)
        await keep(store, a_callback())
        async with store.transaction() as transaction:
            await transaction.save_callback(changed)
            await transaction.add_message(callback_message(changed, MONDAY))
            await transaction.mark_published([changed.message_id], MONDAY)
        assert await found(store, CallbackFilter(published=False)) == ["cb-1"]


class TestAllOrNothing:
    async def test_an_exception_undoes_everything(self, store: Store) -> None:
        async def fail() -> None:
            async with store.transaction() as transaction:
                await transaction.add_callback(a_callback())
                await transaction.add_message(callback_message(a_callback(), MONDAY))
                await transaction.take_command("command", MONDAY)
                await transaction.add_call(a_call())
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        async with store.transaction() as transaction:
            assert await transaction.callback(CallbackId("cb-1")) is None
            assert await transaction.unpublished(10) == []
            assert await transaction.take_command("command", MONDAY)
            assert await transaction.call(CallId("call-1")) is None

    async def test_a_cancelled_task_undoes_everything(self, store: Store) -> None:
        inside = asyncio.Event()

        async def begin_and_never_end() -> None:
            async with store.transaction() as transaction:
                await transaction.add_callback(a_callback())
                inside.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(begin_and_never_end())
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with store.transaction() as transaction:
            assert await transaction.callback(CallbackId("cb-1")) is None
        await keep(store, a_callback())

    async def test_what_is_not_committed_is_not_seen(self, store: Store) -> None:
        """Either the reader waits for the writer, or it sees the time before."""
        inside, end = asyncio.Event(), asyncio.Event()

        async def write() -> None:
            async with store.transaction() as transaction:
                await transaction.add_callback(a_callback())
                inside.set()
                await end.wait()
                await transaction.add_message(callback_message(a_callback(), MONDAY))

        async def read() -> tuple[int, int]:
            async with store.transaction() as transaction:
                known = await transaction.callbacks(CallbackFilter())
                return len(known), len(await transaction.unpublished(10))

        async with asyncio.TaskGroup() as group:
            group.create_task(write())
            await inside.wait()
            reader = group.create_task(read())
            await asyncio.sleep(0)
            end.set()
        assert reader.result() in {(0, 0), (1, 1)}


class TestOutbox:
    async def test_a_message_comes_back_as_it_was_stored(self, store: Store) -> None:
        callback = replace(a_callback(), note=AWKWARD)
        message = callback_message(callback, MONDAY)
        await keep(store, callback)
        async with store.transaction() as transaction:
            assert await transaction.unpublished(10) == [message]

    async def test_an_answer_belongs_to_no_callback(self, store: Store) -> None:
        answer = OutboxMessage(
            message_id=MessageId("umwelt/janssen/1/reply"),
            department=DepartmentId("umwelt"),
            caseworker=CaseworkerId("janssen"),
            body={"ok": True},
            created_at=MONDAY,
        )
        async with store.transaction() as transaction:
            await transaction.add_message(answer)
        async with store.transaction() as transaction:
            assert await transaction.unpublished(10) == [answer]

    async def test_in_the_order_in_which_they_were_added(self, store: Store) -> None:
        names = ["m", "z", "a", "k"]
        await keep(store, *(a_callback(name) for name in names))
        assert await unpublished(store) == [f"{name}.1" for name in names]
        assert await unpublished(store, limit=2) == ["m.1", "z.1"]

    async def test_the_same_message_again_is_kept_once(self, store: Store) -> None:
        await keep(store, a_callback())
        message = callback_message(a_callback(), MONDAY)
        async with store.transaction() as transaction:
            await transaction.add_message(replace(message, body={"other": "body"}))
        async with store.transaction() as transaction:
            assert await transaction.unpublished(10) == [message]

    async def test_published_means_not_found_again(self, store: Store) -> None:
        await keep(store, a_callback("a"), a_callback("b"), a_callback("c"))
        async with store.transaction() as transaction:
            await transaction.mark_published([MessageId("a.1"), MessageId("c.1")], MONDAY)
            await transaction.mark_published([], MONDAY)
            await transaction.mark_published([MessageId("unknown")], MONDAY)
        assert await unpublished(store) == ["b.1"]

    async def test_publish_again(self, store: Store) -> None:
        await keep(store, a_callback())
        async with store.transaction() as transaction:
            await transaction.mark_published([MessageId("cb-1.1")], MONDAY)
            await transaction.publish_again(MessageId("cb-1.1"))
            await transaction.publish_again(MessageId("unknown"))
        assert await unpublished(store) == ["cb-1.1"]

    async def test_publish_the_latest_again(self, store: Store) -> None:
        async with store.transaction() as transaction:
            await transaction.publish_latest_again(timedelta(minutes=1))
        await keep(store, *(a_callback(name) for name in ("a", "b", "c", "d")))
        async with store.transaction() as transaction:
            for name, seconds in (("a", 0), ("b", 30), ("c", 90)):
                at = MONDAY + timedelta(seconds=seconds)
                await transaction.mark_published([MessageId(f"{name}.1")], at)
            await transaction.publish_latest_again(timedelta(minutes=1))
        assert await unpublished(store) == ["b.1", "c.1", "d.1"]

    async def test_without_some_caseworkers(self, store: Store) -> None:
        await keep(
            store,
            a_callback("a"),
            replace(a_callback("b"), department=DepartmentId("jugend")),
            replace(a_callback("c"), caseworker=CaseworkerId("meyer")),
        )
        without = {
            (DepartmentId("umwelt"), CaseworkerId("janssen")),
            (DepartmentId("umwelt"), CaseworkerId("somebody")),
        }
        async with store.transaction() as transaction:
            messages = await transaction.unpublished(10, without=without)
        assert [message.message_id for message in messages] == ["b.1", "c.1"]


class TestCommandsAndCalls:
    async def test_a_command_is_taken_once(self, store: Store) -> None:
        async with store.transaction() as transaction:
            assert await transaction.take_command("one", MONDAY)
            assert not await transaction.take_command("one", MONDAY)
        async with store.transaction() as transaction:
            assert not await transaction.take_command("one", MONDAY)
            assert await transaction.take_command("two", MONDAY)

    async def test_a_call_comes_back_as_it_was_stored(self, store: Store) -> None:
        shortest = replace(
            a_call("shortest"),
            department=None,
            caller_number=None,
            queued_at=None,
            answered_at=None,
            agent=None,
            offers=0,
            language="en",
            transferred_to="+4944619193600",
            by_fallback=True,
        )
        for record in (a_call(), shortest):
            async with store.transaction() as transaction:
                assert await transaction.add_call(record)
            async with store.transaction() as transaction:
                assert not await transaction.add_call(replace(record, dialled="+490"))
                assert await transaction.call(record.id) == record
        async with store.transaction() as transaction:
            assert await transaction.call(CallId("unknown")) is None

    async def test_of_several_calls_those_stay_that_are_there(self, store: Store) -> None:
        async with store.transaction() as transaction:
            await transaction.add_calls([])
            await transaction.add_calls([a_call("a"), a_call("b")])
        async with store.transaction() as transaction:
            changed = replace(a_call("b"), dialled="+490")
            await transaction.add_calls([changed, a_call("c")])
            assert await transaction.call(CallId("b")) == a_call("b")
            assert {each.id for each in await transaction.calls(10)} == {"a", "b", "c"}

    @pytest.mark.parametrize("outcome", [Outcome.ABANDONED, Outcome.FAILED])
    async def test_the_fallback_knows_better_than_who_only_saw_the_caller_gone(
        self, store: Store, outcome: Outcome
    ) -> None:
        gone = replace(left("a", 60), outcome=outcome)
        served = replace(waited("a", 30), by_fallback=True, caller_number=None)
        for record in (gone, a_call("another"), served):
            async with store.transaction() as transaction:
                assert await transaction.add_call(record)
        for late in (gone, replace(served, outcome=Outcome.ABANDONED)):
            async with store.transaction() as transaction:
                assert not await transaction.add_call(late)
        async with store.transaction() as transaction:
            assert await transaction.call(served.id) == served
            assert await transaction.call(CallId("another")) == a_call("another")

    @pytest.mark.parametrize(
        "outcome", [each for each in Outcome if each not in (Outcome.ABANDONED, Outcome.FAILED)]
    )
    async def test_what_the_program_saw_itself_stays(self, store: Store, outcome: Outcome) -> None:
        seen = replace(a_call(), outcome=outcome)
        async with store.transaction() as transaction:
            assert await transaction.add_call(seen)
        async with store.transaction() as transaction:
            assert not await transaction.add_call(replace(left("call-1", 9), by_fallback=True))
            assert await transaction.call(seen.id) == seen

    async def test_latest_calls_first(self, store: Store) -> None:
        async with store.transaction() as transaction:
            for minute in (2, 1, 3):
                ended = MONDAY + timedelta(minutes=minute)
                await transaction.add_call(replace(a_call(f"call-{minute}"), ended_at=ended))
            latest = await transaction.calls(2)
        assert [record.id for record in latest] == ["call-3", "call-2"]

    async def test_ping(self, store: Store) -> None:
        await store.ping()
        await store.ping()


class TestResults:
    AGENT = AgentId("1001")

    async def result(self, store: Store, agent: AgentId, *given: CallResult) -> list[object]:
        """Return what is said of each, then what came of the call."""
        told: list[object] = []
        for result in given:
            async with store.transaction() as transaction:
                told.append(await transaction.note_result(CallId("call-1"), agent, result))
        async with store.transaction() as transaction:
            record = await transaction.call(CallId("call-1"))
        return [*told, record and record.result]

    async def test_the_latest_counts(self, store: Store) -> None:
        async with store.transaction() as transaction:
            await transaction.add_call(a_call())
        referred, settled = CallResult.REFERRED, CallResult.SETTLED
        assert await self.result(store, self.AGENT) == [None]
        assert await self.result(store, self.AGENT, referred, settled) == [True, True, settled]

    async def test_one_that_came_with_the_call(self, store: Store) -> None:
        async with store.transaction() as transaction:
            await transaction.add_call(replace(a_call(), result=CallResult.TRANSFERRED))
        assert await self.result(store, self.AGENT) == [CallResult.TRANSFERRED]

    async def test_of_another_agent_s_call(self, store: Store) -> None:
        async with store.transaction() as transaction:
            await transaction.add_call(a_call())
        assert await self.result(store, AgentId("1002"), CallResult.SETTLED) == [False, None]

    async def test_of_no_call(self, store: Store) -> None:
        assert await self.result(store, self.AGENT, CallResult.SETTLED) == [False, None]


class TestFigures:
    async def figures(self, store: Store, *records: CallRecord) -> CallFigures:
        async with store.transaction() as transaction:
            for record in records:
                await transaction.add_call(record)
        async with store.transaction() as transaction:
            return await transaction.call_figures(MONDAY, MONDAY + timedelta(days=1))

    async def test_of_no_call(self, store: Store) -> None:
        assert await self.figures(store) == count_calls([])

    async def test_of_a_day(self, store: Store) -> None:
        figures = await self.figures(
            store,
            waited("exactly-20", 20),
            waited("a-bit-longer", 20.002),
            replace(waited("long", 61.5), by_fallback=True),
            left("at-once", 5),
            left("later", 90),
            replace(left("asked-for-a-callback", 120), outcome=Outcome.CALLBACK),
            replace(left("in-the-greeting", 3), queued_at=None),
            replace(left("closed", 9), queued_at=None, outcome=Outcome.CLOSED, by_fallback=True),
            replace(waited("the-day-before", 1), arrived_at=MONDAY - timedelta(microseconds=1)),
            replace(waited("the-day-after", 1), arrived_at=MONDAY + timedelta(days=1)),
        )
        rounded = replace(
            figures,
            answered_wait_seconds=round(figures.answered_wait_seconds, 3),
            longest_wait_seconds=round(figures.longest_wait_seconds, 3),
        )
        assert rounded == CallFigures(
            arrived=8,
            offered=6,
            answered=3,
            abandoned=2,
            abandoned_at_once=1,
            callbacks=1,
            by_fallback=2,
            answered_wait_seconds=101.502,
            longest_wait_seconds=120.0,
            answered_within={20: 1, 30: 2},
            abandoned_within={20: 1, 30: 1},
        )


class TestKeptPlaces:
    async def test_one_comes_back_as_it_was_stored(self, store: Store) -> None:
        common = replace(a_place("common"), department=None)
        async with store.transaction() as transaction:
            await transaction.save_place(a_place())
            await transaction.save_place(common)
        async with store.transaction() as transaction:
            assert await transaction.places() == [a_place(), common]

    async def test_a_change_replaces_it(self, store: Store) -> None:
        for kept in (a_place(), replace(a_place(), attempts=1)):
            async with store.transaction() as transaction:
                await transaction.save_place(kept)
        async with store.transaction() as transaction:
            assert [kept.attempts for kept in await transaction.places()] == [1]

    async def test_in_the_order_of_the_queue(self, store: Store) -> None:
        async with store.transaction() as transaction:
            for name, place in (
                ("c", (MONDAY, 2)),
                ("a", (MONDAY + timedelta(seconds=1), 1)),
                ("b", (MONDAY, 1)),
            ):
                await transaction.save_place(replace(a_place(name), place=place))
            assert [kept.call for kept in await transaction.places()] == ["b", "c", "a"]

    async def test_a_released_one_is_gone(self, store: Store) -> None:
        async with store.transaction() as transaction:
            await transaction.save_place(a_place("a"))
            await transaction.save_place(a_place("b"))
            await transaction.release_place(CallId("a"))
            await transaction.release_place(CallId("unknown"))
        async with store.transaction() as transaction:
            assert [kept.call for kept in await transaction.places()] == ["b"]


class TestAnnouncements:
    async def test_one_comes_back_as_it_was_stored(self, store: Store) -> None:
        some = replace(
            an_announcement("some"),
            departments=frozenset({DepartmentId("umwelt"), DepartmentId("jugend")}),
            text=AWKWARD,
        )
        nobody = replace(an_announcement("nobody"), departments=frozenset())
        async with store.transaction() as transaction:
            for announcement in (an_announcement(), some, nobody):
                assert await transaction.add_announcement(announcement)
        async with store.transaction() as transaction:
            assert await transaction.announcements() == [an_announcement(), nobody, some]

    async def test_the_same_id_again_changes_nothing(self, store: Store) -> None:
        async with store.transaction() as transaction:
            assert await transaction.add_announcement(an_announcement())
            assert not await transaction.add_announcement(replace(an_announcement(), text="b"))
            assert await transaction.announcements() == [an_announcement()]

    async def test_it_ends_once(self, store: Store) -> None:
        async with store.transaction() as transaction:
            await transaction.add_announcement(an_announcement("flood"))
            await transaction.add_announcement(an_announcement("strike"))
        flood = AnnouncementId("flood")
        async with store.transaction() as transaction:
            assert await transaction.end_announcement(flood, MONDAY, "cordes")
            assert not await transaction.end_announcement(flood, MONDAY, "cordes")
            assert not await transaction.end_announcement(AnnouncementId("x"), MONDAY, "cordes")
        async with store.transaction() as transaction:
            assert [each.id for each in await transaction.announcements()] == ["strike"]
            assert not await transaction.add_announcement(an_announcement("flood"))


class TestTogether:
    async def test_two_acknowledge_at_once_and_the_second_is_told_by_whom(
        self, store: Store
    ) -> None:
        await keep(store, a_callback())
        callbacks = Callbacks(store, county, FakeClock(), lambda: None)
        people = ["janssen", "meyer", "behrens", "cordes"]
        results = await asyncio.gather(
            *(callbacks.change(CallbackId("cb-1"), Acknowledge(), by=who) for who in people),
            return_exceptions=True,
        )
        [winner] = [result for result in results if isinstance(result, Callback)]
        refusals = [result for result in results if isinstance(result, Refused)]
        assert [refusal.code for refusal in refusals] == ["callback_acknowledged"] * 3
        assert all(winner.changed_by in refusal.message for refusal in refusals)
        assert len(await callbacks.history(CallbackId("cb-1"))) == 2
        assert await unpublished(store) == ["cb-1.1", "cb-1.2"]

    async def test_the_same_request_at_once_is_kept_once(self, store: Store) -> None:
        callbacks = Callbacks(store, county, FakeClock(), lambda: None)
        results = await asyncio.gather(*(callbacks.request(a_callback()) for _ in range(6)))
        assert sorted(results) == [False] * 5 + [True]
        assert await unpublished(store) == ["cb-1.1"]

    async def test_eight_writers_lose_nothing(self, store: Store) -> None:
        callbacks = Callbacks(store, county, FakeClock(), lambda: None)

        async def write(writer: int) -> None:
            for number in range(25):
                assert await callbacks.request(a_callback(f"{writer}-{number}"))

        await asyncio.gather(*(write(writer) for writer in range(8)))
        assert len(set(await unpublished(store, limit=1000))) == 200
