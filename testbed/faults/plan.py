"""Which faults happen and when: drawn from a seed, so that a drive can be repeated."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What goes wrong. The part it happens to comes first."""

    APP_KILLED = "app-killed"
    APP_KILLED_TWICE = "app-killed-twice"
    """Killed once more while it starts again."""
    APP_RESTARTED = "app-restarted"
    APP_FROZEN = "app-frozen"
    APP_FROZEN_LONG = "app-frozen-long"
    """Longer than callers are left alone with a program that does not answer."""
    FALLBACK_KILLED = "fallback-killed"
    BROKER_KILLED = "broker-killed"
    BROKER_FROZEN = "broker-frozen"
    ASTERISK_KILLED = "asterisk-killed"
    ASTERISK_FROZEN = "asterisk-frozen"
    DISK_FULL = "disk-full"
    NETWORK_LOSSY = "network-lossy"
    NETWORK_CUT = "network-cut"

    @property
    def part(self) -> str:
        """What it happens to: app, fallback, broker, asterisk, disk, network."""
        return self.value.partition("-")[0]


PARTS: Final = tuple(dict.fromkeys(kind.part for kind in Kind))


@dataclass(frozen=True, slots=True)
class Odds:
    """How often a fault is drawn, and the shortest and longest it lasts, in seconds."""

    weight: int
    shortest: float = 0
    longest: float = 0


ODDS: Final = {
    Kind.APP_KILLED: Odds(45),
    Kind.APP_KILLED_TWICE: Odds(10, 0.2, 2),
    Kind.APP_RESTARTED: Odds(8),
    Kind.APP_FROZEN: Odds(6, 1, 8),
    Kind.APP_FROZEN_LONG: Odds(2, 17, 22),
    Kind.FALLBACK_KILLED: Odds(3),
    Kind.BROKER_KILLED: Odds(8),
    Kind.BROKER_FROZEN: Odds(3, 1, 8),
    Kind.ASTERISK_KILLED: Odds(2),
    Kind.ASTERISK_FROZEN: Odds(4, 1, 4),
    Kind.DISK_FULL: Odds(5, 2, 8),
    Kind.NETWORK_LOSSY: Odds(5, 3, 8),
    Kind.NETWORK_CUT: Odds(2, 1, 4),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``after``: seconds since the one before was over; it lasts ``lasting`` seconds."""

    kind: Kind
    after: float
    lasting: float


def chosen(names: Collection[str]) -> frozenset[Kind]:
    """Return the faults of that name, or of the parts of that name; all where none is named.

    Raises ValueError for a name that is neither.
    """
    unknown = set(names) - set(PARTS) - {kind.value for kind in Kind}
    if unknown:
        raise ValueError(f"there is no fault {', '.join(sorted(unknown))}")
    return frozenset(kind for kind in Kind if not names or {kind.value, kind.part} & set(names))


def draw(
    seed: int, rounds: int, kinds: Collection[Kind], *, gap: tuple[float, float]
) -> list[Fault]:
    """Draw ``rounds`` faults of these kinds; ``gap``: shortest and longest time in between."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    among = [kind for kind in Kind if kind in kinds]
    weights = [ODDS[kind].weight for kind in among]
    return [
        Fault(
            kind,
            chance.uniform(*gap),
            chance.uniform(ODDS[kind].shortest, ODDS[kind].longest),
        )
        for kind in chance.choices(among, weights, k=rounds)
    ]
