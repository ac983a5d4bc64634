from __future__ import annotations

from dataclasses import replace

import httpx

from ivr.domain.ids import RecordingId
from tests.fakes.callbacks import a_callback
from tests.service_lab import ServiceLab

MESSAGE = RecordingId("call-1-run-m1")
PLACE = "/api/v1/callbacks/cb-1/message"


async def test_what_the_caller_said_is_heard_and_written_down(
    lab: ServiceLab, api: httpx.AsyncClient
) -> None:
    await lab.callbacks.request(replace(a_callback(), message=MESSAGE))
    lab.messages.files[MESSAGE] = b"RIFF and more"
    answer = await api.get(PLACE, params={"by": "heike.janssen"})
    assert (answer.status_code, answer.content) == (200, b"RIFF and more")
    assert answer.headers["content-type"] == "audio/wav"
    assert [(e.by, e.action, e.target) for e in await lab.audited()] == [
        ("heike.janssen", "message", "cb-1")
    ]
    assert (await api.get("/api/v1/callbacks/cb-1")).json()["spoken_message"] is True


async def test_what_can_t_be_written_down_is_not_heard(
    lab: ServiceLab, api: httpx.AsyncClient
) -> None:
    await lab.callbacks.request(replace(a_callback(), message=MESSAGE))
    lab.messages.files[MESSAGE] = b"RIFF and more"
    lab.store.full = True
    answer = await api.get(PLACE, params={"by": "heike.janssen"})
    assert (answer.status_code, answer.json()["code"]) == (503, "database_full")


async def test_there_may_be_no_message(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    assert (await api.get(PLACE, params={"by": "x"})).json()["code"] == "callback_not_found"
    await lab.callbacks.request(a_callback())
    answer = await api.get(PLACE, params={"by": "x"})
    assert (answer.status_code, answer.json()["code"]) == (404, "message_not_found")
    await lab.callbacks.request(replace(a_callback("cb-2"), message=MESSAGE))
    answer = await api.get("/api/v1/callbacks/cb-2/message", params={"by": "x"})
    assert (answer.status_code, answer.json()["code"]) == (404, "message_not_found")
    assert (await api.get(PLACE)).status_code == 422
    assert await lab.audited() == []
