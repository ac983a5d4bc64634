"""One SIP dialog and the requests in it, for those in the testbed who speak SIP by themselves."""

from __future__ import annotations

import hashlib
import itertools
import re
import secrets
from dataclasses import dataclass
from typing import Protocol, Self

from testbed.phone import SipServer
from testbed.sip import OK, UNAUTHORIZED, Headers, Message, address, tag


class Wire(Protocol):
    """How requests get to Asterisk, and its answers back."""

    def send(self, message: Message) -> None:
        """Send to Asterisk."""
        ...

    async def answer_to(self, request: Message) -> Message:
        """Wait for the final answer to a request of ours. Raises TimeoutError."""
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are at Asterisk; ``own`` is where we listen."""

    user: str
    password: str
    server: SipServer
    own: SipServer

    def proof(self, refusal: Message, method: str, uri: str) -> tuple[str, str]:
        """Return the header that proves who we are (RFC 2617), for a request refused with 401."""
        challenge = dict(re.findall(r'(\w+)="?([^",]*)"?', refusal["www-authenticate"]))
        nonce, realm, unique = challenge["nonce"], challenge["realm"], secrets.token_hex(8)
        who = _md5(f"{self.user}:{realm}:{self.password}")
        proof = _md5(f"{who}:{nonce}:00000001:{unique}:auth:{_md5(f'{method}:{uri}')}")
        digest = (
            f'Digest username="{self.user}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
            f'response="{proof}", algorithm=MD5, qop=auth, nc=00000001, cnonce="{unique}", '
            f'opaque="{challenge.get("opaque", "")}"'
        )
        return "Authorization", digest


class Dialog:
    """One dialog of an account: who talks to whom, and the numbers of our requests."""

    def __init__(self, account: Account, wire: Wire, remote: str) -> None:
        """``remote`` is the SIP address of the other side, as far as it is known."""
        self.call_id = secrets.token_hex(12)
        self.tag = secrets.token_hex(6)
        self.remote_tag = ""
        self.target = remote
        """Where requests of this dialog go."""
        self._account = account
        self._wire = wire
        self._remote = remote
        self._local = f"sip:{account.user}@{account.server}"
        self._numbers = itertools.count(1)
        self._invitation: Message | None = None

    @classmethod
    def of(cls, account: Account, wire: Wire, invitation: Message) -> Self:
        """Return the dialog in which we were called."""
        dialog = cls(account, wire, address(invitation["from"]))
        dialog.call_id = invitation.call_id
        dialog.remote_tag = tag(invitation["from"])
        dialog.target = address(invitation["contact"])
        dialog._local = address(invitation["to"])
        return dialog

    async def request(
        self, method: str, uri: str = "", more: Headers = (), body: str = ""
    ) -> Message:
        """Send a request, once more with our password where that is wanted; return the answer."""
        uri = uri or self.target
        answer = await self._sent(self._message(method, uri, more, body))
        if answer.status == UNAUTHORIZED:
            proof = self._account.proof(answer, method, uri)
            answer = await self._sent(self._message(method, uri, (*more, proof), body))
        return answer

    def cancel(self) -> None:
        """Take back our INVITE, which was not answered yet."""
        assert self._invitation is not None, "nobody was invited"
        self._wire.send(_belonging_to(self._invitation, "CANCEL", self._invitation["to"]))

    def _message(self, method: str, uri: str, more: Headers = (), body: str = "") -> Message:
        remote = f"<{self._remote}>" + (f";tag={self.remote_tag}" if self.remote_tag else "")
        headers = (
            ("Via", f"SIP/2.0/UDP {self._account.own};branch=z9hG4bK{secrets.token_hex(8)};rport"),
            ("From", f"<{self._local}>;tag={self.tag}"),
            ("To", remote),
            ("Call-ID", self.call_id),
            ("CSeq", f"{next(self._numbers)} {method}"),
            ("Max-Forwards", "70"),
            *more,
        )
        return Message(f"{method} {uri} SIP/2.0", headers, body)

    async def _sent(self, request: Message) -> Message:
        if request.method == "INVITE":
            self._invitation = request
        self._wire.send(request)
        answer = await self._wire.answer_to(request)
        if request.method == "INVITE":
            self._acknowledge(request, answer)
        return answer

    def _acknowledge(self, invitation: Message, answer: Message) -> None:
        ack = _belonging_to(invitation, "ACK", answer["to"])
        if answer.status == OK:  # then the ACK is a request of its own
            self.remote_tag = tag(answer["to"])
            self.target = address(answer["contact"])
            via = f"SIP/2.0/UDP {self._account.own};branch=z9hG4bK{secrets.token_hex(8)};rport"
            ack = Message(f"ACK {self.target} SIP/2.0", (("Via", via), *ack.headers[1:]))
        self._wire.send(ack)


def _belonging_to(invitation: Message, method: str, to: str) -> Message:
    """Return the CANCEL of an INVITE, or the ACK of its refusal."""
    kept = {
        "Via": invitation["via"],
        "From": invitation["from"],
        "To": to,
        "Call-ID": invitation.call_id,
        "CSeq": invitation["cseq"].replace("INVITE", method),
        "Max-Forwards": "70",
    }
    uri = invitation.start.split()[1]
    return Message(f"{method} {uri} SIP/2.0", tuple(kept.items()))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
