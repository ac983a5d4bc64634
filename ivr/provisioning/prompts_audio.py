"""Speech and sound conversion with espeak-ng and sox, bytes in, bytes out.

``samples`` are signed 16 bit, one channel, 8 kHz throughout. Nothing passes a shell, and no
program writes a file: so a full disk is met in one place, where the finished sound is written.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.domain.errors import Unavailable
from ivr.provisioning.prompts import Voice
from ivr.provisioning.prompts_output import RATE
from ivr.provisioning.wording import Wording

_LONGEST_RUN_SECONDS = 60
_RAW = ("-t", "raw", "-r", str(RATE), "-e", "signed", "-b", "16", "-c", "1")
_WAV_FROM_PIPE = ("-t", "wav", "--ignore-length", "-")
"""espeak-ng can't know the length yet when it writes the header."""

_TRIM_START = ("silence", "1", "0.02", "0.5%")
"""Sound begins where the level stays above 0.5 % for 0.02 s: an f at the start is that soft."""
_EFFECTS = (
    *("remix", "-"),
    *("rate", str(RATE)),
    *("norm", "-3"),
    *(*_TRIM_START, "reverse", *_TRIM_START, "reverse"),
)
"""One channel, telephone rate, the loudest sample 3 dB below full scale, no silent ends."""

_SENTENCE_ENDS = (".", "!", "?", ":")
_AROUND_SENTENCE = (150, 350)
_AROUND_FRAGMENT = (30, 80)
"""Milliseconds of silence before and after: a breath, or just what keeps words apart."""


class SoundError(Exception):
    """A source can't be spoken or read; the message is the program's own."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs as absolute paths; ``version`` changes when they would sound different."""

    espeak: str
    sox: str
    version: str


def find_tools() -> Tools:
    """Look for espeak-ng and sox. Raises Unavailable, naming the Debian packages to install."""
    espeak, sox = shutil.which("espeak-ng"), shutil.which("sox")
    if espeak is None or sox is None:
        absent = [name for name, path in (("espeak-ng", espeak), ("sox", sox)) if path is None]
        message = Wording(
            "not installed: {programs} (Debian packages of the same name)",
            programs=", ".join(absent),
        )
        raise Unavailable(message, code="program_missing")
    versions = [_run([program, "--version"]).decode().strip() for program in (espeak, sox)]
    everything = json.dumps([versions, _EFFECTS, _AROUND_SENTENCE, _AROUND_FRAGMENT])
    return Tools(espeak, sox, hashlib.sha256(everything.encode()).hexdigest())


def speak(tools: Tools, text: str, voice: Voice) -> bytes:
    """Speak ``text``, giving samples. Raises SoundError, also where there is no such voice."""
    command = [tools.espeak, "-b", "1", "-v", voice.name, "-s", str(voice.words_per_minute)]
    command += ["-p", str(voice.pitch), "--stdin", "--stdout"]
    return _for_telephone(tools, _WAV_FROM_PIPE, text, _run(command, text.encode()))


def read_recording(tools: Tools, file: Path, text: str) -> bytes:
    """Convert a recording of ``text`` to samples. Raises SoundError."""
    # Absolute, because sox takes a name that begins with - for an option, with | for a program.
    return _for_telephone(tools, (str(file.absolute()),), text)


def convert_recording(tools: Tools, recording: bytes, kind: str) -> bytes:
    """Convert a recording (``wav``, ``flac``, ``ogg``, ``mp3``) to samples. Raises SoundError."""
    return _for_telephone(tools, ("-t", kind, "-"), "", recording)


def silence(milliseconds: int) -> bytes:
    """Give samples of nothing."""
    return bytes(2 * (RATE * milliseconds // 1000))


def encode_alaw(tools: Tools, samples: bytes) -> bytes:
    """Encode samples as G.711 A-law, one byte each. Raises SoundError."""
    return _run([tools.sox, "-D", *_RAW, "-", "-t", "al", "-"], samples)


def _for_telephone(tools: Tools, source: Sequence[str], text: str, stdin: bytes = b"") -> bytes:
    samples = _run([tools.sox, "-D", *source, *_RAW, "-", *_EFFECTS], stdin)
    if not samples:
        raise SoundError("nothing but silence")
    before, after = _AROUND_SENTENCE if text.endswith(_SENTENCE_ENDS) else _AROUND_FRAGMENT
    return silence(before) + samples + silence(after)


def _run(command: Sequence[str], stdin: bytes = b"") -> bytes:
    """Run a program to its end, giving what it wrote. Raises SoundError."""
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell; every value was checked before
            command, input=stdin, capture_output=True, check=True, timeout=_LONGEST_RUN_SECONDS
        )
    except subprocess.CalledProcessError as error:
        raise SoundError(_reason(error.stderr) or f"exit status {error.returncode}") from error
    except subprocess.TimeoutExpired as error:
        raise SoundError(f"no result after {_LONGEST_RUN_SECONDS} s") from error
    return done.stdout


def _reason(stderr: bytes) -> str:
    """The program's last word, which with both is the reason, without its own name."""
    lines = stderr.decode(errors="replace").strip().splitlines()
    return re.sub(r"^(Error|\S*sox FAIL \w+): ", "", lines[-1]) if lines else ""
