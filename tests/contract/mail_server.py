"""A real mail server of its own in the test's event loop: aiosmtpd, with STARTTLS and a login."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.contract.certificates import HOST, make_certificate

USER, PASSWORD = "rueckruf", "geheim"


class MailServerLab:
    """``mails`` holds all that was taken over, in order; the rest is what goes wrong."""

    def __init__(self, tls: ssl.SSLContext | None, *, from_the_start: bool = False) -> None:
        self.mails: list[EmailMessage] = []
        self.refusals: dict[str, str] = {}
        """By address, what the server answers to RCPT."""
        self.refuses_content = ""
        self.hangs = False
        self.breaks_after_data = False
        """It takes the mail over and is gone before it has said so."""
        self.port = 0
        self._tls = tls
        self._from_the_start = from_the_start
        self._server: asyncio.Server | None = None
        self._arrived = asyncio.Condition()

    async def start(self) -> None:
        self._server = await asyncio.get_running_loop().create_server(
            self._session,
            HOST,
            self.port,
            ssl=self._tls if self._from_the_start else None,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()

    async def wait_for_mails(self, count: int) -> list[EmailMessage]:
        async with asyncio.timeout(20), self._arrived:
            await self._arrived.wait_for(lambda: len(self.mails) >= count)
        return self.mails

    def _session(self) -> SMTP:
        starttls = None if self._from_the_start else self._tls
        return SMTP(
            self,
            hostname="mail.test",
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_required=starttls is not None,
            auth_require_tls=starttls is not None,
            authenticator=_authenticate,
            loop=asyncio.get_running_loop(),
        )

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.hangs:
            await asyncio.sleep(60)
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuses_content:
            return self.refuses_content
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.SMTP)
        assert isinstance(mail, EmailMessage)
        mail["X-Envelope"] = f"{envelope.mail_from} {' '.join(envelope.rcpt_tos)}"
        async with self._arrived:
            self.mails.append(mail)
            self._arrived.notify_all()
        if self.breaks_after_data:
            assert server.transport is not None
            server.transport.close()
        return "250 OK"


def _authenticate(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: object
) -> AuthResult:
    known = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=login == known, handled=False)


@asynccontextmanager
async def mail_server_lab(
    folder: Path, *, encrypted: bool = True, from_the_start: bool = False
) -> AsyncIterator[MailServerLab]:
    """Run a server; encrypted, it wants a login and its certificate is ``cert.pem``."""
    tls = None
    if encrypted:
        certificate = await asyncio.to_thread(make_certificate, folder)
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate, folder / "key.pem")
    lab = MailServerLab(tls, from_the_start=from_the_start)
    await lab.start()
    try:
        yield lab
    finally:
        await lab.stop()
