from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from ivr.adapters.web.failures import install_failures
from ivr.domain.errors import IvrError, Refused, Unavailable, UnexpectedMessage


@pytest.mark.parametrize(
    ("error", "status", "retryable"),
    [
        (Refused("No.", code="anything_not_found"), 404, False),
        (Refused("No.", code="callback_closed"), 409, False),
        (Refused("No."), 409, False),
        (Refused("No.", code="number_invalid"), 422, False),
        (Refused("No.", code="text_too_long"), 422, False),
        (Unavailable("Away."), 503, True),
        (UnexpectedMessage("What?"), 502, False),
    ],
)
async def test_each_error_has_its_status(error: IvrError, status: int, *, retryable: bool) -> None:
    app = FastAPI()
    install_failures(app)

    @app.get("/")
    async def fail() -> None:
        raise error

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://localhost"
    ) as client:
        answer = await client.get("/")
    assert answer.status_code == status
    assert answer.json() == {
        "code": error.code,
        "message": error.message,
        "retryable": retryable,
        "problems": [],
    }
    assert ("retry-after" in answer.headers) == retryable
