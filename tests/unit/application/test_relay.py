"""The relay, between a store and a broker that fail when told to."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from ivr.application.backoff import Backoff
from ivr.application.callbacks import Callbacks
from ivr.application.ports.couriers import OutboxMessage
from ivr.application.relay import BATCH, Relay
from ivr.domain.callback import Close
from ivr.domain.delivery import Delivery
from ivr.domain.errors import Unavailable
from ivr.domain.ids import CallbackId, CaseworkerId, DepartmentId
from tests.examples import county
from tests.fakes.broker import FakeBroker
from tests.fakes.callbacks import a_callback
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.tasks import meanwhile

JANSSEN = (DepartmentId("umwelt"), CaseworkerId("janssen"))


class Post:
    """A relay with what it works on."""

    def __init__(self, sweep_seconds: float = 60.0) -> None:
        self.store = FakeStore()
        self.broker = FakeBroker()
        self.clock = FakeClock()
        self.relay = self.new_relay(sweep_seconds)
        self.callbacks = Callbacks(self.store, county, self.clock, self.relay.wake)

    def new_relay(self, sweep_seconds: float = 60.0) -> Relay:
        return Relay(
            self.store,
            Delivery.MQTT,
            self.broker,
            self.clock,
            backoff=Backoff(0.001, 0.002),
            sweep_seconds=sweep_seconds,
        )

    async def request(self, *names: str) -> None:
        for name in names:
            await self.callbacks.request(a_callback(name))

    async def waiting(self) -> list[str]:
        async with self.store.transaction() as transaction:
            return [message.message_id for message in await transaction.unpublished(10_000)]

    def published(self) -> list[str]:
        return [message.message_id for message in self.broker.messages]


@pytest.fixture
def post() -> Post:
    return Post()


class TestPublishing:
    async def test_everything_in_order_and_marked(self, post: Post) -> None:
        names = [f"cb-{number}" for number in range(2 * BATCH + 1)]
        await post.request(*names)
        await post.relay.deliver_waiting()
        assert post.published() == [f"{name}.1" for name in names]
        assert await post.waiting() == []

    async def test_nothing_is_published_twice(self, post: Post) -> None:
        await post.request("cb-1")
        await post.relay.deliver_waiting()
        await post.relay.deliver_waiting()
        assert post.published() == ["cb-1.1"]

    async def test_changes_follow_the_request(self, post: Post) -> None:
        await post.request("cb-1")
        await post.callbacks.change(CallbackId("cb-1"), Close(), by="janssen")
        await post.relay.deliver_waiting()
        assert post.published() == ["cb-1.1", "cb-1.2"]


class TestBrokerAway:
    async def test_all_of_it_waits(self, post: Post) -> None:
        await post.request("cb-1", "cb-2")
        post.broker.down = True
        with pytest.raises(Unavailable):
            await post.relay.deliver_waiting()
        assert await post.waiting() == ["cb-1.1", "cb-2.1"]

    async def test_what_it_took_before_is_marked_at_once(self, post: Post) -> None:
        post.broker = BrokerThatGoesAway(after=2)
        post.relay = post.new_relay()
        await post.request("cb-1", "cb-2", "cb-3")
        with pytest.raises(Unavailable):
            await post.relay.deliver_waiting()
        assert await post.waiting() == ["cb-3.1"]

    async def test_a_refused_caseworker_holds_up_nobody_else(self, post: Post) -> None:
        post.broker.refused = {JANSSEN}
        await post.request(*(f"cb-{number}" for number in range(BATCH + 5)))
        other = replace(a_callback("other"), caseworker=CaseworkerId("meyer"))
        await post.callbacks.request(other)
        with capture_logs() as logs:
            await post.relay.deliver_waiting()
            await post.relay.deliver_waiting()
        assert post.published() == ["other.1"]
        assert len(await post.waiting()) == BATCH + 5
        [line] = logs
        assert (line["event"], line["log_level"]) == ("callbacks_refused", "error")
        assert (line["department"], line["caseworker"]) == JANSSEN

    async def test_what_was_refused_is_published_when_it_is_allowed(self, post: Post) -> None:
        post.broker.refused = {JANSSEN}
        await post.request("cb-1", "cb-2")
        await post.relay.deliver_waiting()
        post.broker.refused = set()
        await post.relay.deliver_waiting()
        assert post.published() == ["cb-1.1", "cb-2.1"]


class TestBetweenPublishedAndMarked:
    async def test_after_a_kill_the_next_relay_publishes_again_with_the_same_id(
        self, post: Post
    ) -> None:
        await post.request("cb-1")
        post.store.full = True
        with pytest.raises(Unavailable):
            await post.relay.deliver_waiting()
        post.store.full = False
        await post.new_relay().deliver_waiting()
        assert post.published() == ["cb-1.1", "cb-1.1"]
        first, second = post.broker.messages
        assert first == second
        assert await post.waiting() == []

    async def test_a_store_that_can_not_mark_does_not_cause_a_flood_of_repeats(
        self, post: Post
    ) -> None:
        await post.request("cb-1", "cb-2")
        post.store.full = True
        for _ in range(5):
            with pytest.raises(Unavailable):
                await post.relay.deliver_waiting()
        post.store.full = False
        await post.relay.deliver_waiting()
        assert post.published() == ["cb-1.1", "cb-2.1"]
        assert await post.waiting() == []

    async def test_a_cancelled_relay_marks_what_the_broker_has(self, post: Post) -> None:
        broker = BrokerThatHangs(after=1)
        post.broker = broker
        relay = post.new_relay()
        await post.request("cb-1", "cb-2")
        async with meanwhile(relay.run()):
            await broker.hanging.wait()
        assert await post.waiting() == ["cb-2.1"]

    async def test_what_a_crashed_broker_may_have_forgotten_is_published_again(
        self, post: Post
    ) -> None:
        await post.request("long-ago")
        await post.relay.deliver_waiting()
        post.clock.advance(timedelta(minutes=5))
        await post.request("just-now")
        await post.relay.deliver_waiting()
        post.relay.connected()
        await post.relay.deliver_waiting()
        await post.relay.deliver_waiting()
        assert post.published() == ["long-ago.1", "just-now.1", "just-now.1"]
        assert await post.waiting() == []

    async def test_that_is_not_forgotten_while_the_store_is_away(self, post: Post) -> None:
        await post.request("cb-1")
        await post.relay.deliver_waiting()
        post.relay.connected()
        post.store.full = True
        with pytest.raises(Unavailable):
            await post.relay.deliver_waiting()
        post.store.full = False
        await post.relay.deliver_waiting()
        assert post.published() == ["cb-1.1", "cb-1.1"]


class TestRunning:
    async def test_a_commit_wakes_it(self, post: Post) -> None:
        async with meanwhile(post.relay.run()):
            await post.request("cb-1")
            await post.broker.wait_for_messages(1)
            await post.request("cb-2")
            await post.broker.wait_for_messages(2)
        assert post.published() == ["cb-1.1", "cb-2.1"]

    async def test_what_another_process_committed_is_found_by_the_sweep(self) -> None:
        post = Post(sweep_seconds=0.01)
        elsewhere = Callbacks(post.store, county, FakeClock(), lambda: None)
        async with meanwhile(post.relay.run()):
            await elsewhere.request(a_callback("from-elsewhere"))
            await post.broker.wait_for_messages(1)

    async def test_what_is_left_from_before_is_published_at_the_start(self, post: Post) -> None:
        await post.request("cb-1")
        async with meanwhile(post.new_relay().run()):
            await post.broker.wait_for_messages(1)

    @pytest.mark.parametrize("part", ["broker", "store"])
    async def test_an_outage_is_said_once_and_its_end_once(self, post: Post, part: str) -> None:
        await post.request("cb-1")
        broken = post.broker if part == "broker" else post.store
        broken.down = True
        with capture_logs() as logs:
            async with meanwhile(post.relay.run()):
                await asyncio.sleep(0.05)  # a good number of tries
                broken.down = False
                await post.broker.wait_for_messages(1)
                async with asyncio.timeout(5):
                    while len(logs) < 2:  # noqa: ASYNC110 # logs tell nobody
                        await asyncio.sleep(0.001)
        assert [line["event"] for line in logs] == [
            "callbacks_held_up",
            "callbacks_delivered_again",
        ]
        assert "away" in logs[0]["reason"]


class BrokerThatGoesAway(FakeBroker):
    """Takes a few messages, then none."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._after = after

    async def deliver(self, message: OutboxMessage) -> None:
        self.down = len(self.messages) >= self._after
        await super().deliver(message)


class BrokerThatHangs(FakeBroker):
    """Takes a few messages, then never answers."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._after = after
        self.hanging = asyncio.Event()

    async def deliver(self, message: OutboxMessage) -> None:
        if len(self.messages) >= self._after:
            self.hanging.set()
            await asyncio.Event().wait()
        await super().deliver(message)
