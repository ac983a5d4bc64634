"""Segments of the journal in memory, as far as numbers are in them."""

from __future__ import annotations

from datetime import datetime

from ivr.application.personal_store import Sought
from ivr.domain.ids import E164


class FakeSegments:
    """``segments``: when each was last written, and what numbers are in it; the last is open."""

    def __init__(self) -> None:
        self.segments: list[tuple[datetime, list[str]]] = []
        self.forgotten: list[E164] = []
        """The numbers without which a segment was begun."""

    def outdated(self, before: datetime) -> int:
        return sum(at < before for at, _ in self.segments[:-1])

    def purge(self, before: datetime) -> int:
        count = self.outdated(before)
        closed, last = self.segments[:-1], self.segments[-1:]
        self.segments = [each for each in closed if each[0] >= before] + last
        return count

    def moments(self, sought: Sought) -> list[datetime]:
        return [at for at, numbers in self.segments for each in numbers if sought.is_meant(each)]

    def redact(self, sought: Sought) -> int:
        count = 0
        for _at, numbers in self.segments[:-1]:
            for place, number in enumerate(numbers):
                if sought.is_meant(number):
                    numbers[place] = "x" * len(number)
                    count += 1
        return count
