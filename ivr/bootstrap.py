"""Puts the program together. The only module that names concrete adapters.

Plain arguments, no container, no work at import. One task group owns every task of the running
service; when one fails, all end.
"""

from __future__ import annotations

import asyncio
import gc
import os
import re
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog
import uvloop

from ivr.adapters.agi import AgiServer, open_agi
from ivr.adapters.ami import AmiAddress, AmiStandby
from ivr.adapters.ari.connection import Address, Replaced
from ivr.adapters.ari.exchange import AriExchange
from ivr.adapters.ari.sounds import SoundFolders
from ivr.adapters.ari.switch import AriSwitch
from ivr.adapters.journal import JournalFiles, JournalNumbers
from ivr.adapters.mail import Content, MailCourier, MailServer, mail_server
from ivr.adapters.mqtt import BrokerAddress, MqttBroker, MqttInbox, Payload, broker_address
from ivr.adapters.store import (
    Contents,
    LastingStore,
    Progress,
    Restored,
    VisitedStore,
    create_backup,
    lasting_store,
    restore_backup,
    verify_backup,
)
from ivr.adapters.system.asterisk import find_asterisk
from ivr.adapters.system.clock import SystemClock
from ivr.adapters.system.fallback_log import FallbackLogFile
from ivr.adapters.system.log_stream import lasting_stderr
from ivr.adapters.system.logs import configure_logs
from ivr.adapters.system.pulse import ServicePulse
from ivr.adapters.system.queue_log import QueueLogFile
from ivr.adapters.system.queue_log_numbers import QueueLogNumbers
from ivr.adapters.system.spoken_messages import SpokenMessageFiles
from ivr.adapters.system.systemd import Systemd
from ivr.adapters.system.tools import TOOLS, missing_tools
from ivr.adapters.web import Doors, Parts, WebServer, build_app, only_one, open_doors
from ivr.adapters.webhook import Signature, WebhookCourier
from ivr.application.applying import Applying
from ivr.application.audit import Audit
from ivr.application.backoff import Backoff
from ivr.application.bulk_announcements import BulkAnnouncements
from ivr.application.call_back_results import CallBackResults
from ivr.application.callback_figures import CallbackCount
from ivr.application.callback_requests import CallbackRequests
from ivr.application.callbacks import Callbacks
from ivr.application.calls_back import CallsBack, Line
from ivr.application.caseworker_inbox import InboxConnection
from ivr.application.day import Day
from ivr.application.desk import Desk, Probe
from ivr.application.dispatcher import Dispatcher
from ivr.application.due_dates import DueDates
from ivr.application.ending import Ending
from ivr.application.fallback_calls import CountedAfterwards
from ivr.application.fallback_requests import FallbackRequests
from ivr.application.figures import Figures
from ivr.application.heartbeat import Heartbeat
from ivr.application.inbox import Inbox
from ivr.application.known_callers import KnownCallers
from ivr.application.listening import Listening
from ivr.application.looking import Looking
from ivr.application.obeying import Obeying
from ivr.application.persons import Ongoing, Persons
from ivr.application.places import KeptPlaces
from ivr.application.ports import Clock, Store, Supervisor
from ivr.application.purging import Purging
from ivr.application.queue_log import QueueLog
from ivr.application.recording import Recording
from ivr.application.records import CallRecords
from ivr.application.recovery import Recovered, files_in_force, latest_run, recover
from ivr.application.redoing import Redoing
from ivr.application.relay import PAUSES, Relay
from ivr.application.replaying import Replayed, of_day, replay
from ivr.application.setting_aside import breaks_at_once, without_memory
from ivr.application.standby import InStep
from ivr.application.supervised import Supervised
from ivr.application.supervision import Supervision
from ivr.application.tally import Tally
from ivr.application.vitals import Vitals
from ivr.application.watching_over import WatchingOver, pulse_seconds
from ivr.domain.county import County
from ivr.domain.delivery import Delivery
from ivr.domain.engine import QueueEngine
from ivr.domain.errors import IvrError, Refused, Unavailable
from ivr.domain.events import CountyChanged
from ivr.domain.ids import CaseworkerId, DepartmentId
from ivr.provisioning.announcements import AnnouncementFiles
from ivr.provisioning.asterisk_modules import NEEDED_MODULES
from ivr.provisioning.changing import ChangingCounty
from ivr.provisioning.county import Configuration, county_files, county_of
from ivr.provisioning.credentials import Secrets, load_secrets, look_at_secrets
from ivr.provisioning.deliveries import refuse_undeliverable
from ivr.provisioning.last_good import Beginning, begin_with, tell_refused
from ivr.provisioning.settings import Settings, application_taken
from ivr.provisioning.site import FileSite

log = structlog.get_logger(__name__)

_LONGEST_END_SECONDS = 4.5
"""Whatever hangs, the program has ended by then."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found, and whether it is as it should be."""

    name: str
    found: str
    in_order: bool


def examine_machine() -> list[Finding]:
    """Look for what the service needs on this machine; nothing is started or changed."""
    try:
        asterisk = find_asterisk(NEEDED_MODULES)
    except Unavailable as error:
        found = Finding("Asterisk", error.message, in_order=False)
    else:
        version = ".".join(str(part) for part in asterisk.version)
        found = Finding("Asterisk", f"{version} ({asterisk.root})", in_order=True)
    missing = missing_tools()
    return [
        found,
        *(
            Finding(tool.program, f"apt-get install {tool.package}", in_order=False)
            if tool in missing
            else Finding(tool.program, "", in_order=True)
            for tool in TOOLS
        ),
    ]


def caseworker_inbox(
    url: str,
    ca_file: Path | None,
    login: tuple[str, str] | None,
    department: DepartmentId,
    caseworker: CaseworkerId,
    *,
    client_id: str,
) -> InboxConnection:
    """Make a caseworker's way to the broker; ``login`` is user and password.

    Opens no connection. Raises ConfigError for the address, Refused for ids no topic can have.
    """
    address = broker_address(url, ca_file)
    if login is not None:
        address = address.with_login(*login)
    return MqttInbox(address, department, caseworker, client_id=client_id)


def back_up(settings: Settings, file: Path, progress: Progress) -> Contents:
    """Write the database into ``file``, looked through; the service may go on meanwhile.

    Raises ConfigError, Refused and Unavailable; then there is no ``file``.
    """
    return create_backup(settings.database, file, progress)


def look_through_backup(file: Path) -> Contents:
    """Say what is in a backup. Raises Refused where it is none, or damaged, and Unavailable."""
    return verify_backup(file)


def restore(settings: Settings, file: Path, progress: Progress) -> Restored:
    """Put a backup in the database's place while the service is stopped.

    Raises ConfigError, Refused (``service_running`` and those of the backup) and Unavailable.
    """
    now = SystemClock().now()
    try:
        with only_one(settings.control_socket):
            return restore_backup(settings.database, file, now, progress)
    except Refused as refusal:
        if refusal.code != "already_running":
            raise
        raise Refused(
            "The service is running: stop it first, and start it again afterwards.",
            code="service_running",
        ) from None


def replay_journal(settings: Settings, file: Path | None, day: date | None) -> Iterator[Replayed]:
    """Replay a segment, or those of a day in this machine's time, or all there are.

    Raises Refused (``no_segment``) where there is none, and Unavailable.
    """
    journal = JournalFiles(settings.journal if file is None else file.absolute().parent)
    if day is not None:
        names = of_day(journal, day)
    else:
        names = journal.names() if file is None else [file.name]
    if not names:
        raise Refused("There is no such segment of the journal.", code="no_segment")
    return replay(journal, names, county_of)


def serve(settings: Settings) -> None:
    """Run the service until it is told to stop (SIGTERM, SIGINT).

    Where the files are wrong, those in force before are taken. Raises ConfigError before anything
    is started, or where another program took over its calls, and IvrError where it can't go on.
    """
    beginning = begin_with(
        settings.config,
        files_in_force(JournalFiles(settings.journal)),
        lambda county: refuse_undeliverable(county, settings),
    )
    secrets = load_secrets(settings, beginning.configuration.county.agents)
    with lasting_stderr() as stream:
        configure_logs(settings.log_format, stream)
        try:
            uvloop.run(_serve(settings, beginning, secrets))
        except BaseExceptionGroup as group:
            error = _reason(group)
            taken = isinstance(error, Replaced)
            raise (application_taken(settings) if taken else error) from group


def fallback(settings: Settings) -> None:
    """Stand by for the service until told to stop (SIGTERM, SIGINT).

    Where the files are wrong, those in force before are taken. Raises ConfigError before anything
    is started, and IvrError where it can't go on.
    """
    county = ChangingCounty(settings.config, files_in_force(JournalFiles(settings.journal)))
    secrets = load_secrets(settings, county().agents)
    with lasting_stderr() as stream:
        configure_logs(settings.log_format, stream)
        try:
            uvloop.run(_fallback(settings, county, secrets))
        except BaseExceptionGroup as group:
            raise _reason(group) from group


async def _fallback(settings: Settings, county: ChangingCounty, secrets: Secrets) -> None:
    tell_refused(county.refused)
    running = asyncio.current_task()
    assert running is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    clock = SystemClock()
    store = VisitedStore(settings.database)
    # What is to be delivered the service finds by itself when it is back.
    callbacks = Callbacks(store, county, clock, committed=lambda: None)
    requests = FallbackRequests(store, callbacks, county, clock)
    sounds = SoundFolders(settings.sounds, county().language)
    asterisk = Address(settings.ari, "ivr", secrets.ari_password, settings.ari_app)
    address, after = settings.fallback_agi, timedelta(seconds=settings.fallback_after)
    with (
        suppress(asyncio.CancelledError),
        # First of all: a second start ends here.
        open_agi(address.host, address.port) as door,
    ):
        async with AriExchange.opened(asterisk) as exchange, asyncio.TaskGroup() as tasks:
            watching = WatchingOver(
                ServicePulse(settings.control_socket, pulse_seconds(after)),
                exchange,
                after,
            )
            agi = AgiServer(door, requests.take, sounds.playlist)
            for name, run in {"watching over": watching.run, "agi": agi.run}.items():
                tasks.create_task(_endless(name, run), name=name)
            log.info("started", agi=str(address), after=settings.fallback_after)
    log.info("stopped")


async def _serve(settings: Settings, beginning: Beginning, secrets: Secrets) -> None:
    tell_refused(beginning.refused)
    running = asyncio.current_task()
    assert running is not None
    supervisor = Systemd(os.environ)
    ending = Ending(running.cancel, supervisor)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _asked_to_end, ending)
    address = settings.http_bind
    with (
        suppress(asyncio.CancelledError),
        # First of all: a second start with the same state folder ends here.
        open_doors(settings.control_socket, address.host, address.port) as doors,
    ):
        past = _look_back(settings, beginning.configuration)
        clock = SystemClock(not_before=past.recovered.at if past.recovered else None)
        async with lasting_store(settings.database, clock) as store:
            await _run(settings, beginning, secrets, store, clock, doors, supervisor, ending, past)
    log.info("stopped")


def _asked_to_end(ending: Ending) -> None:
    """End in order; where something hangs, the kernel ends us, as a supervisor would."""
    if not ending.asked:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, _LONGEST_END_SECONDS)
    ending.ask()


async def _run(
    settings: Settings,
    beginning: Beginning,
    secrets: Secrets,
    store: LastingStore,
    clock: Clock,
    doors: Doors,
    supervisor: Supervisor,
    ending: Ending,
    past: _Past,
) -> None:
    county = beginning.configuration.county
    inbox = Inbox()
    switch = AriSwitch(
        Address(settings.ari, "ivr", secrets.ari_password, settings.ari_app),
        SoundFolders(settings.sounds, county.language),
        settings.recordings,
        inbox.post,
    )

    # A circle: the relay publishes what callbacks commit, and its broker brings their commands.
    def committed() -> None:
        for relay_of_way in (relay, *(further.relay for further in post)):
            relay_of_way.wake()
        due_dates.wake()

    callbacks = Callbacks(store, lambda: desk.county, clock, committed)
    due_dates = DueDates(store, callbacks, lambda: desk.county, clock)
    broker = MqttBroker(
        _broker_address(settings, secrets),
        lambda incoming: obeying.handle(incoming),  # noqa: PLW0108 - there is none yet
        on_connected=lambda: relay.connected(),  # noqa: PLW0108
        payload=Payload(settings.mqtt_payload),
    )
    relay = Relay(store, Delivery.MQTT, broker, clock)
    post = list(_further_ways(settings, secrets, store, clock, lambda: desk.county))
    records = CallRecords(store)
    run_name = _run_name(clock.now(), past.run)
    engine = past.recovered.engine if past.recovered else QueueEngine(county, run_name)
    engine.begin_run(run_name)
    places = KeptPlaces(store, inbox.post)
    audit = Audit(store, clock)
    recording = Recording(
        past.journal,
        engine,
        run_name,
        past.recovered.config if past.recovered else beginning.configuration.files,
        config_now=lambda: county_files(settings.config),
        settled=lambda: all(
            part.settled
            for part in (dispatcher, records, places, call_back_results, past.queue_log_file)
        ),
    )
    dispatcher = Dispatcher(
        inbox, engine, switch, callbacks, records, places, audit, clock, recording
    )
    past.queue_log.follow(dispatcher)
    known_callers = KnownCallers(dispatcher, store, inbox.post)
    call_back_results = CallBackResults(dispatcher, store, callbacks)
    figures = Figures(dispatcher, broker, clock)
    standby, in_step = _standby(settings, secrets, dispatcher, inbox)
    desk = Desk(
        inbox,
        dispatcher,
        audit,
        probes={
            "switch": _probe(lambda: switch.connected, "Asterisk is not connected."),
            "store": store.probe,
            "broker": _all_of(broker.probe, relay.probe),
            "standby": _probe(lambda: standby.connected, "The fallback queue is not in step."),
            **{further.way.value: further.probe for further in post},
            **_files_probe(beginning, lambda: dispatcher.county),
        },
    )
    calls_back = CallsBack(
        store,
        callbacks,
        Line(lambda: switch.connected, dispatcher.snapshot, inbox.post),
        lambda: desk.county,
        clock,
        run_name,
    )
    obeying = Obeying(store, callbacks, calls_back, clock)
    announcements = BulkAnnouncements(
        store,
        AnnouncementFiles(settings.prompts, settings.sounds),
        inbox.post,
        clock,
        lambda: desk.county,
    )
    messages = SpokenMessageFiles(settings.recordings)
    numbers = QueueLogNumbers(
        settings.queue_log, settings.asterisk_queue_log, write=past.queue_log_file.write
    )
    purging = Purging(store, messages, numbers, past.segments, lambda: desk.county, clock)
    persons = Persons(
        store,
        messages,
        numbers,
        past.segments,
        callbacks,
        audit,
        Ongoing(
            dispatcher.numbers_in_use,
            records.waits_for,
            lambda number: recording.forget(number, clock.now()),
        ),
        lambda: desk.county,
        clock,
    )
    watch = _watch(inbox, supervisor, dispatcher, desk, store, clock, recording)
    parts = Parts(
        desk=desk,
        callbacks=callbacks,
        calls_back=calls_back,
        callback_count=watch.callback_count,
        requests=CallbackRequests(lambda: desk.county, callbacks, desk.call, clock),
        announcements=announcements,
        supervision=Supervision(desk, inbox, audit, run_name),
        listening=Listening(callbacks, messages, audit),
        looking=Looking(desk, store, clock),
        audit=audit,
        purging=purging,
        persons=persons,
        day=Day(store, clock, lambda: desk.county),
        applying=Applying(
            FileSite(settings),
            switch,
            inbox,
            dispatcher,
            clock,
            _applied(settings, lambda: desk.county, due_dates, broker),
        ),
        vitals=watch.vitals,
        clock=clock,
    )
    web = WebServer(build_app(parts, token=secrets.api_token, hosts=settings.http_hosts), doors)
    supervised = Supervised(supervisor, inbox, web.opened, desk.readiness)
    # What earlier runs left over, promised and announced, before there can be a call.
    if past.recovered is not None:
        _go_on(past.recovered, switch, known_callers, inbox, beginning.configuration)
        redoing = Redoing(records, places, call_back_results)
        left_over = redoing.redo(past.recovered.again, engine.memory())
        dispatcher.go_on((*left_over, *past.recovered.told_again))
        past.queue_log.catch_up()
    await places.restore_if_possible()
    await announcements.restore_if_possible()
    with recording.of_a_run(clock):
        async with asyncio.TaskGroup() as tasks:
            for name, run in {
                "store": store.run,
                "switch": switch.run,
                "dispatcher": dispatcher.run,
                "known callers": known_callers.run,
                "records": records.run,
                "queue log": past.queue_log_file.run,
                "places": places.run,
                "call back results": call_back_results.run,
                "announcements": announcements.run,
                "broker": broker.run,
                "relay": relay.run,
                "due dates": due_dates.run,
                **{f"relay of {further.way}": further.relay.run for further in post},
                "figures": figures.run,
                "standby": standby.run,
                "standby in step": in_step.run,
                "fallback calls": _fallback_calls(settings, store, dispatcher).run,
                "purging": purging.run,
                "web": web.run,
                "audit": audit.run,
                "heartbeat": watch.heartbeat.run,
                "supervised": supervised.run,
            }.items():
                tasks.create_task(_endless(name, run), name=name)
            ending.rest = dispatcher.rest
            # What is there by now stays: to look through it for garbage would hold up calls now and
            # then, and the end by seconds.
            gc.freeze()
            log.info("started", county=county.name, departments=len(county.departments))


@dataclass(frozen=True, slots=True)
class _Watch:
    """What tells how the service is."""

    heartbeat: Heartbeat
    callback_count: CallbackCount
    vitals: Vitals


def _watch(
    inbox: Inbox,
    supervisor: Supervisor,
    dispatcher: Dispatcher,
    desk: Desk,
    store: Store,
    clock: Clock,
    recording: Recording,
) -> _Watch:
    heartbeat = Heartbeat(inbox, supervisor)
    callback_count = CallbackCount(store, clock)
    vitals = Vitals(
        desk,
        Tally(dispatcher),
        inbox,
        heartbeat,
        callback_count,
        store,
        clock,
        not_recorded=lambda: recording.lost,
    )
    return _Watch(heartbeat, callback_count, vitals)


@dataclass(frozen=True, slots=True)
class _Past:
    """What earlier runs left behind on the disk; ``recovered`` None: nothing to go on with."""

    journal: JournalFiles
    segments: JournalNumbers
    queue_log_file: QueueLogFile
    queue_log: QueueLog
    recovered: Recovered | None
    run: str
    """The latest; empty where there was none."""


def _look_back(settings: Settings, configuration: Configuration) -> _Past:
    file = QueueLogFile(settings.queue_log, settings.queue_log_bytes, settings.queue_log_files)
    queue_log = QueueLog(file)
    journal = JournalFiles(settings.journal)
    recovered = recover(journal, county_of, queue_log.tell_again)
    if recovered is not None and breaks_at_once(journal):
        recovered = without_memory(recovered, configuration.county, configuration.files)
        queue_log.tell_again(recovered.engine, recovered.engine.memory())
    segments = JournalNumbers(settings.journal)
    return _Past(journal, segments, file, queue_log, recovered, latest_run(journal))


def _go_on(
    recovered: Recovered,
    switch: AriSwitch,
    known_callers: KnownCallers,
    inbox: Inbox,
    configuration: Configuration,
) -> None:
    """Let the parts know who is here already; the files may have changed meanwhile."""
    memory = recovered.engine.memory()
    switch.resume(memory)
    known_callers.look_up_again(memory)
    if recovered.config != configuration.files:
        inbox.post(CountyChanged(configuration.county))


async def _endless(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Let ``run`` work until it is cancelled by us; any other end of it is a defect.

    A task group takes no notice of a task that returns or is cancelled from inside: the service
    would go on without that part.
    """
    running = asyncio.current_task()
    assert running is not None
    try:
        await run()
    except asyncio.CancelledError as end:
        if running.cancelling():
            raise
        raise AssertionError(f"the task {name} was cancelled by itself") from end
    raise AssertionError(f"the task {name} ended without being told to")


def _reason(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the one error that made the tasks end, where there is one that has a name."""
    known, defects = group.split(IvrError)
    error: BaseException = known if known is not None and defects is None else group
    while isinstance(error, BaseExceptionGroup) and error is not group:
        error = error.exceptions[0]
    return error


def _standby(
    settings: Settings, secrets: Secrets, dispatcher: Dispatcher, inbox: Inbox
) -> tuple[AmiStandby, InStep]:
    """Make the fallback queue's other side, and what keeps it in step."""
    bind = settings.asterisk_ami_bind
    standby = AmiStandby(
        AmiAddress(bind.host, bind.port, "ivr", secrets.ami_password),
        on_news=lambda: in_step.look_again(),  # noqa: PLW0108 - there is none yet
    )
    in_step = InStep(dispatcher, inbox, standby)
    return standby, in_step


def _fallback_calls(settings: Settings, store: Store, dispatcher: Dispatcher) -> CountedAfterwards:
    """Make what counts the calls that the fallback queue has served."""
    file = FallbackLogFile(settings.asterisk_queue_log, settings.fallback_log_place)
    return CountedAfterwards(file, store, lambda: dispatcher.county)


@dataclass(frozen=True, slots=True)
class _FurtherWay:
    """A way beside MQTT by which caseworkers are told."""

    way: Delivery
    relay: Relay
    probe: Probe


def _further_ways(
    settings: Settings,
    secrets: Secrets,
    store: Store,
    clock: Clock,
    county: Callable[[], County],
) -> Iterator[_FurtherWay]:
    """Make the ways that are set up on this machine."""
    couriers: dict[Delivery, MailCourier | WebhookCourier] = {}
    if settings.smtp_url:
        couriers[Delivery.MAIL] = MailCourier(
            _mail_server(settings, secrets),
            settings.mail_from,
            county,
            content=Content(settings.mail_content),
        )
    if settings.webhook_url:
        signature = Signature.of(secrets.webhook_secret)
        couriers[Delivery.WEBHOOK] = WebhookCourier(settings.webhook_url, signature, clock)
    for way, courier in couriers.items():
        relay = Relay(
            store,
            way,
            courier,
            clock,
            pauses=PAUSES,
            backoff=Backoff(first=1.0, longest=60.0),
        )
        yield _FurtherWay(way, relay, courier.probe)


def _mail_server(settings: Settings, secrets: Secrets) -> MailServer:
    server = mail_server(settings.smtp_url, settings.smtp_ca_file)
    if secrets.smtp_user and secrets.smtp_password:
        return server.with_login(secrets.smtp_user, secrets.smtp_password)
    return server


def _broker_address(settings: Settings, secrets: Secrets) -> BrokerAddress:
    address = broker_address(settings.mqtt_url, settings.mqtt_ca_file)
    if secrets.mqtt_user and secrets.mqtt_password:
        return address.with_login(secrets.mqtt_user, secrets.mqtt_password)
    return address


def _run_name(now: datetime, latest: str) -> str:
    """Return a short name for this run, later than that of any run before, ``latest`` too.

    Also where the machine's clock was set back.
    """
    before = int(latest, 16) if _RUN_NAME.fullmatch(latest) else 0
    return f"{max(int(now.timestamp()), before + 1):x}"


_RUN_NAME = re.compile("[0-9a-f]{1,12}")


def _applied(
    settings: Settings, county: Callable[[], County], due_dates: DueDates, broker: MqttBroker
) -> Callable[[], None]:
    """What has to happen when changed files are in force."""

    def applied() -> None:
        due_dates.wake()
        # Whoever changed the broker's password says so by this; else the next try may be far.
        secrets = look_at_secrets(settings, county().agents)
        broker.log_in_with(_broker_address(settings, secrets))

    return applied


def _files_probe(beginning: Beginning, county: Callable[[], County]) -> dict[str, Probe]:
    """Where the files were wrong at the start, say so until mended ones are put into force."""
    if beginning.refused is None:
        return {}
    begun_with = county()
    return {
        "configuration": _probe(
            lambda: county() is not begun_with,
            "The files were wrong at the start, those of before are in force: see `ivr check`.",
        )
    }


def _all_of(*probes: Probe) -> Probe:
    async def probe() -> None:
        for each in probes:
            await each()

    return probe


def _probe(works: Callable[[], bool], otherwise: str) -> Probe:
    async def probe() -> None:
        if not works():
            raise Unavailable(otherwise)

    return probe
