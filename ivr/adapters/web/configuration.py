"""Routes about the configuration: what the changed files would do, and putting them into force."""

from __future__ import annotations

from http import HTTPStatus

from ivr.adapters.web import views
from ivr.adapters.web.models import ConfigurationChange
from ivr.adapters.web.parts import With
from ivr.adapters.web.routers import api_router

router = api_router("configuration", HTTPStatus.SERVICE_UNAVAILABLE, prefix="/configuration")


@router.get("/changes", summary="What the changed files would change")
async def configuration_changes(parts: With) -> ConfigurationChange:
    """Checks the files and compares; nothing is changed.

    Wrong files are answered with 422 and everything that is wrong with them.
    """
    return views.configuration_change(await parts.applying.look())


@router.post("/apply", summary="Put the changed files into force")
async def apply_configuration(parts: With) -> ConfigurationChange:
    """Writes Asterisk's files, lets it read them and goes on with the new values.

    Calls that go on are not touched. Where anything is wrong with the files (422) or Asterisk does
    not take them (503), all is as before.
    """
    return views.configuration_change(await parts.applying.apply())
