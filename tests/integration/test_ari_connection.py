"""The connection under everything that a peer can do to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from ivr.adapters.ari import connection as ari
from ivr.adapters.ari import ghosts, requests
from ivr.adapters.ari.connection import AriConnection, Replaced
from ivr.adapters.ari.messages import Message, StasisEnd
from ivr.adapters.ari.requests import AriError
from ivr.application.backoff import Backoff
from ivr.domain.errors import Unavailable
from testbed.transcript import Transcript
from tests.integration.ari_server import AriServer, ari_server

STASIS_END = '{"type": "StasisEnd", "channel": {"id": "c"}}'
_PHONE = '{"technology": "PJSIP", "resource": "2001", "channel_ids": []}'
PHONE_CHANGED = f'{{"type": "EndpointStateChange", "endpoint": {_PHONE}}}'


@pytest.fixture
async def server() -> AsyncIterator[AriServer]:
    async with ari_server() as running:
        yield running


class Client:
    """A connection, what it heard, and the task that keeps it up."""

    def __init__(
        self, server: AriServer, on_connect: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self.heard: Transcript[Message] = Transcript("heard")
        self.prepared = 0
        self.ari = AriConnection(
            server.address, self.heard.add, on_connect or self._prepare, Backoff(0.01, 0.02)
        )
        self.running = asyncio.create_task(self.ari.run(), name="connection")

    async def _prepare(self) -> None:
        self.prepared += 1


@asynccontextmanager
async def connected(
    server: AriServer, on_connect: Callable[[], Awaitable[None]] | None = None
) -> AsyncIterator[Client]:
    client = Client(server, on_connect)
    try:
        async with asyncio.timeout(5):
            await client.ari.up.wait()
        yield client
    finally:
        client.running.cancel()
        await asyncio.gather(client.running, return_exceptions=True)


async def test_a_request_is_sent_and_answered(server: AriServer) -> None:
    server.answer = lambda _: {"status_code": 200, "message_body": '[{"id": "c"}]'}
    async with connected(server) as client:
        answer = await client.ari.request(
            "PUT", "a/b", {"one": 1, "two": "zwei & drei"}, body=["x"]
        )
    asked = await server.asked.first(lambda _: True, "a request")
    assert answer == [{"id": "c"}]
    assert {key: asked[key] for key in ("type", "method", "uri")} == {
        "type": "RESTRequest",
        "method": "PUT",
        "uri": "a/b",
    }
    assert asked["query_strings"] == [
        {"name": "one", "value": "1"},
        {"name": "two", "value": "zwei & drei"},
    ]
    assert asked["message_body"] == '{"body":["x"]}'


async def test_answers_find_their_requests_in_any_order(server: AriServer) -> None:
    late: list[str] = []

    def answer(asked: dict[str, str]) -> None:
        late.append(asked["request_id"])

    server.answer = answer
    async with connected(server) as client:
        requests = [asyncio.create_task(client.ari.request("GET", f"x/{n}")) for n in range(3)]
        socket = await server.next_socket()
        await server.asked.first(lambda asked: asked["uri"] == "x/2", "the last request")
        for n, request_id in reversed(list(enumerate(late))):
            await socket.send_json(
                {
                    "type": "RESTResponse",
                    "request_id": request_id,
                    "status_code": 200,
                    "message_body": str(n),
                }
            )
        assert await asyncio.gather(*requests) == [0, 1, 2]


async def test_a_refusal_says_what_and_not_whom(server: AriServer) -> None:
    server.answer = lambda _: {"status_code": 404}
    async with connected(server) as client:
        with pytest.raises(AriError) as refusal:
            await client.ari.request("GET", "channels/+491713920001")
    assert refusal.value.status == 404
    assert refusal.value.message == "GET channels: 404"


@pytest.mark.parametrize(
    ("status", "logged"), [(404, False), (409, False), (422, False), (500, True)]
)
async def test_an_attempt_on_what_is_gone_is_normal(
    server: AriServer, status: int, *, logged: bool
) -> None:
    server.answer = lambda _: {"status_code": status}
    async with connected(server) as client:
        with capture_logs() as lines:
            assert not await client.ari.attempt("DELETE", "channels/c")
    assert [line["event"] for line in lines] == ["ari_refused"] * logged


async def test_requests_under_way_fail_with_the_socket(server: AriServer) -> None:
    server.answer = lambda _: None
    async with connected(server) as client:
        requests = [asyncio.create_task(client.ari.request("GET", "x")) for _ in range(3)]
        socket = await server.next_socket()
        await server.asked.first(lambda asked: asked["request_id"] == "r3", "the requests")
        socket._req.transport.abort()  # type: ignore[union-attr]  # as a crash does
        async with asyncio.timeout(1):
            failures = await asyncio.gather(*requests, return_exceptions=True)
    assert [type(failure) for failure in failures] == [Unavailable] * 3


async def test_no_answer_is_waited_for_but_not_for_ever(
    server: AriServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "REQUEST_SECONDS", 0.1)
    server.answer = lambda _: None
    async with connected(server) as client:
        with pytest.raises(Unavailable):
            await client.ari.request("GET", "x")
        assert client.ari._pending == {}
        assert client.ari.up.is_set()


async def test_a_busy_asterisk_is_waited_for_while_it_answers_others(
    server: AriServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a thousand callers on a small machine it answers one after the other, and late."""
    monkeypatch.setattr(requests, "REQUEST_SECONDS", 0.3)
    held_up: list[str] = []

    def answer(asked: dict[str, str]) -> dict[str, int] | None:
        if asked["uri"] != "late":
            return {"status_code": 204}
        held_up.append(asked["request_id"])
        return None

    server.answer = answer
    async with connected(server) as client:
        late = asyncio.create_task(client.ari.request("POST", "late"))
        began = time.monotonic()
        while time.monotonic() - began < 2 * requests.REQUEST_SECONDS:
            await asyncio.sleep(0.02)
            await client.ari.request("POST", "other")
        assert not late.done()
        await (await server.next_socket()).send_json(
            {"type": "RESTResponse", "request_id": held_up[0], "status_code": 204}
        )
        await late
        assert client.prepared == 1


async def test_a_request_among_others_is_not_waited_for_for_ever(
    server: AriServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "LONGEST_SECONDS", 0.2)
    server.answer = lambda asked: None if asked["uri"] == "never" else {"status_code": 204}
    async with connected(server) as client:
        never = asyncio.create_task(client.ari.request("GET", "never"))
        while not never.done():
            await asyncio.sleep(0.02)
            await client.ari.request("POST", "other")
        with pytest.raises(Unavailable):
            await never


async def test_a_listing_is_asked_for_over_http(server: AriServer) -> None:
    server.answer = lambda _: {"status_code": 200, "message_body": '[{"id": "c"}]'}
    async with connected(server) as client:
        assert await client.ari.listing("channels") == [{"id": "c"}]
    asked = await server.asked.first(lambda _: True, "a listing")
    assert asked == {"method": "GET", "uri": "channels"}


async def test_a_refused_listing_says_so(server: AriServer) -> None:
    server.answer = lambda _: {"status_code": 404}
    async with connected(server) as client:
        with pytest.raises(AriError) as refusal:
            await client.ari.listing("applications/ivr")
    assert refusal.value.status == 404
    assert refusal.value.message == "GET applications: 404"


async def test_a_listing_is_not_waited_for_for_ever(
    server: AriServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "LONGEST_SECONDS", 0.1)
    server.answer = lambda _: None
    async with connected(server) as client:
        with pytest.raises(Unavailable):
            await client.ari.listing("channels")


async def test_without_a_connection_nothing_is_asked(server: AriServer) -> None:
    server.status = 503
    client = Client(server)
    with pytest.raises(Unavailable):
        await client.ari.request("GET", "x")
    with pytest.raises(Unavailable):
        await client.ari.listing("x")
    client.running.cancel()


async def test_who_hears_itself_stays(server: AriServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ari, "HEARTBEAT_SECONDS", 0.05)
    async with connected(server) as client:
        await server.asked.first(lambda asked: asked["request_id"] == "r4", "a word to itself")
        assert client.prepared == 1


@pytest.mark.parametrize("status", [204, 404])
async def test_who_hears_nothing_connects_anew(
    server: AriServer, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(ari, "HEARTBEAT_SECONDS", 0.05)
    server.tells_events = False
    server.answer = lambda _: {"status_code": status}
    async with connected(server) as client:
        with capture_logs() as lines:
            await server.next_socket(since=1)
        server.tells_events = True
        await client.ari.up.wait()
    away = "Asterisk tells no events" if status == 204 else "POST events: 404"
    assert lines[0]["reason"] == away


@pytest.mark.parametrize(
    ("event", "connections"),
    [(STASIS_END, 1), (PHONE_CHANGED, 2)],
    ids=["of the calls", "of the telephones"],
)
async def test_who_hears_others_of_the_calls_application_stays(
    server: AriServer, monkeypatch: pytest.MonkeyPatch, event: str, connections: int
) -> None:
    """A busy Asterisk tells our own event late. To connect anew would make it busier."""
    monkeypatch.setattr(ari, "HEARTBEAT_SECONDS", 0.2)
    server.tells_events = False
    async with connected(server) as client:
        socket = await server.next_socket()
        began = time.monotonic()
        while time.monotonic() - began < 1.0 and not socket.closed:
            await socket.send_str(event)
            await asyncio.sleep(0.02)
        server.tells_events = True
        await server.next_socket(since=connections - 1)
        await client.ari.up.wait()
        assert client.prepared == connections


async def test_a_preparation_ends_with_the_socket(server: AriServer) -> None:
    """What it was told would be old, and it might wait long for it."""
    prepared = 0

    async def prepare() -> None:
        nonlocal prepared
        prepared += 1
        if prepared == 1:
            await asyncio.Event().wait()

    client = Client(server, prepare)
    await (await server.next_socket()).close()
    async with asyncio.timeout(5):
        await client.ari.up.wait()
    assert prepared == 2
    client.running.cancel()
    await asyncio.wait({client.running})


async def test_it_prepares_anew_after_each_loss(server: AriServer) -> None:
    async with connected(server) as client:
        for losses in (1, 2):
            socket = await server.next_socket(since=losses - 1)
            await socket.close()
            await server.next_socket(since=losses)
            await client.ari.up.wait()
        assert client.prepared == 3


async def test_events_are_heard_while_it_prepares_and_in_order(server: AriServer) -> None:
    go_on = asyncio.Event()
    client = Client(server, on_connect=lambda: _wait(go_on))
    socket = await server.next_socket()
    for name in "abc":
        await socket.send_json({"type": "StasisEnd", "channel": {"id": name}})
    await client.heard.first(lambda message: message == StasisEnd("c"), "the last")
    assert list(client.heard) == [StasisEnd(name) for name in "abc"]
    assert not client.ari.up.is_set()
    go_on.set()
    await client.ari.up.wait()
    client.running.cancel()


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


async def test_a_preparation_that_fails_is_tried_again(server: AriServer) -> None:
    tries = 0

    async def prepare() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise AriError(404, "GET channels")

    with capture_logs() as lines:
        async with connected(server, prepare):
            assert tries == 2
    assert {
        "event": "asterisk_away",
        "reason": "GET channels: 404",
        "log_level": "warning",
    } in lines


async def test_a_defect_in_the_preparation_ends_it(server: AriServer) -> None:
    async def prepare() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(Client(server, prepare).running, 5)


async def test_a_defect_in_the_reading_ends_it(server: AriServer) -> None:
    def defect(_: Message) -> None:
        raise ZeroDivisionError

    client = Client(server)
    client.ari._on_message = defect
    await (await server.next_socket()).send_str(STASIS_END)
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(client.running, 5)


@pytest.mark.parametrize(
    "garbage", ["", "no JSON", "[]", "null", '{"type": "StasisStart"}', '{"type": "RESTResponse"}']
)
async def test_garbage_is_logged_and_survived(server: AriServer, garbage: str) -> None:
    async with connected(server) as client:
        socket = await server.next_socket()
        with capture_logs() as lines:
            await socket.send_str(garbage)
            await socket.send_bytes(b"binary")
            await socket.send_str('{"type": "RESTResponse", "request_id": "?", "status_code": 200}')
            await socket.send_str(STASIS_END)
            await client.heard.first(lambda message: message == StasisEnd("c"), "what follows")
        assert [line["event"] for line in lines] == ["ari_message_not_understood"]
        assert client.ari.up.is_set()


async def test_being_replaced_ends_it(server: AriServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ghosts, "YOUNG_SECONDS", 0)
    async with connected(server) as client:
        await (await server.next_socket()).send_json({"type": "ApplicationReplaced"})
        with pytest.raises(Replaced):
            await asyncio.wait_for(client.running, 5)


async def test_who_is_replaced_just_after_connecting_comes_back_once(
    server: AriServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ghosts, "GONE_SECONDS", 0.2)
    async with connected(server) as client:
        began = time.monotonic()
        with capture_logs() as lines:
            await (await server.next_socket()).send_json({"type": "ApplicationReplaced"})
            again = await server.next_socket(since=1)
            assert time.monotonic() - began > 0.2
            await client.ari.up.wait()
        assert client.prepared == 2
        assert lines[0]["reason"] == "replaced, maybe by nobody"
        await again.send_json({"type": "ApplicationReplaced"})
        with pytest.raises(Replaced):
            await asyncio.wait_for(client.running, 5)


@asynccontextmanager
async def preparing(server: AriServer) -> AsyncIterator[tuple[Client, web.WebSocketResponse]]:
    """Connect a client and stop it in the middle of its preparation."""
    server.answer = lambda _: None

    async def prepare() -> None:
        await client.ari.request("GET", "applications/ivr")

    client = Client(server, prepare)
    socket = await server.next_socket()
    await server.asked.first(lambda asked: asked["uri"] == "applications/ivr", "a request")
    try:
        yield client, socket
    finally:
        client.running.cancel()
        await asyncio.gather(client.running, return_exceptions=True)


async def test_who_is_replaced_while_preparing_comes_back(
    server: AriServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ghosts, "GONE_SECONDS", 0.0)
    async with preparing(server) as (client, socket):
        server.answer = lambda _: {"status_code": 204}
        await socket.send_json({"type": "ApplicationReplaced"})
        await asyncio.wait_for(client.ari.up.wait(), 5)


async def test_who_is_replaced_for_good_while_preparing_ends(
    server: AriServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ghosts, "YOUNG_SECONDS", 0)
    async with preparing(server) as (client, socket):
        await socket.send_json({"type": "ApplicationReplaced"})
        with pytest.raises(Replaced):
            await asyncio.wait_for(client.running, 5)


async def test_after_a_standstill_it_asks_instead_of_reading_what_waits(
    server: AriServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ari, "STANDSTILL_SECONDS", 0.3)
    monkeypatch.setattr(ari, "_TICK_SECONDS", 0.05)
    async with connected(server) as client:
        with capture_logs() as lines:
            await (await server.next_socket()).send_str(STASIS_END)
            time.sleep(0.5)  # noqa: ASYNC251 - that is the standstill
            await server.next_socket(since=1)
            await client.ari.up.wait()
        assert list(client.heard) == []
        assert client.prepared == 2
    assert [line["event"] for line in lines] == [
        "stood_still",
        "asterisk_away",
        "asterisk_connected",
    ]


async def test_a_flood_of_events_is_read_in_order_and_delays_no_answer(server: AriServer) -> None:
    many = 5_000
    server.answer = lambda _: {"status_code": 204}
    async with connected(server) as client:
        socket = await server.next_socket()

        async def flood() -> None:
            for number in range(many):
                await socket.send_str(STASIS_END.replace('"c"', f'"{number}"'))

        flooding = asyncio.create_task(flood())
        while not flooding.done():
            await client.ari.request("GET", "x")
        await flooding
        await client.heard.first(lambda message: message == StasisEnd(str(many - 1)), "the last")
        assert list(client.heard) == [StasisEnd(str(n)) for n in range(many)]
        assert client.prepared == 1


async def test_a_reader_who_is_slow_holds_up_the_sender_and_not_the_memory(
    server: AriServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not read stays with Asterisk, which ends the socket when that gets too much."""
    monkeypatch.setattr(ari, "HEARTBEAT_SECONDS", 60.0)
    long = STASIS_END.replace("{", f'{{"padding": "{"x" * 10_000}", ', 1)
    sent = 0

    async def flood(socket: web.WebSocketResponse) -> None:
        nonlocal sent
        while sent < 10_000:
            await socket.send_str(long)
            sent += 1

    async def never(timeout: float | None = None) -> aiohttp.WSMessage:  # noqa: ASYNC109 - aiohttp's
        raise AssertionError(await asyncio.Event().wait(), timeout)

    async with connected(server) as client:
        assert client.ari._socket is not None
        monkeypatch.setattr(client.ari._socket, "receive", never)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(flood(await server.next_socket()), 2)
    assert sent < 10_000


async def test_a_network_that_swallows_everything_is_noticed(
    server: AriServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ari, "HEARTBEAT_SECONDS", 0.4)
    async with line_to(server) as line, connected(server) as client:
        line.cut()
        with pytest.raises(Unavailable):
            await client.ari.request("GET", "x")
        async with asyncio.timeout(5):
            while client.ari.up.is_set():  # noqa: ASYNC110 - there is no event for it
                await asyncio.sleep(0.01)
        line.mend()
        async with asyncio.timeout(5):
            await client.ari.up.wait()


class Line:
    """A way to a server that can be cut: connections stay, and nothing comes through."""

    def __init__(self, host: str, port: int) -> None:
        self._to = host, port
        self._tasks: set[asyncio.Task[None]] = set()
        self._whole = asyncio.Event()
        self._whole.set()

    def cut(self) -> None:
        self._whole.clear()

    def mend(self) -> None:
        """What was on its way is lost, with its connections."""
        for task in self._tasks:
            task.cancel()
        self._whole.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._to)
        for source, goal in ((reader, back), (there, writer)):
            task = asyncio.create_task(self._pass_on(source, goal))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, source: asyncio.StreamReader, goal: asyncio.StreamWriter) -> None:
        try:
            while text := await source.read(65_536):
                await self._whole.wait()
                goal.write(text)
        except ConnectionError:
            pass
        finally:
            goal.close()


@asynccontextmanager
async def line_to(server: AriServer) -> AsyncIterator[Line]:
    """A line to ``server``, which is reached by it from now on."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    line = Line(host, int(port))
    listening = await asyncio.start_server(line.carry, host)
    direct = server.url
    server.url = f"http://{host}:{listening.sockets[0].getsockname()[1]}"
    try:
        yield line
    finally:
        line.mend()
        listening.close()
        server.url = direct


async def test_who_is_replaced_asks_nothing_more_and_tells_nobody(
    server: AriServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ghosts, "YOUNG_SECONDS", 0)
    monkeypatch.setattr(requests, "REQUEST_SECONDS", 0.1)
    server.answer = lambda _: None
    async with connected(server) as client:
        under_way = asyncio.create_task(client.ari.request("GET", "under-way"))
        await server.asked.first(lambda asked: asked["uri"] == "under-way", "the request")
        await (await server.next_socket()).send_json({"type": "ApplicationReplaced"})
        with pytest.raises(Replaced):
            await asyncio.wait_for(client.running, 5)
        late = asyncio.create_task(client.ari.request("DELETE", "late"))
        done, waiting = await asyncio.wait({under_way, late}, timeout=0.3)
        assert done == set()
        for request in waiting:
            request.cancel()
    assert [asked["uri"] for asked in server.asked] == ["under-way"]


@pytest.mark.parametrize(
    ("status", "hint"),
    [(401, "password"), (403, "password"), (404, "not ready"), (503, "Asterisk answered 503")],
)
async def test_a_refused_handshake_is_explained(server: AriServer, status: int, hint: str) -> None:
    server.status = status
    with capture_logs() as lines:
        client = Client(server)
        await _until(lambda: bool(lines))
        client.running.cancel()
    assert hint in lines[0]["reason"]
    assert "secret" not in str(lines)


async def test_a_long_absence_is_logged_once_and_so_is_the_next(server: AriServer) -> None:
    server.status = 503
    with capture_logs() as lines:
        client = Client(server)
        await _until(lambda: server.refused == 5)
        server.status = HTTPStatus.SWITCHING_PROTOCOLS
        await client.ari.up.wait()
        server.status = 503
        await (await server.next_socket()).close()
        await _until(lambda: server.refused == 10)
        client.running.cancel()
    refused = "Asterisk answered 503"
    assert [line.get("reason") for line in lines] == [
        refused,
        None,
        "socket closed (1000)",
        refused,
    ]


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - neither lines nor refusals have events
            await asyncio.sleep(0.01)
