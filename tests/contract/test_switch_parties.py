"""What every switch must do with third parties and transfers: on the fake, on a real Asterisk."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from ivr.adapters.ari.ringing import _RING_MARGIN
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.commands import TransferProgress
from ivr.domain.errors import Unavailable
from ivr.domain.events import Event, FailureCause
from ivr.domain.ids import AgentId, CallId, LegId, OfferId, Target, VisitId
from ivr.domain.live import LiveCall, Offer, Party, Phase, Purpose
from ivr.domain.memory import Memory
from testbed.phone import Display
from tests.contract.party_scenes import (
    NOBODY,
    OUTSIDE,
    AsteriskPartyScene,
    FakePartyScene,
    PartyScene,
    asterisk_party_scene,
)
from tests.contract.switch_scenes import RING_SECONDS, SceneCaller
from tests.examples import ALL_ROUND, CALLER, COMMON_NUMBER, ONLY_JUGEND, ONLY_UMWELT

pytestmark = pytest.mark.asyncio(loop_scope="module")

RING_TIME = timedelta(seconds=RING_SECONDS) - _RING_MARGIN
LABEL = "Umwelt · 0171 3920001"

_numbers = itertools.count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asterisk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AsteriskPartyScene]:
    async with asterisk_party_scene(tmp_path_factory.mktemp("p")) as scene:
        yield scene


@pytest.fixture(params=["fake", "asterisk"])
def scene(request: pytest.FixtureRequest) -> PartyScene:
    if request.param == "fake":
        return FakePartyScene()
    real: AsteriskPartyScene = request.getfixturevalue("asterisk")
    return real


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def _nothing_left(scene: PartyScene) -> AsyncIterator[None]:
    yield
    await scene.nothing_left()


async def told(scene: PartyScene, event: Event, *, since: int = 0) -> None:
    """Wait until the switch has posted ``event``."""
    await scene.events.first(lambda posted: posted == event, repr(event), since=since)


def events_of(scene: PartyScene, leg: LegId) -> list[Event]:
    return [event for event in scene.events if getattr(event, "leg", None) == leg]


async def answered_caller(scene: PartyScene) -> SceneCaller:
    caller = await scene.caller()
    await scene.switch.execute(do.AnswerCall(caller.id))
    await caller.answered()
    return caller


def offer_to(call: CallId, agent: AgentId) -> do.OfferCall:
    offer = OfferId(f"{call}-o{next(_numbers)}")
    return do.OfferCall(call, offer, agent, LABEL, CALLER, RING_TIME)


async def talk(scene: PartyScene, agent: AgentId = ALL_ROUND) -> tuple[SceneCaller, OfferId]:
    caller = await answered_caller(scene)
    command = offer_to(caller.id, agent)
    await scene.switch.execute(command)
    phone = scene.agent if agent == ALL_ROUND else scene.desk
    await phone.rings()
    await phone.answer()
    await told(scene, on.OfferAnswered(command.offer))
    await scene.switch.execute(do.ConnectCall(caller.id, command.offer))
    await told(scene, on.CallConnected(command.offer))
    return caller, command.offer


def dial(call: CallId, to: Target = OUTSIDE) -> do.DialParty:
    leg = LegId(f"{call}-l{next(_numbers)}")
    return do.DialParty(call, leg, to, COMMON_NUMBER, LABEL, RING_TIME)


async def answered_party(scene: PartyScene, call: CallId) -> LegId:
    command = dial(call)
    await scene.switch.execute(command)
    await scene.outside.rings()
    await scene.outside.answer()
    await told(scene, on.PartyAnswered(command.leg))
    return command.leg


async def hang_up(scene: PartyScene, caller: SceneCaller, offer: OfferId) -> None:
    """End what is left of a talk."""
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await scene.gone(offer)


# -- ringing ---------------------------------------------------------------------------------------


async def test_somebody_outside_sees_the_common_number_and_nothing_else(
    scene: PartyScene,
) -> None:
    caller = await answered_caller(scene)
    command = dial(caller.id)
    await scene.switch.execute(command)
    assert await scene.outside.rings() == Display("", COMMON_NUMBER)
    await scene.outside.reject()
    await told(scene, on.PartyFailed(command.leg, FailureCause.BUSY))
    await caller.hang_up()


async def test_somebody_outside_does_not_answer(scene: PartyScene) -> None:
    caller = await answered_caller(scene)
    command = dial(caller.id)
    await scene.switch.execute(command)
    await scene.outside.rings()
    await scene.outside.let_it_ring()
    await told(scene, on.PartyFailed(command.leg, FailureCause.NO_ANSWER))
    await caller.hang_up()


@pytest.mark.parametrize("to", [NOBODY, ONLY_UMWELT])
async def test_nobody_is_there(scene: PartyScene, to: Target) -> None:
    caller = await answered_caller(scene)
    command = dial(caller.id, to)
    await scene.switch.execute(command)
    await told(scene, on.PartyFailed(command.leg, FailureCause.UNREACHABLE))
    await caller.hang_up()


async def test_a_colleague_is_called(scene: PartyScene) -> None:
    caller = await answered_caller(scene)
    command = dial(caller.id, ONLY_JUGEND)
    await scene.switch.execute(command)
    assert await scene.desk.rings() == COMMON_NUMBER
    await scene.desk.answer()
    await told(scene, on.PartyAnswered(command.leg))
    await scene.desk.hang_up()
    await told(scene, on.PartyHungUp(command.leg))
    await caller.hang_up()


async def test_a_colleague_whose_call_we_end_has_the_line_free(scene: PartyScene) -> None:
    caller = await answered_caller(scene)
    for answer in (False, True):
        command = dial(caller.id, ONLY_JUGEND)
        await scene.switch.execute(command)
        await scene.desk.rings()
        if answer:
            await scene.desk.answer()
            await told(scene, on.PartyAnswered(command.leg))
        await scene.switch.execute(do.EndParty(caller.id, command.leg))
        await scene.desk.ended()
        await told(scene, on.LegEnded(command.leg))
        news = [on.PartyAnswered(command.leg)] if answer else []
        assert events_of(scene, command.leg) == [*news, on.LegEnded(command.leg)]
    await caller.hang_up()


# -- consulting ------------------------------------------------------------------------------------


async def test_a_held_caller_hears_music_and_comes_back(scene: PartyScene) -> None:
    caller, offer = await talk(scene)
    await scene.switch.execute(do.HoldCaller(caller.id, offer))
    assert await scene.hears_music(caller)
    await scene.agent.press("9")
    await told(scene, on.AgentPressed(offer, "9"))
    await scene.switch.execute(do.ReturnToCaller(caller.id, offer))
    assert await scene.hear_each_other(caller)
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await scene.gone(offer)


async def test_the_agent_consults_while_the_caller_hears_music(scene: PartyScene) -> None:
    caller, offer = await talk(scene)
    await scene.switch.execute(do.HoldCaller(caller.id, offer))
    leg = await answered_party(scene, caller.id)
    await scene.switch.execute(do.Consult(caller.id, offer, leg))
    assert await scene.hears_music(caller)
    await scene.agent.press("*")
    await scene.outside.press("5")
    await told(scene, on.AgentPressed(offer, "*"))
    await told(scene, on.PartyPressed(leg, "5"))
    assert await scene.hear(caller, leg, offer) == {"agent": {"outside"}, "outside": {"agent"}}
    await told(scene, on.PartyHungUp(leg))
    await told(scene, on.AgentHungUp(offer))
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))


async def test_the_agent_goes_back_to_the_caller(scene: PartyScene) -> None:
    caller, offer = await talk(scene)
    await scene.switch.execute(do.HoldCaller(caller.id, offer))
    leg = await answered_party(scene, caller.id)
    await scene.switch.execute(do.Consult(caller.id, offer, leg))
    await scene.switch.execute(do.EndParty(caller.id, leg))
    await scene.outside.ended()
    await scene.switch.execute(do.ReturnToCaller(caller.id, offer))
    assert await scene.hear_each_other(caller)
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))


async def test_all_three_hear_each_other(scene: PartyScene) -> None:
    caller, offer = await talk(scene)
    await scene.switch.execute(do.HoldCaller(caller.id, offer))
    leg = await answered_party(scene, caller.id)
    await scene.switch.execute(do.Consult(caller.id, offer, leg))
    await scene.switch.execute(do.JoinThree(caller.id, offer, leg))
    await scene.agent.press("*")
    await told(scene, on.AgentPressed(offer, "*"))
    everybody = {"agent", "caller", "outside"}
    assert await scene.hear(caller, leg, offer) == {who: everybody - {who} for who in everybody}
    await told(scene, on.PartyHungUp(leg))
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))


# -- handing over ----------------------------------------------------------------------------------


async def test_caller_and_party_go_on_without_the_agent(scene: PartyScene) -> None:
    caller, offer = await talk(scene)
    await scene.switch.execute(do.HoldCaller(caller.id, offer))
    leg = await answered_party(scene, caller.id)
    await scene.switch.execute(do.Consult(caller.id, offer, leg))
    await scene.switch.execute(do.HandOver(caller.id, leg))
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await scene.agent.ended()
    await scene.gone(offer)
    await caller.press("3")
    await told(scene, on.CallerPressed(caller.id, "3"))
    assert await scene.hear(caller, leg, offer) == {"caller": {"outside"}, "outside": {"caller"}}
    await told(scene, on.PartyHungUp(leg))


async def test_a_waiting_caller_is_put_through(scene: PartyScene) -> None:
    caller = await answered_caller(scene)
    await scene.switch.execute(do.StartMusic(caller.id))
    leg = await answered_party(scene, caller.id)
    await scene.switch.execute(do.HandOver(caller.id, leg))
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))
    await scene.switch.execute(do.EndParty(caller.id, leg))
    await scene.outside.ended()
    await told(scene, on.LegEnded(leg))


async def test_a_hand_over_to_one_who_is_gone_fails(scene: PartyScene) -> None:
    caller, offer = await talk(scene)
    leg = await answered_party(scene, caller.id)
    await scene.outside.hang_up()
    await told(scene, on.PartyHungUp(leg))
    await scene.switch.execute(do.HandOver(caller.id, leg))
    await told(scene, on.PartyFailed(leg, FailureCause.FAULT))
    await scene.switch.execute(do.ReturnToCaller(caller.id, offer))
    assert await scene.hear_each_other(caller)
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))


async def test_a_hand_over_of_a_caller_who_is_gone_ends_the_party(scene: PartyScene) -> None:
    caller = await answered_caller(scene)
    leg = await answered_party(scene, caller.id)
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))
    await scene.switch.execute(do.HandOver(caller.id, leg))
    await told(scene, on.PartyFailed(leg, FailureCause.FAULT))
    await scene.outside.ended()


# -- transfers by the phone ------------------------------------------------------------------------


@pytest.mark.parametrize("progress", [TransferProgress.REFUSED, TransferProgress.FAILED])
async def test_a_transfer_that_comes_to_nothing_is_told_and_the_talk_goes_on(
    scene: PartyScene, progress: TransferProgress
) -> None:
    caller, offer = await talk(scene, ONLY_JUGEND)
    await scene.desk.transfer("5001")
    await told(scene, on.TransferRequested(offer, "5001"))
    await scene.switch.execute(do.HoldCaller(caller.id, offer))
    await scene.switch.execute(do.ReportTransfer(caller.id, offer, progress))
    assert await scene.desk.told() is progress
    await scene.switch.execute(do.ReturnToCaller(caller.id, offer))
    assert on.AgentHungUp(offer) not in scene.events
    await hang_up(scene, caller, offer)


async def test_a_transfer_to_somebody_who_answers(scene: PartyScene) -> None:
    caller, offer = await talk(scene, ONLY_JUGEND)
    await scene.desk.transfer("+494461555001")
    await told(scene, on.TransferRequested(offer, "+494461555001"))
    await scene.switch.execute(do.HoldCaller(caller.id, offer))
    leg = await answered_party(scene, caller.id)
    await scene.switch.execute(do.HandOver(caller.id, leg))
    await scene.switch.execute(do.ReportTransfer(caller.id, offer, TransferProgress.ANSWERED))
    assert await scene.desk.told() is TransferProgress.ANSWERED
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await scene.desk.ended()
    await told(scene, on.LegEnded(offer))
    assert await scene.hear(caller, leg, offer) == {"caller": {"outside"}, "outside": {"caller"}}


async def test_a_third_party_can_t_transfer(scene: PartyScene) -> None:
    caller = await answered_caller(scene)
    command = dial(caller.id, ONLY_JUGEND)
    await scene.switch.execute(command)
    await scene.desk.rings()
    await scene.desk.answer()
    await told(scene, on.PartyAnswered(command.leg))
    seen = len(scene.events)
    await scene.desk.transfer("5001")
    assert await scene.desk.told() is TransferProgress.REFUSED
    assert not [e for e in list(scene.events)[seen:] if isinstance(e, on.TransferRequested)]
    await scene.switch.execute(do.EndParty(caller.id, command.leg))
    await scene.desk.ended()
    await caller.hang_up()


# -- the agent's second call -----------------------------------------------------------------------


async def consulting_besides(scene: PartyScene) -> tuple[SceneCaller, OfferId, VisitId, LegId]:
    caller, offer = await talk(scene, ONLY_JUGEND)
    visit = await scene.desk.dial_besides("04461555001")
    assert on.NumberDialled(visit, ONLY_JUGEND, "04461555001") in scene.events
    leg = await answered_party(scene, caller.id)
    await scene.switch.execute(do.ConsultByVisit(caller.id, visit, leg))
    await scene.desk.second_answered()
    return caller, offer, visit, leg


@pytest.mark.parametrize("asked_in", ["first", "second"])
async def test_a_phone_has_its_two_calls_joined(scene: PartyScene, asked_in: str) -> None:
    caller, offer, visit, leg = await consulting_besides(scene)
    seen = len(scene.events)
    await scene.desk.join_calls(asking_in_second=asked_in == "second")
    event = await scene.events.first(
        lambda event: isinstance(event, on.TransferRequested), "a transfer", since=seen
    )
    assert isinstance(event, on.TransferRequested)
    assert (event.offer, event.consultation) == (offer, visit)
    await scene.switch.execute(do.HandOver(caller.id, leg))
    await scene.switch.execute(do.ReportTransfer(caller.id, offer, TransferProgress.ANSWERED))
    assert await scene.desk.told() is TransferProgress.ANSWERED
    await scene.switch.execute(do.EndVisit(caller.id, visit))
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await scene.desk.ended()
    await scene.desk.second_ended()
    await told(scene, on.LegEnded(visit))
    await told(scene, on.LegEnded(offer))
    assert await scene.hear(caller, leg, offer) == {"caller": {"outside"}, "outside": {"caller"}}


async def test_the_agent_ends_the_second_call(scene: PartyScene) -> None:
    caller, offer, visit, leg = await consulting_besides(scene)
    await scene.desk.give_up_second()
    await told(scene, on.LegEnded(visit))
    await scene.switch.execute(do.EndParty(caller.id, leg))
    await scene.outside.ended()
    await hang_up(scene, caller, offer)


async def test_the_agent_gives_up_a_second_call_that_rings(scene: PartyScene) -> None:
    caller, offer = await talk(scene, ONLY_JUGEND)
    visit = await scene.desk.dial_besides("04461555001")
    await scene.desk.give_up_second()
    await told(scene, on.LegEnded(visit))
    await hang_up(scene, caller, offer)


async def test_a_second_call_is_ended(scene: PartyScene) -> None:
    caller, offer = await talk(scene, ONLY_JUGEND)
    visit = await scene.desk.dial_besides("04461555001")
    await scene.switch.execute(do.EndVisit(caller.id, visit))
    await scene.desk.second_ended()
    await told(scene, on.LegEnded(visit))
    await hang_up(scene, caller, offer)


# -- phoning back ----------------------------------------------------------------------------------


async def test_a_party_becomes_the_caller(scene: PartyScene) -> None:
    first = await answered_caller(scene)
    call = first.id
    await first.hang_up()
    await told(scene, on.CallerHungUp(call))
    leg = await answered_party(scene, call)
    seen = len(scene.events)
    await scene.switch.execute(do.AdoptCaller(call, leg))
    await scene.switch.execute(do.StartMusic(call))
    assert await scene.hears_music(first)
    await scene.outside.press("1")
    await told(scene, on.CallerPressed(call, "1"))
    await scene.switch.execute(do.StopMusic(call))
    await scene.outside.hang_up()
    await told(scene, on.CallerHungUp(call), since=seen)
    assert on.PartyHungUp(leg) not in scene.events


async def test_the_agent_is_rung_before_the_caller_is_phoned_back(scene: PartyScene) -> None:
    first = await answered_caller(scene)
    call = first.id
    await first.hang_up()
    await told(scene, on.CallerHungUp(call))
    offer = OfferId(f"{call}-o{next(_numbers)}")
    offering = do.OfferCall(call, offer, ALL_ROUND, LABEL, CALLER, RING_TIME, phoned_back=True)
    await scene.switch.execute(offering)
    await scene.agent.rings()
    await scene.agent.answer()
    await told(scene, on.OfferAnswered(offer))
    leg = await answered_party(scene, call)
    await scene.switch.execute(do.AdoptCaller(call, leg))
    await scene.switch.execute(do.ConnectCall(call, offer))
    await told(scene, on.CallConnected(offer))
    await scene.switch.execute(do.HangUpCall(call))
    await scene.outside.ended()
    await scene.switch.execute(do.ReleaseAgent(call, offer))
    await scene.gone(offer)


async def test_an_agent_is_rung_for_a_caller_who_was_phoned_back(scene: PartyScene) -> None:
    first = await answered_caller(scene)
    call = first.id
    await first.hang_up()
    await told(scene, on.CallerHungUp(call))
    leg = await answered_party(scene, call)
    await scene.switch.execute(do.AdoptCaller(call, leg))
    command = offer_to(call, ALL_ROUND)
    await scene.switch.execute(command)
    await scene.agent.rings()
    await scene.agent.reject()
    await told(scene, on.OfferFailed(command.offer, FailureCause.BUSY))
    await scene.switch.execute(do.HangUpCall(call))
    await scene.outside.ended()


async def test_a_party_who_is_gone_does_not_become_the_caller(scene: PartyScene) -> None:
    first = await answered_caller(scene)
    call = first.id
    await first.hang_up()
    await told(scene, on.CallerHungUp(call))
    leg = await answered_party(scene, call)
    await scene.outside.hang_up()
    await told(scene, on.PartyHungUp(leg))
    seen = len(scene.events)
    await scene.switch.execute(do.AdoptCaller(call, leg))
    await told(scene, on.CallerHungUp(call), since=seen)


# -- repeats and failures --------------------------------------------------------------------------


async def twice(scene: PartyScene, *commands: do.SwitchCommand) -> None:
    for command in commands:
        await scene.switch.execute(command)
        await scene.switch.execute(command)


async def test_repeated_commands_change_nothing(scene: PartyScene) -> None:
    caller, offer = await talk(scene)
    call = caller.id
    await twice(scene, do.HoldCaller(call, offer))
    command = dial(call)
    leg = command.leg
    await twice(scene, command)
    await scene.outside.rings()
    await scene.outside.answer()
    await told(scene, on.PartyAnswered(leg))
    await twice(scene, do.Consult(call, offer, leg), do.JoinThree(call, offer, leg))
    await twice(scene, do.ReturnToCaller(call, offer), do.HandOver(call, leg))
    await twice(scene, do.ReleaseAgent(call, offer), do.EndVisit(call, VisitId("none")))
    await scene.agent.ended()
    assert events_of(scene, leg) == [on.PartyAnswered(leg)]
    await twice(scene, do.EndParty(call, leg))
    await scene.outside.ended()
    await caller.hang_up()


async def test_commands_about_those_who_are_gone_change_nothing(scene: PartyScene) -> None:
    caller, offer = await talk(scene)
    call, leg, visit = caller.id, LegId("nobody"), VisitId("none")
    await twice(
        scene,
        do.EndParty(call, leg),
        do.Consult(call, offer, leg),
        do.JoinThree(call, offer, leg),
        do.ConsultByVisit(call, visit, leg),
        do.EndVisit(call, visit),
        do.EndParty(call, leg),
    )
    assert await scene.hear_each_other(caller)
    await twice(
        scene,
        do.HoldCaller(call, offer),
        do.ReturnToCaller(call, offer),
        do.ReportTransfer(call, offer, TransferProgress.FAILED),
        do.ReleaseAgent(call, offer),
    )


@pytest.mark.parametrize("sent", [True, False])
async def test_the_next_run_repeats_what_may_not_have_been_sent(
    scene: PartyScene, *, sent: bool
) -> None:
    caller, offer = await talk(scene)
    call, now = caller.id, datetime.now(UTC)
    hold = do.HoldCaller(call, offer)
    await scene.switch.execute(hold)
    leg = await answered_party(scene, call)
    moves = (do.Consult(call, offer, leg), do.JoinThree(call, offer, leg), do.HandOver(call, leg))
    for move in moves if sent else moves[:1]:
        await scene.switch.execute(move)
    await scene.kill_program()
    handed_over = LiveCall(
        call, COMMON_NUMBER, None, CALLER, now, "de", phase=Phase.HANDED_OVER, answered_at=now
    )
    talked = Offer(offer, call, ALL_ROUND, now, joining=True, connected=True)
    party = Party(leg, call, Purpose.CONSULTATION, OUTSIDE, answered=True)
    seen = len(scene.events)
    await scene.start_program(Memory(calls=(handed_over,), offers=(talked,), parties=(party,)))
    for again in (hold, *moves):
        await scene.switch.execute(again)
    await scene.switch.execute(do.ReleaseAgent(call, offer))
    await scene.agent.ended()
    await caller.press("3")
    await told(scene, on.CallerPressed(call, "3"), since=seen)
    assert not any(isinstance(event, on.OfParty) for event in list(scene.events)[seen:])
    assert await scene.hear(caller, leg, offer) == {"caller": {"outside"}, "outside": {"caller"}}


# -- supervision -----------------------------------------------------------------------------------


async def supervised(
    scene: PartyScene, *ways: do.Supervision
) -> tuple[SceneCaller, OfferId, LegId]:
    """A talk in which a supervisor takes part in one way after the other."""
    caller, offer = await talk(scene)
    leg = await answered_party(scene, caller.id)
    for how in ways:
        await scene.switch.execute(do.Supervise(caller.id, offer, leg, how))
    return caller, offer, leg


HEARD = {
    do.Supervision.LISTEN: {"agent": {"caller"}, "caller": {"agent"}},
    do.Supervision.WHISPER: {"agent": {"caller", "outside"}, "caller": {"agent"}},
    do.Supervision.BARGE: {"agent": {"caller", "outside"}, "caller": {"agent", "outside"}},
}


@pytest.mark.parametrize(
    "ways",
    [
        (do.Supervision.LISTEN,),
        (do.Supervision.WHISPER,),
        (do.Supervision.BARGE,),
        (do.Supervision.LISTEN, do.Supervision.WHISPER),
        (do.Supervision.BARGE, do.Supervision.LISTEN),
        (do.Supervision.WHISPER, do.Supervision.BARGE, do.Supervision.BARGE),
    ],
    ids="-".join,
)
async def test_who_hears_a_supervisor(scene: PartyScene, ways: tuple[do.Supervision, ...]) -> None:
    caller, offer, leg = await supervised(scene, *ways)
    expected = {**HEARD[ways[-1]], "outside": {"agent", "caller"}}
    assert await scene.hear(caller, leg, offer) == expected
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await scene.switch.execute(do.EndParty(caller.id, leg))


async def test_a_supervisor_leaves_and_the_talk_goes_on(scene: PartyScene) -> None:
    caller, offer, leg = await supervised(scene, do.Supervision.BARGE)
    await scene.outside.press("1")
    await told(scene, on.PartyPressed(leg, "1"))
    await scene.outside.hang_up()
    await told(scene, on.PartyHungUp(leg))
    await caller.press("5")
    await told(scene, on.CallerPressed(caller.id, "5"))
    assert await scene.hear(caller, leg, offer) == {"agent": {"caller"}, "caller": {"agent"}}
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))


async def test_a_supervisor_is_sent_away_after_the_talk(scene: PartyScene) -> None:
    caller, offer, leg = await supervised(scene, do.Supervision.LISTEN)
    await scene.agent.hang_up()
    await told(scene, on.AgentHungUp(offer))
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await scene.switch.execute(do.EndParty(caller.id, leg))
    await scene.outside.ended()
    await told(scene, on.LegEnded(leg))
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))


async def test_a_talk_that_is_over_is_not_supervised(scene: PartyScene) -> None:
    caller, offer = await talk(scene)
    leg = await answered_party(scene, caller.id)
    await hang_up(scene, caller, offer)
    command = do.Supervise(caller.id, offer, leg, do.Supervision.LISTEN)
    await scene.switch.execute(command)
    await told(scene, on.PartyFailed(leg, FailureCause.FAULT))
    await scene.outside.ended()


# -- last, as telephones keep calls nobody ended for a while, and may be silent in the next -------


async def test_parties_lost_while_away_are_told_afterwards(scene: PartyScene) -> None:
    caller = await answered_caller(scene)
    answered = await answered_party(scene, caller.id)
    ringing = dial(caller.id, ONLY_JUGEND)
    await scene.switch.execute(ringing)
    await scene.desk.rings()
    await scene.crash()
    with pytest.raises(Unavailable):
        await scene.switch.execute(do.StartMusic(caller.id))
    await scene.come_back()
    await told(scene, on.PartyHungUp(answered))
    await told(scene, on.PartyFailed(ringing.leg, FailureCause.FAULT))
    await told(scene, on.CallerLost(caller.id))
