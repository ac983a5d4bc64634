"""The parts of the engine, all on one floor. They never call one another."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.domain.announcing import Announcing
from ivr.domain.calling_back import CallingBack
from ivr.domain.floor import Floor
from ivr.domain.intervening import Intervening
from ivr.domain.keeping_place import KeepingPlace
from ivr.domain.limiting import Limiting
from ivr.domain.offering import Offering
from ivr.domain.phoning_back import PhoningBack
from ivr.domain.promising import Promising
from ivr.domain.reception import Reception
from ivr.domain.returning import Returning
from ivr.domain.supervising import Supervising
from ivr.domain.transferring import Transferring
from ivr.domain.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Parts:
    """Each with its own rules; what it is about stands in its module."""

    reception: Reception
    offering: Offering
    wishes: Wishes
    promising: Promising
    returning: Returning
    intervening: Intervening
    announcing: Announcing
    limiting: Limiting
    keeping_place: KeepingPlace
    phoning_back: PhoningBack
    calling_back: CallingBack
    transferring: Transferring
    supervising: Supervising

    @classmethod
    def on(cls, floor: Floor) -> Parts:
        """Make all parts, working on ``floor``."""
        return cls(
            reception=Reception(floor),
            offering=Offering(floor),
            wishes=Wishes(floor),
            promising=Promising(floor),
            returning=Returning(floor),
            intervening=Intervening(floor),
            announcing=Announcing(floor),
            limiting=Limiting(floor),
            keeping_place=KeepingPlace(floor),
            phoning_back=PhoningBack(floor),
            calling_back=CallingBack(floor),
            transferring=Transferring(floor),
            supervising=Supervising(floor),
        )
