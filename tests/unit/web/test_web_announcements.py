from __future__ import annotations

from typing import Any

import httpx
import pytest

from ivr.adapters.web.gate import RECORDING_BYTES
from tests.service_lab import ServiceLab

PLACE = "/api/v1/announcements"
FLOOD: dict[str, Any] = {"text": "Sturmflut: Die Deiche sind gesperrt.", "by": "onken"}


async def test_a_text_is_announced_listed_and_ended(
    lab: ServiceLab, api: httpx.AsyncClient
) -> None:
    answer = await api.post(
        PLACE, json=FLOOD | {"until": "12:00", "departments": ["umwelt", "jugend"]}
    )
    assert answer.status_code == 201
    made = answer.json()
    assert made == {
        "id": "261123-090000",
        "text": "Sturmflut: Die Deiche sind gesperrt.",
        "made_at": "2026-11-23T09:00:00+01:00",
        "made_by": "onken",
        "until": "2026-11-23T12:00:00+01:00",
        "departments": ["jugend", "umwelt"],
    }
    assert (await api.get(PLACE)).json() == {"announcements": [made]}
    assert lab.sounds.names() == {"announcement-261123-090000"}
    ended = await api.post(f"{PLACE}/{made['id']}/end", json={"by": "onken"})
    assert (ended.status_code, ended.json()) == (200, made)
    assert (await api.get(PLACE)).json() == {"announcements": []}


async def test_a_recording_is_announced_until_the_service_closes(
    lab: ServiceLab, api: httpx.AsyncClient
) -> None:
    answer = await api.post(
        f"{PLACE}/recording",
        params={"by": "onken", "department": ["umwelt"]},
        content=b"RIFF" + bytes(400),
        headers={"content-type": "audio/wav"},
    )
    made = answer.json()
    assert answer.status_code == 201
    assert (made["text"], made["departments"]) == ("", ["umwelt"])
    assert made["until"] == "2026-11-23T18:00:00+01:00"
    assert len(lab.sounds.made) == 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"until": "later"}, 422, "until_not_understood"),
        ({"until": "2026-11-22 18:00"}, 422, "until_over"),
        ({"departments": ["hafen"]}, 404, "department_not_found"),
        ({"text": "x" * 460}, 422, "announcement_too_long"),
        ({"text": "…"}, 422, "text_unspeakable"),
        ({"text": "two\nlines"}, 422, "request_invalid"),
        ({"text": ""}, 422, "request_invalid"),
        ({"by": ""}, 422, "request_invalid"),
    ],
)
async def test_what_is_no_good_is_told(
    api: httpx.AsyncClient, change: dict[str, Any], status: int, code: str
) -> None:
    answer = await api.post(PLACE, json=FLOOD | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await api.get(PLACE)).json() == {"announcements": []}


async def test_a_recording_of_another_kind_is_refused(api: httpx.AsyncClient) -> None:
    for kind, content in (("video/mp4", b"x"), ("audio/wav", b"no sound")):
        answer = await api.post(
            f"{PLACE}/recording",
            params={"by": "onken"},
            content=content,
            headers={"content-type": kind},
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "recording_unusable")


async def test_a_recording_may_be_large_but_not_endless(api: httpx.AsyncClient) -> None:
    for size, status in ((RECORDING_BYTES, 422), (RECORDING_BYTES + 1, 413)):
        answer = await api.post(
            f"{PLACE}/recording",
            params={"by": "onken"},
            content=b"RIFF" + bytes(size - 4),
            headers={"content-type": "audio/wav"},
        )
        assert answer.status_code == status


async def test_a_full_disk_is_worth_a_retry(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    lab.sounds.full = True
    answer = await api.post(PLACE, json=FLOOD)
    assert (answer.status_code, answer.json()["code"]) == (503, "disk_full")


async def test_an_unknown_one_is_not_found(api: httpx.AsyncClient) -> None:
    answer = await api.post(f"{PLACE}/nothing/end", json={"by": "onken"})
    assert (answer.status_code, answer.json()["code"]) == (404, "announcement_not_found")
