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
    """A channel is gone. ``cause`` is Q.850, ``tech_cause`` the SIP status, 0 if unknown.

    ``lost``: nobody hung up, Asterisk ended. It can't tell so itself.
    """

    channel: str
    cause: int
    tech_cause: int
    lost: bool = False


@dataclass(frozen=True, slots=True)
class ChannelStateChange:
    """A channel is ``state`` now: ``Up`` is answered."""

    channel: str
    state: str


@dataclass(frozen=True, slots=True)
class ChannelDtmfReceived:
    """A key was pressed."""

    channel: str
    digit: str


@dataclass(frozen=True, slots=True)
class ChannelTransfer:
    """A phone asked for a transfer (REFER), or is told what became of one.

    ``number`` is whom to. ``joined_with`` is the channel at whose other end that person is: the
    phone's other call; or the Call-ID the phone named, where Asterisk has no such call. None: the
    number is to be called. ``progress`` is what the phone is told, empty where it asks.
    """

    channel: str
    number: str
    joined_with: str | None
    progress: str


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """A playback ended; ``failed``: Asterisk could not play ``media``, its last part."""

    playback: str
    media: str
    failed: bool


@dataclass(frozen=True, slots=True)
class RecordingFinished:
    """A recording ended in order; ``talking`` are the whole seconds in which there was sound."""

    recording: str
    talking: int


@dataclass(frozen=True, slots=True)
class RecordingFailed:
    """A recording came to nothing."""

    recording: str
    cause: str


@dataclass(frozen=True, slots=True)
class EndpointStateChange:
    """A telephone is ``online`` or ``offline`` now, and has these ``channels``."""

    technology: str
    resource: str
    state: str
    channels: tuple[str, ...] = ()


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
    | ChannelStateChange
    | ChannelDtmfReceived
    | ChannelTransfer
    | PlaybackFinished
    | RecordingFinished
    | RecordingFailed
    | EndpointStateChange
    | UserEvent
    | ApplicationReplaced
    | RestResponse
)

_Json = Mapping[str, Any]


def read_endpoint(endpoint: _Json) -> EndpointStateChange:
    """Read how a telephone is, as it is told in an event and in the answer to a request."""
    return EndpointStateChange(
        endpoint["technology"],
        endpoint["resource"],
        endpoint.get("state", ""),
        tuple(endpoint["channel_ids"]),
    )


def _read_transfer(m: _Json) -> ChannelTransfer:
    wanted = m["refer_to"]["requested_destination"]
    joined_with = m["refer_to"].get("destination_channel", {}).get("id")
    return ChannelTransfer(
        m["referred_by"]["source_channel"]["id"],
        wanted.get("destination", ""),
        joined_with or wanted.get("protocol_id"),
        m.get("state", ""),
    )


_READERS: dict[str, Callable[[_Json], Message]] = {
    "StasisStart": lambda m: StasisStart(m["channel"]["id"], tuple(m["args"])),
    "StasisEnd": lambda m: StasisEnd(m["channel"]["id"]),
    "ChannelDestroyed": lambda m: ChannelDestroyed(
        m["channel"]["id"], m["cause"], m.get("tech_cause", 0)
    ),
    "ChannelStateChange": lambda m: ChannelStateChange(m["channel"]["id"], m["channel"]["state"]),
    "ChannelDtmfReceived": lambda m: ChannelDtmfReceived(m["channel"]["id"], m["digit"]),
    "ChannelTransfer": _read_transfer,
    "PlaybackFinished": lambda m: PlaybackFinished(
        m["playback"]["id"], m["playback"]["media_uri"], m["playback"]["state"] == "failed"
    ),
    "RecordingFinished": lambda m: RecordingFinished(
        m["recording"]["name"], m["recording"].get("talking_duration", 0)
    ),
    "RecordingFailed": lambda m: RecordingFailed(
        m["recording"]["name"], m["recording"].get("cause", "")
    ),
    "EndpointStateChange": lambda m: read_endpoint(m["endpoint"]),
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
