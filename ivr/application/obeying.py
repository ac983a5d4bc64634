"""What caseworkers order over MQTT: carried out once, and answered in the same commit.

What they may order is read by :mod:`ivr.application.caseworker_commands`, and done by the use cases
everybody calls; here is only who may, that it is done once, and what is answered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, assert_never

import structlog

from ivr.application.audit import note_change
from ivr.application.callbacks import OPEN_STATES, Callbacks, existing_callback, not_found
from ivr.application.caseworker_commands import (
    CallCommand,
    ChangeCommand,
    Command,
    MalformedCommand,
    RepeatCommand,
    read_command,
)
from ivr.application.messages import callback_message, reply_id, reply_message
from ivr.application.ports.couriers import IncomingCommand
from ivr.application.ports.machine import Clock
from ivr.application.ports.store import CallbackFilter, Store, Transaction
from ivr.domain.callback import Callback
from ivr.domain.errors import Refused, UnexpectedMessage
from ivr.domain.ids import CaseworkerId
from ivr.domain.outgoing import OutgoingRecord

log = structlog.get_logger(__name__)

MOST_REPEATED = 1000
"""So many callbacks of one caseworker are repeated at most, oldest first."""


class Phoning(Protocol):
    """Connects caseworkers with citizens: :class:`ivr.application.calls_back.CallsBack`."""

    async def allow(
        self, transaction: Transaction, callback: Callback, by: str
    ) -> tuple[OutgoingRecord, Callable[[], None]]:
        """Count a call; return what begins it once that is committed. Raises Refused."""
        ...


@dataclass(frozen=True, slots=True)
class _Obeyed:
    """What came of a command; without a refusal it was done."""

    refusal: Refused | UnexpectedMessage | None = None
    faster: str = ""
    """Who was faster, where it was refused for that."""
    begin: Callable[[], None] | None = None
    """Begins what is only begun once that is committed."""


class Obeying:
    """Carries out caseworkers' commands. Raises Unavailable where the store is away."""

    def __init__(self, store: Store, callbacks: Callbacks, phoning: Phoning, clock: Clock) -> None:
        self._store = store
        self._callbacks = callbacks
        self._phoning = phoning
        self._clock = clock

    async def handle(self, incoming: IncomingCommand) -> None:
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
        self._callbacks.committed()

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
            obeyed = await self._obey(transaction, incoming, command)
            await transaction.add_message(
                reply_message(incoming, message_id, obeyed.refusal, now, by=obeyed.faster)
            )
        if obeyed.begin is not None:
            obeyed.begin()

    async def _obey(
        self,
        transaction: Transaction,
        incoming: IncomingCommand,
        command: Command | MalformedCommand,
    ) -> _Obeyed:
        match command:
            case MalformedCommand():
                return _Obeyed(command)
            case RepeatCommand():
                await self._repeat(transaction, incoming)
                return _Obeyed()
            case ChangeCommand() | CallCommand():
                return await self._obey_about_one(transaction, incoming, command)
            case _:
                assert_never(command)

    async def _obey_about_one(
        self,
        transaction: Transaction,
        incoming: IncomingCommand,
        command: ChangeCommand | CallCommand,
    ) -> _Obeyed:
        callback = None
        try:
            callback = await existing_callback(transaction, command.callback)
            await _check_owner(transaction, callback, incoming)
            if isinstance(command, CallCommand):
                _, begin = await self._phoning.allow(transaction, callback, incoming.caseworker)
                return _Obeyed(begin=begin)
            await self._change(transaction, callback, command, incoming.caseworker)
        except Refused as refusal:
            return _Obeyed(refusal, _who_was_faster(callback, refusal))
        return _Obeyed()

    async def _change(
        self, transaction: Transaction, callback: Callback, command: ChangeCommand, by: CaseworkerId
    ) -> None:
        changed = await self._callbacks.change_in(
            transaction,
            callback,
            command.change,
            by=by,
            comment=command.comment,
            note=command.note,
        )
        await note_change(transaction, changed, by, self._clock.now())

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
        raise not_found(callback.id)
    raise Refused(
        f"Callback {callback.id} went to {callback.caseworker} ({callback.department}).",
        code="callback_moved",
    )


def _who_was_faster(callback: Callback | None, refusal: Refused) -> str:
    """Name who has taken, closed or got the callback that can't be changed any more."""
    if callback is None:
        return ""
    return {
        "callback_acknowledged": callback.taken_by,
        "callback_closed": callback.changed_by,
        "callback_moved": callback.taken_by or callback.caseworker,
    }.get(refusal.code, "")
