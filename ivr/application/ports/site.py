"""The admin's files, and what is made from them for Asterisk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ivr.domain.county import County

FileContents = Mapping[str, bytes]
"""Files by name."""


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One of Asterisk's files that is not as it should be.

    ``difference`` is a unified diff; None where it holds passwords.
    """

    name: str
    kind: str
    difference: str | None


@dataclass(frozen=True, slots=True)
class SitePlan:
    """What the admin's files say, and what Asterisk has to be told of it.

    ``content`` is what all of Asterisk's files are to hold, ``files`` those that differ.
    ``modules`` have to read their files again; what is in ``restart`` Asterisk reads only when it
    starts. ``county`` is checked.
    """

    county: County
    files: tuple[SiteFile, ...]
    modules: tuple[str, ...]
    restart: tuple[str, ...]
    content: FileContents = field(repr=False)


class Site(Protocol):
    """The admin's files on this machine, and what is made from them for Asterisk.

    Every method reads or writes files and may take a while; call it in a thread.
    """

    def look(self) -> SitePlan:
        """Check the files and compare; nothing is changed.

        Raises ConfigError with all that is wrong.
        """
        ...

    def plan(self) -> SitePlan:
        """The same, to be carried out: who is new gets a password. Raises ConfigError."""
        ...

    def write(self, content: FileContents) -> FileContents:
        """Let Asterisk's files hold ``content`` and return what they held before.

        All or nothing. Raises Unavailable (the disk).
        """
        ...
