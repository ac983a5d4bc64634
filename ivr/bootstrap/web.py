"""The web's doors, and what people and their programs may ask through them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivr.adapters.system.queue_log_numbers import QueueLogNumbers
from ivr.adapters.system.spoken_messages import SpokenMessageFiles
from ivr.adapters.web.app import build_app
from ivr.adapters.web.parts import Parts
from ivr.adapters.web.server import WebServer
from ivr.application.applying import Applying
from ivr.application.bulk_announcements import BulkAnnouncements
from ivr.application.callback_figures import CallbackCount
from ivr.application.callback_requests import CallbackRequests
from ivr.application.day import Day
from ivr.application.desk import Desk, Probe
from ivr.application.heartbeat import Heartbeat
from ivr.application.listening import Listening
from ivr.application.looking import Looking
from ivr.application.persons import Ongoing, Persons
from ivr.application.purging import Purging
from ivr.application.supervised import Supervised
from ivr.application.supervision import Supervision
from ivr.application.tally import Tally
from ivr.application.vitals import Vitals
from ivr.bootstrap.calls import Calls
from ivr.bootstrap.caseworkers import Caseworkers, when_files_apply
from ivr.bootstrap.core import Core
from ivr.bootstrap.given import Given
from ivr.domain.county import County
from ivr.domain.errors import Unavailable
from ivr.provisioning.announcements import AnnouncementFiles
from ivr.provisioning.last_good import Beginning
from ivr.provisioning.site import FileSite


@dataclass(frozen=True, slots=True)
class Web:
    """The server, and those of the use cases behind it that work by themselves too."""

    server: WebServer
    announcements: BulkAnnouncements
    purging: Purging
    heartbeat: Heartbeat
    supervised: Supervised


def make_web(given: Given, core: Core, calls: Calls, caseworkers: Caseworkers) -> Web:
    """Make the server and every use case behind it."""
    store, clock, county = given.store, given.clock, core.county
    settings, inbox, callbacks = given.settings, core.inbox, caseworkers.callbacks
    desk = Desk(inbox, calls.dispatcher, core.audit, _probes(given, core, calls, caseworkers))
    announcements = BulkAnnouncements(
        store, AnnouncementFiles(settings.prompts, settings.sounds), inbox.post, clock, county
    )
    messages = SpokenMessageFiles(settings.recordings)
    numbers = QueueLogNumbers(
        settings.queue_log, settings.asterisk_queue_log, write=given.past.queue_log_file.write
    )
    purging = Purging(store, messages, numbers, given.past.segments, county, clock)
    heartbeat = Heartbeat(inbox, given.supervisor)
    callback_count = CallbackCount(store, clock)
    parts = Parts(
        desk=desk,
        callbacks=callbacks,
        calls_back=caseworkers.calls_back,
        callback_count=callback_count,
        requests=CallbackRequests(county, callbacks, desk.call, clock),
        announcements=announcements,
        supervision=Supervision(desk, inbox, core.audit, core.run_name),
        listening=Listening(callbacks, messages, core.audit),
        looking=Looking(desk, store, clock),
        audit=core.audit,
        purging=purging,
        persons=Persons(
            store,
            messages,
            numbers,
            given.past.segments,
            callbacks,
            core.audit,
            _ongoing(given, calls),
            county,
            clock,
        ),
        day=Day(store, clock, county),
        applying=Applying(
            FileSite(settings),
            core.switch,
            inbox,
            calls.dispatcher,
            clock,
            when_files_apply(settings, county, caseworkers),
        ),
        vitals=Vitals(
            desk,
            Tally(calls.dispatcher),
            inbox,
            heartbeat,
            callback_count,
            store,
            clock,
            not_recorded=lambda: calls.recording.lost,
        ),
        clock=clock,
    )
    app = build_app(parts, token=given.secrets.api_token, hosts=settings.http_hosts)
    server = WebServer(app, given.doors)
    supervised = Supervised(given.supervisor, inbox, server.opened, desk.readiness)
    return Web(server, announcements, purging, heartbeat, supervised)


def _probes(given: Given, core: Core, calls: Calls, caseworkers: Caseworkers) -> dict[str, Probe]:
    return {
        "switch": _probe(lambda: core.switch.connected, "Asterisk is not connected."),
        "store": given.store.probe,
        "broker": caseworkers.probe_broker,
        "standby": _probe(lambda: calls.standby.connected, "The fallback queue is not in step."),
        **{further.way.value: further.probe for further in caseworkers.further_ways},
        **files_probe(given.beginning, core.county),
    }


def files_probe(beginning: Beginning, county: Callable[[], County]) -> dict[str, Probe]:
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


def _probe(works: Callable[[], bool], otherwise: str) -> Probe:
    async def probe() -> None:
        if not works():
            raise Unavailable(otherwise)

    return probe


def _ongoing(given: Given, calls: Calls) -> Ongoing:
    return Ongoing(
        calls.dispatcher.numbers_in_use,
        calls.records.waits_for,
        lambda number: calls.recording.forget(number, given.clock.now()),
    )
