"""Who asks, as the request says: the header ``Ivr-User``."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Header
from pydantic import BeforeValidator

from ivr.adapters.web.models import Line

UNNAMED = "unnamed"
"""Stands in the audit for whoever does not say who asks."""


def _decoded(text: str) -> str:
    return unquote(text).strip()


_Name = Annotated[Line, BeforeValidator(_decoded)]
"""Headers are ASCII: other characters are percent-encoded UTF-8."""


async def _who(
    ivr_user: Annotated[
        _Name | None,
        Header(
            alias="Ivr-User",
            max_length=300,
            description="Who asks: written into the audit with what is looked at. A program of"
            " several people names the one it asks for. Other characters than ASCII are"
            " percent-encoded UTF-8. Left out: `unnamed`.",
            examples=["heike.janssen"],
        ),
    ] = None,
) -> str:
    return ivr_user or UNNAMED


Who = Annotated[str, Depends(_who)]
