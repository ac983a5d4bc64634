"""What whoever makes announcements' sounds must do, shown on the fake and on espeak-ng and sox."""

from __future__ import annotations

import io
import math
import struct
import wave
from pathlib import Path

import pytest

from ivr.application.ports.sounds import AnnouncementSounds
from ivr.domain.errors import Refused, Unavailable
from ivr.provisioning import prompts_output
from ivr.provisioning.announcements import AnnouncementFiles
from ivr.provisioning.prompts_output import BuiltSounds
from tests.fakes.announcement_sounds import FakeSounds

PROMPTS = Path(__file__).parents[2] / "prompts"
FLOOD = "announcement-1"


def tone(seconds: float) -> bytes:
    """A WAV file that sox can read."""
    samples = [int(9000 * math.sin(n * 440 * math.tau / 8000)) for n in range(int(8000 * seconds))]
    with io.BytesIO() as file, wave.open(file, "wb") as audio:
        audio.setparams((1, 2, 8000, 0, "NONE", ""))
        audio.writeframes(struct.pack(f"<{len(samples)}h", *samples))
        return file.getvalue()


class Lab:
    def __init__(self, kind: str, folder: Path) -> None:
        self.folder = folder
        self.sounds: AnnouncementSounds = (
            FakeSounds() if kind == "fake" else AnnouncementFiles(PROMPTS, folder)
        )

    def there(self, language: str = "de") -> set[str]:
        if isinstance(self.sounds, FakeSounds):
            return {name for spoken, name in self.sounds.made if spoken == language}
        sounds = BuiltSounds(self.folder / language)
        names = sounds.announcements()
        assert all(sounds.seconds(name) is not None for name in names)
        return set(names)

    def fill_the_disk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        if isinstance(self.sounds, FakeSounds):
            self.sounds.full = True
            return

        def fail(_samples: bytes) -> bytes:
            raise OSError(28, "No space left on device")

        # After the first of the two files is written.
        monkeypatch.setattr(prompts_output, "wav_file", fail)


@pytest.fixture(params=["fake", "files"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Lab:
    return Lab(request.param, tmp_path)


def test_a_text_is_spoken(lab: Lab) -> None:
    seconds = lab.sounds.speak(FLOOD, "de", "Sturmflut: Das Kreishaus bleibt heute geschlossen.")
    assert 2 < seconds < 10
    assert lab.there() == {FLOOD}


def test_a_recording_is_converted(lab: Lab) -> None:
    assert lab.sounds.convert(FLOOD, "de", tone(1.5), "wav") > 1.0
    assert lab.there() == {FLOOD}


def test_what_can_t_be_spoken_is_refused(lab: Lab) -> None:
    with pytest.raises(Refused) as refusal:
        lab.sounds.speak(FLOOD, "de", "…")
    assert refusal.value.code == "text_unspeakable"
    assert lab.there() == set()


@pytest.mark.parametrize(("content", "kind"), [(b"no recording", "wav"), (tone(1), "ogg")])
def test_what_is_no_recording_is_refused(lab: Lab, content: bytes, kind: str) -> None:
    with pytest.raises(Refused) as refusal:
        lab.sounds.convert(FLOOD, "de", content, kind)
    assert refusal.value.code == "recording_unusable"
    assert lab.there() == set()


def test_a_full_disk_leaves_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        lab.fill_the_disk(patched)
        with pytest.raises(Unavailable, match="No space left") as failure:
            lab.sounds.speak(FLOOD, "de", "Sturmflut")
    assert failure.value.code == "disk_full"
    assert lab.there() == set()


def test_all_others_are_removed(lab: Lab) -> None:
    for name, language in (("a", "de"), ("b", "de"), ("c", "en")):
        lab.sounds.convert(f"announcement-{name}", language, tone(0.5), "wav")
    lab.sounds.keep_only({"announcement-b"})
    lab.sounds.keep_only({"announcement-b"})
    assert (lab.there("de"), lab.there("en")) == ({"announcement-b"}, set())


def test_prompts_are_left_alone_and_a_build_leaves_announcements(tmp_path: Path) -> None:
    files = AnnouncementFiles(PROMPTS, tmp_path)
    files.convert("announcement-a", "de", tone(0.5), "wav")
    sounds = BuiltSounds(tmp_path / "de")
    sounds.write("greeting", b"\0\0", b"\0")
    assert sounds.remove_all_but({"greeting"}) == 0
    files.keep_only(())
    assert {path.stem for path in (tmp_path / "de").iterdir()} == {"greeting"}


def test_a_missing_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="espeak-ng") as failure:
        AnnouncementFiles(PROMPTS, tmp_path).speak(FLOOD, "de", "Sturmflut")
    assert failure.value.code == "program_missing"


def test_broken_texts_are_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="ivr check") as failure:
        AnnouncementFiles(tmp_path, tmp_path).speak(FLOOD, "de", "Sturmflut")
    assert failure.value.code == "prompts_broken"
