"""``ivr fallback``: what stands by for the service, as a process of its own."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog

from ivr.adapters.agi import AgiServer, open_agi
from ivr.adapters.ari.connection import Address
from ivr.adapters.ari.exchange import AriExchange
from ivr.adapters.ari.sounds import SoundFolders
from ivr.adapters.journal import JournalFiles
from ivr.adapters.store import VisitedStore
from ivr.adapters.system.clock import SystemClock
from ivr.adapters.system.pulse import ServicePulse
from ivr.application.callbacks import Callbacks
from ivr.application.fallback_requests import FallbackRequests
from ivr.application.recovery import files_in_force
from ivr.application.watching_over import WatchingOver, pulse_seconds
from ivr.bootstrap.running import run_logged, start_all, when_told_to_end
from ivr.provisioning.changing import ChangingCounty
from ivr.provisioning.credentials import Secrets, load_secrets
from ivr.provisioning.last_good import tell_refused
from ivr.provisioning.settings import Settings

log = structlog.get_logger(__name__)


def fallback(settings: Settings) -> None:
    """Stand by for the service until told to stop (SIGTERM, SIGINT).

    Where the files are wrong, those in force before are taken. Raises ConfigError before anything
    is started, and IvrError where it can't go on.
    """
    county = ChangingCounty(settings.config, files_in_force(JournalFiles(settings.journal)))
    secrets = load_secrets(settings, county().agents)
    run_logged(settings, _fallback(settings, county, secrets))


async def _fallback(settings: Settings, county: ChangingCounty, secrets: Secrets) -> None:
    tell_refused(county.refused)
    running = asyncio.current_task()
    assert running is not None
    when_told_to_end(running.cancel)
    address, after = settings.fallback_agi, timedelta(seconds=settings.fallback_after)
    with (
        suppress(asyncio.CancelledError),
        # First of all: a second start ends here.
        open_agi(address.host, address.port) as door,
    ):
        asterisk = Address(settings.ari, "ivr", secrets.ari_password, settings.ari_app)
        async with AriExchange.opened(asterisk) as exchange, asyncio.TaskGroup() as tasks:
            agi = AgiServer(
                door,
                _requests(settings, county).take,
                SoundFolders(settings.sounds, county().language).playlist,
                exchange.asks_for_callback,
            )
            pulse = ServicePulse(settings.control_socket, pulse_seconds(after))
            watching = WatchingOver(pulse, exchange, after)
            start_all(tasks, {"watching over": watching.run, "agi": agi.run})
            log.info("started", agi=str(address), after=settings.fallback_after)
    log.info("stopped")


def _requests(settings: Settings, county: ChangingCounty) -> FallbackRequests:
    clock = SystemClock()
    store = VisitedStore(settings.database)
    # What is to be delivered the service finds by itself when it is back.
    callbacks = Callbacks(store, county, clock, committed=lambda: None)
    return FallbackRequests(store, callbacks, county, clock)
