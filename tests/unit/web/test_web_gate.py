from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import structlog
from fastapi import FastAPI

from ivr.adapters.web.gate import BODY_BYTES, OwnersEntrance
from ivr.domain.ids import CallId
from tests.service_lab import ServiceLab

OPEN = {"/healthz", "/readyz", "/metrics"}


def operations(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every method and path there is, from the document the application writes itself."""
    for path, methods in app.openapi()["paths"].items():
        for method in methods:
            yield method.upper(), path.replace("{", "").replace("}", "")


class TestToken:
    async def test_nothing_but_the_probes_answers_without_a_token(
        self, app: FastAPI, stranger: httpx.AsyncClient
    ) -> None:
        asked = 0
        for method, path in [*operations(app), ("GET", "/openapi.json"), ("GET", "/nothing")]:
            answer = await stranger.request(method, path)
            if path in OPEN:
                assert answer.status_code == 200, path
                continue
            asked += 1
            assert answer.status_code == 401, (method, path)
            assert answer.json()["code"] == "token_missing"
            assert answer.headers["www-authenticate"] == "Bearer"
        assert asked > 10

    @pytest.mark.parametrize(
        ("header", "code"),
        [
            ("Bearer wrong", "token_wrong"),
            ("Bearer the-token-and-more", "token_wrong"),
            ("Bearer the-toke", "token_wrong"),
            ("Bearer töken", "token_wrong"),
            ("Bearer ", "token_missing"),
            ("Basic the-token", "token_missing"),
            ("the-token", "token_missing"),
            ("", "token_missing"),
        ],
    )
    async def test_a_wrong_token_is_no_token(
        self, stranger: httpx.AsyncClient, header: str, code: str
    ) -> None:
        answer = await stranger.get(
            "/api/v1/status", headers={b"Authorization": header.encode("latin-1")}
        )
        assert (answer.status_code, answer.json()["code"]) == (401, code)

    async def test_the_scheme_may_be_written_small(self, stranger: httpx.AsyncClient) -> None:
        answer = await stranger.get("/api/v1/status", headers={"Authorization": "bearer the-token"})
        assert answer.status_code == 200

    async def test_a_token_in_the_query_is_none(self, stranger: httpx.AsyncClient) -> None:
        answer = await stranger.get("/api/v1/status?token=the-token&access_token=the-token")
        assert answer.status_code == 401

    async def test_the_owner_of_the_socket_needs_none(self, app: FastAPI) -> None:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(OwnersEntrance(app)), base_url="http://any.example"
        ) as owner:
            assert (await owner.get("/api/v1/status")).status_code == 200


class TestHost:
    @pytest.mark.parametrize(
        "host",
        ["127.0.0.1", "127.0.0.1:8080", "localhost:1", "LocalHost", "[::1]:8080", "[::1]",
         "ivr.example", "IVR.example:443"],
    )  # fmt: skip
    async def test_known_names_are_answered(self, api: httpx.AsyncClient, host: str) -> None:
        answer = await api.get("/api/v1/status", headers={"Host": host})
        assert answer.status_code == 200

    @pytest.mark.parametrize(
        "host",
        ["evil.example", "127.0.0.1.evil.example", "localhost.", "ivr.example.evil.example",
         "[::2]", "[", "", ":8080", "evil.example:127.0.0.1"],
    )  # fmt: skip
    async def test_other_names_are_refused_even_for_the_probes(
        self, api: httpx.AsyncClient, host: str
    ) -> None:
        for path in ("/api/v1/status", "/healthz"):
            answer = await api.get(path, headers={"Host": host})
            assert (answer.status_code, answer.json()["code"]) == (421, "host_not_allowed")


class TestAnswers:
    async def test_every_answer_is_for_programs_only(
        self, api: httpx.AsyncClient, stranger: httpx.AsyncClient
    ) -> None:
        for answer in (
            await api.get("/api/v1/status"),
            await api.get("/healthz"),
            await stranger.get("/api/v1/status"),
            await api.get("/nothing"),
            await api.delete("/api/v1/status"),
            await api.put("/api/v1/agents/1001/presence", content=b"{"),
        ):
            assert answer.headers["content-type"] == "application/json"
            assert answer.headers["content-security-policy"] == (
                "default-src 'none'; frame-ancestors 'none'"
            )
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store"
            assert "access-control-allow-origin" not in answer.headers

    async def test_no_page_of_somebody_else_may_ask(self, api: httpx.AsyncClient) -> None:
        answer = await api.options(
            "/api/v1/callbacks",
            headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
        )
        assert answer.status_code == 405
        assert not [name for name in answer.headers if name.startswith("access-control")]

    @pytest.mark.parametrize("path", ["/docs", "/redoc", "/docs/oauth2-redirect"])
    async def test_there_are_no_pages_with_scripts(self, api: httpx.AsyncClient, path: str) -> None:
        assert (await api.get(path)).status_code == 404

    @pytest.mark.parametrize(
        ("method", "path", "status", "code"),
        [
            ("GET", "/nothing", 404, "route_not_found"),
            ("GET", "/api/v1/agents/", 404, "route_not_found"),
            ("DELETE", "/api/v1/agents", 405, "method_not_allowed"),
        ],
    )
    async def test_what_is_not_there_is_told_like_any_error(
        self, api: httpx.AsyncClient, method: str, path: str, status: int, code: str
    ) -> None:
        answer = await api.request(method, path)
        assert answer.status_code == status
        assert answer.json()["code"] == code
        assert answer.json()["retryable"] is False


class TestBodies:
    async def test_a_body_announced_too_large_is_not_read(self, api: httpx.AsyncClient) -> None:
        async def never() -> AsyncIterator[bytes]:
            yield pytest.fail("It was read.")

        answer = await api.post(
            "/api/v1/callbacks",
            content=never(),
            headers={"Content-Length": str(BODY_BYTES + 1), "Content-Type": "application/json"},
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")

    async def test_a_body_that_does_not_end_is_cut_off(self, api: httpx.AsyncClient) -> None:
        sent = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal sent
            while True:
                sent += 1024
                yield b" " * 1024

        answer = await api.post(
            "/api/v1/callbacks", content=endless(), headers={"Content-Type": "application/json"}
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        assert sent <= BODY_BYTES + 2048

    async def test_the_longest_note_fits_however_it_is_written(
        self, api: httpx.AsyncClient
    ) -> None:
        note = "\\u00e4" * 4000
        answer = await api.post(
            "/api/v1/callbacks",
            content=f'{{"number": "04461 123456", "note": "{note}"}}',
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 201
        assert answer.json()["note"] == "ä" * 4000

    async def test_a_form_of_a_web_page_is_no_request(
        self, lab: ServiceLab, api: httpx.AsyncClient
    ) -> None:
        for content_type in ("text/plain", "application/x-www-form-urlencoded"):
            answer = await api.post(
                "/api/v1/callbacks",
                content=b'{"number": "04461 123456"}',
                headers={"Content-Type": content_type},
            )
            assert answer.status_code == 422
        assert await lab.callback_ids() == set()


class TestLog:
    async def test_a_request_is_one_line_without_what_was_asked(
        self, api: httpx.AsyncClient
    ) -> None:
        with structlog.testing.capture_logs() as lines:
            await api.get("/api/v1/callbacks?caseworker=04461123456")
            await api.get("/api/v1/agents/04461123456")
            await api.get("/04461123456")
        assert "04461123456" not in repr(lines)
        assert [(line["event"], line["operation"], line["status"]) for line in lines] == [
            ("http_request", "list_callbacks", 200),
            ("http_request", "show_agent", 404),
            ("http_request", None, 404),
        ]
        assert all(line["milliseconds"] >= 0 for line in lines)

    async def test_probes_that_are_fine_are_no_news(
        self, lab: ServiceLab, stranger: httpx.AsyncClient
    ) -> None:
        with structlog.testing.capture_logs() as lines:
            await stranger.get("/healthz")
            lab.store.down = True
            await stranger.get("/readyz")
        assert [(line["log_level"], line["status"]) for line in lines] == [
            ("debug", 200),
            ("info", 503),
        ]


class TestDefects:
    async def test_a_defect_is_told_without_details_and_logged_with_them(
        self, lab: ServiceLab, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def broken(_call: CallId, _by: str) -> None:
            raise LookupError("the reason")

        monkeypatch.setattr(lab.parts.looking, "call", broken)
        with structlog.testing.capture_logs() as lines:
            answer = await api.get("/api/v1/calls/call-1")
        assert answer.status_code == 500
        assert answer.json()["code"] == "defect"
        assert "the reason" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert [line["event"] for line in lines] == ["http_defect", "http_request"]
        assert lines[0]["exc_info"]
