"""Finished calls of the past, for who counts them: reports, the plan of staff."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ivr.domain.callbacks_counted import CallbackTimes
from ivr.domain.calls import CallRecord


@dataclass(frozen=True, slots=True)
class Period:
    """From ``since`` until just before ``until``; None: as far as there is anything."""

    since: datetime | None = None
    until: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether the instant ``at`` is in it."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


class CallHistory(Protocol):
    """Finished calls without the persons in them: what ``impersonal`` leaves of each."""

    def calls(self, period: Period) -> AsyncIterator[Sequence[CallRecord]]:
        """Return the calls that arrived in ``period``, by arrival, so many at once as is handy.

        Raises IvrError where they can't be read, also after the first ones.
        """
        ...


class CallbackHistory(Protocol):
    """What became of the callbacks requested in the past, without the persons in them."""

    def callbacks(self, period: Period) -> AsyncIterator[Sequence[CallbackTimes]]:
        """Return those requested in ``period``, so many at once as is handy.

        Raises IvrError where they can't be read.
        """
        ...
