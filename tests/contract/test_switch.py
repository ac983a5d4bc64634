"""What every switch must do, shown on the fake and on a real Asterisk with real telephones."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from ivr.adapters.ari.ringing import _RING_MARGIN
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.errors import Unavailable
from ivr.domain.events import Event, FailureCause
from ivr.domain.ids import AgentId, CallId, OfferId, PlaybackId, RecordingId
from ivr.domain.speech import Sound, Utterance
from tests.contract.switch_scenes import (
    RING_SECONDS,
    AsteriskScene,
    FakeScene,
    Scene,
    SceneCaller,
    asterisk_scene,
)
from tests.examples import ALL_ROUND, CALLER, DIDS, JUGEND, ONLY_UMWELT, UMWELT

pytestmark = pytest.mark.asyncio(loop_scope="module")

RING_TIME = timedelta(seconds=RING_SECONDS) - _RING_MARGIN

SHORT: Utterance = (Sound("greeting"),)
LONG: Utterance = (Sound("closed"),)

_numbers = itertools.count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asterisk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AsteriskScene]:
    async with asterisk_scene(tmp_path_factory.mktemp("s")) as scene:
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


async def told(scene: Scene, event: Event, *, since: int = 0) -> None:
    """Wait until the switch has posted ``event``."""
    await scene.events.first(lambda posted: posted == event, repr(event), since=since)


def events_of(scene: Scene, offer: OfferId) -> list[Event]:
    return [event for event in scene.events if getattr(event, "offer", None) == offer]


def offer_to(call: CallId, agent: AgentId = ALL_ROUND) -> do.OfferCall:
    offer = OfferId(f"{call}-o{next(_numbers)}")
    return do.OfferCall(call, offer, agent, "Umwelt · 0171 3920001", CALLER, RING_TIME)


def words(call: CallId, utterance: Utterance) -> do.Play:
    return do.Play(call, PlaybackId(f"{call}-p{next(_numbers)}"), utterance, "de")


async def answered_caller(scene: Scene) -> SceneCaller:
    caller = await scene.caller()
    await scene.switch.execute(do.AnswerCall(caller.id))
    await caller.answered()
    return caller


async def answered_offer(scene: Scene, caller: SceneCaller) -> OfferId:
    command = offer_to(caller.id)
    await scene.switch.execute(command)
    await scene.agent.rings()
    await scene.agent.answer()
    await told(scene, on.OfferAnswered(command.offer))
    return command.offer


async def talk(scene: Scene) -> tuple[SceneCaller, OfferId]:
    caller = await answered_caller(scene)
    offer = await answered_offer(scene, caller)
    await scene.switch.execute(do.ConnectCall(caller.id, offer))
    await told(scene, on.CallConnected(offer))
    return caller, offer


# -- callers ---------------------------------------------------------------------------------------


async def test_a_caller_arrives_and_is_hung_up_on(scene: Scene) -> None:
    caller = await scene.caller()
    assert on.CallArrived(caller.id, DIDS[UMWELT], CALLER) in scene.events
    await scene.switch.execute(do.AnswerCall(caller.id))
    await caller.answered()
    await scene.switch.execute(do.HangUpCall(caller.id))
    await caller.ended()
    assert on.CallerHungUp(caller.id) not in scene.events


async def test_a_forwarded_caller_without_a_number_arrives(scene: Scene) -> None:
    call = await scene.forwarded(by=DIDS[JUGEND])
    assert on.CallArrived(call, DIDS[UMWELT], None, (DIDS[JUGEND],)) in scene.events
    await scene.switch.execute(do.HangUpCall(call))


async def test_a_caller_hangs_up_while_something_is_said(scene: Scene) -> None:
    caller = await answered_caller(scene)
    await scene.switch.execute(words(caller.id, LONG))
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))


async def test_words_end_once(scene: Scene) -> None:
    caller = await answered_caller(scene)
    said = words(caller.id, (*SHORT, *SHORT))
    await scene.switch.execute(said)
    await told(scene, on.PlaybackFinished(caller.id, said.playback))
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))
    assert list(scene.events).count(on.PlaybackFinished(caller.id, said.playback)) == 1


async def test_stopped_words_make_room_for_others(scene: Scene) -> None:
    caller = await answered_caller(scene)
    stopped, said = words(caller.id, LONG), words(caller.id, SHORT)
    await scene.switch.execute(stopped)
    await scene.switch.execute(do.StopPlaying(caller.id, stopped.playback))
    await scene.switch.execute(said)
    await told(scene, on.PlaybackFinished(caller.id, said.playback))
    assert on.PlaybackFinished(caller.id, stopped.playback) not in scene.events
    await scene.switch.execute(do.HangUpCall(caller.id))
    await caller.ended()


async def test_words_for_one_who_is_gone_are_over(scene: Scene) -> None:
    caller = await answered_caller(scene)
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))
    said = words(caller.id, SHORT)
    await scene.switch.execute(said)
    await told(scene, on.PlaybackFinished(caller.id, said.playback))


async def test_music_plays_until_it_is_stopped(scene: Scene) -> None:
    caller = await answered_caller(scene)
    heard = [await scene.hears_music(caller)]
    await scene.switch.execute(do.StartMusic(caller.id))
    heard.append(await scene.hears_music(caller))
    await scene.switch.execute(do.StopMusic(caller.id))
    heard.append(await scene.hears_music(caller))
    await caller.hang_up()
    assert heard == [False, True, False]


async def test_a_ringing_tone_is_heard_until_it_is_stopped(scene: Scene) -> None:
    caller = await answered_caller(scene)
    await scene.switch.execute(do.StartRinging(caller.id))
    heard = [await scene.hears_ringing(caller)]
    await scene.switch.execute(do.StopRinging(caller.id))
    heard.append(await scene.hears_ringing(caller))
    await caller.hang_up()
    assert heard == [True, False]


async def test_a_caller_presses_keys(scene: Scene) -> None:
    caller = await answered_caller(scene)
    await caller.press("1#")
    await told(scene, on.CallerPressed(caller.id, "1"))
    await told(scene, on.CallerPressed(caller.id, "#"))
    await caller.hang_up()


# -- offers ----------------------------------------------------------------------------------------


async def test_an_offer_shows_for_what_and_who_calls(scene: Scene) -> None:
    caller = await answered_caller(scene)
    await scene.switch.execute(offer_to(caller.id))
    display = await scene.agent.rings()
    assert (display.name, display.number) == ("Umwelt · 0171 3920001", CALLER)
    await scene.agent.reject()
    await caller.hang_up()


async def test_an_offer_is_rejected(scene: Scene) -> None:
    caller = await answered_caller(scene)
    command = offer_to(caller.id)
    await scene.switch.execute(command)
    await scene.agent.rings()
    await scene.agent.reject()
    await told(scene, on.OfferFailed(command.offer, FailureCause.BUSY))
    await caller.hang_up()


async def test_an_offer_is_not_answered(scene: Scene) -> None:
    caller = await answered_caller(scene)
    command = offer_to(caller.id)
    await scene.switch.execute(command)
    await scene.agent.rings()
    await scene.agent.let_it_ring()
    await told(scene, on.OfferFailed(command.offer, FailureCause.NO_ANSWER))
    await caller.hang_up()


async def test_an_offer_finds_no_telephone(scene: Scene) -> None:
    caller = await answered_caller(scene)
    command = offer_to(caller.id, ONLY_UMWELT)
    await scene.switch.execute(command)
    await told(scene, on.OfferFailed(command.offer, FailureCause.UNREACHABLE))
    await caller.hang_up()


async def test_an_offer_for_a_caller_who_is_gone_rings_nowhere(scene: Scene) -> None:
    caller = await answered_caller(scene)
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))
    command = offer_to(caller.id)
    await scene.switch.execute(command)
    await told(scene, on.OfferFailed(command.offer, FailureCause.FAULT))
    await scene.gone(command.offer)
    # Once more, for an engine that does not know: else the next agent would be rung for nobody.
    assert list(scene.events).count(on.CallerHungUp(caller.id)) == 2


async def test_a_withdrawn_offer_stops_ringing_and_is_no_news(scene: Scene) -> None:
    caller = await answered_caller(scene)
    command = offer_to(caller.id)
    await scene.switch.execute(command)
    await scene.agent.rings()
    await scene.switch.execute(
        do.WithdrawOffer(caller.id, command.offer, do.Withdrawal.CALLER_GONE)
    )
    await scene.agent.ended()
    await told(scene, on.LegEnded(command.offer))
    await scene.gone(command.offer)
    assert events_of(scene, command.offer) == []
    await caller.hang_up()


async def test_an_offer_withdrawn_after_the_answer_ends(scene: Scene) -> None:
    caller = await answered_caller(scene)
    offer = await answered_offer(scene, caller)
    await scene.switch.execute(do.WithdrawOffer(caller.id, offer, do.Withdrawal.ELSEWHERE))
    await scene.agent.ended()
    await told(scene, on.LegEnded(offer))
    await scene.gone(offer)
    assert events_of(scene, offer) == [on.OfferAnswered(offer)]
    await caller.hang_up()


async def test_an_offer_withdrawn_in_the_moment_of_the_answer_leaves_nothing(
    scene: Scene,
) -> None:
    caller = await answered_caller(scene)
    command = offer_to(caller.id)
    await scene.switch.execute(command)
    await scene.agent.rings()
    withdraw = do.WithdrawOffer(caller.id, command.offer, do.Withdrawal.NO_ANSWER)
    await asyncio.gather(scene.agent.answer(), scene.switch.execute(withdraw))
    await scene.agent.ended()
    await scene.gone(command.offer)
    await caller.hang_up()


# -- talks -----------------------------------------------------------------------------------------


async def test_caller_and_agent_hear_each_other(scene: Scene) -> None:
    caller, offer = await talk(scene)
    assert await scene.hear_each_other(caller)
    await told(scene, on.CallerHungUp(caller.id))
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await scene.gone(offer)


async def test_keys_of_both_are_heard_in_a_talk(scene: Scene) -> None:
    caller, offer = await talk(scene)
    await scene.agent.press("*7")
    await caller.press("5")
    for event in (
        on.AgentPressed(offer, "*"),
        on.AgentPressed(offer, "7"),
        on.CallerPressed(caller.id, "5"),
    ):
        await told(scene, event)
    await caller.hang_up()
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))


async def test_the_agent_ends_the_talk(scene: Scene) -> None:
    caller, offer = await talk(scene)
    await scene.agent.hang_up()
    await told(scene, on.AgentHungUp(offer))
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await scene.switch.execute(do.HangUpCall(caller.id))
    await caller.ended()
    await scene.gone(offer)
    assert on.CallerHungUp(caller.id) not in scene.events


async def test_the_caller_ends_the_talk(scene: Scene) -> None:
    caller, offer = await talk(scene)
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await scene.agent.ended()
    await scene.gone(offer)
    assert on.AgentHungUp(offer) not in scene.events


async def test_words_to_both_end(scene: Scene) -> None:
    caller, offer = await talk(scene)
    playback = PlaybackId(f"{offer}-p")
    words = do.PlayToBoth(caller.id, offer, playback, (Sound("callback-noted"),), "de")
    await scene.switch.execute(words)
    await told(scene, on.PlaybackFinished(caller.id, playback))
    await caller.hang_up()
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))


async def test_words_to_both_without_a_talk_are_over(scene: Scene) -> None:
    caller = await answered_caller(scene)
    playback = PlaybackId(f"{caller.id}-nobody")
    words = do.PlayToBoth(caller.id, OfferId(f"{caller.id}-none"), playback, SHORT, "de")
    await scene.switch.execute(words)
    await told(scene, on.PlaybackFinished(caller.id, playback))
    await caller.hang_up()


async def test_the_caller_is_gone_before_the_connection(scene: Scene) -> None:
    caller = await answered_caller(scene)
    offer = await answered_offer(scene, caller)
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))
    await scene.switch.execute(do.ConnectCall(caller.id, offer))
    await told(scene, on.ConnectFailed(offer))
    await scene.switch.execute(do.WithdrawOffer(caller.id, offer, do.Withdrawal.CALLER_GONE))
    await scene.agent.ended()
    await scene.gone(offer)


async def test_words_to_the_agent_alone(scene: Scene) -> None:
    caller = await answered_caller(scene)
    await scene.switch.execute(do.StartMusic(caller.id))
    offer = await answered_offer(scene, caller)
    await scene.switch.execute(do.PlayToAgent(caller.id, offer, (Sound("connecting"),), "de"))
    await told(scene, on.WhisperFinished(offer))
    assert await scene.heard_whisper(caller) == {"agent"}
    await told(scene, on.AgentHungUp(offer))
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    assert events_of(scene, offer).count(on.WhisperFinished(offer)) == 1
    await scene.gone(offer)


async def test_words_to_the_agent_end_where_both_are_joined(scene: Scene) -> None:
    caller = await answered_caller(scene)
    offer = await answered_offer(scene, caller)
    await scene.switch.execute(do.PlayToAgent(caller.id, offer, LONG, "de"))
    await scene.switch.execute(do.ConnectCall(caller.id, offer))
    await told(scene, on.CallConnected(offer))
    assert await scene.hear_each_other(caller)
    await told(scene, on.CallerHungUp(caller.id))
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await scene.gone(offer)
    assert on.WhisperFinished(offer) not in scene.events


async def test_words_to_an_agent_that_are_missing_are_over(scene: Scene) -> None:
    caller = await answered_caller(scene)
    offer = await answered_offer(scene, caller)
    await scene.switch.execute(do.PlayToAgent(caller.id, offer, (Sound("goodbye"),), "de"))
    await told(scene, on.WhisperFinished(offer))
    await scene.switch.execute(do.ConnectCall(caller.id, offer))
    await told(scene, on.CallConnected(offer))
    await caller.hang_up()
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await scene.gone(offer)


async def test_an_agent_who_hangs_up_during_the_words_is_gone_and_nothing_else(
    scene: Scene,
) -> None:
    caller = await answered_caller(scene)
    offer = await answered_offer(scene, caller)
    await scene.switch.execute(do.PlayToAgent(caller.id, offer, LONG, "de"))
    await scene.agent.hang_up()
    await told(scene, on.AgentHungUp(offer))
    assert events_of(scene, offer).count(on.WhisperFinished(offer)) <= 1
    await caller.hang_up()
    await scene.gone(offer)


# -- spoken messages -------------------------------------------------------------------------------


def message_of(call: CallId) -> do.RecordMessage:
    name = RecordingId(f"cb-{call}-run-{next(_numbers)}")
    return do.RecordMessage(call, name, timedelta(seconds=10), timedelta(seconds=4))


async def recorded(scene: Scene, command: do.RecordMessage) -> float:
    """Wait for the end of a spoken message, and return its seconds."""
    event = await scene.events.first(
        lambda event: (
            isinstance(event, on.MessageRecorded) and event.recording == command.recording
        ),
        "the end of the message",
    )
    assert isinstance(event, on.MessageRecorded)
    assert event.call == command.call
    return event.seconds


async def test_a_spoken_message_is_kept_until_it_is_discarded(scene: Scene) -> None:
    caller = await answered_caller(scene)
    command = message_of(caller.id)
    await scene.switch.execute(command)
    await caller.speak(2)
    await caller.press("#")
    assert 1.5 < await recorded(scene, command) < 3
    assert await scene.holds_voice(command.recording)
    await scene.switch.execute(do.DiscardMessage(caller.id, command.recording))
    await scene.has_no(command.recording)
    await caller.hang_up()


async def test_a_hang_up_ends_a_spoken_message(scene: Scene) -> None:
    caller = await answered_caller(scene)
    command = message_of(caller.id)
    await scene.switch.execute(command)
    await caller.speak(2)
    await caller.hang_up()
    assert 1.5 < await recorded(scene, command) < 3
    assert await scene.holds_voice(command.recording)
    await told(scene, on.CallerHungUp(caller.id))
    posted = [type(e) for e in scene.events if getattr(e, "call", None) == caller.id]
    assert posted.index(on.MessageRecorded) < posted.index(on.CallerHungUp)


async def test_a_caller_who_says_nothing_leaves_no_message(scene: Scene) -> None:
    caller = await answered_caller(scene)
    command = message_of(caller.id)
    await scene.switch.execute(command)
    await caller.speak(0)
    await caller.press("#")
    assert await recorded(scene, command) == 0
    await scene.has_no(command.recording)
    await caller.hang_up()


async def test_a_message_that_goes_on_is_discarded(scene: Scene) -> None:
    caller = await answered_caller(scene)
    command = message_of(caller.id)
    await scene.switch.execute(command)
    await caller.speak(1)
    await scene.switch.execute(do.DiscardMessage(caller.id, command.recording))
    await scene.has_no(command.recording)
    await caller.press("5")
    await told(scene, on.CallerPressed(caller.id, "5"))
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))
    assert not [e for e in scene.events if getattr(e, "recording", None) == command.recording]


async def test_a_caller_who_is_gone_leaves_no_message(scene: Scene) -> None:
    caller = await answered_caller(scene)
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))
    command = message_of(caller.id)
    await scene.switch.execute(command)
    assert await recorded(scene, command) == 0
    await scene.has_no(command.recording)


async def test_a_repeated_recording_overwrites_nothing(scene: Scene) -> None:
    caller = await answered_caller(scene)
    command = message_of(caller.id)
    await twice(scene, command)
    await caller.speak(2)
    await caller.press("#")
    await recorded(scene, command)
    await scene.switch.execute(command)
    assert await scene.holds_voice(command.recording)
    discard = do.DiscardMessage(caller.id, command.recording)
    await twice(scene, discard)
    await caller.hang_up()
    told_ends = [e for e in scene.events if isinstance(e, on.MessageRecorded)]
    assert len([e for e in told_ends if e.recording == command.recording]) == 1


# -- agents ----------------------------------------------------------------------------------------


async def test_a_feature_code_is_answered_with_words(scene: Scene) -> None:
    seen = len(scene.events)
    await scene.agent.dial("*11")
    event = await scene.events.first(
        lambda event: isinstance(event, on.FeatureCodeDialled), "the code", since=seen
    )
    assert isinstance(event, on.FeatureCodeDialled)
    assert (event.agent, event.code) == (ALL_ROUND, "*11")
    await scene.switch.execute(do.SpeakAndHangUp(event.visit, (Sound("agent-ready"),), "de"))
    await scene.agent.ended()
    await told(scene, on.LegEnded(event.visit))


async def test_a_telephone_comes_and_goes(scene: Scene) -> None:
    seen = len(scene.events)
    await scene.agent.unregister()
    await told(scene, on.PhoneUnreachable(ALL_ROUND), since=seen)
    seen = len(scene.events)
    await scene.agent.register()
    await told(scene, on.PhoneReachable(ALL_ROUND), since=seen)


async def test_a_telephone_is_busy_with_others(scene: Scene) -> None:
    seen = len(scene.events)
    await scene.agent.is_called_by_others()
    await told(scene, on.PhoneBusy(ALL_ROUND), since=seen)
    seen = len(scene.events)
    await scene.agent.rejects_others()
    await told(scene, on.PhoneFree(ALL_ROUND), since=seen)


async def test_a_telephone_in_our_own_calls_is_not_busy_with_others(scene: Scene) -> None:
    seen = len(scene.events)
    caller, offer = await talk(scene)
    await scene.agent.hang_up()
    await told(scene, on.AgentHungUp(offer))
    await scene.switch.execute(do.ReleaseAgent(caller.id, offer))
    await caller.hang_up()
    await scene.gone(offer)
    busy = {on.PhoneBusy(ALL_ROUND), on.PhoneFree(ALL_ROUND)}
    assert not busy.intersection(list(scene.events)[seen:])


async def test_a_feature_code_leaves_the_telephone_free(scene: Scene) -> None:
    seen = len(scene.events)
    await scene.agent.dial("*11")
    event = await scene.events.first(
        lambda event: isinstance(event, on.FeatureCodeDialled), "the code", since=seen
    )
    assert isinstance(event, on.FeatureCodeDialled)
    await scene.switch.execute(do.SpeakAndHangUp(event.visit, (Sound("agent-ready"),), "de"))
    await scene.agent.ended()
    await told(scene, on.LegEnded(event.visit))
    lines = [e for e in list(scene.events)[seen:] if isinstance(e, on.PhoneBusy | on.PhoneFree)]
    assert lines in ([], [on.PhoneBusy(ALL_ROUND), on.PhoneFree(ALL_ROUND)])


# -- repeats and failures --------------------------------------------------------------------------


async def twice(scene: Scene, *commands: do.SwitchCommand) -> None:
    for command in commands:
        await scene.switch.execute(command)
        await scene.switch.execute(command)


async def test_repeated_commands_change_nothing(scene: Scene) -> None:
    caller = await answered_caller(scene)
    call, offering = caller.id, offer_to(caller.id)
    offer = offering.offer
    await twice(scene, do.AnswerCall(call), do.StartMusic(call), do.StopMusic(call))
    await twice(scene, do.StopPlaying(call, PlaybackId("none")), offering)
    await scene.agent.rings()
    await scene.agent.answer()
    await told(scene, on.OfferAnswered(offer))
    await twice(scene, do.ConnectCall(call, offer))
    assert set(events_of(scene, offer)) == {on.OfferAnswered(offer), on.CallConnected(offer)}
    await twice(scene, do.ReleaseAgent(call, offer), do.HangUpCall(call))
    await caller.ended()
    await scene.gone(offer)


async def test_away_is_said_and_lost_calls_are_told_afterwards(scene: Scene) -> None:
    caller, offer = await talk(scene)
    await scene.crash()
    with pytest.raises(Unavailable):
        await scene.switch.execute(do.StartMusic(caller.id))
    assert on.CallerHungUp(caller.id) not in scene.events
    seen = len(scene.events)
    await scene.come_back()
    await told(scene, on.CallerLost(caller.id), since=seen)
    await told(scene, on.AgentHungUp(offer), since=seen)
