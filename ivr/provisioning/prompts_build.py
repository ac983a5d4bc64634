"""Texts and recordings into sound files, each only when something about it changed.

The state folder gets two files per sound: A-law, which goes out to a German telephone as it is,
and 16 bit linear, from which Asterisk makes everything else in one cheap step.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ivr.domain.errors import ConfigError, Problem, Unavailable
from ivr.provisioning.prompts import LanguagePrompts, Prompt, Voice, read_prompts
from ivr.provisioning.prompts_audio import (
    SoundError,
    Tools,
    encode_alaw,
    find_tools,
    read_recording,
    silence,
    speak,
)
from ivr.provisioning.prompts_output import BuiltSounds, Made, built_languages
from ivr.provisioning.prompts_wanted import WantedPrompts
from ivr.provisioning.wording import Wording

Progress = Callable[[str, int, int], None]
"""Told the language, how many of its sounds are built and how many have to be."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did for one language, in sounds; ``lacking`` have no text in it yet."""

    language: str
    built: int
    unchanged: int
    removed: int
    lacking: int = 0


def build_prompts(
    prompts_dir: Path,
    sounds_dir: Path,
    wanted: WantedPrompts,
    languages: Sequence[str],
    progress: Progress,
) -> list[BuildResult]:
    """Bring the sounds of ``languages`` up to date; none named means all in use, and no others.

    May be interrupted at any time: what is finished stays. Raises ConfigError with everything
    that is wrong with texts and recordings, Unavailable where a program is missing or the disk
    is full.
    """
    chosen = _read_all(prompts_dir, languages or wanted.languages, wanted)
    tools = find_tools()
    with told_as_unavailable(sounds_dir):
        results = [_build(prompts, sounds_dir, tools, progress) for prompts in chosen]
        if not languages:
            results += _remove_languages(sounds_dir, {prompts.language for prompts in chosen})
    return results


def _read_all(
    prompts_dir: Path, languages: Sequence[str], wanted: WantedPrompts
) -> list[LanguagePrompts]:
    chosen: list[LanguagePrompts] = []
    problems: list[Problem] = []
    for language in languages:
        try:
            chosen.append(read_prompts(prompts_dir, language, wanted))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(tuple(problems))
    return chosen


def _build(
    prompts: LanguagePrompts, sounds_dir: Path, tools: Tools, progress: Progress
) -> BuildResult:
    sounds = BuiltSounds(sounds_dir / prompts.language)
    with sounds.locked():
        removed = sounds.remove_all_but({prompt.name for prompt in prompts.prompts})
        todo = [
            prompt
            for prompt in prompts.prompts
            if not sounds.is_current(prompt.name, Made(prompt.fingerprint, tools.version))
        ]
        if todo:
            _check_voice(prompts, tools)
            _make_all(prompts, todo, sounds, tools, progress)
    return BuildResult(
        prompts.language,
        built=len(todo),
        unchanged=len(prompts.prompts) - len(todo),
        removed=removed,
        lacking=len(prompts.lacking),
    )


def _check_voice(prompts: LanguagePrompts, tools: Tools) -> None:
    """Say once that the voice does not exist, and not for every text."""
    try:
        speak(tools, "a", prompts.voice)
    except SoundError as error:
        wrong = Wording("espeak-ng can't speak with it: {reason}", reason=error)
        allowed = Wording("a voice that espeak-ng --voices lists")
        problem = Problem(str(prompts.texts), "voice.name", prompts.voice.name, wrong, allowed)
        raise ConfigError((problem,)) from error


def _make_all(
    prompts: LanguagePrompts,
    todo: Sequence[Prompt],
    sounds: BuiltSounds,
    tools: Tools,
    progress: Progress,
) -> None:
    """Make sounds on all cores; one that can't be made does not keep back the others."""
    # First, so that even a build that is killed leaves no note about a sound it replaced.
    sounds.note({prompt.name: None for prompt in todo})
    made: dict[str, Made] = {}
    problems: list[Problem] = []
    pool = ThreadPoolExecutor(len(os.sched_getaffinity(0)))
    try:
        futures = {
            pool.submit(_make, prompt, prompts.voice, sounds, tools): prompt for prompt in todo
        }
        for done, future in enumerate(as_completed(futures), 1):
            prompt = futures[future]
            try:
                future.result()
            except SoundError as error:
                problems.append(_problem(prompts, prompt, error))
            else:
                made[prompt.name] = Made(prompt.fingerprint, tools.version)
            progress(prompts.language, done, len(todo))
    finally:
        pool.shutdown(cancel_futures=True)
        sounds.note(made)
    if problems:
        raise ConfigError(tuple(problems))


def _make(prompt: Prompt, voice: Voice, sounds: BuiltSounds, tools: Tools) -> None:
    if prompt.recording is not None:
        samples = read_recording(tools, prompt.recording, prompt.text)
    elif prompt.text:
        samples = speak(tools, prompt.text, voice)
    else:
        samples = silence(prompt.silence_milliseconds)
    sounds.write(prompt.name, samples, encode_alaw(tools, samples))


def _problem(prompts: LanguagePrompts, prompt: Prompt, error: SoundError) -> Problem:
    if prompt.recording is None:
        wrong = Wording("can't be spoken: {reason}", reason=error)
        allowed = Wording("words")
        return Problem(str(prompts.texts), f"texts.{prompt.name}", prompt.text, wrong, allowed)
    wrong = Wording("can't be used: {reason}", reason=error)
    allowed = Wording("a recording that sox can read (.mp3: Debian package libsox-fmt-mp3)")
    return Problem(str(prompt.recording), "", prompt.name, wrong, allowed)


def _remove_languages(sounds_dir: Path, kept: Collection[str]) -> list[BuildResult]:
    """Remove the sounds of languages that are not in use any more."""
    results = []
    for language in built_languages(sounds_dir):
        if language not in kept:
            sounds = BuiltSounds(sounds_dir / language)
            with sounds.locked():
                results.append(BuildResult(language, 0, 0, sounds.remove_all_but(())))
                sounds.forget()
    return results


@contextmanager
def told_as_unavailable(sounds_dir: Path) -> Iterator[None]:
    """Turn what the disk refuses into an error for people."""
    try:
        yield
    except OSError as error:
        code = "disk_full" if error.errno == errno.ENOSPC else "sounds_not_writable"
        # A full disk is met when writing to an open file, and then no name comes with it.
        place = error.filename or sounds_dir
        message = Wording("{file}: {reason}", file=place, reason=error.strerror)
        raise Unavailable(message, code=code) from error
