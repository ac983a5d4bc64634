"""Mails at a real mail server: what may go wrong on the way, and how that is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivr.adapters.mail import MailCourier, mail_server
from ivr.domain.delivery import Delivery
from ivr.domain.errors import Refused, Unavailable
from tests import post_office
from tests.contract.certificates import HOST
from tests.contract.mail_server import PASSWORD, USER, MailServerLab, mail_server_lab
from tests.post_office import ADDRESSES, HEIKE, SENDER, a_promise

MESSAGE = post_office.message(Delivery.MAIL)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[MailServerLab]:
    async with mail_server_lab(tmp_path) as lab:
        yield lab


def courier_for(
    server: MailServerLab,
    ca_file: Path | None,
    *,
    scheme: str = "smtp",
    password: str = PASSWORD,
    patience: float = 10,
) -> MailCourier:
    address = mail_server(f"{scheme}://{HOST}:{server.port}", ca_file)
    if ca_file is not None:
        address = address.with_login(USER, password)
    return MailCourier(address, SENDER, post_office.county, patience_seconds=patience)


async def test_a_mail_arrives_whole_over_starttls(server: MailServerLab, tmp_path: Path) -> None:
    await courier_for(server, tmp_path / "cert.pem").deliver(MESSAGE)
    [mail] = server.mails
    assert mail["X-Envelope"] == f"{SENDER} {ADDRESSES[HEIKE]}"
    assert mail["To"] == f"Heike Janßen <{ADDRESSES[HEIKE]}>"
    body = mail.get_body()
    assert body is not None
    assert "Gesine Albers" in body.get_content()
    [calendar] = mail.iter_attachments()
    assert calendar.get_content_type() == "text/calendar"
    assert "BEGIN:VEVENT" in calendar.get_content()


async def test_a_mail_arrives_over_tls_from_the_start(tmp_path: Path) -> None:
    async with mail_server_lab(tmp_path, from_the_start=True) as server:
        await courier_for(server, tmp_path / "cert.pem", scheme="smtps").deliver(MESSAGE)
        assert len(server.mails) == 1


async def test_on_this_machine_nothing_is_encrypted(tmp_path: Path) -> None:
    async with mail_server_lab(tmp_path, encrypted=False) as server:
        await courier_for(server, None).deliver(MESSAGE)
        assert len(server.mails) == 1


async def test_a_server_without_starttls_gets_nothing(tmp_path: Path) -> None:
    async with (
        mail_server_lab(tmp_path) as real,
        mail_server_lab(tmp_path, encrypted=False) as plain,
    ):
        with pytest.raises(Unavailable, match="STARTTLS"):
            await courier_for(plain, tmp_path / "cert.pem").deliver(MESSAGE)
        assert plain.mails == real.mails == []


async def test_a_certificate_nobody_vouches_for_ends_the_try(
    server: MailServerLab, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    async with mail_server_lab(other):
        with pytest.raises(Unavailable, match="certificate verify failed"):
            await courier_for(server, other / "cert.pem").deliver(MESSAGE)
    assert server.mails == []


async def test_a_wrong_password_holds_up_all(server: MailServerLab, tmp_path: Path) -> None:
    courier = courier_for(server, tmp_path / "cert.pem", password="wrong")
    with pytest.raises(Unavailable, match=r"refuses the login \(535\)") as error:
        await courier.deliver(MESSAGE)
    assert "wrong" not in error.value.message
    with pytest.raises(Unavailable, match="refuses the login"):
        await courier.probe()


@pytest.mark.parametrize(
    ("answer", "code"),
    [("550 5.1.1 No such user heike", 550), ("452 4.2.2 Mailbox of heike is full", 452)],
)
async def test_a_recipient_the_server_does_not_take(
    server: MailServerLab, tmp_path: Path, answer: str, code: int
) -> None:
    server.refusals = {ADDRESSES[HEIKE]: answer}
    courier = courier_for(server, tmp_path / "cert.pem")
    with pytest.raises(Refused) as refusal:
        await courier.deliver(MESSAGE)
    assert refusal.value.code == "recipient_refused"
    assert refusal.value.message == f"The mail server takes no mail for this address ({code})."
    await courier.probe()


async def test_a_server_about_to_close_refuses_nobody(
    server: MailServerLab, tmp_path: Path
) -> None:
    server.refusals = {ADDRESSES[HEIKE]: "421 4.3.2 shutting down"}
    with pytest.raises(Unavailable):
        await courier_for(server, tmp_path / "cert.pem").deliver(MESSAGE)


async def test_content_the_server_does_not_take(server: MailServerLab, tmp_path: Path) -> None:
    server.refuses_content = "554 5.7.1 Gesine Albers looks like spam"
    with pytest.raises(Refused, match=r"with this content \(554\)") as refusal:
        await courier_for(server, tmp_path / "cert.pem").deliver(MESSAGE)
    assert refusal.value.code == "mail_refused"


async def test_a_server_that_hangs_is_left(server: MailServerLab, tmp_path: Path) -> None:
    server.hangs = True
    with pytest.raises(Unavailable, match="does not answer in time"):
        await courier_for(server, tmp_path / "cert.pem", patience=1).deliver(MESSAGE)


async def test_a_repeat_after_a_lost_answer_is_the_same_mail(
    server: MailServerLab, tmp_path: Path
) -> None:
    courier = courier_for(server, tmp_path / "cert.pem")
    server.breaks_after_data = True
    with pytest.raises(Unavailable):
        await courier.deliver(MESSAGE)
    server.breaks_after_data = False
    await courier.deliver(MESSAGE)
    first, second = server.mails
    assert first.as_bytes() == second.as_bytes()


async def test_a_caseworker_without_an_address_is_refused(
    server: MailServerLab, tmp_path: Path
) -> None:
    nobody = post_office.message(Delivery.MAIL, a_promise("cb-1", post_office.NOBODY))
    with pytest.raises(Refused) as refusal:
        await courier_for(server, tmp_path / "cert.pem").deliver(nobody)
    assert refusal.value.code == "address_missing"


async def test_the_probe_asks_the_server_before_the_first_mail(
    server: MailServerLab, tmp_path: Path
) -> None:
    courier = courier_for(server, tmp_path / "cert.pem")
    await courier.probe()
    await server.stop()
    await courier.probe()  # what was seen a moment ago is believed
    with pytest.raises(Unavailable):
        await courier.deliver(MESSAGE)
    with pytest.raises(Unavailable, match="can't be used"):
        await courier.probe()
    await server.start()
    await courier.deliver(MESSAGE)
    await courier.probe()
    assert server.mails[-1]["Message-ID"] == "<cb-1.1@landkreis.test>"
