"""A numbering plan that remembers what it was asked: there are only a hundred simulated callers.

Reading a number takes longer than all else in a call. A real caller's number is not remembered so:
it would stay in memory.
"""

from __future__ import annotations

from functools import lru_cache

from ivr.domain.ids import E164
from ivr.domain.numbers import NumberingPlan

_remember = lru_cache(maxsize=1024)


class RememberedNumbers(NumberingPlan):
    """The same answers as the plan's, looked up where it was asked before."""

    __slots__ = ()

    def parse(self, text: str | None) -> E164 | None:
        """Read a number."""
        return _parse(self.country, self.area_code, text)

    def display(self, number: E164) -> str:
        """Write a number for people."""
        return _display(self.country, self.area_code, number)

    def may_be_called(self, number: E164) -> bool:
        """Whether agents may dial the number."""
        return _may_be_called(self.country, self.area_code, number)


@_remember
def _parse(country: str, area_code: str, text: str | None) -> E164 | None:
    return NumberingPlan(country, area_code).parse(text)


@_remember
def _display(country: str, area_code: str, number: E164) -> str:
    return NumberingPlan(country, area_code).display(number)


@_remember
def _may_be_called(country: str, area_code: str, number: E164) -> bool:
    return NumberingPlan(country, area_code).may_be_called(number)
