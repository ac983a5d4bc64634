"""What a dead service holds in a real Asterisk, and what can be done about it from beside."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from ivr.adapters.ari import exchange as ari_exchange
from ivr.adapters.ari.connection import Address
from ivr.adapters.ari.exchange import AriExchange
from ivr.application.stranded import Held, Line
from ivr.domain.errors import Unavailable, UnexpectedMessage
from testbed.phone import Call, Phone
from testbed.ports import Ports
from tests.examples import DIDS, ONLY_JUGEND, VERKEHR
from tests.integration.dialplan_lab import Lab, dialplan_lab

CALLER = "+491713920136"


def address(lab: Lab) -> Address:
    return Address(lab.settings.ari, "ivr", lab.secrets.ari_password, "ivr")


@asynccontextmanager
async def service(lab: Lab) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Somebody listens for our application, and does nothing."""
    login = aiohttp.encode_basic_auth("ivr", lab.secrets.ari_password)
    async with (
        aiohttp.ClientSession(lab.settings.ari, headers={"Authorization": login}) as session,
        session.ws_connect("/ari/events", params={"app": "ivr"}) as socket,
    ):
        yield socket


@asynccontextmanager
async def calling(lab: Lab) -> AsyncIterator[Call]:
    async with Phone.citizen(
        CALLER, server=lab.server, ports=lab.ports, folder=lab.folder / "phone-citizen"
    ) as phone:
        yield await phone.dial(DIDS[VERKEHR])


async def held(exchange: AriExchange) -> Held:
    async with asyncio.timeout(10):
        while True:
            found = await exchange.held()
            if found.lines:
                return found
            await asyncio.sleep(0.05)


async def entered(listener: aiohttp.ClientWebSocketResponse, channel: str) -> None:
    """Wait until ``channel`` is in the application."""
    async with asyncio.timeout(10):
        while True:
            message = await listener.receive_json()
            if message["type"] == "StasisStart" and message["channel"]["id"] == channel:
                return


async def nobody_held(exchange: AriExchange) -> None:
    async with asyncio.timeout(10):
        while True:
            if not (await exchange.held()).lines:
                return
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("listens", [True, False])
async def test_a_caller_is_found_and_moved(tmp_path: Path, *, listens: bool) -> None:
    async with (
        dialplan_lab(tmp_path) as lab,
        AriExchange.opened(address(lab)) as exchange,
        AsyncExitStack() as listening,
    ):
        assert await exchange.held() == Held()
        listener = await listening.enter_async_context(service(lab))
        async with calling(lab) as call:
            [line] = (await held(exchange)).lines
            if not listens:
                await listening.aclose()
            assert listener.closed is not listens
            assert line.dialled == DIDS[VERKEHR]

            await exchange.move(line)
            await call.answered()
            await lab.logged("a caller is moved from ivr to the fallback queue")
            assert (await exchange.held()).lines == ()
            await exchange.move(line)  # harmless
            await call.hang_up()


async def test_a_caller_for_whom_a_telephone_rang_is_moved_once(tmp_path: Path) -> None:
    """Asterisk goes on listing such a caller; the fallback queue has the call all the same."""
    async with (
        dialplan_lab(tmp_path) as lab,
        AriExchange.opened(address(lab)) as exchange,
        service(lab) as listener,
        calling(lab) as call,
        lab.desk_phone(ONLY_JUGEND) as phone,
    ):
        [line] = (await held(exchange)).lines
        leg = {"endpoint": f"PJSIP/{ONLY_JUGEND}", "app": "ivr", "channelId": "a-leg"}
        await exchange._ask("POST", "channels/create", {**leg, "originator": line.channel})
        await entered(listener, "a-leg")  # before, it can't be dialled
        await exchange._ask("POST", "channels/a-leg/dial")
        ringing = await phone.incoming()
        await ringing.hang_up()
        await exchange.move(line)
        await call.answered()
        ours = await exchange._ask("GET", "applications/ivr")
        assert line.channel in ours["channel_ids"]
        await nobody_held(exchange)  # the telephone's leg may take a moment to end
        await call.hang_up()


async def test_a_line_is_ended(tmp_path: Path) -> None:
    async with (
        dialplan_lab(tmp_path) as lab,
        AriExchange.opened(address(lab)) as exchange,
        service(lab),
        calling(lab) as call,
    ):
        [line] = (await held(exchange)).lines
        await exchange.end(line)
        await call.ended()
        await exchange.end(line)  # harmless


async def test_a_channel_about_which_nothing_is_said_is_no_sign_of_asterisk_being_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ari_exchange, "_CHANNEL_SECONDS", 0.1)

    with socket.create_server(("127.0.0.1", 0)) as server:  # connected by the kernel alone
        host, port = server.getsockname()
        slow = Address(f"http://{host}:{port}", "ivr", "secret", "ivr")
        async with AriExchange.opened(slow) as exchange:
            with pytest.raises(UnexpectedMessage):
                await exchange.end(Line("c-1", datetime.now(UTC)))


async def test_asterisk_is_away() -> None:
    with Ports() as ports:
        nowhere = Address(f"http://127.0.0.1:{ports.one()}", "ivr", "secret", "ivr")
        async with AriExchange.opened(nowhere) as exchange:
            with pytest.raises(Unavailable):
                await exchange.held()
