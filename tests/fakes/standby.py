"""The fallback queue in memory: knows its agents and their choices, and can be away."""

from __future__ import annotations

from collections.abc import Callable

from ivr.application.ports.standby import Choice, StandbyPresence
from ivr.domain.agents import Presence
from ivr.domain.errors import Unavailable
from ivr.domain.ids import AgentId


class FakeStandby:
    """``counted`` is who is logged in; ``told`` is all it was told, in order."""

    def __init__(self) -> None:
        self.down = False
        self.counted: dict[AgentId, StandbyPresence] = {}
        self.told: list[tuple[AgentId, StandbyPresence]] = []
        self.chosen: dict[AgentId, Choice] = {}
        self.on_tell: Callable[[], None] = lambda: None

    async def presences(self) -> dict[AgentId, StandbyPresence]:
        self._check_up()
        return dict(self.counted)

    async def tell(self, agent: AgentId, presence: StandbyPresence) -> None:
        self.on_tell()
        self._check_up()
        self.told.append((agent, presence))
        if presence.presence is Presence.LOGGED_OUT:
            self.counted.pop(agent, None)
        else:
            self.counted[agent] = presence

    async def choices(self) -> list[Choice]:
        self._check_up()
        return list(self.chosen.values())

    async def forget(self, agent: AgentId) -> None:
        self._check_up()
        self.chosen.pop(agent, None)

    def chooses(self, choice: Choice) -> None:
        """Let an agent choose without the program, as the dialplan does."""
        self.chosen[choice.agent] = choice
        if choice.presence is Presence.LOGGED_OUT:
            self.counted.pop(choice.agent, None)
        else:
            self.counted[choice.agent] = StandbyPresence(choice.presence, choice.reason_key)

    def _check_up(self) -> None:
        if self.down:
            raise Unavailable("Asterisk's manager interface is not connected.")
