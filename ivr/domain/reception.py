"""Reception: a caller arrives, is greeted, finds the way into the queue, and leaves.

On the way a caller may choose a language, and on the common number a department. Keys work from
the first moment, and whoever presses none gets into the queue all the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from ivr.domain import commands as do
from ivr.domain import due, welcome
from ivr.domain.calls import Outcome
from ivr.domain.closed_words import closed_words
from ivr.domain.due import Due
from ivr.domain.events import CallArrived
from ivr.domain.floor import Floor, outcome_of
from ivr.domain.ids import DepartmentId
from ivr.domain.live import LiveCall, Phase
from ivr.domain.rules import AtClosing
from ivr.domain.speech import Sound, Utterance

PLEASE_WAIT: Utterance = (Sound("please-wait"),)
LONGEST_WAIT = timedelta(hours=4)
"""Nobody is believed to have waited longer; then some clock was wrong."""


class Reception:
    """Callers coming and going."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor

    # -- arriving ------------------------------------------------------------------------------

    def arrived(self, event: CallArrived, now: datetime) -> None:
        """Greet the caller; one who dialled what is not ours is turned away.

        One who has waited since an earlier run of the program was greeted then.
        """
        floor = self._floor
        if event.call in floor.calls:
            return
        county = floor.county
        destination = floor.destination(event.dialled, event.diverted_from)
        call = LiveCall(
            id=event.call,
            dialled=destination.did if destination else event.dialled,
            department=destination.department if destination else None,
            caller=county.numbering.parse(event.caller),
            arrived_at=_arrival(event, now),
            language=county.language,
        )
        floor.begin(call)
        if destination is None:
            floor.hang_up(call, Outcome.FAILED, now)
            return
        floor.command(do.AnswerCall(call.id))
        if event.arrived_at is not None and self._is_in_time(call, now):
            self._go_on_waiting(call, now)
            return
        call.announcements = floor.announcements.concerning(call.department, now)
        if county.hours_of(call.department).is_open(now):
            floor.entrance.regain(call)
        else:
            call.phase = Phase.CLOSED
        self._receive(call, now)

    def _go_on_waiting(self, call: LiveCall, now: datetime) -> None:
        """Let a caller in whom nobody could greet, at the place that goes with the wait.

        Those who came before, and are greeted still, must not stand behind for that.
        """
        floor = self._floor
        floor.entrance.regain(call)
        floor.entrance.count_from_arrival(call.arrived_at)
        call.queued_at = floor.entrance.since(call, now)
        call.past_menu = True
        floor.voice.silence(call)
        floor.entrance.knock(call, PLEASE_WAIT)

    def _is_in_time(self, call: LiveCall, now: datetime) -> bool:
        hours = self._floor.county.hours_of(call.department)
        return hours.is_open(now) or hours.is_open(call.arrived_at)

    def _receive(self, call: LiveCall, now: datetime) -> None:
        """Say what the caller has to hear next: announcements before anything else."""
        floor = self._floor
        if call.announcements:
            floor.voice.say(
                call, welcome.announced(call.announcements[0], floor.county, call.language), now
            )
        elif call.phase is Phase.CLOSED:
            call.closed_words = closed_words(
                floor.county, call.department, now, greeted=call.past_menu
            )
            self._say_closed(call, now)
        elif call.past_menu:
            floor.entrance.knock(call, PLEASE_WAIT)
        else:
            self._greet(call, now)

    def _greet(self, call: LiveCall, now: datetime) -> None:
        floor = self._floor
        floor.voice.say(call, floor.first_words(call.department, call.language), now)

    def _say_closed(self, call: LiveCall, now: datetime) -> None:
        offers = welcome.language_offers(self._floor.county, call.language)
        self._floor.voice.say(call, (*call.closed_words, *offers), now)

    # -- going on after words ------------------------------------------------------------------

    def said(self, call: LiveCall, now: datetime) -> None:
        """Go on after what the caller was told."""
        floor = self._floor
        if call.announcements:
            del call.announcements[0]
            self._receive(call, now)
            return
        match call.phase:
            case Phase.GREETING:
                self._read_menu(call, now)
            case Phase.MENU:
                floor.timers.set((due.MENU, call.id), now + self._menu_pause())
            case Phase.WAITING:
                floor.command(do.StartMusic(call.id))
            case Phase.CLOSED:
                floor.let_think(call, now)
            case Phase.LEAVING:
                floor.hang_up(call, outcome_of(call), now)
            case (
                Phase.TALKING
                | Phase.WAY_OUT
                | Phase.KEEPING
                | Phase.AWAY
                | Phase.CONSULTING
                | Phase.HANDED_OVER
                | Phase.RETURNING
                | Phase.GONE
            ):
                pass
            case _:
                assert_never(call.phase)

    def thought_it_over(self, call: LiveCall, now: datetime) -> None:
        """The caller who can't be served was offered a callback and did not ask for one."""
        self._floor.goodbye(call, outcome_of(call), (), now)

    # -- choosing by key -----------------------------------------------------------------------

    def pressed(self, call: LiveCall, key: str, now: datetime) -> bool:
        """The caller may be choosing a language or a department; say whether the key was that."""
        if call.dialog is not None or call.offer is not None:
            return False
        language = self._floor.county.language_keys.get(key)
        if language is not None:
            return self._choose_language(call, language, now)
        if call.phase is Phase.MENU or (call.phase is Phase.GREETING and self._has_menu(call)):
            self._menu_key(call, key, now)
            return True
        return False

    def _choose_language(self, call: LiveCall, language: str, now: datetime) -> bool:
        """Begin again in ``language`` with what the caller is being told."""
        floor = self._floor
        if call.phase not in (Phase.GREETING, Phase.MENU, Phase.WAITING, Phase.CLOSED):
            return False
        if call.language == language:
            return True
        call.language = language
        floor.seekers.touch(call.id)
        if call.announcements:
            return True  # there is no other language for them
        match call.phase:
            case Phase.GREETING:
                self._greet(call, now)
            case Phase.MENU:
                call.readings -= 1  # not understood
                self._read_menu(call, now)
            case Phase.CLOSED:
                floor.timers.cancel((Due.CLOSED, call.id))
                self._say_closed(call, now)
            case _:
                self._stop_unsuitable(call, now)
                floor.voice.silence(call)
                floor.voice.say(call, PLEASE_WAIT, now)
        return True

    def _stop_unsuitable(self, call: LiveCall, now: datetime) -> None:
        """Let the phones of those fall silent who don't speak the caller's language."""
        floor = self._floor
        for ringing in list(call.ringing):
            agent = floor.agent(floor.offers[ringing].agent)
            if not floor.need(call, now).met_by(agent.profile):
                floor.talks.take_back(agent, now)

    def _menu_key(self, call: LiveCall, key: str, now: datetime) -> None:
        menu = self._floor.county.menu
        if menu is not None and key in menu.keys:
            self._choose(call, menu.keys[key], now)
        elif not call.announcements:  # a key by mistake must not cost an announcement
            self._read_menu(call, now, Sound("menu-invalid"))

    def _choose(self, call: LiveCall, department: DepartmentId | None, now: datetime) -> None:
        """Go on as the department's caller, or as one of the common number."""
        floor = self._floor
        floor.timers.cancel((due.MENU, call.id))
        floor.voice.stop(call)
        announcements = floor.announcements.concerning(department, now)
        call.announcements = [each for each in announcements if each.departments is not None]
        call.department = department
        call.past_menu = True
        call.phase = Phase.GREETING if self._is_in_time(call, now) else Phase.CLOSED
        self._receive(call, now)

    def _read_menu(self, call: LiveCall, now: datetime, *before: Sound) -> None:
        """Read the menu out, where there is one; after enough times the caller goes on without."""
        floor = self._floor
        floor.timers.cancel((due.MENU, call.id))
        menu = floor.county.menu
        if menu is None or not self._has_menu(call) or call.readings >= menu.tries:
            call.past_menu = True
            floor.voice.stop(call)
            floor.entrance.knock(call, PLEASE_WAIT)
            return
        call.phase = Phase.MENU
        call.readings += 1
        floor.voice.say(call, (*before, *welcome.options(menu)), now)

    def menu_silence(self, call: LiveCall, now: datetime) -> None:
        """The caller pressed nothing after the menu was read out."""
        self._read_menu(call, now)

    def _has_menu(self, call: LiveCall) -> bool:
        menu = self._floor.county.menu
        return menu is not None and call.department is None and not call.past_menu

    def _menu_pause(self) -> timedelta:
        menu = self._floor.county.menu
        return menu.pause if menu is not None else timedelta(0)

    # -- closing time, and leaving -------------------------------------------------------------

    def await_closing(self, call: LiveCall, now: datetime) -> None:
        """Set the time at which the service closes for a caller who waits."""
        floor = self._floor
        if floor.rules.at_closing is AtClosing.OFFER_CALLBACK:
            closing = floor.county.hours_of(call.department).closing(now)
            if closing is not None:
                floor.timers.set((Due.CLOSING, call.id), closing)

    def closing(self, call: LiveCall, now: datetime) -> None:
        """The service closes while the caller waits: the place stays, a callback is offered."""
        self._floor.voice.silence(call)
        self._floor.voice.say(call, (Sound("closing-now"),), now)

    def left(
        self, call: LiveCall, now: datetime, why: do.Withdrawal = do.Withdrawal.CALLER_GONE
    ) -> None:
        """The caller hung up, wherever that was, or is served elsewhere."""
        floor = self._floor
        floor.talks.stop_ringing(call, why, now)
        offer = floor.talk_of(call)
        if offer is not None and offer.connected:
            floor.talks.end(offer, now)
        elif offer is not None:
            floor.talks.withdraw(offer, why, now)
            floor.roster.free(floor.agent(offer.agent), now)
        floor.gone(call, now)


def _arrival(event: CallArrived, now: datetime) -> datetime:
    """Say since when the caller is here, as far as that can be believed."""
    if event.arrived_at is None or not timedelta(0) <= now - event.arrived_at <= LONGEST_WAIT:
        return now
    return event.arrived_at
