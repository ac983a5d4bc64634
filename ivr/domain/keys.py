"""What keys mean: agents' codes and telephone numbers keyed in by callers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ivr.domain.calls import CallResult
from ivr.domain.ids import E164
from ivr.domain.numbers import NumberingPlan
from ivr.domain.rules import FeatureCodes

END_OF_NUMBER = "#"
START_OVER = "*"
_LONGEST_NUMBER = 20
_SHORTEST_NUMBER = 6
"""With its area code, as callers are asked; "33" would be a valid local number."""


class Wish(StrEnum):
    """What an agent may ask for by a feature code."""

    READY = "ready"
    PAUSE = "pause"
    LOG_OUT = "log_out"
    END_WRAP_UP = "end_wrap_up"
    EXTEND_WRAP_UP = "extend_wrap_up"
    LAST_CALL = "last_call"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Dialled:
    """What a feature code asks for; ``reason`` is that of a pause, ``result`` that of a call."""

    wish: Wish
    reason: str = ""
    result: CallResult | None = None


class InCall(StrEnum):
    """What an agent may ask for by a code in a call."""

    CALLBACK = "callback"
    TRANSFER = "transfer"
    BACK = "back"
    THREE_WAY = "three_way"


class Codes:
    """The agents' feature codes."""

    def __init__(
        self,
        codes: FeatureCodes,
        pause_reasons: Mapping[str, str],
        results: Mapping[str, CallResult],
    ) -> None:
        """``codes`` are distinct, and none begins with another: the configuration check."""
        self._in_call = {
            codes.callback: InCall.CALLBACK,
            codes.transfer: InCall.TRANSFER,
            codes.back: InCall.BACK,
            codes.three_way: InCall.THREE_WAY,
        }
        self._dialled = {
            codes.ready: Dialled(Wish.READY),
            codes.pause: Dialled(Wish.PAUSE),
            codes.log_out: Dialled(Wish.LOG_OUT),
            codes.end_wrap_up: Dialled(Wish.END_WRAP_UP),
            codes.extend_wrap_up: Dialled(Wish.EXTEND_WRAP_UP),
            codes.last_call: Dialled(Wish.LAST_CALL),
        }
        for key, reason in pause_reasons.items():
            self._dialled[codes.pause + key] = Dialled(Wish.PAUSE, reason)
        for key, result in results.items():
            self._dialled[codes.result + key] = Dialled(Wish.RESULT, result=result)

    def dialled(self, code: str) -> Dialled | None:
        """Say what ``code`` asks for; None for an unknown one."""
        return self._dialled.get(code)

    def in_call(self, before: str, key: str) -> tuple[str, InCall | None]:
        """Add ``key`` to the keys pressed ``before`` in a call.

        Returns the keys that may still become a code, and what is asked for once it is complete.
        """
        keys = before + key
        while not any(code.startswith(keys) for code in self._in_call):
            keys = keys[1:]  # the code may have begun later
        complete = self._in_call.get(keys)
        return (keys if complete is None else "", complete)


class NumberKeys:
    """A telephone number keyed in: ``#`` ends it, ``*`` starts it over."""

    def __init__(self, numbering: NumberingPlan) -> None:
        """``numbering`` decides what is a number."""
        self._numbering = numbering

    def press(self, before: str, key: str) -> tuple[str, bool]:
        """Add ``key``; returns the digits so far and whether the caller is done."""
        if key == START_OVER:
            return "", False
        if key == END_OF_NUMBER or len(before) == _LONGEST_NUMBER:
            return before, True
        return before + key, False

    def number(self, keyed: str) -> E164 | None:
        """Return what was keyed in as a number one may call; None where it is none."""
        number = self._numbering.parse(keyed) if len(keyed) >= _SHORTEST_NUMBER else None
        return number if number and self._numbering.may_be_called(number) else None
