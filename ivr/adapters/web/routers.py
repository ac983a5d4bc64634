"""Routers as every module of routes makes them: with all that its routes have in common.

The application takes their routes as they are. To include routers in one another would make every
route anew, at the start and once more at the first request, while calls wait.
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from ivr.adapters.web.failures import documented

_ALWAYS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.MISDIRECTED_REQUEST,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
_TOKEN = HTTPBearer(auto_error=False, description="From secrets.toml.")
"""Only tells of the token; the gate checks it before a body is read."""


def api_router(tag: str, *statuses: HTTPStatus, prefix: str = "") -> APIRouter:
    """Return a router below ``/api/v1``; its routes may fail with ``statuses`` too."""
    return APIRouter(
        prefix=f"/api/v1{prefix}",
        tags=[tag],
        responses=documented(*_ALWAYS, *statuses),
        dependencies=[Security(_TOKEN)],
        generate_unique_id_function=_operation_id,
    )


def open_router(tag: str) -> APIRouter:
    """Return a router of what is asked for without a token."""
    return APIRouter(
        tags=[tag],
        responses=documented(HTTPStatus.MISDIRECTED_REQUEST),
        generate_unique_id_function=_operation_id,
    )


def _operation_id(route: APIRoute) -> str:
    return route.name
