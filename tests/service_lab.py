"""A whole service around fakes: real engine, dispatcher and use cases, nothing outside.

For tests of whatever is built on the desk. Prompts take no time; telephones ring for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from ivr.adapters.system.systemd import Systemd
from ivr.adapters.web.parts import Parts
from ivr.application.applying import Applying
from ivr.application.audit import Audit
from ivr.application.bulk_announcements import BulkAnnouncements
from ivr.application.call_back_results import CallBackResults
from ivr.application.callback_figures import CallbackCount
from ivr.application.callback_requests import CallbackRequests
from ivr.application.callbacks import Callbacks
from ivr.application.calls_back import CallsBack, Line
from ivr.application.day import Day
from ivr.application.desk import Desk
from ivr.application.dispatcher import Dispatcher
from ivr.application.heartbeat import Heartbeat
from ivr.application.inbox import Inbox
from ivr.application.known_callers import KnownCallers
from ivr.application.listening import Listening
from ivr.application.looking import Looking
from ivr.application.obeying import Obeying
from ivr.application.persons import Ongoing, Persons
from ivr.application.places import KeptPlaces
from ivr.application.ports.audit import AuditEntry, AuditFilter
from ivr.application.purging import Purging
from ivr.application.records import CallRecords
from ivr.application.supervision import Supervision
from ivr.application.tally import Tally
from ivr.application.vitals import Vitals
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.county import County, Topic
from ivr.domain.engine import QueueEngine
from ivr.domain.errors import Unavailable
from ivr.domain.ids import AgentId, CallbackId, CallId, LegId, OfferId, TopicId
from ivr.domain.live import CallView, Phase
from ivr.domain.memory import Memory
from ivr.domain.rules import QueueRules
from tests.examples import ALL_ROUND, CALLER, DIDS, UMWELT, county
from tests.fakes.announcement_sounds import FakeSounds
from tests.fakes.clock import FakeClock
from tests.fakes.queue_logs import FakeQueueLogs
from tests.fakes.segments import FakeSegments
from tests.fakes.site import FakeSite
from tests.fakes.spoken_messages import FakeSpokenMessages
from tests.fakes.store import FakeStore


class PromptSwitch:
    """A switch that has said everything as soon as it is told to."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self.connected = True
        self.offers: list[do.OfferCall] = []
        self.dialled: list[do.DialParty] = []
        self.supervised: list[do.Supervision] = []
        self.ended: list[LegId] = []
        """The legs of third parties that were ended."""
        self.reloaded: list[str] = []
        self.refuses: str | None = None
        """The module whose files are not taken."""
        self.told_phones = 0

    async def reload(self, module: str) -> None:
        if module == self.refuses:
            raise Unavailable(f"Asterisk did not reload {module}")
        self.reloaded.append(module)

    async def tell_phones(self) -> None:
        self.told_phones += 1

    async def execute(self, command: do.SwitchCommand) -> None:
        match command:
            case do.Play(call=call, playback=playback):
                self._inbox.post(on.PlaybackFinished(call, playback))
            case do.OfferCall():
                self.offers.append(command)
            case do.DialParty():
                self.dialled.append(command)
            case do.Supervise(how=how):
                self.supervised.append(how)
            case do.EndParty(leg=leg):
                self.ended.append(leg)
            case _:
                pass

    def resume(self, memory: Memory) -> None:
        """There is nobody."""

    async def probe(self) -> None:
        if not self.connected:
            raise Unavailable("Asterisk is not connected.")


def _with_topics(without: County) -> County:
    """Let the department Umwelt have a topic."""
    umwelt = replace(without.departments[UMWELT], topics=(Topic(TopicId("abfall"), "Abfall"),))
    return replace(without, departments={**without.departments, UMWELT: umwelt})


class ServiceLab:
    """The parts of a service, and what callers and phones do."""

    def __init__(self, rules: QueueRules | None = None) -> None:
        self.county: County = _with_topics(county(rules))
        self.clock = FakeClock()
        self.store = FakeStore()
        self.inbox = Inbox()
        self.switch = PromptSwitch(self.inbox)
        self.callbacks = Callbacks(
            self.store, lambda: self.county, self.clock, committed=lambda: None
        )
        self.records = CallRecords(self.store)
        self.places = KeptPlaces(self.store, self.inbox.post)
        self.audit = Audit(self.store, self.clock)
        self.dispatcher = Dispatcher(
            self.inbox,
            QueueEngine(self.county, "run"),
            self.switch,
            self.callbacks,
            self.records,
            self.places,
            self.audit,
            self.clock,
        )
        self.known_callers = KnownCallers(self.dispatcher, self.store, self.inbox.post)
        """Looks nobody up before a test runs it."""
        self.call_back_results = CallBackResults(self.dispatcher, self.store, self.callbacks)
        probes = {"switch": self.switch.probe, "store": self.store.ping}
        self.desk = Desk(self.inbox, self.dispatcher, self.audit, probes)
        self.calls_back = CallsBack(
            self.store,
            self.callbacks,
            Line(lambda: self.switch.connected, self.desk.snapshot, self.inbox.post),
            lambda: self.desk.county,
            self.clock,
            "run",
        )
        self.obeying = Obeying(self.store, self.callbacks, self.calls_back, self.clock)
        self.sounds = FakeSounds()
        self.messages = FakeSpokenMessages()
        self.queue_logs = FakeQueueLogs()
        self.segments = FakeSegments()
        self.site = FakeSite(self.county)
        self.applied: list[County] = []
        """What was in force each time changed files were applied."""
        callback_count = CallbackCount(self.store, self.clock)
        self.heartbeat = Heartbeat(self.inbox, Systemd({}))
        self.parts = Parts(
            desk=self.desk,
            callbacks=self.callbacks,
            calls_back=self.calls_back,
            callback_count=callback_count,
            requests=CallbackRequests(
                lambda: self.desk.county, self.callbacks, self.desk.call, self.clock
            ),
            announcements=BulkAnnouncements(
                self.store, self.sounds, self.inbox.post, self.clock, lambda: self.desk.county
            ),
            supervision=Supervision(self.desk, self.inbox, self.audit, "run"),
            listening=Listening(self.callbacks, self.messages, self.audit),
            looking=Looking(self.desk, self.store, self.clock),
            audit=self.audit,
            purging=Purging(
                self.store,
                self.messages,
                self.queue_logs,
                self.segments,
                lambda: self.desk.county,
                self.clock,
                pause_seconds=0,
            ),
            persons=Persons(
                self.store,
                self.messages,
                self.queue_logs,
                self.segments,
                self.callbacks,
                self.audit,
                Ongoing(
                    self.dispatcher.numbers_in_use,
                    self.records.waits_for,
                    self.segments.forgotten.append,
                ),
                lambda: self.desk.county,
                self.clock,
            ),
            day=Day(self.store, self.clock, lambda: self.desk.county),
            applying=Applying(
                self.site,
                self.switch,
                self.inbox,
                self.dispatcher,
                self.clock,
                lambda: self.applied.append(self.desk.county),
            ),
            vitals=Vitals(
                self.desk,
                Tally(self.dispatcher),
                self.inbox,
                self.heartbeat,
                callback_count,
                self.store,
                self.clock,
            ),
            clock=self.clock,
        )
        self._changed = asyncio.Event()
        self.dispatcher.watch(self._changed.set)

    async def caller_waits(self, name: str = "call-1") -> CallView:
        """Let somebody dial the department Umwelt and get as far as the queue."""
        call = CallId(name)
        self.inbox.post(on.CallArrived(call, dialled=DIDS[UMWELT], caller=CALLER))
        return await self._until_phase(call, Phase.WAITING)

    async def agent_answers(self, agent: AgentId) -> None:
        """Let the agent be ready and answer whatever rings."""
        self.inbox.post(on.PhoneReachable(agent))
        self.inbox.post(on.PresenceChosen(agent, self.desk.agent(agent).presence.READY))
        await self.until(lambda: bool(self.switch.offers))
        offer = self.switch.offers[-1]
        self.inbox.post(on.OfferAnswered(offer.offer))
        self.inbox.post(on.CallConnected(offer.offer))
        await self._until_phase(offer.call, Phase.TALKING)

    async def caller_put_through(self, name: str = "call-1") -> do.DialParty:
        """Let a caller be put through without asking; the other telephone rings."""
        await self.caller_waits(name)
        await self.agent_answers(ALL_ROUND)
        self.inbox.post(on.TransferRequested(self.switch.offers[-1].offer, "311"))
        await self.until(lambda: bool(self.switch.dialled))
        return self.switch.dialled[-1]

    async def agent_hangs_up(self, offer: OfferId) -> None:
        """End the talk of ``offer``; its record is written when this returns."""
        await self.inbox.handled(on.AgentHungUp(offer))
        await self.until(lambda: bool(self.records._unwritten))
        await self.records.flush()

    async def publish_all(self) -> None:
        """Let the broker have everything."""
        async with self.store.transaction() as transaction:
            ids = [message.message_id for message in await transaction.unpublished(1000)]
            await transaction.mark_published(ids, self.clock.now())

    async def callback_ids(self) -> set[CallbackId]:
        """Return all callbacks the store has."""
        async with self.store.transaction() as transaction:
            return set(transaction._content.callbacks)

    async def audited(self) -> list[AuditEntry]:
        """Return what is in the audit, latest first."""
        async with self.store.transaction() as transaction:
            links = await transaction.audit(AuditFilter())
        return [link.entry for link in links if link.entry is not None]

    def later(self, seconds: float) -> None:
        """Let time go by."""
        self.clock.advance(timedelta(seconds=seconds))

    async def _until_phase(self, call: CallId, phase: Phase) -> CallView:
        def found() -> list[CallView]:
            return [
                view
                for view in self.desk.snapshot().calls
                if view.id == call and view.phase is phase
            ]

        await self.until(lambda: bool(found()))
        return found()[0]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until ``holds`` says so, after a fact."""
        async with asyncio.timeout(5):
            while not holds():
                await self._changed.wait()
                self._changed.clear()
                await asyncio.sleep(0)  # lanes carry commands out after the fact


@asynccontextmanager
async def running_service(rules: QueueRules | None = None) -> AsyncIterator[ServiceLab]:
    """Run a service for a while."""
    lab = ServiceLab(rules)
    dispatcher = asyncio.create_task(lab.dispatcher.run(), name="dispatcher")
    try:
        yield lab
    finally:
        dispatcher.cancel()
        await asyncio.gather(dispatcher, return_exceptions=True)
