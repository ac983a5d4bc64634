"""What the engine wants done with callbacks in calls: stored, added to, noted as kept.

Carries its commands out by the use cases everybody has, and posts what came of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

import structlog

from ivr.application.callbacks import Callbacks
from ivr.application.ports import Post
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.callback import SYSTEM, Attempt, AttemptResult, Callback, Comment
from ivr.domain.county import County
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import CallbackId

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


class CallbacksInCalls:
    """Carries out what calls want of callbacks."""

    def __init__(self, callbacks: Callbacks, county: Callable[[], County], post: Post) -> None:
        """``county`` tells what is configured now."""
        self._callbacks = callbacks
        self._county = county
        self._post = post

    async def carry_out(
        self, command: do.StoreCallback | do.AddToCallback | do.NoteReached
    ) -> None:
        """Commit what ``command`` says, and post whether that was possible."""
        match command:
            case do.StoreCallback():
                await self._store(command)
            case do.AddToCallback():
                await self._add(command)
            case do.NoteReached():
                await self._note(command)
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

    async def _add(self, command: do.AddToCallback) -> None:
        callback, call = command.callback, command.call
        comment = self._words(_CALLED_AGAIN)
        try:
            await self._callbacks.change(
                callback,
                Comment(),
                by=who_adds(command),
                comment=comment,
                audited=command.agent is not None,
            )
        except (Unavailable, Refused) as error:
            log.warning("callback_not_added_to", callback=callback, reason=error.message)
            self._post(on.CallbackNotAddedTo(callback, call, error.code in _OVER))
        else:
            log.info("callback_added_to", callback=callback)
            self._post(on.CallbackAddedTo(callback, call))

    async def _note(self, command: do.NoteReached) -> None:
        try:
            await self._note_as(Attempt(AttemptResult.REACHED), command.callback)
        except (Unavailable, Refused) as error:
            log.warning("attempt_not_noted", callback=command.callback, reason=error.message)
        else:
            log.info("attempt_noted", callback=command.callback)

    async def _note_as(self, change: Attempt | Comment, callback: CallbackId) -> None:
        """Change the callback; whoever it was given to meanwhile reads of the call at least."""
        comment = self._words(_CALLED_BACK)
        try:
            await self._callbacks.change(
                callback, change, by=SYSTEM, comment=comment, audited=False
            )
        except Refused as refusal:
            if refusal.code != "callback_not_acknowledged":
                raise
            await self._note_as(Comment(), callback)

    def _words(self, words: dict[str, str]) -> str:
        return words.get(self._county().language, words["en"])


def is_of(version: Callback, command: do.AddToCallback | do.NoteReached) -> bool:
    """Whether a version of a callback is what ``command`` makes of it, whoever's command it was.

    The clock, too, changes callbacks in nobody's name.
    """
    if version.changed_by != who_adds(command):
        return False
    if isinstance(command, do.AddToCallback):
        return version.comment in _CALLED_AGAIN.values()
    return version.comment in _CALLED_BACK.values()


def who_adds(command: do.AddToCallback | do.NoteReached) -> str:
    """Return who it is that adds to the callback, as its history says."""
    return SYSTEM if isinstance(command, do.NoteReached) else command.agent or CALLER
