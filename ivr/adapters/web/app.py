"""The web application: routes, gate and errors put together. No socket is opened here."""

from __future__ import annotations

from collections.abc import Collection

from fastapi import FastAPI

from ivr import __version__
from ivr.adapters.web import (
    agents,
    announcements,
    audit,
    callbacks,
    callbacks_changes,
    calls,
    calls_back,
    configuration,
    metrics,
    persons,
    service,
    supervision,
)
from ivr.adapters.web.failures import install_failures
from ivr.adapters.web.gate import Gate
from ivr.adapters.web.live_status import LiveStatus
from ivr.adapters.web.parts import Parts

_DESCRIPTION = """\
What may be asked of a running ivr: who waits, what agents want, calls and callbacks.

Every request but `/healthz`, `/readyz` and `/metrics` needs the token of `secrets.toml`
(`Authorization: Bearer …`). Times are RFC 3339 with an offset, in the county's local time;
telephone numbers are E.164. Every error has the body `Failure`.
"""

_ROUTERS = (
    service.probes,
    metrics.router,
    service.router,
    agents.router,
    calls.router,
    supervision.router,
    callbacks.router,
    callbacks_changes.router,
    calls_back.router,
    announcements.router,
    audit.router,
    persons.router,
    configuration.router,
)


def build_app(parts: Parts, *, token: str, hosts: Collection[str] = ()) -> FastAPI:
    """Return the application as served over TCP.

    ``hosts`` are names and addresses by which others reach it; this machine's own names for
    itself are always allowed.
    """
    app = app_without_parts()
    app.state.parts = parts
    app.state.live = LiveStatus(parts)
    app.add_middleware(Gate, token=token, hosts=hosts)
    return app


def app_without_parts() -> FastAPI:
    """Return the routes alone: enough to describe the API, not to serve it."""
    app = FastAPI(
        title="ivr",
        version=__version__,
        description=_DESCRIPTION,
        openapi_url="/openapi.json",
        docs_url=None,  # the documentation pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        routes=[route for router in _ROUTERS for route in router.routes],
    )
    install_failures(app)
    return app
