"""The error tree: whose fault it is and whether to try again.

    IvrError
    ├── ConfigError        the admin's files or environment; every problem at once
    ├── Refused            the rules say no to a request; asking again changes nothing
    ├── Unavailable        something outside is down; the same request may work later
    └── UnexpectedMessage  the other side broke its contract

Each has a stable ``code`` for programs and ``retryable``. What HTTP status an error becomes is
the web adapter's business, what exit status the command line's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class IvrError(Exception):
    """Something this program can name; anything else that is raised is a defect."""

    retryable: ClassVar[bool] = False
    default_code: ClassVar[str] = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        """``message`` is for people, ``code`` for programs (default: the class's)."""
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the configuration, told so that an admin can mend it."""

    file: str
    key: str
    value: str
    wrong: str
    allowed: str


class ConfigError(IvrError):
    """The configuration can't be used; ``problems`` holds all that is wrong with it."""

    default_code = "configuration"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """``problems`` is not empty."""
        lines = [f"{p.file}: {p.key}: {p.wrong}" for p in problems]
        super().__init__("\n".join(lines))
        self.problems = problems


class Refused(IvrError):
    """The rules say no; ``code`` says which one (``…_not_found`` where a thing is missing)."""

    default_code = "refused"


class Unavailable(IvrError):
    """Something outside is down or too slow; try again later."""

    retryable = True
    default_code = "unavailable"


class UnexpectedMessage(IvrError):
    """The other side sent what its contract does not allow."""

    default_code = "unexpected_message"
