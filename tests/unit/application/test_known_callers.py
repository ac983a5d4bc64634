"""Callers are looked up while their calls go on, and what calls want of callbacks is done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from ivr.application import known_callers
from ivr.application.callbacks_in_calls import CallbacksInCalls
from ivr.application.known_callers import MOST_CALLBACKS, MOST_WAITING
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.callback import (
    Acknowledge,
    Attempt,
    AttemptResult,
    Callback,
    CallbackEvent,
    Change,
    Close,
    Comment,
    Reassign,
)
from ivr.domain.ids import CallbackId, CallId, CaseworkerId, LegId
from ivr.domain.known import KnownCallback
from ivr.domain.live import Phase
from tests.examples import ALL_ROUND, CALLER, DIDS, UMWELT
from tests.fakes.callbacks import a_callback, a_place
from tests.service_lab import ServiceLab, running_service

CALL = CallId("call-1")
KNOWN = CallbackId("cb-1")


@pytest_asyncio.fixture
async def lab(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ServiceLab]:
    monkeypatch.setattr(known_callers, "_GATHERS_SECONDS", 0)
    async with running_service() as lab:
        looking_up = asyncio.create_task(lab.known_callers.run())
        yield lab
        looking_up.cancel()
        await asyncio.gather(looking_up, return_exceptions=True)


async def promised(lab: ServiceLab, *changes: Change) -> Callback:
    """Let the caller have a callback, after ``changes``."""
    wanted = replace(
        a_callback(KNOWN), caller_number=CALLER, caseworker=CaseworkerId(f"{UMWELT}.1"), call=None
    )
    await lab.callbacks.request(wanted)
    for change in changes:
        wanted = await lab.callbacks.change(wanted.id, change, by="umwelt.1")
    return wanted


async def recognised(lab: ServiceLab) -> tuple[KnownCallback, ...]:
    """Let the caller call, and return what is known then."""
    await lab.caller_waits(CALL)
    await lab.until(lambda: bool(lab.desk.call(CALL).known))
    return lab.desk.call(CALL).known


async def history(lab: ServiceLab) -> list[Callback]:
    return await lab.callbacks.history(KNOWN)


# -- looking up ----------------------------------------------------------------------------------


async def test_a_caller_with_an_open_callback_is_recognised(lab: ServiceLab) -> None:
    callback = await promised(lab, Acknowledge())
    [known] = await recognised(lab)
    assert (known.id, known.caseworker, known.state) == (KNOWN, "umwelt.1", callback.state)
    assert known.due_at == callback.due_at
    assert not known.missed


async def test_an_attempt_in_vain_is_a_missed_call(lab: ServiceLab) -> None:
    await promised(lab, Acknowledge(), Attempt(AttemptResult.NOT_REACHED))
    [known] = await recognised(lab)
    assert known.missed
    assert known.attempts == 1


async def test_whoever_was_reached_has_missed_nothing(lab: ServiceLab) -> None:
    in_vain = Attempt(AttemptResult.BUSY)
    await promised(lab, Acknowledge(), in_vain, Attempt(AttemptResult.REACHED))
    [known] = await recognised(lab)
    assert not known.missed


async def test_of_several_missed_calls_the_latest_is_returned(lab: ServiceLab) -> None:
    in_vain = Attempt(AttemptResult.NOT_REACHED)
    await promised(lab, Acknowledge(), in_vain)
    for number in (2, 3):
        lab.later(60)
        name = CallbackId(f"cb-{number}")
        await lab.callbacks.request(
            replace(
                a_callback(name),
                caller_number=CALLER,
                caseworker=CaseworkerId(f"{UMWELT}.1"),
                call=None,
            )
        )
        await lab.callbacks.change(name, Acknowledge(), by="umwelt.1")
    lab.later(60)
    await lab.callbacks.change(CallbackId("cb-2"), in_vain, by="umwelt.1")
    lab.later(60)
    await lab.callbacks.change(KNOWN, Comment(), by="umwelt.1", comment="Called again.")
    await lab.caller_waits(CALL)
    await lab.until(lambda: bool(lab.desk.call(CALL).known))
    live = lab.dispatcher._engine._floor.calls[CALL]
    assert [known.id for known in live.known] == ["cb-2", "cb-1", "cb-3"]


async def test_of_very_many_the_latest_are_told_of(lab: ServiceLab) -> None:
    await promised(lab)
    names = [f"later-{number}" for number in range(MOST_CALLBACKS)]
    for name in names:
        lab.later(60)
        await lab.callbacks.request(
            replace(a_callback(name), caller_number=CALLER, requested_at=lab.clock.now(), call=None)
        )
    known = await recognised(lab)
    assert {each.id for each in known} == set(names)


async def test_a_closed_callback_is_not_known_any_more(lab: ServiceLab) -> None:
    await promised(lab, Acknowledge(), Close())
    await lab.caller_waits(CALL)
    await nothing_more_to_look_up(lab)
    assert lab.desk.call(CALL).known == ()


async def test_somebody_else_s_callback_is_not_shown(lab: ServiceLab) -> None:
    await promised(lab)
    await lab.inbox.handled(on.CallArrived(CALL, DIDS[UMWELT], "01713920009"))
    await nothing_more_to_look_up(lab)
    assert lab.desk.call(CALL).known == ()


async def test_who_withholds_the_number_is_not_looked_up(lab: ServiceLab) -> None:
    await lab.inbox.handled(on.CallArrived(CALL, DIDS[UMWELT], None))
    assert lab.known_callers._asked.empty()


async def test_a_caller_who_kept_the_place_in_an_earlier_run_is_looked_up(lab: ServiceLab) -> None:
    await promised(lab)
    kept = replace(a_place(CALL), number=CALLER, expires_at=lab.clock.now() + timedelta(hours=1))
    await lab.inbox.handled(on.PlaceRestored(kept))
    await lab.until(lambda: bool(lab.desk.call(CALL).known))


async def test_a_store_that_is_away_makes_it_a_call_like_any_other(lab: ServiceLab) -> None:
    await promised(lab)
    lab.store.down = True
    with capture_logs() as lines:
        await lab.caller_waits(CALL)
        await nothing_more_to_look_up(lab)
    lab.store.down = False
    assert [line["event"] for line in lines] == ["callers_not_looked_up"]
    assert lab.desk.call(CALL).known == ()
    await lab.inbox.handled(on.CallArrived(CallId("later"), DIDS[UMWELT], CALLER))
    await lab.until(lambda: bool(lab.desk.call(CallId("later")).known))


async def test_a_slow_store_does_not_make_calls_pile_up() -> None:
    async with running_service() as lab:  # nobody looks up
        for number in range(MOST_WAITING + 1):
            await lab.inbox.handled(on.CallArrived(CallId(f"c{number}"), DIDS[UMWELT], CALLER))
        await lab.inbox.handled(on.PlaceRestored(a_place("kept")))
        assert lab.known_callers._asked.qsize() == MOST_WAITING


async def nothing_more_to_look_up(lab: ServiceLab) -> None:
    await lab.until(lab.known_callers._asked.empty)
    for _ in range(10):
        await asyncio.sleep(0)


# -- adding to it --------------------------------------------------------------------------------


async def test_the_agent_s_code_is_a_comment_of_the_agent(lab: ServiceLab) -> None:
    await promised(lab, Acknowledge())
    await recognised(lab)
    await lab.agent_answers(ALL_ROUND)
    await agent_presses(lab, "*7")
    await lab.until(lambda: lab.dispatcher._engine._floor.calls[CALL].added)
    *_, latest = await history(lab)
    assert (latest.event, latest.changed_by) == (CallbackEvent.COMMENTED, ALL_ROUND)
    assert latest.comment == "Hat noch einmal angerufen."
    assert await lab.callback_ids() == {KNOWN}


async def test_the_code_again_is_a_second_callback(lab: ServiceLab) -> None:
    await promised(lab)
    await recognised(lab)
    await lab.agent_answers(ALL_ROUND)
    await agent_presses(lab, "*7")
    await lab.until(lambda: lab.dispatcher._engine._floor.calls[CALL].added)
    await agent_presses(lab, "*7")
    await lab.until(lambda: lab.dispatcher._engine._floor.calls[CALL].promised)
    assert len(await lab.callback_ids()) == 2


async def agent_presses(lab: ServiceLab, keys: str) -> None:
    for key in keys:
        await lab.inbox.handled(on.AgentPressed(lab.switch.offers[-1].offer, key))


async def test_the_caller_s_own_comment_says_so(lab: ServiceLab) -> None:
    await promised(lab)
    await recognised(lab)
    await lab.inbox.handled(on.CallerPressed(CALL, "1"))
    await lab.inbox.handled(on.CallerHungUp(CALL))
    await lab.until(lambda: bool(lab.records._unwritten))
    *_, latest = await history(lab)
    assert (latest.event, latest.changed_by) == (CallbackEvent.COMMENTED, "caller")


@pytest.mark.parametrize("closed", [True, False])
async def test_what_can_t_be_added_is_told_the_engine(lab: ServiceLab, *, closed: bool) -> None:
    await promised(lab)
    await recognised(lab)
    if closed:
        await lab.callbacks.change(KNOWN, Close(), by="umwelt.1")
    lab.store.down = not closed
    await lab.inbox.handled(on.CallerPressed(CALL, "1"))
    await lab.inbox.handled(on.CallerPressed(CALL, "#"))
    await lab.until(lambda: lab.desk.call(CALL).phase is Phase.WAITING and no_dialog(lab))
    assert bool(lab.desk.call(CALL).known) is not closed


def no_dialog(lab: ServiceLab) -> bool:
    return lab.dispatcher._engine._floor.calls[CALL].dialog is None


# -- returned calls ------------------------------------------------------------------------------


async def put_through(lab: ServiceLab) -> LegId:
    """Let the caller, who returns a missed call, be put through; returns the caseworker's leg."""
    await promised(lab, Acknowledge(), Attempt(AttemptResult.NOT_REACHED))
    await recognised(lab)
    await lab.inbox.handled(on.CallerPressed(CALL, "3"))
    await lab.until(lambda: bool(lab.switch.dialled))
    return lab.switch.dialled[-1].leg


async def test_a_returned_call_is_an_attempt_that_reached_the_citizen(lab: ServiceLab) -> None:
    leg = await put_through(lab)
    with capture_logs() as lines:
        await lab.inbox.handled(on.PartyAnswered(leg))
        await lab.until(lambda: any(line["event"] == "attempt_noted" for line in lines))
    *_, latest = await history(lab)
    assert (latest.result, latest.changed_by) == (AttemptResult.REACHED, "ivr")
    assert latest.comment == "Hat zurückgerufen und wurde verbunden."
    assert latest.in_vain == 0


async def test_who_got_the_callback_while_it_rang_reads_of_the_talk(lab: ServiceLab) -> None:
    await promised(lab, Acknowledge(), Attempt(AttemptResult.NOT_REACHED))
    other = CaseworkerId(f"{UMWELT}.2")
    await lab.callbacks.change(KNOWN, Reassign(UMWELT, other), by="ivr")
    in_calls = CallbacksInCalls(lab.callbacks, lambda: lab.desk.county, lab.inbox.post)
    await in_calls.carry_out(do.NoteReached(CALL, KNOWN))
    *_, latest = await history(lab)
    assert (latest.event, latest.caseworker) == (CallbackEvent.COMMENTED, other)
    assert latest.comment == "Hat zurückgerufen und wurde verbunden."


async def test_an_attempt_that_can_t_be_noted_does_not_disturb_the_call(lab: ServiceLab) -> None:
    leg = await put_through(lab)
    lab.store.down = True
    with capture_logs() as lines:
        await lab.inbox.handled(on.PartyAnswered(leg))
        await lab.until(lambda: any(line["event"] == "attempt_not_noted" for line in lines))
    assert lab.desk.call(CALL).phase is Phase.HANDED_OVER
