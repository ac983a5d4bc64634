"""Callback requests of callers whom Asterisk serves by itself, while the service is away.

The same dialog as in the queue's own calls, with the same words and limits, told one step after
the other: here a call has a task of its own, and nothing else goes on in it. Stored is by the same
use cases; a promise is spoken only after its commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

import structlog

from ivr.application.callbacks import Callbacks
from ivr.application.callbacks_in_calls import CallbacksInCalls
from ivr.application.known_callers import known_callbacks
from ivr.application.ports.machine import Clock
from ivr.application.ports.store import Store
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.callback import CallbackSource
from ivr.domain.county import County, Destination
from ivr.domain.due import CONFIRM_PAUSE, STORE_LIMIT, THINKING_PAUSE
from ivr.domain.errors import Unavailable
from ivr.domain.ids import E164, CallbackId, CallId
from ivr.domain.keys import NumberKeys
from ivr.domain.known import KnownCallback, asked_already, by_when, same_matter
from ivr.domain.requesting import OTHER_NUMBER, promise, read_back, requested_callback
from ivr.domain.speech import Sound, SoundName, Utterance

log = structlog.get_logger(__name__)

_LOOK_UP_LIMIT = timedelta(seconds=5)
"""By then it is known whether there is a request already, or the database counts as away."""


class HungUp(Exception):
    """The caller is not on the line any more."""


class Told(StrEnum):
    """What became of a request, as the caller was told, or would have been."""

    STORED = "stored"
    CANCELLED = "cancelled"
    UNAVAILABLE = "unavailable"


class Telephone(Protocol):
    """A caller on the line. Every method raises HungUp where that is over."""

    async def tell(self, utterance: Utterance, language: str) -> None:
        """Speak to the end."""
        ...

    async def ask(self, utterance: Utterance, language: str) -> str | None:
        """Speak; return the key that cut it short, None where it was heard to its end."""
        ...

    async def key(self, within: timedelta) -> str | None:
        """Return the next key; None where none was pressed in time."""
        ...


@dataclass(frozen=True, slots=True)
class FallbackCall:
    """A call that Asterisk serves by itself.

    ``caller`` is the number it comes from, as told; empty: withheld. ``forwarded_by`` are the
    numbers that forwarded it to ours, the first one first. ``waits``: in the queue, to which the
    caller goes back where nothing is promised; else the service is closed.
    """

    id: CallId
    dialled: str
    caller: str = field(default="", repr=False)
    forwarded_by: tuple[str, ...] = ()
    language: str = ""
    waits: bool = True


class FallbackRequests:
    """Takes callback requests; ``county`` tells what is configured now."""

    def __init__(
        self, store: Store, callbacks: Callbacks, county: Callable[[], County], clock: Clock
    ) -> None:
        self._store = store
        self._callbacks = callbacks
        self._county = county
        self._clock = clock

    async def take(self, call: FallbackCall, telephone: Telephone) -> Told:
        """Talk with the caller about a callback. Raises HungUp where that leads to none."""
        return await _Request(
            call, telephone, self._county(), self._store, self._callbacks, self._clock
        ).run()


class _Request:
    """One caller's request."""

    def __init__(
        self,
        call: FallbackCall,
        telephone: Telephone,
        county: County,
        store: Store,
        callbacks: Callbacks,
        clock: Clock,
    ) -> None:
        self._call = call
        self._telephone = telephone
        self._county = county
        self._store = store
        self._clock = clock
        self._answers: list[on.Event] = []
        self._commits = CallbacksInCalls(callbacks, lambda: county, self._answers.append)
        self._language = call.language if call.language in county.languages else county.language
        destination = county.destination(call.dialled, call.forwarded_by)
        self._destination = destination or Destination(county.common_number, None)
        self._caller = county.numbering.parse(call.caller)
        self._keys = NumberKeys(county.numbering)
        self._tries_left = county.rules.number_tries

    async def run(self) -> Told:
        """Ask, store, and tell what came of it."""
        try:
            known = await self._known()
        except Unavailable as error:
            log.warning("caller_not_looked_up", call=self._call.id, reason=error.message)
            return await self._give_up(Told.UNAVAILABLE)
        if known is not None and not await self._wants_another(known):
            return await self._add(known)
        number = self._callers_own()
        if number is None:
            number = await self._keyed("callback-key-number")
        return await self._settle(number)

    # -- asking --------------------------------------------------------------------------------

    async def _known(self) -> KnownCallback | None:
        """Return the request there is already. Raises Unavailable."""
        if self._caller is None:
            return None
        try:
            async with asyncio.timeout(_LOOK_UP_LIMIT.total_seconds()):
                async with self._store.transaction() as transaction:
                    known = await known_callbacks(transaction, self._caller)
        except TimeoutError:
            raise Unavailable("The database does not answer in time.") from None
        return same_matter(known, self._destination.department)

    async def _wants_another(self, known: KnownCallback) -> bool:
        """Tell of the request there is; whoever hangs up or says nothing has called again."""
        county, department = self._county, self._destination.department
        key = county.rules.callback_key
        words = asked_already(known, county, department, key, self._clock.now())
        try:
            return await self._heard(words, THINKING_PAUSE) == key
        except HungUp:
            return False

    def _callers_own(self) -> E164 | None:
        """Return the number the call came from, where it may be called back."""
        number = self._caller
        return number if number and self._county.numbering.may_be_called(number) else None

    async def _keyed(self, question: SoundName) -> E164 | None:
        """Have a number keyed in; None after enough tries."""
        words = question
        while self._tries_left > 0:
            self._tries_left -= 1
            keyed = await self._key_in(words)
            number = self._keys.number(keyed)
            if number is not None:
                return number
            words = "callback-number-invalid" if keyed else question
        return None

    async def _key_in(self, words: SoundName) -> str:
        """Return the keys pressed until the caller is done, or pauses."""
        pause = self._county.rules.number_pause
        keyed, complete = "", False
        key = await self._heard((Sound(words),), pause)
        while key is not None:
            keyed, complete = self._keys.press(keyed, key)
            if complete:
                break
            key = await self._telephone.key(pause)
        return keyed

    async def _heard(self, words: Utterance, pause: timedelta) -> str | None:
        """Say something; return the key pressed meanwhile or in the ``pause`` after it."""
        key = await self._telephone.ask(words, self._language)
        return await self._telephone.key(pause) if key is None else key

    # -- the number is right -------------------------------------------------------------------

    async def _settle(self, number: E164 | None) -> Told:
        """Read the number back until it is right, then store."""
        confirm = self._county.rules.callbacks.confirm_number
        while number is not None:
            if not confirm or not await self._wants_other(number):
                return await self._store_request(number, confirmed=confirm)
            number = await self._keyed("callback-number-other")
        return await self._give_up(Told.CANCELLED)

    async def _wants_other(self, number: E164) -> bool:
        """Read the number back; any other key, a pause and hanging up count as right."""
        words = read_back(number, self._county.numbering)
        try:
            return await self._heard(words, CONFIRM_PAUSE) == OTHER_NUMBER
        except HungUp:
            return False

    # -- storing -------------------------------------------------------------------------------

    async def _store_request(self, number: E164, *, confirmed: bool) -> Told:
        county, now = self._county, self._clock.now()
        # A later request in the same call, when the first commit came too late for a promise, is
        # another one: it may be for another number.
        callback = requested_callback(
            county,
            CallbackId(f"cb-{self._call.id}-fallback-{int(now.timestamp())}"),
            self._call.id,
            dialled=self._destination.did,
            department=self._destination.department,
            number=number,
            source=(
                CallbackSource.CALLER_DTMF if self._call.waits else CallbackSource.OUT_OF_HOURS
            ),
            language=self._language,
            at=now,
        )
        if not isinstance(await self._commit(do.StoreCallback(callback)), on.CallbackStored):
            return await self._give_up(Told.UNAVAILABLE)
        due = by_when(callback.due_at, county, self._clock.now())
        return await self._kept(promise(number, county.numbering, due, confirmed=confirmed))

    async def _add(self, known: KnownCallback) -> Told:
        command = do.AddToCallback(self._call.id, known.id, None)
        if not isinstance(await self._commit(command), on.CallbackAddedTo):
            return await self._give_up(Told.UNAVAILABLE)
        return await self._kept((Sound("callback-added"),))

    async def _commit(self, command: do.StoreCallback | do.AddToCallback) -> on.Event | None:
        """Return the store's answer; None where there was none in time."""
        try:
            async with asyncio.timeout(STORE_LIMIT.total_seconds()):
                await self._commits.carry_out(command)
        except TimeoutError:
            log.error("store_too_slow", call=self._call.id)
            return None
        return self._answers.pop()

    # -- the end -------------------------------------------------------------------------------

    async def _kept(self, words: Utterance) -> Told:
        """Stored is stored, however much of the words the caller stays for."""
        with suppress(HungUp):
            await self._telephone.tell((*words, Sound("goodbye")), self._language)
        return Told.STORED

    async def _give_up(self, told: Told) -> Told:
        """The caller is told the truth, and loses nothing else."""
        why = Sound("callback-cancelled" if told is Told.CANCELLED else "callback-unavailable")
        after = Sound("place-kept" if self._call.waits else "goodbye")
        await self._telephone.tell((why, after), self._language)
        return told
