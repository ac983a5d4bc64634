"""Requests say who asks, and the audit knows it."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest

from ivr.domain.ids import CallbackId
from tests.fakes.callbacks import a_callback
from tests.service_lab import ServiceLab

CALLBACKS = "/api/v1/callbacks"


async def audited(lab: ServiceLab) -> list[tuple[str, str, str]]:
    """What is in the audit, oldest first."""
    return [(entry.by, entry.action, entry.target) for entry in await lab.audited()][::-1]


@pytest.mark.parametrize("name", ["heike.janssen", "Jörg Müller", "50 % Kreis"])
async def test_the_header_says_who(lab: ServiceLab, api: httpx.AsyncClient, name: str) -> None:
    await lab.callbacks.request(a_callback("cb-1"))
    await lab.caller_waits("call-1")
    for path in ("callbacks", "callbacks/cb-1", "calls", "calls/call-1", "audit"):
        answer = await api.get(f"/api/v1/{path}", headers={"Ivr-User": quote(name)})
        assert answer.status_code == 200
    assert await audited(lab) == [
        (name, "callbacks_listed", "callbacks"),
        (name, "callback_seen", "cb-1"),
        (name, "calls_listed", "calls"),
        (name, "call_seen", "call-1"),
        (name, "audit_listed", "audit"),
    ]


@pytest.mark.parametrize("headers", [{}, {"Ivr-User": ""}, {"Ivr-User": "%20"}])
async def test_nobody_has_to_say(
    lab: ServiceLab, api: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    assert (await api.get(CALLBACKS, headers=headers)).status_code == 200
    assert await audited(lab) == [("unnamed", "callbacks_listed", "callbacks")]


@pytest.mark.parametrize("name", ["a%0Ab", "%00", "x" * 301])
async def test_what_is_no_name_is_refused(
    lab: ServiceLab, api: httpx.AsyncClient, name: str
) -> None:
    assert (await api.get(CALLBACKS, headers={"Ivr-User": name})).status_code == 422
    assert await audited(lab) == []


async def test_who_requests_a_callback(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    wish = {"number": "04461 123456", "department": "umwelt"}
    headers = {"Ivr-User": "portal", "Idempotency-Key": "one"}
    first = await api.post(CALLBACKS, json=wish, headers=headers)
    again = await api.post(CALLBACKS, json=wish, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert await audited(lab) == [("portal", "callback_changed", first.json()["id"])]


async def test_of_a_change_the_body_says_who(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    await lab.callbacks.request(a_callback("cb-1"))
    answer = await api.post(
        f"{CALLBACKS}/cb-1/acknowledge", json={"by": "janssen"}, headers={"Ivr-User": "program"}
    )
    assert answer.status_code == 200
    assert await audited(lab) == [("janssen", "callback_changed", "cb-1")]


@pytest.mark.parametrize("path", ["callbacks", "callbacks/cb-1", "calls", "calls/call-1", "audit"])
async def test_what_cannot_be_written_down_is_not_shown(
    lab: ServiceLab, api: httpx.AsyncClient, path: str
) -> None:
    await lab.callbacks.request(a_callback("cb-1"))
    await lab.caller_waits("call-1")
    lab.store.full = True
    answer = await api.get(f"/api/v1/{path}")
    assert answer.status_code == 503
    assert "+49" not in answer.text


async def test_no_number_reaches_the_audit(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    await lab.callbacks.request(a_callback("cb-1"))
    await lab.caller_waits("call-1")
    for path in ("callbacks", "callbacks/cb-1", "calls", "calls/call-1"):
        await api.get(f"/api/v1/{path}")
    await lab.callbacks.get(CallbackId("cb-1"))
    shown = (await api.get("/api/v1/audit")).text
    assert "callback_seen" in shown
    assert "+49" not in shown
