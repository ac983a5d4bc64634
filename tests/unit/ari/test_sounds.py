import os
from datetime import time
from pathlib import Path

import pytest

from ivr.adapters.ari.sounds import Playlist, SoundFolders
from ivr.domain.speech import Clock, Digits, Foreign, Sound, Utterance

UNTIL_SEVEN: Utterance = (Sound("open-again"), Clock(time(7)))


class Seconds:
    """A monotonic clock set by hand."""

    def __init__(self) -> None:
        self.value = 1000.0

    def __call__(self) -> float:
        return self.value


@pytest.fixture
def now() -> Seconds:
    return Seconds()


@pytest.fixture
def german(tmp_path: Path) -> Path:
    folder = tmp_path / "de"
    folder.mkdir()
    for name in ("open-again.alaw", "open-again.wav", "hour-07.wav"):
        (folder / name).touch()
    return folder


@pytest.fixture
def folders(tmp_path: Path, now: Seconds) -> SoundFolders:
    return SoundFolders(tmp_path, "de", now)


def _set_mtime(folder: Path, seconds: int) -> None:
    os.utime(folder, (seconds, seconds))


def test_paths_are_absolute_ordered_and_without_ending(folders: SoundFolders, german: Path) -> None:
    assert folders.playlist(UNTIL_SEVEN, "de") == Playlist(
        paths=(f"{german}/open-again", f"{german}/hour-07"), missing=()
    )


def test_a_relative_root_gives_absolute_paths(
    tmp_path: Path, german: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert SoundFolders(Path(), "de").playlist(UNTIL_SEVEN, "de").paths[0] == f"{german}/open-again"


def test_missing_sounds_are_named_once_and_left_out(folders: SoundFolders, german: Path) -> None:
    (german / "digit-4.wav").touch()
    playlist = folders.playlist((Digits("4554"),), "de")
    assert playlist.paths == (f"{german}/digit-4", f"{german}/digit-4")
    assert playlist.missing == ("pause", "digit-5")


def test_without_folders_there_is_nothing_to_play(folders: SoundFolders) -> None:
    assert folders.playlist(UNTIL_SEVEN, "fr") == Playlist((), ("open-again", "hour-07"))


def test_what_a_language_lacks_is_said_in_the_county_s(
    folders: SoundFolders, german: Path, tmp_path: Path
) -> None:
    french = tmp_path / "fr"
    french.mkdir()
    (french / "open-again.wav").touch()
    assert folders.playlist(UNTIL_SEVEN, "fr") == Playlist(
        paths=(f"{french}/open-again", f"{german}/hour-07"), missing=()
    )


def test_the_county_s_language_borrows_from_no_other(
    folders: SoundFolders, german: Path, tmp_path: Path
) -> None:
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "closed.wav").touch()
    assert folders.playlist((Sound("closed"),), german.name).missing == ("closed",)


def test_a_foreign_phrase_is_said_in_its_own_language(
    folders: SoundFolders, german: Path, tmp_path: Path
) -> None:
    english = tmp_path / "en"
    english.mkdir()
    for name in ("language-offer", "pause", "digit-8"):
        (english / f"{name}.wav").touch()
    offer = (Foreign("en", Sound("language-offer")), Foreign("en", Digits("8")))
    assert folders.playlist((Sound("open-again"), *offer), "de").paths == (
        f"{german}/open-again",
        f"{english}/language-offer",
        f"{english}/pause",
        f"{english}/digit-8",
        f"{english}/pause",
    )


def test_a_new_prompt_is_played_after_the_next_look(
    folders: SoundFolders, german: Path, now: Seconds
) -> None:
    _set_mtime(german, 1)
    assert folders.playlist((Sound("closed"),), "de").missing == ("closed",)
    (german / "closed.wav").touch()
    assert folders.playlist((Sound("closed"),), "de").missing == ("closed",)
    now.value += 1
    assert folders.playlist((Sound("closed"),), "de").missing == ()


def test_an_unchanged_folder_is_not_listed_again(
    folders: SoundFolders, german: Path, now: Seconds
) -> None:
    _set_mtime(german, 1)
    folders.playlist(UNTIL_SEVEN, "de")
    (german / "hour-07.wav").unlink()
    _set_mtime(german, 1)
    now.value += 60
    assert folders.playlist(UNTIL_SEVEN, "de").missing == ()


def test_a_folder_that_vanished_and_came_back(
    folders: SoundFolders, german: Path, now: Seconds
) -> None:
    assert folders.playlist(UNTIL_SEVEN, "de").missing == ()
    away = german.rename(german.with_name("away"))
    now.value += 1
    assert folders.playlist(UNTIL_SEVEN, "de").paths == ()
    away.rename(german)
    now.value += 1
    assert folders.playlist(UNTIL_SEVEN, "de").missing == ()
