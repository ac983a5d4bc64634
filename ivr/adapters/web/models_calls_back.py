"""What the API shows of the calls that were made to keep a callback."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from ivr.adapters.web.models import Shown
from ivr.domain.outgoing import OutgoingPhase, OutgoingResult

_MONDAY = "2026-11-23T09:00:00+01:00"


class CallBack(Shown):
    """A call that was made, or is being made, to keep a callback."""

    id: str = Field(examples=["out-6923f1a0-1"])
    callback: str = Field(examples=["api-5f0c1d"])
    department: str = Field(examples=["soziales"])
    caseworker: str = Field(description="Whose telephone rang.", examples=["heike.janssen"])
    asked_at: datetime = Field(examples=[_MONDAY])
    asked_by: str = Field(examples=["heike.janssen"])
    phase: OutgoingPhase | None = Field(description="Null: it is over.")
    ended_at: datetime | None = Field(examples=[None])
    result: OutgoingResult | None = Field(
        description="What came of it; null while it is going on, and where the service was killed"
        " meanwhile. `reached`, `busy` and `not_reached` are attempts and stand in the history."
    )
    talked_seconds: float = Field(examples=[0])


class CallBackList(Shown):
    """The calls made for a callback."""

    calls: list[CallBack] = Field(description="Earliest first.")
