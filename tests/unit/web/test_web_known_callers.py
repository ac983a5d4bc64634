"""Who calls and has an open callback is shown with it."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
import pytest_asyncio

from ivr.domain.callback import CallbackState
from ivr.domain.events import CallerRecognised
from ivr.domain.ids import CallbackId, CallId, CaseworkerId
from ivr.domain.known import KnownCallback
from tests.examples import JUGEND, UMWELT
from tests.fakes.callbacks import a_callback
from tests.service_lab import ServiceLab

KNOWN = KnownCallback(
    id=CallbackId("cb-1"),
    department=UMWELT,
    caseworker=CaseworkerId("umwelt.1"),
    state=CallbackState.ATTEMPTED,
    due_at=a_callback().due_at,
    attempts=1,
    missed=True,
)
SHOWN = {
    "id": "cb-1",
    "department": "umwelt",
    "caseworker": "umwelt.1",
    "caseworker_name": "Umwelt Eins",
    "state": "attempted",
    "due_at": "2026-11-25T09:00:00+01:00",
    "attempts": 1,
    "missed": True,
}
OF_JUGEND = replace(KNOWN, id=CallbackId("cb-2"), department=JUGEND, caseworker=CaseworkerId("x"))


@pytest_asyncio.fixture
async def calling(lab: ServiceLab) -> ServiceLab:
    await lab.caller_waits("call-1")
    await lab.inbox.handled(CallerRecognised(CallId("call-1"), (OF_JUGEND, KNOWN)))
    return lab


@pytest.mark.usefixtures("calling")
async def test_a_call_shows_all_open_callbacks_its_own_department_s_first(
    api: httpx.AsyncClient,
) -> None:
    shown = (await api.get("/api/v1/calls/call-1")).json()["callbacks"]
    assert shown[0] == SHOWN
    assert (shown[1]["id"], shown[1]["caseworker_name"]) == ("cb-2", "x")


@pytest.mark.usefixtures("calling")
async def test_the_status_shows_the_one_the_call_is_about(api: httpx.AsyncClient) -> None:
    [caller] = (await api.get("/api/v1/status")).json()["callers"]
    assert caller["callback"] == SHOWN
