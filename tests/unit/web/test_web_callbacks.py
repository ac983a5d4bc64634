from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from ivr.domain.callback import Close
from ivr.domain.ids import CaseworkerId
from tests.examples import JUGEND
from tests.fakes.callbacks import MONDAY, a_callback
from tests.service_lab import ServiceLab

WISH: dict[str, Any] = {
    "number": "04461 / 12 34 56",
    "department": "umwelt",
    "caller_name": "Gesine Albers",
    "subject": "Sperrmüll",
    "note": "Fragt nach dem Termin.\nRuft ungern zweimal an.",
}


class TestRequesting:
    async def test_a_callback_is_stored_and_shown(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        answer = await api.post("/api/v1/callbacks", json=WISH)
        assert answer.status_code == 201
        shown = answer.json()
        assert shown == {
            "id": shown["id"],
            "department": "umwelt",
            "caseworker": "umwelt.1",
            "caller_number": "+494461123456",
            "caller_name": "Gesine Albers",
            "subject": "Sperrmüll",
            "note": "Fragt nach dem Termin.\nRuft ungern zweimal an.",
            "source": "api",
            "call": None,
            "requested_at": "2026-11-23T09:00:00+01:00",
            # 24 hours of service, 11 a day: 9 today, 11 tomorrow, 4 on Wednesday
            "due_at": "2026-11-25T11:00:00+01:00",
            "state": "requested",
            "changed_at": None,
            "changed_by": "",
            "published": False,
            "spoken_message": False,
        }
        assert await lab.callback_ids() == {shown["id"]}
        assert answer.headers["location"] == f"/api/v1/callbacks/{shown['id']}"
        assert (await api.get(answer.headers["location"])).status_code == 200

    async def test_without_a_department_it_is_that_of_the_common_number(
        self, api: httpx.AsyncClient
    ) -> None:
        answer = await api.post("/api/v1/callbacks", json={"number": "9197700"})
        assert answer.status_code == 201
        assert answer.json()["department"] == JUGEND

    async def test_the_same_key_requests_once(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        key = {"Idempotency-Key": "form-17/2026"}
        first = await api.post("/api/v1/callbacks", json=WISH, headers=key)
        lab.later(60)
        second = await api.post("/api/v1/callbacks", json=WISH, headers=key)
        assert (first.status_code, second.status_code) == (201, 200)
        assert second.json() == first.json()
        assert len(await lab.callback_ids()) == 1

    async def test_a_repeat_shows_what_became_of_the_first(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        key = {"Idempotency-Key": "form-17"}
        first = (await api.post("/api/v1/callbacks", json=WISH, headers=key)).json()
        await api.post(
            f"/api/v1/callbacks/{first['id']}/acknowledge", json={"by": "onken", "note": "Meins."}
        )
        await lab.publish_all()
        second = (await api.post("/api/v1/callbacks", json=WISH, headers=key)).json()
        assert (second["id"], second["state"]) == (first["id"], "acknowledged")
        assert second["published"] is True

    async def test_a_key_used_for_something_else_is_refused(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        key = {"Idempotency-Key": "form-17"}
        await api.post("/api/v1/callbacks", json=WISH, headers=key)
        other = {**WISH, "number": "04461 654321"}
        answer = await api.post("/api/v1/callbacks", json=other, headers=key)
        assert (answer.status_code, answer.json()["code"]) == (409, "request_differs")
        assert len(await lab.callback_ids()) == 1

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"number": "110"}, 422, "number_invalid"),
            ({"number": "ring mich an"}, 422, "number_invalid"),
            ({"number": "0900 1 123456"}, 409, "number_not_allowed"),
            ({"department": "kirche"}, 404, "department_not_found"),
            ({"note": "x\x00y"}, 422, "text_not_allowed"),
            ({"note": "x" * 4001}, 422, "request_invalid"),
            ({"number": 4461123456}, 422, "request_invalid"),
            ({"caller_number": "04461 1"}, 422, "request_invalid"),
        ],
    )
    async def test_what_can_not_be_promised_is_refused_and_not_stored(
        self,
        lab: ServiceLab,
        api: httpx.AsyncClient,
        change: dict[str, Any],
        status: int,
        code: str,
    ) -> None:
        answer = await api.post("/api/v1/callbacks", json=WISH | change)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert await lab.callback_ids() == set()

    async def test_no_promise_when_the_disk_is_full(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        lab.store.full = True
        answer = await api.post("/api/v1/callbacks", json=WISH)
        assert (answer.status_code, answer.json()["code"]) == (503, "database_full")
        assert answer.json()["retryable"] is True


class TestChanging:
    async def test_from_request_to_end(self, lab: ServiceLab, api: httpx.AsyncClient) -> None:
        await lab.callbacks.request(a_callback("cb-1"))
        for action, state in (("acknowledge", "acknowledged"), ("close", "closed")):
            lab.later(60)
            answer = await api.post(
                f"/api/v1/callbacks/cb-1/{action}", json={"by": "janssen", "note": f"{action}!"}
            )
            assert answer.status_code == 200
            assert (answer.json()["state"], answer.json()["note"]) == (state, f"{action}!")
        history = (await api.get("/api/v1/callbacks/cb-1")).json()["history"]
        assert [(version["state"], version["by"]) for version in history] == [
            ("requested", ""),
            ("acknowledged", "janssen"),
            ("closed", "janssen"),
        ]
        assert history[0]["at"] == "2026-11-23T09:00:00+01:00"
        assert history[2]["at"] == "2026-11-23T09:02:00+01:00"

    async def test_after_an_attempt_in_vain_it_is_not_just_settled(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await lab.callbacks.request(a_callback("cb-1"))
        for action in ("acknowledge", "attempt"):
            answer = await api.post(f"/api/v1/callbacks/cb-1/{action}", json={"by": "janssen"})
            assert answer.status_code == 200
        answer = await api.post("/api/v1/callbacks/cb-1/close", json={"by": "janssen"})
        assert (answer.status_code, answer.json()["code"]) == (409, "close_reason_does_not_fit")

    async def test_a_note_stays_where_none_is_given(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await lab.callbacks.request(replace(a_callback("cb-1"), note="Wichtig."))
        answer = await api.post("/api/v1/callbacks/cb-1/acknowledge", json={"by": "onken"})
        assert answer.json()["note"] == "Wichtig."

    async def test_who_comes_second_is_told_who_was_first(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await lab.callbacks.request(a_callback("cb-1"))
        await api.post("/api/v1/callbacks/cb-1/acknowledge", json={"by": "janssen"})
        answer = await api.post("/api/v1/callbacks/cb-1/acknowledge", json={"by": "onken"})
        assert answer.status_code == 409
        assert answer.json()["code"] == "callback_acknowledged"
        assert "janssen" in answer.json()["message"]

    async def test_an_attempt_needs_somebody_who_took_it(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await lab.callbacks.request(a_callback("cb-1"))
        answer = await api.post("/api/v1/callbacks/cb-1/attempt", json={"by": "onken"})
        assert (answer.status_code, answer.json()["code"]) == (409, "callback_not_acknowledged")

    async def test_an_unknown_callback_is_not_found(self, api: httpx.AsyncClient) -> None:
        for answer in (
            await api.get("/api/v1/callbacks/cb-9"),
            await api.post("/api/v1/callbacks/cb-9/close", json={"by": "onken"}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "callback_not_found")

    @pytest.mark.parametrize("by", ["", "a\nb", "\x00", "x" * 101, None, 7])
    async def test_who_does_it_has_to_be_a_name(
        self, lab: ServiceLab, api: httpx.AsyncClient, by: object
    ) -> None:
        await lab.callbacks.request(a_callback("cb-1"))
        answer = await api.post("/api/v1/callbacks/cb-1/close", json={"by": by})
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["field"] == "body.by"


class TestFinding:
    @pytest.fixture(autouse=True)
    async def three(self, lab: ServiceLab) -> None:
        """``old`` is published, ``new`` is of another caseworker, ``done`` is closed."""
        await lab.callbacks.request(a_callback("old"))
        await lab.publish_all()
        await lab.callbacks.request(
            replace(
                a_callback("new"),
                requested_at=MONDAY + timedelta(minutes=1),
                caseworker=CaseworkerId("onken"),
            )
        )
        done = replace(
            a_callback("done"), requested_at=MONDAY + timedelta(minutes=2), department=JUGEND
        )
        await lab.callbacks.request(done)
        await lab.callbacks.change(done.id, Close(), by="janssen")

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["old", "new", "done"]),
            ("limit=2", ["old", "new"]),
            ("state=closed", ["done"]),
            ("state=closed&state=requested", ["old", "new", "done"]),
            ("department=umwelt", ["old", "new"]),
            ("caseworker=onken", ["new"]),
            ("department=umwelt&caseworker=janssen&state=requested", ["old"]),
            ("published=false", ["new", "done"]),
            ("published=true", ["old"]),
            ("department=kirche", []),
        ],
    )
    async def test_by_what_is_asked_for(
        self, api: httpx.AsyncClient, query: str, found: list[str]
    ) -> None:
        answer = await api.get(f"/api/v1/callbacks?{query}")
        assert [callback["id"] for callback in answer.json()["callbacks"]] == found

    async def test_each_says_whether_the_broker_has_it(self, api: httpx.AsyncClient) -> None:
        callbacks = (await api.get("/api/v1/callbacks")).json()["callbacks"]
        assert [callback["published"] for callback in callbacks] == [True, False, False]
        assert (await api.get("/api/v1/callbacks/old")).json()["published"] is True
        assert (await api.get("/api/v1/callbacks/done")).json()["published"] is False

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=1001", "limit=x", "state=lost", "department=%00", "published=7"]
    )
    async def test_an_impossible_filter_is_told(self, api: httpx.AsyncClient, query: str) -> None:
        answer = await api.get(f"/api/v1/callbacks?{query}")
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["field"].startswith(f"query.{query.partition('=')[0]}")
