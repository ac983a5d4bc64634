"""Utterances as files for Asterisk to play.

Knows which prompts are there, so that one that is missing costs a word and not the call. It
builds no prompts and plays none.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ivr.domain.speech import Utterance
from ivr.domain.spelling import Spoken, say

_RECHECK_SECONDS = 1.0
"""How long a folder is taken to be unchanged without a look at it: in a peak many calls hear
prompts at once, and none should wait for a disk."""


@dataclass(frozen=True, slots=True)
class Playlist:
    """What to play, in order, and the names of the sounds that had to be left out.

    ``paths`` are absolute and without the ending, as Asterisk wants them after ``sound:``.
    """

    paths: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(slots=True)
class _Listing:
    """The sounds of one folder, as of ``changed_at`` (its mtime; None where it is not there)."""

    names: frozenset[str] = frozenset()
    changed_at: int | None = None
    checked_at: float = field(default=float("-inf"))


class SoundFolders:
    """The built prompts, one folder per language below ``root``.

    A sound that a language lacks is taken from ``language``, the county's own: understood by some
    is better than silence. ``now`` gives monotonic seconds.
    """

    def __init__(
        self, root: Path, language: str, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._root = root.absolute()
        self._language = language
        self._now = now
        self._listings: dict[str, _Listing] = {}

    def playlist(self, utterance: Utterance, language: str) -> Playlist:
        """Say which files speak ``utterance``; a folder that can't be read has none."""
        found = [(spoken, self._find(spoken)) for spoken in say(utterance, language)]
        return Playlist(
            paths=tuple(str(path) for _, path in found if path is not None),
            missing=tuple(dict.fromkeys(spoken.name for spoken, path in found if path is None)),
        )

    def _find(self, spoken: Spoken) -> Path | None:
        for language in (spoken.language, self._language):
            if spoken.name in self._names(language):
                return self._root / language / spoken.name
        return None

    def _names(self, language: str) -> frozenset[str]:
        listing = self._listings.setdefault(language, _Listing())
        now = self._now()
        if now - listing.checked_at >= _RECHECK_SECONDS:
            listing.checked_at = now
            _refresh(listing, self._root / language)
        return listing.names


def _refresh(listing: _Listing, folder: Path) -> None:
    """Read the folder again if it changed; every prompt that comes or goes changes its mtime."""
    try:
        changed_at = folder.stat().st_mtime_ns
        if changed_at != listing.changed_at:
            listing.names = frozenset(path.stem for path in folder.iterdir())
            listing.changed_at = changed_at
    except OSError:
        listing.names = frozenset()
        listing.changed_at = None
