"""Facts and intentions: what is made in every step of the engine and never changed.

A frozen dataclass takes several times as long to make as one that is not, for it sets each field
through the door it closes to others. A call makes some twenty of these, a simulated year ten
million. So it is the type check alone that forbids to change them; they are equal, and may be keys,
by their fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

_Fact = TypeVar("_Fact")


@dataclass_transform(frozen_default=True)
def fact(cls: type[_Fact]) -> type[_Fact]:
    """Make ``cls`` a dataclass with slots that nobody changes."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
