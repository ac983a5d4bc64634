"""What can be said to ``ivr plan``, read and checked; it knows nothing of what is planned."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import typer

from ivr.cli.language import _
from ivr.domain.erlang import Target
from ivr.provisioning.call_counts import WEEKDAYS

INTERVALS = ("15", "30", "60")

LONGEST = 86_400.0
"""Seconds: nobody waits longer than a day."""
LONGEST_CALL = 14_400.0
"""Seconds, on average."""
MOST_CALLS = 20_000.0
"""In one interval."""
MOST_CALLS_A_YEAR = 10_000_000.0

_ASA = re.compile(r"asa=(\d+(?:\.\d+)?)")
_WITHIN = re.compile(r"(\d+(?:\.\d+)?)/(\d+(?:\.\d+)?)")


def number(least: float, most: float) -> Callable[[str], float]:
    """Return what reads a number from ``least`` to ``most``."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            message = _("{value} is no number from {least} to {most}.")
            raise typer.BadParameter(
                message.format(value=repr(text), least=f"{least:g}", most=f"{most:.0f}")
            )
        return value

    return read


def percent(least: float, most: float) -> Callable[[str], float]:
    """Return what reads a percentage; 20 becomes 0.2."""
    read = number(least, most)
    return lambda text: read(text.removesuffix("%")) / 100


def minutes(text: str) -> int:
    """Read the length of an interval."""
    if text not in INTERVALS:
        raise typer.BadParameter(_("{value} is none of 15, 30, 60.").format(value=repr(text)))
    return int(text)


def goal(text: str) -> Target:
    """Read one goal: ``asa=13``, or ``80/20``."""
    asa, within = _ASA.fullmatch(text), _WITHIN.fullmatch(text)
    if asa and 0 < float(asa[1]) <= LONGEST:
        return Target(asa=float(asa[1]))
    if within and 0 < float(within[1]) < 100 and float(within[2]) <= LONGEST:  # noqa: PLR2004
        return Target(share=float(within[1]) / 100, within=float(within[2]))
    message = _(
        "{value} is no target: asa=13 is an average wait of 13 seconds, 80/20 that 80 % (below 100)"
        " are answered within 20 seconds."
    )
    raise typer.BadParameter(message.format(value=repr(text)))


def all_goals(goals: Sequence[Target]) -> Target:
    """Put the goals together, of each kind the last one; an average wait of 13 s if there is none.

    What is counted "within" follows the goal, or is 20 seconds.
    """
    target = Target()
    for each in goals or [Target(asa=13.0)]:
        if each.asa is not None:
            target = replace(target, asa=each.asa)
        else:
            target = replace(target, share=each.share, within=each.within)
    return target


def patience(text: str) -> float:
    """Read how patient callers are; endlessly, where they never give up."""
    return math.inf if text == "none" else number(1, LONGEST)(text)


def weekday(text: str) -> int:
    """Read a weekday, Monday is 0; also in the language of the environment."""
    name = text.lower()
    for names in (WEEKDAYS, tuple(each.lower() for each in weekday_names())):
        if name in names:
            return names.index(name)
    message = _("{value} is no weekday: {known}.")
    raise typer.BadParameter(message.format(value=repr(text), known=", ".join(WEEKDAYS)))


def weekday_names() -> list[str]:
    """Return the weekdays as people read them, from Monday on."""
    return [
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    ]
