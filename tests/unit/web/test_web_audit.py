"""The audit over HTTP: looked through and verified."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from ivr.application.ports.audit import AuditHead
from tests.service_lab import ServiceLab

AUDIT = "/api/v1/audit"


@pytest.fixture
async def noted(lab: ServiceLab) -> AuditHead:
    for by, action, target in (
        ("janssen", "callback_seen", "cb-1"),
        ("janssen", "message", "cb-1"),
        ("onken", "listen", "call-1"),
    ):
        await lab.audit.note(by, action, target)
        lab.later(60)
    return (await lab.audit.verify())[0]


@pytest.mark.usefixtures("noted")
@pytest.mark.parametrize(
    ("query", "positions"),
    [
        ({}, [3, 2, 1]),
        ({"limit": 1}, [3]),
        ({"by": "janssen"}, [2, 1]),
        ({"action": "callback_seen"}, [1]),
        ({"target": "call-1"}, [3]),
        ({"since": "2026-11-23T09:01:00+01:00"}, [3, 2]),
        ({"since": "2026-11-23T08:02:00Z", "by": "janssen"}, []),
    ],
)
async def test_found(
    api: httpx.AsyncClient, query: dict[str, str | int], positions: list[int]
) -> None:
    entries = (await api.get(AUDIT, params=query)).json()["entries"]
    assert [entry["position"] for entry in entries] == positions


@pytest.mark.usefixtures("noted")
async def test_who_looks_and_by_what_is_the_next_entry(api: httpx.AsyncClient) -> None:
    query: dict[str, str | int] = {"by": "janssen", "since": "2026-11-23T08:00:00Z", "limit": 50}
    await api.get(AUDIT, params=query, headers={"Ivr-User": "onken"})
    await api.get(AUDIT, params={"target": "04461123456"})
    answer = await api.get(AUDIT, params={"action": "audit_listed"})
    assert [
        (each["position"], each["by"], each["details"]) for each in answer.json()["entries"]
    ] == [
        (5, "unnamed", {"target": "given", "found": 0}),
        (
            4,
            "onken",
            {"by": "janssen", "since": "2026-11-23T08:00:00+00:00", "limit": 50, "found": 2},
        ),
    ]


@pytest.mark.parametrize(
    "since", ["2026-11-23T09:01:00", "0001-01-01T00:00:00+14:00"], ids=["no zone", "before UTC"]
)
async def test_a_time_that_can_not_be_compared_is_none(api: httpx.AsyncClient, since: str) -> None:
    answer = await api.get(AUDIT, params={"since": since})
    assert answer.status_code == 422


async def test_whole(api: httpx.AsyncClient, noted: AuditHead) -> None:
    answer = await api.get(f"{AUDIT}/verification", params={"kept": f"3:{noted.hash}"})
    assert answer.json() == {"entries": 3, "hash": noted.hash, "broken": None}


async def test_broken(lab: ServiceLab, api: httpx.AsyncClient, noted: AuditHead) -> None:
    links = lab.store._content.audit
    assert links[1].entry is not None
    links[1] = replace(links[1], entry=replace(links[1].entry, by="nobody"))
    answer = await api.get(f"{AUDIT}/verification")
    assert answer.json() == {
        "entries": 1,
        "hash": links[0].hash,
        "broken": {"position": 2, "damage": "changed"},
    }
    kept = {"kept": f"9:{noted.hash}"}
    assert (await api.get(f"{AUDIT}/verification", params=kept)).json()["entries"] == 1


async def test_shorter_than_it_was(api: httpx.AsyncClient, noted: AuditHead) -> None:
    kept = {"kept": f"4:{noted.hash}"}
    answer = await api.get(f"{AUDIT}/verification", params=kept)
    assert answer.json()["broken"] == {"position": 4, "damage": "missing"}


@pytest.mark.parametrize("kept", ["3", "3:abc", f"-1:{'0' * 64}", ""])
async def test_what_is_no_head(api: httpx.AsyncClient, kept: str) -> None:
    answer = await api.get(f"{AUDIT}/verification", params={"kept": kept})
    assert answer.status_code == 422


async def test_what_is_no_entry_is_told(
    lab: ServiceLab, api: httpx.AsyncClient, noted: AuditHead
) -> None:
    assert noted.count == 3
    links = lab.store._content.audit
    links[1] = replace(links[1], entry=None)
    answer = await api.get(f"{AUDIT}/verification")
    assert answer.json()["broken"] == {"position": 2, "damage": "changed"}
