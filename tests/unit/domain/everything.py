"""All that an engine holds, whatever it is called: to see whether two engines hold the same.

It goes through attributes, so it also sees what somebody adds to the engine later and forgets to
add to its memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum

from ivr.domain.county import County
from ivr.domain.estimating import Abilities
from ivr.domain.floor import Floor
from ivr.domain.staff import Staff
from ivr.domain.state import State
from ivr.domain.timers import Timers

_THE_COUNTY_S = {"county", "rules", "codes", "number_keys", "destination", "_abilities"}
"""What is worked out of the admin's files."""
_WORKED_OUT = {"_by_leg", "_by_number", "seekers"}
"""What is worked out of the rest, in no order or not before somebody asks."""
_OF_ONE_STEP = {"brought_forward", "taken_over", "chose", "command"}
"""What is told of a step after it, and forgotten with the next; and how a step commands."""


def everything_on(floor: Floor) -> object:
    """Return what is alive as plain values; two of them may be compared."""
    return _held(floor)


def _everything(thing: object) -> object:
    match thing:
        case State() | County() | Abilities():
            return None  # the floor again, or the same for both
        case Timers():
            return list(thing.pending())
        case Staff():
            return [_held(group) for group in thing.groups]
        case Enum() | str() | int() | float() | None:
            return thing
        case Mapping():
            return [(_everything(key), _everything(value)) for key, value in thing.items()]
        case list() | tuple() | deque():
            return [_everything(each) for each in thing]
        case set() | frozenset():
            return sorted(map(repr, thing))
        case _:
            return _held(thing)


def _held(thing: object) -> object:
    if is_dataclass(thing):
        return {field.name: _everything(getattr(thing, field.name)) for field in fields(thing)}
    if not hasattr(thing, "__dict__"):
        return thing
    left_out = _THE_COUNTY_S | _WORKED_OUT | _OF_ONE_STEP
    return {name: _everything(value) for name, value in vars(thing).items() if name not in left_out}
