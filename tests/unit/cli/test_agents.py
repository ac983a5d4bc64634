"""``ivr agents``, with a service that notes what it is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from ivr.cli import agents
from ivr.cli.client import ServiceClient
from ivr.domain.calls import CallResult
from ivr.domain.errors import Refused

SHOWN = {
    "id": "1001",
    "name": "Anna",
    "presence": "ready",
    "reason": "",
    "state": "ready",
    "since": "2026-11-23T09:00:00+01:00",
    "reachable": True,
    "last_call": False,
    "call": None,
}


class Service:
    """Answers every request with ``status`` and ``body``."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.status = 200
        self.body: dict[str, Any] = SHOWN

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.method, request.url.path, json.loads(request.content)))
        return httpx.Response(self.status, json=self.body)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    made = Service()

    @contextmanager
    def client() -> Iterator[ServiceClient]:
        transport = httpx.MockTransport(made.answer)
        with httpx.Client(transport=transport, base_url="http://localhost") as http:
            yield ServiceClient(http)

    monkeypatch.setattr(agents, "service", client)
    monkeypatch.setenv("LC_ALL", "C")
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(agents.app, arguments, catch_exceptions=False)


@pytest.mark.parametrize("result", CallResult)
def test_what_came_of_a_call_is_told_to_the_service(service: Service, result: CallResult) -> None:
    told = run("result", "1001", result.value, "--by", "janssen")

    assert told.exit_code == 0
    assert service.asked == [
        ("POST", "/api/v1/agents/1001/result", {"result": result.value, "by": "janssen"})
    ]
    assert "Anna" in told.stdout


def test_the_agent_is_shown_as_json(service: Service) -> None:
    assert json.loads(run("result", "1001", "settled", "--json").stdout) == SHOWN
    assert service.asked[0][2]["by"], "nobody said it"


@pytest.mark.parametrize("arguments", [[], ["1001"], ["1001", "fine"]])
def test_a_result_that_is_none_is_wrong_use(service: Service, arguments: list[str]) -> None:
    assert run("result", *arguments).exit_code == 2
    assert service.asked == []


def test_what_the_service_refuses_is_told(service: Service) -> None:
    service.status = 409
    service.body = {"code": "no_call", "message": "No call was answered.", "retryable": False}

    with pytest.raises(Refused, match="No call was answered"):
        run("result", "1001", "settled")
