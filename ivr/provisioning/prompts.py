"""The spoken texts and recordings as the admin keeps them, read and checked.

    prompts/<language>/texts.toml                  what is said, and with which voice
    prompts/recordings/<language>/<name>.<ending>  replaces the synthetic voice for one text

It makes no sound: that is :mod:`ivr.provisioning.prompts_build`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path
from typing import Any, assert_never

from ivr.domain.errors import ConfigError, Problem
from ivr.provisioning.prompts_output import BuiltSounds, State
from ivr.provisioning.prompts_wanted import WantedPrompts
from ivr.provisioning.wording import Wording

RECORDING_ENDINGS = (".wav", ".flac", ".ogg", ".mp3")
_RECORDINGS = "recordings"
_TEXTS = "texts.toml"
_LONGEST_PAUSE = 5000
_WORDS_PER_MINUTE = range(80, 451)
_PITCH = range(100)
_TABLES = Wording("the tables [voice] and [texts]")
_VOICE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+-]*")
BUILD = Wording("run: ivr prompts build")
"""What is allowed, of a problem that building the prompts mends."""
TRANSLATE = Wording("a text; until then it is heard in the county's language")
"""What is allowed, of a text that only another language lacks."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of espeak-ng and how it speaks; ``pitch`` is 0 to 99."""

    name: str
    words_per_minute: int
    pitch: int


@dataclass(frozen=True, slots=True)
class Prompt:
    """One sound and where it comes from: a text, or (``text`` empty) a silence.

    Where there is a ``recording``, it is used and ``text`` only says what is on it.
    ``fingerprint`` changes with everything that can be heard.
    """

    name: str
    text: str
    silence_milliseconds: int
    recording: Path | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class LanguagePrompts:
    """All sounds of one language, in the order of the file ``texts``.

    ``lacking`` names those that have no text yet and are heard in the county's language.
    """

    language: str
    texts: Path
    voice: Voice
    prompts: tuple[Prompt, ...]
    lacking: tuple[str, ...] = ()


def languages_in(prompts_dir: Path) -> tuple[str, ...]:
    """Name the languages there are texts for, sorted."""
    return tuple(sorted(path.parent.name for path in prompts_dir.glob(f"*/{_TEXTS}")))


def read_prompts(prompts_dir: Path, language: str, wanted: WantedPrompts) -> LanguagePrompts:
    """Read one language's texts and find its recordings.

    Raises ConfigError with everything that is wrong with them.
    """
    file, content = _read(prompts_dir, language)
    recordings = _recordings(prompts_dir / _RECORDINGS / language)
    problems = [
        *_problems_with_tables(file, content, wanted),
        *_problems_with_recordings(recordings, wanted.in_language(language)),
    ]
    if problems:
        raise ConfigError(tuple(problems))
    voice = Voice(**content["voice"])
    by_name = {path.stem: path for path in recordings}
    texts = {**content["texts"]}
    for name, spoken in wanted.names.items():
        texts.setdefault(name, spoken)
    prompts = tuple(_prompt(name, value, by_name.get(name), voice) for name, value in texts.items())
    lacking = sorted(wanted.in_language(language) - texts.keys())
    return LanguagePrompts(language, file, voice, prompts, tuple(lacking))


def read_voice(prompts_dir: Path, language: str) -> Voice:
    """Read the voice of a language, whatever its texts are. Raises ConfigError."""
    file, content = _read(prompts_dir, language)
    problems = tuple(_problems_with_table(file, content, "voice", _problems_with_voice))
    if problems:
        raise ConfigError(problems)
    return Voice(**content["voice"])


def _read(prompts_dir: Path, language: str) -> tuple[Path, dict[str, Any]]:
    file = prompts_dir / language / _TEXTS
    try:
        return file, tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        there = ", ".join(languages_in(prompts_dir)) or "-"
        wrong = Wording("there are no texts in this language")
        raise _error(file, "", language, wrong, Wording("{there}", there=there)) from None
    except (OSError, ValueError) as error:
        wrong = Wording("can't be read: {reason}", reason=error)
        raise _error(file, "", "", wrong, Wording("a TOML file in UTF-8")) from error


def missing_prompts(prompts_dir: Path, sounds_dir: Path, wanted: WantedPrompts) -> list[Problem]:
    """Find everything that would keep a caller from hearing a prompt as it is written."""
    problems: list[Problem] = []
    for language in wanted.languages:
        try:
            prompts = read_prompts(prompts_dir, language, wanted)
        except ConfigError as error:
            problems += error.problems
        else:
            problems += _untranslated(prompts)
            problems += _problems_with_sounds(prompts, sounds_dir / language)
    return problems


def _untranslated(prompts: LanguagePrompts) -> Iterator[Problem]:
    for name in prompts.lacking:
        yield _problem(prompts.texts, f"texts.{name}", "", Wording("is missing"), TRANSLATE)


def _prompt(name: str, value: str | int, recording: Path | None, voice: Voice) -> Prompt:
    text, silence = (value.strip(), 0) if isinstance(value, str) else ("", value)
    digest = hashlib.sha256(json.dumps([text, silence]).encode())
    if recording is not None:
        digest.update(recording.read_bytes())
    elif text:
        digest.update(json.dumps(astuple(voice)).encode())
    return Prompt(name, text, silence, recording, digest.hexdigest())


def _recordings(folder: Path) -> list[Path]:
    """The admin's recordings; hidden files are some desktop's business."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _problems_with_tables(
    file: Path, content: Mapping[str, object], wanted: WantedPrompts
) -> Iterator[Problem]:
    for key in sorted(content.keys() - {"voice", "texts"}):
        yield _problem(file, key, "", Wording("is not known here"), _TABLES)
    yield from _problems_with_table(file, content, "voice", _problems_with_voice)
    check = partial(_problems_with_texts, wanted=wanted)
    yield from _problems_with_table(file, content, "texts", check)


def _problems_with_table(
    file: Path,
    content: Mapping[str, object],
    key: str,
    check: Callable[[Path, Mapping[str, object]], Iterator[Problem]],
) -> Iterator[Problem]:
    table = content.get(key)
    if isinstance(table, dict):
        yield from check(file, table)
    else:
        yield _problem(file, key, "", Wording("is missing or no table"), _TABLES)


def _problems_with_voice(file: Path, voice: Mapping[str, object]) -> Iterator[Problem]:
    name = voice.get("name")
    if not (isinstance(name, str) and _VOICE_NAME.fullmatch(name)):
        allowed = Wording("the name of a voice as espeak-ng --voices lists it")
        yield _problem(file, "voice.name", name, Wording("names no voice"), allowed)
    for key, span in (("words_per_minute", _WORDS_PER_MINUTE), ("pitch", _PITCH)):
        value = voice.get(key)
        if not _is_whole(value) or value not in span:
            allowed = Wording("{first} to {last}", first=span[0], last=span[-1])
            yield _problem(file, f"voice.{key}", value, Wording("is out of range"), allowed)
    for key in sorted(voice.keys() - {"name", "words_per_minute", "pitch"}):
        allowed = Wording("name, words_per_minute, pitch")
        yield _problem(file, f"voice.{key}", voice[key], Wording("is not known here"), allowed)


def _problems_with_texts(
    file: Path, texts: Mapping[str, object], wanted: WantedPrompts
) -> Iterator[Problem]:
    language = file.parent.name
    needed = wanted.in_language(language)
    text_or_pause = Wording(
        "a text, or a pause in milliseconds up to {longest}", longest=_LONGEST_PAUSE
    )
    if not wanted.may_lack(language):
        for name in sorted(needed - texts.keys() - wanted.names.keys()):
            yield _problem(file, f"texts.{name}", "", *_missing(name, wanted, text_or_pause))
    for name, value in texts.items():
        key = f"texts.{name}"
        if name not in needed:
            allowed = Wording("only sounds that are played; is the name misspelt?")
            yield _problem(file, key, value, Wording("is never played"), allowed)
        elif not (_is_text(value) or _is_pause(value)):
            yield _problem(file, key, value, Wording("can't be spoken"), text_or_pause)


def _missing(name: str, wanted: WantedPrompts, text_or_pause: Wording) -> tuple[Wording, Wording]:
    place = wanted.texts.get(name)
    if place is None:
        return Wording("is missing"), text_or_pause
    return Wording("is missing, and wanted by {place}", place=place), text_or_pause


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and any(letter.isalnum() for letter in value)


def _is_pause(value: object) -> bool:
    return _is_whole(value) and value in range(1, _LONGEST_PAUSE + 1)


def _problems_with_recordings(
    recordings: Sequence[Path], needed: Collection[str]
) -> Iterator[Problem]:
    seen: dict[str, Path] = {}
    for path in recordings:
        if path.suffix.lower() not in RECORDING_ENDINGS or not path.is_file():
            allowed = Wording("files ending in {endings}", endings=", ".join(RECORDING_ENDINGS))
            yield _problem(path, "", path.suffix, Wording("is no recording"), allowed)
        elif path.stem not in needed:
            allowed = Wording("a name from texts.toml; is it misspelt?")
            yield _problem(path, "", path.stem, Wording("is never played"), allowed)
        elif path.stem in seen:
            wrong = Wording("there is also {other}", other=seen[path.stem].name)
            yield _problem(path, "", path.stem, wrong, Wording("one recording for each name"))
        elif not os.access(path, os.R_OK):
            yield _problem(path, "", path.stem, Wording("can't be read"), Wording("read access"))
        seen.setdefault(path.stem, path)


def _problems_with_sounds(prompts: LanguagePrompts, folder: Path) -> Iterator[Problem]:
    if not folder.is_dir():
        yield _problem(folder, "", "", Wording("the prompts are not built"), BUILD)
        return
    built = BuiltSounds(folder)
    for prompt in prompts.prompts:
        match built.state(prompt.name, prompt.fingerprint):
            case State.OK:
                continue
            case State.MISSING:
                wrong = Wording("the sound is missing")
            case State.BROKEN:
                wrong = Wording("the sound is broken")
            case State.OUTDATED:
                wrong = Wording("the sound does not say what is written")
            case state:
                assert_never(state)
        yield _problem(folder, prompt.name, prompt.text, wrong, BUILD)


def _problem(file: Path, key: str, value: object, wrong: str, allowed: str) -> Problem:
    return Problem(str(file), key, "" if value is None else str(value), wrong, allowed)


def _error(file: Path, key: str, value: object, wrong: str, allowed: str) -> ConfigError:
    return ConfigError((_problem(file, key, value, wrong, allowed),))
