"""Prompts whose beginning nobody confirms."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.adapters.ari.legs import Legs
from ivr.adapters.ari.media import Media
from ivr.adapters.ari.sounds import SoundFolders
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.errors import IvrError, Unavailable
from ivr.domain.events import Event
from ivr.domain.ids import CallId, PlaybackId
from ivr.domain.speech import Sound
from tests.unit.ari.scripted_connection import ScriptedConnection, refused

CALL, PLAYBACK = CallId("c"), PlaybackId("c-p1")
GREETING = do.Play(CALL, PLAYBACK, (Sound("greeting"),), "de")
ASKED = f"POST channels/{CALL}/play/{PLAYBACK}"


@pytest.fixture
def sounds(tmp_path: Path) -> SoundFolders:
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "greeting.wav").touch()
    return SoundFolders(tmp_path, "de")


async def played(sounds: SoundFolders, error: IvrError) -> tuple[list[Event], Legs]:
    legs, posted = Legs(), list[Event]()
    ari = ScriptedConnection({ASKED: error})
    await Media(ari, legs, posted.append, sounds).execute(GREETING)
    assert ari.asked == [ASKED]
    return posted, legs


async def test_a_prompt_nobody_confirmed_is_looked_for_after_the_next_connection(
    sounds: SoundFolders,
) -> None:
    """Perhaps the caller hears it: it is over only when Asterisk says so."""
    posted, legs = await played(sounds, Unavailable("gone", code="asterisk_away"))
    assert posted == []
    assert legs.playbacks() == (PLAYBACK,)


async def test_a_prompt_that_asterisk_refuses_is_over(sounds: SoundFolders) -> None:
    posted, legs = await played(sounds, refused(404))
    assert posted == [on.PlaybackFinished(CALL, PLAYBACK)]
    assert legs.playbacks() == ()
