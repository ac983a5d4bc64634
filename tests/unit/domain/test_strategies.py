"""Which of several suitable ready agents is offered a call, as the admin chose."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.county import County
from ivr.domain.ids import AgentId, DepartmentId
from ivr.domain.rules import QueueRules, Strategy
from tests.examples import (
    ALL_ROUND,
    DIDS,
    JUGEND,
    ONLY_JUGEND,
    ONLY_UMWELT,
    UMWELT,
    VERKEHR,
    county,
)
from tests.unit.domain.driver import Driver

EVERYBODY = (ALL_ROUND, ONLY_UMWELT, ONLY_JUGEND)


def by(strategy: Strategy, ring_at_once: int = 3, pause_after_missed: int = 1) -> Driver:
    """Return a county where all agents are ready, one a second after the other."""
    rules = QueueRules(
        strategy=strategy,
        ring_at_once=ring_at_once,
        pause_after_missed=pause_after_missed,
        wrap_up=timedelta(0),
    )
    return all_ready(county(rules))


def all_ready(where: County) -> Driver:
    d = Driver(where)
    for agent in EVERYBODY:
        d.agent_ready(agent)
        d.wait(1)
    return d


def short_call(d: Driver, call: str, dialled: str | None = None) -> AgentId:
    """A caller is served in no time; returns by whom."""
    if dialled is None:
        d.caller_waits(call)
    else:
        d.caller_waits(call, dialled)
    [(_, agent)] = d.offered
    d.talks(call)
    d.wait(1)
    d.hangs_up(call)
    d.wait(1)
    return AgentId(agent)


def with_levels(where: County, levels: dict[AgentId, dict[DepartmentId, int]]) -> County:
    agents = {
        agent: replace(profile, skills=levels[agent]) for agent, profile in where.agents.items()
    }
    return replace(where, agents=agents)


# -- round robin ---------------------------------------------------------------------------------


def test_round_robin_takes_one_after_the_other() -> None:
    d = by(Strategy.ROUND_ROBIN)
    served = [short_call(d, f"c{number}") for number in range(4)]
    assert served == [ALL_ROUND, ONLY_UMWELT, ONLY_JUGEND, ALL_ROUND]


def test_round_robin_goes_by_the_last_offer_not_by_idle_time() -> None:
    d = by(Strategy.ROUND_ROBIN)
    short_call(d, "first")
    d.chooses(ONLY_UMWELT, Presence.PAUSED)
    d.wait(1)
    d.chooses(ONLY_UMWELT, Presence.READY)  # idle for the shortest time, but not offered one yet
    d.chooses(ONLY_JUGEND, Presence.PAUSED)
    assert short_call(d, "second") == ONLY_UMWELT


def test_round_robin_counts_an_offer_that_nobody_answered() -> None:
    d = by(Strategy.ROUND_ROBIN)
    d.caller_waits("anna")
    d.hangs_up("anna")
    assert short_call(d, "bert") == ONLY_UMWELT


# -- fewest calls --------------------------------------------------------------------------------


def test_fewest_calls_takes_who_answered_the_fewest_since_logging_in() -> None:
    d = by(Strategy.FEWEST_CALLS)
    assert short_call(d, "first", DIDS[UMWELT]) == ALL_ROUND
    assert short_call(d, "second", DIDS[UMWELT]) == ONLY_UMWELT
    assert short_call(d, "third", DIDS[UMWELT]) == ALL_ROUND
    assert short_call(d, "fourth") == ONLY_JUGEND


def test_fewest_calls_takes_the_longest_idle_of_equals() -> None:
    d = by(Strategy.FEWEST_CALLS)
    d.chooses(ALL_ROUND, Presence.PAUSED)
    d.chooses(ALL_ROUND, Presence.READY)
    assert short_call(d, "anna") == ONLY_UMWELT


def test_fewest_calls_counts_from_zero_after_logging_in_again() -> None:
    d = by(Strategy.FEWEST_CALLS)
    short_call(d, "first")
    short_call(d, "second")
    short_call(d, "third")
    d.chooses(ONLY_JUGEND, Presence.LOGGED_OUT)
    d.chooses(ONLY_JUGEND, Presence.READY)
    assert short_call(d, "fourth") == ONLY_JUGEND


def test_fewest_calls_does_not_forget_calls_in_a_pause() -> None:
    d = by(Strategy.FEWEST_CALLS)
    short_call(d, "first")
    d.chooses(ALL_ROUND, Presence.PAUSED)
    d.chooses(ALL_ROUND, Presence.READY)
    assert d.agent(ALL_ROUND).calls == 1


def test_fewest_calls_counts_talks_not_offers() -> None:
    d = by(Strategy.FEWEST_CALLS)
    d.caller_waits("anna")
    d.hangs_up("anna")
    assert d.agent(ALL_ROUND).calls == 0


# -- by level ------------------------------------------------------------------------------------


def test_by_level_takes_the_best_for_this_caller() -> None:
    levels = {
        ALL_ROUND: {UMWELT: 2, JUGEND: 2, VERKEHR: 1},
        ONLY_UMWELT: {UMWELT: 1},
        ONLY_JUGEND: {JUGEND: 1},
    }
    d = all_ready(with_levels(county(QueueRules(strategy=Strategy.BY_LEVEL)), levels))
    d.caller_waits("jugend", DIDS[JUGEND])
    assert d.offered == [("jugend", ONLY_JUGEND)]
    d.caller_waits("umwelt", DIDS[UMWELT])
    assert d.offered == [("umwelt", ONLY_UMWELT)]
    d.caller_waits("second", DIDS[JUGEND])
    assert d.offered == [("second", ALL_ROUND)]


def test_by_level_the_language_counts_as_much_as_the_department() -> None:
    plain = county(QueueRules(strategy=Strategy.BY_LEVEL))
    halting = replace(plain.agents[ALL_ROUND], languages={"de": 2})
    d = all_ready(replace(plain, agents={**plain.agents, ALL_ROUND: halting}))
    d.caller_waits("anna", DIDS[UMWELT])
    assert d.offered == [("anna", ONLY_UMWELT)]


def test_by_level_takes_the_longest_idle_of_equals() -> None:
    d = by(Strategy.BY_LEVEL)
    assert short_call(d, "anna") == ALL_ROUND
    assert short_call(d, "bert") == ONLY_UMWELT


# -- missed offers -------------------------------------------------------------------------------


def test_whoever_missed_an_offer_comes_after_those_who_did_not() -> None:
    d = by(Strategy.FEWEST_CALLS, pause_after_missed=2)
    d.caller_waits("anna")
    d.wait(20)
    assert d.state(ALL_ROUND) == "ready"
    assert d.offered == [("anna", ONLY_UMWELT)]


# -- ring several at once ------------------------------------------------------------------------


def test_several_agents_ring_for_one_caller() -> None:
    d = by(Strategy.RING_SEVERAL, ring_at_once=2)
    d.caller_waits("anna")
    assert d.offered == [("anna", ALL_ROUND), ("anna", ONLY_UMWELT)]


def test_the_first_to_answer_wins_and_the_others_missed_nothing() -> None:
    d = by(Strategy.RING_SEVERAL)
    d.caller_waits("anna")
    first, second, third = d.did(do.OfferCall)
    d.feed(on.OfferAnswered(second.offer))
    withdrawn = {(w.offer, w.why) for w in d.did(do.WithdrawOffer)}
    elsewhere = do.Withdrawal.ELSEWHERE
    assert withdrawn == {(first.offer, elsewhere), (third.offer, elsewhere)}
    assert d.did(do.ConnectCall) == [do.ConnectCall(second.call, second.offer)]
    assert d.state(ALL_ROUND) == d.state(ONLY_JUGEND) == "ready"


def test_an_answer_that_comes_second_changes_nothing() -> None:
    d = by(Strategy.RING_SEVERAL)
    d.caller_waits("anna")
    first, second, _ = d.did(do.OfferCall)
    d.feed(on.OfferAnswered(first.offer))
    d.feed(on.OfferAnswered(second.offer))
    assert d.step == []
    assert d.state(ONLY_UMWELT) == "ready"


def test_every_caller_gets_one_agent_before_anybody_gets_a_second() -> None:
    d = by(Strategy.RING_SEVERAL)
    for agent in EVERYBODY:
        d.chooses(agent, Presence.PAUSED)
    d.caller_waits("anna")
    d.wait(1)
    d.caller_waits("bert")
    d.feed(*(on.PhoneUnreachable(agent) for agent in EVERYBODY))
    for agent in EVERYBODY:
        d.chooses(agent, Presence.READY)
        d.wait(1)
    # In one step, as after an outage of the switch.
    d.feed(on.PhoneReachable(ALL_ROUND), on.PhoneReachable(ONLY_UMWELT))
    assert d.offered == [("anna", ALL_ROUND), ("bert", ONLY_UMWELT)]
    d.feed(on.PhoneReachable(ONLY_JUGEND))
    assert d.offered == [("anna", ONLY_JUGEND)]


def test_a_spare_agent_goes_to_the_first_caller_the_agent_suits() -> None:
    d = by(Strategy.RING_SEVERAL)
    d.chooses(ONLY_JUGEND, Presence.PAUSED)
    d.chooses(ONLY_UMWELT, Presence.PAUSED)
    d.caller_waits("verkehr", DIDS[VERKEHR])
    d.caller_waits("umwelt", DIDS[UMWELT])
    d.chooses(ONLY_UMWELT, Presence.READY)
    assert d.offered == [("umwelt", ONLY_UMWELT)]


def test_a_later_caller_does_not_take_an_agent_from_an_earlier_one() -> None:
    d = by(Strategy.RING_SEVERAL)
    d.caller_waits("anna")
    d.caller_waits("bert")
    assert d.offered == []
    d.answers("anna")
    assert [call for call, _ in d.offered] == ["bert", "bert"]


def test_a_caller_whose_spare_agent_failed_gets_another() -> None:
    d = by(Strategy.RING_SEVERAL, ring_at_once=2)
    d.caller_waits("anna")
    d.feed(on.OfferFailed(d.offer_of("anna"), on.FailureCause.REJECTED))
    assert d.offered == [("anna", ONLY_JUGEND)]


def test_all_phones_fall_silent_when_the_caller_hangs_up() -> None:
    d = by(Strategy.RING_SEVERAL)
    d.caller_waits("anna")
    d.hangs_up("anna")
    assert [w.why for w in d.did(do.WithdrawOffer)] == [do.Withdrawal.CALLER_GONE] * 3
    assert [d.state(agent) for agent in EVERYBODY] == ["ready"] * 3


def test_each_phone_that_nobody_picks_up_is_a_missed_offer() -> None:
    d = by(Strategy.RING_SEVERAL)
    d.caller_waits("anna")
    d.wait(20)
    assert [d.state(agent) for agent in EVERYBODY] == ["paused missed"] * 3
    d.hangs_up("anna")
    assert d.outcomes() == {"anna": "abandoned"}
