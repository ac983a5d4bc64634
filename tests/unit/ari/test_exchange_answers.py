"""What the process beside the service makes of Asterisk's answers."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from ivr.adapters.ari.connection import Address
from ivr.adapters.ari.exchange import AriExchange
from ivr.application.stranded import Line
from ivr.domain.errors import UnexpectedMessage
from tests.examples import COMMON_NUMBER
from tests.fakes.callbacks import MONDAY

LINE = Line("a-channel", MONDAY, COMMON_NUMBER)


async def move_and_end(status: HTTPStatus) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with (
        TestServer(app) as asterisk,
        AriExchange.opened(Address(str(asterisk.make_url("")), "ivr", "secret", "ivr")) as exchange,
    ):
        await exchange.move(LINE)
        await exchange.end(LINE)


@pytest.mark.parametrize("status", [404, 409, 412])
async def test_a_line_that_is_gone_needs_nothing(status: int) -> None:
    await move_and_end(HTTPStatus(status))


@pytest.mark.parametrize("status", [400, 401, 500, 503])
async def test_an_answer_about_one_line_does_not_say_that_asterisk_is_away(status: int) -> None:
    with pytest.raises(UnexpectedMessage, match=str(status)):
        await move_and_end(HTTPStatus(status))
