"""What Asterisk's messages mean for calls, offers and visits."""

from __future__ import annotations

import pytest

from ivr.adapters.ari import messages as ari
from ivr.adapters.ari.legs import Legs, failure_cause
from ivr.domain import events as on
from ivr.domain.events import FailureCause
from ivr.domain.ids import AgentId, CallId, OfferId, PlaybackId, VisitId

CALL, OFFER, PLAYBACK, VISIT = CallId("c"), OfferId("o"), PlaybackId("p"), VisitId("v")
WHISPER = PlaybackId("w")

CALLER_ENTERS = ari.StasisStart(CALL, ("caller", "+4944619197777", "", "", "+491713920001"))
AGENT_ENTERS = ari.StasisStart(OFFER, ("agent", OFFER))
VISIT_ENTERS = ari.StasisStart(VISIT, ("feature", "*11", "1001"))


@pytest.fixture
def legs() -> Legs:
    return Legs()


def end_of(channel: str, cause: int = 16, tech_cause: int = 0) -> ari.ChannelDestroyed:
    return ari.ChannelDestroyed(channel, cause, tech_cause)


def forgotten(legs: Legs) -> bool:
    return not legs.followed() and not legs._playbacks


@pytest.mark.parametrize(
    ("told", "caller", "diverted_from"),
    [
        (("", "", ""), None, ()),
        (("", "", "+49171"), "+49171", ()),
        (("1", "2", ""), None, ("1", "2")),
        (("1", "1", ""), None, ("1",)),
        (("", "2", ""), None, ("2",)),
        ((), None, ()),
    ],
)
def test_a_caller_enters(
    legs: Legs, told: tuple[str, ...], caller: str | None, diverted_from: tuple[str, ...]
) -> None:
    event = legs.translate(ari.StasisStart(CALL, ("caller", "+49446", *told)))
    assert event == on.CallArrived(CALL, "+49446", caller, diverted_from)


def test_a_caller_leaves_once(legs: Legs) -> None:
    legs.translate(CALLER_ENTERS)
    assert legs.translate(ari.StasisEnd(CALL)) == on.CallerHungUp(CALL)
    assert legs.translate(end_of(CALL)) is None
    assert forgotten(legs)


def test_a_caller_whose_leaving_the_application_was_missed_leaves(legs: Legs) -> None:
    legs.translate(CALLER_ENTERS)
    assert legs.translate(end_of(CALL)) == on.CallerHungUp(CALL)


def test_the_end_of_a_call_that_we_end_is_no_news(legs: Legs) -> None:
    legs.translate(CALLER_ENTERS)
    legs.drop_call(CALL)
    assert legs.translate(ari.StasisEnd(CALL)) is None
    assert legs.translate(ari.ChannelDtmfReceived(CALL, "1")) is None


def test_an_offer_is_answered_and_the_agent_hangs_up(legs: Legs) -> None:
    legs.expect_offer(OFFER)
    assert legs.translate(AGENT_ENTERS) == on.OfferAnswered(OFFER)
    assert legs.translate(ari.StasisEnd(OFFER)) == on.AgentHungUp(OFFER)
    assert legs.translate(end_of(OFFER)) is None
    assert forgotten(legs)


def test_an_offer_ends_unanswered(legs: Legs) -> None:
    legs.expect_offer(OFFER)
    failed = on.OfferFailed(OFFER, FailureCause.REJECTED)
    assert legs.translate(end_of(OFFER, 17, 486)) == failed
    assert forgotten(legs)


def test_an_offer_taken_back_only_frees_the_line(legs: Legs) -> None:
    legs.expect_offer(OFFER)
    legs.drop_offer(OFFER)
    assert OFFER not in legs.needed()
    assert legs.translate(end_of(OFFER)) == on.LegEnded(OFFER)
    assert forgotten(legs)


def test_an_answer_that_crosses_the_taking_back_is_none(legs: Legs) -> None:
    legs.expect_offer(OFFER)
    legs.drop_offer(OFFER)
    assert legs.translate(AGENT_ENTERS) is None
    assert legs.translate(ari.StasisEnd(OFFER)) is None
    assert legs.translate(end_of(OFFER)) == on.LegEnded(OFFER)


def test_a_repeated_offer_is_still_answered(legs: Legs) -> None:
    legs.expect_offer(OFFER)
    legs.translate(AGENT_ENTERS)
    legs.expect_offer(OFFER)
    assert legs.translate(ari.StasisEnd(OFFER)) == on.AgentHungUp(OFFER)


def test_an_offer_never_made_leaves_nothing(legs: Legs) -> None:
    legs.expect_offer(OFFER)
    legs.no_offer(OFFER)
    assert forgotten(legs)


def test_a_feature_code_is_dialled_and_its_line_freed(legs: Legs) -> None:
    dialled = on.FeatureCodeDialled(VISIT, AgentId("1001"), "*11")
    assert legs.translate(VISIT_ENTERS) == dialled
    assert legs.translate(ari.StasisEnd(VISIT)) is None
    assert legs.translate(end_of(VISIT)) == on.LegEnded(VISIT)
    assert forgotten(legs)


@pytest.mark.parametrize("args", [(), ("agent", "o"), ("feature",), ("other", "x")])
def test_who_enters_unasked_is_nobody(legs: Legs, args: tuple[str, ...]) -> None:
    assert legs.translate(ari.StasisStart("x", args)) is None
    assert forgotten(legs)


def test_keys_belong_to_caller_and_agent(legs: Legs) -> None:
    legs.translate(CALLER_ENTERS)
    legs.expect_offer(OFFER)
    assert legs.translate(ari.ChannelDtmfReceived(CALL, "1")) == on.CallerPressed(CALL, "1")
    assert legs.translate(ari.ChannelDtmfReceived(OFFER, "*")) == on.AgentPressed(OFFER, "*")
    assert legs.translate(ari.ChannelDtmfReceived("x", "1")) is None


def test_a_playback_ends_once(legs: Legs) -> None:
    end = on.PlaybackFinished(CALL, PLAYBACK)
    assert legs.expect_playback(PLAYBACK, end)
    over = ari.PlaybackFinished(PLAYBACK, "sound:x", failed=False)
    assert legs.translate(over) == end
    assert legs.translate(over) is None


def test_a_playback_does_not_begin_twice(legs: Legs) -> None:
    assert legs.expect_playback(PLAYBACK, on.PlaybackFinished(CALL, PLAYBACK))
    assert not legs.expect_playback(PLAYBACK, on.PlaybackFinished(CALL, PLAYBACK))
    legs.playback_over(PLAYBACK)
    assert legs.expect_playback(PLAYBACK, on.PlaybackFinished(CALL, PLAYBACK))


def test_playbacks_are_forgotten_with_their_call(legs: Legs) -> None:
    legs.translate(CALLER_ENTERS)
    others = on.PlaybackFinished(CallId("other"), PlaybackId("other"))
    legs.expect_playback(PLAYBACK, on.PlaybackFinished(CALL, PLAYBACK))
    legs.expect_playback(others.playback, others)
    legs.expect_playback(WHISPER, on.WhisperFinished(OFFER))
    legs.translate(ari.StasisEnd(CALL))
    assert set(legs._playbacks) == {others.playback, WHISPER}


def test_a_whisper_ends_once(legs: Legs) -> None:
    legs.expect_offer(OFFER)
    legs.translate(AGENT_ENTERS)
    legs.expect_playback(WHISPER, on.WhisperFinished(OFFER))
    over = ari.PlaybackFinished(WHISPER, "sound:x", failed=True)
    assert legs.translate(over) == on.WhisperFinished(OFFER)
    assert legs.translate(over) is None


def test_a_whisper_is_forgotten_with_the_agents_leg(legs: Legs) -> None:
    legs.expect_playback(PLAYBACK, on.PlaybackFinished(CALL, PLAYBACK))
    for hangs_up in (True, False):
        legs.expect_offer(OFFER)
        legs.translate(AGENT_ENTERS)
        legs.expect_playback(WHISPER, on.WhisperFinished(OFFER))
        if hangs_up:
            legs.translate(ari.StasisEnd(OFFER))
        else:
            legs.drop_offer(OFFER)
        assert set(legs._playbacks) == {PLAYBACK}


@pytest.mark.parametrize(
    ("cause", "sip_status", "meaning"),
    [
        (0, 0, FailureCause.FAULT),
        (17, 486, FailureCause.REJECTED),
        (17, 600, FailureCause.REJECTED),
        (21, 603, FailureCause.REJECTED),
        (17, 0, FailureCause.REJECTED),
        (19, 480, FailureCause.NO_ANSWER),
        (18, 480, FailureCause.NO_ANSWER),
        (19, 0, FailureCause.NO_ANSWER),
        (16, 0, FailureCause.NO_ANSWER),
        (18, 408, FailureCause.UNREACHABLE),
        (20, 404, FailureCause.UNREACHABLE),
        (38, 503, FailureCause.UNREACHABLE),
    ],
)
def test_why_an_offer_was_not_answered(cause: int, sip_status: int, meaning: FailureCause) -> None:
    assert failure_cause(cause, sip_status) is meaning
