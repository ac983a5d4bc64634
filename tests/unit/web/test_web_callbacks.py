from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from ivr.domain.callback import Close
from ivr.domain.ids import CallbackId, CaseworkerId
from tests.examples import JUGEND
from tests.fakes.callbacks import MONDAY, a_callback
from tests.service_lab import ServiceLab

EINS = CaseworkerId("umwelt.1")
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
            "department_name": "Umwelt",
            "caseworker": "umwelt.1",
            "caseworker_name": "Umwelt Eins",
            "caller_number": "+494461123456",
            "caller_name": "Gesine Albers",
            "topic": None,
            "topic_name": "",
            "subject": "Sperrmüll",
            "note": "Fragt nach dem Termin.\nRuft ungern zweimal an.",
            "reference": "",
            "preferred_times": [],
            "language": "",
            "answers": [],
            "source": "api",
            "call": None,
            "requested_at": "2026-11-23T09:00:00+01:00",
            # 24 hours of service, 11 a day: 9 today, 11 tomorrow, 4 on Wednesday
            "due_at": "2026-11-25T11:00:00+01:00",
            "overdue": False,
            "remind_at": "2026-11-25T07:00:00+01:00",
            "escalate_at": shown["escalate_at"],
            "escalations": 0,
            "state": "requested",
            "taken_by": "",
            "attempts": 0,
            "next_try_at": None,
            "next_step": {
                "step": "call",
                "at": "2026-11-23T09:00:00+01:00",
                "as_preferred": True,
            },
            "close_reason": None,
            "event": "requested",
            "comment": "",
            "changed_at": None,
            "changed_by": "",
            "version": 1,
            "published": False,
            "delivered": False,
            "spoken_message": False,
        }
        assert await lab.callback_ids() == {shown["id"]}
        assert answer.headers["location"] == f"/api/v1/callbacks/{shown['id']}"
        assert (await api.get(answer.headers["location"])).status_code == 200

    async def test_all_that_is_known_is_stored(self, api: httpx.AsyncClient) -> None:
        told = {
            "topic": "abfall",
            "caseworker": "umwelt.2",
            "reference": "U 17/2026",
            "preferred_times": ["Mo-Fr 14-16", "sat"],
            "language": "en",
            "answers": ["Sperrmüll wird vierteljährlich geholt."],
        }
        shown = (await api.post("/api/v1/callbacks", json=WISH | told)).json()
        assert {key: shown[key] for key in told} == told | {
            "preferred_times": ["mon-fri 14:00-16:00", "sat 00:00-24:00"]
        }
        assert shown["topic_name"] == "Abfall"
        assert shown["caseworker_name"] == "Umwelt Zwei"
        assert shown["next_step"]["at"] == "2026-11-23T14:00:00+01:00"

    async def test_in_a_call_the_caller_is_meant(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await lab.caller_waits("call-1")
        shown = (await api.post("/api/v1/callbacks", json={"call": "call-1"})).json()
        assert (shown["call"], shown["department"]) == ("call-1", "umwelt")
        assert shown["caller_number"] == "+491713920001"

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
        # What is suggested next goes by the clock.
        assert second.json() | {"next_step": None} == first.json() | {"next_step": None}
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
            ({"number": None}, 422, "number_missing"),
            ({"department": "kirche"}, 404, "department_not_found"),
            ({"caseworker": "jugend.1"}, 404, "caseworker_not_found"),
            ({"topic": "dogs"}, 404, "topic_not_found"),
            ({"call": "call-9"}, 404, "call_not_found"),
            ({"preferred_times": ["whenever"]}, 422, "preferred_times_malformed"),
            ({"preferred_times": ["sat"] * 11}, 422, "request_invalid"),
            ({"language": "EN"}, 422, "language_not_allowed"),
            ({"answers": ["x" * 501]}, 422, "request_invalid"),
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

    async def test_attempts_are_a_ledger(self, lab: ServiceLab, api: httpx.AsyncClient) -> None:
        await lab.callbacks.request(replace(a_callback("cb-1"), caseworker=EINS))
        await api.post("/api/v1/callbacks/cb-1/acknowledge", json={"by": "onken"})
        busy = {"by": "onken", "result": "busy", "comment": "Rufton, dann besetzt."}
        shown = (await api.post("/api/v1/callbacks/cb-1/attempt", json=busy)).json()
        assert (shown["attempts"], shown["taken_by"]) == (1, "onken")
        assert shown["next_step"]["step"] == "call"
        assert shown["next_try_at"] == shown["next_step"]["at"] is not None
        later = {
            "by": "onken",
            "result": "another_time",
            "next_try_at": "2026-11-24T13:00:00Z",
        }
        shown = (await api.post("/api/v1/callbacks/cb-1/attempt", json=later)).json()
        assert shown["next_try_at"] == "2026-11-24T14:00:00+01:00"
        history = (await api.get("/api/v1/callbacks/cb-1")).json()["history"]
        assert [
            (version["result"], version["comment"], version["by"])
            for version in history
            if version["event"] == "attempted"
        ] == [("busy", "Rufton, dann besetzt.", "onken"), ("another_time", "", "onken")]

    async def test_a_reason_ends_it_and_it_can_be_opened_again(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await lab.callbacks.request(a_callback("cb-1"))
        early = await api.post("/api/v1/callbacks/cb-1/reopen", json={"by": "onken"})
        assert (early.status_code, early.json()["code"]) == (409, "callback_not_closed")
        reason = {"by": "onken", "reason": "withdrawn", "comment": "Hat sich erledigt."}
        shown = (await api.post("/api/v1/callbacks/cb-1/close", json=reason)).json()
        assert (shown["close_reason"], shown["next_step"]) == ("withdrawn", None)
        shown = (await api.post("/api/v1/callbacks/cb-1/reopen", json={"by": "onken"})).json()
        assert (shown["state"], shown["close_reason"]) == ("requested", None)
        history = (await api.get("/api/v1/callbacks/cb-1")).json()["history"]
        assert [version["close_reason"] for version in history] == [None, "withdrawn", None]

    @pytest.mark.parametrize(
        ("to", "owner"),
        [
            ({"caseworker": "umwelt.2"}, ("umwelt", "umwelt.2")),
            ({"department": "jugend", "caseworker": "jugend.2"}, ("jugend", "jugend.2")),
            ({"department": "jugend"}, ("jugend", "jugend.1")),
        ],
    )
    async def test_somebody_else_gets_it(
        self,
        lab: ServiceLab,
        api: httpx.AsyncClient,
        to: dict[str, str],
        owner: tuple[str, str],
    ) -> None:
        await lab.callbacks.request(replace(a_callback("cb-1"), caseworker=EINS))
        await api.post("/api/v1/callbacks/cb-1/acknowledge", json={"by": "umwelt.1"})
        answer = await api.post("/api/v1/callbacks/cb-1/reassign", json={"by": "onken", **to})
        shown = answer.json()
        assert (shown["department"], shown["caseworker"]) == owner
        assert (shown["state"], shown["taken_by"]) == ("requested", "")

    @pytest.mark.parametrize(
        ("to", "status", "code"),
        [
            ({}, 422, "request_invalid"),
            ({"caseworker": "jugend.1"}, 404, "caseworker_not_found"),
            ({"department": "kirche"}, 404, "department_not_found"),
        ],
    )
    async def test_nobody_else_gets_it(
        self,
        lab: ServiceLab,
        api: httpx.AsyncClient,
        to: dict[str, str],
        status: int,
        code: str,
    ) -> None:
        await lab.callbacks.request(a_callback("cb-1"))
        answer = await api.post("/api/v1/callbacks/cb-1/reassign", json={"by": "onken", **to})
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    async def test_a_comment_changes_nothing_else(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await lab.callbacks.request(a_callback("cb-1"))
        remark = {"by": "onken", "comment": "Ruft morgen selbst an."}
        shown = (await api.post("/api/v1/callbacks/cb-1/comment", json=remark)).json()
        assert (shown["state"], shown["event"]) == ("requested", "commented")
        assert (shown["comment"], shown["changed_by"]) == ("Ruft morgen selbst an.", "onken")
        empty = await api.post("/api/v1/callbacks/cb-1/comment", json={"by": "x", "comment": ""})
        assert empty.status_code == 422

    async def test_what_it_is_about_is_corrected(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        await lab.callbacks.request(replace(a_callback("cb-1"), subject="Müll"))
        told = {
            "by": "onken",
            "number": "04461 / 65 43 21",
            "caller_name": "Gesine Albers",
            "topic": "abfall",
            "reference": "U 17",
            "preferred_times": ["fri"],
            "answers": ["Ja."],
        }
        answer = await api.patch("/api/v1/callbacks/cb-1", json=told)
        assert answer.status_code == 200
        shown = answer.json()
        assert (shown["caller_number"], shown["subject"]) == ("+494461654321", "Müll")
        assert (shown["topic"], shown["reference"]) == ("abfall", "U 17")
        assert shown["preferred_times"] == ["fri 00:00-24:00"]
        assert shown["event"] == "changed"
        cleared = {"by": "onken", "topic": "", "preferred_times": []}
        shown = (await api.patch("/api/v1/callbacks/cb-1", json=cleared)).json()
        assert (shown["topic"], shown["preferred_times"]) == (None, [])

    @pytest.mark.parametrize(
        ("told", "status", "code"),
        [
            ({}, 422, "request_invalid"),
            ({"comment": "nur das"}, 422, "request_invalid"),
            ({"number": "110"}, 422, "number_invalid"),
            ({"topic": "dogs"}, 404, "topic_not_found"),
            ({"preferred_times": ["nie"]}, 422, "preferred_times_malformed"),
            ({"caseworker": "umwelt.2"}, 422, "request_invalid"),
        ],
    )
    async def test_a_wrong_correction_changes_nothing(
        self,
        lab: ServiceLab,
        api: httpx.AsyncClient,
        told: dict[str, Any],
        status: int,
        code: str,
    ) -> None:
        await lab.callbacks.request(a_callback("cb-1"))
        answer = await api.patch("/api/v1/callbacks/cb-1", json={"by": "onken", **told})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert (await lab.callbacks.get(CallbackId("cb-1"))).version == 1

    @pytest.mark.parametrize(
        ("at", "next_try_at"),
        [
            ("14:00", "2026-11-23T14:00:00+01:00"),
            ("24.11.2026 10:30", "2026-11-24T10:30:00+01:00"),
            ("2026-11-24T09:30:00Z", "2026-11-24T10:30:00+01:00"),
        ],
    )
    async def test_a_next_try_as_people_write_it(
        self, lab: ServiceLab, api: httpx.AsyncClient, at: str, next_try_at: str
    ) -> None:
        await lab.callbacks.request(a_callback("cb-1"))
        await api.post("/api/v1/callbacks/cb-1/acknowledge", json={"by": "onken"})
        told = {"by": "onken", "next_try_at": at}
        answer = await api.post("/api/v1/callbacks/cb-1/attempt", json=told)
        assert answer.json()["next_try_at"] == next_try_at

    @pytest.mark.parametrize("at", ["", "soon", "0001-01-01T00:00:00+14:00"])
    async def test_a_next_try_nobody_understands(
        self, lab: ServiceLab, api: httpx.AsyncClient, at: str
    ) -> None:
        await lab.callbacks.request(a_callback("cb-1"))
        await api.post("/api/v1/callbacks/cb-1/acknowledge", json={"by": "onken"})
        told = {"by": "onken", "next_try_at": at}
        answer = await api.post("/api/v1/callbacks/cb-1/attempt", json=told)
        assert (answer.status_code, answer.json()["code"]) == (422, "next_try_not_understood")

    @pytest.mark.parametrize("at", ["2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"])
    async def test_a_next_try_has_to_be_soon(
        self, lab: ServiceLab, api: httpx.AsyncClient, at: str
    ) -> None:
        await lab.callbacks.request(a_callback("cb-1"))
        await api.post("/api/v1/callbacks/cb-1/acknowledge", json={"by": "onken"})
        told = {"by": "onken", "next_try_at": at}
        answer = await api.post("/api/v1/callbacks/cb-1/attempt", json=told)
        assert (answer.status_code, answer.json()["code"]) == (422, "next_try_not_allowed")

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
                caller_name="Gesine Albers",
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

    @pytest.mark.parametrize(
        ("query", "found", "total"),
        [
            ("limit=1&offset=1", ["new"], 3),
            ("limit=1&offset=3", [], 3),
            ("delivered=false", ["new", "done"], 2),
            ("overdue=true", [], 0),
            ("due_before=2026-11-25T09:00:00%2B01:00", [], 0),
            ("due_before=2026-11-25T08:00:01Z", ["old", "new", "done"], 3),
            ("topic=abfall", [], 0),
        ],
    )
    async def test_page_by_page_with_the_total(
        self, api: httpx.AsyncClient, query: str, found: list[str], total: int
    ) -> None:
        answer = (await api.get(f"/api/v1/callbacks?{query}")).json()
        assert [callback["id"] for callback in answer["callbacks"]] == found
        assert answer["total"] == total

    async def test_overdue_from_the_moment_it_is_due(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        lab.later(2 * 24 * 3600)
        answer = (await api.get("/api/v1/callbacks?overdue=true")).json()
        assert [callback["id"] for callback in answer["callbacks"]] == ["old", "new"]
        assert all(callback["overdue"] for callback in answer["callbacks"])
        done = (await api.get("/api/v1/callbacks/done")).json()
        assert done["overdue"] is False
        assert (await api.get("/api/v1/status")).json()["callbacks"] == {
            "open": 2,
            "overdue": 2,
            "undelivered": 1,
        }

    @pytest.mark.parametrize(
        ("search", "found"),
        [
            ({}, ["old", "new", "done"]),
            ({"number": "04461 / 12 34 56"}, ["old", "new", "done"]),
            ({"number": "04461 654321"}, []),
            ({"text": "ALBERS"}, ["new"]),
            ({"text": "albers", "state": ["closed"]}, []),
            ({"state": ["requested", "closed"], "department": "jugend"}, ["done"]),
            ({"caseworker": "onken", "overdue": False, "delivered": False}, ["new"]),
            ({"due_before": "2026-11-25T08:00:01Z", "limit": 1, "offset": 2}, ["done"]),
        ],
    )
    async def test_what_must_not_stand_in_an_address_is_searched_for(
        self, api: httpx.AsyncClient, search: dict[str, Any], found: list[str]
    ) -> None:
        answer = await api.post("/api/v1/callbacks/search", json=search)
        assert answer.status_code == 200
        assert [callback["id"] for callback in answer.json()["callbacks"]] == found

    @pytest.mark.parametrize(
        ("search", "code"),
        [
            ({"number": "wer?"}, "number_invalid"),
            ({"due_before": "2026-11-25T08:00:00"}, "request_invalid"),
            ({"state": ["lost"]}, "request_invalid"),
            ({"text": ""}, "request_invalid"),
        ],
    )
    async def test_an_impossible_search_is_told(
        self, api: httpx.AsyncClient, search: dict[str, Any], code: str
    ) -> None:
        answer = await api.post("/api/v1/callbacks/search", json=search)
        assert (answer.status_code, answer.json()["code"]) == (422, code)

    async def test_each_says_whether_the_broker_has_it(self, api: httpx.AsyncClient) -> None:
        callbacks = (await api.get("/api/v1/callbacks")).json()["callbacks"]
        assert [callback["published"] for callback in callbacks] == [True, False, False]
        assert (await api.get("/api/v1/callbacks/old")).json()["published"] is True
        assert (await api.get("/api/v1/callbacks/done")).json()["published"] is False

    @pytest.mark.parametrize(
        "query",
        [
            "limit=0",
            "limit=1001",
            "limit=x",
            "offset=-1",
            "offset=9223372036854775808",
            "due_before=now",
            "state=lost",
            "department=%00",
            "published=7",
        ],
    )
    async def test_an_impossible_filter_is_told(self, api: httpx.AsyncClient, query: str) -> None:
        answer = await api.get(f"/api/v1/callbacks?{query}")
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["field"].startswith(f"query.{query.partition('=')[0]}")
