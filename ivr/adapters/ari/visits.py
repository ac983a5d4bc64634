"""Agents' own calls, to a feature code or to a number: followed until the phone's line is free.

Such a channel comes by the dialplan. When it leaves the application, Asterisk tells that, and then
perhaps nothing more, though the phone may not know yet that the call is over.
"""

from __future__ import annotations

from ivr.adapters.ari.legs import Legs
from ivr.adapters.ari.requests import Requests
from ivr.application.ports.switch import Post
from ivr.domain.ids import VisitId


class Visits:
    """Has Asterisk tell of their very ends."""

    def __init__(self, ari: Requests, legs: Legs, post: Post) -> None:
        self._ari = ari
        self._legs = legs
        self._post = post

    async def follow(self, visit: VisitId) -> None:
        """Be told when the line is free, before the visit is ended by us.

        Raises Unavailable where Asterisk is away.
        """
        self._legs.follow(visit)
        told = await self._ari.attempt(
            "POST",
            f"applications/{self._ari.application}/subscription",
            {"eventSource": f"channel:{visit}"},
        )
        if not told and (over := self._legs.visit_over(visit)):
            self._post(over)
