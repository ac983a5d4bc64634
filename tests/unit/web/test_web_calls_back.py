from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from ivr.domain import events as on
from ivr.domain.events import FailureCause
from ivr.domain.ids import CaseworkerId
from tests.examples import PHONES, UMWELT
from tests.fakes.callbacks import a_callback
from tests.service_lab import ServiceLab

CALLBACK = "/api/v1/callbacks/cb-1"
BEGUN = {
    "id": "out-run-1",
    "callback": "cb-1",
    "department": "umwelt",
    "caseworker": "umwelt.1",
    "asked_at": "2026-11-23T09:00:00+01:00",
    "asked_by": "onken",
    "phase": "caseworker",
    "ended_at": None,
    "result": None,
    "talked_seconds": 0.0,
}


@pytest.fixture
async def promised(lab: ServiceLab) -> ServiceLab:
    await lab.callbacks.request(replace(a_callback(), caseworker=CaseworkerId("umwelt.1")))
    return lab


async def test_a_call_is_begun_and_shown(promised: ServiceLab, api: httpx.AsyncClient) -> None:
    answer = await api.post(f"{CALLBACK}/call", json={"by": "onken"})
    assert (answer.status_code, answer.json()) == (202, BEGUN)
    await promised.until(lambda: bool(promised.switch.dialled))
    assert promised.switch.dialled[0].to == PHONES[UMWELT]
    going_on = {
        "kind": "outgoing",
        "id": "out-run-1",
        "callback": "cb-1",
        "phase": "caseworker",
        "department": "umwelt",
        "label": "Umwelt",
        "caseworker": "umwelt.1",
        "asked_at": "2026-11-23T09:00:00+01:00",
        "talking_since": None,
    }
    calls = (await api.get("/api/v1/calls")).json()
    assert calls == {"live": [], "finished": [], "outgoing": [going_on]}
    status = (await api.get("/api/v1/status")).json()
    assert (status["outgoing"], status["counts"]["calls"]) == ([going_on], {})
    assert (await api.get(f"{CALLBACK}/calls")).json() == {"calls": [BEGUN]}


async def test_what_came_of_it(promised: ServiceLab, api: httpx.AsyncClient) -> None:
    await api.post(f"{CALLBACK}/call", json={"by": "onken"})
    await promised.until(lambda: bool(promised.switch.dialled))
    leg = promised.switch.dialled[0].leg
    await promised.inbox.handled(on.PartyFailed(leg, FailureCause.NO_ANSWER))
    await promised.call_back_results.flush()
    (call,) = (await api.get(f"{CALLBACK}/calls")).json()["calls"]
    assert (call["phase"], call["result"]) == (None, "caseworker_not_reached")
    assert call["ended_at"] == "2026-11-23T09:00:00+01:00"
    assert (await api.get("/api/v1/calls")).json()["outgoing"] == []


async def test_it_may_be_refused(promised: ServiceLab, api: httpx.AsyncClient) -> None:
    assert (await api.post(f"{CALLBACK}/call", json={})).status_code == 422
    missing = await api.post("/api/v1/callbacks/cb-9/call", json={"by": "onken"})
    assert (missing.status_code, missing.json()["code"]) == (404, "callback_not_found")
    assert (await api.get("/api/v1/callbacks/cb-9/calls")).status_code == 404
    promised.switch.connected = False
    refused = await api.post(f"{CALLBACK}/call", json={"by": "onken"})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_way_out")
