"""Keeping a place: the caller hangs up, and the place in the queue stays.

The caller presses a key, hears that the place is kept once that is committed, and is away from then
on. When it is the caller's turn :mod:`ivr.domain.phoning_back` phones. What comes to nothing, after
enough attempts, too late, or because the day is over, becomes a callback request, and is tried
until the store has it: a kept place is never lost in silence.

Only the number the call came from is phoned. A number keyed in could be anybody's: the machine
would ring strangers, at their own expense abroad, for whoever types them. A caseworker who gets a
keyed-in number looks at it first. The number a call comes from can be made up as well, so it has to
be one that the system dials at all (``County.may_be_phoned``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ivr.domain import commands as do
from ivr.domain.callback import CallbackSource
from ivr.domain.calls import Outcome
from ivr.domain.due import STORE_LIMIT, Due
from ivr.domain.floor import Floor, outcome_of
from ivr.domain.ids import CallbackId, DepartmentId
from ivr.domain.kept_place import KeptPlace
from ivr.domain.live import CallbackDialog, LiveCall, Offer, Phase
from ivr.domain.speech import Digits, Sound

LOOK = timedelta(minutes=1)
"""How often a kept place is looked at: nobody may be there any more who could honour it."""
LOOK_AGAIN = timedelta(seconds=5)
"""When a place can't be given up just now, because the caller is being phoned."""
STORE_AGAIN = timedelta(seconds=30)
"""When the callback request that a place has become is tried again."""


class KeepingPlace:
    """Callers who hang up and keep their places."""

    def __init__(self, floor: Floor) -> None:
        """Work on ``floor``."""
        self._floor = floor

    # -- asking for it -------------------------------------------------------------------------

    def pressed(self, call: LiveCall, key: str, now: datetime) -> bool:
        """Keep the caller's place, where that is what the key asks for."""
        floor = self._floor
        rules = floor.rules.keeping_place
        if rules is None or key != rules.key or not floor.may_keep_place(call):
            return False
        if call.caller is None or call.queued_at is None or call.place is None:
            raise AssertionError(f"call {call.id} has no place to keep")
        call.kept = KeptPlace(
            call=call.id,
            number=call.caller,
            dialled=call.dialled,
            department=call.department,
            language=call.language,
            arrived_at=call.arrived_at,
            queued_at=call.queued_at,
            place=call.place,
            expires_at=now + rules.expires_after,
        )
        floor.talks.stop_ringing(call, do.Withdrawal.ELSEWHERE, now)
        floor.entrance.leave(call)
        floor.voice.silence(call)
        call.phase = Phase.KEEPING
        floor.timers.set((Due.KEEP, call.id), now + STORE_LIMIT)
        floor.command(do.KeepPlace(call.kept))
        return True

    def stored(self, call: LiveCall, now: datetime) -> None:
        """The place is committed: now it may be promised."""
        if call.phase is not Phase.KEEPING:
            return
        floor = self._floor
        floor.timers.cancel((Due.KEEP, call.id))
        call.phase = Phase.AWAY
        call.ends_as = None  # the switch may have ended meanwhile: the promise holds
        if not call.on_line:
            self._away(call, now)
            return
        number = Digits(floor.county.numbering.display(_kept(call).number))
        words = (Sound("keep-place-confirmed"), number, Sound("goodbye"))
        floor.voice.say(call, words, now)

    def not_stored(self, call: LiveCall, now: datetime) -> None:
        """The place could not be committed, or nobody knows in time: the caller waits on.

        Not asked again in this call: a late answer could be taken for that to the second try.
        """
        if call.phase is not Phase.KEEPING:
            return
        floor = self._floor
        floor.timers.cancel((Due.KEEP, call.id))
        floor.entrance.release(call)
        call.may_keep_place = False
        if call.on_line:
            floor.entrance.enter(call, now)
            floor.voice.say(call, (Sound("keep-place-unavailable"), Sound("place-kept")), now)
        else:
            floor.end(call, outcome_of(call), now)

    # -- going away ----------------------------------------------------------------------------

    def said(self, call: LiveCall, now: datetime) -> None:
        """The caller knows, and may hang up; else the system does."""
        self._floor.command(do.HangUpCall(call.id))
        call.on_line = False
        self._away(call, now)

    def hung_up(self, call: LiveCall, now: datetime) -> None:
        """The caller does not wait for the last words. The promise holds."""
        if not call.on_line:
            return
        call.on_line = False
        if call.phase is Phase.AWAY:
            self._floor.voice.ended(call)
            self._away(call, now)

    def lost(self, call: LiveCall, now: datetime) -> bool:
        """Phone a caller again whose line broke before an agent was there; say whether that is so.

        The promise was to bring the caller to an agent, and the caller did not hang up.
        """
        if call.kept is None or call.phase is not Phase.WAITING or call.dialog is not None:
            return False
        floor = self._floor
        floor.talks.stop_ringing(call, do.Withdrawal.CALLER_GONE, now)
        offer = floor.talk_of(call)
        if offer is not None:
            floor.talks.withdraw(offer, do.Withdrawal.CALLER_GONE, now)
            floor.roster.free(floor.agent(offer.agent), now)
        floor.entrance.leave(call)
        floor.voice.ended(call)
        floor.third_parties.disown(call)
        call.on_line = False
        call.phase = Phase.AWAY
        self._away(call, now)
        return True

    def restored(self, kept: KeptPlace, now: datetime) -> None:
        """Go on with a place kept in an earlier run of the program, unless it is known still."""
        floor = self._floor
        if kept.call in floor.calls:
            return
        known = kept.department in floor.county.departments
        call = LiveCall(
            id=kept.call,
            dialled=kept.dialled,
            department=kept.department if known else None,
            caller=kept.number,
            arrived_at=kept.arrived_at,
            language=kept.language,
            phase=Phase.AWAY,
            queued_at=kept.queued_at,
            entered_as=len(floor.waiting) + 1,
            place=kept.place,
            kept=kept,
            on_line=False,
        )
        floor.begin(call)
        self._away(call, now)

    def _away(self, call: LiveCall, now: datetime) -> None:
        self._floor.entrance.hold(call, now)
        self.look(call, now)

    # -- coming back ---------------------------------------------------------------------------

    def taken_over(self, call: LiveCall, now: datetime) -> bool:
        """Let a caller who calls again for the same department have the kept place.

        The first call then ends like any whose caller left with a promise: as a callback. It was
        neither abandoned nor sent away, and the figures count nobody twice as served.
        """
        floor = self._floor
        others = floor.calls_from(call.caller)
        before = next((other for other in others if _is_kept(other, call.department)), None)
        if before is None:
            return False
        floor.talks.stop_ringing(before, do.Withdrawal.ELSEWHERE, now)
        offer = floor.talk_of(before)
        if offer is not None:
            floor.talks.withdraw(offer, do.Withdrawal.ELSEWHERE, now)
            floor.roster.free(floor.agent(offer.agent), now)
        call.regained = True
        if before.place is not None and before.place[0] <= floor.entrance.since(call, now):
            call.place = before.place  # else the caller has waited longer on this line
        floor.end(before, Outcome.CALLBACK, now)
        return True

    def connected(self, offer: Offer) -> None:
        """The caller talks to an agent: the promise is kept."""
        call = self._floor.calls[offer.call]
        if offer.connected and call.kept is not None:
            self._floor.entrance.release(call)

    # -- giving up -----------------------------------------------------------------------------

    def look(self, call: LiveCall, now: datetime) -> None:
        """See whether a kept place can still be honoured, and whether the caller may be phoned."""
        floor = self._floor
        kept = _kept(call)
        if call.rests_until is not None and call.rests_until <= now:
            call.rests_until = None
            floor.seekers.touch(call.id)
        if not self._is_over(call, now):
            looks = (now + LOOK, kept.expires_at, call.rests_until or kept.expires_at)
            floor.timers.set((Due.AWAY, call.id), min(looks))
        elif call.parties or call.offer is not None:
            floor.timers.set((Due.AWAY, call.id), now + LOOK_AGAIN)
        else:
            self._hand_to_caseworker(call, now)

    def taken_out(self, call: LiveCall, now: datetime) -> None:
        """A supervisor wants the caller out of the queue: a caseworker will phone instead."""
        call.kept = replace(_kept(call), expires_at=now)
        self.look(call, now)

    def _is_over(self, call: LiveCall, now: datetime) -> bool:
        floor = self._floor
        kept = _kept(call)
        if now >= kept.expires_at or kept.attempts >= floor.keeping_place.attempts:
            return True
        open_now = floor.county.hours_of(call.department).is_open(now)
        return not open_now and not floor.somebody_there(call)

    def _hand_to_caseworker(self, call: LiveCall, now: datetime) -> None:
        floor = self._floor
        floor.talks.stop_ringing(call, do.Withdrawal.ELSEWHERE, now)
        floor.entrance.leave(call)
        kept = _kept(call)
        call.dialog = CallbackDialog(
            CallbackId(f"cb-{call.id}-place"),
            CallbackSource.CALLER_DTMF,
            tries_left=0,
            number=kept.number,
        )
        self.store(call, now)

    def store(self, call: LiveCall, now: datetime) -> None:
        """Have the callback request stored that a place has become; again, until it is.

        Its id is always the same, so trying again can't make two of it.
        """
        if call.dialog is None:
            raise AssertionError(f"call {call.id} stores no callback")
        self._floor.store_callback(call, call.dialog, STORE_AGAIN, now)

    def callback_stored(self, call: LiveCall, callback: CallbackId, now: datetime) -> None:
        """The callback request is committed: the place is not needed any more."""
        if call.dialog is not None and call.dialog.callback == callback:
            self._floor.end(call, Outcome.CALLBACK, now)


def _kept(call: LiveCall) -> KeptPlace:
    if call.kept is None:
        raise AssertionError(f"call {call.id} keeps no place")
    return call.kept


def _is_kept(call: LiveCall, department: DepartmentId | None) -> bool:
    """Whether ``call`` is a kept place for a matter of ``department``."""
    return (
        call.phase is Phase.AWAY
        and not call.on_line  # who has two lines, and still hears the last words on one
        and call.dialog is None
        and call.department == department
    )
