"""Calls: the dispatcher, what writes down what becomes of them, and Asterisk's queue beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivr.adapters.ami import AmiAddress, AmiStandby
from ivr.adapters.system.fallback_log import FallbackLogFile
from ivr.adapters.system.queue_log import QueueLogFile
from ivr.application.call_back_results import CallBackResults
from ivr.application.callbacks import Callbacks
from ivr.application.dispatcher import Dispatcher
from ivr.application.fallback_calls import CountedAfterwards
from ivr.application.inbox import Inbox
from ivr.application.known_callers import KnownCallers
from ivr.application.places import KeptPlaces
from ivr.application.recording import Recording
from ivr.application.records import CallRecords
from ivr.application.redoing import Redoing
from ivr.application.standby import InStep
from ivr.bootstrap.core import Core
from ivr.bootstrap.given import Given
from ivr.domain.events import CountyChanged
from ivr.provisioning.county import county_files


@dataclass(frozen=True, slots=True)
class Calls:
    """What moves calls, and what keeps what is known of them."""

    dispatcher: Dispatcher
    recording: Recording
    records: CallRecords
    places: KeptPlaces
    known_callers: KnownCallers
    call_back_results: CallBackResults
    standby: AmiStandby
    in_step: InStep
    counted_afterwards: CountedAfterwards


def make_calls(given: Given, core: Core, callbacks: Callbacks) -> Calls:
    """Make them, each told of what becomes of calls, the queue log first."""
    store, inbox = given.store, core.inbox
    records = CallRecords(store)
    places = KeptPlaces(store, inbox.post)
    recording = _recording(
        given,
        core,
        settled=lambda: all(
            part.settled
            for part in (dispatcher, records, places, call_back_results, given.past.queue_log_file)
        ),
        hurry=lambda: _hurry(records, given.past.queue_log_file),
    )
    dispatcher = Dispatcher(
        inbox,
        core.engine,
        core.switch,
        callbacks,
        records,
        places,
        core.audit,
        given.clock,
        recording,
    )
    given.past.queue_log.follow(dispatcher)
    dispatcher.follow(places.heard)
    known_callers = KnownCallers(dispatcher, store, inbox.post)
    call_back_results = CallBackResults(dispatcher, store, callbacks)
    standby, in_step = _standby(given, inbox, dispatcher)
    return Calls(
        dispatcher,
        recording,
        records,
        places,
        known_callers,
        call_back_results,
        standby,
        in_step,
        _counted_afterwards(given, core),
    )


def go_on(given: Given, core: Core, calls: Calls) -> None:
    """Let the parts know what the last run left over, before there can be a call."""
    recovered = given.past.recovered
    if recovered is None:
        return
    memory = recovered.engine.memory()
    core.switch.resume(memory)
    calls.known_callers.look_up_again(memory)
    if recovered.config != given.configuration.files:  # they were changed meanwhile
        core.inbox.post(CountyChanged(given.configuration.county))
    redoing = Redoing(calls.records, calls.places, calls.call_back_results)
    left_over = redoing.redo(recovered.again, memory)
    calls.dispatcher.go_on((*left_over, *recovered.told_again))
    given.past.queue_log.catch_up()


def _hurry(*writers: CallRecords | QueueLogFile) -> None:
    for writer in writers:
        writer.hurry()


def _recording(
    given: Given, core: Core, settled: Callable[[], bool], hurry: Callable[[], None]
) -> Recording:
    recovered = given.past.recovered
    return Recording(
        given.past.journal,
        core.engine,
        core.run_name,
        recovered.config if recovered else given.configuration.files,
        config_now=lambda: county_files(given.settings.config),
        settled=settled,
        hurry=hurry,
    )


def _standby(given: Given, inbox: Inbox, dispatcher: Dispatcher) -> tuple[AmiStandby, InStep]:
    """Make the fallback queue's other side, and what keeps it in step."""
    bind = given.settings.asterisk_ami_bind
    standby = AmiStandby(
        AmiAddress(bind.host, bind.port, "ivr", given.secrets.ami_password),
        on_news=lambda: in_step.look_again(),  # noqa: PLW0108 - there is none yet
    )
    in_step = InStep(dispatcher, inbox, standby)
    return standby, in_step


def _counted_afterwards(given: Given, core: Core) -> CountedAfterwards:
    """Make what counts the calls that the fallback queue has served."""
    settings = given.settings
    file = FallbackLogFile(settings.asterisk_queue_log, settings.fallback_log_place)
    return CountedAfterwards(file, given.store, core.county)
