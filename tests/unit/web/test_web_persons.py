"""What is held about one person: handed out, and erased."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from dataclasses import replace
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from ivr.domain import events as on
from ivr.domain.callback import CallbackState, Close, CloseReason, Reopen
from ivr.domain.ids import E164, CallbackId, CallId, RecordingId
from ivr.domain.privacy import PrivacyRules, StaffRules
from tests.examples import ALL_ROUND, CALLER, DIDS, UMWELT
from tests.fakes.callbacks import MONDAY, a_call, a_callback, a_place
from tests.service_lab import ServiceLab

CITIZEN = E164("+494461123456")
SPELLINGS = ["+494461123456", "04461 123456", "04461/123-456", "0049 4461 123456", "123456"]
LINE = f"{int(MONDAY.timestamp())}|call-1|ivr|NONE|ENTERQUEUE||+494461123456|1"


LISTENED = {"agent": ALL_ROUND, "phone": ALL_ROUND}


async def know_the_citizen(lab: ServiceLab) -> None:
    """Somebody called, asked for a callback with a message, and got it."""
    message = RecordingId("cb-1-m")
    await lab.callbacks.request(
        replace(a_callback(), caller_name="Wiebke Harms", note="bitte spät", message=message)
    )
    await lab.callbacks.change(CallbackId("cb-1"), Close(), by="janssen")
    await lab.publish_all()
    lab.messages.files[message] = b"RIFF and more"
    lab.queue_logs.lines = [LINE]
    async with lab.store.transaction() as transaction:
        await transaction.add_call(a_call("call-of-cb-1"))
        await transaction.add_call(replace(a_call("else"), caller_number=E164("+494461999999")))


async def ask(api: httpx.AsyncClient, what: str, **wish: object) -> httpx.Response:
    body = {"number": CITIZEN, "by": "cordes", **wish}
    return await api.post(f"/api/v1/persons/{what}", json=body)


async def erase(api: httpx.AsyncClient, **wish: object) -> dict[str, Any]:
    answer = await ask(api, "erase", **wish)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


ALL = {
    "call_numbers": 1,
    "callback_numbers": 1,
    "callback_names": 1,
    "callback_notes": 1,
    "spoken_messages": 1,
    "deliveries": 2,
    "queue_log": 1,
}


class TestExport:
    @pytest.mark.parametrize("spelling", SPELLINGS)
    async def test_everything_in_whatever_spelling(
        self, lab: ServiceLab, api: httpx.AsyncClient, spelling: str
    ) -> None:
        await know_the_citizen(lab)
        shown = (await ask(api, "export", number=spelling)).json()
        assert shown["number"] == CITIZEN
        assert [call["id"] for call in shown["calls"]] == ["call-of-cb-1"]
        assert [call["agent"] for call in shown["calls"]] == [None], "no business of the citizen"
        [versions] = shown["callbacks"]
        assert [version["state"] for version in versions] == ["requested", "closed"]
        assert versions[0]["caller_name"] == "Wiebke Harms"
        assert [message["published_at"] is not None for message in shown["messages"]] == [True] * 2
        assert shown["queue_log"] == [LINE]
        assert shown["spoken_messages"] == ["cb-1-m"]

    async def test_what_was_done_with_it_and_by_whom(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await know_the_citizen(lab)
        await lab.audit.note("heike.janssen", "message", "cb-1")
        await lab.audit.note("heike.janssen", "message", "cb-2")
        audit = (await ask(api, "export")).json()["audit"]
        assert ("heike.janssen", "message", "cb-1") in [
            (entry["by"], entry["action"], entry["target"]) for entry in audit
        ]
        assert not [entry for entry in audit if entry["target"] == "cb-2"]

    @pytest.mark.parametrize(
        ("per_agent", "listened", "noted"),
        [(False, {"agent": "agents", "phone": "agents"}, "agents"), (True, LISTENED, ALL_ROUND)],
        ids=["figures of nobody", "figures per agent"],
    )
    async def test_agents_are_named_only_where_the_county_shows_what_they_do(
        self,
        lab: ServiceLab,
        api: httpx.AsyncClient,
        *,
        per_agent: bool,
        listened: dict[str, str],
        noted: str,
    ) -> None:
        rules = PrivacyRules(staff=StaffRules(per_agent=per_agent))
        await lab.inbox.handled(on.CountyChanged(replace(lab.county, privacy=rules)))
        await know_the_citizen(lab)
        await lab.audit.note("heike.janssen", "listen", "call-of-cb-1", **LISTENED)
        await lab.callbacks.change(CallbackId("cb-1"), Reopen(), by=ALL_ROUND)
        audit = (await ask(api, "export")).json()["audit"]
        assert [(each["by"], each["action"]) for each in audit if each["action"] == "listen"] == [
            ("heike.janssen", "listen")
        ]
        assert [each["details"] for each in audit if each["action"] == "listen"] == [listened]
        reopened = [each for each in audit if each["details"].get("event") == "reopened"]
        assert [each["by"] for each in reopened] == [noted]

    async def test_as_a_file_with_what_was_said(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await know_the_citizen(lab)
        answer = await ask(api, "export/archive")
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.namelist() == ["export.json", "cb-1-m.wav"]
            assert archive.read("cb-1-m.wav") == b"RIFF and more"
            assert json.loads(archive.read("export.json"))["number"] == CITIZEN

    async def test_a_recording_that_is_gone_keeps_nothing_else(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await know_the_citizen(lab)
        lab.messages.files.clear()
        assert (await ask(api, "export")).json()["spoken_messages"] == []

    async def test_it_is_in_the_audit_without_the_number(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await know_the_citizen(lab)
        await ask(api, "export")
        latest = (await lab.audited())[0]
        assert (latest.by, latest.action, latest.target) == ("cordes", "export_person", "person")
        assert latest.details["call_numbers"] == "1"
        assert "4461" not in repr(latest)

    async def test_what_can_t_be_noted_is_not_handed_out(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await know_the_citizen(lab)
        lab.store.full = True
        answer = await ask(api, "export")
        assert (answer.status_code, answer.json()["code"]) == (503, "database_full")
        assert "Harms" not in answer.text

    async def test_a_person_nobody_knows(self, api: httpx.AsyncClient) -> None:
        shown = (await ask(api, "export")).json()
        assert (shown["calls"], shown["callbacks"], shown["queue_log"]) == ([], [], [])

    async def test_what_is_no_number(self, api: httpx.AsyncClient) -> None:
        answer = await ask(api, "export", number="Harms")
        assert (answer.status_code, answer.json()["code"]) == (422, "number_invalid")


class TestErasure:
    async def test_is_told_then_done_then_there_is_nothing(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await know_the_citizen(lab)
        assert (await erase(api, dry_run=True))["erased"] == ALL
        assert (await erase(api, number="04461/123456"))["erased"] == ALL
        assert (await erase(api))["erased"] == {}
        shown = (await ask(api, "export")).json()
        assert (shown["calls"], shown["callbacks"], shown["queue_log"]) == ([], [], [])
        assert lab.messages.files == {}

    async def test_a_look_changes_nothing_and_is_no_erasure(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await know_the_citizen(lab)
        before = await lab.audited()
        await erase(api, dry_run=True)
        assert await lab.audited() == before
        assert lab.queue_logs.lines == [LINE]
        assert len((await ask(api, "export")).json()["callbacks"]) == 1

    async def test_the_callback_and_the_call_are_still_read(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await know_the_citizen(lab)
        await erase(api)
        shown = (await api.get("/api/v1/callbacks/cb-1")).json()
        assert (shown["caller_number"], shown["caller_name"], shown["note"]) == ("", "", "")
        assert shown["spoken_message"] is False
        listed = (await api.get("/api/v1/callbacks")).json()["callbacks"]
        assert [each["id"] for each in listed] == ["cb-1"]
        call = (await api.get("/api/v1/calls/call-of-cb-1")).json()
        assert call["caller_number"] is None

    async def test_an_open_promise_is_not_forgotten(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await know_the_citizen(lab)
        await lab.callbacks.request(a_callback("open"))
        answer = await ask(api, "erase")
        assert (answer.status_code, answer.json()["code"]) == (409, "callback_open")
        assert "open" in answer.json()["message"]
        assert lab.queue_logs.lines == [LINE]

    async def test_unless_it_is_to_be_closed_and_its_caseworker_is_told(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await lab.callbacks.request(replace(a_callback("open"), note="bitte spät"))
        erased = await erase(api, close_open=True)
        assert erased["closed"] == ["open"]
        callback = await lab.callbacks.get(CallbackId("open"))
        assert callback.state is CallbackState.CLOSED
        assert callback.close_reason is CloseReason.WITHDRAWN
        assert callback.changed_by == "cordes"
        assert callback.caller_number == callback.note == ""
        async with lab.store.transaction() as transaction:
            waiting = await transaction.unpublished(10)
        assert [message.body["event"] for message in waiting] == ["requested", "closed"]
        assert {message.body["callback"]["note"] for message in waiting} == {""}

    async def test_it_is_in_the_audit_and_the_log_without_the_number(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await know_the_citizen(lab)
        await erase(api)
        latest = (await lab.audited())[0]
        assert (latest.by, latest.action, latest.target) == ("cordes", "erase_person", "person")
        deletions = (await api.get("/api/v1/deletions")).json()["deletions"]
        assert {each["data"]: each["count"] for each in deletions} == ALL
        assert {(each["reason"], each["by"]) for each in deletions} == {("erasure", "cordes")}
        assert "4461" not in repr(latest) + repr(deletions)

    async def test_what_can_t_be_noted_is_not_done(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await know_the_citizen(lab)
        lab.store.full = True
        assert (await ask(api, "erase")).status_code == 503
        lab.store.full = False
        assert (lab.queue_logs.lines, len(lab.messages.files)) == ([LINE], 1)

    async def test_what_failed_half_way_is_done_by_asking_again(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await know_the_citizen(lab)
        lab.queue_logs.read_only = True
        answer = await ask(api, "erase")
        assert (answer.status_code, answer.json()["code"]) == (503, "queue_log_not_usable")
        lab.queue_logs.read_only = False
        rest = ALL | {"spoken_messages": 0}
        assert (await erase(api))["erased"] == {data: n for data, n in rest.items() if n}

    async def test_whoever_is_on_the_line_has_to_wait(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await lab.caller_waits()
        answer = await ask(api, "erase", number=CALLER)
        assert (answer.status_code, answer.json()["code"]) == (409, "person_on_the_line")

    async def test_and_whose_call_is_not_written_yet(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        lab.inbox.post(on.CallArrived(CallId("c"), dialled=DIDS[UMWELT], caller=CALLER))
        await lab.inbox.handled(on.CallerHungUp(CallId("c")))
        assert (await ask(api, "erase", number=CALLER)).json()["code"] == "person_on_the_line"
        await lab.records.flush()
        assert (await erase(api, number=CALLER))["erased"] == {"call_numbers": 1}

    async def test_and_whose_place_is_kept(self, lab: ServiceLab, api: httpx.AsyncClient) -> None:
        async with lab.store.transaction() as transaction:
            await transaction.save_place(a_place())
        assert (await ask(api, "erase")).json()["code"] == "person_on_the_line"


async def test_no_number_reaches_the_log(
    lab: ServiceLab, api: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="ivr")
    await know_the_citizen(lab)
    with capture_logs() as told:
        await ask(api, "export")
        await ask(api, "erase")
        await ask(api, "erase", number="0446112345678901")
    assert {line["event"] for line in told} >= {"http_request", "person_erased"}
    assert "4461" not in repr(told) + caplog.text


async def test_purge_over_the_api(lab: ServiceLab, api: httpx.AsyncClient) -> None:
    await know_the_citizen(lab)
    await lab.callbacks.request(a_callback("open"))
    lab.later(100 * 24 * 3600)
    look = (await api.post("/api/v1/purge", json={"by": "cordes", "dry_run": True})).json()
    done = (await api.post("/api/v1/purge", json={"by": "cordes"})).json()
    assert look["classes"][0] == done["classes"][0]
    assert done["classes"][0]["data"] == "call_numbers"
    assert done["classes"][0]["count"] == 2
    assert (done["complete"], done["still_open"]) == (True, ["open"])
    again = (await api.post("/api/v1/purge", json={"by": "cordes"})).json()
    assert {each["count"] for each in again["classes"]} == {0}
