"""What callers get while the app is away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from ivr.adapters.agi import AgiServer, open_agi
from ivr.adapters.agi.session import greeted
from ivr.adapters.ari.connection import Address
from ivr.adapters.ari.exchange import AriExchange
from ivr.application.callbacks import Callbacks
from ivr.application.fallback_requests import FallbackCall, FallbackRequests, Telephone, Told
from ivr.domain.calls import CallRecord, Outcome
from ivr.domain.fallback_log import FallbackCalls, read_line
from ivr.domain.opening import OpeningHours, Span
from ivr.domain.speech import Utterance
from testbed.exchange import Exchange
from testbed.phone import Phone
from tests.examples import BERLIN, DIDS, VERKEHR, always_open, county
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.integration.dialplan_lab import Lab, dialplan_lab
from tests.integration.redirecting_phone import ABROAD, ABROAD_BY_TRUNK, RedirectingPhone

CALLER = "04461987654"
COUNTY = county()


def citizen(lab: Lab) -> Phone:
    return Phone.citizen(
        CALLER, server=lab.server, ports=lab.ports, folder=lab.folder / "phone-citizen"
    )


async def logs_in(agent: Phone) -> None:
    await agent.registered()
    await dials(agent, "*11")


async def dials(agent: Phone, code: str) -> None:
    call = await agent.dial(code)
    await call.answered()
    await call.ended()


def rang(phone: Phone) -> int:
    return [event["type"] for event in phone.events].count("CALL_INCOMING")


async def logged(lab: Lab, *events: str) -> None:
    """Wait until exactly this is in queue_log of callers who wait, in this order."""
    about = ("ENTERQUEUE", "EXITWITHKEY", "ABANDON")
    async with asyncio.timeout(10):
        while True:
            lines = lab.settings.asterisk_queue_log.read_text().splitlines()
            seen = [line.split("|")[4] for line in lines]
            if [event for event in seen if event in about] == list(events):
                return
            await asyncio.sleep(0.05)


async def test_a_caller_waits_and_an_agent_gets_the_call(tmp_path: Path) -> None:
    async with dialplan_lab(tmp_path) as lab, citizen(lab) as caller:
        call = await caller.dial(DIDS[VERKEHR])
        await call.answered()
        # Nobody is there yet: the caller waits all the same.
        async with lab.agent("1001") as agent:
            await logs_in(agent)
            ringing = await agent.incoming()
            assert ringing.display.name == "Straßenverkehr"
            assert ringing.display.number == CALLER
            await ringing.answer()
            await ringing.audible()
            await ringing.hang_up()
            await call.ended()
        assert CALLER not in lab.log
        await lab.asterisk.idle()


async def test_the_app_is_asked_first_once_it_is_back(tmp_path: Path) -> None:
    async with dialplan_lab(tmp_path) as lab, citizen(lab) as caller:
        async with lab.app() as app:
            call = await caller.dial(DIDS[VERKEHR])
            await app.entered.first(lambda _: True, "a call in Stasis")
            await call.ended()
        assert "fallback" not in lab.log


def today_closed() -> OpeningHours:
    return replace(always_open(), closed_on=lambda _day: "an own closed day")


def closed_at_this_hour() -> OpeningHours:
    """Open twelve hours from now, for an hour."""
    then = (datetime.now(BERLIN) + timedelta(hours=12)).hour
    return replace(
        always_open(), weekly=dict.fromkeys(range(7), (Span(time(then), time(then, 59)),))
    )


def closed_on_this_weekday() -> OpeningHours:
    # Around midnight the day must not change under the test.
    near = {(datetime.now(BERLIN) + timedelta(minutes=m)).weekday() for m in (-5, 5)}
    weekly = {day: spans for day, spans in always_open().weekly.items() if day not in near}
    return replace(always_open(), weekly=weekly)


@pytest.mark.parametrize("hours", [today_closed, closed_at_this_hour, closed_on_this_weekday])
async def test_out_of_hours_a_caller_hears_so_and_nobody_is_rung(
    tmp_path: Path, hours: Callable[[], OpeningHours]
) -> None:
    async with dialplan_lab(tmp_path, county(hours=hours())) as lab, lab.agent("1001") as agent:
        await logs_in(agent)
        async with citizen(lab) as caller:
            call = await caller.dial(DIDS[VERKEHR])
            await call.answered()
            await call.ended(within=15)
        queue = await lab.asterisk.cli("queue show ivr-fallback")
        assert "has 0 calls" in queue
        assert "No Callers" in queue
        assert rang(agent) == 0


async def test_in_hours_with_a_span_that_holds_now(tmp_path: Path) -> None:
    now = datetime.now(BERLIN)
    span = Span(time(now.hour), time(23, 59))
    open_now = replace(
        always_open(),
        weekly=dict.fromkeys(range(7), (span,)),
        closed_on=lambda day: None if day == now.date() else "another day",
    )
    async with dialplan_lab(tmp_path, county(hours=open_now)) as lab, lab.agent("1001") as agent:
        await logs_in(agent)
        async with citizen(lab) as caller:
            await caller.dial(DIDS[VERKEHR])
            await agent.incoming()


async def test_only_who_is_ready_and_not_on_the_phone_is_rung(tmp_path: Path) -> None:
    async with (
        dialplan_lab(tmp_path) as lab,
        lab.agent("1001") as ready,
        lab.agent("1002") as paused,
        lab.agent("1003") as out,
        citizen(lab) as caller,
    ):
        await logs_in(ready)
        await logs_in(paused)
        await dials(paused, "*12")
        await out.registered()
        call = await caller.dial(DIDS[VERKEHR])
        ringing = await ready.incoming()
        await ringing.answer()
        await ringing.audible()
        async with Phone.citizen(
            "04461987655", server=lab.server, ports=lab.ports, folder=lab.folder / "second"
        ) as another:
            waiting = await another.dial(DIDS[VERKEHR])
            await waiting.answered()
            # Who is on the phone is not rung; who logs in now is.
            await dials(out, "*11")
            second = await out.incoming()
            await second.answer()
            await second.hang_up()
            await waiting.ended()
        await ringing.hang_up()
        await call.ended()
        assert [rang(each) for each in (ready, paused, out)] == [1, 0, 1]


async def test_without_anybody_for_callbacks_the_caller_hears_so_and_waits_on(
    tmp_path: Path,
) -> None:
    async with dialplan_lab(tmp_path) as lab, citizen(lab) as caller, lab.agent("1001") as agent:
        call = await caller.dial(DIDS[VERKEHR])
        await call.answered()
        await logged(lab, "ENTERQUEUE")
        await call.press("1")
        await logged(lab, "ENTERQUEUE", "EXITWITHKEY", "ENTERQUEUE")
        await logs_in(agent)
        ringing = await agent.incoming()
        await ringing.answer()
        await ringing.hang_up()
        await call.ended()


@dataclass
class Playlist:
    paths: Sequence[str]
    missing: Sequence[str] = ()


@asynccontextmanager
async def requests_taken(lab: Lab) -> AsyncIterator[asyncio.Event]:
    """Somebody is there for callbacks; the event tells that a caller is being talked with."""
    store, talked_with = FakeStore(), asyncio.Event()
    configured = county(hours=always_open(), reads_numbers_back=True)
    callbacks = Callbacks(store, lambda: configured, FakeClock(), lambda: None)
    requests = FallbackRequests(store, callbacks, lambda: configured, FakeClock())

    async def answer(call: FallbackCall, telephone: Telephone) -> Told:
        talked_with.set()
        return await requests.take(call, telephone)

    def playlist(_: Utterance, language: str) -> Playlist:
        return Playlist([str(lab.settings.sounds / language / "greeting")])

    address = lab.settings.fallback_agi
    asterisk = Address(lab.settings.ari, "ivr", lab.secrets.ari_password, "ivr")
    async with AriExchange.opened(asterisk) as exchange:
        with open_agi(address.host, address.port) as door:
            agi = AgiServer(door, answer, playlist, exchange.asks_for_callback)
            server = asyncio.create_task(agi.run())
            yield talked_with
            server.cancel()
            await asyncio.wait({server})


async def test_the_log_tells_of_a_callback_of_who_hung_up_before_the_promise(
    tmp_path: Path,
) -> None:
    async with (
        dialplan_lab(tmp_path) as lab,
        requests_taken(lab) as talked_with,
        citizen(lab) as caller,
    ):
        call = await caller.dial(DIDS[VERKEHR])
        await call.answered()
        await logged(lab, "ENTERQUEUE")
        await call.press("1")
        async with asyncio.timeout(10):
            await talked_with.wait()
        await call.hang_up()
        [record] = await told(lab, 1)
    assert record.outcome is Outcome.CALLBACK


@pytest.mark.parametrize("target", [ABROAD, ABROAD_BY_TRUNK])
async def test_nobody_is_called_instead_of_an_agent_who_redirects(
    tmp_path: Path, target: str
) -> None:
    async with (
        dialplan_lab(tmp_path) as lab,
        Exchange(lab.exchange) as exchange,
        lab.agent("1002") as other,
        RedirectingPhone("1001", lab, target) as redirecting,
        citizen(lab) as caller,
    ):
        await other.registered()
        await lab.asterisk.cli("queue add member PJSIP/1001 to ivr-fallback")
        call = await caller.dial(DIDS[VERKEHR])
        await call.answered()
        async with asyncio.timeout(10):
            await redirecting.redirected.wait()
        await lab.asterisk.cli("queue add member PJSIP/1002 to ivr-fallback")
        await lab.asterisk.cli("queue remove member PJSIP/1001 from ivr-fallback")
        # The caller went on waiting, and is offered to the next.
        ringing = await other.incoming()
        await ringing.answer()
        await ringing.audible()
        await ringing.hang_up()
        await call.ended()
        assert len(exchange.calls) == 0


async def test_nobody_else_on_the_machine_asks_for_a_callback_in_a_call(tmp_path: Path) -> None:
    async with (
        dialplan_lab(tmp_path) as lab,
        requests_taken(lab) as talked_with,
        citizen(lab) as caller,
    ):
        call = await caller.dial(DIDS[VERKEHR])
        await call.answered()
        await logged(lab, "ENTERQUEUE")
        lines = lab.settings.asterisk_queue_log.read_text().splitlines()
        [waits] = [line.split("|")[1] for line in lines if "|ENTERQUEUE|" in line]
        address = lab.settings.fallback_agi
        # A call there is, but it waits and asks for nothing; and one there never was.
        for call_id in (waits, "1795371805.999"):
            reader, writer = await asyncio.open_connection(address.host, address.port)
            told = {
                "network_script": "callback",
                "uniqueid": call_id,
                "arg_1": DIDS[VERKEHR],
                "arg_2": CALLER,
            }
            writer.write("".join(f"agi_{key}: {told[key]}\n" for key in told).encode() + b"\n")
            for _ in range(2):
                assert (await reader.readline()).startswith(b"SET ")
                writer.write(b"200 result=1\n")
            async with asyncio.timeout(5):
                assert await reader.read() == b""
            writer.close()
        assert not talked_with.is_set()
        await call.hang_up()


async def test_a_caller_does_not_wait_for_a_frozen_process(tmp_path: Path) -> None:
    connected = asyncio.Event()
    over = asyncio.Event()

    async def frozen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Be connected, as the kernel does it for a stopped process, and say nothing."""
        connected.set()
        await reader.read()
        over.set()
        writer.close()

    async with dialplan_lab(tmp_path) as lab, citizen(lab) as caller, lab.agent("1001") as agent:
        address = lab.settings.fallback_agi
        async with await asyncio.start_server(frozen, address.host, address.port):
            call = await caller.dial(DIDS[VERKEHR])
            await call.answered()
            await logged(lab, "ENTERQUEUE")
            await call.press("1")
            await asyncio.wait_for(connected.wait(), 10)
            await logged(lab, "ENTERQUEUE", "EXITWITHKEY", "ENTERQUEUE")
            await asyncio.wait_for(over.wait(), 10)
            await logs_in(agent)
            ringing = await agent.incoming()
            await ringing.answer()
            await ringing.audible()
            await ringing.hang_up()
            await call.ended()
            connected.clear()
            over.clear()
            await dials(agent, "*12")
            # Who hangs up is not waited for: at once, not when the limit is there.
            call = await caller.dial(DIDS[VERKEHR])
            await call.answered()
            await logged(lab, "ENTERQUEUE", "EXITWITHKEY", "ENTERQUEUE", "ENTERQUEUE")
            await call.press("1")
            await asyncio.wait_for(connected.wait(), 10)
            await call.hang_up()
            await asyncio.wait_for(over.wait(), 3)


async def test_a_caller_does_not_wait_for_a_process_that_froze_in_the_middle(
    tmp_path: Path,
) -> None:
    asked = asyncio.Event()

    async def freezing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Say the first words, with a limit of a second, and then nothing."""
        session = await greeted(reader, writer)
        await session.command("SET", "AUTOHANGUP", "1")
        await session.command("SET", "VARIABLE", "IVR_CALLBACK", "asking")
        asked.set()
        await reader.read()
        writer.close()

    async with dialplan_lab(tmp_path) as lab, citizen(lab) as caller:
        address = lab.settings.fallback_agi
        async with await asyncio.start_server(freezing, address.host, address.port):
            call = await caller.dial(DIDS[VERKEHR])
            await call.answered()
            await logged(lab, "ENTERQUEUE")
            await call.press("1")
            await asyncio.wait_for(asked.wait(), 10)
            await logged(lab, "ENTERQUEUE", "EXITWITHKEY", "ENTERQUEUE")
            await call.hang_up()
            [record] = await told(lab, 1)
    assert record.outcome is Outcome.ABANDONED


async def told(lab: Lab, count: int) -> list[CallRecord]:
    """Wait until so many calls are over, and return what the log tells of them."""
    async with asyncio.timeout(10):
        while True:
            calls = FallbackCalls()
            lines = lab.settings.asterisk_queue_log.read_text().splitlines()
            read = (line for line in map(read_line, lines) if line is not None)
            records = [record for line in read for record in calls.take(line, COUNTY)]
            if len(records) == count:
                return records
            await asyncio.sleep(0.05)


async def test_the_log_tells_of_an_answered_call_and_one_given_up(tmp_path: Path) -> None:
    async with dialplan_lab(tmp_path) as lab, citizen(lab) as caller, lab.agent("1001") as agent:
        await logs_in(agent)
        call = await caller.dial(DIDS[VERKEHR])
        ringing = await agent.incoming()
        await ringing.answer()
        await ringing.audible()
        await ringing.hang_up()
        await call.ended()
        await dials(agent, "*12")
        call = await caller.dial(DIDS[VERKEHR])
        await call.answered()
        await logged(lab, "ENTERQUEUE", "ENTERQUEUE")
        await call.hang_up()
        answered, given_up = await told(lab, 2)
    assert (answered.outcome, answered.agent, answered.offers) == (Outcome.COMPLETED, "1001", 1)
    assert (given_up.outcome, given_up.agent) == (Outcome.ABANDONED, None)
    for record in (answered, given_up):
        assert record.dialled == DIDS[VERKEHR]
        assert record.department == VERKEHR
        assert record.caller_number == "+494461987654"
        assert record.queued_at is not None
        assert record.arrived_at <= record.queued_at <= record.ended_at
        assert record.by_fallback


async def test_the_log_tells_of_a_caller_out_of_hours(tmp_path: Path) -> None:
    async with dialplan_lab(tmp_path, county(hours=today_closed())) as lab, citizen(lab) as caller:
        call = await caller.dial(DIDS[VERKEHR])
        await call.answered()
        await call.ended(within=15)
        [record] = await told(lab, 1)
    assert (record.outcome, record.queued_at) == (Outcome.CLOSED, None)
    assert record.caller_number == "+494461987654"


async def test_who_is_moved_out_of_the_program_comes_first_and_has_waited(tmp_path: Path) -> None:
    async with (
        dialplan_lab(tmp_path) as lab,
        citizen(lab) as early,
        Phone.citizen(
            "04461987655", server=lab.server, ports=lab.ports, folder=lab.folder / "second"
        ) as late,
        lab.agent("1001") as agent,
    ):
        async with lab.app(keeps=True) as app:
            first = await early.dial(DIDS[VERKEHR])
            await app.entered.first(lambda _: True, "a call in Stasis")
            await first.answered()
        second = await late.dial(DIDS[VERKEHR])
        await logged(lab, "ENTERQUEUE")
        address = Address(lab.settings.ari, "ivr", lab.secrets.ari_password, "ivr")
        async with AriExchange.opened(address) as exchange:
            [stranded] = (await exchange.held()).lines
            await exchange.move(stranded)
        await logged(lab, "ENTERQUEUE", "ENTERQUEUE")
        await logs_in(agent)
        ringing = await agent.incoming()
        assert ringing.display.number == CALLER
        await ringing.answer()
        await ringing.hang_up()
        await first.ended()
        await second.hang_up()
        moved = next(r for r in await told(lab, 2) if r.outcome is Outcome.COMPLETED)
    assert moved.queued_at == moved.arrived_at
