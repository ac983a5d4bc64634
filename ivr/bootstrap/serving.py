"""``ivr serve``: the service."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import structlog

from ivr.adapters.ari.connection import Replaced
from ivr.adapters.journal import JournalFiles
from ivr.adapters.store import lasting_store
from ivr.adapters.system.clock import SystemClock
from ivr.adapters.system.systemd import Systemd
from ivr.adapters.web.doors import open_doors
from ivr.application.ending import Ending
from ivr.application.figures import Figures
from ivr.application.recovery import files_in_force
from ivr.bootstrap.calls import Calls, go_on, make_calls
from ivr.bootstrap.caseworkers import Caseworkers, make_caseworkers
from ivr.bootstrap.core import Core, make_core
from ivr.bootstrap.given import Given, look_back
from ivr.bootstrap.running import Run, run_logged, start_all, when_told_to_end
from ivr.bootstrap.web import Web, make_web
from ivr.provisioning.credentials import Secrets, load_secrets
from ivr.provisioning.deliveries import refuse_undeliverable
from ivr.provisioning.last_good import Beginning, begin_with, tell_refused
from ivr.provisioning.settings import Settings, application_taken

log = structlog.get_logger(__name__)

_LONGEST_END_SECONDS = 4.5
"""Whatever hangs, the program has ended by then."""


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
    try:
        run_logged(settings, _serve(settings, beginning, secrets))
    except Replaced as error:
        raise application_taken(settings) from error


async def _serve(settings: Settings, beginning: Beginning, secrets: Secrets) -> None:
    tell_refused(beginning.refused)
    running = asyncio.current_task()
    assert running is not None
    supervisor = Systemd(os.environ)
    ending = Ending(running.cancel, supervisor)
    when_told_to_end(lambda: _asked_to_end(ending))
    address = settings.http_bind
    with (
        suppress(asyncio.CancelledError),
        # First of all: a second start with the same state folder ends here.
        open_doors(settings.control_socket, address.host, address.port) as doors,
    ):
        past = look_back(settings, beginning.configuration)
        clock = SystemClock(not_before=past.recovered.at if past.recovered else None)
        async with lasting_store(settings.database, clock) as store:
            given = Given(settings, beginning, secrets, past, store, clock, doors, supervisor)
            await _run(_assemble(given), ending)
    log.info("stopped")


def _asked_to_end(ending: Ending) -> None:
    """End in order; where something hangs, the kernel ends us, as a supervisor would."""
    if not ending.asked:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, _LONGEST_END_SECONDS)
    ending.ask()


@dataclass(frozen=True, slots=True)
class _Service:
    """Everything a run is made of."""

    given: Given
    core: Core
    caseworkers: Caseworkers
    calls: Calls
    figures: Figures
    web: Web


def _assemble(given: Given) -> _Service:
    """Make every part. Nothing runs yet."""
    core = make_core(given)
    caseworkers = make_caseworkers(given, core)
    calls = make_calls(given, core, caseworkers.callbacks)
    figures = Figures(calls.dispatcher, caseworkers.broker, given.clock)
    web = make_web(given, core, calls, caseworkers)
    return _Service(given, core, caseworkers, calls, figures, web)


async def _run(service: _Service, ending: Ending) -> None:
    """Run every part until cancelled, or until one fails."""
    calls, county = service.calls, service.given.configuration.county
    # What earlier runs left over, promised and announced, before there can be a call.
    go_on(service.given, service.core, calls)
    await calls.places.restore_if_possible()
    await service.web.announcements.restore_if_possible()
    with calls.recording.of_a_run(service.given.clock):
        async with asyncio.TaskGroup() as tasks:
            start_all(tasks, _runs(service))
            ending.rest = calls.dispatcher.rest
            # What is there by now stays: to look through it for garbage would hold up calls now and
            # then, and the end by seconds.
            gc.freeze()
            log.info("started", county=county.name, departments=len(county.departments))


def _runs(service: _Service) -> Mapping[str, Run]:
    """Name everything that works by itself."""
    given, calls, caseworkers = service.given, service.calls, service.caseworkers
    return {
        "store": given.store.run,
        "switch": service.core.switch.run,
        "dispatcher": calls.dispatcher.run,
        "known callers": calls.known_callers.run,
        "records": calls.records.run,
        "queue log": given.past.queue_log_file.run,
        "places": calls.places.run,
        "call back results": calls.call_back_results.run,
        "announcements": service.web.announcements.run,
        "broker": caseworkers.broker.run,
        "relay": caseworkers.relay.run,
        "due dates": caseworkers.due_dates.run,
        **{f"relay of {each.way}": each.relay.run for each in caseworkers.further_ways},
        "figures": service.figures.run,
        "standby": calls.standby.run,
        "standby in step": calls.in_step.run,
        "fallback calls": calls.counted_afterwards.run,
        "purging": service.web.purging.run,
        "web": service.web.server.run,
        "audit": service.core.audit.run,
        "heartbeat": service.web.heartbeat.run,
        "supervised": service.web.supervised.run,
    }
