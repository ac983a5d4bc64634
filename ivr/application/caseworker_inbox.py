"""What one caseworker has to do, as told over MQTT. The other side of the contract, and pure.

For :mod:`ivr.cli.inbox`, and an example for whoever writes an inbox: what counts is the latest
version of each callback; a message that comes twice, or late, changes nothing. It reads the JSON
of docs/reference/mqtt.md and shares no types with the service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ivr.domain.ids import CaseworkerId, DepartmentId

_REMEMBERED = 10_000
"""Messages known as heard; repeats come soon after the first."""


# -- what the connection tells ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker has let us in; what is open is told until ``repeat`` is answered."""

    repeat: str


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The broker is away; it is tried again by itself."""

    reason: str


@dataclass(frozen=True, slots=True)
class ServiceSeen:
    """Whether ivr itself runs, as the broker last heard."""

    online: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A message of the contract: a JSON object."""

    body: Mapping[str, Any]


Happening = Connected | Disconnected | ServiceSeen | Told


class InboxConnection(Protocol):
    """The way to the broker for one caseworker."""

    async def run(self, hear: Callable[[Happening], None]) -> None:
        """Stay connected until cancelled, and tell ``hear``, which must not block.

        Raises Refused where the broker does not let this login in or do what it has to.
        """
        ...

    def send(self, command: Mapping[str, Any]) -> str:
        """Have a command carried out; return the ``message_id`` its answer will name.

        It is sent again until it is answered, also after a broken connection.
        """
        ...


# -- what there is to do ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """A callback with the number by which it is called as long as the program runs."""

    number: int
    callback: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The callback's id."""
        return str(self.callback["id"])

    @property
    def due_at(self) -> datetime:
        """When it has to be done."""
        return datetime.fromisoformat(self.callback["due_at"])

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have been done by ``now``."""
        return self.due_at <= now


@dataclass(frozen=True, slots=True)
class Changed:
    """Something happened to a callback that is ours and still to be done."""

    item: Item
    event: str


@dataclass(frozen=True, slots=True)
class Done:
    """A callback of ours is closed."""

    item: Item


@dataclass(frozen=True, slots=True)
class Gone:
    """A callback that was ours is somebody else's."""

    item: Item
    event: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A command was carried out, or refused with a code and a reason."""

    to: str
    ok: bool
    code: str = ""
    detail: str = ""
    by: str = ""
    """Who was faster, where somebody was."""


News = Changed | Done | Gone | Answered


class CaseworkerInbox:
    """The callbacks of one caseworker, kept up to date by what is heard."""

    def __init__(self, department: DepartmentId, caseworker: CaseworkerId) -> None:
        self._owner = (department, caseworker)
        self._heard: dict[str, None] = {}
        self._latest: dict[str, Item] = {}
        """Of each callback ever ours."""
        self._open: set[str] = set()

    def hear(self, body: Mapping[str, Any]) -> News | None:
        """Take a message in; return what is new, None where nothing is."""
        match body:
            case {"message_id": str(message_id)} if self._is_new(message_id):
                pass
            case _:
                return None
        match body:
            case {"schema": "ivr.callback.v1", "event": str(event), "callback": dict(callback)}:
                return self._hear_callback(event, callback)
            case {"schema": "ivr.reply.v1", "in_reply_to": str(to), "ok": True}:
                return Answered(to, ok=True)
            case {
                "schema": "ivr.reply.v1",
                "in_reply_to": str(to),
                "code": str(code),
                "detail": str(detail),
            }:
                return Answered(to, ok=False, code=code, detail=detail, by=str(body.get("by", "")))
            case _:
                return None  # the contract grows; what we don't know is not for us

    def open_items(self) -> list[Item]:
        """Return what is still to be done, what is due first at the top."""
        mine = [self._latest[name] for name in self._open]
        return sorted(mine, key=lambda item: (item.due_at, item.number))

    def find(self, name: str) -> Item | None:
        """Return a callback that is or was ours, by its number or its id."""
        if name in self._latest:
            return self._latest[name]
        return next((item for item in self._latest.values() if str(item.number) == name), None)

    def _is_new(self, message_id: str) -> bool:
        if message_id in self._heard:
            return False
        self._heard[message_id] = None
        if len(self._heard) > _REMEMBERED:
            del self._heard[next(iter(self._heard))]
        return True

    def _hear_callback(self, event: str, callback: dict[str, Any]) -> News | None:
        match callback:
            case {
                "id": str(name),
                "department": str(department),
                "caseworker": str(caseworker),
                "due_at": str(due_at),
                "state": str(state),
            } if _is_instant(due_at):
                pass
            case _:
                return None
        before = self._latest.get(name)
        if before is not None and _version(callback) < _version(before.callback):
            return None
        mine = (department, caseworker) == self._owner
        if before is None and not mine:
            return None
        number = len(self._latest) + 1 if before is None else before.number
        # Who had it is told its id only: what was known of it stays.
        known = {} if before is None else before.callback
        item = self._latest[name] = Item(number, {**known, **callback})
        self._open.discard(name)
        if not mine:
            return Gone(item, event)
        if state == "closed":
            return Done(item)
        self._open.add(name)
        return Changed(item, event)


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _version(callback: Mapping[str, Any]) -> int:
    version = callback.get("version")
    return version if isinstance(version, int) else 0
