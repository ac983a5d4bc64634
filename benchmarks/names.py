"""The names of figures that are compared with a target or drawn, so that all mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

IVR: Final = "ivr"
APP_QUEUE: Final = "app_queue"
BARE: Final = "bare ARI"
SIDES: Final = (IVR, APP_QUEUE, BARE)


def dispatch_gap(side: str) -> str:
    """An agent's call ends, and the same agent's telephone rings for the next caller."""
    return f"dispatch gap, {side}"


def ring(side: str) -> str:
    """A caller's INVITE, and the idle agent's."""
    return f"answer path, to the agent's ring, {side}"


def join(side: str) -> str:
    """The agent picks up, and the caller hears the agent."""
    return f"answer path, pick-up to talk, {side}"


def talk(side: str) -> str:
    """A caller's INVITE, and the caller hears an agent who picks up at once."""
    return f"answer path, in all, {side}"


def rate(side: str) -> str:
    """How many calls a second are served, at most."""
    return f"most calls a second, {side}"


def app_cpu(side: str) -> str:
    """What a call costs the program."""
    return f"CPU per call, the program, {side}"


def asterisk_cpu(side: str) -> str:
    """What a call costs Asterisk."""
    return f"CPU per call, Asterisk, {side}"


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many callers who wait, with music or in silence."""

    callers: int
    music: bool = True

    def __str__(self) -> str:
        """Say it as in the name of a figure."""
        return f"{self.callers} waiting" + ("" if self.music else " in silence")


def gap_with_waiting(side: str, crowd: Crowd) -> str:
    """The dispatch gap with so many callers waiting."""
    return f"dispatch gap with {crowd}, {side}"


def app_memory(crowd: Crowd) -> str:
    """What the program occupies with so many callers waiting."""
    return f"memory with {crowd}, the program"


def asterisk_memory(side: str, crowd: Crowd) -> str:
    """What Asterisk occupies with so many callers waiting."""
    return f"memory with {crowd}, Asterisk, {side}"


def asterisk_load(side: str, crowd: Crowd) -> str:
    """How busy Asterisk is with so many callers waiting, in per cent of one core."""
    return f"CPU with {crowd}, Asterisk, {side}"


def app_load(crowd: Crowd) -> str:
    """How busy the program is with so many callers waiting, in per cent of one core."""
    return f"CPU with {crowd}, the program"


def simulated_call(library: str) -> str:
    """What a call costs in a simulation of the same queue: the engine's, or a library's."""
    return f"simulated call, {library}"


def fully_simulated_call(library: str) -> str:
    """The same of the whole model: with departments, missed offers, breaks and closing time."""
    return f"simulated call of the whole model, {library}"


SIMULATED_YEAR: Final = "simulation of 500,000 calls"
CIW: Final = "ciw"
SIMPY: Final = "simpy"

COMMITTED: Final = "callback: key to committed"
PUBLISHED: Final = "callback: key to published"
ACKNOWLEDGED: Final = "callback: caseworker's word to acknowledged"


def engine_event(waiting: int, agents: int) -> str:
    """What an event costs the engine alone, with so many callers and agents."""
    return f"engine event, {waiting} waiting, {agents} agents"
