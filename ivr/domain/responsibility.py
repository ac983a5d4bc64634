"""Who owns a callback: the weekly plan, absences, shares among several, deputies, the head.

Rules over the plan of one department, in its civil time. Nothing is drawn or counted: the same
request has the same owner however often it is asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import log

from ivr.domain.ids import CallbackId, CaseworkerId, TopicId
from ivr.domain.opening import Span

_UNIFORM_BITS = 52
"""A float holds so many and a half exactly."""


@dataclass(frozen=True, slots=True)
class Duty:
    """An entry of the plan.

    ``shares``: who has duty, each with a weight of 1 or more: twice the weight is twice the
    callbacks. ``topics``: what the entry is for; None: what no entry of its own takes.
    ``weekly``: when it holds (Monday is 0), in civil time; None: always.
    """

    shares: Mapping[CaseworkerId, int]
    topics: frozenset[TopicId] | None = None
    weekly: Mapping[int, tuple[Span, ...]] | None = None

    def holds(self, at: datetime) -> bool:
        """Whether the entry holds at the civil time ``at``."""
        if self.weekly is None:
            return True
        return any(span.covers(at.time()) for span in self.weekly.get(at.weekday(), ()))


@dataclass(frozen=True, slots=True)
class Absence:
    """A caseworker is not there from the ``first`` to the ``last`` day, both included."""

    caseworker: CaseworkerId
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides who is responsible in one department.

    ``deputies`` names everybody of the department, each with the deputy or None.
    """

    deputies: Mapping[CaseworkerId, CaseworkerId | None]
    duties: tuple[Duty, ...]
    absences: tuple[Absence, ...]
    on_duty: tuple[CaseworkerId, ...]
    head: CaseworkerId | None

    def is_present(self, caseworker: CaseworkerId, at: datetime) -> bool:
        """Whether ``caseworker`` is there on the day of the civil time ``at``."""
        day = at.date()
        return not any(
            absence.caseworker == caseworker and absence.first <= day <= absence.last
            for absence in self.absences
        )

    def owner(self, topic: TopicId | None, at: datetime, callback: CallbackId) -> CaseworkerId:
        """Say who owns ``callback``, requested at the civil time ``at``.

        Where nobody is responsible it is the first who would be, so that a promise always has
        an owner; ``ivr check`` finds such hours beforehand.
        """
        shares = self.candidates(topic, at) or next(self._steps(topic, at), {})
        return chosen(shares or dict.fromkeys(self.deputies, 1), callback)

    def candidates(self, topic: TopicId | None, at: datetime) -> Mapping[CaseworkerId, int]:
        """Return those present of whom one is responsible, with their shares; empty: nobody."""
        for step in self._steps(topic, at):
            present = {who: share for who, share in step.items() if self.is_present(who, at)}
            if present:
                return present
        return {}

    def named(self, topic: TopicId | None, at: datetime) -> tuple[CaseworkerId, ...]:
        """Return everybody who would be responsible, if those before were absent."""
        return tuple(dict.fromkeys(who for step in self._steps(topic, at) for who in step))

    def escalates_to(
        self, owner: CaseworkerId, at: datetime, escalations: int
    ) -> CaseworkerId | None:
        """Say who gets what ``owner`` lets wait; the deputy only where nobody else had it before.

        Two who stand in for each other would pass it to and fro otherwise.
        """
        after = self._after(owner, escalations)
        return next((who for who in after if self.is_present(who, at)), None)

    def escalates_from(
        self, owner: CaseworkerId, at: datetime, escalations: int
    ) -> datetime | None:
        """Say from when on, at or after the civil time ``at``, somebody else is there to get it.

        None: whoever is there, it is nobody's but the owner's.
        """
        after = self._after(owner, escalations)
        returns = [
            datetime.combine(absence.last + timedelta(days=1), time.min, at.tzinfo)
            for absence in self.absences
            if absence.caseworker in after and at.date() <= absence.last < date.max
        ]
        moments = (at, *sorted(returns))
        return next((m for m in moments if any(self.is_present(who, m) for who in after)), None)

    def _after(self, owner: CaseworkerId, escalations: int) -> list[CaseworkerId]:
        """Those who may get what ``owner`` lets wait, there or not, first choice first."""
        head = self.head
        if owner == head:
            return []
        deputy = self.deputies.get(owner) if not escalations else None
        ways = (deputy, head, self.deputies.get(head) if head is not None else None)
        return [who for who in ways if who is not None and who != owner]

    def _steps(self, topic: TopicId | None, at: datetime) -> Iterator[Mapping[CaseworkerId, int]]:
        """Those among whom it is decided, one step after the other until one is present."""
        for duty in self._entries(topic):
            if duty.holds(at):
                yield duty.shares
                yield self._deputies_of(duty.shares)
        for who in self.on_duty:
            yield {who: 1}
        for who in self.on_duty:
            yield self._deputies_of({who: 1})
        if self.head is not None:
            yield {self.head: 1}
            yield self._deputies_of({self.head: 1})

    def _entries(self, topic: TopicId | None) -> Iterator[Duty]:
        """The entries for ``topic``: its own, then those for everything else."""
        for duty in self.duties:
            if duty.topics is not None and topic in duty.topics:
                yield duty
        for duty in self.duties:
            if duty.topics is None:
                yield duty

    def _deputies_of(self, shares: Mapping[CaseworkerId, int]) -> Mapping[CaseworkerId, int]:
        """The deputies, each with the shares of all they stand in for."""
        deputies: dict[CaseworkerId, int] = {}
        for who, share in shares.items():
            deputy = self.deputies.get(who)
            if deputy is not None:
                deputies[deputy] = deputies.get(deputy, 0) + share
        return deputies


def chosen(shares: Mapping[CaseworkerId, int], callback: CallbackId) -> CaseworkerId:
    """Choose one of ``shares`` for ``callback``, in proportion, always the same.

    Weighted rendezvous hashing: who is taken out loses only what was theirs, which goes to the
    others in proportion. D. Thaler, C. Ravishankar, "Using Name-Based Mappings to Increase Hit
    Rates", IEEE/ACM Transactions on Networking 6 (1998); the weights as in C. Schindelhauer,
    G. Schomaker, "Weighted Distributed Hash Tables", SPAA 2005 (logarithmic method).
    """
    return max(shares, key=lambda who: shares[who] / -log(_uniform(callback, who)))


def _uniform(callback: CallbackId, caseworker: CaseworkerId) -> float:
    """A number between 0 and 1, neither of them, that only the two names decide."""
    digest = hashlib.sha256(f"{callback} {caseworker}".encode()).digest()
    number = int.from_bytes(digest) >> (8 * len(digest) - _UNIFORM_BITS)
    return float((number + 0.5) / 2**_UNIFORM_BITS)
