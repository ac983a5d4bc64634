"""SIP messages as text, as far as the testbed writes and reads them itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

OK: Final = 200
ACCEPTED: Final = 202
UNAUTHORIZED: Final = 401

_REASONS: Final = {
    100: "Trying",
    180: "Ringing",
    200: "OK",
    404: "Not Found",
    486: "Busy Here",
    487: "Request Terminated",
}
_COPIED: Final = ("via", "from", "to", "call-id", "cseq")
"""What a response repeats of its request."""
_URI: Final = re.compile(r"sips?:(?:([^@;>]*)@)?([^;>]*)")

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response: first line, headers in order, body."""

    start: str
    headers: Headers
    body: str = ""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a datagram."""
        head, _, body = data.decode().partition("\r\n\r\n")
        start, *lines = head.split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return cls(start, tuple((name.strip(), value.strip()) for name, _, value in pairs), body)

    def encode(self) -> bytes:
        """Write it as a datagram."""
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, f"Content-Length: {len(self.body)}", "", self.body]).encode()

    @property
    def status(self) -> int | None:
        """The status of a response; None: it is a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0 ") else None

    @property
    def method(self) -> str:
        """The method, of a response that of its request."""
        return self["cseq"].split()[1]

    @property
    def number(self) -> str:
        """Whom a request is for: the user in its address."""
        return user(self.start.split()[1])

    @property
    def call_id(self) -> str:
        """Its dialog, as far as its Call-ID tells."""
        return self["call-id"]

    def __getitem__(self, name: str) -> str:
        """The first header of that name, empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def answered(self, status: int, *, tag: str = "", more: Headers = (), body: str = "") -> Self:
        """Return the response to this request. ``tag`` is ours in this dialog."""
        headers = [each for each in self.headers if each[0].lower() in _COPIED]
        if tag and "tag=" not in self["to"]:
            headers = [
                (name, f"{value};tag={tag}" if name.lower() == "to" else value)
                for name, value in headers
            ]
        start = f"SIP/2.0 {status} {_REASONS.get(status, 'Refused')}"
        return type(self)(start, (*headers, *more), body)


def user(text: str) -> str:
    """Return the user in the SIP address in ``text``, empty where there is none."""
    match = _URI.search(text)
    return (match[1] or "") if match else ""


def address(text: str) -> str:
    """Return the SIP address in ``text``, without what is around it."""
    match = re.search(r"<([^>]*)>", text)
    return match[1] if match else text.partition(";")[0]


def tag(text: str) -> str:
    """Return the tag in a From or To, empty where there is none."""
    match = re.search(r";tag=([^;]*)", text)
    return match[1] if match else ""
