"""Asterisk's list of channels, typed: only what is needed to tell whose they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ivr.domain.errors import UnexpectedMessage

_FALLBACK = "ivr-fallback"
"""The contexts in which callers are served without this program begin with it."""
_PHONED_BACK = 4
"""Arguments of a leg that is a caller's, not a colleague's."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as it is now; ``application`` is what the dialplan is doing with it."""

    id: str
    context: str
    application: str
    arguments: tuple[str, ...]
    state: str
    created_at: datetime

    @property
    def is_in_stasis(self) -> bool:
        """Whether it is ours to command: who left is not any more."""
        return self.application == "Stasis"

    @property
    def is_silent_offer(self) -> bool:
        """Whether it is an agent's leg, and the telephone has not even said that it rings."""
        return self.state == "Down" and self.is_in_stasis and self.arguments[:1] == ("agent",)

    @property
    def is_caller(self) -> bool:
        """Whether it came in by one of our numbers, and is in our application."""
        return self.is_in_stasis and self.arguments[:1] == ("caller",)

    @property
    def is_unanswered(self) -> bool:
        """Whether it is such a caller's, and rings still."""
        return self.state == "Ring" and self.is_caller

    @property
    def is_phoned_back(self) -> bool:
        """Whether a caller who kept a place has answered there: ``party,LEG,DIALLED,SINCE``."""
        return (
            self.is_in_stasis
            and self.state == "Up"
            and self.arguments[:1] == ("party",)
            and len(self.arguments) == _PHONED_BACK
        )

    @property
    def is_in_fallback(self) -> bool:
        """Whether Asterisk's own queue serves it. It may be listed as our application's as well."""
        return self.context.startswith(_FALLBACK)


def read_channels(answer: Iterable[Mapping[str, Any]]) -> dict[str, Channel]:
    """Read the answer to ``GET /channels``, by id. Raises UnexpectedMessage."""
    try:
        return {each["id"]: _read_channel(each) for each in answer}
    except (KeyError, TypeError, AttributeError) as error:
        raise UnexpectedMessage(f"ARI listed a channel without {error}") from error


def read_time(text: str) -> datetime:
    """Read a time of day as Asterisk writes it, ``2026-11-22T18:34:10.362+0000``.

    Raises UnexpectedMessage.
    """
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError as error:
        raise UnexpectedMessage(f"ARI told a time that is none: {error}") from error


def _read_channel(channel: Mapping[str, Any]) -> Channel:
    dialplan = channel["dialplan"]
    # The first is the application's name, as in the dialplan: Stasis(ivr,caller,…).
    _, *arguments = dialplan["app_data"].split(",")
    return Channel(
        channel["id"],
        dialplan["context"],
        dialplan["app_name"],
        tuple(arguments),
        channel["state"],
        read_time(channel["creationtime"]),
    )
