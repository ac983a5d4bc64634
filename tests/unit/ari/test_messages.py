"""Messages that are not what Asterisk promises. What it promises: test_ari_description.py."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.adapters.ari.messages import (
    MESSAGE_TYPES,
    ChannelDestroyed,
    EndpointStateChange,
    PlaybackFinished,
    RecordingFailed,
    RecordingFinished,
    RestResponse,
    read_message,
)
from ivr.adapters.ari.switch import UNUSED_EVENTS
from ivr.domain.errors import UnexpectedMessage


def test_a_type_of_no_interest_is_nothing() -> None:
    assert read_message({"type": "ChannelVarset"}) is None
    assert read_message({"type": 1}) is None
    assert read_message({}) is None


@pytest.mark.parametrize(
    "message",
    [
        [],
        "text",
        None,
        {"type": "StasisStart"},
        {"type": "StasisStart", "channel": None, "args": []},
        {"type": "StasisStart", "channel": {"id": "c"}, "args": None},
        {"type": "ChannelDtmfReceived", "channel": "c", "digit": "1"},
        {"type": "RESTResponse", "request_id": "r1"},
    ],
    ids=str,
)
def test_a_broken_promise_is_said(message: object) -> None:
    with pytest.raises(UnexpectedMessage):
        read_message(message)


@pytest.mark.parametrize(
    ("message", "read"),
    [
        (
            {"type": "ChannelDestroyed", "channel": {"id": "c"}, "cause": 16},
            ChannelDestroyed("c", 16, 0),
        ),
        (
            {"type": "RESTResponse", "request_id": "r1", "status_code": 204},
            RestResponse("r1", 204, ""),
        ),
        (
            {
                "type": "PlaybackFinished",
                "playback": {"id": "p", "media_uri": "sound:x", "state": "failed"},
            },
            PlaybackFinished("p", "sound:x", failed=True),
        ),
        (
            {"type": "RecordingFinished", "recording": {"name": "r"}},
            RecordingFinished("r", 0),
        ),
        (
            {"type": "RecordingFailed", "recording": {"name": "r"}},
            RecordingFailed("r", ""),
        ),
        (
            {
                "type": "EndpointStateChange",
                "endpoint": {"technology": "PJSIP", "resource": "1001", "channel_ids": ["c"]},
            },
            EndpointStateChange("PJSIP", "1001", "", ("c",)),
        ),
    ],
)
def test_what_is_optional_may_be_missing(message: dict[str, Any], read: object) -> None:
    assert read_message(message) == read


def test_nothing_that_is_read_is_filtered_out() -> None:
    assert MESSAGE_TYPES.isdisjoint(UNUSED_EVENTS)
