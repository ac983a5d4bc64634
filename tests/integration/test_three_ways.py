"""The whole service tells one caseworker by MQTT, e-mail and webhook, on real servers.

Only Asterisk is missing: the callback is requested over the API.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from testbed.installation import IVR
from testbed.process import Process
from tests.contract.mail_server import PASSWORD as MAIL_PASSWORD
from tests.contract.mail_server import USER as MAIL_USER
from tests.contract.mail_server import MailServerLab, mail_server_lab
from tests.contract.mosquitto import PASSWORD, Listener, Mosquitto, listening
from tests.contract.webhook_receiver import HOST, Receiver, receiving

CONFIG = Path(__file__).parents[2] / "config"
OWNER = "antje.petersen"
WAYS = 'deliveries = ["mqtt", "mail", "webhook"]'
ACCESS = """
user ivr
topic readwrite ivr/v1/#

user listener
topic read ivr/v1/#
"""


@dataclass
class Town:
    """The service and all it talks to."""

    state: Path
    environment: dict[str, str]
    mail: MailServerLab
    webhook: Receiver
    listener: Listener

    async def answers(self) -> None:
        """Wait until the API does."""
        async with asyncio.timeout(20):
            while True:
                try:
                    await self.ask("GET", "/healthz")
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
                else:
                    return

    async def request(self) -> dict[str, Any]:
        """Request a callback of Antje Petersen; return it as the API shows it."""
        wish = {
            "number": "04461 123456",
            "department": "umwelt",
            "caseworker": OWNER,
            "caller_name": "Gesine Albers",
            "subject": "Müllgebühr",
        }
        return await self.ask("POST", "/api/v1/callbacks", wish)

    async def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        transport = httpx.AsyncHTTPTransport(uds=str(self.state / "ivr.sock"))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answer = await client.request(method, path, json=body)
        shown: dict[str, Any] = answer.json()
        return shown

    async def parts(self) -> dict[str, Any]:
        shown: dict[str, Any] = (await self.ask("GET", "/readyz"))["parts"]
        return shown

    async def until_delivered(self, callback: str, *ways: str) -> list[dict[str, Any]]:
        """Wait until the first message has its receipt from all ``ways``; return all receipts."""
        async with asyncio.timeout(20):
            while True:
                shown: list[dict[str, Any]] = (
                    await self.ask("GET", f"/api/v1/callbacks/{callback}")
                )["deliveries"]
                if {each["way"] for each in shown if each["delivered_at"]} >= set(ways):
                    return shown
                await asyncio.sleep(0.1)

    async def hear(self) -> dict[str, object]:
        topic = f"ivr/v1/callbacks/umwelt/{OWNER}"
        await self.listener.wait_for(lambda: bool(self.listener.bodies(topic)))
        return self.listener.bodies(topic)[0]

    async def ivr(self, *arguments: str) -> tuple[int, str]:
        async with await Process.start(IVR, *arguments, env=self.environment) as run:
            return await run.ended(30), "\n".join(run.output)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    folders = {name: tmp_path / name for name in ("broker", "mail", "state", "config")}
    for name in ("broker", "mail", "state"):
        folders[name].mkdir()
    shutil.copytree(CONFIG, folders["config"])
    departments = folders["config"] / "departments.toml"
    written = departments.read_text()
    at = f'{{ id = "{OWNER}",'
    assert at in written
    departments.write_text(written.replace(at, f"{at} {WAYS},"))
    broker = Mosquitto(folders["broker"], access=ACCESS)
    broker.start()
    try:
        async with AsyncExitStack() as stack:
            mail = await stack.enter_async_context(mail_server_lab(folders["mail"]))
            webhook = await stack.enter_async_context(receiving())
            listener = await stack.enter_async_context(listening(broker.port))
            environment = {
                "LC_ALL": "C.UTF-8",
                "IVR_STATE": str(folders["state"]),
                "IVR_CONFIG": str(folders["config"]),
                "IVR_HTTP_BIND": f"{HOST}:0",
                "IVR_ARI_URL": f"http://{HOST}:9",
                "IVR_MQTT_URL": f"mqtt://{HOST}:{broker.port}",
                "IVR_MQTT_USER": "ivr",
                "IVR_MQTT_PASSWORD": PASSWORD,
                "IVR_SMTP_URL": f"smtp://{HOST}:{mail.port}",
                "IVR_SMTP_CA_FILE": str(folders["mail"] / "cert.pem"),
                "IVR_SMTP_USER": MAIL_USER,
                "IVR_SMTP_PASSWORD": MAIL_PASSWORD,
                "IVR_MAIL_FROM": "rueckruf@landkreis.example",
                "IVR_WEBHOOK_URL": webhook.url,
            }
            service = await stack.enter_async_context(
                await Process.start(IVR, "serve", env=environment)
            )
            await service.line('"event": ?"started"', within=30)
            running = Town(folders["state"], environment, mail, webhook, listener)
            await running.answers()
            yield running
    finally:
        broker.stop()


async def test_a_callback_arrives_by_all_three_ways(town: Town) -> None:
    callback = await town.request()
    assert callback["caseworker"] == OWNER
    message_id = f"{callback['id']}.1"

    assert (await town.hear())["message_id"] == message_id
    [mail] = await town.mail.wait_for_mails(1)
    assert mail["Message-ID"] == f"<{message_id}@landkreis.example>"
    assert "Gesine Albers" in mail["Subject"]
    [(headers, body)] = await town.webhook.wait_for_requests(1)
    assert headers["webhook-id"] == orjson.loads(body)["message_id"] == message_id

    receipts = await town.until_delivered(callback["id"], "mqtt", "mail", "webhook")
    assert {(each["way"], each["event"], each["tries"]) for each in receipts} == {
        (way, "requested", 0) for way in ("mqtt", "mail", "webhook")
    }
    parts = await town.parts()
    assert parts["mail"]["works"]
    assert parts["webhook"]["works"]
    status, shown = await town.ivr("callbacks", "show", callback["id"])
    assert status == 0
    assert "Webhook" in shown
    assert "e-mail" in shown


async def test_a_dead_mail_server_holds_up_no_other_way_and_shows(town: Town) -> None:
    await town.mail.stop()
    callback = await town.request()
    await town.hear()
    await town.webhook.wait_for_requests(1)
    receipts = await town.until_delivered(callback["id"], "mqtt", "webhook")
    assert [each["way"] for each in receipts if not each["delivered_at"]] == ["mail"]

    status, shown = await town.ivr("callbacks", "list", "--undelivered", "--json")
    assert status == 0
    assert [each["id"] for each in orjson.loads(shown)] == [callback["id"]]
    assert not (await town.parts())["mail"]["works"]

    await town.mail.start()
    await town.mail.wait_for_mails(1)
    await town.until_delivered(callback["id"], "mail")
    assert (await town.ivr("callbacks", "list", "--undelivered", "--json"))[1].strip() == "[]"


async def test_an_address_the_server_does_not_know_is_told_with_its_reason(town: Town) -> None:
    town.mail.refusals = {"antje.petersen@landkreis.example": "550 5.1.1 unknown"}
    callback = await town.request()
    receipts = await town.until_delivered(callback["id"], "mqtt", "webhook")
    async with asyncio.timeout(20):
        while not receipts[1]["tries"]:
            await asyncio.sleep(0.1)
            receipts = await town.until_delivered(callback["id"], "mqtt")
    assert receipts[1]["error"] == "The mail server takes no mail for this address (550)."
    assert (await town.parts())["mail"]["works"]
    _status, shown = await town.ivr("callbacks", "show", callback["id"])
    assert "(550)" in shown


async def test_a_way_that_is_not_set_up_is_a_wrong_configuration(town: Town) -> None:
    for name in ("IVR_SMTP_URL", "IVR_WEBHOOK_URL"):
        town.environment[name] = ""
    for command in ("check", "serve"):
        status, said = await town.ivr(command)
        assert status == 2
        for name in ("IVR_SMTP_URL", "IVR_WEBHOOK_URL"):
            assert f"{name} in the environment" in said
        assert f"caseworkers[{OWNER}].deliveries" in said
