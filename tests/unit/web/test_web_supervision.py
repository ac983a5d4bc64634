from __future__ import annotations

import httpx

from tests.examples import ALL_ROUND
from tests.service_lab import ServiceLab

CALLS = "/api/v1/calls"


async def test_supervision_is_refused_unless_it_is_configured(
    lab: ServiceLab, api: httpx.AsyncClient
) -> None:
    await lab.caller_waits("call-1")
    await lab.agent_answers(ALL_ROUND)
    wish = {"how": "listen", "phone": "1003", "by": "onken"}
    answer = await api.post(f"{CALLS}/call-1/supervise", json=wish)
    assert (answer.status_code, answer.json()["code"]) == (409, "supervision_off")
    assert "supervision = false in queue.toml" in answer.json()["message"]
    answer = await api.post(f"{CALLS}/call-1/supervise", json=wish | {"how": "record"})
    assert answer.status_code == 422


async def test_what_is_done_is_shown_in_the_audit(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    for name in ("call-1", "call-2"):
        await lab.caller_waits(name)
    moved = await api.post(f"{CALLS}/call-2/move-up", json={"by": "onken"})
    assert (moved.status_code, moved.json()["position"]) == (200, 1)
    lab.later(1)
    assert (await api.post(f"{CALLS}/call-1/take-out", json={"by": "onken"})).status_code == 200
    entries = (await api.get("/api/v1/audit", params={"limit": 5})).json()["entries"]
    assert [entry.pop("hash") for entry in entries] != ["", ""]
    assert entries == [
        {
            "position": 2,
            "at": "2026-11-23T09:00:01+01:00",
            "by": "onken",
            "action": "take_out",
            "target": "call-1",
            "details": {},
        },
        {
            "position": 1,
            "at": "2026-11-23T09:00:00+01:00",
            "by": "onken",
            "action": "move_up",
            "target": "call-2",
            "details": {},
        },
    ]


async def test_who_does_it_has_to_be_said(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    await lab.caller_waits("call-1")
    for action in ("move-up", "take-out", "supervise"):
        assert (await api.post(f"{CALLS}/call-1/{action}", json={})).status_code == 422
    assert (await api.get(f"{CALLS}/call-1")).json()["phase"] == "waiting"
