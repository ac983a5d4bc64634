"""Another run of the program goes on with what an earlier one left: on the fake, on Asterisk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.callback import CallbackSource
from ivr.domain.events import Event, FailureCause
from ivr.domain.ids import CallbackId, CallId, OfferId, PlaybackId
from ivr.domain.live import CallbackDialog, LiveCall, Offer, Phase, Step
from ivr.domain.memory import Memory
from ivr.domain.recording import message_of
from tests.contract.switch_scenes import (
    AsteriskScene,
    FakeScene,
    Scene,
    SceneCaller,
    asterisk_scene,
)
from tests.contract.test_switch import (
    LONG,
    SHORT,
    answered_caller,
    answered_offer,
    events_of,
    offer_to,
    talk,
    told,
    words,
)
from tests.examples import ALL_ROUND, CALLER, DIDS, UMWELT

pytestmark = pytest.mark.asyncio(loop_scope="module")

EARLIER = datetime(2026, 1, 1, tzinfo=UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asterisk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AsteriskScene]:
    async with asterisk_scene(tmp_path_factory.mktemp("a")) as scene:
        yield scene


@pytest.fixture(params=["fake", "asterisk"])
def scene(request: pytest.FixtureRequest) -> Scene:
    if request.param == "fake":
        return FakeScene()
    real: AsteriskScene = request.getfixturevalue("asterisk")
    return real


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def _nothing_left(scene: Scene) -> AsyncIterator[None]:
    yield
    await scene.nothing_left()


def remembered(call: CallId, **known: Any) -> LiveCall:  # noqa: ANN401 - what is known of it
    now = datetime.now(UTC)
    return LiveCall(
        call, DIDS[UMWELT], UMWELT, CALLER, now, "de", **{"phase": Phase.WAITING, **known}
    )


def an_offer(call: CallId, offer: OfferId, *, answered: bool, **known: Any) -> Offer:  # noqa: ANN401 - what is known of it
    return Offer(offer, call, ALL_ROUND, datetime.now(UTC) if answered else None, **known)


def a_talk(call: CallId, offer: OfferId) -> Memory:
    return Memory(
        calls=(remembered(call, phase=Phase.TALKING, offer=offer),),
        offers=(an_offer(call, offer, answered=True, joining=True, connected=True),),
    )


def being_joined(call: CallId, offer: OfferId) -> Memory:
    return Memory(
        calls=(remembered(call, offer=offer),),
        offers=(an_offer(call, offer, answered=True, joining=True),),
    )


def since(scene: Scene, seen: int) -> list[Event]:
    """What was posted, besides how the telephones are, and that something was missed."""
    phones = on.PhoneReachable | on.PhoneUnreachable | on.PhoneBusy | on.PhoneFree
    always = phones | on.SwitchWasAway
    return [event for event in list(scene.events)[seen:] if not isinstance(event, always)]


# -- callers ---------------------------------------------------------------------------------------


async def test_who_waits_goes_on_waiting(scene: Scene) -> None:
    caller = await answered_caller(scene)
    await scene.switch.execute(do.StartMusic(caller.id))
    seen = len(scene.events)
    await scene.kill_program()
    await scene.start_program(Memory(calls=(remembered(caller.id),)))
    assert since(scene, seen) == []
    assert await scene.hears_music(caller)
    await caller.press("1")
    await told(scene, on.CallerPressed(caller.id, "1"))
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))


async def test_who_hung_up_meanwhile_is_told(scene: Scene) -> None:
    caller = await answered_caller(scene)
    await scene.kill_program()
    await caller.hang_up()
    await scene.start_program(Memory(calls=(remembered(caller.id),)))
    await told(scene, on.CallerHungUp(caller.id))
    assert list(scene.events).count(on.CallerHungUp(caller.id)) == 1


async def test_who_was_taken_over_meanwhile_is_not_gone(scene: Scene) -> None:
    caller = await answered_caller(scene)
    await scene.kill_program()
    await scene.taken_over(caller)
    await scene.start_program(Memory(calls=(remembered(caller.id),)))
    await told(scene, on.CallerTakenOver(caller.id))
    await caller.hang_up()
    assert on.CallerHungUp(caller.id) not in scene.events


async def test_a_caller_nobody_remembers_came_when_the_call_came(scene: Scene) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)  # Asterisk cuts the rest off
    caller = await answered_caller(scene)
    after = datetime.now(UTC)
    seen = len(scene.events)
    await scene.kill_program()
    await scene.start_program(Memory())
    found = await scene.events.first(
        lambda event: isinstance(event, on.CallArrived), "the caller", since=seen
    )
    assert isinstance(found, on.CallArrived)
    assert (found.call, found.dialled, found.caller) == (caller.id, DIDS[UMWELT], CALLER)
    assert found.arrived_at is not None
    assert before <= found.arrived_at <= after
    await caller.press("5")
    await told(scene, on.CallerPressed(caller.id, "5"))
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))


async def test_callers_nobody_remembers_come_in_the_order_of_their_calls(scene: Scene) -> None:
    first, second = await answered_caller(scene), await answered_caller(scene)
    seen = len(scene.events)
    await scene.kill_program()
    await scene.start_program(Memory())
    found = [event.call for event in since(scene, seen) if isinstance(event, on.CallArrived)]
    assert found == [first.id, second.id]
    await first.hang_up()
    await second.hang_up()
    await told(scene, on.CallerHungUp(first.id))
    await told(scene, on.CallerHungUp(second.id))


@pytest.mark.parametrize("keeps_place", [False, True])
async def test_who_was_to_be_hung_up_on_is_no_new_caller(
    scene: Scene, *, keeps_place: bool
) -> None:
    caller = await answered_caller(scene)
    seen = len(scene.events)
    await scene.kill_program()
    away = remembered(caller.id, phase=Phase.AWAY, on_line=False)
    await scene.start_program(Memory(calls=(away,)) if keeps_place else Memory(ended=(caller.id,)))
    await caller.ended()
    assert since(scene, seen) == []


async def test_whose_greeting_ended_meanwhile_is_told_before_who_came_then(scene: Scene) -> None:
    """Told the other way round, an agent who is free would be offered who came later."""
    greeted = await answered_caller(scene)
    greeting = PlaybackId(f"{greeted.id}-greeting")
    later = await answered_caller(scene)
    seen = len(scene.events)
    await scene.kill_program()
    await scene.start_program(
        Memory(calls=(remembered(greeted.id, phase=Phase.GREETING, playback=greeting),))
    )
    [over, found] = since(scene, seen)
    assert over == on.PlaybackFinished(greeted.id, greeting)
    assert isinstance(found, on.CallArrived)
    assert found.call == later.id
    everything = list(scene.events)[seen:]
    assert everything.index(on.SwitchWasAway()) < everything.index(over)
    await greeted.hang_up()
    await later.hang_up()
    await told(scene, on.CallerHungUp(greeted.id))
    await told(scene, on.CallerHungUp(later.id))


# -- what they hear and say ------------------------------------------------------------------------


async def test_words_that_ended_meanwhile_are_over(scene: Scene) -> None:
    caller = await answered_caller(scene)
    never_said = PlaybackId(f"{caller.id}-lost")
    await scene.kill_program()
    await scene.start_program(Memory(calls=(remembered(caller.id, playback=never_said),)))
    await told(scene, on.PlaybackFinished(caller.id, never_said))
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))


async def test_words_that_go_on_can_be_stopped(scene: Scene) -> None:
    caller = await answered_caller(scene)
    said, after = words(caller.id, LONG), words(caller.id, SHORT)
    await scene.switch.execute(said)
    seen = len(scene.events)
    await scene.kill_program()
    await scene.start_program(Memory(calls=(remembered(caller.id, playback=said.playback),)))
    assert since(scene, seen) == []
    await scene.switch.execute(do.StopPlaying(caller.id, said.playback))
    await scene.switch.execute(after)
    await told(scene, on.PlaybackFinished(caller.id, after.playback))
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))


async def test_a_spoken_message_that_ended_meanwhile_is_not_lost(scene: Scene) -> None:
    caller = await answered_caller(scene)
    dialog = CallbackDialog(
        CallbackId(f"cb-{caller.id}"), CallbackSource.OUT_OF_HOURS, 1, step=Step.RECORDING
    )
    recording, ten = message_of(dialog), timedelta(seconds=10)
    await scene.switch.execute(do.RecordMessage(caller.id, recording, ten, ten))
    await caller.speak(2)
    await scene.kill_program()
    await caller.press("#")
    call = remembered(caller.id, phase=Phase.CLOSED, dialog=dialog)
    seen = len(scene.events)
    await scene.start_program(Memory(calls=(call,)))
    event = await scene.events.first(
        lambda event: isinstance(event, on.MessageRecorded), "the message", since=seen
    )
    assert isinstance(event, on.MessageRecorded)
    assert (event.call, event.recording) == (caller.id, recording)
    assert 1.5 < event.seconds < 3
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))


# -- offers and talks ------------------------------------------------------------------------------


async def ringing_offer(scene: Scene) -> tuple[SceneCaller, OfferId]:
    caller = await answered_caller(scene)
    command = offer_to(caller.id)
    await scene.switch.execute(command)
    await scene.agent.rings()
    return caller, command.offer


async def hung_up(scene: Scene, caller: SceneCaller, offer: OfferId) -> None:
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await scene.gone(offer)


def ringing(call: CallId, offer: OfferId) -> Memory:
    return Memory(
        calls=(remembered(call, ringing=[offer]),),
        offers=(an_offer(call, offer, answered=False),),
    )


async def test_an_offer_that_rings_is_answered(scene: Scene) -> None:
    caller, offer = await ringing_offer(scene)
    await scene.kill_program()
    await scene.start_program(ringing(caller.id, offer))
    assert events_of(scene, offer) == []
    await scene.agent.answer()
    await told(scene, on.OfferAnswered(offer))
    await scene.switch.execute(do.ConnectCall(caller.id, offer))
    await told(scene, on.CallConnected(offer))
    assert events_of(scene, offer) == [on.OfferAnswered(offer), on.CallConnected(offer)]
    await hung_up(scene, caller, offer)


async def test_an_offer_that_ended_meanwhile_failed_by_nobodys_fault(scene: Scene) -> None:
    caller, offer = await ringing_offer(scene)
    await scene.kill_program()
    await scene.agent.reject()
    await scene.alone()
    await scene.start_program(ringing(caller.id, offer))
    await told(scene, on.OfferFailed(offer, FailureCause.FAULT))
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))


async def test_an_offer_that_was_never_dialled_failed_by_nobodys_fault(scene: Scene) -> None:
    caller = await answered_caller(scene)
    offer = await scene.prepared_offer(caller)
    await scene.kill_program()
    await scene.start_program(ringing(caller.id, offer))
    await told(scene, on.OfferFailed(offer, FailureCause.FAULT))
    await scene.gone(offer)
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))
    assert events_of(scene, offer) == [on.OfferFailed(offer, FailureCause.FAULT)]


async def test_an_offer_that_was_answered_meanwhile_is_answered(scene: Scene) -> None:
    caller, offer = await ringing_offer(scene)
    await scene.kill_program()
    await scene.agent.answer()
    await scene.start_program(ringing(caller.id, offer))
    await told(scene, on.OfferAnswered(offer))
    await hung_up(scene, caller, offer)


async def test_an_offer_nobody_remembers_stops_ringing(scene: Scene) -> None:
    caller, offer = await ringing_offer(scene)
    await scene.kill_program()
    await scene.start_program(Memory(calls=(remembered(caller.id),)))
    await scene.agent.ended()
    assert events_of(scene, offer) == []
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))
    await scene.gone(offer)


async def test_a_talk_goes_on(scene: Scene) -> None:
    caller, offer = await talk(scene)
    seen = len(scene.events)
    await scene.kill_program()
    await scene.start_program(a_talk(caller.id, offer))
    assert since(scene, seen) == []
    await scene.agent.press("*")
    await told(scene, on.AgentPressed(offer, "*"), since=seen)
    assert await scene.hear_each_other(caller)
    await told(scene, on.CallerHungUp(caller.id))
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await scene.gone(offer)


async def test_a_talk_that_ended_meanwhile_is_over_on_both_sides(scene: Scene) -> None:
    caller, offer = await talk(scene)
    await scene.kill_program()
    await scene.agent.hang_up()
    await scene.start_program(a_talk(caller.id, offer))
    await told(scene, on.AgentHungUp(offer))
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await scene.switch.execute(do.HangUpCall(caller.id))
    await caller.ended()
    assert on.CallerHungUp(caller.id) not in scene.events


@pytest.mark.parametrize("joined", [False, True])
async def test_whether_two_were_joined_is_found_out(scene: Scene, *, joined: bool) -> None:
    caller = await answered_caller(scene)
    offer = await answered_offer(scene, caller)
    if joined:
        await scene.switch.execute(do.ConnectCall(caller.id, offer))
        await told(scene, on.CallConnected(offer))
    seen = len(scene.events)
    await scene.kill_program()
    await scene.start_program(being_joined(caller.id, offer))
    assert since(scene, seen) == [on.CallConnected(offer) if joined else on.ConnectFailed(offer)]
    await hung_up(scene, caller, offer)


@pytest.mark.parametrize("leaves", ["agent", "caller"])
async def test_who_was_joined_has_talked_though_one_left_meanwhile(
    scene: Scene, leaves: str
) -> None:
    caller, offer = await talk(scene)
    seen = len(scene.events)
    await scene.kill_program()
    await (scene.agent if leaves == "agent" else caller).hang_up()
    await scene.alone()
    await scene.start_program(being_joined(caller.id, offer))
    left = on.AgentHungUp(offer) if leaves == "agent" else on.CallerHungUp(caller.id)
    assert since(scene, seen) == [on.CallConnected(offer), left]
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await scene.switch.execute(do.HangUpCall(caller.id))
    await scene.gone(offer)


@pytest.mark.parametrize("leaves", ["agent", "caller"])
async def test_who_left_before_being_joined_has_not_talked(scene: Scene, leaves: str) -> None:
    caller = await answered_caller(scene)
    offer = await answered_offer(scene, caller)
    seen = len(scene.events)
    await scene.kill_program()
    await (scene.agent if leaves == "agent" else caller).hang_up()
    await scene.alone()
    await scene.start_program(being_joined(caller.id, offer))
    left = on.AgentHungUp(offer) if leaves == "agent" else on.CallerHungUp(caller.id)
    assert since(scene, seen) == [left, on.ConnectFailed(offer)]
    await scene.switch.execute(do.WithdrawOffer(caller.id, offer, do.Withdrawal.ELSEWHERE))
    await scene.switch.execute(do.HangUpCall(caller.id))
    await scene.gone(offer)


async def test_words_to_the_agent_that_ended_meanwhile_are_over(scene: Scene) -> None:
    caller = await answered_caller(scene)
    offer = await answered_offer(scene, caller)
    seen = len(scene.events)
    await scene.kill_program()
    memory = Memory(
        calls=(remembered(caller.id, offer=offer),),
        offers=(an_offer(caller.id, offer, answered=True, whispering=True),),
    )
    await scene.start_program(memory)
    assert since(scene, seen) == [on.WhisperFinished(offer)]
    await hung_up(scene, caller, offer)


# -- Asterisk as well; last, because telephones keep dead calls ------------------------------------


async def test_who_was_on_the_line_when_all_died_is_lost(scene: Scene) -> None:
    caller, offer = await talk(scene)
    memory = a_talk(caller.id, offer)
    seen = len(scene.events)
    await scene.kill_program()
    await scene.crash()
    await scene.come_back()
    await scene.start_program(memory)
    assert sorted(map(repr, since(scene, seen))) == sorted(
        map(repr, [on.CallerLost(caller.id), on.AgentHungUp(offer)])
    )
