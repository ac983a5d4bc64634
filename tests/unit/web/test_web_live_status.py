"""Screens get the latest status, at most twice a second, and there are not too many of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from ivr.adapters.web import live_status
from ivr.adapters.web.live_status import LiveStatus
from tests.service_lab import ServiceLab


@pytest.fixture
def live(app: FastAPI) -> LiveStatus:
    found = app.state.live
    assert isinstance(found, LiveStatus)
    return found


def status_of(event: bytes) -> dict[str, Any]:
    first, second, *rest = event.decode().split("\n")
    assert (first, rest) == ("event: status", ["", ""])
    return dict(json.loads(second.removeprefix("data: ")))


async def next_status(stream: AsyncIterator[bytes]) -> dict[str, Any]:
    async with asyncio.timeout(5):
        return status_of(await anext(stream))


async def test_the_status_is_told_at_once_and_when_it_changes(
    lab: ServiceLab, live: LiveStatus, api: httpx.AsyncClient
) -> None:
    stream = live.stream()
    assert await next_status(stream) == (await api.get("/api/v1/status")).json()
    for name in ("call-1", "call-2"):
        await lab.caller_waits(name)
    assert [call["call"] for call in (await next_status(stream))["waiting"]] == ["call-1", "call-2"]


async def test_waits_are_told_although_nothing_happens(
    lab: ServiceLab, live: LiveStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_status, "REST_SECONDS", 0.01)
    monkeypatch.setattr(live_status, "WAITING_SECONDS", 0.03)
    await lab.caller_waits()
    stream = live.stream()
    assert (await next_status(stream))["waiting"][0]["waits_seconds"] == 0
    lab.later(7)
    assert (await next_status(stream))["waiting"][0]["waits_seconds"] == 7


async def test_much_that_happens_is_one_status(
    lab: ServiceLab, live: LiveStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_status, "REST_SECONDS", 0.2)
    monkeypatch.setattr(live_status, "QUIET_SECONDS", 60.0)
    stream = live.stream()
    await next_status(stream)
    for number in range(20):
        await lab.caller_waits(f"call-{number}")
    before = asyncio.get_running_loop().time()
    assert (await next_status(stream))["counts"]["waiting"] == 20
    assert asyncio.get_running_loop().time() - before >= 0.19


async def test_too_many_screens_are_refused(live: LiveStatus, api: httpx.AsyncClient) -> None:
    streams = [live.stream() for _ in range(live_status.MOST_SCREENS)]
    for stream in streams:
        await anext(stream)
    answer = await api.get("/api/v1/events")
    assert (answer.status_code, answer.json()["code"]) == (503, "too_many_screens")
    assert isinstance(streams[0], AsyncGenerator)
    await streams[0].aclose()
    live.check_room()
