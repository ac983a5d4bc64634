"""A promise to a caseworker who is told by e-mail, and works at the command line."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
import pytest_asyncio

from testbed.exchange import Exchange
from testbed.installation import Installation
from testbed.ports import Ports
from testbed.stack import Stack
from tests.contract.certificates import HOST
from tests.contract.mail_server import PASSWORD, USER, MailServerLab, mail_server_lab

UMWELT = "044619193010"
DESK = "+4944619193020"
"""The telephone of Antje Petersen, who owns callbacks of the department Umwelt."""
OWNER = "antje.petersen"
CITIZEN = "+491713920075"
ADDRESS = "antje.petersen@landkreis.example"


@pytest.fixture(scope="module")
def mail_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mail")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mail(mail_folder: Path) -> AsyncIterator[MailServerLab]:
    async with mail_server_lab(mail_folder) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(
    another: Callable[[Path], Installation],
    ports: Ports,
    config: Path,
    mail: MailServerLab,
    mail_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stack]:
    """A system whose caseworker gets mails."""
    folder = tmp_path_factory.mktemp("mails") / "config"
    shutil.copytree(config, folder)
    installation = another(folder)
    departments = folder / "departments.toml"
    by_mail = f'mail = "{ADDRESS}", deliveries = ["mqtt", "mail"]'
    departments.write_text(departments.read_text().replace(f'mail = "{ADDRESS}"', by_mail))
    mails = {
        "IVR_SMTP_URL": f"smtp://{HOST}:{mail.port}",
        "IVR_SMTP_CA_FILE": str(mail_folder / "cert.pem"),
        "IVR_SMTP_USER": USER,
        "IVR_SMTP_PASSWORD": PASSWORD,
        "IVR_MAIL_FROM": "rueckruf@landkreis.example",
    }
    environment = {**installation.environment, **mails}
    async with Stack(replace(installation, environment=environment), ports) as stack:
        yield stack


async def test_from_the_key_to_the_end_by_mail(stack: Stack, mail: MailServerLab) -> None:
    async with (
        stack.citizen(CITIZEN) as citizen,
        stack.citizen(DESK) as desk,
        Exchange(stack.installation.exchange) as exchange,
    ):
        exchange.connect(DESK, desk)
        call = await citizen.dial(UMWELT)
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits", within=20)
        await call.press("1")
        [requested] = await mail.wait_for_mails(1)
        await call.ended(within=30)
        callback = _id_in(requested)
        await stack.command("callbacks", "acknowledge", callback, "--by", OWNER)

        exchange.refuse(CITIZEN, 486)
        await stack.command("callbacks", "call", callback, "--by", OWNER)
        in_vain = await desk.incoming(within=20)
        await in_vain.answer()
        await in_vain.ended(within=20)
        await stack.caseworker.told("attempted", id=callback, result="busy", within=20)

        exchange.connect(CITIZEN, citizen)
        await stack.command("callbacks", "call", callback, "--by", OWNER)
        phoned = await desk.incoming(within=20)
        await phoned.answer()
        ringing = await citizen.incoming(within=20)
        await ringing.answer()
        await ringing.talk(1)
        await ringing.hang_up()
        await phoned.ended()
        await stack.caseworker.told("attempted", id=callback, result="reached", within=20)
        await stack.command("callbacks", "close", callback, "--by", OWNER)
        _requested, closed = await mail.wait_for_mails(2)

    assert requested["To"] == f"Antje Petersen <{ADDRESS}>"
    assert "0171 3920075" in _text(requested)
    # What the owner did is not mailed to the owner, but the calendar has to learn the end.
    assert [_method(requested), _method(closed)] == ["PUBLISH", "CANCEL"]
    assert closed["References"] == requested["Message-ID"]


def _id_in(mail: EmailMessage) -> str:
    [line] = [line for line in _text(mail).splitlines() if line.startswith("Kennung:")]
    return line.split()[1]


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def _method(mail: EmailMessage) -> str:
    [calendar] = mail.iter_attachments()
    return str(calendar.get_param("method"))
