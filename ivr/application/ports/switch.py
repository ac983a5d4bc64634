"""Asterisk: as the core sees it, and as something that reads configuration files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ivr.domain.commands import SwitchCommand
from ivr.domain.events import Event
from ivr.domain.memory import Memory

Post = Callable[[Event], None]
"""Puts an event into the dispatcher's inbox; never waits."""


class Switch(Protocol):
    """Asterisk as seen from the core."""

    async def execute(self, command: SwitchCommand) -> None:
        """Carry out ``command``; outcomes and failures are posted as events.

        Raises Unavailable where the switch is away: the dispatcher turns it into an event.
        """
        ...

    @property
    def connected(self) -> bool:
        """Whether all that happened by now is told, and commands make sense."""
        ...

    def resume(self, memory: Memory) -> None:
        """Go on with the calls of an earlier run of the program; before anything else is asked.

        As soon as the switch is there, whatever is no longer as remembered is posted.
        """
        ...


class SwitchSetup(Protocol):
    """Asterisk as something that reads configuration files."""

    async def reload(self, module: str) -> None:
        """Let Asterisk read a module's files again; calls go on.

        Raises Unavailable where Asterisk is away or refuses.
        """
        ...

    async def tell_phones(self) -> None:
        """Post for every telephone whether it is there. Raises Unavailable."""
        ...
