"""Whom a dead service holds in Asterisk, and what becomes of each. Pure: it asks nobody.

Who talks with somebody is left alone. Callers who wait for the service go on in Asterisk's own
queue, in the order in which they came; everything else that is left is ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ivr.domain.ids import E164


@dataclass(frozen=True, slots=True)
class Line:
    """One line that the service controls. ``dialled``: a caller dialled it; None: no caller's."""

    channel: str
    since: datetime
    dialled: E164 | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What the service holds in Asterisk; each of ``talks`` is of two lines or more."""

    lines: tuple[Line, ...] = ()
    talks: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rescue:
    """What is to be done: callers to move, in this order; then lines to end."""

    moved: tuple[Line, ...] = ()
    ended: tuple[Line, ...] = ()


class Stranded:
    """Remembers who has talked, for as long as the service stays dead."""

    def __init__(self) -> None:
        self._talked: set[str] = set()

    def forget(self) -> None:
        """The service is back."""
        self._talked.clear()

    def see(self, held: Held) -> Rescue:
        """Say what is to be done about what is ``held`` now.

        A caller who has talked, and is alone now, has been served: the other one has hung up.
        """
        talking = frozenset[str]().union(*held.talks)
        alone = sorted(
            (line for line in held.lines if line.channel not in talking),
            key=lambda line: (line.since, line.channel),
        )
        waiting = [
            line for line in alone if line.dialled is not None and line.channel not in self._talked
        ]
        self._talked = (self._talked & {line.channel for line in held.lines}) | talking
        return Rescue(
            moved=tuple(waiting), ended=tuple(line for line in alone if line not in waiting)
        )
