"""A spoken message is told once, with the length of its file, whatever ends it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ivr.adapters.ari import messages as ari
from ivr.adapters.ari.errands import Errands
from ivr.adapters.ari.legs import Legs
from ivr.adapters.ari.recordings import Recordings
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.errors import Unavailable
from ivr.domain.events import Event
from ivr.domain.ids import CallId, LegId, RecordingId
from tests.unit.ari.scripted_connection import ScriptedConnection, refused

CALL, NAME = CallId("1795347080.0"), RecordingId("cb-1795347080.0-7f3-1")
RECORD = do.RecordMessage(CALL, NAME, timedelta(minutes=2), timedelta(seconds=4))
REQUEST = f"POST channels/{CALL}/record"


class Studio:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ari = ScriptedConnection()
        self.posted: list[Event] = []
        self.errands = Errands(self.ari)
        self.legs = Legs()
        self.recordings = Recordings(self.ari, self.legs, self.posted.append, folder, self.errands)

    def file(self, seconds: float) -> None:
        (self.folder / f"{NAME}.wav").write_bytes(bytes(44 + int(16_000 * seconds)))

    def told(self, seconds: float) -> bool:
        return self.posted == [on.MessageRecorded(CALL, NAME, seconds)]


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


async def test_a_message_is_as_long_as_its_file(studio: Studio) -> None:
    await studio.recordings.execute(RECORD)
    assert studio.ari.asked == [REQUEST]
    assert studio.ari.queries == [
        {
            "name": NAME,
            "format": "wav",
            "maxDurationSeconds": 120,
            "maxSilenceSeconds": 4,
            "beep": "true",
            "terminateOn": "#",
            "ifExists": "fail",
        }
    ]
    studio.file(2.5)
    studio.recordings.heard(ari.RecordingFinished(NAME, 2))
    assert studio.told(2.5)
    studio.recordings.heard(ari.RecordingFinished(NAME, 2))
    studio.recordings.heard(ari.StasisEnd(CALL))
    assert studio.told(2.5)


@pytest.mark.parametrize(("seconds", "talking"), [(0.2, 1), (0.99, 1), (3.0, 0)])
async def test_silence_is_no_message(studio: Studio, seconds: float, talking: int) -> None:
    await studio.recordings.execute(RECORD)
    studio.file(seconds)
    studio.recordings.heard(ari.RecordingFinished(NAME, talking))
    assert studio.told(0)
    await studio.errands.do_next()
    assert studio.ari.asked[1:] == [f"DELETE recordings/stored/{NAME}"]


async def test_a_message_without_a_file_is_none(studio: Studio) -> None:
    await studio.recordings.execute(RECORD)
    studio.recordings.heard(ari.RecordingFinished(NAME, 2))
    assert studio.told(0)


async def test_a_recording_that_failed_is_no_message(studio: Studio) -> None:
    await studio.recordings.execute(RECORD)
    studio.file(2)
    studio.recordings.heard(ari.RecordingFailed(NAME, "disk full"))
    assert studio.told(0)


async def test_a_call_that_vanished_left_no_message(studio: Studio) -> None:
    await studio.recordings.execute(RECORD)
    studio.recordings.heard(ari.ChannelDestroyed("other", 16, 0))
    assert studio.posted == []
    studio.recordings.heard(ari.ChannelDestroyed(CALL, 0, 0))
    assert studio.told(0)


async def test_a_message_whose_end_was_missed_is_not_lost(studio: Studio) -> None:
    await studio.recordings.execute(RECORD)
    studio.file(2.5)
    await studio.recordings.compare()
    assert studio.posted == []
    studio.ari.refusals[f"GET recordings/live/{NAME}"] = refused(404)
    await studio.recordings.compare()
    assert studio.told(2.5)


async def test_a_hang_up_that_was_missed_loses_no_message(studio: Studio) -> None:
    await studio.recordings.execute(RECORD)
    studio.file(2.5)
    studio.recordings.heard(ari.ChannelDestroyed(CALL, 0, 0))
    assert studio.told(2.5)


async def test_a_caller_who_was_phoned_back_is_recorded_there(studio: Studio) -> None:
    leg = LegId("l")
    studio.legs.expect_party(leg)
    studio.legs.translate(ari.ChannelStateChange(leg, "Up"))
    assert studio.legs.adopt(CALL, leg)
    await studio.recordings.execute(RECORD)
    assert studio.ari.asked == [f"POST channels/{leg}/record"]
    studio.file(2.5)
    studio.recordings.heard(ari.ChannelDestroyed(leg, 0, 0))
    assert studio.told(2.5)


async def test_a_refused_recording_is_no_message(studio: Studio) -> None:
    studio.ari.refusals[REQUEST] = refused(404)
    await studio.recordings.execute(RECORD)
    assert studio.told(0)


async def test_a_repeat_during_the_recording_asks_nothing(studio: Studio) -> None:
    await studio.recordings.execute(RECORD)
    await studio.recordings.execute(RECORD)
    assert studio.ari.asked == [REQUEST]


async def test_a_repeat_after_the_recording_tells_nothing(studio: Studio) -> None:
    studio.ari.refusals[REQUEST] = refused(409)
    await studio.recordings.execute(RECORD)
    studio.recordings.heard(ari.StasisEnd(CALL))
    assert studio.posted == []


async def test_nothing_is_awaited_where_asterisk_is_away(studio: Studio) -> None:
    studio.ari.refusals[REQUEST] = Unavailable("away")
    with pytest.raises(Unavailable):
        await studio.recordings.execute(RECORD)
    studio.recordings.heard(ari.StasisEnd(CALL))
    assert studio.posted == []


async def test_a_message_is_deleted_where_it_is_kept(studio: Studio) -> None:
    await studio.recordings.execute(do.DiscardMessage(CALL, NAME))
    assert studio.ari.asked == [f"DELETE recordings/stored/{NAME}"]


async def test_a_message_that_goes_on_is_ended_and_deleted(studio: Studio) -> None:
    await studio.recordings.execute(RECORD)
    await studio.recordings.execute(do.DiscardMessage(CALL, NAME))
    assert studio.ari.asked == [REQUEST, f"DELETE recordings/live/{NAME}"]
    studio.file(2)
    studio.recordings.heard(ari.RecordingFinished(NAME, 2))
    assert studio.posted == []
