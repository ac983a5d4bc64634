"""The callback's use cases, on a store in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from structlog.testing import capture_logs

from ivr.application.callbacks import Callbacks
from ivr.application.obeying import Obeying
from ivr.application.ports.couriers import IncomingCommand, OutboxMessage
from ivr.application.ports.store import CallbackFilter
from ivr.application.texts import LONGEST_NAME, LONGEST_NOTE, LONGEST_SUBJECT
from ivr.domain.callback import Acknowledge, Attempt, Callback, CallbackState, Close, Reassign
from ivr.domain.callback_deadlines import with_deadlines
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import CallbackId, CaseworkerId, DepartmentId
from tests.examples import county
from tests.fakes.callbacks import NobodyPhones, a_callback
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore

ID = CallbackId("cb-1")
PROMISE = with_deadlines(a_callback(), county())


class Office:
    """The use cases with what surrounds them."""

    def __init__(self) -> None:
        self.store = FakeStore()
        self.clock = FakeClock()
        self.woken = 0
        self.callbacks = Callbacks(self.store, county, self.clock, self._wake)
        self.obeying = Obeying(self.store, self.callbacks, NobodyPhones(), self.clock)

    def _wake(self) -> None:
        self.woken += 1

    async def outbox(self) -> list[OutboxMessage]:
        async with self.store.transaction() as transaction:
            return await transaction.unpublished(100)

    async def replies(self) -> list[dict[str, object]]:
        return [m.body for m in await self.outbox() if m.body["schema"] == "ivr.reply.v1"]

    async def publish_all(self) -> None:
        async with self.store.transaction() as transaction:
            messages = await transaction.unpublished(100)
            await transaction.mark_published([m.message_id for m in messages], self.clock.now())

    async def command(self, caseworker: str = "janssen", /, **parts: object) -> None:
        whole = {
            "schema": "ivr.command.v1",
            "message_id": "1",
            "command": "acknowledge",
            "callback_id": "cb-1",
        }
        await self.send(orjson.dumps({**whole, **parts}), caseworker)

    async def send(self, payload: bytes, caseworker: str = "janssen") -> None:
        await self.obeying.handle(
            IncomingCommand(DepartmentId("umwelt"), CaseworkerId(caseworker), payload)
        )


@pytest.fixture
def office() -> Office:
    return Office()


class TestRequest:
    async def test_commits_the_promise_and_its_message_together(self, office: Office) -> None:
        assert await office.callbacks.request(a_callback())
        assert await office.callbacks.get(ID) == PROMISE
        [message] = await office.outbox()
        assert (message.message_id, message.created_at) == ("cb-1.1", office.clock.now())
        assert office.woken == 1

    async def test_the_same_again_is_harmless(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        assert not await office.callbacks.request(a_callback())
        assert len(await office.outbox()) == 1
        assert office.woken == 1

    async def test_a_failed_commit_leaves_nothing_and_wakes_nobody(self, office: Office) -> None:
        office.store.full = True
        with pytest.raises(Unavailable):
            await office.callbacks.request(a_callback())
        office.store.full = False
        assert await office.outbox() == []
        assert await office.callbacks.list_callbacks(CallbackFilter()) == []
        assert office.woken == 0

    @pytest.mark.parametrize(
        ("field", "longest"),
        [("caller_name", LONGEST_NAME), ("subject", LONGEST_SUBJECT), ("note", LONGEST_NOTE)],
    )
    async def test_texts_have_a_length(self, office: Office, field: str, longest: int) -> None:
        def with_text(name: str, text: str) -> Callback:
            return replace(a_callback(name), **{field: text})  # type: ignore[arg-type]

        assert await office.callbacks.request(with_text("fits", "ü" * longest))
        with pytest.raises(Refused, match=f"{field}: at most {longest}") as refusal:
            await office.callbacks.request(with_text("too-long", "ü" * (longest + 1)))
        assert refusal.value.code == "text_too_long"

    @pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\ud800"])
    async def test_what_no_database_takes_is_refused(self, office: Office, character: str) -> None:
        with pytest.raises(Refused) as refusal:
            await office.callbacks.request(replace(a_callback(), note=f"a{character}b"))
        assert refusal.value.code == "text_not_allowed"

    async def test_an_id_nobody_could_name_is_refused(self, office: Office) -> None:
        with pytest.raises(Refused) as refusal:
            await office.callbacks.request(a_callback("cb 1"))
        assert refusal.value.code == "callback_id_not_allowed"

    async def test_lines_and_tabs_are_text(self, office: Office) -> None:
        assert await office.callbacks.request(replace(a_callback(), note="eins\n\tzwei\r\n🗑️"))


class TestChange:
    async def test_is_committed_with_its_message(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        office.clock.advance(timedelta(minutes=5))
        changed = await office.callbacks.change(ID, Acknowledge(), by="janssen", note="um 14 Uhr")
        assert (changed.state, changed.changed_by) == (CallbackState.ACKNOWLEDGED, "janssen")
        assert (changed.changed_at, changed.note) == (office.clock.now(), "um 14 Uhr")
        assert await office.callbacks.history(ID) == [PROMISE, changed]
        assert [m.message_id for m in await office.outbox()] == ["cb-1.1", "cb-1.2"]
        assert office.woken == 2

    async def test_a_refused_one_changes_and_says_nothing(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        with pytest.raises(Refused) as refusal:
            await office.callbacks.change(ID, Attempt(), by="janssen")
        assert refusal.value.code == "callback_not_acknowledged"
        with pytest.raises(Refused) as refusal:
            await office.callbacks.change(ID, Close(), by="janssen", note="\x00")
        assert refusal.value.code == "text_not_allowed"
        assert await office.callbacks.get(ID) == PROMISE
        assert len(await office.outbox()) == 1
        assert office.woken == 1

    async def test_a_failed_commit_changes_nothing(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        office.store.full = True
        with pytest.raises(Unavailable):
            await office.callbacks.change(ID, Close(), by="janssen")
        assert await office.callbacks.get(ID) == PROMISE
        assert office.woken == 1


class TestLookup:
    @pytest.mark.parametrize("name", ["cb-9", "", "cb 1", "cb\x00", "cb\ud800", "x" * 201])
    async def test_what_is_not_there_is_not_found(self, office: Office, name: str) -> None:
        for attempt in (
            office.callbacks.get(CallbackId(name)),
            office.callbacks.history(CallbackId(name)),
            office.callbacks.change(CallbackId(name), Close(), by="janssen"),
        ):
            with pytest.raises(Refused) as refusal:
                await attempt
            assert refusal.value.code == "callback_not_found"

    async def test_lists_what_is_wanted(self, office: Office) -> None:
        await office.callbacks.request(a_callback("cb-1"))
        await office.callbacks.request(replace(a_callback("cb-2"), caseworker=CaseworkerId("m")))
        wanted = CallbackFilter(caseworker=CaseworkerId("m"))
        assert [c.id for c in await office.callbacks.list_callbacks(wanted)] == ["cb-2"]


class TestCommands:
    async def test_is_carried_out_in_the_senders_name_and_answered(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        await office.command(note="um 14 Uhr")
        callback = await office.callbacks.get(ID)
        assert (callback.state, callback.changed_by) == (CallbackState.ACKNOWLEDGED, "janssen")
        assert callback.note == "um 14 Uhr"
        [reply] = await office.replies()
        assert (reply["in_reply_to"], reply["ok"]) == ("1", True)
        assert office.woken == 2

    @pytest.mark.parametrize(
        ("parts", "code"),
        [
            ({"callback_id": "cb-9"}, "callback_not_found"),
            ({"callback_id": "cb\x00"}, "callback_not_found"),
            ({"command": "attempt"}, "callback_not_acknowledged"),
            ({"command": "dance"}, "command_malformed"),
            ({"note": "\x00"}, "text_not_allowed"),
            ({"note": "x" * (LONGEST_NOTE + 1)}, "text_too_long"),
        ],
    )
    async def test_a_refusal_is_answered_with_its_code(
        self, office: Office, parts: dict[str, object], code: str
    ) -> None:
        await office.callbacks.request(a_callback())
        await office.command(**parts)
        [reply] = await office.replies()
        assert (reply["ok"], reply["code"]) == (False, code)
        assert reply["detail"]
        assert await office.callbacks.get(ID) == PROMISE

    async def test_somebody_elses_callback_is_not_found(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        await office.command("meyer")
        await office.command("meyer", message_id="2", callback_id="cb-9")
        [theirs, missing] = await office.replies()
        assert theirs["code"] == missing["code"] == "callback_not_found"
        assert str(theirs["detail"]).replace("cb-1", "cb-9") == missing["detail"]
        assert await office.callbacks.get(ID) == PROMISE

    async def test_who_was_faster_is_named(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        await office.callbacks.change(ID, Acknowledge(), by="albers")
        await office.command()
        await office.callbacks.change(ID, Close(), by="onken")
        await office.command(message_id="2", command="close")
        [taken, closed] = await office.replies()
        assert (taken["code"], taken["by"]) == ("callback_acknowledged", "albers")
        assert (closed["code"], closed["by"]) == ("callback_closed", "onken")

    async def test_who_had_it_is_told_who_has_it(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        to_other = Reassign(DepartmentId("umwelt"), CaseworkerId("umwelt.2"))
        await office.callbacks.change(ID, to_other, by="onken")
        await office.command()
        await office.command("umwelt.2")
        await office.command(message_id="2")
        [moved, taken, again] = await office.replies()
        assert (moved["code"], moved["by"]) == ("callback_moved", "umwelt.2")
        assert taken["ok"] is True
        assert (again["code"], again["by"]) == ("callback_moved", "umwelt.2")

    async def test_a_comment_stands_in_the_history(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        await office.command(command="comment", comment="Ruft morgen selbst an.")
        commented = await office.callbacks.get(ID)
        assert (commented.comment, commented.state) == ("Ruft morgen selbst an.", "requested")

    async def test_the_open_ones_are_told_once_more(self, office: Office) -> None:
        for name in ("cb-1", "cb-2", "closed"):
            await office.callbacks.request(a_callback(name))
        await office.callbacks.request(replace(a_callback("x"), caseworker=CaseworkerId("meyer")))
        await office.callbacks.change(ID, Acknowledge(), by="janssen")
        await office.callbacks.change(CallbackId("closed"), Close(), by="janssen")
        await office.publish_all()
        await office.command(command="repeat", callback_id=None)  # as it may not be there
        [refused] = await office.replies()
        assert refused["code"] == "command_malformed"
        await office.publish_all()
        repeat = {"schema": "ivr.command.v1", "message_id": "2", "command": "repeat"}
        await office.send(orjson.dumps(repeat))
        *told, reply = await office.outbox()
        assert sorted(message.message_id for message in told) == ["cb-1.2", "cb-2.1"]
        assert reply.body["ok"] is True

    async def test_a_repeat_is_answered_like_the_first_and_not_done_again(
        self, office: Office
    ) -> None:
        await office.callbacks.request(a_callback())
        await office.command(command="close")
        first = await office.replies()
        await office.publish_all()
        await office.command(command="close")
        assert await office.replies() == first
        assert len(await office.callbacks.history(ID)) == 2

    async def test_a_repeated_refusal_stays_refused_though_it_would_work_now(
        self, office: Office
    ) -> None:
        await office.command()
        await office.callbacks.request(a_callback())
        await office.publish_all()
        await office.command()
        [reply] = await office.replies()
        assert reply["code"] == "callback_not_found"
        assert await office.callbacks.get(ID) == PROMISE

    async def test_two_caseworkers_may_choose_the_same_message_id(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        await office.command("meyer")
        await office.command("janssen")
        assert [reply["ok"] for reply in await office.replies()] == [False, True]

    async def test_what_can_not_be_answered_is_logged_without_its_content(
        self, office: Office
    ) -> None:
        with capture_logs() as logs:
            await office.send(b'{"note": "+494461123456"}')
        assert await office.outbox() == []
        assert office.woken == 0
        [line] = logs
        assert line["event"] == "command_dropped"
        assert (line["department"], line["caseworker"]) == ("umwelt", "janssen")
        assert "4461" not in str(line)

    async def test_without_a_commit_it_is_not_taken(self, office: Office) -> None:
        await office.callbacks.request(a_callback())
        office.store.full = True
        with pytest.raises(Unavailable):
            await office.command()
        office.store.full = False
        assert await office.replies() == []
        await office.command()
        [reply] = await office.replies()
        assert reply["ok"] is True
