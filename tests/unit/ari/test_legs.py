"""What Asterisk's messages mean for calls, offers and visits."""

from __future__ import annotations

import pytest

from ivr.adapters.ari import messages as ari
from ivr.adapters.ari.causes import failure_cause
from ivr.adapters.ari.legs import Legs
from ivr.domain import events as on
from ivr.domain.events import FailureCause
from ivr.domain.ids import AgentId, CallId, LegId, OfferId, PlaybackId, VisitId

CALL, OFFER, PLAYBACK, VISIT = CallId("c"), OfferId("o"), PlaybackId("p"), VisitId("v")
WHISPER = PlaybackId("w")

CALLER_ENTERS = ari.StasisStart(CALL, ("caller", "+4944619197777", "", "", "+491713920001"))
AGENT_ANSWERS = ari.ChannelStateChange(OFFER, "Up")
LEG = LegId("l")
PARTY_ANSWERS = ari.ChannelStateChange(LEG, "Up")
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
    assert legs.translate(AGENT_ANSWERS) == on.OfferAnswered(OFFER)
    assert legs.translate(ari.StasisEnd(OFFER)) == on.AgentHungUp(OFFER)
    assert legs.translate(end_of(OFFER)) is None
    assert forgotten(legs)


def test_an_offer_ends_unanswered(legs: Legs) -> None:
    legs.expect_offer(OFFER)
    failed = on.OfferFailed(OFFER, FailureCause.BUSY)
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
    assert legs.translate(AGENT_ANSWERS) is None
    assert legs.translate(ari.StasisEnd(OFFER)) is None
    assert legs.translate(end_of(OFFER)) == on.LegEnded(OFFER)


def test_a_repeated_offer_is_still_answered(legs: Legs) -> None:
    legs.expect_offer(OFFER)
    legs.translate(AGENT_ANSWERS)
    legs.expect_offer(OFFER)
    assert legs.translate(ari.StasisEnd(OFFER)) == on.AgentHungUp(OFFER)


def test_an_offer_never_made_leaves_nothing(legs: Legs) -> None:
    legs.expect_offer(OFFER)
    legs.no_offer(OFFER)
    assert forgotten(legs)


def test_a_feature_code_is_dialled_and_its_line_freed(legs: Legs) -> None:
    dialled = on.FeatureCodeDialled(VISIT, AgentId("1001"), "*11")
    assert legs.translate(VISIT_ENTERS) == dialled
    legs.follow(VISIT)
    assert legs.translate(ari.StasisEnd(VISIT)) is None
    assert legs.translate(end_of(VISIT)) == on.LegEnded(VISIT)
    assert forgotten(legs)


def test_an_agent_who_hangs_up_a_feature_code_has_the_line_free(legs: Legs) -> None:
    legs.translate(VISIT_ENTERS)
    assert legs.translate(ari.StasisEnd(VISIT)) == on.LegEnded(VISIT)
    legs.follow(VISIT)
    assert legs.visit_over(VISIT) is None
    assert forgotten(legs)


# -- third parties ---------------------------------------------------------------------------------


def test_a_third_party_answers_presses_a_key_and_hangs_up(legs: Legs) -> None:
    legs.expect_party(LEG)
    assert legs.translate(PARTY_ANSWERS) == on.PartyAnswered(LEG)
    assert LEG in legs.needed()
    assert legs.translate(ari.ChannelDtmfReceived(LEG, "1")) == on.PartyPressed(LEG, "1")
    assert legs.translate(ari.StasisEnd(LEG)) == on.PartyHungUp(LEG)
    assert legs.translate(end_of(LEG)) is None
    assert forgotten(legs)


def test_a_third_party_does_not_answer(legs: Legs) -> None:
    legs.expect_party(LEG)
    assert legs.translate(end_of(LEG, 1, 404)) == on.PartyFailed(LEG, FailureCause.UNREACHABLE)
    assert forgotten(legs)


def test_a_third_party_that_we_end_only_frees_a_line(legs: Legs) -> None:
    legs.expect_party(LEG)
    legs.drop_party(LEG)
    assert legs.translate(PARTY_ANSWERS) is None
    assert LEG not in legs.needed()
    assert legs.translate(end_of(LEG)) == on.LegEnded(LEG)
    assert forgotten(legs)


def test_a_third_party_never_made_leaves_nothing(legs: Legs) -> None:
    legs.expect_party(LEG)
    legs.no_party(LEG)
    assert forgotten(legs)


def test_a_third_party_becomes_the_caller(legs: Legs) -> None:
    legs.expect_party(LEG)
    legs.translate(PARTY_ANSWERS)
    assert legs.adopt(CALL, LEG)
    assert legs.adopt(CALL, LEG)  # a repeat
    legs.expect_party(LEG)  # so is this
    assert legs.caller_of(CALL) == LEG
    assert legs.translate(ari.ChannelDtmfReceived(LEG, "1")) == on.CallerPressed(CALL, "1")
    assert legs.translate(ari.StasisEnd(LEG)) == on.CallerHungUp(CALL)
    assert legs.caller_of(CALL) == CALL
    assert forgotten(legs)


def test_one_who_rings_or_is_gone_does_not_become_the_caller(legs: Legs) -> None:
    legs.expect_party(LEG)
    assert not legs.adopt(CALL, LEG)
    assert not legs.adopt(CALL, LegId("another"))


def test_the_end_of_a_phoned_back_caller_that_we_end_is_no_news(legs: Legs) -> None:
    legs.expect_party(LEG)
    legs.translate(PARTY_ANSWERS)
    legs.adopt(CALL, LEG)
    legs.drop_call(CALL)
    assert legs.translate(ari.StasisEnd(LEG)) is None
    assert forgotten(legs)


# -- transfers -------------------------------------------------------------------------------------


@pytest.fixture
def two_calls(legs: Legs) -> Legs:
    """An agent's leg, and the second call of the agent's phone."""
    legs.expect_offer(OFFER)
    legs.translate(AGENT_ANSWERS)
    legs.translate(ari.StasisStart(VISIT, ("dial", "5001", "1001")))
    return legs


def asked_in(channel: str, number: str = "", joined_with: str | None = None) -> ari.ChannelTransfer:
    return ari.ChannelTransfer(channel, number, joined_with, "")


def test_a_number_is_dialled(legs: Legs) -> None:
    entered = ari.StasisStart(VISIT, ("dial", "5001", "1001"))
    assert legs.translate(entered) == on.NumberDialled(VISIT, AgentId("1001"), "5001")
    assert VISIT in legs.needed()
    assert legs.translate(ari.StasisEnd(VISIT)) == on.LegEnded(VISIT)
    assert forgotten(legs)


def test_a_phone_asks_for_a_transfer_to_a_number(two_calls: Legs) -> None:
    asked = asked_in(OFFER, "5001")
    assert two_calls.translate(asked) == on.TransferRequested(OFFER, "5001")
    assert two_calls.referrer(OFFER) == OFFER


def test_a_phone_has_its_calls_joined_whichever_it_asks_in(two_calls: Legs) -> None:
    for asking, other in ((OFFER, VISIT), (VISIT, OFFER), (OFFER, VISIT)):
        asked = asked_in(asking, joined_with=other)
        assert two_calls.translate(asked) == on.TransferRequested(OFFER, "", VISIT)
        assert two_calls.referrer(OFFER) == asking


def test_a_call_that_asterisk_does_not_have_is_no_consultation_of_ours(two_calls: Legs) -> None:
    asked = two_calls.translate(asked_in(OFFER, "5001", joined_with="call-id"))
    assert asked == on.TransferRequested(OFFER, "5001", VisitId("call-id"))


@pytest.mark.parametrize("joined_with", [None, "x", VISIT])
def test_who_asks_in_no_talk_means_nothing(two_calls: Legs, joined_with: str | None) -> None:
    assert two_calls.translate(asked_in(VISIT, "5001", joined_with)) is None
    assert two_calls.translate(asked_in("x", "5001", joined_with)) is None


def test_what_a_phone_is_told_is_no_news(two_calls: Legs) -> None:
    assert two_calls.translate(ari.ChannelTransfer(OFFER, "5001", None, "channel_declined")) is None


def test_where_a_transfer_was_asked_for_is_forgotten_with_the_offer(two_calls: Legs) -> None:
    two_calls.translate(asked_in(VISIT, joined_with=OFFER))
    two_calls.translate(ari.StasisEnd(OFFER))
    assert two_calls.referrer(OFFER) == OFFER


@pytest.mark.parametrize("args", [(), ("agent", "o"), ("party", "l"), ("feature",), ("other", "x")])
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
    legs.translate(AGENT_ANSWERS)
    legs.expect_playback(WHISPER, on.WhisperFinished(OFFER))
    over = ari.PlaybackFinished(WHISPER, "sound:x", failed=True)
    assert legs.translate(over) == on.WhisperFinished(OFFER)
    assert legs.translate(over) is None


def test_a_whisper_is_forgotten_with_the_agents_leg(legs: Legs) -> None:
    legs.expect_playback(PLAYBACK, on.PlaybackFinished(CALL, PLAYBACK))
    for hangs_up in (True, False):
        legs.expect_offer(OFFER)
        legs.translate(AGENT_ANSWERS)
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
        (17, 486, FailureCause.BUSY),
        (17, 600, FailureCause.BUSY),
        (21, 603, FailureCause.REJECTED),
        (17, 0, FailureCause.BUSY),
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


def test_words_that_broke_off_are_told_as_such(legs: Legs) -> None:
    legs.expect_playback(PLAYBACK, on.PlaybackFinished(CALL, PLAYBACK))
    over = ari.PlaybackFinished(PLAYBACK, "sound:x", failed=True)
    assert legs.translate(over) == on.PlaybackFinished(CALL, PLAYBACK, failed=True)
