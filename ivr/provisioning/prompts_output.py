"""The folder of one language's built sounds: what is in it, and writing into it.

Calls are played from this folder while it is written, so a sound is replaced in one step and
never half there. It does not know how a sound is made.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import wave
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from ivr.domain.announcement import PROMPT_PREFIX
from ivr.provisioning.writing import make_private_folder

RATE = 8000
"""Samples per second of everything that is built, one channel."""

_MANIFEST = ".manifest.json"
_UNFINISHED = ".part"
_WAV, _ALAW = ".wav", ".alaw"
_WAV_HEADER_BYTES = 44
_SAMPLE_BYTES = 2


class State(StrEnum):
    """Whether a sound can be played and says what it should."""

    OK = "ok"
    MISSING = "missing"
    BROKEN = "broken"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class Made:
    """What a sound was made of: a prompt's fingerprint, and by which programs."""

    fingerprint: str
    tools: str


class BuiltSounds:
    """One language's folder, with a manifest of what each sound was made of.

    Methods that write raise OSError.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manifest = _read_manifest(folder / _MANIFEST)

    def state(self, name: str, fingerprint: str) -> State:
        """Compare what is there with what the prompt with ``fingerprint`` should sound like."""
        if not all((self.folder / f"{name}{ending}").exists() for ending in (_WAV, _ALAW)):
            return State.MISSING
        if self.seconds(name) is None:
            return State.BROKEN
        made = self._manifest.get(name)
        return State.OK if made and made.fingerprint == fingerprint else State.OUTDATED

    def is_current(self, name: str, made: Made) -> bool:
        """Whether making ``name`` again would change nothing."""
        return self._manifest.get(name) == made and self.seconds(name) is not None

    def seconds(self, name: str) -> float | None:
        """How long a sound plays; None where it is missing or broken."""
        wav = self.folder / f"{name}{_WAV}"
        try:
            with wave.open(str(wav)) as audio:
                shape = (audio.getnchannels(), audio.getsampwidth(), audio.getframerate())
                frames = audio.getnframes()
            sizes = (wav.stat().st_size, wav.with_suffix(_ALAW).stat().st_size)
        except (OSError, EOFError, wave.Error):
            return None
        whole = sizes == (_WAV_HEADER_BYTES + _SAMPLE_BYTES * frames, frames)
        return frames / RATE if whole and frames and shape == (1, _SAMPLE_BYTES, RATE) else None

    def write(self, name: str, samples: bytes, alaw: bytes) -> None:
        """Put a sound there; ``samples`` are signed 16 bit, ``alaw`` the same as G.711."""
        _replace(self.folder / f"{name}{_ALAW}", alaw)
        _replace(self.folder / f"{name}{_WAV}", wav_file(samples))

    def note(self, made: Mapping[str, Made | None]) -> None:
        """Remember what sounds were made of; None: nothing is known about this one."""
        merged = {**self._manifest, **made}
        self._manifest = {name: made for name, made in sorted(merged.items()) if made is not None}
        content = {name: asdict(made) for name, made in self._manifest.items()}
        _replace(self.folder / _MANIFEST, json.dumps(content, indent=1).encode())

    def remove_all_but(self, names: Collection[str]) -> int:
        """Remove sounds with other names and what an interrupted build left; count the sounds.

        Announcements' sounds stay: they come and go with the announcements.
        """
        removed = set()
        for path in list(self.folder.iterdir()):
            if path.suffix == _UNFINISHED:
                path.unlink()
            elif path.suffix not in (_WAV, _ALAW) or path.stem.startswith(PROMPT_PREFIX):
                continue
            elif path.stem not in names:
                path.unlink()
                removed.add(path.stem)
        gone = self._manifest.keys() - set(names)
        if gone:
            self.note(dict.fromkeys(gone))
        return len(removed)

    def announcements(self) -> frozenset[str]:
        """Name the announcements' sounds, whole or not."""
        return frozenset(path.stem for path in self.folder.glob(f"{PROMPT_PREFIX}*"))

    def remove(self, name: str) -> None:
        """Remove one sound, or what there is of it."""
        for ending in (_ALAW, _WAV):
            (self.folder / f"{name}{ending}").unlink(missing_ok=True)

    def forget(self) -> None:
        """Remove the manifest, and with it the folder where it holds nothing else."""
        (self.folder / _MANIFEST).unlink()
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Create the folder if need be and keep other builds out of it, waiting for them."""
        make_private_folder(self.folder)
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            self._manifest = _read_manifest(self.folder / _MANIFEST)
            yield
        finally:
            os.close(handle)


def built_languages(sounds_dir: Path) -> tuple[str, ...]:
    """Name the languages whose sounds were built here."""
    return tuple(sorted(path.parent.name for path in sounds_dir.glob(f"*/{_MANIFEST}")))


def wav_file(samples: bytes) -> bytes:
    """Put a WAV header before signed 16 bit samples."""
    with io.BytesIO() as file, wave.open(file, "wb") as audio:
        audio.setparams((1, _SAMPLE_BYTES, RATE, 0, "NONE", ""))
        audio.writeframes(samples)
        return file.getvalue()


def _read_manifest(file: Path) -> dict[str, Made]:
    """Read what sounds were made of; a manifest that can't be read only costs a new build."""
    try:
        return {name: Made(**made) for name, made in json.loads(file.read_bytes()).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _replace(path: Path, content: bytes) -> None:
    """Write in one step. Not synced to disk: what a power cut takes is simply built again."""
    unfinished = path.with_name(f".{path.name}{_UNFINISHED}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
