"""Calling back: what is allowed, what is counted, and what the ledger says afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from structlog.testing import capture_logs

from ivr.application.backoff import Backoff
from ivr.application.call_back_results import CallBackResults
from ivr.application.callbacks import existing_callback
from ivr.application.ports.couriers import IncomingCommand
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.callback import (
    Acknowledge,
    AttemptResult,
    Callback,
    CallbackState,
    Close,
    Reassign,
    Reopen,
)
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.events import FailureCause
from ivr.domain.ids import E164, CallbackId, CallId, CaseworkerId
from ivr.domain.outgoing import OutgoingRecord, OutgoingResult
from ivr.domain.rules import CallbackRules, QueueRules
from tests.examples import CALLER, DIDS, PHONES, UMWELT
from tests.fakes.callbacks import a_callback, an_outgoing_call
from tests.service_lab import ServiceLab, running_service

ID = CallbackId("cb-1")
OWNER = CaseworkerId("umwelt.1")
CITIZEN = E164("+494461123456")


def promised(name: str = "cb-1", number: E164 = CITIZEN) -> Callback:
    return replace(a_callback(name), caseworker=OWNER, caller_number=number)


@asynccontextmanager
async def office(
    *callbacks: Callback, rules: CallbackRules | None = None
) -> AsyncIterator[ServiceLab]:
    """A running service that has promised ``callbacks``, or one of them."""
    async with running_service(QueueRules(callbacks=rules or CallbackRules())) as lab:
        for callback in callbacks or [promised()]:
            await lab.callbacks.request(callback)
        yield lab


async def refusal(lab: ServiceLab, callback: CallbackId = ID) -> str:
    with pytest.raises(Refused) as refused:
        await lab.parts.calls_back.call(callback, "onken")
    return refused.value.code


async def rings(lab: ServiceLab, telephones: int) -> do.DialParty:
    """Wait until so many telephones have rung; return the latest."""
    await lab.until(lambda: len(lab.switch.dialled) == telephones)
    return lab.switch.dialled[-1]


async def calls_citizen(lab: ServiceLab) -> do.DialParty:
    """Let the caseworker pick up; the citizen's telephone rings."""
    await lab.parts.calls_back.call(ID, "onken")
    caseworker = await rings(lab, 1)
    lab.inbox.post(on.PartyAnswered(caseworker.leg))
    return await rings(lab, 2)


async def over(lab: ServiceLab) -> None:
    await lab.until(lambda: not lab.desk.snapshot().outgoing)
    await lab.inbox.passed()  # whoever follows has heard of it
    await lab.call_back_results.flush()


async def ledger(lab: ServiceLab) -> list[tuple[CallbackState, AttemptResult | None, str]]:
    versions = await lab.callbacks.history(ID)
    return [(version.state, version.result, version.changed_by) for version in versions[1:]]


TAKEN = (CallbackState.ACKNOWLEDGED, None, OWNER)


async def test_the_owner_s_telephone_rings_and_the_callback_is_taken() -> None:
    async with office() as lab:
        record = await lab.parts.calls_back.call(ID, "onken")
        dialled = await rings(lab, 1)
        assert dialled.to == PHONES[UMWELT]
        assert await ledger(lab) == [TAKEN]
        assert await lab.parts.calls_back.calls_of(ID) == [record]
        assert record == OutgoingRecord(
            record.id, ID, UMWELT, OWNER, asked_at=lab.clock.now(), asked_by="onken"
        )
        assert [(entry.by, entry.action, entry.target) for entry in await lab.audited()] == [
            ("onken", "citizen_called", ID),
            ("onken", "callback_changed", ID),
        ]


async def test_a_taken_callback_is_not_taken_again() -> None:
    async with office() as lab:
        await lab.callbacks.change(ID, Acknowledge(), by=OWNER)
        await lab.parts.calls_back.call(ID, "onken")
        assert await ledger(lab) == [TAKEN]


async def test_a_talk_is_an_attempt_that_reached_the_citizen() -> None:
    async with office() as lab:
        citizen = await calls_citizen(lab)
        assert citizen.to == CITIZEN
        await lab.inbox.handled(on.PartyAnswered(citizen.leg))
        lab.later(62)
        lab.inbox.post(on.PartyHungUp(citizen.leg))
        await over(lab)
        assert await ledger(lab) == [
            TAKEN,
            (CallbackState.ATTEMPTED, AttemptResult.REACHED, OWNER),
        ]
        (record,) = await lab.parts.calls_back.calls_of(ID)
        assert (record.result, record.talked_seconds) == (OutgoingResult.REACHED, 62)
        assert record.ended_at == lab.clock.now()


@pytest.mark.parametrize(
    ("cause", "result"),
    [
        (FailureCause.BUSY, AttemptResult.BUSY),
        (FailureCause.NO_ANSWER, AttemptResult.NOT_REACHED),
    ],
)
async def test_busy_and_not_reached_are_told_apart(
    cause: FailureCause, result: AttemptResult
) -> None:
    async with office() as lab:
        citizen = await calls_citizen(lab)
        lab.inbox.post(on.PartyFailed(citizen.leg, cause))
        await over(lab)
        assert await ledger(lab) == [TAKEN, (CallbackState.ATTEMPTED, result, OWNER)]


async def test_without_the_citizen_s_telephone_ringing_it_is_no_attempt() -> None:
    async with office() as lab:
        await lab.parts.calls_back.call(ID, "onken")
        caseworker = await rings(lab, 1)
        lab.inbox.post(on.PartyFailed(caseworker.leg, FailureCause.NO_ANSWER))
        await over(lab)
        assert await ledger(lab) == [TAKEN]
        (record,) = await lab.parts.calls_back.calls_of(ID)
        assert record.result is OutgoingResult.CASEWORKER_NOT_REACHED


@pytest.mark.parametrize("language", ["de", "en"])
async def test_whoever_gets_the_callback_in_the_talk_reads_of_it(language: str) -> None:
    async with office() as lab:
        await lab.inbox.handled(on.CountyChanged(replace(lab.desk.county, language=language)))
        citizen = await calls_citizen(lab)
        lab.inbox.post(on.PartyAnswered(citizen.leg))
        await lab.callbacks.change(ID, Reassign(UMWELT, CaseworkerId("umwelt.2")), by="ivr")
        lab.inbox.post(on.PartyHungUp(citizen.leg))
        await over(lab)
        latest = (await lab.callbacks.history(ID))[-1]
        assert (latest.state, latest.changed_by) == (CallbackState.REQUESTED, OWNER)
        assert (
            latest.comment
            == {
                "de": "Hat inzwischen angerufen: erreicht.",
                "en": "Has phoned meanwhile: reached.",
            }[language]
        )


async def test_a_callback_closed_in_the_talk_stays_closed() -> None:
    async with office() as lab:
        citizen = await calls_citizen(lab)
        await lab.callbacks.change(ID, Close(), by=OWNER)
        lab.inbox.post(on.PartyAnswered(citizen.leg))
        lab.inbox.post(on.PartyHungUp(citizen.leg))
        with capture_logs() as logs:
            await over(lab)
        assert (await ledger(lab))[-1] == (CallbackState.CLOSED, None, OWNER)
        told = [line for line in logs if line["event"] == "attempt_not_noted"]
        assert [line["code"] for line in told] == ["callback_closed"]
        assert str(CITIZEN) not in str(logs)


# -- refused ---------------------------------------------------------------------------------------


async def test_what_is_unknown_closed_or_without_a_telephone() -> None:
    nobody_s = replace(promised("cb-2"), caseworker=CaseworkerId("umwelt.2"))
    gone = replace(promised("cb-3"), caseworker=CaseworkerId("gone"))
    async with office(promised(), nobody_s, gone) as lab:
        assert await refusal(lab, CallbackId("cb-4")) == "callback_not_found"
        assert await refusal(lab, CallbackId("cb-2")) == "caseworker_without_phone"
        assert await refusal(lab, CallbackId("cb-3")) == "caseworker_without_phone"
        await lab.callbacks.change(ID, Close(), by=OWNER)
        assert await refusal(lab) == "callback_closed"
        with pytest.raises(Refused, match="There is no callback"):
            await lab.parts.calls_back.calls_of(CallbackId("cb-4"))
        assert lab.switch.dialled == []


@pytest.mark.parametrize(
    ("number", "rules", "allowed"),
    [
        (CALLER, CallbackRules(), True),
        (E164("+499001234567"), CallbackRules(call_abroad=True), False),
        (E164("+4980012345678"), CallbackRules(), False),
        (E164("+491805123456"), CallbackRules(), False),
        (E164("+49110"), CallbackRules(), False),
        (E164("+31205551234"), CallbackRules(), False),
        (E164("+31205551234"), CallbackRules(call_abroad=True), True),
        (E164("+881612345678"), CallbackRules(call_abroad=True), False),
        (DIDS[UMWELT], CallbackRules(), False),
    ],
    ids=[
        "mobile",
        "premium",
        "free",
        "shared cost",
        "emergency",
        "abroad",
        "abroad is allowed",
        "satellite",
        "our own",
    ],
)
async def test_which_numbers_are_called(
    number: E164, rules: CallbackRules, *, allowed: bool
) -> None:
    async with office(promised(number=number), rules=rules) as lab:
        if allowed:
            await lab.parts.calls_back.call(ID, "onken")
        else:
            assert await refusal(lab) == "number_not_allowed"
            assert await ledger(lab) == []


async def test_while_one_of_the_two_is_in_a_call() -> None:
    other = promised("cb-2", CALLER)
    async with office(promised(), other) as lab:
        await lab.parts.calls_back.call(ID, "onken")
        await rings(lab, 1)
        assert await refusal(lab) == "call_back_under_way"
        assert await refusal(lab, CallbackId("cb-2")) == "caseworker_on_the_line"


async def test_while_the_citizen_talks_with_an_agent() -> None:
    async with office(promised(number=CALLER)) as lab:
        await lab.caller_waits()
        assert await refusal(lab) == "citizen_on_the_line"
        assert await ledger(lab) == []


async def test_while_a_caller_is_put_through_to_the_caseworker() -> None:
    async with office() as lab:
        await lab.caller_put_through()
        assert await refusal(lab) == "caseworker_on_the_line"


async def test_without_asterisk() -> None:
    async with office() as lab:
        lab.switch.connected = False
        assert await refusal(lab) == "no_way_out"


async def test_the_engine_has_the_last_word() -> None:
    """Two ask at the same moment: one call is made, the other is known to be none."""
    async with office() as lab:
        async with lab.store.transaction() as transaction:
            callback = await existing_callback(transaction, ID)
            first, begin_first = await lab.parts.calls_back.allow(transaction, callback, "onken")
            callback = await existing_callback(transaction, ID)
            second, begin_second = await lab.parts.calls_back.allow(transaction, callback, "onken")
        begin_first()
        begin_second()
        await rings(lab, 1)
        await lab.until(lambda: bool(lab.call_back_results._unwritten))
        await lab.call_back_results.flush()
        ended = {record.id: record.result for record in await lab.parts.calls_back.calls_of(ID)}
        assert ended == {first.id: None, second.id: OutgoingResult.NOT_CALLED}
        assert await ledger(lab) == [TAKEN]


# -- how often -------------------------------------------------------------------------------------


async def test_one_citizen_is_not_called_all_day() -> None:
    async with office(rules=CallbackRules(calls_a_day_each=1)) as lab:
        citizen = await calls_citizen(lab)
        lab.inbox.post(on.PartyFailed(citizen.leg, FailureCause.BUSY))
        await over(lab)
        assert await refusal(lab) == "calls_a_day_used_up"
        lab.clock.advance(timedelta(hours=14, minutes=59))  # 23:59 in the county
        assert await refusal(lab) == "calls_a_day_used_up"
        lab.clock.advance(timedelta(minutes=1))
        await lab.parts.calls_back.call(ID, "onken")


async def test_a_day_has_an_end_for_all() -> None:
    async with office(rules=CallbackRules(calls_a_day=1)) as lab:
        async with lab.store.transaction() as transaction:
            earlier = replace(an_outgoing_call("out-0", "cb-0"), asked_at=lab.clock.now())
            await transaction.add_outgoing(earlier)
        assert await refusal(lab) == "calls_a_day_used_up"


async def test_calls_in_which_nobody_phoned_the_citizen_do_not_count() -> None:
    async with office(rules=CallbackRules(calls_a_day=1, calls_a_day_each=1)) as lab:
        for telephones in (1, 2, 3):
            await lab.parts.calls_back.call(ID, "onken")
            caseworker = await rings(lab, telephones)
            lab.inbox.post(on.PartyFailed(caseworker.leg, FailureCause.NO_ANSWER))
            await over(lab)


# -- over MQTT -------------------------------------------------------------------------------------


async def command(lab: ServiceLab, caseworker: str = OWNER, message_id: str = "1") -> None:
    payload = {
        "schema": "ivr.command.v1",
        "message_id": message_id,
        "command": "call",
        "callback_id": ID,
    }
    await lab.obeying.handle(
        IncomingCommand(UMWELT, CaseworkerId(caseworker), orjson.dumps(payload))
    )


async def replies(lab: ServiceLab) -> list[str]:
    """What the commands were answered with: ``ok`` or the code."""
    async with lab.store.transaction() as transaction:
        bodies = [message.body for message in await transaction.unpublished(100)]
    answers = [body for body in bodies if body["schema"] == "ivr.reply.v1"]
    return [str(body.get("code", "ok")) for body in answers]


async def test_the_owner_asks_over_mqtt() -> None:
    async with office() as lab:
        await command(lab)
        assert (await rings(lab, 1)).to == PHONES[UMWELT]
        assert await replies(lab) == ["ok"]
        (record,) = await lab.parts.calls_back.calls_of(ID)
        assert record.asked_by == OWNER


async def test_a_repeated_command_calls_once() -> None:
    async with office() as lab:
        await command(lab)
        await command(lab)
        await rings(lab, 1)
        assert await replies(lab) == ["ok"]
        assert len(await lab.parts.calls_back.calls_of(ID)) == 1


async def test_a_refused_command_is_answered() -> None:
    async with office() as lab:
        await command(lab, "umwelt.2")
        assert await replies(lab) == ["callback_not_found"]
        await lab.callbacks.change(ID, Close(), by=OWNER)
        await command(lab, message_id="2")
        assert await replies(lab) == ["callback_not_found", "callback_closed"]
        assert lab.switch.dialled == []


async def test_who_can_not_call_any_more_is_told_who_closed_or_has_it() -> None:
    async with office() as lab:
        await lab.callbacks.change(ID, Close(), by="meyer")
        await command(lab)
        await lab.callbacks.change(ID, Reopen(), by="meyer")
        await lab.callbacks.change(ID, Reassign(UMWELT, CaseworkerId("umwelt.2")), by="meyer")
        await command(lab, message_id="2")
        async with lab.store.transaction() as transaction:
            bodies = [message.body for message in await transaction.unpublished(100)]
        told = [(body["code"], body["by"]) for body in bodies if "code" in body]
        assert told == [("callback_closed", "meyer"), ("callback_moved", "umwelt.2")]


async def test_what_the_store_did_not_take_is_not_begun() -> None:
    async with office() as lab:
        lab.store.full = True
        with pytest.raises(Unavailable):
            await command(lab)
        with pytest.raises(Unavailable):
            await lab.parts.calls_back.call(ID, "onken")
        assert lab.switch.dialled == []
        assert lab.desk.snapshot().outgoing == ()


# -- what came of it -------------------------------------------------------------------------------


@asynccontextmanager
async def writing(lab: ServiceLab) -> AsyncIterator[None]:
    """Let results be written, again and again while the store is away."""
    lab.call_back_results._later._backoff = Backoff(0.01, 0.02)
    task = asyncio.create_task(lab.call_back_results.run(), name="results")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def busy(lab: ServiceLab) -> None:
    citizen = await calls_citizen(lab)
    lab.inbox.post(on.PartyFailed(citizen.leg, FailureCause.BUSY))
    await lab.until(lambda: not lab.desk.snapshot().outgoing)


async def held_up(lab: ServiceLab) -> None:
    """An attempt can't be written, because the store is away."""
    citizen = await calls_citizen(lab)
    lab.store.down = True
    with capture_logs() as logs:
        lab.inbox.post(on.PartyFailed(citizen.leg, FailureCause.BUSY))
        async with asyncio.timeout(5):
            while "writing_held_up" not in str(logs):  # noqa: ASYNC110 - the log has no events
                await asyncio.sleep(0.005)


async def test_an_attempt_is_noted_when_the_store_is_back() -> None:
    async with office() as lab, writing(lab):
        await held_up(lab)
        lab.store.down = False
        async with asyncio.timeout(5):
            while len(await ledger(lab)) < 2:  # noqa: ASYNC110 - the fake has no events
                await asyncio.sleep(0.005)
        assert (await ledger(lab))[-1][1] is AttemptResult.BUSY


async def test_what_is_left_is_written_at_the_end() -> None:
    async with office() as lab:
        async with writing(lab):
            await held_up(lab)
            lab.store.down = False
        assert (await ledger(lab))[-1][1] is AttemptResult.BUSY


async def test_what_can_t_be_written_at_the_end_is_told() -> None:
    async with office() as lab:
        with capture_logs() as logs:
            async with writing(lab):
                await held_up(lab)
        (lost,) = (line for line in logs if line["event"] == "not_written")
        assert lost["lost"] == 1
        lab.store.down = False


async def test_a_result_told_twice_is_one_attempt() -> None:
    """A commit whose answer got lost may have taken place all the same."""
    async with office() as lab:
        await busy(lab)
        again = CallBackResults(lab.dispatcher, lab.store, lab.callbacks)
        noted = do.NoteOutgoingCall(
            CallId("out-run-1"), ID, OWNER, OutgoingResult.BUSY, lab.clock.now(), 0
        )
        again._follow(None, [noted], lab.clock.now())
        await lab.call_back_results.flush()
        await again.flush()
        assert len(await ledger(lab)) == 2
