"""What the engine wants done with callbacks in calls: stored, added to, noted as kept.

Carries its commands out by the use cases everybody has, and posts what came of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

import structlog

from ivr.application.callbacks import Callbacks
from ivr.application.ports.switch import Post
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.callback import SYSTEM, Attempt, AttemptResult, Callback, Comment
from ivr.domain.county import County
from ivr.domain.errors import Refused, Unavailable

log = structlog.get_logger(__name__)

CALLER = "caller"
"""Who has done it, where the caller has."""

_OVER = frozenset({"callback_closed", "callback_not_found"})
"""Why nothing can be added to a callback any more."""

_CALLED_AGAIN = {"de": "Hat noch einmal angerufen.", "en": "Called again."}
_CALLED_BACK = {
    "de": "Hat zurückgerufen und wurde verbunden.",
    "en": "Called back and was put through.",
}
"""What caseworkers read, in the county's language."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A command of an earlier run that may have been carried out, ``since`` it was given."""

    command: do.AddToCallback | do.NoteReached
    since: datetime


class CallbacksInCalls:
    """Carries out what calls want of callbacks."""

    def __init__(self, callbacks: Callbacks, county: Callable[[], County], post: Post) -> None:
        """``county`` tells what is configured now."""
        self._callbacks = callbacks
        self._county = county
        self._post = post

    async def carry_out(
        self,
        command: do.StoreCallback | do.AddToCallback | do.NoteReached,
        since: datetime | None = None,
    ) -> None:
        """Commit what ``command`` says, and post whether that was possible.

        ``since`` is when it was given first, where it may have been carried out already.
        """
        match command:
            case do.StoreCallback():
                await self._store(command)
            case do.AddToCallback():
                await self._add(command, since)
            case do.NoteReached():
                await self._note(command, since)
            case _:
                assert_never(command)

    async def _store(self, command: do.StoreCallback) -> None:
        callback = command.callback
        if callback.call is None:
            raise AssertionError(f"callback {callback.id} of the engine without its call")
        try:
            await self._callbacks.request(callback)
        except (Unavailable, Refused) as error:
            log.error("callback_not_stored", callback=callback.id, reason=error.message)
            self._post(on.CallbackNotStored(callback.id, callback.call))
        else:
            log.info("callback_stored", callback=callback.id, source=callback.source)
            self._post(on.CallbackStored(callback.id, callback.call))

    async def _add(self, command: do.AddToCallback, since: datetime | None) -> None:
        callback, call = command.callback, command.call
        comment = self._words(_CALLED_AGAIN)
        try:
            await self._callbacks.change(
                callback,
                Comment(),
                by=_who_adds(command),
                comment=comment,
                audited=command.agent is not None,
                unless=_done(command, since),
            )
        except (Unavailable, Refused) as error:
            log.warning("callback_not_added_to", callback=callback, reason=error.message)
            self._post(on.CallbackNotAddedTo(callback, call, error.code in _OVER))
        else:
            log.info("callback_added_to", callback=callback)
            self._post(on.CallbackAddedTo(callback, call))

    async def _note(self, command: do.NoteReached, since: datetime | None) -> None:
        try:
            await self._note_as(Attempt(AttemptResult.REACHED), command, since)
        except (Unavailable, Refused) as error:
            log.warning("attempt_not_noted", callback=command.callback, reason=error.message)
        else:
            log.info("attempt_noted", callback=command.callback)

    async def _note_as(
        self, change: Attempt | Comment, command: do.NoteReached, since: datetime | None
    ) -> None:
        """Change the callback; whoever it was given to meanwhile reads of the call at least."""
        comment = self._words(_CALLED_BACK)
        try:
            await self._callbacks.change(
                command.callback,
                change,
                by=SYSTEM,
                comment=comment,
                audited=False,
                unless=_done(command, since),
            )
        except Refused as refusal:
            if refusal.code != "callback_not_acknowledged":
                raise
            await self._note_as(Comment(), command, since)

    def _words(self, words: dict[str, str]) -> str:
        return words.get(self._county().language, words["en"])


def _is_of(version: Callback, command: do.AddToCallback | do.NoteReached) -> bool:
    """Whether a version of a callback is what ``command`` makes of it, whoever's command it was.

    The clock, too, changes callbacks in nobody's name.
    """
    if version.changed_by != _who_adds(command):
        return False
    if isinstance(command, do.AddToCallback):
        return version.comment in _CALLED_AGAIN.values()
    return version.comment in _CALLED_BACK.values()


def _done(
    command: do.AddToCallback | do.NoteReached, since: datetime | None
) -> Callable[[Callback], bool] | None:
    """Return what is true of a version that ``command`` made; None: it was never given before."""
    if since is None:
        return None
    return lambda version: (
        version.changed_at is not None and version.changed_at >= since and _is_of(version, command)
    )


def _who_adds(command: do.AddToCallback | do.NoteReached) -> str:
    """Return who it is that adds to the callback, as its history says."""
    return SYSTEM if isinstance(command, do.NoteReached) else command.agent or CALLER
