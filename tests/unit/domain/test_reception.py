"""A caller arrives, is greeted or told when we open, and leaves with one outcome."""

from datetime import time

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.ids import CallId, PlaybackId
from ivr.domain.live import Phase
from ivr.domain.opening import OpeningHours, Span
from tests.examples import ALL_ROUND, BERLIN, COMMON_NUMBER, DIDS, UMWELT, county
from tests.unit.domain.driver import MONDAY_NOON, SUNDAY_NOON, Driver


@pytest.fixture
def closed() -> Driver:
    return Driver(at=SUNDAY_NOON)


# -- open ----------------------------------------------------------------------------------------


def test_a_caller_is_answered_and_greeted(d: Driver) -> None:
    d.caller_arrives("anna")
    assert d.did(do.AnswerCall) == [do.AnswerCall(CallId("anna"))]
    assert d.said == ["greeting"]
    assert d.call("anna").phase is Phase.GREETING


def test_nobody_is_offered_before_the_greeting_ends(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_arrives("anna")
    assert d.offered == []


def test_after_the_greeting_the_caller_waits_and_is_told_so(d: Driver) -> None:
    d.caller_is_greeted("anna")
    assert d.said == ["please-wait"]
    assert d.call("anna").phase is Phase.WAITING
    assert d.call("anna").queued_at == MONDAY_NOON
    d.prompt_ends("anna")
    assert d.step == [do.StartMusic(CallId("anna"))]


def test_who_is_asked_to_wait_is_offered_to_an_agent_meanwhile(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_is_greeted("anna")
    assert d.offered == [("anna", ALL_ROUND)]
    d.answers("anna")
    assert [command.playback for command in d.did(do.StopPlaying)] == ["anna-r1-p2"]


def test_a_greeting_whose_end_got_lost_ends_after_a_minute(d: Driver) -> None:
    d.caller_arrives("anna")
    d.wait(60)
    assert d.call("anna").phase is Phase.WAITING


def test_a_greeting_longer_than_a_minute_does_not_go_on_under_the_next_prompt(d: Driver) -> None:
    d.caller_arrives("anna")
    d.wait(60)
    assert [type(command) for command in d.step] == [do.StopPlaying, do.Play]


def test_the_dialled_number_tells_the_department(d: Driver) -> None:
    d.caller_arrives("anna", "04461/919-4500")
    assert d.call("anna").department == UMWELT


def test_the_number_a_call_was_diverted_from_tells_the_department(d: Driver) -> None:
    d.caller_arrives("anna", COMMON_NUMBER, diverted_from=("044619194500",))
    assert d.call("anna").department == UMWELT
    d.hangs_up("anna")
    assert d.records[0].dialled == DIDS[UMWELT]


def test_a_number_that_is_not_ours_is_turned_away_unanswered(d: Driver) -> None:
    d.caller_arrives("anna", "030 23125001")
    assert d.did(do.AnswerCall) == []
    assert d.did(do.HangUpCall) == [do.HangUpCall(CallId("anna"))]
    assert d.outcomes() == {"anna": "failed"}
    assert d.records[0].dialled == "030 23125001"


def test_a_caller_id_that_is_no_number_is_withheld(d: Driver) -> None:
    d.caller_arrives("anna", caller="anonymous")
    assert d.call("anna").caller_number is None


# -- closed --------------------------------------------------------------------------------------


def test_a_closed_service_says_when_it_opens_and_offers_a_callback(closed: Driver) -> None:
    closed.caller_arrives("anna")
    assert closed.did(do.AnswerCall)
    assert closed.said == ["closed open-again tomorrow from 07:00 closed-callback-offer"]


def test_a_service_that_never_opens_again_does_not_say_when() -> None:
    d = Driver(county(hours=OpeningHours(BERLIN, {})))
    d.caller_arrives("anna")
    assert d.said == ["closed closed-callback-offer"]


def test_a_closed_service_says_goodbye_after_a_time_to_think(closed: Driver) -> None:
    closed.caller_arrives("anna")
    closed.prompt_ends("anna")
    assert closed.said == []
    closed.wait(6)
    assert closed.said == ["goodbye"]
    closed.prompt_ends("anna")
    assert closed.did(do.HangUpCall)
    assert closed.outcomes() == {"anna": "closed"}
    assert closed.records[0].queued_at is None


def test_a_caller_out_of_hours_is_never_offered(closed: Driver) -> None:
    closed.agent_ready(ALL_ROUND)
    closed.caller_arrives("anna")
    closed.prompt_ends("anna")
    assert closed.offered == []


def test_a_caller_still_waiting_at_closing_time_is_served() -> None:
    d = Driver(at=MONDAY_NOON.replace(hour=17, minute=59))
    d.caller_waits("anna")
    d.wait(120)
    assert not d.engine.snapshot().calls[0].answered_at
    d.agent_ready(ALL_ROUND)
    assert d.offered == [("anna", ALL_ROUND)]


def test_a_service_in_its_lunch_break_says_when_it_goes_on() -> None:
    spans = (Span(time(7), time(12)), Span(time(13, 30), time(18)))
    d = Driver(county(hours=OpeningHours(BERLIN, dict.fromkeys(range(5), spans))))
    d.caller_arrives("anna")
    assert d.said == ["closed-break open-again today from 13:30 closed-callback-offer"]


# -- leaving -------------------------------------------------------------------------------------


def test_a_caller_who_leaves_during_the_greeting_is_abandoned_but_never_waited(d: Driver) -> None:
    d.caller_arrives("anna")
    d.hangs_up("anna")
    assert d.outcomes() == {"anna": "abandoned"}
    assert d.records[0].queued_at is None


def test_a_caller_who_leaves_the_queue_is_abandoned(d: Driver) -> None:
    d.caller_waits("anna")
    d.wait(30)
    d.hangs_up("anna")
    [record] = d.records
    assert record.outcome.value == "abandoned"
    assert (record.ended_at - MONDAY_NOON).total_seconds() == 30
    assert record.queued_at == MONDAY_NOON
    assert record.answered_at is None
    d.agent_ready(ALL_ROUND)
    assert d.offered == []


def test_a_caller_who_leaves_while_a_phone_rings_stops_it_and_keeps_the_agent_s_turn(
    d: Driver,
) -> None:
    d.agent_ready(ALL_ROUND)
    since = d.agent(ALL_ROUND).idle_since
    d.wait(5)
    d.caller_waits("anna")
    d.hangs_up("anna")
    [withdrawn] = d.did(do.WithdrawOffer)
    assert withdrawn.why is do.Withdrawal.CALLER_GONE
    assert d.state(ALL_ROUND) == "ready"
    assert d.agent(ALL_ROUND).idle_since == since
    assert d.outcomes() == {"anna": "abandoned"}
    assert d.records[0].offers == 1


def test_a_caller_who_leaves_before_being_connected_is_abandoned(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.answers("anna")
    d.hangs_up("anna")
    assert d.did(do.WithdrawOffer)
    assert d.state(ALL_ROUND) == "ready"
    assert d.outcomes() == {"anna": "abandoned"}
    assert d.records[0].answered_at is None


def test_a_caller_who_leaves_the_talk_completes_the_call(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.wait(3)
    d.talks("anna")
    d.wait(100)
    d.hangs_up("anna")
    assert d.did(do.ReleaseAgent)
    assert d.state(ALL_ROUND) == "wrap_up"
    [record] = d.records
    assert record.outcome.value == "completed"
    assert record.agent == ALL_ROUND
    assert record.answered_at is not None
    assert record.queued_at is not None
    assert (record.answered_at - record.queued_at).total_seconds() == 3
    assert (record.ended_at - record.answered_at).total_seconds() == 100


def test_a_caller_who_leaves_during_the_last_words_does_not_change_the_outcome(
    closed: Driver,
) -> None:
    closed.caller_arrives("anna")
    closed.prompt_ends("anna")
    closed.wait(6)
    closed.hangs_up("anna")
    assert closed.outcomes() == {"anna": "closed"}


def test_a_caller_who_leaves_the_closed_announcement_was_closed_to(closed: Driver) -> None:
    closed.caller_arrives("anna")
    closed.hangs_up("anna")
    assert closed.outcomes() == {"anna": "closed"}


def test_a_caller_who_leaves_while_thinking_is_gone(closed: Driver) -> None:
    closed.caller_arrives("anna")
    closed.prompt_ends("anna")
    closed.hangs_up("anna")
    closed.wait(6)
    assert closed.step == []
    assert closed.outcomes() == {"anna": "closed"}


# -- late, repeated, unknown ---------------------------------------------------------------------


def test_a_repeated_arrival_changes_nothing(d: Driver) -> None:
    d.caller_arrives("anna")
    d.caller_arrives("anna")
    assert d.step == []


def test_facts_about_unknown_callers_change_nothing(d: Driver) -> None:
    d.presses("nobody", "1")
    d.hangs_up("nobody")
    assert d.ever == []
    assert d.engine.next_deadline() is None


def test_a_second_hang_up_changes_nothing(d: Driver) -> None:
    d.caller_waits("anna")
    d.hangs_up("anna")
    d.hangs_up("anna")
    assert d.step == []
    assert len(d.records) == 1


def test_the_end_of_another_prompt_changes_nothing(d: Driver) -> None:
    d.caller_arrives("anna")
    d.feed(on.PlaybackFinished(CallId("anna"), PlaybackId("another")))
    assert d.call("anna").phase is Phase.GREETING


def test_the_end_of_a_prompt_told_twice_counts_once(d: Driver) -> None:
    d.caller_waits("anna")
    d.prompt_ends("anna")
    assert d.step == []


def test_ids_contain_the_run_and_never_repeat(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.offer_fails("anna", on.FailureCause.FAULT)
    d.wait(2)
    offers = [command.offer for command in d.ever if isinstance(command, do.OfferCall)]
    assert offers == ["anna-r1-o1", "anna-r1-o2"]
    d.presses("anna", "1")
    assert d.requested[0].id == "cb-anna-r1-1"
    d.fails_to_store("anna")
    d.presses("anna", "1")
    assert d.requested[0].id == "cb-anna-r1-2"
    plays = [command.playback for command in d.ever if isinstance(command, do.Play)]
    assert plays == ["anna-r1-p1", "anna-r1-p2", "anna-r1-p3"]
