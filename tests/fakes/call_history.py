"""Finished calls of the past, as many as a test puts there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence

from ivr.application.call_history import Period
from ivr.domain.calls import CallRecord, impersonal


class FakeCallHistory:
    """Gives small chunks, so that whoever takes only the first one is found out."""

    def __init__(self, records: Iterable[CallRecord] = (), chunk: int = 2) -> None:
        self._records = sorted(records, key=lambda each: (each.arrived_at, each.id))
        self._chunk = chunk

    async def calls(self, period: Period) -> AsyncIterator[Sequence[CallRecord]]:
        found = [impersonal(each) for each in self._records if period.covers(each.arrived_at)]
        for start in range(0, len(found), self._chunk):
            yield found[start : start + self._chunk]
