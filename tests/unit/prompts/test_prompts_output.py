import errno
import json
from pathlib import Path

import pytest

from ivr.provisioning.prompts_output import BuiltSounds, Made, State, built_languages

MADE = Made("fingerprint", "tools")
SAMPLES, ALAW = bytes(8000), bytes(4000)


@pytest.fixture
def sounds(tmp_path: Path) -> BuiltSounds:
    sounds = BuiltSounds(tmp_path / "sounds" / "de")
    with sounds.locked():
        sounds.write("greeting", SAMPLES, ALAW)
        sounds.note({"greeting": MADE})
    return sounds


def _files(sounds: BuiltSounds) -> set[str]:
    return {path.name for path in sounds.folder.iterdir()}


def test_a_sound_is_two_files_and_a_note(sounds: BuiltSounds) -> None:
    assert _files(sounds) == {"greeting.alaw", "greeting.wav", ".manifest.json"}
    assert sounds.seconds("greeting") == 0.5
    assert sounds.is_current("greeting", MADE)


def test_the_note_is_found_again(sounds: BuiltSounds) -> None:
    again = BuiltSounds(sounds.folder)
    assert again.is_current("greeting", MADE)
    assert again.state("greeting", "fingerprint") is State.OK


def test_other_tools_make_it_again_but_it_says_what_it_should(sounds: BuiltSounds) -> None:
    assert not sounds.is_current("greeting", Made("fingerprint", "newer tools"))
    assert sounds.state("greeting", "fingerprint") is State.OK


def test_another_text_makes_it_outdated(sounds: BuiltSounds) -> None:
    assert sounds.state("greeting", "other") is State.OUTDATED
    assert not sounds.is_current("greeting", Made("other", "tools"))


def test_forgotten_notes_make_it_outdated(sounds: BuiltSounds) -> None:
    sounds.note({"greeting": None})
    assert sounds.state("greeting", "fingerprint") is State.OUTDATED


@pytest.mark.parametrize("file", ["greeting.wav", "greeting.alaw"])
def test_half_a_sound_is_missing(sounds: BuiltSounds, file: str) -> None:
    (sounds.folder / file).unlink()
    assert sounds.state("greeting", "fingerprint") is State.MISSING
    assert not sounds.is_current("greeting", MADE)
    assert sounds.seconds("greeting") is None


@pytest.mark.parametrize("file", ["greeting.wav", "greeting.alaw"])
@pytest.mark.parametrize("size", [0, 10, 100])
def test_a_file_cut_short_is_broken(sounds: BuiltSounds, file: str, size: int) -> None:
    path = sounds.folder / file
    path.write_bytes(path.read_bytes()[:size])
    assert sounds.state("greeting", "fingerprint") is State.BROKEN
    assert not sounds.is_current("greeting", MADE)


def test_a_sound_without_samples_is_broken(sounds: BuiltSounds) -> None:
    sounds.write("greeting", b"", b"")
    assert sounds.state("greeting", "fingerprint") is State.BROKEN


@pytest.mark.parametrize("manifest", ["", "[]", '{"greeting": 1}', '{"greeting": {"x": 1}}'])
def test_a_broken_manifest_only_costs_a_build(sounds: BuiltSounds, manifest: str) -> None:
    (sounds.folder / ".manifest.json").write_text(manifest)
    assert BuiltSounds(sounds.folder).state("greeting", "fingerprint") is State.OUTDATED


def test_other_sounds_and_unfinished_files_are_removed(sounds: BuiltSounds) -> None:
    sounds.write("old", SAMPLES, ALAW)
    sounds.note({"old": MADE})
    (sounds.folder / ".old.wav.part").touch()
    (sounds.folder / "README").touch()
    assert sounds.remove_all_but({"greeting"}) == 1
    assert _files(sounds) == {"greeting.alaw", "greeting.wav", ".manifest.json", "README"}
    assert json.loads((sounds.folder / ".manifest.json").read_text()).keys() == {"greeting"}


def test_a_language_can_be_forgotten(sounds: BuiltSounds) -> None:
    sounds_dir = sounds.folder.parent
    assert built_languages(sounds_dir) == ("de",)
    sounds.remove_all_but(())
    sounds.forget()
    assert not sounds.folder.exists()
    assert built_languages(sounds_dir) == ()


def test_forgetting_leaves_what_is_not_ours(sounds: BuiltSounds) -> None:
    (sounds.folder / "README").touch()
    sounds.remove_all_but(())
    sounds.forget()
    assert _files(sounds) == {"README"}


def test_a_full_disk_leaves_the_old_sound(
    sounds: BuiltSounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (sounds.folder / "greeting.alaw").read_bytes()

    def write_half(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(OSError, match="No space left"):
        sounds.write("greeting", bytes(100), bytes(50))
    assert (sounds.folder / "greeting.alaw").read_bytes() == before
    assert _files(sounds) == {"greeting.alaw", "greeting.wav", ".manifest.json"}
