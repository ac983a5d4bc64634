"""Webhooks at a real receiver: the signature, and each answer a receiver may give."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import orjson
import pytest

from ivr.adapters.webhook import Signature, WebhookCourier
from ivr.domain.delivery import Delivery
from ivr.domain.errors import ConfigError, Refused, Unavailable
from tests import post_office
from tests.contract.webhook_receiver import Receiver, receiving
from tests.fakes.clock import FakeClock

MESSAGE = post_office.message(Delivery.WEBHOOK)
KEY = b"k" * 32
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as running:
        yield running


def courier_for(receiver: Receiver, *, patience: float = 10) -> WebhookCourier:
    clock = FakeClock(datetime(2026, 11, 23, 8, 0, tzinfo=UTC))
    return WebhookCourier(receiver.url, Signature.of(SECRET), clock, patience_seconds=patience)


def test_the_signature_is_the_one_of_the_specification() -> None:
    """The example that the libraries for Standard Webhooks are tested with."""
    signature = Signature.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signature.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_",
        "whsec_c2hvcnQ=",
        "whsec_!!!",
        "whsec_" + "A" * 92,
    ],
)
def test_what_is_no_key_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(ConfigError) as error:
        Signature.of(secret)
    assert error.value.problems[0].value == ""


async def test_the_contracts_message_arrives_signed(receiver: Receiver) -> None:
    await courier_for(receiver).deliver(MESSAGE)
    [(headers, body)] = receiver.requests
    assert orjson.loads(body) == MESSAGE.body
    assert headers["Content-Type"] == "application/json"
    assert headers["webhook-id"] == "cb-1.1"
    assert headers["webhook-timestamp"] == "1795420800"
    signed = b"cb-1.1.1795420800." + body
    expected = base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_2xx_is_the_receipt(receiver: Receiver, status: int) -> None:
    receiver.status = status
    courier = courier_for(receiver)
    await courier.deliver(MESSAGE)
    await courier.probe()


@pytest.mark.parametrize("status", [400, 401, 404, 410, 413])
async def test_4xx_refuses_the_message(receiver: Receiver, status: int) -> None:
    receiver.status = status
    courier = courier_for(receiver)
    with pytest.raises(Refused, match=str(status)) as refusal:
        await courier.deliver(MESSAGE)
    assert refusal.value.code == "webhook_refused"
    await courier.probe()


@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_a_receiver_out_of_order_holds_up_all(receiver: Receiver, status: int) -> None:
    receiver.status = status
    courier = courier_for(receiver)
    with pytest.raises(Unavailable, match=str(status)) as error:
        await courier.deliver(MESSAGE)
    assert "secret" not in error.value.message
    with pytest.raises(Unavailable, match=str(status)):
        await courier.probe()
    receiver.status = 204
    await courier.deliver(MESSAGE)
    await courier.probe()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_no_redirect_is_followed(receiver: Receiver, status: int) -> None:
    receiver.status = status
    with pytest.raises(Unavailable, match=str(status)):
        await courier_for(receiver).deliver(MESSAGE)
    assert receiver.asked == 1


async def test_a_receiver_that_hangs_is_left(receiver: Receiver) -> None:
    receiver.hangs = True
    with pytest.raises(Unavailable, match="does not answer in time"):
        await courier_for(receiver, patience=0.5).deliver(MESSAGE)


async def test_nobody_there_is_said_without_the_address(receiver: Receiver) -> None:
    courier = courier_for(receiver)
    await receiver.stop()
    with pytest.raises(Unavailable, match="is away") as error:
        await courier.deliver(MESSAGE)
    assert "secret" not in error.value.message
