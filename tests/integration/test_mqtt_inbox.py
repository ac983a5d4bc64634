"""The reference client against a real broker with access rules, and the real use cases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.adapters.mqtt import BrokerAddress, MqttInbox
from ivr.adapters.store import open_store
from ivr.application.backoff import Backoff
from ivr.application.callbacks import Callbacks
from ivr.application.caseworker_inbox import (
    Answered,
    CaseworkerInbox,
    Connected,
    Disconnected,
    Gone,
    Happening,
    News,
    ServiceSeen,
    Told,
)
from ivr.domain.callback import CallbackState, Escalate, Reassign
from ivr.domain.errors import Refused
from ivr.domain.ids import CallbackId, CaseworkerId
from tests.contract.mosquitto import HOST, PASSWORD, Mosquitto
from tests.examples import UMWELT
from tests.fakes.callbacks import a_callback
from tests.integration.mqtt_service import working
from tests.tasks import meanwhile

EINS, ZWEI = CaseworkerId("umwelt.1"), CaseworkerId("umwelt.2")
ID = CallbackId("cb-1")

_ACCESS = """
user ivr
topic readwrite ivr/v1/#
user one
topic read ivr/v1/service
topic read ivr/v1/callbacks/umwelt/umwelt.1
topic write ivr/v1/callbacks/umwelt/umwelt.1/commands
user two
topic read ivr/v1/service
topic read ivr/v1/callbacks/umwelt/umwelt.2
topic write ivr/v1/callbacks/umwelt/umwelt.2/commands
"""


@pytest.fixture
def server(tmp_path: Path) -> Mosquitto:
    return Mosquitto(tmp_path, access=_ACCESS)


@pytest.fixture
async def callbacks(server: Mosquitto, tmp_path: Path) -> AsyncIterator[Callbacks]:
    server.start()
    try:
        async with (
            open_store(f"sqlite:///{tmp_path}/ivr.db") as store,
            working(store, server) as callbacks,
        ):
            yield callbacks
    finally:
        server.stop()


class Person:
    """A caseworker who sits at an inbox."""

    def __init__(self, server: Mosquitto, user: str, caseworker: CaseworkerId) -> None:
        address = BrokerAddress(HOST, server.port, user, PASSWORD)
        self.connection = connection(address, caseworker)
        self.inbox = CaseworkerInbox(UMWELT, caseworker)
        self.heard: list[Happening] = []
        self.news: list[News] = []
        self._more = asyncio.Event()

    def hear(self, happening: Happening) -> None:
        self.heard.append(happening)
        if isinstance(happening, Told):
            news = self.inbox.hear(happening.body)
            if news is not None:
                self.news.append(news)
        self._more.set()

    async def until(self, enough: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not enough():
                self._more.clear()
                await self._more.wait()

    async def ask(self, command: str, **parts: str) -> Answered:
        sent = self.connection.send({"command": command, "callback_id": ID, **parts})
        return await self.answer(sent)

    async def answer(self, sent: str) -> Answered:
        await self.until(lambda: any(answer.to == sent for answer in self._answers()))
        return next(answer for answer in self._answers() if answer.to == sent)

    def _answers(self) -> list[Answered]:
        return [news for news in self.news if isinstance(news, Answered)]

    def open_ids(self) -> list[str]:
        return [item.id for item in self.inbox.open_items()]

    def count(self, kind: type[Happening]) -> int:
        return sum(isinstance(happening, kind) for happening in self.heard)


def connection(address: BrokerAddress, caseworker: CaseworkerId) -> MqttInbox:
    return MqttInbox(
        address,
        UMWELT,
        caseworker,
        client_id=f"inbox-{caseworker}",
        backoff=Backoff(0.02, 0.1),
    )


@asynccontextmanager
async def at_work(server: Mosquitto, user: str, caseworker: CaseworkerId) -> AsyncIterator[Person]:
    person = Person(server, user, caseworker)
    async with meanwhile(person.connection.run(person.hear)):
        await person.until(lambda: person.count(Connected) > 0)
        yield person


async def test_what_is_open_is_told_after_a_start(server: Mosquitto, callbacks: Callbacks) -> None:
    await callbacks.request(replace(a_callback(), caseworker=EINS))
    async with at_work(server, "one", EINS) as one:
        await one.until(lambda: one.open_ids() == ["cb-1"])
        await one.until(lambda: one.count(ServiceSeen) > 0)
    async with at_work(server, "one", EINS) as again:  # nothing is kept on the machine
        await again.until(lambda: again.open_ids() == ["cb-1"])


async def test_the_repeat_is_answered_when_all_is_told(
    server: Mosquitto, callbacks: Callbacks
) -> None:
    names = [f"cb-{number}" for number in range(30)]
    for name in names:
        await callbacks.request(replace(a_callback(name), caseworker=EINS))
    async with at_work(server, "one", EINS) as one:
        [connected] = [each for each in one.heard if isinstance(each, Connected)]
        assert (await one.answer(connected.repeat)).ok
        assert sorted(one.open_ids()) == sorted(names)


async def test_two_inboxes_take_the_same_callback_and_one_wins(
    server: Mosquitto, callbacks: Callbacks
) -> None:
    await callbacks.request(replace(a_callback(), caseworker=EINS))
    async with at_work(server, "one", EINS) as one, at_work(server, "two", ZWEI) as two:
        await one.until(lambda: one.open_ids() == ["cb-1"])
        await callbacks.change(ID, Escalate(ZWEI), by="ivr")
        await two.until(lambda: two.open_ids() == ["cb-1"])
        assert (await two.ask("acknowledge")).ok
        too_late = await one.ask("acknowledge")
        assert (too_late.ok, too_late.code, too_late.by) == (False, "callback_moved", "umwelt.2")
        await one.until(lambda: any(isinstance(news, Gone) for news in one.news))
        assert one.open_ids() == []
    assert (await callbacks.get(ID)).taken_by == "umwelt.2"


async def test_one_gives_it_to_the_other_and_it_comes_back(
    server: Mosquitto, callbacks: Callbacks
) -> None:
    await callbacks.request(replace(a_callback(), caseworker=EINS))
    async with at_work(server, "one", EINS) as one, at_work(server, "two", ZWEI) as two:
        await one.until(lambda: one.open_ids() == ["cb-1"])
        assert (await one.ask("reassign", caseworker=ZWEI, comment="dein Bezirk")).ok
        await two.until(lambda: two.open_ids() == ["cb-1"])
        await one.until(lambda: one.open_ids() == [])
        assert two.inbox.open_items()[0].callback["comment"] == "dein Bezirk"
        await callbacks.change(ID, Reassign(UMWELT, EINS), by="onken")
        await one.until(lambda: one.open_ids() == ["cb-1"])
        await two.until(lambda: two.open_ids() == [])


async def test_nothing_is_lost_when_the_broker_starts_anew(
    server: Mosquitto, callbacks: Callbacks
) -> None:
    await callbacks.request(replace(a_callback(), caseworker=EINS))
    async with at_work(server, "one", EINS) as one:
        await one.until(lambda: one.open_ids() == ["cb-1"])
        await asyncio.to_thread(server.kill)
        await one.until(lambda: one.count(Disconnected) > 0)
        sent = one.connection.send({"command": "acknowledge", "callback_id": ID})
        await callbacks.request(replace(a_callback("cb-2"), caseworker=EINS))
        await asyncio.to_thread(server.start)
        assert (await one.answer(sent)).ok
        await one.until(lambda: sorted(one.open_ids()) == ["cb-1", "cb-2"])
    assert (await callbacks.get(ID)).state is CallbackState.ACKNOWLEDGED


@pytest.mark.usefixtures("callbacks")
async def test_a_wrong_password_is_told_and_ends_it(server: Mosquitto) -> None:
    wrong = connection(BrokerAddress(HOST, server.port, "one", "guessed"), EINS)
    with pytest.raises(Refused, match=r"refuses one .*check user name, password") as refusal:
        await asyncio.wait_for(wrong.run(lambda _: None), 10)
    assert "guessed" not in refusal.value.message


@pytest.mark.usefixtures("callbacks")
async def test_a_login_that_may_not_act_for_the_caseworker_is_told(server: Mosquitto) -> None:
    stranger = connection(BrokerAddress(HOST, server.port, "two", PASSWORD), EINS)
    with pytest.raises(Refused, match=r"umwelt\.1.*check the broker's access rules"):
        await asyncio.wait_for(stranger.run(lambda _: None), 10)
