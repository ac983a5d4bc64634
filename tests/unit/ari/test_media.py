"""How prompts are asked for, and those whose beginning nobody confirms."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.adapters.ari.legs import Legs
from ivr.adapters.ari.media import Media
from ivr.adapters.ari.requests import Query
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


async def asked_for(sounds: SoundFolders, language: str) -> Query:
    ari = ScriptedConnection()
    words = Sound("greeting"), Sound("please-wait")
    await Media(ari, Legs(), lambda _: None, sounds).execute(
        do.Play(CALL, PLAYBACK, words, language)
    )
    (query,) = ari.queries
    return query


async def test_the_language_is_told_apart_so_that_asterisk_looks_there_first(
    sounds: SoundFolders, tmp_path: Path
) -> None:
    (tmp_path / "de" / "please-wait.wav").touch()
    assert await asked_for(sounds, "de") == {
        "media": f"sound:{tmp_path}/greeting,sound:{tmp_path}/please-wait",
        "lang": "de",
    }


async def test_words_of_two_languages_are_asked_for_where_they_are(
    sounds: SoundFolders, tmp_path: Path
) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "please-wait.wav").touch()
    assert await asked_for(sounds, "en") == {
        "media": f"sound:{tmp_path}/de/greeting,sound:{tmp_path}/en/please-wait"
    }
