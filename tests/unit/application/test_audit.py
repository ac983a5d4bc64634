"""The audit is verified once a day, and its head told for others to keep."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from ivr.application import audit as use_case
from ivr.application.audit import Audit
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def audit(store: FakeStore) -> Audit:
    return Audit(store, FakeClock())


async def told(audit: Audit) -> EventDict:
    """Return what is in the log when the service has started."""
    with capture_logs() as lines, suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            await audit.run()
    [line] = lines
    return line


async def test_the_head_is_told(audit: Audit) -> None:
    for number in range(2):
        await audit.note("janssen", "callback_seen", f"cb-{number}")
    head, _ = await audit.verify()
    assert await told(audit) == {
        "event": "audit_verified",
        "log_level": "info",
        "entries": 2,
        "hash": head.hash,
    }


async def test_a_broken_chain_is_an_error(store: FakeStore, audit: Audit) -> None:
    await audit.note("janssen", "callback_seen", "cb-1")
    [link] = store._content.audit
    assert link.entry is not None
    store._content.audit[0] = replace(link, entry=replace(link.entry, by="nobody"))
    line = await told(audit)
    assert (line["event"], line["log_level"]) == ("audit_broken", "error")
    assert (line["position"], line["damage"]) == (1, "changed")


async def test_without_the_store_it_is_tried_again(store: FakeStore, audit: Audit) -> None:
    store.down = True
    assert (await told(audit))["event"] == "audit_not_verified"


async def test_again_the_next_day(audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_case, "_DAY_SECONDS", 0.001)
    with capture_logs() as lines, suppress(TimeoutError):
        async with asyncio.timeout(0.5):
            await audit.run()
    assert len(lines) > 1
    assert {line["event"] for line in lines} == {"audit_verified"}
