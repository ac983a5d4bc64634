"""Building prompts with the real espeak-ng and sox."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import wave
from array import array
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from ivr.domain.errors import ConfigError, Problem, Unavailable
from ivr.provisioning.county import load_county
from ivr.provisioning.prompts import Voice, missing_prompts, read_prompts
from ivr.provisioning.prompts_audio import SoundError, Tools, find_tools, speak
from ivr.provisioning.prompts_build import BuildResult, build_prompts
from ivr.provisioning.prompts_output import BuiltSounds, State
from ivr.provisioning.prompts_wanted import WantedPrompts

SHIPPED = Path(__file__).parents[2] / "prompts"
NAMES = WantedPrompts.of(load_county(SHIPPED.parent / "config").county).names
GERMAN = Voice("de", 145, 42)
BROKEN = b"RIFF, but no sound"


class Place:
    """Prompts of an admin and the folder they are built into."""

    def __init__(self, root: Path) -> None:
        self.prompts = root / "prompts"
        self.sounds = root / "sounds"
        self.german = self.sounds / "de"
        self.wanted = WantedPrompts(("de",), NAMES)
        self.progress: list[tuple[str, int, int]] = []

    def build(self, *languages: str) -> list[BuildResult]:
        self.progress = []

        def note(language: str, done: int, total: int) -> None:
            self.progress.append((language, done, total))

        return build_prompts(self.prompts, self.sounds, self.wanted, languages, note)

    def problems_of_build(self) -> tuple[Problem, ...]:
        with pytest.raises(ConfigError) as raised:
            self.build("de")
        return raised.value.problems

    def missing(self) -> list[Problem]:
        return missing_prompts(self.prompts, self.sounds, self.wanted)

    def edit(self, old: str, new: str) -> None:
        file = self.prompts / "de" / "texts.toml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def recording(self, file: str) -> Path:
        path = self.prompts / "recordings" / "de" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def files(self) -> dict[str, tuple[int, int]]:
        """Names with what changes when a file is replaced."""
        return {
            path.name: (path.stat().st_ino, path.stat().st_mtime_ns)
            for path in self.german.iterdir()
        }


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("built"))
    shutil.copytree(SHIPPED / "de", place.prompts / "de")
    place.build()
    return place


@pytest.fixture
def place(built_once: Place, tmp_path: Path) -> Place:
    """German, built; every test has its own."""
    shutil.copytree(built_once.prompts, tmp_path / "prompts")
    shutil.copytree(built_once.sounds, tmp_path / "sounds")
    return Place(tmp_path)


@pytest.fixture(scope="module")
def tools() -> Tools:
    return find_tools()


def _samples(file: Path) -> array[int]:
    with wave.open(str(file)) as audio:
        assert (audio.getnchannels(), audio.getsampwidth(), audio.getframerate()) == (1, 2, 8000)
        samples = array("h", audio.readframes(audio.getnframes()))
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _sox(*arguments: str | Path) -> bytes:
    command = ["sox", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, timeout=30).stdout


def test_everything_shipped_is_built(built_once: Place) -> None:
    assert built_once.missing() == []
    names = {
        prompt.name for prompt in read_prompts(built_once.prompts, "de", built_once.wanted).prompts
    }
    assert built_once.files().keys() == {
        ".manifest.json",
        *(f"{name}{ending}" for name in names for ending in (".alaw", ".wav")),
    }
    assert built_once.progress == [("de", n, len(names)) for n in range(1, len(names) + 1)]


def test_english_can_be_spoken_too(tmp_path: Path) -> None:
    place = Place(tmp_path)
    shutil.copytree(SHIPPED / "en", place.prompts / "en")
    place.wanted = WantedPrompts(("en",), NAMES)
    place.build()
    assert place.missing() == []


def test_sounds_are_loud_enough_never_clipped_and_of_plausible_length(built_once: Place) -> None:
    for prompt in read_prompts(built_once.prompts, "de", built_once.wanted).prompts:
        samples = _samples(built_once.german / f"{prompt.name}.wav")
        seconds = len(samples) / 8000
        if prompt.silence_milliseconds:
            assert seconds == prompt.silence_milliseconds / 1000
            assert not any(samples)
            continue
        peak = max(map(abs, samples)) / 32768
        assert 0.5 < peak < 0.75, prompt.name
        # German has about 13 letters a second; single short words are slower.
        assert len(prompt.text) / 22 < seconds < 1 + len(prompt.text) / 9, prompt.name


def test_alaw_holds_the_same_sound(built_once: Place) -> None:
    samples = _samples(built_once.german / "greeting.wav")
    alaw = built_once.german / "greeting.alaw"
    raw = _sox(
        "-t", "al", "-r", "8000", "-c", "1", alaw, "-t", "raw", "-e", "signed", "-b", "16", "-"
    )
    decoded = array("h", raw)
    assert len(decoded) == len(samples)
    # A-law keeps 4 bits of a sample's size: an error of at most a 32nd, and of 16 for soft ones.
    assert all(abs(a - b) <= 16 + abs(a) / 32 for a, b in zip(samples, decoded, strict=True))


def test_umlauts_are_read_as_utf8(tools: Tools) -> None:
    assert speak(tools, "dreißig", GERMAN) == speak(tools, "dreissig", GERMAN)
    assert speak(tools, "für", GERMAN) != speak(tools, "fur", GERMAN)
    # Read as Latin-1, one letter would become the names of two signs.
    assert len(speak(tools, "ü", GERMAN)) < 2 * len(speak(tools, "i", GERMAN))


def test_a_text_is_never_an_option(tools: Tools) -> None:
    assert speak(tools, "-v en hallo", GERMAN) != speak(tools, "hallo", GERMAN)


def test_a_second_build_does_nothing_and_takes_no_time(place: Place) -> None:
    before = place.files()
    began = time.monotonic()
    results = place.build()
    assert time.monotonic() - began < 1
    assert results == [BuildResult("de", 0, len(before) // 2, 0)]
    assert place.files() == before
    assert place.progress == []


def test_only_a_changed_text_is_built_again(place: Place) -> None:
    before = place.files()
    place.edit("Die Nachbearbeitung ist beendet.", "Die Nachbearbeitung ist vorbei.")
    assert [problem.key for problem in place.missing()] == ["agent-wrap-up-ended"]
    (result,) = place.build()
    assert result.built == 1
    after = place.files()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"agent-wrap-up-ended.alaw", "agent-wrap-up-ended.wav", ".manifest.json"}
    assert place.missing() == []


def test_a_new_voice_changes_everything_but_silence(place: Place) -> None:
    before = place.files()
    place.edit("pitch = 42", "pitch = 60")
    (result,) = place.build()
    assert (result.built, result.unchanged) == (len(before) // 2 - 1, 1)


def test_a_recording_replaces_the_voice_until_it_is_removed(place: Place) -> None:
    synthetic = (place.german / "greeting.wav").read_bytes()
    recording = place.recording("greeting.flac")
    # Two channels at 44.1 kHz, quiet, with a second of silence at both ends.
    tone = ["synth", "2", "sine", "440", "vol", "0.1", "pad", "1", "1"]
    _sox("-n", "-r", "44100", "-c", "2", recording, *tone)
    (result,) = place.build()
    assert result.built == 1
    samples = _samples(place.german / "greeting.wav")
    assert 0.65 < max(samples) / 32768 < 0.75
    assert 2.4 < len(samples) / 8000 < 2.6  # the sentence's own breath is 0.5 s
    rising = sum(1 for a, b in pairwise(samples) if a <= 0 < b)
    assert 870 < rising < 890
    assert place.build()[0].built == 0

    recording.unlink()
    (result,) = place.build()
    assert result.built == 1
    assert (place.german / "greeting.wav").read_bytes() == synthetic


def test_another_recording_of_the_same_name_is_noticed(place: Place) -> None:
    for frequency in ("300", "600"):
        recording = place.recording("closed.wav")
        _sox("-n", "-r", "16000", recording, "synth", "1", "sine", frequency)
        assert place.build()[0].built == 1


def test_a_broken_recording_is_named_and_keeps_nothing_else_back(place: Place) -> None:
    recording = place.recording("greeting.wav")
    recording.write_bytes(BROKEN)
    silent = place.recording("closed.wav")
    _sox("-n", "-r", "8000", silent, "trim", "0", "1")
    place.edit('goodbye = "Vielen Dank', 'goodbye = "Herzlichen Dank')
    old = (place.german / "greeting.wav").read_bytes()

    problems = {problem.file: problem.wrong for problem in place.problems_of_build()}
    assert problems.keys() == {str(recording), str(silent)}
    assert "header not found" in problems[str(recording)]
    assert "/sox" not in problems[str(recording)]
    assert "nothing but silence" in problems[str(silent)]

    assert (place.german / "greeting.wav").read_bytes() == old
    assert {problem.key for problem in place.missing()} == {"greeting", "closed"}
    assert len(place.problems_of_build()) == 2, "told again as long as it is so"


def test_stale_sounds_are_removed(place: Place) -> None:
    for name in ("old.wav", "old.alaw", ".greeting.wav.part"):
        (place.german / name).touch()
    (result,) = place.build()
    assert (result.built, result.removed) == (0, 1)
    assert not {name for name in place.files() if "old" in name or name.endswith(".part")}


def test_a_sound_damaged_on_disk_is_built_again(place: Place) -> None:
    (place.german / "greeting.alaw").write_bytes(b"")
    (place.german / "closed.wav").unlink()
    assert place.build()[0].built == 2
    assert place.missing() == []


def test_a_language_that_is_not_in_use_any_more_loses_its_sounds(place: Place) -> None:
    shutil.copytree(place.prompts / "de", place.prompts / "nl")
    place.wanted = WantedPrompts(("nl",), NAMES)
    results = place.build()
    assert [(result.language, result.removed > 0) for result in results] == [
        ("nl", False),
        ("de", True),
    ]
    assert not place.german.exists()


def test_building_one_language_leaves_the_others(place: Place) -> None:
    shutil.copytree(place.prompts / "de", place.prompts / "nl")
    (place.prompts / "de" / "texts.toml").unlink()
    place.build("nl")
    assert (place.german / "greeting.wav").exists()


def test_all_languages_in_use_are_built(place: Place) -> None:
    shutil.copytree(place.prompts / "de", place.prompts / "nl")
    place.wanted = WantedPrompts(("de", "nl"), NAMES)
    assert [result.language for result in place.build()] == ["de", "nl"]
    assert place.missing() == []


def test_what_another_language_lacks_is_counted(place: Place) -> None:
    shutil.copytree(place.prompts / "de", place.prompts / "nl")
    texts = place.prompts / "nl" / "texts.toml"
    texts.write_text(texts.read_text().replace('\ngoodbye = "', '\n# goodbye = "'))
    place.wanted = WantedPrompts(("de", "nl"), NAMES)
    assert [result.lacking for result in place.build()] == [0, 1]
    assert [problem.key for problem in place.missing()] == ["texts.goodbye"]


def test_without_any_texts_nothing_is_removed(place: Place) -> None:
    shutil.rmtree(place.prompts)
    with pytest.raises(ConfigError, match="no texts in this language"):
        place.build()
    assert (place.german / "greeting.wav").exists()


def test_an_unknown_voice_is_one_problem(place: Place) -> None:
    place.edit('name = "de" ', 'name = "nobody" ')
    (problem,) = place.problems_of_build()
    assert (problem.key, problem.value) == ("voice.name", "nobody")
    assert "voice does not exist" in problem.wrong


def test_a_text_that_makes_no_sound_is_named(tools: Tools) -> None:
    with pytest.raises(SoundError):
        speak(tools, "…", GERMAN)


@pytest.mark.parametrize("program", ["espeak-ng", "sox"])
def test_a_missing_program_is_named_with_its_package(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    other = {"espeak-ng": "sox", "sox": "espeak-ng"}[program]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / other).symlink_to(shutil.which(other) or "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(Unavailable, match=f"not installed: {program} .Debian") as raised:
        place.build()
    assert raised.value.code == "program_missing"


def test_a_full_disk_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.edit('goodbye = "Vielen Dank', 'goodbye = "Herzlichen Dank')
    write_bytes = Path.write_bytes

    def refuse(self: Path, content: bytes) -> int:
        if "goodbye" in self.name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write_bytes(self, content)

    with monkeypatch.context() as full:
        full.setattr(Path, "write_bytes", refuse)
        with pytest.raises(Unavailable, match=r"/sounds: No space left") as raised:
            place.build()
    assert raised.value.code == "disk_full"
    assert place.build()[0].built == 1
    assert place.missing() == []


def test_a_folder_that_is_none_is_told(place: Place) -> None:
    shutil.rmtree(place.sounds)
    place.sounds.touch()
    with pytest.raises(Unavailable, match="sounds") as raised:
        place.build()
    assert raised.value.code == "sounds_not_writable"


@pytest.fixture
def building(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A build in a process of its own, in ``tmp_path``, with some sounds finished."""
    place = Place(tmp_path)
    shutil.copytree(SHIPPED / "de", place.prompts / "de")
    program = (
        "import json, sys; from pathlib import Path;"
        "from ivr.provisioning.prompts_build import build_prompts;"
        "from ivr.provisioning.prompts_wanted import WantedPrompts;"
        "wanted = WantedPrompts(('de',), json.loads(sys.argv[3]));"
        "build_prompts(Path(sys.argv[1]), Path(sys.argv[2]), wanted, (), lambda *done: None)"
    )
    process = subprocess.Popen(
        # What is started in the background of a shell takes no notice of Ctrl-C.
        [
            "/usr/bin/env",
            "--default-signal=INT",
            sys.executable,
            "-c",
            program,
            place.prompts,
            place.sounds,
            json.dumps(NAMES),
        ],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 30
    while len(list(place.german.glob("*.wav"))) < 20:
        assert process.poll() is None, "ended before it could be interrupted"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_build_leaves_no_half_sound(
    building: subprocess.Popen[bytes], tmp_path: Path, how: signal.Signals
) -> None:
    # To the whole group, as Ctrl-C does it.
    os.killpg(building.pid, how)
    assert building.wait(30) != 0
    place = Place(tmp_path)
    sounds = BuiltSounds(place.german)
    prompts = read_prompts(place.prompts, "de", place.wanted).prompts
    finished = [p for p in prompts if sounds.state(p.name, p.fingerprint) is not State.MISSING]
    assert 20 <= len(finished) < len(prompts)
    assert all(sounds.seconds(prompt.name) for prompt in finished)
    place.build()
    assert place.missing() == []
    assert not list(place.german.glob(".*.part"))


def test_two_builds_at_once_take_turns(building: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (result,) = Place(tmp_path).build()
    assert building.wait(30) == 0
    assert result.built == 0
