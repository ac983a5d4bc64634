"""The switch and a real Asterisk that restarts, freezes, or belongs to somebody else."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from ivr.adapters.ari import ghosts
from ivr.adapters.ari import switch as ari_switch
from ivr.adapters.ari.connection import HEARTBEAT_SECONDS, Address, Replaced
from ivr.adapters.ari.messages import Message
from ivr.adapters.ari.sounds import SoundFolders
from ivr.adapters.ari.switch import AriSwitch
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.errors import Unavailable
from ivr.domain.events import Event
from ivr.domain.ids import CallId, LegId, OfferId, RecordingId
from testbed.exchange import Exchange
from testbed.phone import Call, Phone
from testbed.transcript import Transcript
from tests.examples import ALL_ROUND, CALLER, COMMON_NUMBER, DIDS, UMWELT
from tests.integration.dialplan_lab import Lab, dialplan_lab

pytestmark = pytest.mark.asyncio(loop_scope="module")

BOTH = ("ivr", "ivr_phones")
SLACK_SECONDS = 1.5
"""For a busy machine."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lab(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    async with dialplan_lab(tmp_path_factory.mktemp("r")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def agent(lab: Lab) -> AsyncIterator[Phone]:
    async with lab.agent(ALL_ROUND) as phone:
        await phone.registered()
        yield phone


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def citizen(lab: Lab) -> AsyncIterator[Phone]:
    folder = lab.folder / "citizen"
    async with Phone.citizen(CALLER, server=lab.server, ports=lab.ports, folder=folder) as phone:
        yield phone


class Run:
    """One run of the switch: what it posted, and the task."""

    def __init__(self, lab: Lab, password: str = "") -> None:
        self.events: Transcript[Event] = Transcript("AriSwitch")
        address = Address(lab.settings.ari, "ivr", lab.secrets.ari_password, "ivr")
        self.switch = AriSwitch(
            replace(address, password=password or address.password),
            SoundFolders(lab.settings.sounds, "de"),
            lab.settings.recordings,
            self.events.add,
        )
        self.ari = self.switch._ari
        self.task = asyncio.create_task(self.switch.run(), name="switch")

    async def up(self) -> None:
        async with asyncio.timeout(20):
            await self.ari.up.wait()

    async def down(self) -> None:
        async with asyncio.timeout(20):
            while self.switch.connected:  # noqa: ASYNC110 - there is no event for it
                await asyncio.sleep(0.01)

    async def drop(self, *, gap: Callable[[], Awaitable[object]] | None = None) -> None:
        """Lose the socket, let ``gap`` happen, and have a new one."""
        self.ari._backoff._jitter = lambda: 0.0
        self.ari._backoff._next = 2.0 if gap else 0.1
        assert self.ari._socket is not None
        await self.ari._socket.close()
        await self.down()
        if gap:
            await gap()
        await self.up()

    async def end(self) -> None:
        """As a crash: Asterisk is told nothing."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def told(self, kind: type[Event]) -> Any:  # noqa: ANN401 - an event of that kind
        return await self.events.first(lambda event: isinstance(event, kind), kind.__name__)


@asynccontextmanager
async def running(lab: Lab) -> AsyncIterator[Run]:
    run = Run(lab)
    try:
        await run.up()
        yield run
    finally:
        await run.end()


async def arrived(run: Run, citizen: Phone) -> tuple[CallId, Call]:
    call = await citizen.dial(DIDS[UMWELT])
    arrived: on.CallArrived = await run.told(on.CallArrived)
    await run.switch.execute(do.AnswerCall(arrived.call))
    await call.answered()
    return arrived.call, call


def offer_to(call: CallId) -> do.OfferCall:
    offer = OfferId(f"{call}-o1")
    return do.OfferCall(call, offer, ALL_ROUND, "Umwelt", CALLER, timedelta(seconds=20))


async def talk(run: Run, citizen: Phone, agent: Phone) -> tuple[CallId, OfferId, Call, Call]:
    call, caller = await arrived(run, citizen)
    offering = offer_to(call)
    await run.switch.execute(offering)
    ringing = await agent.incoming()
    await ringing.answer()
    await run.told(on.OfferAnswered)
    await run.switch.execute(do.ConnectCall(call, offering.offer))
    await run.told(on.CallConnected)
    return call, offering.offer, caller, ringing


async def nothing_left(lab: Lab) -> None:
    await lab.asterisk.idle(within=5)
    bridges: list[str] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(5):
            while bridges := await lab.asterisk.bridges():  # noqa: ASYNC110 - there is no event for it
                await asyncio.sleep(0.05)
    assert bridges == []


# -- the connection --------------------------------------------------------------------------------


async def test_after_a_restart_it_is_back_and_asks_again_for_its_events(lab: Lab) -> None:
    async with running(lab) as run:
        before = [await run.ari.request("GET", f"applications/{name}") for name in BOTH]
        await lab.asterisk.restart()
        await run.down()
        await run.up()
        after = [await run.ari.request("GET", f"applications/{name}") for name in BOTH]
    for calls, phones in (before, after):
        unheard = {each["type"] for each in calls["events_disallowed"]}
        assert unheard == set(ari_switch.UNUSED_EVENTS)
        assert phones["events_allowed"] == [{"type": "EndpointStateChange"}]
        assert phones["endpoint_ids"] == ["PJSIP"]


async def test_a_socket_that_ends_while_a_telephone_changes_costs_nothing(
    lab: Lab, agent: Phone, citizen: Phone
) -> None:
    async with running(lab) as run:
        call, caller = await arrived(run, citizen)
        for number in range(5):
            offering = replace(offer_to(call), offer=OfferId(f"{call}-r{number}"))
            await run.switch.execute(offering)
            ringing = await agent.incoming()
            await run.drop()
            await run.switch.execute(
                do.WithdrawOffer(call, offering.offer, do.Withdrawal.NO_ANSWER)
            )
            await ringing.ended()
        await caller.hang_up()
    await nothing_left(lab)


async def test_the_event_filter_works(lab: Lab, citizen: Phone) -> None:
    seen: list[str] = []
    async with running(lab) as run:
        assert run.ari._socket is not None
        read = run.ari._read

        def spy(text: str) -> None:
            seen.append(text)
            read(text)

        run.ari._read = spy  # type: ignore[method-assign]  # listens in
        call, caller = await arrived(run, citizen)
        await run.switch.execute(do.HangUpCall(call))
        await caller.ended()
        await lab.asterisk.idle()
        await run.ari.request("GET", "channels")
    assert any('"StasisStart"' in text for text in seen)
    assert not [text for text in seen for kind in ari_switch.UNUSED_EVENTS if f'"{kind}"' in text]


async def test_a_frozen_asterisk_is_noticed_and_found_again(lab: Lab) -> None:
    assert lab.asterisk._process is not None
    async with running(lab) as run:
        os.kill(lab.asterisk._process.pid, signal.SIGSTOP)
        try:
            asked = asyncio.create_task(run.ari.request("GET", "channels"))
            async with asyncio.timeout(HEARTBEAT_SECONDS * 1.5 + SLACK_SECONDS):
                await run.down()
            with pytest.raises(Unavailable):
                await asyncio.wait_for(asked, 0.5)
            await asyncio.sleep(4)  # long enough for a few tries to connect
        finally:
            os.kill(lab.asterisk._process.pid, signal.SIGCONT)
        await run.up()
        await asyncio.sleep(0.5)  # a connection that replaces itself does so at once
        assert not run.task.done()
        await run.ari.request("GET", "channels")


async def test_who_is_replaced_by_a_connection_of_a_dead_program_comes_back(lab: Lab) -> None:
    """Asterisk carries them out when it goes on, in any order, and finds out then who is there."""
    assert lab.asterisk._process is not None
    os.kill(lab.asterisk._process.pid, signal.SIGSTOP)
    try:
        for _ in range(4):
            await _dies_while_connecting(lab)
        run = Run(lab)
        await asyncio.sleep(0.5)  # so it is the last, and yet not the last to be carried out
    finally:
        os.kill(lab.asterisk._process.pid, signal.SIGCONT)
    await run.up()
    await asyncio.sleep(2)  # a ghost comes within milliseconds, and is waited for a second
    await run.up()
    assert not run.task.done()
    await run.ari.request("GET", "channels")
    await run.end()


async def _dies_while_connecting(lab: Lab) -> None:
    host, _, port = lab.settings.ari.removeprefix("http://").partition(":")
    login = aiohttp.encode_basic_auth("ivr", lab.secrets.ari_password)
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"GET /ari/events?app=ivr,ivr_phones HTTP/1.1\r\nHost: {host}:{port}\r\n"
        f"Authorization: {login}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    await writer.drain()
    writer.close()


async def test_a_wrong_password_is_said(lab: Lab) -> None:
    with capture_logs() as lines:
        run = Run(lab, password="wrong")
        async with asyncio.timeout(5):
            while not lines:  # noqa: ASYNC110 - log lines have no event
                await asyncio.sleep(0.01)
        await run.end()
    assert "wrong ARI user or password" in lines[0]["reason"]


async def test_a_second_program_ends_the_first(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ghosts, "YOUNG_SECONDS", 0)
    async with running(lab) as first, running(lab) as second:
        with pytest.raises(ExceptionGroup) as ended:
            await asyncio.wait_for(first.task, 5)
        assert ended.group_contains(Replaced)
        await second.ari.request("GET", "channels")


async def test_of_two_programs_that_start_together_one_stays(lab: Lab) -> None:
    first, second = Run(lab), Run(lab)
    done, running = await asyncio.wait(
        {first.task, second.task}, timeout=90, return_when=asyncio.FIRST_COMPLETED
    )  # at once; where Asterisk takes each for the other, when one has been away for long enough
    stays = first if first.task in running else second
    assert len(done) == 1
    await stays.up()
    await asyncio.sleep(2)
    await stays.ari.request("GET", "channels")
    await stays.end()
    with pytest.raises(ExceptionGroup) as ended:
        done.pop().result()
    assert ended.group_contains(Replaced)


# -- gaps ------------------------------------------------------------------------------------------


async def test_what_happened_in_a_gap_is_told_after_it(
    lab: Lab, citizen: Phone, agent: Phone
) -> None:
    async with running(lab) as run:
        call, offer, caller, ringing = await talk(run, citizen, agent)

        async def both_leave() -> None:
            await caller.hang_up()
            await ringing.hang_up()

        await run.drop(gap=both_leave)
        assert on.CallerHungUp(call) in run.events
        assert on.AgentHungUp(offer) in run.events
        await run.switch.execute(do.ReleaseAgent(call, offer))
        assert not run.switch._legs.followed()
    await nothing_left(lab)


@pytest.mark.parametrize("hangs_up", [False, True])
async def test_a_spoken_message_that_ends_in_a_gap_is_not_lost(
    lab: Lab, citizen: Phone, *, hangs_up: bool
) -> None:
    async with running(lab) as run:
        call, caller = await arrived(run, citizen)
        name = RecordingId(f"cb-{call}-1")
        ten = timedelta(seconds=10)
        await run.switch.execute(do.RecordMessage(call, name, ten, ten))
        await caller.talk(2)
        await run.drop(gap=caller.hang_up if hangs_up else partial(caller.press, "#"))
        message: on.MessageRecorded = await run.told(on.MessageRecorded)
        assert (message.call, message.recording) == (call, name)
        assert message.seconds > 1
        if not hangs_up:
            await caller.hang_up()
        await run.told(on.CallerHungUp)
    await nothing_left(lab)


async def test_a_strangers_call_that_ends_in_a_gap_is_told_after_it(lab: Lab, agent: Phone) -> None:
    async with running(lab) as run:
        nobodys = {"endpoint": f"PJSIP/{ALL_ROUND}", "context": "from-agents", "extension": "*11"}
        await run.ari.request("POST", "channels", nobodys)
        ringing = await agent.incoming()
        await run.told(on.PhoneBusy)
        seen = len(run.events)
        await run.drop()
        assert on.PhoneFree(ALL_ROUND) not in list(run.events)[seen:]
        seen = len(run.events)
        await run.drop(gap=ringing.reject)
        await run.events.first(
            lambda event: event == on.PhoneFree(ALL_ROUND), "the line is free", since=seen
        )
    await nothing_left(lab)


async def test_a_caller_whose_answer_got_lost_is_answered_after_the_gap(
    lab: Lab, citizen: Phone
) -> None:
    async with running(lab) as run:
        caller = await citizen.dial(DIDS[UMWELT])
        arrived: on.CallArrived = await run.told(on.CallArrived)
        with _lost_requests(run), pytest.raises(Unavailable):
            await run.switch.execute(do.AnswerCall(arrived.call))
        await run.drop()
        await caller.answered()
        await caller.hang_up()
        await run.told(on.CallerHungUp)
    await nothing_left(lab)


async def test_a_talk_outlives_a_gap(lab: Lab, citizen: Phone, agent: Phone) -> None:
    async with running(lab) as run:
        call, offer, caller, ringing = await talk(run, citizen, agent)
        await run.drop()
        await ringing.press("*")
        assert (await run.told(on.AgentPressed)) == on.AgentPressed(offer, "*")
        await caller.hang_up()
        await run.told(on.CallerHungUp)
        await run.switch.execute(do.ReleaseAgent(call, offer))
        await ringing.ended()
    await nothing_left(lab)


async def test_an_offer_whose_answer_got_lost_stops_ringing(
    lab: Lab, citizen: Phone, agent: Phone
) -> None:
    async with running(lab) as run:
        call, caller = await arrived(run, citizen)
        offering = offer_to(call)
        ringing: list[Call] = []

        async def rings() -> None:
            ringing.append(await agent.incoming())

        with _lost_answers(run, "/dial", meanwhile=rings), pytest.raises(Unavailable):
            await run.switch.execute(offering)
        await ringing[0].ended()
        assert (await run.told(on.LegEnded)) == on.LegEnded(offering.offer)
        await caller.hang_up()
    await nothing_left(lab)


async def test_an_offer_whose_withdrawal_got_lost_is_not_answered_in_silence(
    lab: Lab, citizen: Phone, agent: Phone
) -> None:
    async with running(lab) as run:
        call, caller = await arrived(run, citizen)
        offering = offer_to(call)
        await run.switch.execute(offering)
        ringing = await agent.incoming()
        withdrawal = do.WithdrawOffer(call, offering.offer, do.Withdrawal.ELSEWHERE)
        with _lost_requests(run), pytest.raises(Unavailable):
            await run.switch.execute(withdrawal)
        await ringing.answer()
        await ringing.ended()
        assert on.OfferAnswered(offering.offer) not in run.events
        await caller.hang_up()
    await nothing_left(lab)


async def test_a_leg_that_could_not_be_released_is_ended_after_the_gap(
    lab: Lab, citizen: Phone, agent: Phone
) -> None:
    async with running(lab) as run:
        call, offer, caller, ringing = await talk(run, citizen, agent)

        async def release() -> None:
            with pytest.raises(Unavailable):
                await run.switch.execute(do.WithdrawOffer(call, offer, do.Withdrawal.ELSEWHERE))

        run.switch._wait_until_up = _at_once  # type: ignore[method-assign]  # no patience
        await run.drop(gap=release)
        await ringing.ended()
        assert await lab.asterisk.bridges() == []
        assert on.CallerHungUp(call) not in run.events
        await caller.hang_up()
        await run.told(on.CallerHungUp)
    await nothing_left(lab)


async def _at_once() -> None:
    """Do not wait for a connection that was just lost."""


@contextmanager
def _lost_answers(
    run: Run, ending: str, meanwhile: Callable[[], Awaitable[object]]
) -> Iterator[None]:
    """Requests are carried out; answers to those whose path ends so do not arrive.

    ``meanwhile`` happens until they are given up.
    """
    carry_out = run.ari.request

    async def request(method: str, path: str, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - any request
        answer = await carry_out(method, path, *args, **options)
        if path.endswith(ending):
            await meanwhile()
            raise Unavailable("Asterisk did not answer")
        return answer

    run.ari.request = request  # type: ignore[method-assign]  # loses answers
    yield
    run.ari.request = carry_out  # type: ignore[method-assign]  # as it was


@contextmanager
def _lost_requests(run: Run) -> Iterator[None]:
    """Nothing that is asked arrives."""
    carry_out, carry_out_unheard = run.ari.request, run.ari.tell

    async def request(*_: Any, **__: Any) -> None:  # noqa: ANN401 - any request
        raise Unavailable("Asterisk did not answer")

    run.ari.request = request  # type: ignore[method-assign]  # loses requests
    run.ari.tell = request  # type: ignore[method-assign]  # loses requests
    yield
    run.ari.request = carry_out  # type: ignore[method-assign]  # as it was
    run.ari.tell = carry_out_unheard  # type: ignore[method-assign]  # as it was


# -- left-overs of an earlier run ------------------------------------------------------------------


async def test_a_caller_nobody_remembers_comes_in_with_the_time_of_the_call(
    lab: Lab, citizen: Phone
) -> None:
    before = datetime.now(UTC)
    async with running(lab) as first:
        call, caller = await arrived(first, citizen)
    after = datetime.now(UTC)
    async with running(lab) as second:
        found: on.CallArrived = await second.told(on.CallArrived)
        assert (found.call, found.dialled, found.caller) == (call, DIDS[UMWELT], CALLER)
        assert found.arrived_at is not None
        assert before <= found.arrived_at <= after
        await second.switch.execute(do.HangUpCall(call))
        await caller.ended()
    await nothing_left(lab)


async def test_a_caller_who_was_hung_up_on_while_asterisk_was_away_is_no_new_caller(
    lab: Lab, citizen: Phone
) -> None:
    async with running(lab) as run:
        call, caller = await arrived(run, citizen)

        async def hang_up() -> None:
            with pytest.raises(Unavailable):
                await run.switch.execute(do.HangUpCall(call))

        run.switch._wait_until_up = _at_once  # type: ignore[method-assign]  # no patience
        await run.drop(gap=hang_up)
        await caller.ended()
        assert [type(event) for event in run.events].count(on.CallArrived) == 1
    await nothing_left(lab)


async def test_a_caller_taken_to_the_fallback_queue_in_a_gap_is_not_gone(
    lab: Lab, citizen: Phone
) -> None:
    async with running(lab) as run:
        call, caller = await arrived(run, citizen)
        await run.drop(gap=partial(_redirect, lab, call))
        assert (await run.told(on.CallerTakenOver)) == on.CallerTakenOver(call)
        await caller.hang_up()
        assert on.CallerHungUp(call) not in run.events
    await nothing_left(lab)


async def _redirect(lab: Lab, call: CallId) -> None:
    """As another program does it, without our connection."""
    login = aiohttp.encode_basic_auth("ivr", lab.secrets.ari_password)
    async with (
        aiohttp.ClientSession(lab.settings.ari, headers={"Authorization": login}) as session,
        session.post(
            f"/ari/channels/{call}/continue",
            params={"context": "ivr-fallback-moved", "extension": DIDS[UMWELT], "priority": "1"},
        ) as answer,
    ):
        assert answer.status == 204


async def test_a_ringing_agent_is_left_in_peace(lab: Lab, citizen: Phone, agent: Phone) -> None:
    async with running(lab) as first:
        call, caller = await arrived(first, citizen)
        await first.switch.execute(offer_to(call))
        ringing = await agent.incoming()
        await caller.hang_up()
        await first.told(on.CallerHungUp)
    async with running(lab):
        await ringing.ended()
    await nothing_left(lab)


@pytest.mark.parametrize("who", ["caller", "agent"])
async def test_a_talk_goes_on_until_one_side_hangs_up(
    lab: Lab, citizen: Phone, agent: Phone, who: str
) -> None:
    async with running(lab) as first:
        _call, _offer, caller, ringing = await talk(first, citizen, agent)
    async with running(lab) as second:
        assert len(await lab.asterisk.channels()) == 2
        await second.told(on.PhoneBusy)
        leaves, stays = (caller, ringing) if who == "caller" else (ringing, caller)
        await leaves.hang_up()
        await stays.ended()
        await second.told(on.PhoneFree)
        assert not [event for event in second.events if isinstance(event, on.CallerHungUp)]
        await nothing_left(lab)


@pytest.mark.parametrize("it", ["rings", "has answered"])
async def test_a_third_party_is_no_caller_for_the_fallback_queue(
    lab: Lab, citizen: Phone, agent: Phone, it: str
) -> None:
    seen = len(agent.events)
    async with Exchange(lab.exchange) as exchange:
        exchange.connect(CALLER, citizen)
        async with running(lab) as first:
            leg, ring_time = LegId(f"party-{seen}"), timedelta(seconds=20)
            dial = do.DialParty(CallId("c"), leg, CALLER, COMMON_NUMBER, "", ring_time)
            await first.switch.execute(dial)
            ringing = await citizen.incoming()
            if it == "has answered":
                await ringing.answer()
                await first.told(on.PartyAnswered)
        async with running(lab):
            await ringing.ended()
    assert "CALL_INCOMING" not in [event["type"] for event in list(agent.events)[seen:]]
    await nothing_left(lab)


async def test_a_held_caller_and_a_second_call_outlive_a_gap(
    lab: Lab, citizen: Phone, agent: Phone
) -> None:
    async with running(lab) as run:
        call, offer, caller, _ringing = await talk(run, citizen, agent)
        await run.switch.execute(do.HoldCaller(call, offer))
        visit_by_agent = await agent.dial("04461555001")
        dialled: on.NumberDialled = await run.told(on.NumberDialled)
        await run.drop()
        channels = await run.ari.request("GET", "channels")
        assert {call, offer, dialled.visit} <= {each["id"] for each in channels}
        await run.switch.execute(do.EndVisit(call, dialled.visit))
        await visit_by_agent.ended()
        await run.told(on.LegEnded)
        await run.switch.execute(do.ReturnToCaller(call, offer))
        await run.switch.execute(do.ReleaseAgent(call, offer))
        await caller.hang_up()
        await run.told(on.CallerHungUp)
    await nothing_left(lab)


async def test_a_talk_whose_end_was_missed_ends(lab: Lab, citizen: Phone, agent: Phone) -> None:
    async with running(lab) as first:
        _call, _offer, caller, ringing = await talk(first, citizen, agent)
    async with running(lab) as second:
        await second.drop(gap=caller.hang_up)
        await ringing.ended()
    await nothing_left(lab)


async def test_a_caller_who_comes_in_during_the_tidying_up_is_no_left_over(
    lab: Lab, citizen: Phone
) -> None:
    run = Run(lab)
    listing, hear = run.ari.listing, run.ari._on_message
    dialled: list[Call] = []
    unheard: list[Message] = []

    async def slowly(path: str) -> Any:  # noqa: ANN401 - JSON
        """Somebody calls between two of the questions, and we hear of it later."""
        answer = await listing(path)
        if path == "applications/ivr" and not dialled:
            run.ari._on_message = unheard.append
            dialled.append(await citizen.dial(DIDS[UMWELT]))
            async with asyncio.timeout(5):
                while not unheard:  # noqa: ASYNC110 - that is what it waits for
                    await asyncio.sleep(0.01)
        return answer

    run.ari.listing = slowly  # type: ignore[method-assign]  # answers late
    try:
        await run.up()
        run.ari._on_message = hear
        for message in unheard:
            hear(message)
        arrived: on.CallArrived = await run.told(on.CallArrived)
        ours = await listing("applications/ivr")
        assert arrived.call in ours["channel_ids"]
        await run.switch.execute(do.HangUpCall(arrived.call))
        await dialled[0].ended()
    finally:
        await run.end()
    await nothing_left(lab)
