from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx

from ivr.domain.events import CountyChanged, PartyAnswered
from ivr.domain.rules import Limits, QueueRules, Strategy
from tests.examples import ALL_ROUND, CALLER, county
from tests.fakes.callbacks import MONDAY, a_call
from tests.service_lab import ServiceLab


async def test_the_status_shows_who_waits_and_for_how_long(
    lab: ServiceLab, api: httpx.AsyncClient
) -> None:
    await lab.caller_waits("call-1")
    lab.later(10)
    await lab.caller_waits("call-2")
    lab.later(3)
    shown = (await api.get("/api/v1/status")).json()
    assert shown["at"] == "2026-11-23T09:00:13+01:00"
    assert shown["open"] is True
    assert shown["waiting"] == [
        {"call": "call-1", "department": "umwelt", "label": "Umwelt", "waits_seconds": 13},
        {"call": "call-2", "department": "umwelt", "label": "Umwelt", "waits_seconds": 3},
    ]
    assert shown["counts"] == {
        "waiting": 2,
        "longest_wait_seconds": 13,
        "calls": {"waiting": 2},
        "agents": {"logged_out": 3},
    }
    assert len(shown["agents"]) == 3
    assert shown["callers"][1] == {
        "call": "call-2",
        "phase": "waiting",
        "department": "umwelt",
        "label": "Umwelt",
        "language": "de",
        "waits_seconds": 3,
        "position": 2,
        "estimate_seconds": None,
        "agent": None,
        "party": "",
        "supervised": False,
        "callback": None,
    }


async def test_whom_callers_are_put_through_to(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    party = await lab.caller_put_through("call-1")
    for phase in ("consulting", "handed_over"):
        [caller] = (await api.get("/api/v1/status")).json()["callers"]
        [call] = (await api.get("/api/v1/calls")).json()["live"]
        assert (caller["phase"], call["phase"]) == (phase, phase)
        assert caller["party"] == call["party"] == party.to
        assert caller["language"] == call["language"] == "de"
        await lab.inbox.handled(PartyAnswered(party.leg))


async def test_the_status_shows_today_s_figures_with_their_formulas(
    lab: ServiceLab, api: httpx.AsyncClient
) -> None:
    yesterday = replace(a_call("yesterday"), arrived_at=MONDAY - timedelta(hours=10))
    async with lab.store.transaction() as transaction:
        for record in (a_call(), yesterday):
            await transaction.add_call(record)
    today = (await api.get("/api/v1/status")).json()["today"]
    assert today["since"] == "2026-11-23T00:00:00+01:00"
    assert (today["arrived"], today["offered"], today["answered"]) == (1, 1, 1)
    assert (today["abandoned"], today["callbacks"]) == (0, 0)
    assert (today["asa_seconds"], today["longest_wait_seconds"]) == (13.0, 13.0)
    assert today["service_levels"] == [{"seconds": 20, "share": 1.0}, {"seconds": 30, "share": 1.0}]
    assert today["formulas"].keys() == today.keys() - {"since", "formulas"}


async def test_without_the_store_the_status_still_shows_who_waits(
    lab: ServiceLab, api: httpx.AsyncClient
) -> None:
    await lab.caller_waits()
    lab.store.down = True
    shown = (await api.get("/api/v1/status")).json()
    assert (shown["today"], len(shown["waiting"])) == (None, 1)


async def test_the_status_shows_the_rule_of_the_queue(
    lab: ServiceLab, api: httpx.AsyncClient
) -> None:
    rule = (await api.get("/api/v1/status")).json()["rule"]
    assert (rule["strategy"], rule["largest_head_start_seconds"]) == ("longest_idle", 0)
    assert (rule["max_waiting"], rule["way_out"]) == (None, "callback")
    rules = QueueRules(
        strategy=Strategy.BY_LEVEL,
        head_starts={CALLER: timedelta(minutes=2)},
        limits=Limits(max_waiting=20, max_wait=timedelta(minutes=10)),
    )
    await lab.inbox.handled(CountyChanged(county(rules)))
    rule = (await api.get("/api/v1/status")).json()["rule"]
    assert (rule["strategy"], rule["largest_head_start_seconds"]) == ("by_level", 120)
    assert (rule["max_waiting"], rule["max_wait_seconds"]) == (20, 600)


async def test_the_status_tells_nothing_about_an_agent_s_work(api: httpx.AsyncClient) -> None:
    for agent in (await api.get("/api/v1/status")).json()["agents"]:
        assert "calls" not in agent


async def test_the_status_tells_no_caller_number(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    waiting = await lab.caller_waits()
    assert waiting.caller_number is not None
    assert waiting.caller_number[1:] not in (await api.get("/api/v1/status")).text


async def test_live_calls_are_listed_and_found(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    await lab.caller_waits("call-1")
    await lab.agent_answers(ALL_ROUND)
    listed = (await api.get("/api/v1/calls")).json()
    assert listed["finished"] == []
    [call] = listed["live"]
    assert call == (await api.get("/api/v1/calls/call-1")).json()
    assert (call["kind"], call["phase"], call["agent"]) == ("live", "talking", "1001")
    assert call["caller_number"] == "+491713920001"
    assert call["answered_at"] == "2026-11-23T09:00:00+01:00"


async def test_finished_calls_are_listed_and_found(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    await lab.caller_waits("call-1")
    lab.later(13)
    await lab.agent_answers(ALL_ROUND)
    lab.later(60)
    await lab.agent_hangs_up(lab.switch.offers[0].offer)
    listed = (await api.get("/api/v1/calls", params={"limit": 5})).json()
    assert listed["live"] == []
    [call] = listed["finished"]
    assert call == (await api.get("/api/v1/calls/call-1")).json()
    assert (call["kind"], call["outcome"]) == ("finished", "completed")
    assert (call["waited_seconds"], call["talked_seconds"]) == (13.0, 60.0)
    assert (await api.get("/api/v1/calls", params={"limit": 0})).json()["finished"] == []


async def test_an_unknown_call_is_not_found(api: httpx.AsyncClient) -> None:
    answer = await api.get("/api/v1/calls/call-9")
    assert (answer.status_code, answer.json()["code"]) == (404, "call_not_found")


async def test_ready_when_everything_works(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "parts": {
            "switch": {"works": True, "reason": None},
            "store": {"works": True, "reason": None},
        },
    }


async def test_not_ready_names_the_part_and_the_reason(
    lab: ServiceLab, stranger: httpx.AsyncClient
) -> None:
    lab.switch.connected = False
    answer = await stranger.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.json() == {
        "ready": False,
        "parts": {
            "switch": {"works": False, "reason": "Asterisk is not connected."},
            "store": {"works": True, "reason": None},
        },
    }
    assert (await stranger.get("/healthz")).json() == {"alive": True}


async def test_a_store_that_is_away_is_told_as_worth_a_retry(
    lab: ServiceLab, api: httpx.AsyncClient
) -> None:
    lab.store.down = True
    answer = await api.get("/api/v1/calls")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.json() == {
        "code": "database_unreachable",
        "message": "The database is away.",
        "retryable": True,
        "problems": [],
    }
