"""What Asterisk tells over ARI, typed: only the messages and fields that are used.

Checked in the tests against the description that Asterisk itself ships
(``rest-api/events.json``). It knows nothing of calls or agents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ivr.domain.errors import UnexpectedMessage


@dataclass(frozen=True, slots=True)
class StasisStart:
    """A channel entered the application."""

    channel: str
    args: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StasisEnd:
    """A channel left the application; what the dialplan does with it is not told."""

    channel: str


@dataclass(frozen=True, slots=True)
class ChannelDestroyed:
    """A channel is gone. ``cause`` is Q.850, ``tech_cause`` the SIP status, 0 if unknown."""

    channel: str
    cause: int
    tech_cause: int


@dataclass(frozen=True, slots=True)
class ChannelDtmfReceived:
    """A key was pressed."""

    channel: str
    digit: str


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """A playback ended; ``failed``: Asterisk could not play ``media``, its last part."""

    playback: str
    media: str
    failed: bool


@dataclass(frozen=True, slots=True)
class EndpointStateChange:
    """A telephone is ``online`` or ``offline`` now."""

    technology: str
    resource: str
    state: str


@dataclass(frozen=True, slots=True)
class UserEvent:
    """An event that a program, the dialplan or we ourselves made up."""

    name: str


@dataclass(frozen=True, slots=True)
class ApplicationReplaced:
    """Another connection took over the application; this one hears nothing any more."""


@dataclass(frozen=True, slots=True)
class RestResponse:
    """The answer to a request sent over the socket; ``body`` is JSON text, empty if none."""

    request: str
    status: int
    body: str


Message = (
    StasisStart
    | StasisEnd
    | ChannelDestroyed
    | ChannelDtmfReceived
    | PlaybackFinished
    | EndpointStateChange
    | UserEvent
    | ApplicationReplaced
    | RestResponse
)

_Json = Mapping[str, Any]

_READERS: dict[str, Callable[[_Json], Message]] = {
    "StasisStart": lambda m: StasisStart(m["channel"]["id"], tuple(m["args"])),
    "StasisEnd": lambda m: StasisEnd(m["channel"]["id"]),
    "ChannelDestroyed": lambda m: ChannelDestroyed(
        m["channel"]["id"], m["cause"], m.get("tech_cause", 0)
    ),
    "ChannelDtmfReceived": lambda m: ChannelDtmfReceived(m["channel"]["id"], m["digit"]),
    "PlaybackFinished": lambda m: PlaybackFinished(
        m["playback"]["id"], m["playback"]["media_uri"], m["playback"]["state"] == "failed"
    ),
    "EndpointStateChange": lambda m: EndpointStateChange(
        m["endpoint"]["technology"], m["endpoint"]["resource"], m["endpoint"].get("state", "")
    ),
    "ChannelUserevent": lambda m: UserEvent(m["eventname"]),
    "ApplicationReplaced": lambda _: ApplicationReplaced(),
    "RESTResponse": lambda m: RestResponse(
        m["request_id"], m["status_code"], m.get("message_body", "")
    ),
}

MESSAGE_TYPES = frozenset(_READERS)
"""The types that are read; all others are none of our business."""


def read_message(message: object) -> Message | None:
    """Type a decoded message; None for one of no interest.

    Raises UnexpectedMessage where a message of a known type lacks what its contract promises.
    """
    if not isinstance(message, Mapping):
        raise UnexpectedMessage("ARI sent something that is no JSON object")
    kind = message.get("type")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        return None
    try:
        return reader(message)
    except (KeyError, TypeError, AttributeError) as error:
        raise UnexpectedMessage(f"ARI sent a {kind} without {error}") from error
