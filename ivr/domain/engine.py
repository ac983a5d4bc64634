"""The queue engine: facts and a time in, intentions out.

    handle(event, now)   a fact happened
    handle_timer(now)    a deadline has come
    next_deadline()      when to call handle_timer at the latest

This module only says which fact concerns whom; which part of the engine that is the business of,
``events_of_calls``, ``events_of_offers``, ``events_of_parties`` and ``deadlines`` say. The rules
are in the parts: ``reception`` (arriving, leaving), ``announcing`` (what waiting callers hear),
``limiting`` (who can't wait), ``offering`` (callers meet agents), ``keeping_place`` and
``phoning_back`` (callers who hang up and stay in the queue), ``wishes`` (what agents want),
``promising`` (callbacks), ``returning`` (who has missed one), ``calling_back`` (caseworkers who
keep those), ``transferring`` (third parties), ``supervising`` (in a talk) and ``intervening`` (in
the queue), all working on one ``floor``. Rules that hold throughout:

- A call ends once, in ``Floor.end``.
- A caller leaves the waiting room when an offer is answered, and returns to the original place
  when nothing comes of it.
- A promise is spoken only after ``CallbackStored``.
- Everything that waits for the outside has a deadline.
- Late, repeated and unknown events change nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, assert_never, get_args

from ivr.domain import events as on
from ivr.domain.commands import Command
from ivr.domain.county import County
from ivr.domain.deadlines import Deadlines
from ivr.domain.events_of_calls import EventsOfCalls
from ivr.domain.events_of_offers import EventsOfOffers
from ivr.domain.events_of_parties import EventsOfParties
from ivr.domain.floor import Floor
from ivr.domain.ids import VisitId
from ivr.domain.live import LiveCall
from ivr.domain.memory import Memory, recall, remember
from ivr.domain.parts import Parts
from ivr.domain.speech import Sound, Utterance
from ivr.domain.views import Progress, Snapshot, numbers_in_use, progress, snapshot


class QueueEngine:
    """One county's one queue.

    ``run`` tells this run of the program from others: the ids of offers, prompts and callbacks
    contain it and so never repeat.
    """

    def __init__(self, county: County, run: str, memory: Memory | None = None) -> None:
        """Start with nobody calling and everybody logged out, or go on with ``memory``.

        ``memory`` belongs to the engine from now on. It was taken with the same county; what
        changed in the admin's files since is told by CountyChanged.
        """
        floor = self._floor = Floor(county, run)
        if memory is not None:
            recall(floor, memory)
        self.next_deadline: Callable[[], datetime | None] = floor.timers.next
        """When ``handle_timer`` has to be called at the latest."""
        parts = self._parts = Parts.on(floor)
        self._calls = EventsOfCalls(floor, parts)
        self._offers = EventsOfOffers(floor, parts)
        self._parties = EventsOfParties(floor, parts, self._calls)
        self._deadlines = Deadlines(floor, parts, self._calls, self._offers, self._parties)
        self._whose: dict[type[on.Event], Callable[[Any, datetime], None]] = {
            **dict.fromkeys(get_args(on.OfCall), self._calls.happened),
            **dict.fromkeys(get_args(on.OfOffer), self._offers.happened),
            **dict.fromkeys(get_args(on.OfAgent), parts.wishes.happened),
            **dict.fromkeys(get_args(on.OfParty), self._parties.happened),
            **dict.fromkeys(get_args(on.OfItsOwn), self._of_its_own),
        }
        """Whose business each kind of event is: a match goes through all kinds one by one."""

    def handle(self, event: on.Event, now: datetime) -> list[Command]:
        """Take note of ``event`` and return what is to be done."""
        self._floor.begin_step()
        self._whose[type(event)](event, now)
        return self._done(now)

    def handle_timer(self, now: datetime) -> list[Command]:
        """Do what is due at ``now``."""
        self._floor.begin_step()
        for due, key in self._floor.timers.due(now):
            self._deadlines.fall_due(due, key, now)
        return self._done(now)

    @property
    def county(self) -> County:
        """What the engine goes by."""
        return self._floor.county

    def memory(self) -> Memory:
        """Return all that is alive, to go on with in another run; see Memory for how long."""
        return remember(self._floor)

    def begin_run(self, run: str) -> None:
        """What gets an id from now on gets one of ``run``."""
        self._floor.run = run

    def progress(self) -> Progress:
        """Return what the latest fact or deadline brought forward."""
        return progress(self._floor)

    def snapshot(self) -> Snapshot:
        """Return the service as it stands."""
        return snapshot(self._floor)

    def numbers_in_use(self) -> frozenset[str]:
        """Return who is on the line, or on the way there or into the store."""
        return numbers_in_use(self._floor)

    def _of_its_own(self, event: on.OfItsOwn, now: datetime) -> None:
        match event:
            case on.CallArrived():
                self._parts.reception.arrived(event, now)
            case on.LegEnded(leg):
                if leg not in self._floor.offers and leg not in self._floor.parties:
                    self._floor.lines.ended(leg, now)  # of those, that is told otherwise
                    self._parts.transferring.visit_ended(VisitId(leg), now)
            case on.SwitchWasAway():
                self._floor.entrance.count_from_arrival(now)
            case on.FeatureCodeDialled():
                self._parts.wishes.feature_code(event, now)
            case on.NumberDialled():
                self._parts.transferring.number_dialled(event, now)
            case on.PlaceRestored(kept=kept):
                self._parts.keeping_place.restored(kept, now)
            case on.CallBackWished():
                self._parts.calling_back.wished(event, now)
            case on.AnnouncementMade(announcement=announcement):
                self._floor.announcements.made(announcement)
            case on.AnnouncementWithdrawn(announcement=withdrawn):
                self._floor.announcements.withdrawn(withdrawn)
            case on.CountyChanged(county=county):
                self._floor.adopt(county, now)
            case on.SupervisionRequested():
                self._parts.supervising.requested(event, now)
            case _:
                assert_never(event)

    def _done(self, now: datetime) -> list[Command]:
        """Whatever happened, somebody may enter the queue or be served now."""
        floor = self._floor
        entrance = floor.entrance
        if entrance.at_the_door:
            for call, welcome in entrance.take_from_door():
                self._let_in(call, welcome, now)
        if entrance.entered:
            for call in entrance.take_entered():
                self._parts.reception.await_closing(call, now)
                self._parts.announcing.begin(call, now)
                self._parts.limiting.begin(call, now)
        seekers = floor.seekers
        if seekers.perhaps_somebody and not floor.roster.staff.is_occupied and seekers.anybody(now):
            self._parts.phoning_back.serve(now)
            self._parts.offering.serve(now)
        return floor.take_commands()

    def _let_in(self, call: LiveCall, welcome: Utterance, now: datetime) -> None:
        """Let a caller into the queue who has knocked, if the caller may wait."""
        waited_before = call.regained or call.queued_at is not None
        if self._parts.keeping_place.taken_over(call, now) or waited_before:
            welcome = (Sound("place-regained"), *welcome)
        elif self._parts.limiting.turned_away(call, now):
            return
        self._floor.entrance.enter(call, now)
        offer = self._parts.returning.offer(call, now)
        self._floor.voice.say(call, (*offer, *welcome), now)
