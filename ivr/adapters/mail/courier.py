"""Brings mails to the mail server, one connection for each; its answer to DATA is the receipt."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import aiosmtplib

from ivr.adapters.mail.letter import Content, letter
from ivr.adapters.mail.server import Encryption, MailServer
from ivr.application.ports.couriers import OutboxMessage
from ivr.domain.county import County
from ivr.domain.errors import Refused, Unavailable

_PATIENCE_SECONDS = 30.0
_LOOK_SECONDS = 300.0
"""So long what is known of the server is good enough to tell whether it works."""

_GOES_AWAY = 421
"""RFC 5321, section 3.8: may come instead of any answer; the server is about to close."""
_TOO_LARGE = 552


class MailCourier:
    """Implements :class:`ivr.application.ports.couriers.Courier` by SMTP submission (RFC 6409)."""

    def __init__(
        self,
        server: MailServer,
        sender: str,
        county: Callable[[], County],
        *,
        content: Content = Content.FULL,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        """``sender`` is an e-mail address; ``county`` tells what is configured now."""
        self._server = server
        self._sender = sender
        self._county = county
        self._content = content
        self._patience_seconds = patience_seconds
        self._trouble = ""
        """Why nothing got through the last time; empty: it did."""
        self._looked_at: float | None = None

    async def deliver(self, message: OutboxMessage) -> None:
        """Return once the server has taken the mail over.

        Raises Refused (``address_missing``, ``recipient_refused``, ``mail_refused``), also where
        a mailbox is full or the server wants to see us again later, and Unavailable.
        """
        mail = letter(message, self._county(), self._sender, self._content)
        to = mail["To"].addresses[0].addr_spec
        with self._watched():
            async with self._connection() as smtp:
                await smtp.sendmail(self._sender, [to], mail.as_bytes())

    async def probe(self) -> None:
        """Raise Unavailable, with the reason, where the server does not let us in.

        What a delivery has shown not long ago is believed.
        """
        now = asyncio.get_running_loop().time()
        if self._looked_at is None or now - self._looked_at > _LOOK_SECONDS:
            with self._watched():
                async with self._connection():
                    pass
        if self._trouble:
            raise Unavailable(self._trouble, code="mail_unavailable")

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """Connect and log in; everything together takes no longer than our patience."""
        smtp = aiosmtplib.SMTP(
            hostname=self._server.host,
            port=self._server.port,
            username=self._server.username,
            password=self._server.password,
            use_tls=self._server.encryption is Encryption.FROM_THE_START,
            start_tls=self._server.encryption is Encryption.STARTTLS,
            tls_context=self._server.tls,
            # Its default asks the name service, which may take its time.
            local_hostname=socket.gethostname(),
            timeout=self._patience_seconds,
        )
        try:
            async with asyncio.timeout(self._patience_seconds):
                await smtp.connect()
                yield smtp
                # The mail is taken over by now: a server that says no good-bye changes nothing.
                with suppress(aiosmtplib.SMTPException, OSError):
                    await smtp.quit()
        finally:
            smtp.close()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Tell what went wrong in our words: the server's may name people."""
        try:
            with self._translated():
                yield
        except Unavailable as error:
            self._note(error.message)
            raise
        except Refused:
            self._note("")
            raise
        self._note("")

    def _note(self, trouble: str) -> None:
        self._trouble = trouble
        self._looked_at = asyncio.get_running_loop().time()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise self._refused(error.recipients[0].code, "recipient_refused") from error
        except aiosmtplib.SMTPDataError as error:
            raise self._refused(error.code, "mail_refused") from error
        except aiosmtplib.SMTPSenderRefused as error:
            if error.code == _TOO_LARGE:
                raise self._refused(error.code, "mail_refused") from error
            raise self._away(f"refuses our address IVR_MAIL_FROM ({error.code})") from error
        except aiosmtplib.SMTPAuthenticationError as error:
            raise self._away(
                f"refuses the login ({error.code}): check smtp_user and smtp_password"
            ) from error
        except aiosmtplib.SMTPResponseException as error:
            raise self._away(f"said no ({error.code})") from error
        except TimeoutError as error:
            raise self._away("does not answer in time") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._away(f"can't be used: {error}") from error

    def _refused(self, code: int, reason: str) -> Refused | Unavailable:
        if code == _GOES_AWAY:
            return self._away(f"is about to close ({code})")
        what = "for this address" if reason == "recipient_refused" else "with this content"
        return Refused(f"The mail server takes no mail {what} ({code}).", code=reason)

    def _away(self, what: str) -> Unavailable:
        return Unavailable(f"The mail server {self._server} {what}.", code="mail_unavailable")
