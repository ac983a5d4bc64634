"""What the routes work with: the use cases, handed to them by ``build_app``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from ivr.application.applying import Applying
from ivr.application.audit import Audit
from ivr.application.bulk_announcements import BulkAnnouncements
from ivr.application.callback_figures import CallbackCount
from ivr.application.callback_requests import CallbackRequests
from ivr.application.callbacks import Callbacks
from ivr.application.calls_back import CallsBack
from ivr.application.day import Day
from ivr.application.desk import Desk
from ivr.application.listening import Listening
from ivr.application.looking import Looking
from ivr.application.persons import Persons
from ivr.application.ports.machine import Clock
from ivr.application.purging import Purging
from ivr.application.supervision import Supervision
from ivr.application.vitals import Vitals
from ivr.domain.county import County


@dataclass(frozen=True, slots=True)
class Parts:
    """The use cases of one running service."""

    desk: Desk
    callbacks: Callbacks
    calls_back: CallsBack
    callback_count: CallbackCount
    requests: CallbackRequests
    announcements: BulkAnnouncements
    supervision: Supervision
    listening: Listening
    looking: Looking
    audit: Audit
    purging: Purging
    persons: Persons
    day: Day
    applying: Applying
    vitals: Vitals
    clock: Clock

    @property
    def county(self) -> County:
        """What is configured now."""
        return self.desk.county


async def _parts(request: Request) -> Parts:
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


With = Annotated[Parts, Depends(_parts)]
