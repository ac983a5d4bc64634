"""Listening to what a caller said about a callback; who does is written down before."""

from __future__ import annotations

import asyncio

from ivr.application.audit import Audit
from ivr.application.callbacks import Callbacks
from ivr.application.ports.sounds import SpokenMessages
from ivr.domain.errors import Refused
from ivr.domain.ids import CallbackId


class Listening:
    """Callers' spoken messages, for those who are to phone them back."""

    def __init__(self, callbacks: Callbacks, messages: SpokenMessages, audit: Audit) -> None:
        self._callbacks = callbacks
        self._messages = messages
        self._audit = audit

    async def message(self, callback_id: CallbackId, by: str) -> bytes:
        """Return a callback's spoken message as a WAV file.

        Raises Refused (``callback_not_found``, ``message_not_found``) and Unavailable, also where
        it can't be written down.
        """
        callback = await self._callbacks.get(callback_id)
        if callback.message is None:
            raise Refused(
                f"There is no spoken message with callback {callback_id}.",
                code="message_not_found",
            )
        content = await asyncio.to_thread(self._messages.read, callback.message)
        await self._audit.note(by, "message", callback_id)
        return content
