"""What the command line makes of the answers, and of there being none."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from ivr.cli.client import ServiceClient, acting_user, service
from ivr.domain.errors import IvrError, Refused, Unavailable, UnexpectedMessage

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IVR_STATE", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.delenv("IVR_API_TOKEN", raising=False)


def client(answer: Answer) -> ServiceClient:
    return ServiceClient(
        httpx.Client(transport=httpx.MockTransport(answer), base_url="http://localhost")
    )


def says(status: int, **body: str | bool) -> Answer:
    return lambda _request: httpx.Response(status, json=body)


def test_what_people_type_stays_one_part_of_the_path() -> None:
    asked: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path)
        return httpx.Response(200, json={})

    client(answer).get("agents", "../callbacks?x=1#ä")
    assert asked == [b"/api/v1/agents/..%2Fcallbacks%3Fx%3D1%23%C3%A4"]


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (
            says(404, code="agent_not_found", message="No.", retryable=False),
            Refused,
            "agent_not_found",
        ),
        (says(503, code="full", message="Full.", retryable=True), Unavailable, "full"),
        (says(500, error="?"), UnexpectedMessage, "unexpected_message"),
        (lambda _: httpx.Response(404, html="<p>"), UnexpectedMessage, "unexpected_message"),
        (lambda _: httpx.Response(200, content=b"\xff"), UnexpectedMessage, "unexpected_message"),
    ],
)
def test_an_error_of_the_service_is_one_here(
    answer: Answer, error: type[IvrError], code: str
) -> None:
    with pytest.raises(error) as raised:
        client(answer).get("status")
    assert raised.value.code == code


def test_a_refusal_is_german_in_germany(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    with pytest.raises(Refused, match="Diesen Agenten gibt es nicht"):
        client(says(404, code="agent_not_found", message="No.", retryable=False)).get("agents", "9")
    message = "There is no agent 9. There are: 1001, 1002."
    with pytest.raises(Refused, match=r"gibt es nicht\. Es gibt: 1001, 1002\.$"):
        client(says(404, code="agent_not_found", message=message, retryable=False)).get("agents")
    with pytest.raises(Refused, match="As it is"):
        client(says(409, code="something_new", message="As it is.", retryable=False)).get("status")


def test_a_service_that_hangs_is_told() -> None:
    def hang(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    with pytest.raises(Unavailable, match="does not answer"):
        client(hang).get("status")


class TestFindingTheService:
    def test_not_running(self) -> None:
        with pytest.raises(Unavailable, match="ivr serve") as raised, service():
            pass
        assert raised.value.code == "not_running"

    def test_a_socket_left_behind_is_not_the_service(self, tmp_path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(tmp_path / "ivr.sock"))
        with pytest.raises(Unavailable, match="ivr serve"), service():
            pass

    def test_the_stored_token_is_not_sent_to_whoever_has_the_port(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "secrets.toml").write_text('api_token = "secret"\n')
        with socket.create_server(("127.0.0.1", 0)) as thief:
            thief.setblocking(False)
            monkeypatch.setenv("IVR_HTTP_BIND", f"127.0.0.1:{thief.getsockname()[1]}")
            with pytest.raises(Unavailable), service() as found:
                found.get("status")
            with pytest.raises(BlockingIOError):
                thief.accept()

    def test_with_a_token_the_address_is_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        monkeypatch.setenv("IVR_HTTP_BIND", f"127.0.0.1:{port}")
        monkeypatch.setenv("IVR_API_TOKEN", "the-token")
        with service() as found, pytest.raises(Unavailable, match="ivr serve"):
            found.get("status")

    @pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
    def test_another_user_is_told_who_may(self, tmp_path: Path) -> None:
        folder = tmp_path / "state"
        folder.mkdir(mode=0o700)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(folder / "ivr.sock"))
            listening.listen()
            child = os.fork()
            if child == 0:
                os._exit(_as_nobody(folder))
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _as_nobody(folder: Path) -> int:
    os.setuid(65534)
    os.environ["IVR_STATE"] = str(folder)
    try:
        with service():
            return 1
    except Refused as refused:
        return 0 if "sudo -u root ivr" in refused.message else 2


def test_who_acts_is_the_user_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "somebody-else")
    monkeypatch.setenv("USER", "somebody-else")
    assert acting_user() != "somebody-else"
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    assert acting_user() == "4000000"
