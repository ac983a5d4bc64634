from __future__ import annotations

import httpx

from tests.examples import ALL_ROUND
from tests.service_lab import ServiceLab


async def test_all_agents_are_listed(api: httpx.AsyncClient) -> None:
    answer = await api.get("/api/v1/agents")
    assert answer.status_code == 200
    assert [agent["id"] for agent in answer.json()["agents"]] == ["1001", "1002", "1003"]


async def test_an_agent_is_shown(api: httpx.AsyncClient) -> None:
    answer = await api.get("/api/v1/agents/1002")
    assert answer.json() == {
        "id": "1002",
        "name": "Bernd",
        "presence": "logged_out",
        "reason": "",
        "state": "logged_out",
        "reachable": False,
        "call": None,
        "idle_since": None,
        "since": None,
        "until": None,
        "busy": False,
        "last_call": False,
    }


async def test_a_pause_is_chosen_with_its_reason(api: httpx.AsyncClient) -> None:
    answer = await api.put(
        "/api/v1/agents/1001/presence", json={"presence": "paused", "reason": "Mittag"}
    )
    assert answer.status_code == 200
    shown = (await api.get("/api/v1/agents/1001")).json()
    assert shown == answer.json()
    assert (shown["presence"], shown["reason"], shown["state"]) == ("paused", "Mittag", "paused")
    assert shown["idle_since"] == "2026-11-23T09:00:00+01:00"


async def test_presence_and_state_differ_in_a_call(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    await lab.caller_waits("call-7")
    await lab.agent_answers(ALL_ROUND)
    answer = await api.put("/api/v1/agents/1001/presence", json={"presence": "logged_out"})
    shown = answer.json()
    assert (shown["presence"], shown["state"]) == ("logged_out", "on_call")
    assert shown["call"] == "call-7"


async def test_wrap_up_is_ended(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    await lab.caller_waits()
    await lab.agent_answers(ALL_ROUND)
    await lab.agent_hangs_up(lab.switch.offers[0].offer)
    assert (await api.get("/api/v1/agents/1001")).json()["state"] == "wrap_up"
    answer = await api.post("/api/v1/agents/1001/end-wrap-up")
    assert answer.status_code == 200
    assert answer.json()["state"] == "ready"


async def test_wrap_up_is_extended(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    await lab.caller_waits()
    await lab.agent_answers(ALL_ROUND)
    await lab.agent_hangs_up(lab.switch.offers[0].offer)
    before = (await api.get("/api/v1/agents/1001")).json()["until"]
    shown = (await api.post("/api/v1/agents/1001/extend-wrap-up")).json()
    assert shown["state"] == "wrap_up"
    assert shown["until"] > before


async def test_an_agent_is_logged_out_after_the_next_call(
    lab: ServiceLab, api: httpx.AsyncClient
) -> None:
    await lab.caller_waits()
    await lab.agent_answers(ALL_ROUND)
    answer = await api.post("/api/v1/agents/1001/last-call", json={"by": "onken"})
    assert answer.json()["last_call"] is True
    assert [(e.by, e.action, e.target) for e in await lab.audited()] == [
        ("onken", "last_call", "1001")
    ]


async def test_what_came_of_the_latest_call(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    call = await lab.caller_waits()
    await lab.agent_answers(ALL_ROUND)
    await lab.agent_hangs_up(lab.switch.offers[0].offer)
    for result in ("referred", "settled"):
        answer = await api.post("/api/v1/agents/1001/result", json={"result": result})
        assert answer.status_code == 200
    await lab.records.flush()
    shown = (await api.get(f"/api/v1/calls/{call.id}")).json()
    assert shown["result"] == "settled"


async def test_a_result_of_no_call_is_refused(api: httpx.AsyncClient) -> None:
    answer = await api.post("/api/v1/agents/1001/result", json={"result": "settled"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_call")


async def test_a_result_there_is_not(api: httpx.AsyncClient) -> None:
    answer = await api.post("/api/v1/agents/1001/result", json={"result": "fine"})
    assert answer.status_code == 422


async def test_what_somebody_else_chooses_is_in_the_audit_before(
    lab: ServiceLab, api: httpx.AsyncClient
) -> None:
    lab.store.full = True
    wish = {"presence": "paused", "reason": "Mittag", "by": "onken"}
    answer = await api.put("/api/v1/agents/1001/presence", json=wish)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_full")
    assert (await api.get("/api/v1/agents/1001")).json()["presence"] == "logged_out"
    lab.store.full = False
    assert (await api.put("/api/v1/agents/1001/presence", json=wish)).status_code == 200
    assert [(e.by, e.action, e.target, e.details) for e in await lab.audited()] == [
        ("onken", "paused", "1001", {"reason": "Mittag"})
    ]


async def test_what_an_agent_chooses_is_nobody_else_s_business(
    lab: ServiceLab, api: httpx.AsyncClient
) -> None:
    for by in ({}, {"by": "1001"}):
        wish = {"presence": "logged_out", **by}
        assert (await api.put("/api/v1/agents/1001/presence", json=wish)).status_code == 200
    assert await lab.audited() == []


async def test_an_unknown_agent_is_not_found(api: httpx.AsyncClient) -> None:
    for answer in (
        await api.get("/api/v1/agents/9999"),
        await api.put("/api/v1/agents/9999/presence", json={"presence": "ready"}),
        await api.post("/api/v1/agents/9999/end-wrap-up"),
        await api.post("/api/v1/agents/9999/extend-wrap-up"),
        await api.post("/api/v1/agents/9999/last-call", json={}),
        await api.post("/api/v1/agents/9999/result", json={"result": "settled"}),
    ):
        assert answer.status_code == 404
        assert answer.json() == {
            "code": "agent_not_found",
            "message": "There is no agent 9999. There are: 1001, 1002, 1003.",
            "retryable": False,
            "problems": [],
        }


async def test_an_unknown_presence_is_told_with_what_is_allowed(api: httpx.AsyncClient) -> None:
    answer = await api.put("/api/v1/agents/1001/presence", json={"presence": "lunch"})
    assert answer.status_code == 422
    body = answer.json()
    assert body["code"] == "request_invalid"
    [problem] = body["problems"]
    assert problem["field"] == "body.presence"
    assert "'ready', 'paused' or 'logged_out'" in problem["message"]
    assert "lunch" not in answer.text


async def test_a_reason_is_for_a_pause_only(api: httpx.AsyncClient) -> None:
    wish = {"presence": "ready", "reason": "Mittag"}
    answer = await api.put("/api/v1/agents/1001/presence", json=wish)
    assert answer.status_code == 422
    assert (await api.get("/api/v1/agents/1001")).json()["presence"] == "logged_out"
