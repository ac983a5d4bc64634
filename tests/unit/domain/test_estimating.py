"""How long a waiting caller will probably still wait: from the engine's state, never the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.county import AgentProfile, County
from ivr.domain.estimating import FEW, LONGEST, RECENT, HandlingTimes
from ivr.domain.ids import AgentId, DepartmentId
from ivr.domain.rules import QueueRules
from tests.examples import DIDS, GERMAN, JUGEND, UMWELT, always_open, county
from tests.unit.domain.driver import Driver

TALK = 90
WRAP_UP = 10
HANDLED = TALK + WRAP_UP


def staffed(**agents: tuple[DepartmentId, ...]) -> County:
    """A county with these agents, by name, and what they answer for."""
    profiles = {
        AgentId(name): AgentProfile(AgentId(name), name, dict.fromkeys(skills, 1), GERMAN)
        for name, skills in agents.items()
    }
    rules = QueueRules(wrap_up=timedelta(seconds=WRAP_UP))
    return replace(county(rules, always_open()), agents=profiles)


def experienced(at: County) -> Driver:
    """Everybody is on the telephone, and the last talks took 100 seconds with their wrap-up."""
    d = Driver(at)
    for agent in at.agents:
        d.agent_ready(agent)
    [first, *_] = at.agents.values()
    did = DIDS[next(iter(first.skills))]
    for number in range(FEW):
        d.caller_waits(f"earlier-{number}", did)
        d.talks(f"earlier-{number}")
        d.wait(TALK)
        d.hangs_up(f"earlier-{number}")
        d.wait(WRAP_UP)
    for agent, profile in at.agents.items():
        call = f"with-{agent}"
        d.caller_waits(call, DIDS[next(iter(profile.skills))])
        d.talks(call)
    return d


def estimates(d: Driver) -> dict[str, float | None]:
    """The estimates of the waiting callers, in seconds."""
    return {
        call.id: call.estimate.total_seconds() if call.estimate is not None else None
        for call in d.engine.snapshot().calls
        if call.phase.value == "waiting"
    }


ONE = staffed(a=(UMWELT,))
TWO = staffed(a=(UMWELT,), b=(UMWELT,))


# -- handling times ------------------------------------------------------------------------------


def test_too_few_talks_say_nothing() -> None:
    times = HandlingTimes()
    for _ in range(FEW - 1):
        times.add(timedelta(seconds=100))
    assert times.mean() is None
    times.add(timedelta(seconds=200))
    assert times.mean() == timedelta(seconds=120)


def test_only_recent_talks_count() -> None:
    times = HandlingTimes()
    times.add(timedelta(minutes=20))
    for _ in range(RECENT):
        times.add(timedelta(seconds=100))
    assert times.mean() == timedelta(seconds=100)


def test_a_forgotten_line_counts_as_a_long_talk_at_most() -> None:
    times = HandlingTimes()
    for _ in range(FEW):
        times.add(timedelta(hours=7))
    assert times.mean() == LONGEST


# -- everybody serves everybody ------------------------------------------------------------------


def test_nobody_can_say_before_there_were_talks(d: Driver) -> None:
    d.caller_waits("anna")
    assert estimates(d) == {"anna": None}


def test_nobody_can_say_while_no_agent_could_serve_the_caller() -> None:
    d = experienced(staffed(a=(UMWELT,)))
    d.caller_waits("anna", DIDS[JUGEND])
    assert estimates(d) == {"anna": None}


def test_the_first_waits_until_any_agent_is_done() -> None:
    d = experienced(TWO)
    d.caller_waits("anna", DIDS[UMWELT])
    assert estimates(d) == {"anna": HANDLED / 2}


def test_each_caller_ahead_costs_one_more_turn() -> None:
    d = experienced(TWO)
    for call in ("anna", "bert", "carl"):
        d.caller_waits(call, DIDS[UMWELT])
    assert estimates(d) == {"anna": 50, "bert": 100, "carl": 150}


def test_time_alone_changes_nothing() -> None:
    d = experienced(TWO)
    d.caller_waits("anna", DIDS[UMWELT])
    d.caller_waits("bert", DIDS[UMWELT])
    before = estimates(d)
    for _ in range(30):
        d.wait(17)
        assert estimates(d) == before


def test_it_falls_when_a_caller_ahead_is_served_or_leaves() -> None:
    d = experienced(TWO)
    for call in ("anna", "bert", "carl"):
        d.caller_waits(call, DIDS[UMWELT])
    d.hangs_up("anna")
    assert estimates(d) == {"bert": 50, "carl": 100}


def test_it_grows_when_an_agent_leaves() -> None:
    d = experienced(TWO)
    d.caller_waits("anna", DIDS[UMWELT])
    d.chooses(AgentId("b"), Presence.LOGGED_OUT)
    assert estimates(d) == {"anna": 100}


@pytest.mark.parametrize(
    "leaves",
    [
        on.PresenceChosen(AgentId("b"), Presence.PAUSED),
        on.PhoneUnreachable(AgentId("b")),
    ],
)
def test_an_agent_who_can_t_be_reached_or_pauses_serves_nobody(leaves: on.Event) -> None:
    d = experienced(TWO)
    d.caller_waits("anna", DIDS[UMWELT])
    d.feed(leaves)
    assert estimates(d) == {"anna": 100}


def test_a_caller_whose_agent_rings_waits_no_longer_and_keeps_nobody_waiting() -> None:
    d = experienced(ONE)
    d.caller_waits("anna", DIDS[UMWELT])
    d.caller_waits("bert", DIDS[UMWELT])
    d.wait(TALK)
    d.hangs_up("with-a")
    d.wait(WRAP_UP)
    assert d.offered == [("anna", "a")]
    assert estimates(d) == {"anna": 0, "bert": 100}


def test_an_agent_s_wrap_up_is_part_of_the_time() -> None:
    d = experienced(ONE)
    d.caller_waits("anna", DIDS[UMWELT])
    d.wait(TALK)
    d.hangs_up("with-a")
    assert d.state(AgentId("a")) == "wrap_up"
    assert estimates(d) == {"anna": 100}


# -- not everybody serves everybody --------------------------------------------------------------


def test_callers_ahead_whom_others_serve_cost_nothing() -> None:
    d = experienced(staffed(a=(UMWELT,), b=(JUGEND,)))
    for number in range(9):
        d.caller_waits(f"jugend-{number}", DIDS[JUGEND])
    d.caller_waits("anna", DIDS[UMWELT])
    assert estimates(d)["anna"] == 100


def test_callers_ahead_whom_others_serve_as_well_cost_their_share() -> None:
    d = experienced(staffed(a=(UMWELT, JUGEND), b=(JUGEND,)))
    for number in range(4):
        d.caller_waits(f"jugend-{number}", DIDS[JUGEND])
    d.caller_waits("anna", DIDS[UMWELT])
    assert estimates(d)["anna"] == 100 + 4 * 50


def test_one_more_agent_makes_nobody_wait_longer() -> None:
    """Even where that agent brings many other callers along, whose share the caller need not bear.

    Averaged over all who can serve Anna it would be (1 + 10 / 2) / 2 = 3 handling times.
    """
    d = experienced(staffed(a=(UMWELT,), b=(JUGEND,), c=(UMWELT, JUGEND)))
    for number in range(10):
        d.caller_waits(f"jugend-{number}", DIDS[JUGEND])
    d.caller_waits("anna", DIDS[UMWELT])
    assert estimates(d)["anna"] == 100
