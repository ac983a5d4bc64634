"""What the application needs from outside. One Protocol per outside system.

Every port has a hand-written fake under ``tests/fakes`` and one contract suite under
``tests/contract`` that runs on the fake and on the real thing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from ivr.domain.agents import Presence
from ivr.domain.announcement import Announcement
from ivr.domain.callback import Callback, CallbackEvent, CallbackState
from ivr.domain.calls import CallRecord
from ivr.domain.commands import SwitchCommand
from ivr.domain.county import County
from ivr.domain.delivery import Delivery
from ivr.domain.events import Event
from ivr.domain.figures import CallFigures
from ivr.domain.ids import (
    E164,
    AgentId,
    AnnouncementId,
    CallbackId,
    CallId,
    CaseworkerId,
    DepartmentId,
    MessageId,
    RecordingId,
    TopicId,
)
from ivr.domain.kept_place import KeptPlace
from ivr.domain.memory import Memory
from ivr.domain.outgoing import OutgoingRecord, OutgoingResult

Post = Callable[[Event], None]
"""Puts an event into the dispatcher's inbox; never waits."""


class Clock(Protocol):
    """The time of day."""

    def now(self) -> datetime:
        """Return the present instant, aware, never earlier than the one before."""
        ...


class Supervisor(Protocol):
    """Who has started the program and watches over it. Telling it never waits and never fails."""

    @property
    def watchdog_seconds(self) -> float | None:
        """How long it waits for a sign of life; None: it does not wait for any."""
        ...

    def ready(self) -> None:
        """Say that the service is served."""
        ...

    def alive(self) -> None:
        """Give a sign of life."""
        ...

    def stands(self, words: str) -> None:
        """Say in one line how the service stands."""
        ...

    def stopping(self) -> None:
        """Say that the program is about to end."""
        ...


class Switch(Protocol):
    """Asterisk as seen from the core."""

    async def execute(self, command: SwitchCommand) -> None:
        """Carry out ``command``; outcomes and failures are posted as events.

        Raises Unavailable where the switch is away: the dispatcher turns it into an event.
        """
        ...

    @property
    def connected(self) -> bool:
        """Whether all that happened by now is told, and commands make sense."""
        ...

    def resume(self, memory: Memory) -> None:
        """Go on with the calls of an earlier run of the program; before anything else is asked.

        As soon as the switch is there, whatever is no longer as remembered is posted.
        """
        ...


class SwitchSetup(Protocol):
    """Asterisk as something that reads configuration files."""

    async def reload(self, module: str) -> None:
        """Let Asterisk read a module's files again; calls go on.

        Raises Unavailable where Asterisk is away or refuses.
        """
        ...

    async def tell_phones(self) -> None:
        """Post for every telephone whether it is there. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class StandbyPresence:
    """How the fallback queue counts an agent; a pause may have a reason."""

    presence: Presence
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What an agent chose by feature code while the program was away.

    ``reason_key`` is what was dialled behind the code for a pause; ``at`` is in whole seconds.
    """

    agent: AgentId
    presence: Presence
    reason_key: str
    at: datetime


class Standby(Protocol):
    """Asterisk's own queue, which serves callers while the program is away.

    Every method raises Unavailable where Asterisk is away or has no such queue.
    """

    async def presences(self) -> Mapping[AgentId, StandbyPresence]:
        """Return how the queue counts its agents; who is logged out is missing."""
        ...

    async def tell(self, agent: AgentId, presence: StandbyPresence) -> None:
        """Let the queue count ``agent`` so from now on; harmless where it does."""
        ...

    async def choices(self) -> Sequence[Choice]:
        """Return what agents chose without the program, the latest of each, in no order."""
        ...

    async def forget(self, agent: AgentId) -> None:
        """Forget what ``agent`` chose."""
        ...


FileContents = Mapping[str, bytes]
"""Files by name."""


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One of Asterisk's files that is not as it should be.

    ``difference`` is a unified diff; None where it holds passwords.
    """

    name: str
    kind: str
    difference: str | None


@dataclass(frozen=True, slots=True)
class SitePlan:
    """What the admin's files say, and what Asterisk has to be told of it.

    ``content`` is what all of Asterisk's files are to hold, ``files`` those that differ.
    ``modules`` have to read their files again; what is in ``restart`` Asterisk reads only when it
    starts. ``county`` is checked.
    """

    county: County
    files: tuple[SiteFile, ...]
    modules: tuple[str, ...]
    restart: tuple[str, ...]
    content: FileContents = field(repr=False)


class Site(Protocol):
    """The admin's files on this machine, and what is made from them for Asterisk.

    Every method reads or writes files and may take a while; call it in a thread.
    """

    def look(self) -> SitePlan:
        """Check the files and compare; nothing is changed.

        Raises ConfigError with all that is wrong.
        """
        ...

    def plan(self) -> SitePlan:
        """The same, to be carried out: who is new gets a password. Raises ConfigError."""
        ...

    def write(self, content: FileContents) -> FileContents:
        """Let Asterisk's files hold ``content`` and return what they held before.

        All or nothing. Raises Unavailable (the disk).
        """
        ...


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """What a caseworker has to be told; waits in the store until it is delivered.

    ``body`` is the JSON object of docs/reference/mqtt.md, made by
    :mod:`ivr.application.messages`; it is the same by every way, whereas ``message_id`` is this
    row's own. ``callback`` is the callback it tells of, None where it answers a command.
    """

    message_id: MessageId
    department: DepartmentId
    caseworker: CaseworkerId
    body: dict[str, Any]
    created_at: datetime
    callback: CallbackId | None = None
    delivery: Delivery = Delivery.MQTT
    chosen: bool = True
    """The caseworker wants to be told by this way. What only the contract asks for tells nobody."""
    tries: int = 0
    """How often it was refused."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one message about a callback; ``delivered_at`` None: it still waits."""

    message_id: MessageId
    delivery: Delivery
    department: DepartmentId
    caseworker: CaseworkerId
    event: CallbackEvent
    created_at: datetime
    delivered_at: datetime | None
    tries: int
    error: str
    """Why it was refused the last time; nothing personal."""


@dataclass(frozen=True, slots=True)
class CallbackFilter:
    """Which callbacks are wanted; None means any.

    ``published`` False: the broker lacks a message. ``delivered`` False: one has not arrived by
    the way it was to go, whatever way that is.
    """

    ids: frozenset[CallbackId] | None = None
    states: frozenset[CallbackState] | None = None
    department: DepartmentId | None = None
    caseworker: CaseworkerId | None = None
    topic: TopicId | None = None
    number: E164 | None = None
    """The citizen's."""
    text: str | None = None
    """Occurs in the id, name, subject, note or reference, in small letters or capitals."""
    due_before: datetime | None = None
    overdue: datetime | None = None
    """Open and due by this moment, which is now."""
    published: bool | None = None
    delivered: bool | None = None
    latest_first: bool = False
    """By the time of the request, which is the order; else the oldest come first."""
    limit: int = 100
    offset: int = 0
    """So many of the first are left out."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to whom: what must not happen unseen.

    ``target`` is an id, of a call or an agent. ``details`` are JSON values; no caller's number.
    """

    at: datetime
    by: str
    action: str
    target: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditLink:
    """An entry in its place, counted from 1; ``hash`` is made by ``audit_chain``.

    ``entry`` is None where what is stored is none that this program can have written.
    """

    position: int
    hash: str
    entry: AuditEntry | None


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The end of the audit: how many entries there are, and the last one's hash."""

    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted; None means any."""

    by: str | None = None
    action: str | None = None
    target: str | None = None
    since: datetime | None = None
    limit: int = 100


class Transaction(Protocol):
    """All or nothing: committed at the end of the ``async with``, undone on an exception."""

    async def callback(self, callback_id: CallbackId) -> Callback | None:
        """Return one callback; nobody else changes it before this transaction ends."""
        ...

    async def callbacks(self, wanted: CallbackFilter) -> list[Callback]:
        """Return callbacks, oldest request first unless the latest are wanted first."""
        ...

    async def callbacks_due(self, now: datetime, limit: int) -> list[CallbackId]:
        """Return those whose reminder or escalation is due, what is overdue longest first."""
        ...

    async def next_deadline(self) -> datetime | None:
        """Return when the next reminder or escalation is due; None: there is none to come."""
        ...

    async def owners(self) -> list[tuple[DepartmentId, CaseworkerId]]:
        """Return those who own open callbacks, with their departments, each once, sorted."""
        ...

    async def count_callbacks(self, wanted: CallbackFilter) -> int:
        """Return how many there are, whatever ``limit`` and ``offset``."""
        ...

    async def add_callback(self, callback: Callback) -> bool:
        """Insert; False, and nothing changed, where this id exists already."""
        ...

    async def save_callback(self, callback: Callback) -> None:
        """Update a callback whose version in the store is one less.

        Raises Refused (``callback_changed``) where somebody else changed it meanwhile.
        """
        ...

    async def history(self, callback_id: CallbackId) -> list[Callback]:
        """All versions of one callback, oldest first; empty where there is none."""
        ...

    async def add_message(self, message: OutboxMessage) -> None:
        """Put a message into the outbox; one with a known ``message_id`` is not added again."""
        ...

    async def unpublished(
        self,
        limit: int,
        without: Collection[tuple[DepartmentId, CaseworkerId]] = (),
        *,
        way: Delivery = Delivery.MQTT,
        at: datetime | None = None,
    ) -> list[OutboxMessage]:
        """Return messages not delivered by ``way`` yet, found by row state, oldest first.

        Those for the caseworkers in ``without`` are left out, and so are those that are to be
        tried again only after ``at``.
        """
        ...

    async def outbox_length(self) -> dict[Delivery, int]:
        """Count the messages not delivered yet, by the way they go."""
        ...

    async def mark_published(self, message_ids: Sequence[MessageId], at: datetime) -> None:
        """Note that these are delivered."""
        ...

    async def note_refusal(
        self, message_id: MessageId, error: str, try_at: datetime | None
    ) -> None:
        """Note that a message was refused, why, and from when on to try again; None: at once."""
        ...

    async def receipts(self, callback_id: CallbackId) -> list[Receipt]:
        """Return what became of the messages about a callback, in the order they were added."""
        ...

    async def undelivered(self, before: datetime) -> list[CallbackId]:
        """Return the callbacks to be taken whose owner has not heard of them, oldest first.

        A message was put into the outbox before ``before``, since the callback has this owner,
        and none arrived by any of the ways the owner wants to be told by.
        """
        ...

    async def delivered_since(self, at: datetime, ways: Collection[Delivery]) -> bool:
        """Whether anything has arrived, anywhere, by one of the ``ways`` at or after ``at``."""
        ...

    async def publish_again(self, message_id: MessageId) -> None:
        """Let the broker get a message once more; its receiver knows a repeat by the id."""
        ...

    async def publish_latest_again(self, within: timedelta) -> None:
        """Let the MQTT broker get again what it took last, up to ``within`` before the last."""
        ...

    async def take_command(self, message_id: str, at: datetime) -> bool:
        """Note that a command is being processed; False where it already was."""
        ...

    async def add_call(self, record: CallRecord) -> bool:
        """Insert a finished call; False, and nothing changed, where this id exists already.

        One ``by_fallback`` takes the place of the program's own that is ONLY_GONE.
        """
        ...

    async def call(self, call_id: CallId) -> CallRecord | None:
        """Return one finished call."""
        ...

    async def calls(self, limit: int) -> list[CallRecord]:
        """Return finished calls, latest first."""
        ...

    async def call_figures(self, since: datetime, until: datetime) -> CallFigures:
        """Count the finished calls that arrived from ``since`` until just before ``until``."""
        ...

    async def add_outgoing(self, record: OutgoingRecord) -> None:
        """Insert an outgoing call that is about to be made; its id is new."""
        ...

    async def end_outgoing(
        self, call: CallId, result: OutgoingResult, at: datetime, talked_seconds: float
    ) -> bool:
        """Note what came of an outgoing call; False, and nothing changed, where that is known."""
        ...

    async def outgoing(self, callback: CallbackId) -> list[OutgoingRecord]:
        """Return the outgoing calls for one callback, earliest first."""
        ...

    async def count_outgoing(self, since: datetime, callback: CallbackId | None = None) -> int:
        """Count the outgoing calls asked for from ``since`` on, for one callback or for all.

        Those count in which the citizen was phoned, and those of which nobody knows yet. Nobody
        else adds one before this transaction ends.
        """
        ...

    async def save_place(self, kept: KeptPlace) -> None:
        """Insert a kept place, or replace the one of the same call."""
        ...

    async def release_place(self, call: CallId) -> None:
        """Forget the place kept for ``call``; harmless where there is none."""
        ...

    async def places(self) -> list[KeptPlace]:
        """Return the places still to be honoured, in their order."""
        ...

    async def add_announcement(self, announcement: Announcement) -> bool:
        """Insert; False, and nothing changed, where this id exists already."""
        ...

    async def end_announcement(self, announcement: AnnouncementId, at: datetime, by: str) -> bool:
        """Note that it has ended; False where there is none of this id that has not."""
        ...

    async def announcements(self) -> list[Announcement]:
        """Return those that have not been ended, oldest first, expired or not."""
        ...

    async def add_audit(self, entry: AuditEntry) -> None:
        """Hang an entry on the chain; nothing changes or removes one.

        Do it last: whoever else has something to add waits for the end of this transaction.
        Raises Unavailable (``audit_broken``) where the chain has lost its head.
        """
        ...

    async def audit(self, wanted: AuditFilter) -> list[AuditLink]:
        """Return entries, latest first."""
        ...

    async def audit_links(self, after: int | None, limit: int) -> list[AuditLink]:
        """Return entries in their order: from the very first, or those behind ``after``."""
        ...

    async def audit_head(self) -> AuditHead | None:
        """Return the end of the chain; nobody adds before this transaction ends.

        None where somebody has taken it away.
        """
        ...


class Store(Protocol):
    """The database."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction. Raises Unavailable where the database is away, locked or full."""
        ...

    async def ping(self) -> None:
        """Raise Unavailable, with the reason, where the database can't be written to."""
        ...


class SpokenMessages(Protocol):
    """What callers said about their callbacks."""

    def read(self, message: RecordingId) -> bytes:
        """Return it as a WAV file; takes a while: call it in a thread.

        Raises Refused (``message_not_found``) and Unavailable.
        """
        ...


class QueueLogLines(Protocol):
    """Where lines of ``queue_log`` go."""

    def add(self, line: str) -> None:
        """Have a line written; never waits and never fails."""
        ...

    def recent(self) -> frozenset[str]:
        """Return the lines that were written last, by whatever run; takes a while.

        Empty where they can't be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class LogPlace:
    """A place in a file that may be renamed: its inode, and the bytes before."""

    inode: int
    offset: int


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line without its end, and where it begins."""

    text: str
    place: LogPlace


class FallbackLog(Protocol):
    """What Asterisk wrote about the calls of the fallback queue, in the order of writing.

    ``more`` and ``remember`` use files and raise Unavailable: call them in a thread.
    """

    def more(self) -> list[PlacedLine]:
        """Return the next lines; empty where there are no more for now."""
        ...

    @property
    def place(self) -> LogPlace | None:
        """Where the next line begins; None before the first."""
        ...

    def remember(self, place: LogPlace) -> None:
        """Begin there after a restart."""
        ...


class AnnouncementSounds(Protocol):
    """The sounds of bulk announcements. Every method takes a while: call it in a thread."""

    def speak(self, prompt: str, language: str, text: str) -> float:
        """Make the sound ``prompt`` say ``text``; return its length in seconds.

        Raises Refused (``text_unspeakable``) and, where a program is missing or the disk is
        full, Unavailable; then there is no such sound.
        """
        ...

    def convert(self, prompt: str, language: str, recording: bytes, kind: str) -> float:
        """Make the sound ``prompt`` of a recording; return its length in seconds.

        ``kind`` is ``wav``, ``flac``, ``ogg`` or ``mp3``. Raises Refused
        (``recording_unusable``) and Unavailable, as ``speak`` does.
        """
        ...

    def keep_only(self, prompts: Collection[str]) -> None:
        """Remove the sounds of all other announcements. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """The queue at one moment; ``agents`` counts by agent state."""

    at: datetime
    waiting: int
    longest_wait_seconds: int
    agents: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IncomingCommand:
    """A caseworker's command as the broker delivered it; who may send it the topic says."""

    department: DepartmentId
    caseworker: CaseworkerId
    payload: bytes


class Courier(Protocol):
    """Brings messages to caseworkers by one way."""

    async def deliver(self, message: OutboxMessage) -> None:
        """Return once the other side has taken over ``message``.

        Raises Unavailable where nothing at all gets through now, and Refused where this message
        does not, with nothing personal in the error's text.
        """
        ...


class Broker(Courier, Protocol):
    """The MQTT broker. What it does not take for a caseworker: Refused (``publish_refused``)."""

    async def publish_queue(self, figures: QueueFigures) -> None:
        """Tell the figures to whoever listens; lost when the broker is away. Raises Unavailable."""
        ...
