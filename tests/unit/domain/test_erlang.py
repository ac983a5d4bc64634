"""The formulas against published figures, against one another, and against counting states."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.erlang import Demand, Target, agents_needed, erlang_b, erlang_c, waits

TEN_ERLANG = Demand(rate=10 / 180, handling=180.0)


def test_published_example() -> None:
    """10 Erlang and 12 agents, as calculators and textbooks have it."""
    found = waits(TEN_ERLANG, 12, within=20)
    assert erlang_c(10, 12) == pytest.approx(0.44939, abs=1e-5)
    assert found.asa == pytest.approx(40.44, abs=0.01)
    assert found.within == pytest.approx(0.6402, abs=1e-4)
    assert found.occupancy == pytest.approx(10 / 12)


@pytest.mark.parametrize(
    ("load", "lines", "blocked"),
    [
        (0.0101, 1, 0.01),
        (1.361, 5, 0.01),
        (4.461, 10, 0.01),
        (12.03, 20, 0.01),
        (37.90, 50, 0.01),
        (84.06, 100, 0.01),
        (2.219, 5, 0.05),
        (6.216, 10, 0.05),
        (15.25, 20, 0.05),
        (95.24, 100, 0.05),
    ],
)
def test_erlang_b_as_tabulated(load: float, lines: int, blocked: float) -> None:
    """ITU-D SG 2, Teletraffic Engineering Handbook, table of the Erlang loss formula: the load
    that so many lines carry at a loss of 1 and 5 %."""
    assert erlang_b(load, lines) == pytest.approx(blocked, rel=2e-3)


@pytest.mark.parametrize(
    ("load", "agents", "waiting", "within", "asa"),
    [
        (10, 11, 0.6821, 0.3896, 122.78),
        (10, 13, 0.2853, 0.7956, 17.12),
        (10, 14, 0.1741, 0.8884, 7.84),
    ],
)
def test_erlang_c_as_published(
    load: float, agents: int, waiting: float, within: float, asa: float
) -> None:
    """100 calls of 180 s in half an hour, answered within 20 s: the worked example of the package
    ErlangC on CRAN (2024), and of pyworkforce."""
    found = waits(Demand(rate=load / 180, handling=180.0), agents, within=20)
    assert found.waiting == pytest.approx(waiting, abs=1e-4)
    assert found.within == pytest.approx(within, abs=1e-4)
    assert found.asa == pytest.approx(asa, abs=1e-2)


def test_erlang_a_as_published() -> None:
    """N. Gans, G. Koole, A. Mandelbaum, "Telephone call centers: tutorial, review, and research
    prospects" (2003), 4.2.2: 48 calls a minute of one minute, 50 agents, patience of two minutes:
    3.1 % give up after waits of 3.7 s, agents are busy for 93 %; 20.8 s and 96 % without."""
    found = waits(Demand(rate=0.8, handling=60.0, patience=120.0), 50, within=20)
    assert found.abandoned == pytest.approx(0.031, abs=5e-4)
    assert found.abandoned * 120 == pytest.approx(3.7, abs=0.05)  # of all callers: Little's law
    assert found.occupancy == pytest.approx(0.93, abs=5e-3)
    patient = waits(Demand(rate=0.8, handling=60.0), 50, within=20)
    assert (round(patient.asa, 1), round(patient.occupancy, 2)) == (20.8, 0.96)


def test_far_too_few_agents() -> None:
    """One agent, and callers who wait for hours: answered is who is served, so many as ever go."""
    found = waits(Demand(rate=1.68, handling=4.034, patience=28438.0), 1, within=20)
    assert found.occupancy == pytest.approx(1, abs=1e-7)
    assert found.abandoned == pytest.approx(1 - 1 / (1.68 * 4.034), abs=1e-7)


def test_far_more_agents_than_callers() -> None:
    found = waits(Demand(rate=0.0001, handling=190.0, patience=180.0), 500, within=20)
    assert found.within == pytest.approx(1)
    assert found.asa == 0


def test_too_few_agents_never_catch_up() -> None:
    found = waits(TEN_ERLANG, 10, within=20)
    assert erlang_c(10, 10) == 1
    assert (found.asa, found.within, found.waiting) == (math.inf, 0, 1)


def test_nobody_calls() -> None:
    nobody = Demand(rate=0, handling=180.0, patience=60.0)
    assert waits(nobody, 0, within=20).within == 1
    assert agents_needed(nobody, Target(asa=13)) == 0


def test_nobody_answers() -> None:
    found = waits(Demand(rate=0.01, handling=180.0, patience=60.0), 0, within=20)
    assert (found.abandoned, found.asa) == (1, math.inf)


rates = st.floats(0.001, 0.5)
handlings = st.floats(30, 600)
patiences = st.floats(10, 1000)
crews = st.integers(1, 60)


@given(rates, handlings, patiences, crews)
def test_shares_agree_with_counting_states(
    rate: float, handling: float, patience: float, agents: int
) -> None:
    """The queue as a chain of states: so many callers in it, with their ways up and down."""
    demand = Demand(rate, handling, patience)
    logs = [0.0]
    while len(logs) < agents + 2 or logs[-1] > max(logs) - 40:
        here = len(logs)
        leave = min(here, agents) / handling + max(here - agents, 0) / patience
        logs.append(logs[-1] + math.log(rate / leave))
    weights = [math.exp(each - max(logs)) for each in logs]
    total = sum(weights)
    queue = sum(max(here - agents, 0) * weight for here, weight in enumerate(weights)) / total
    found = waits(demand, agents, within=20)
    assert found.abandoned == pytest.approx(queue / patience / rate, rel=1e-3, abs=1e-6)
    assert found.waiting == pytest.approx(sum(weights[agents:]) / total, rel=1e-3, abs=1e-6)


@given(rates, handlings, crews)
def test_endless_patience_is_erlang_c(rate: float, handling: float, spare: int) -> None:
    agents = math.ceil(rate * handling) + spare
    patient = waits(Demand(rate, handling), agents, within=20)
    nearly = waits(Demand(rate, handling, patience=1e9), agents, within=20)
    assert nearly.asa == pytest.approx(patient.asa, rel=1e-2, abs=1e-2)
    assert nearly.within == pytest.approx(patient.within, abs=1e-3)
    assert nearly.abandoned == pytest.approx(0, abs=1e-6)


@given(rates, handlings, st.none() | patiences, crews)
def test_one_agent_more_never_makes_anybody_wait_longer(
    rate: float, handling: float, patience: float | None, agents: int
) -> None:
    demand = Demand(rate, handling, patience)
    fewer, more = waits(demand, agents, within=20), waits(demand, agents + 1, within=20)
    assert more.within >= fewer.within - 1e-9
    assert more.asa <= fewer.asa + 1e-6


@given(rates, handlings, st.none() | patiences)
def test_needed_is_the_fewest(rate: float, handling: float, patience: float | None) -> None:
    demand = Demand(rate, handling, patience)
    agents = agents_needed(demand, Target(asa=13, share=0.8))
    enough = waits(demand, agents, within=20)
    assert enough.asa <= 13
    assert enough.within >= 0.8
    if agents > 1:
        short = waits(demand, agents - 1, within=20)
        assert short.asa > 13 or short.within < 0.8


def test_goals_beside_the_wait() -> None:
    demand = Demand(rate=20 / 180, handling=180.0, patience=60.0)
    found = [waits(demand, agents, within=20) for agents in range(60)]
    for target in (Target(abandoned=0.02), Target(occupancy=0.7), Target(asa=1, occupancy=0.5)):
        agents = agents_needed(demand, target)
        assert target.reached(found[agents])
        assert not target.reached(found[agents - 1])


def test_one_agent_is_enough() -> None:
    assert agents_needed(Demand(rate=1e-6, handling=60.0, patience=60.0), Target(asa=13)) == 1
    # Who does not wait long and gives up soon leaves a short average, however few answer.
    hasty = Demand(rate=1.0, handling=180.0, patience=1.0)
    assert agents_needed(hasty, Target(asa=13)) == 1
    assert agents_needed(hasty, Target(asa=13, abandoned=0.05)) > 150
