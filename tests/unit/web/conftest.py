from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from ivr.adapters.web.app import build_app
from tests.service_lab import ServiceLab, running_service

TOKEN = "the-token"


@pytest.fixture
async def lab() -> AsyncIterator[ServiceLab]:
    async with running_service() as service:
        yield service


@pytest.fixture
def app(lab: ServiceLab) -> FastAPI:
    return build_app(lab.parts, token=TOKEN, hosts=["ivr.example"])


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A program of the county, with the token."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://127.0.0.1:8080",
        headers={"Authorization": f"Bearer {TOKEN}"},
    ) as client:
        yield client


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a token."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8080"
    ) as client:
        yield client
