"""The callback's use cases: requested, changed and looked up, by whatever way people come.

The dispatcher, the web, the command line and MQTT all call these. A change and the message that
tells of it are committed together or not at all; the relay is woken after the commit. Nothing
is spoken or delivered from here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, assert_never

import structlog

from ivr.application.audit import note_change
from ivr.application.caseworker_commands import (
    CallCommand,
    ChangeCommand,
    Command,
    MalformedCommand,
    RepeatCommand,
    read_command,
)
from ivr.application.county_checks import checked_change
from ivr.application.deliveries import messages_about, ways_to
from ivr.application.messages import callback_message, reply_id, reply_message
from ivr.application.ports import (
    CallbackFilter,
    Clock,
    IncomingCommand,
    Receipt,
    Store,
    Transaction,
)
from ivr.application.texts import CALLBACK_ID, check_texts
from ivr.domain.callback import SYSTEM, Callback, CallbackState, Change
from ivr.domain.callback_deadlines import (
    escalation,
    is_unheard,
    owned_since,
    what_is_due,
    with_deadlines,
)
from ivr.domain.county import County
from ivr.domain.errors import Refused, UnexpectedMessage
from ivr.domain.ids import CallbackId
from ivr.domain.outgoing import OutgoingRecord

log = structlog.get_logger(__name__)

OPEN_STATES = frozenset(CallbackState) - {CallbackState.CLOSED}

MOST_REPEATED = 1000
"""So many callbacks of one caseworker are repeated at most, oldest first."""


class Phoning(Protocol):
    """Connects caseworkers with citizens: :class:`ivr.application.calls_back.CallsBack`."""

    async def allow(
        self, transaction: Transaction, callback: Callback, by: str
    ) -> tuple[OutgoingRecord, Callable[[], None]]:
        """Count a call; return what begins it once that is committed. Raises Refused."""
        ...


class Callbacks:
    """All that can be done with callbacks.

    ``county`` tells what is configured now. ``committed`` is called after every commit that left
    something to deliver, to wake the relays; it must not block. Every method raises Unavailable
    where the store is away, and then nothing has changed.
    """

    def __init__(
        self,
        store: Store,
        county: Callable[[], County],
        clock: Clock,
        committed: Callable[[], None],
    ) -> None:
        self._store = store
        self._county = county
        self._clock = clock
        self._committed = committed
        self._phoning: Phoning | None = None

    def are_called_by(self, phoning: Phoning) -> None:
        """Let ``phoning`` make the calls that caseworkers ask for."""
        self._phoning = phoning

    async def request(self, callback: Callback, *, by: str = "") -> bool:
        """Commit a new promise; only after this may it be spoken.

        ``by`` is who wrote the request, for the audit; empty where keys were pressed. Returns
        False where a callback of this id was stored before: the promise is kept either way.
        Raises Refused (those of :func:`~ivr.application.texts.check_texts`).
        """
        check_texts(callback)
        callback = with_deadlines(callback, self._county())
        async with self._store.transaction() as transaction:
            added = await transaction.add_callback(callback)
            if added:
                await self._tell(transaction, callback)
                if by:
                    await note_change(transaction, callback, by, self._clock.now())
        if added:
            self._committed()
        return added

    async def change(
        self,
        callback_id: CallbackId,
        change: Change,
        *,
        by: str,
        comment: str = "",
        note: str | None = None,
        audited: bool = True,
    ) -> Callback:
        """Carry out ``change`` of ``by`` and return the callback after it.

        ``comment`` is what is said about the change; ``note`` replaces the callback's note, None
        leaves it. ``audited`` is False where a caller pressed keys, or nobody asked. Raises
        Refused (``callback_not_found``, those of :meth:`Callback.after`, of
        :func:`~ivr.application.county_checks.checked_change` and of
        :func:`~ivr.application.texts.check_texts`).
        """
        async with self._store.transaction() as transaction:
            callback = await existing_callback(transaction, callback_id)
            changed = await self._change(
                transaction, callback, change, by=by, comment=comment, note=note
            )
            if audited:
                await note_change(transaction, changed, by, self._clock.now())
        self._committed()
        return changed

    async def fall_due(self, callback_id: CallbackId) -> None:
        """Do what the clock has to do to a callback now, if anything: remind or escalate.

        Whether it is due is seen in the transaction that changes it: however many ask, it is done
        once. Raises Refused (``callback_not_found``).
        """
        async with self._store.transaction() as transaction:
            callback = await existing_callback(transaction, callback_id)
            change = what_is_due(callback, self._county(), self._clock.now())
            if change is None:
                return
            await self._change(transaction, callback, change, by=SYSTEM, comment="", note=None)
        self._committed()

    async def escalate_unheard(self, callback_id: CallbackId) -> None:
        """Give a callback to somebody else whose owner has not heard of it for too long.

        Not where the ways to that other person have brought nothing to anybody since: then it is
        not the owner who can't be reached. Raises Refused (``callback_not_found``).
        """
        county, now = self._county(), self._clock.now()
        async with self._store.transaction() as transaction:
            callback = await existing_callback(transaction, callback_id)
            since = owned_since(await transaction.history(callback_id))
            change = escalation(callback, county, now)
            if change is None or not is_unheard(callback, county, since, now):
                return
            limit = county.rules.callbacks.undelivered_after
            if callback_id not in await transaction.undelivered(now - limit):
                return  # told, or taken, a moment ago
            ways = ways_to(callback.department, change.caseworker, county)
            if not await transaction.delivered_since(since, ways):
                return
            await self._change(transaction, callback, change, by=SYSTEM, comment="", note=None)
        self._committed()

    async def handle_command(self, incoming: IncomingCommand) -> None:
        """Carry out a caseworker's MQTT command, once, and answer it in the same commit.

        A repeat (same ``message_id``) is answered like the first. What can't even be answered
        is logged and dropped.
        """
        try:
            command = read_command(incoming.payload, incoming.department)
        except MalformedCommand as error:
            if error.message_id is None:
                log.warning(
                    "command_dropped",
                    department=incoming.department,
                    caseworker=incoming.caseworker,
                    reason=error.message,
                )
                return
            await self._answer_once(incoming, error.message_id, error)
        else:
            await self._answer_once(incoming, command.message_id, command)
        self._committed()

    async def change_in(
        self, transaction: Transaction, callback: Callback, change: Change, *, by: str
    ) -> Callback:
        """Carry out ``change`` in a transaction of somebody else's, who calls ``committed`` then.

        Whether somebody asked for it, for the audit, is for the other to say (``note_change``).
        Raises Refused as ``change`` does, and then nothing has changed.
        """
        return await self._change(transaction, callback, change, by=by, comment="", note=None)

    def committed(self) -> None:
        """Say that somebody else's transaction, with a change in it, was committed."""
        self._committed()

    async def get(self, callback_id: CallbackId) -> Callback:
        """Return one callback. Raises Refused (``callback_not_found``)."""
        async with self._store.transaction() as transaction:
            return await existing_callback(transaction, callback_id)

    async def list_callbacks(self, wanted: CallbackFilter) -> list[Callback]:
        """Return callbacks, oldest request first."""
        async with self._store.transaction() as transaction:
            return await transaction.callbacks(wanted)

    async def count(self, wanted: CallbackFilter) -> int:
        """Return how many there are, whatever ``limit`` and ``offset``."""
        async with self._store.transaction() as transaction:
            return await transaction.count_callbacks(wanted)

    async def history(self, callback_id: CallbackId) -> list[Callback]:
        """Return all versions, oldest first. Raises Refused (``callback_not_found``)."""
        async with self._store.transaction() as transaction:
            await existing_callback(transaction, callback_id)
            return await transaction.history(callback_id)

    async def receipts(self, callback_id: CallbackId) -> list[Receipt]:
        """Return what became of the messages about a callback, oldest first."""
        async with self._store.transaction() as transaction:
            return await transaction.receipts(callback_id)

    async def _answer_once(
        self, incoming: IncomingCommand, message_id: str, command: Command | MalformedCommand
    ) -> None:
        now = self._clock.now()
        answer = reply_id(incoming, message_id)
        async with self._store.transaction() as transaction:
            # The sender chose the id: only together with the sender is it unique.
            if not await transaction.take_command(answer, now):
                await transaction.publish_again(answer)
                return
            begin: list[Callable[[], None]] = []
            refusal, faster = await self._obey(transaction, incoming, command, begin)
            await transaction.add_message(
                reply_message(incoming, message_id, refusal, now, by=faster)
            )
        for call in begin:
            call()

    async def _obey(
        self,
        transaction: Transaction,
        incoming: IncomingCommand,
        command: Command | MalformedCommand,
        begin: list[Callable[[], None]],
    ) -> tuple[Refused | UnexpectedMessage | None, str]:
        """Carry ``command`` out; return why not, None where it was done, and who was faster.

        ``begin`` gets what is to be begun once that is committed.
        """
        match command:
            case MalformedCommand():
                return command, ""
            case RepeatCommand():
                await self._repeat(transaction, incoming)
                return None, ""
            case ChangeCommand():
                return await self._obey_change(transaction, incoming, command)
            case CallCommand(callback=callback):
                return await self._obey_call(transaction, incoming, callback, begin), ""
            case _:
                assert_never(command)

    async def _obey_change(
        self, transaction: Transaction, incoming: IncomingCommand, command: ChangeCommand
    ) -> tuple[Refused | None, str]:
        callback = None
        try:
            callback = await existing_callback(transaction, command.callback)
            await _check_owner(transaction, callback, incoming)
            changed = await self._change(
                transaction,
                callback,
                command.change,
                by=incoming.caseworker,
                comment=command.comment,
                note=command.note,
            )
            await note_change(transaction, changed, incoming.caseworker, self._clock.now())
        except Refused as refusal:
            return refusal, "" if callback is None else _who_was_faster(callback, refusal)
        return None, ""

    async def _obey_call(
        self,
        transaction: Transaction,
        incoming: IncomingCommand,
        callback_id: CallbackId,
        begin: list[Callable[[], None]],
    ) -> Refused | None:
        if self._phoning is None:
            raise AssertionError("nobody was named who makes calls")
        try:
            callback = await existing_callback(transaction, callback_id)
            await _check_owner(transaction, callback, incoming)
            _, start = await self._phoning.allow(transaction, callback, incoming.caseworker)
        except Refused as refusal:
            return refusal
        begin.append(start)
        return None

    async def _repeat(self, transaction: Transaction, incoming: IncomingCommand) -> None:
        """Have the latest message of each open callback of the sender published once more."""
        wanted = CallbackFilter(
            states=OPEN_STATES,
            department=incoming.department,
            caseworker=incoming.caseworker,
            limit=MOST_REPEATED,
        )
        for callback in await transaction.callbacks(wanted):
            message = callback_message(callback, self._clock.now())
            await transaction.add_message(message)
            await transaction.publish_again(message.message_id)

    async def _change(
        self,
        transaction: Transaction,
        callback: Callback,
        change: Change,
        *,
        by: str,
        comment: str,
        note: str | None,
    ) -> Callback:
        """The one way a callback changes, whoever asks."""
        county, now = self._county(), self._clock.now()
        change = checked_change(change, callback, county, comment=comment, at=now)
        changed = callback.after(change, by=by, at=now, comment=comment, note=note)
        changed = with_deadlines(changed, county, before=callback)
        check_texts(changed)
        await transaction.save_callback(changed)
        await self._tell(transaction, changed, before=callback)
        return changed

    async def _tell(
        self, transaction: Transaction, callback: Callback, before: Callback | None = None
    ) -> None:
        """Put what tells of ``callback``, as it is now, into the outbox."""
        for message in messages_about(callback, before, self._county(), self._clock.now()):
            await transaction.add_message(message)


async def _check_owner(
    transaction: Transaction, callback: Callback, incoming: IncomingCommand
) -> None:
    """Raise Refused where the callback is somebody else's.

    Who had it before is told who has it now; to all others it is as if there were none.
    """
    sender = (incoming.department, incoming.caseworker)
    if (callback.department, callback.caseworker) == sender:
        return
    had_it = [
        version
        for version in await transaction.history(callback.id)
        if (version.department, version.caseworker) == sender
    ]
    if not had_it:
        raise _not_found(callback.id)
    raise Refused(
        f"Callback {callback.id} went to {callback.caseworker} ({callback.department}).",
        code="callback_moved",
    )


def _who_was_faster(callback: Callback, refusal: Refused) -> str:
    """Name who has taken, closed or got the callback that can't be changed any more."""
    return {
        "callback_acknowledged": callback.taken_by,
        "callback_closed": callback.changed_by,
        "callback_moved": callback.taken_by or callback.caseworker,
    }.get(refusal.code, "")


async def existing_callback(transaction: Transaction, callback_id: CallbackId) -> Callback:
    """Return a callback, locked. Raises Refused (``callback_not_found``)."""
    if not CALLBACK_ID.fullmatch(callback_id):
        raise _not_found(callback_id)
    callback = await transaction.callback(callback_id)
    if callback is None:
        raise _not_found(callback_id)
    return callback


def _not_found(callback_id: CallbackId) -> Refused:
    return Refused(f"There is no callback {callback_id!r}.", code="callback_not_found")
