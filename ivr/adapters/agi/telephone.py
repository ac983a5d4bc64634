"""A caller behind a FastAGI connection, as the application's ``Telephone``.

It says and hears; what is said is not its business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

import structlog

from ivr.adapters.agi.session import Session
from ivr.domain.speech import Utterance

log = structlog.get_logger(__name__)

_ALL_KEYS = "0123456789*#"
_LONGEST_SOUND_SECONDS = 60.0
_MARGIN_SECONDS = 5.0
"""Asterisk ends its own waiting; this is only a safety net behind it."""


class Playlist(Protocol):
    """What says an utterance: files without their endings, and the sounds there are none of."""

    @property
    def paths(self) -> Sequence[str]:
        """Absolute paths, in the order of playing."""
        ...

    @property
    def missing(self) -> Sequence[str]:
        """Names of sounds."""
        ...


class AgiTelephone:
    """Implements :class:`ivr.application.fallback_requests.Telephone`."""

    def __init__(self, session: Session, playlist: Callable[[Utterance, str], Playlist]) -> None:
        self._session = session
        self._playlist = playlist

    async def tell(self, utterance: Utterance, language: str) -> None:
        """Play one file after the other to the end."""
        await self._play(utterance, language, stopped_by="")

    async def ask(self, utterance: Utterance, language: str) -> str | None:
        """Play one file after the other until a key is pressed."""
        return await self._play(utterance, language, stopped_by=_ALL_KEYS)

    async def _play(self, utterance: Utterance, language: str, stopped_by: str) -> str | None:
        playlist = self._playlist(utterance, language)
        if playlist.missing:
            log.warning("prompts_missing", language=language, names=sorted(playlist.missing))
        for path in playlist.paths:
            await self._session.has_time(_LONGEST_SOUND_SECONDS)
            key = await self._session.command(
                *("STREAM", "FILE", path, stopped_by), within=_LONGEST_SOUND_SECONDS
            )
            if key:
                return chr(key)
        return None

    async def key(self, within: timedelta) -> str | None:
        """Wait for a key; Asterisk hands out those that were pressed meanwhile first."""
        seconds = within.total_seconds()
        await self._session.has_time(seconds)
        key = await self._session.command(
            *("WAIT", "FOR", "DIGIT", str(round(seconds * 1000))), within=seconds + _MARGIN_SECONDS
        )
        return chr(key) if key else None
