"""From the domain to what is shown. Pure; times become the county's local time here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo

from ivr.adapters.web.models import (
    AgentShown,
    CallbackCounts,
    Caller,
    ChangedFile,
    ChangedValue,
    ConfigurationChange,
    Counts,
    FinishedCall,
    LiveCall,
    OpenCallback,
    OutgoingCall,
    Part,
    Ready,
    Rule,
    ServiceLevel,
    Status,
    Today,
    WaitingCaller,
)
from ivr.application.applying import Change
from ivr.application.callback_figures import CallbackFigures
from ivr.application.day import DayFigures
from ivr.application.figures import queue_figures
from ivr.domain.agents import AgentState, AgentView
from ivr.domain.calls import CallRecord
from ivr.domain.county import County
from ivr.domain.figures import FORMULAS, SERVICE_LEVELS
from ivr.domain.known import KnownCallback
from ivr.domain.live import CallView, Phase
from ivr.domain.outgoing import OutgoingView
from ivr.domain.views import Snapshot


def ready(parts: Mapping[str, str | None]) -> Ready:
    """Show readiness."""
    return Ready(
        ready=all(reason is None for reason in parts.values()),
        parts={name: Part(works=not reason, reason=reason) for name, reason in parts.items()},
    )


def status(
    snapshot: Snapshot,
    county: County,
    now: datetime,
    finished: DayFigures | None,
    promises: CallbackFigures | None,
) -> Status:
    """Show the service at one moment.

    ``finished`` are today's calls, ``promises`` the callbacks; None: nobody can say.
    """
    figures = queue_figures(snapshot, now)
    return Status(
        at=now.astimezone(county.hours.zone),
        open=county.hours.is_open(now),
        counts=Counts(
            waiting=figures.waiting,
            longest_wait_seconds=figures.longest_wait_seconds,
            calls=Counter(call.phase for call in snapshot.calls),
            agents={AgentState(state): count for state, count in figures.agents.items()},
        ),
        waiting=[_waiting(call, now) for call in snapshot.calls if call.phase is Phase.WAITING],
        callers=[_caller(call, county, now) for call in snapshot.calls],
        outgoing=[outgoing_call(view, county.hours.zone) for view in snapshot.outgoing],
        agents=[agent(view, county.hours.zone) for view in snapshot.agents],
        today=None if finished is None else _today(finished, county.hours.zone),
        callbacks=None if promises is None else _promises(promises),
        rule=_rule(county),
    )


def _promises(figures: CallbackFigures) -> CallbackCounts:
    return CallbackCounts(
        open=figures.open, overdue=figures.overdue, undelivered=figures.undelivered
    )


def _caller(call: CallView, county: County, now: datetime) -> Caller:
    waits = now - call.queued_at if call.phase is Phase.WAITING and call.queued_at else None
    return Caller(
        call=call.id,
        phase=call.phase,
        department=call.department,
        label=call.label,
        language=call.language,
        waits_seconds=_seconds(waits),
        position=call.position,
        estimate_seconds=_seconds(call.estimate),
        agent=call.agent,
        party=call.party,
        supervised=bool(call.supervisors),
        callback=next((_open_callback(known, county) for known in call.known), None),
    )


def _open_callback(known: KnownCallback, county: County) -> OpenCallback:
    owner = county.caseworker(known.department, known.caseworker)
    return OpenCallback(
        id=known.id,
        department=known.department,
        caseworker=known.caseworker,
        caseworker_name=known.caseworker if owner is None else owner.name,
        state=known.state,
        due_at=known.due_at.astimezone(county.hours.zone),
        attempts=known.attempts,
        missed=known.missed,
    )


def _today(finished: DayFigures, zone: tzinfo) -> Today:
    figures = finished.figures
    return Today(
        since=finished.since.astimezone(zone),
        arrived=figures.arrived,
        offered=figures.offered,
        answered=figures.answered,
        abandoned=figures.abandoned,
        abandoned_at_once=figures.abandoned_at_once,
        callbacks=figures.callbacks,
        by_fallback=figures.by_fallback,
        asa_seconds=figures.asa_seconds,
        longest_wait_seconds=figures.longest_wait_seconds,
        service_levels=[
            ServiceLevel(seconds=seconds, share=figures.service_level(seconds))
            for seconds in SERVICE_LEVELS
        ],
        formulas=FORMULAS,
    )


def _rule(county: County) -> Rule:
    rules, widening, limits = county.rules, county.rules.widening, county.rules.limits
    return Rule(
        strategy=rules.strategy,
        ring_at_once=rules.ring_at_once,
        ring_time_seconds=int(rules.ring_time.total_seconds()),
        largest_head_start_seconds=int(county.largest_head_start.total_seconds()),
        level_seconds=[int(after.total_seconds()) for after in widening.levels],
        language_seconds=_seconds(widening.language),
        everyone_seconds=_seconds(widening.everyone),
        max_waiting=limits.max_waiting,
        max_wait_seconds=_seconds(limits.max_wait),
        join_empty=limits.join_empty,
        leave_when_empty=limits.leave_when_empty,
        way_out=limits.way_out,
    )


def _seconds(duration: timedelta | None) -> int | None:
    return None if duration is None else int(duration.total_seconds())


def _waiting(call: CallView, now: datetime) -> WaitingCaller:
    waits = now - call.queued_at if call.queued_at else None
    return WaitingCaller(
        call=call.id,
        department=call.department,
        label=call.label,
        waits_seconds=int(waits.total_seconds()) if waits else 0,
    )


def agent(view: AgentView, zone: tzinfo) -> AgentShown:
    """Show an agent."""
    return AgentShown(
        id=view.id,
        name=view.name,
        presence=view.presence,
        reason=view.reason,
        state=view.state,
        reachable=view.reachable,
        call=view.call,
        idle_since=_local(view.idle_since, zone),
        since=_local(view.since, zone),
        until=_local(view.until, zone),
        busy=view.busy,
        last_call=view.last_call,
    )


def live_call(view: CallView, county: County) -> LiveCall:
    """Show a call that is going on."""
    zone = county.hours.zone
    return LiveCall(
        id=view.id,
        phase=view.phase,
        department=view.department,
        label=view.label,
        caller_number=view.caller_number,
        arrived_at=view.arrived_at.astimezone(zone),
        queued_at=_local(view.queued_at, zone),
        position=view.position,
        answered_at=_local(view.answered_at, zone),
        agent=view.agent,
        language=view.language,
        party=view.party,
        supervised=bool(view.supervisors),
        callbacks=[_open_callback(known, county) for known in view.known],
    )


def outgoing_call(view: OutgoingView, zone: tzinfo) -> OutgoingCall:
    """Show a caseworker who is phoning back."""
    return OutgoingCall(
        id=view.id,
        callback=view.callback,
        phase=view.phase,
        department=view.department,
        label=view.label,
        caseworker=view.caseworker,
        asked_at=view.asked_at.astimezone(zone),
        talking_since=_local(view.talking_since, zone),
    )


def finished_call(record: CallRecord, zone: tzinfo) -> FinishedCall:
    """Show a call that is over."""
    return FinishedCall(
        id=record.id,
        outcome=record.outcome,
        dialled=record.dialled,
        department=record.department,
        caller_number=record.caller_number,
        arrived_at=record.arrived_at.astimezone(zone),
        queued_at=_local(record.queued_at, zone),
        answered_at=_local(record.answered_at, zone),
        ended_at=record.ended_at.astimezone(zone),
        agent=record.agent,
        offers=record.offers,
        waited_seconds=record.waited_seconds,
        talked_seconds=record.talked_seconds,
        language=record.language,
        transferred_to=record.transferred_to,
        by_fallback=record.by_fallback,
        result=record.result,
    )


def configuration_change(change: Change) -> ConfigurationChange:
    """Show what the files change."""
    return ConfigurationChange(
        values=[
            ChangedValue(what=each.what, before=each.before, after=each.after)
            for each in change.differences
        ],
        files=[
            ChangedFile(name=file.name, change=file.kind, difference=file.difference)
            for file in change.plan.files
        ],
        restart=list(change.plan.restart),
    )


def _local(at: datetime | None, zone: tzinfo) -> datetime | None:
    return None if at is None else at.astimezone(zone)
