"""What every courier must do, shown on the fake, a real mail server and a real receiver."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

import pytest

from ivr.adapters.mail import MailCourier, mail_server
from ivr.adapters.webhook import Signature, WebhookCourier
from ivr.application.ports.couriers import Courier
from ivr.domain.delivery import Delivery
from ivr.domain.errors import Refused, Unavailable
from tests import post_office
from tests.contract.mail_server import PASSWORD, USER, MailServerLab, mail_server_lab
from tests.contract.webhook_receiver import HOST, Receiver, receiving
from tests.fakes.clock import FakeClock
from tests.fakes.courier import FakeCourier
from tests.post_office import ADDRESSES, FOLKERT, HEIKE, SENDER, a_promise

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Scene(Protocol):
    """A courier, with what only a test can see and do; nobody takes what is for Folkert."""

    @property
    def courier(self) -> Courier: ...

    @property
    def way(self) -> Delivery: ...

    def arrived(self) -> list[str]: ...

    async def go_away(self) -> None: ...

    async def come_back(self) -> None: ...


class FakeScene:
    way = Delivery.MAIL

    def __init__(self) -> None:
        self.courier = FakeCourier()
        self.courier.refused = {FOLKERT}

    def arrived(self) -> list[str]:
        return [message.body["message_id"] for message in self.courier.messages]

    async def go_away(self) -> None:
        self.courier.down = True

    async def come_back(self) -> None:
        self.courier.down = False


class MailScene:
    way = Delivery.MAIL

    def __init__(self, server: MailServerLab, folder: Path) -> None:
        self._server = server
        server.refusals = {ADDRESSES[FOLKERT]: "550 5.1.1 No such user folkert"}
        address = mail_server(f"smtp://{HOST}:{server.port}", folder / "cert.pem")
        self.courier = MailCourier(
            address.with_login(USER, PASSWORD), SENDER, post_office.county, patience_seconds=10
        )

    def arrived(self) -> list[str]:
        return [mail["Message-ID"].strip("<>").partition("@")[0] for mail in self._server.mails]

    async def go_away(self) -> None:
        await self._server.stop()

    async def come_back(self) -> None:
        await self._server.start()


class WebhookScene:
    way = Delivery.WEBHOOK

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        receiver.refused = {FOLKERT}
        self.courier = WebhookCourier(receiver.url, Signature.of(SECRET), FakeClock())

    def arrived(self) -> list[str]:
        return [headers["webhook-id"] for headers, _body in self._receiver.requests]

    async def go_away(self) -> None:
        await self._receiver.stop()

    async def come_back(self) -> None:
        await self._receiver.start()


@pytest.fixture(params=["fake", "mail", "webhook"])
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        if request.param == "fake":
            yield FakeScene()
        elif request.param == "mail":
            server = await stack.enter_async_context(mail_server_lab(tmp_path))
            yield MailScene(server, tmp_path)
        else:
            yield WebhookScene(await stack.enter_async_context(receiving()))


async def test_what_was_delivered_has_arrived_in_order(scene: Scene) -> None:
    for number in range(5):
        await scene.courier.deliver(
            post_office.message(scene.way, a_promise(f"cb-{number}", HEIKE))
        )
    assert scene.arrived() == [f"cb-{number}.1" for number in range(5)]


async def test_a_repeat_has_the_same_id(scene: Scene) -> None:
    for _ in range(2):
        await scene.courier.deliver(post_office.message(scene.way))
    assert scene.arrived() == ["cb-1.1", "cb-1.1"]


async def test_away_is_said_and_back_is_noticed(scene: Scene) -> None:
    await scene.go_away()
    with pytest.raises(Unavailable):
        await scene.courier.deliver(post_office.message(scene.way))
    await scene.come_back()
    await scene.courier.deliver(post_office.message(scene.way))
    assert scene.arrived() == ["cb-1.1"]


async def test_a_refused_caseworker_is_said_and_others_are_served(scene: Scene) -> None:
    with pytest.raises(Refused) as refusal:
        await scene.courier.deliver(post_office.message(scene.way, a_promise("cb-9", FOLKERT)))
    assert "folkert" not in refusal.value.message.lower()
    await scene.courier.deliver(post_office.message(scene.way))
    assert scene.arrived() == ["cb-1.1"]
