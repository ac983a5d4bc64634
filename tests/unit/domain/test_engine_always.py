"""What holds whatever happens: everything outside at once, in any order, late and repeated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Agent, AgentState, Presence
from ivr.domain.announcement import Announcement
from ivr.domain.callback import Callback, CallbackState
from ivr.domain.calls import CallResult
from ivr.domain.county import County, Menu
from ivr.domain.due import Due
from ivr.domain.engine import QueueEngine
from ivr.domain.ids import (
    E164,
    AgentId,
    AnnouncementId,
    CallbackId,
    CallId,
    CaseworkerId,
    DepartmentId,
    LegId,
    OfferId,
    PlaybackId,
    RecordingId,
    VisitId,
)
from ivr.domain.kept_place import KeptPlace
from ivr.domain.known import KnownCallback
from ivr.domain.live import QUEUEING, LiveCall, Offer, Phase
from ivr.domain.opening import OpeningHours, Span
from ivr.domain.outgoing import OutgoingPhase
from ivr.domain.queue_entry import ENDS, QueueEntry, QueueEvent
from ivr.domain.queue_log import QueueJournal
from ivr.domain.rules import (
    Announcing,
    AtClosing,
    CallbackRules,
    FirstReached,
    KeepingPlace,
    Limits,
    QueueRules,
    SpokenMessages,
    Strategy,
    WayOut,
    Widening,
)
from ivr.domain.seeking import Kind
from ivr.domain.waiting import Place
from tests.examples import (
    ALL_ROUND,
    BERLIN,
    CALLER,
    COMMON_NUMBER,
    DIDS,
    JUGEND,
    ONLY_JUGEND,
    ONLY_UMWELT,
    PHONES,
    UMWELT,
    VERKEHR,
    county,
)
from tests.unit.domain.driver import MONDAY_NOON, SUNDAY_NOON
from tests.unit.domain.everything import everything_on
from tests.unit.domain.outside import Outside

_THERE = {
    QueueEvent.ADDMEMBER: Presence.READY,
    QueueEvent.UNPAUSE: Presence.READY,
    QueueEvent.PAUSE: Presence.PAUSED,
    QueueEvent.REMOVEMEMBER: Presence.LOGGED_OUT,
}
"""What an agent wants after each of these."""
OFTEN = Announcing(after=timedelta(seconds=5), every=timedelta(seconds=10))
LIMITS = [
    Limits(
        max_waiting=2,
        max_wait=timedelta(seconds=90),
        join_empty=False,
        leave_when_empty=True,
        way_out=way_out,
        number=E164("+4944619190"),
    )
    for way_out in WayOut
]
KEEPING = KeepingPlace(retry_after=timedelta(seconds=20), expires_after=timedelta(minutes=5))
AFTER_A_WHILE = (timedelta(seconds=10), timedelta(seconds=30))


UMWELT_HOURS = OpeningHours(
    BERLIN, dict.fromkeys(range(7), (Span(time(9), time(12, 1)), Span(time(13), time(17, 58))))
)
MENU = Menu({"1": UMWELT, "2": JUGEND, "0": None})


known_callbacks = st.builds(
    KnownCallback,
    id=st.sampled_from([CallbackId("k1"), CallbackId("k2")]),
    department=st.sampled_from([UMWELT, JUGEND, DepartmentId("gone")]),
    caseworker=st.sampled_from([CaseworkerId("umwelt.1"), CaseworkerId("jugend.1")]),
    state=st.just(CallbackState.ATTEMPTED),
    due_at=st.sampled_from([MONDAY_NOON - timedelta(days=1), MONDAY_NOON + timedelta(days=2)]),
    missed=st.booleans(),
)


def any_county(
    rules: QueueRules,
    menu: Menu | None = None,
    languages: Mapping[str, str] | None = None,
    umwelt_hours: OpeningHours | None = None,
) -> County:
    """Return the county with agents of different levels, and callers with a head start."""
    plain = county(rules, reads_numbers_back=rules.callbacks.confirm_number)
    skills = {
        ALL_ROUND: {UMWELT: 1, JUGEND: 2, VERKEHR: 3},
        ONLY_UMWELT: {UMWELT: 2},
        ONLY_JUGEND: {JUGEND: 1},
    }
    urgent = replace(plain.departments[UMWELT], head_start=timedelta(seconds=20))
    urgent = replace(urgent, hours=umwelt_hours)
    return replace(
        plain,
        menu=menu,
        language_keys=languages or {},
        departments={**plain.departments, UMWELT: urgent},
        agents={
            agent: replace(profile, skills=skills[agent]) for agent, profile in plain.agents.items()
        },
    )


RULES = st.builds(
    QueueRules,
    strategy=st.sampled_from(Strategy),
    ring_at_once=st.sampled_from([2, 3]),
    pause_after_missed=st.sampled_from([1, 2]),
    pause_reasons=st.just({"1": "lunch"}),
    whisper=st.booleans(),
    connect_announcement=st.booleans(),
    widening=st.sampled_from(
        [
            Widening(),
            Widening(levels=AFTER_A_WHILE),
            Widening(levels=AFTER_A_WHILE, everyone=timedelta(minutes=1)),
        ]
    ),
    head_starts=st.sampled_from([{}, {CALLER: timedelta(seconds=45)}]),
    announcing=st.sampled_from([Announcing(), OFTEN]),
    limits=st.sampled_from([Limits(), *LIMITS]),
    keeping_place=st.sampled_from([None, KEEPING, replace(KEEPING, first=FirstReached.CALLER)]),
    redial_within=st.sampled_from([timedelta(0), timedelta(seconds=30), timedelta(minutes=3)]),
    at_closing=st.sampled_from(AtClosing),
    spoken_messages=st.sampled_from([None, SpokenMessages()]),
    callbacks=st.builds(CallbackRules, confirm_number=st.booleans()),
)
COUNTIES = st.builds(
    any_county,
    RULES,
    menu=st.sampled_from([None, MENU]),
    languages=st.sampled_from([None, {"8": "en", "9": "de"}]),
    umwelt_hours=st.sampled_from([None, UMWELT_HOURS]),
)
COUNTY = any_county(QueueRules())
SHORTLY_BEFORE_CLOSING = MONDAY_NOON.replace(hour=17, minute=56)
TIMES = st.sampled_from([MONDAY_NOON, SHORTLY_BEFORE_CLOSING, SUNDAY_NOON])
NOBODY = CallId("nobody")
AWAITED_AWAY = (Due.PLAYBACK, Due.AWAY, Due.STORE)
"""The end of the last words, a look at the place, or the store's answer."""

StoreAnswer = type[on.CallbackStored | on.CallbackNotStored] | None
PlaceAnswer = type[on.PlaceStored | on.PlaceNotStored] | None

callers = st.sampled_from(["01713920001", None, "09001234567"])
agents = st.sampled_from(sorted(COUNTY.agents))
pauses = st.sampled_from([0.5, 1, 2, 3, 5, 6, 8, 10, 20, 60])
causes = st.sampled_from(on.FailureCause)
caller_keys = st.sampled_from(["1", "*", "#", "0", "1#", "1#1#1#", "2", "8", "9", "98"])
message_lengths = st.sampled_from([0.0, 3.5])
agent_keys = st.sampled_from(["*", "7", "5", "*7", "*7", "*7"])
place_answers = st.sampled_from([on.PlaceStored, on.PlaceStored, on.PlaceNotStored, None])
store_answers = st.sampled_from([on.CallbackStored, on.CallbackNotStored, None])

# What agents and their phones do between calls.
CHOICES: list[Callable[[AgentId], on.Event]] = [
    lambda agent: on.PresenceChosen(agent, Presence.READY),
    lambda agent: on.PresenceChosen(agent, Presence.PAUSED),
    lambda agent: on.PresenceChosen(agent, Presence.LOGGED_OUT),
    on.WrapUpEnded,
    on.WrapUpExtended,
    on.LastCallChosen,
    lambda agent: on.ResultGiven(agent, CallResult.SETTLED),
    on.PhoneReachable,
    on.PhoneUnreachable,
    on.PhoneBusy,
    on.PhoneFree,
]

# Any fact about anything there ever was, whether it fits or not.
NONSENSE: list[Callable[[CallId, OfferId, CallbackId, PlaybackId, LegId], on.Event]] = [
    lambda call, _offer, _callback, _playback, _leg: on.CallerHungUp(call),
    lambda call, _offer, _callback, _playback, _leg: on.CallerLost(call),
    lambda call, _offer, _callback, _playback, _leg: on.CallerTakenOver(call),
    lambda call, _offer, _callback, _playback, _leg: on.CallerPressed(call, "1"),
    lambda call, _offer, _callback, playback, _leg: on.PlaybackFinished(call, playback),
    lambda call, _offer, callback, _playback, _leg: on.MessageRecorded(
        call, RecordingId(callback), 2
    ),
    lambda call, _offer, callback, _playback, _leg: on.CallbackStored(callback, call),
    lambda call, _offer, callback, _playback, _leg: on.CallbackNotStored(callback, call),
    lambda call, _offer, _callback, _playback, _leg: on.CallbackAddedTo(CallbackId("k1"), call),
    lambda call, _offer, _callback, _playback, _leg: on.CallbackNotAddedTo(CallbackId("k1"), call),
    lambda call, _offer, _callback, _playback, _leg: on.CallerRecognised(call, ()),
    lambda _call, offer, _callback, _playback, _leg: on.OfferAnswered(offer),
    lambda _call, offer, _callback, _playback, _leg: on.OfferFailed(offer, on.FailureCause.FAULT),
    lambda _call, offer, _callback, _playback, _leg: on.CallConnected(offer),
    lambda _call, offer, _callback, _playback, _leg: on.ConnectFailed(offer),
    lambda _call, offer, _callback, _playback, _leg: on.AgentHungUp(offer),
    lambda _call, offer, _callback, _playback, _leg: on.LegEnded(offer),
    lambda _call, offer, _callback, _playback, _leg: on.AgentPressed(offer, "*"),
    lambda _call, offer, _callback, _playback, _leg: on.WhisperFinished(offer),
    lambda call, _offer, _callback, _playback, _leg: on.CallerMovedUp(call),
    lambda call, _offer, _callback, _playback, _leg: on.CallerTakenOut(call),
    lambda call, _offer, _callback, _playback, _leg: on.PlaceStored(call),
    lambda call, _offer, _callback, _playback, _leg: on.PlaceNotStored(call),
    lambda _call, _offer, _callback, _playback, leg: on.PartyAnswered(leg),
    lambda _call, _offer, _callback, _playback, leg: on.PartyHungUp(leg),
    lambda _call, _offer, _callback, _playback, leg: on.PartyFailed(leg, on.FailureCause.FAULT),
    lambda _call, _offer, _callback, _playback, leg: on.PartyPressed(leg, "1"),
]


class AnyDay(RuleBasedStateMachine):
    """Plays callers, agents, switch, store and clock."""

    def __init__(self) -> None:
        super().__init__()
        self.begin(COUNTY, MONDAY_NOON)

    def begin(self, county: County, now: datetime) -> None:
        self.runs = 1
        self.goes_on_with(QueueEngine(county, run="r1"), QueueJournal())
        self.unbroken = QueueEngine(county, run="r1")
        """The engine that the program would have had without any restart."""
        self.unbroken_journal = QueueJournal()
        self.outside = Outside(county, now)
        self.places: dict[CallId, Place] = {}
        self.moved: set[CallId] = set()
        self.steps = 0
        self.known_at: dict[CallId, int] = {}
        """In which step each call became known."""
        self.as_of_arrival: dict[CallId, int] = {}
        """In which step it was fixed since when a caller waits, or will wait."""
        self.past: list[on.Event] = []
        self.visits = 0
        self.told: list[QueueEntry] = []
        self.offered: dict[AgentId, int] = {}
        """When each agent was offered a call last, as the number of that offer."""

    def goes_on_with(self, engine: QueueEngine, journal: QueueJournal) -> None:
        self.engine, self.floor, self.journal = engine, engine._floor, journal

    @initialize(at=TIMES, county=COUNTIES)
    def it_is(self, at: datetime, county: County) -> None:
        self.begin(county, at)

    # -- callers -------------------------------------------------------------------------------

    @rule(
        dialled=st.sampled_from([COMMON_NUMBER, COMMON_NUMBER, *DIDS.values(), "+493023125001"]),
        caller=callers,
        greeted=st.booleans(),
    )
    def a_caller_arrives(self, dialled: str, caller: str | None, *, greeted: bool) -> None:
        call = CallId(f"c{len(self.outside.callers_ever)}")
        self.happens(on.CallArrived(call, dialled, caller))
        self.is_received_to_the_end(call, greeted=greeted)

    def is_received_to_the_end(self, call: CallId, *, greeted: bool) -> None:
        while greeted and self.is_received(call):
            self.happens(on.PlaybackFinished(call, self.outside.playing[call]))
            if self.floor.calls[call].phase is Phase.MENU:
                self.happens(on.CallerPressed(call, "0"))

    @precondition(lambda self: self.outside.playing)
    @rule(data=st.data())
    def a_prompt_ends(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(sorted(self.outside.playing)))
        self.happens(on.PlaybackFinished(call, self.outside.playing[call]))

    @precondition(lambda self: self.outside.callers)
    @rule(data=st.data(), pressed=caller_keys)
    def a_caller_presses(self, data: st.DataObject, pressed: str) -> None:
        call = data.draw(st.sampled_from(sorted(self.outside.callers)))
        for key in pressed:
            self.happens(on.CallerPressed(call, key))

    @precondition(lambda self: self.outside.callers)
    @rule(data=st.data(), store=store_answers)
    def a_caller_asks_for_a_callback(self, data: st.DataObject, store: StoreAnswer) -> None:
        call = data.draw(st.sampled_from(sorted(self.outside.callers)))
        for key in "1030*03023125001##":
            self.happens(on.CallerPressed(call, key))
        self.the_store_answers(store)

    @precondition(lambda self: self.outside.recording)
    @rule(data=st.data(), seconds=message_lengths)
    def a_message_ends(self, data: st.DataObject, seconds: float) -> None:
        recording = data.draw(st.sampled_from(sorted(self.outside.recording)))
        call = self.outside.recording[recording]
        self.happens(on.MessageRecorded(call, recording, seconds))

    @rule(
        number=st.integers(1, 3),
        seconds=pauses,
        departments=st.sampled_from([None, frozenset({UMWELT}), frozenset({JUGEND, VERKEHR})]),
    )
    def an_announcement_is_made(
        self, number: int, seconds: float, departments: frozenset[DepartmentId] | None
    ) -> None:
        now = self.outside.now
        until = now + timedelta(seconds=seconds)
        announcement = Announcement(
            AnnouncementId(f"a{number}"), f"flood-{number}", now, until, departments
        )
        self.happens(on.AnnouncementMade(announcement))

    @rule(number=st.integers(1, 3))
    def an_announcement_is_withdrawn(self, number: int) -> None:
        self.happens(on.AnnouncementWithdrawn(AnnouncementId(f"a{number}")))

    @precondition(lambda self: self.outside.callers)
    @rule(data=st.data(), store=place_answers, stays=st.booleans())
    def a_caller_keeps_the_place(
        self, data: st.DataObject, store: PlaceAnswer, *, stays: bool
    ) -> None:
        call = data.draw(st.sampled_from(sorted(self.outside.callers)))
        self.happens(on.CallerPressed(call, "2"))
        self.the_store_answers_about_places(store)
        if not stays:
            self.happens(on.CallerHungUp(call))

    @precondition(lambda self: self.outside.dialled)
    @rule(data=st.data(), cause=st.none() | causes)
    def a_dialled_party_answers_or_not(
        self, data: st.DataObject, cause: on.FailureCause | None
    ) -> None:
        leg = data.draw(st.sampled_from(sorted(self.outside.dialled)))
        self.happens(on.PartyAnswered(leg) if cause is None else on.PartyFailed(leg, cause))

    @precondition(lambda self: self.outside.parties or self.outside.adopted)
    @rule(data=st.data())
    def a_party_hangs_up(self, data: st.DataObject) -> None:
        legs = sorted({**self.outside.parties, **self.outside.adopted})
        self.happens(on.PartyHungUp(data.draw(st.sampled_from(legs))))

    @rule(caller=st.sampled_from([CALLER, E164("+491713920002")]))
    def a_place_of_an_earlier_run_is_restored(self, caller: E164) -> None:
        call = CallId(f"c{len(self.outside.callers_ever)}")
        earlier = self.outside.now - timedelta(minutes=1)
        kept = KeptPlace(
            call=call,
            number=caller,
            dialled=COMMON_NUMBER,
            department=None,
            language="de",
            arrived_at=earlier,
            queued_at=earlier,
            place=(earlier, len(self.outside.callers_ever)),
            expires_at=earlier + timedelta(minutes=5),
        )
        self.happens(on.PlaceRestored(kept))

    @precondition(lambda self: self.outside.callers)
    @rule(data=st.data(), known=st.lists(known_callbacks, max_size=2))
    def a_caller_is_recognised(self, data: st.DataObject, known: list[KnownCallback]) -> None:
        call = data.draw(st.sampled_from(sorted(self.outside.callers)))
        self.happens(on.CallerRecognised(call, tuple(known)))

    @rule(greeted=st.booleans(), known=known_callbacks, pressed=st.sampled_from(["1", "3", "11"]))
    def a_known_caller_asks(self, known: KnownCallback, pressed: str, *, greeted: bool) -> None:
        call = CallId(f"c{len(self.outside.callers_ever)}")
        self.happens(on.CallArrived(call, COMMON_NUMBER, CALLER))
        self.happens(on.CallerRecognised(call, (known,)))
        self.is_received_to_the_end(call, greeted=greeted)
        for key in pressed:
            self.happens(on.CallerPressed(call, key))

    @precondition(lambda self: self.outside.adding)
    @rule(commits=st.booleans(), over=st.booleans())
    def the_store_answers_about_additions(self, *, commits: bool, over: bool) -> None:
        """It commits all it was given, or none of it."""
        for call, callback in list(self.outside.adding.items()):
            added = on.CallbackAddedTo(callback, call)
            self.happens(added if commits else on.CallbackNotAddedTo(callback, call, over))

    @precondition(lambda self: self.outside.callers)
    @rule(data=st.data())
    def a_caller_hangs_up(self, data: st.DataObject) -> None:
        self.happens(on.CallerHungUp(data.draw(st.sampled_from(sorted(self.outside.callers)))))

    # -- restarts ------------------------------------------------------------------------------

    @rule()
    def the_program_is_restarted(self) -> None:
        """Nobody is to notice: see ``unbroken``."""
        memory, county, before = deepcopy(self.engine.memory()), self.floor.county, self.floor.run
        self.runs += 1
        journal = QueueJournal.resume(memory, county.rules)
        self.goes_on_with(QueueEngine(county, before, memory), journal)
        self.engine.begin_run(f"r{self.runs}")
        self.unbroken.begin_run(f"r{self.runs}")
        assert everything_on(self.floor) == everything_on(self.unbroken._floor)

    @rule(
        dialled=st.sampled_from([COMMON_NUMBER, *DIDS.values(), "+493023125001"]),
        caller=callers,
        seconds=st.sampled_from([-10, 0, 30, 600, 100_000]),
    )
    def a_caller_is_found(self, dialled: str, caller: str | None, seconds: float) -> None:
        call = CallId(f"c{len(self.outside.callers_ever)}")
        since = self.outside.now - timedelta(seconds=seconds)
        self.happens(on.CallArrived(call, dialled, caller, arrived_at=since))

    @precondition(lambda self: self.outside.callers)
    @rule(data=st.data())
    def a_caller_is_lost(self, data: st.DataObject) -> None:
        self.is_lost(data.draw(st.sampled_from(sorted(self.outside.callers))))

    @precondition(lambda self: self.outside.callers)
    @rule()
    def the_switch_ends(self) -> None:
        """All calls are lost, then all their legs, and what cannot be heard any more ends."""
        for call in sorted(self.outside.callers):
            self.is_lost(call)
        for leg in sorted(self.outside.outgoing.caseworkers):
            self.happens(on.CallerLost(self.outside.outgoing.caseworkers[leg]))
        for leg in sorted({**self.outside.dialled, **self.outside.outgoing.dialled}):
            self.happens(on.PartyFailed(leg, on.FailureCause.FAULT))
        for offer in sorted(self.outside.ringing):
            self.happens(on.OfferFailed(offer, on.FailureCause.FAULT))
        for ending in sorted(self.outside.ending):
            self.happens(on.LegEnded(ending))

    def is_lost(self, call: CallId) -> None:
        known = self.floor.calls[call]
        phoned = call in self.outside.kept and known.phase is Phase.WAITING and not known.dialog
        self.happens(on.CallerLost(call))
        if phoned:  # the promise stands
            assert self.floor.calls[call].phase is Phase.AWAY

    @precondition(lambda self: self.outside.callers)
    @rule(data=st.data())
    def a_caller_is_served_elsewhere(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(sorted(self.outside.callers)))
        self.happens(on.CallerTakenOver(call))

    @rule()
    def the_switch_was_away(self) -> None:
        self.happens(on.SwitchWasAway())

    # -- agents --------------------------------------------------------------------------------

    @rule(agent=agents)
    def an_agent_gets_ready(self, agent: AgentId) -> None:
        self.happens(on.PhoneReachable(agent))
        self.happens(on.PresenceChosen(agent, Presence.READY))

    @rule(agent=agents, make=st.sampled_from(CHOICES))
    def an_agent_chooses(self, agent: AgentId, make: Callable[[AgentId], on.Event]) -> None:
        self.happens(make(agent))

    @rule(
        agent=agents,
        code=st.sampled_from(["*11", "*12", "*121", "*129", "*14", "*15", "*16", "*171", "*99"]),
    )
    def an_agent_dials_a_code(self, agent: AgentId, code: str) -> None:
        self.visits += 1
        self.happens(on.FeatureCodeDialled(VisitId(f"v{self.visits}"), agent, code))

    @precondition(lambda self: self.outside.ending)
    @rule(data=st.data())
    def an_agent_s_line_gets_free(self, data: st.DataObject) -> None:
        self.happens(on.LegEnded(data.draw(st.sampled_from(sorted(self.outside.ending)))))

    @precondition(lambda self: self.outside.ringing)
    @rule(data=st.data(), connected=st.booleans())
    def an_agent_picks_up(self, data: st.DataObject, *, connected: bool) -> None:
        offer = data.draw(st.sampled_from(sorted(self.outside.ringing)))
        self.happens(on.OfferAnswered(offer))
        if connected:
            self.what_is_said_first_ends(offer)
            self.happens(on.CallConnected(offer))

    @precondition(lambda self: self.outside.whispering)
    @rule(data=st.data())
    def an_agent_has_heard_the_whisper(self, data: st.DataObject) -> None:
        offer = data.draw(st.sampled_from(sorted(self.outside.whispering)))
        self.happens(on.WhisperFinished(offer))

    @rule(agent=agents, caller=callers)
    def a_caller_and_an_agent_get_to_talk(self, agent: AgentId, caller: str | None) -> None:
        self.a_caller_arrives(COMMON_NUMBER, caller, greeted=True)
        self.an_agent_gets_ready(agent)
        for offer in sorted(self.outside.ringing):
            self.happens(on.OfferAnswered(offer))
            self.what_is_said_first_ends(offer)
            self.happens(on.CallConnected(offer))

    def what_is_said_first_ends(self, offer: OfferId) -> None:
        if offer in self.outside.whispering:
            self.happens(on.WhisperFinished(offer))
        known = self.floor.offers.get(offer)
        if known is not None and known.announcing:
            self.happens(on.PlaybackFinished(known.call, self.outside.playing[known.call]))

    @precondition(lambda self: self.outside.ringing)
    @rule(data=st.data(), cause=causes)
    def an_offer_fails(self, data: st.DataObject, cause: on.FailureCause) -> None:
        offer = data.draw(st.sampled_from(sorted(self.outside.ringing)))
        self.happens(on.OfferFailed(offer, cause))

    @precondition(lambda self: self.outside.joining)
    @rule(data=st.data(), works=st.booleans())
    def joining_ends(self, data: st.DataObject, *, works: bool) -> None:
        offer = data.draw(st.sampled_from(sorted(self.outside.joining)))
        self.happens(on.CallConnected(offer) if works else on.ConnectFailed(offer))

    @precondition(lambda self: self.outside.joining or self.outside.joined)
    @rule(data=st.data())
    def an_agent_hangs_up(self, data: st.DataObject) -> None:
        legs = sorted({**self.outside.joining, **self.outside.joined})
        self.happens(on.AgentHungUp(data.draw(st.sampled_from(legs))))

    @precondition(lambda self: self.outside.joined)
    @rule(data=st.data(), pressed=agent_keys, store=store_answers)
    def an_agent_presses(self, data: st.DataObject, pressed: str, store: StoreAnswer) -> None:
        offer = data.draw(st.sampled_from(sorted(self.outside.joined)))
        for key in pressed:
            self.happens(on.AgentPressed(offer, key))
        self.the_store_answers(store)

    # -- caseworkers ---------------------------------------------------------------------------

    @rule(
        callback=st.sampled_from(["cb-1", "cb-2", "cb-3"]),
        department=st.sampled_from([UMWELT, JUGEND]),
        number=st.sampled_from([CALLER, E164("+491713920002")]),
    )
    def a_caseworker_wants_to_call_back(
        self, callback: str, department: DepartmentId, number: E164
    ) -> None:
        call = CallId(f"out-{len(self.outside.outgoing.wished)}")
        caseworker = CaseworkerId(f"{department}.1")
        phone = PHONES[department]
        self.happens(
            on.CallBackWished(
                call, CallbackId(callback), department, caseworker, phone, number, "de"
            )
        )

    @precondition(lambda self: self.outside.outgoing.dialled)
    @rule(data=st.data(), cause=st.none() | causes)
    def somebody_called_by_a_caseworker_answers_or_not(
        self, data: st.DataObject, cause: on.FailureCause | None
    ) -> None:
        leg = data.draw(st.sampled_from(sorted(self.outside.outgoing.dialled)))
        self.happens(on.PartyAnswered(leg) if cause is None else on.PartyFailed(leg, cause))

    @precondition(lambda self: self.outside.outgoing.playing)
    @rule(data=st.data())
    def a_caseworker_has_heard_it(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(sorted(self.outside.outgoing.playing)))
        self.happens(on.PlaybackFinished(call, self.outside.outgoing.playing[call]))

    @precondition(lambda self: self.outside.outgoing.caseworkers)
    @rule(data=st.data(), early=st.booleans())
    def a_caseworker_hangs_up(self, data: st.DataObject, *, early: bool) -> None:
        leg = data.draw(st.sampled_from(sorted(self.outside.outgoing.caseworkers)))
        call = self.outside.outgoing.caseworkers[leg]
        self.happens(on.PartyHungUp(leg) if early else on.CallerHungUp(call))

    @precondition(lambda self: self.outside.outgoing.answered)
    @rule(data=st.data(), joined=st.booleans())
    def a_citizen_hangs_up_or_can_t_be_joined(self, data: st.DataObject, *, joined: bool) -> None:
        leg = data.draw(st.sampled_from(sorted(self.outside.outgoing.answered)))
        fault = on.PartyFailed(leg, on.FailureCause.FAULT)
        self.happens(on.PartyHungUp(leg) if joined else fault)

    # -- supervisors ---------------------------------------------------------------------------

    @precondition(lambda self: self.outside.callers)
    @rule(data=st.data(), make=st.sampled_from([on.CallerMovedUp, on.CallerTakenOut]))
    def a_supervisor_intervenes(
        self, data: st.DataObject, make: type[on.CallerMovedUp | on.CallerTakenOut]
    ) -> None:
        self.happens(make(data.draw(st.sampled_from(sorted(self.outside.callers)))))

    # -- store and clock -----------------------------------------------------------------------

    @precondition(lambda self: self.outside.storing)
    @rule(answer=store_answers)
    def the_store_answers(self, answer: StoreAnswer) -> None:
        """It commits all it was given, or none of it, or does not answer."""
        for callback in list(self.outside.storing.values()):
            if answer is not None:
                self.happens(answer(callback.id, callback.call or NOBODY))

    @precondition(lambda self: self.outside.keeping)
    @rule(answer=place_answers)
    def the_store_answers_about_places(self, answer: PlaceAnswer) -> None:
        """It commits all it was given, or none of it, or does not answer."""
        for call in list(self.outside.keeping):
            if answer is not None:
                self.happens(answer(call))

    @rule(seconds=pauses, punctual=st.booleans())
    def time_passes(self, seconds: float, *, punctual: bool) -> None:
        """With or without legs ending in time and somebody looking at the clock in between."""
        until = self.outside.now + timedelta(seconds=seconds)
        if punctual:
            for leg in list(self.outside.ending):
                self.happens(on.LegEnded(leg))
            self.keep_deadlines(until)
        self.outside.now = until
        self.deadlines_fall_due()

    # -- late, repeated, wrong -----------------------------------------------------------------

    @precondition(lambda self: self.past)
    @rule(data=st.data())
    def something_is_told_again(self, data: st.DataObject) -> None:
        self.happens(data.draw(st.sampled_from(self.past)))

    @rule(data=st.data(), make=st.sampled_from(NONSENSE))
    def something_is_told_that_may_not_fit(
        self, data: st.DataObject, make: Callable[..., on.Event]
    ) -> None:
        there_ever_was = (
            [NOBODY, *self.outside.callers_ever, *self.outside.outgoing.wished],
            [OfferId("none"), *self.outside.offers_ever],
            [CallbackId("none"), *self.outside.callbacks_ever],
            [PlaybackId("none"), *self.outside.playbacks_ever],
            [LegId("none"), *self.outside.legs_ever, *self.outside.outgoing.legs_ever],
        )
        self.happens(make(*(data.draw(st.sampled_from(ids)) for ids in there_ever_was)))

    # -- a step --------------------------------------------------------------------------------

    def happens(self, event: on.Event) -> None:
        over = self.outside.recorded | self.outside.taken_over
        if isinstance(event, on.CallArrived) and event.call in over:
            return  # a channel's id is never used again
        if isinstance(event, on.PlaceRestored) and event.kept.call in over:
            return  # told at the start of a run, and never again
        if isinstance(event, on.CallBackWished) and event.call in self.outside.outgoing.noted:
            return  # told once
        self.past.append(event)
        if isinstance(event, on.CallerMovedUp):
            self.places.pop(event.call, None)
            self.moved.add(event.call)
        committed = self.outside.notice(event)
        commands = self.engine.handle(event, self.outside.now)
        assert self.unbroken.handle(event, self.outside.now) == commands
        self.obey(commands, committed, event)

    def keep_deadlines(self, until: datetime) -> None:
        while (deadline := self.engine.next_deadline()) is not None and deadline <= until:
            self.outside.now = max(self.outside.now, deadline)
            self.deadlines_fall_due()

    def deadlines_fall_due(self) -> None:
        commands = self.engine.handle_timer(self.outside.now)
        assert self.unbroken.handle_timer(self.outside.now) == commands
        self.obey(commands, None, None)

    def obey(
        self, commands: list[do.Command], committed: Callback | None, event: on.Event | None
    ) -> None:
        progress, now = self.engine.progress(), self.outside.now
        told = self.journal.follow(event, commands, progress, "1", now)
        assert self.unbroken_journal.follow(event, commands, progress, "1", now) == told
        self.told += told
        for command in commands:
            self.outside.obey(command, committed)
        for call in progress.taken_over:
            self.outside.is_served_elsewhere(call.id)
        self.check_order([command for command in commands if isinstance(command, do.OfferCall)])
        self.steps += 1
        for known in self.floor.calls.values():
            self.known_at.setdefault(known.id, self.steps)
            if known.entry is not None:
                self.as_of_arrival.setdefault(known.id, self.steps)

    def check_order(self, offers: list[do.OfferCall]) -> None:
        """Callers in their order, spare agents only for who rings already; agents in their turn."""
        first: list[Place] = []
        for offer in offers:
            agent, call = self.floor.agent(offer.agent), self.floor.calls[offer.call]
            is_first = call.ringing[0] == offer.offer
            for other in self.unoffered():
                in_turn = is_first and place(call) < place(other)
                assert in_turn or not self.suits(agent, other)
            for idle in self.floor.roster.idle():
                in_turn = self.turn(agent, call) < self.turn(idle, call)
                assert in_turn or not self.suits(idle, call)
            if is_first:
                first.append(place(call))
        assert first == sorted(first)
        for offer in offers:
            self.offered[offer.agent] = self.outside.offers_ever.index(offer.offer) + 1

    def unoffered(self) -> list[LiveCall]:
        return [call for call in self.floor.queue() if not call.ringing]

    def suits(self, agent: Agent, call: LiveCall) -> bool:
        return self.floor.need(call, self.outside.now).met_by(agent.profile)

    def turn(self, agent: Agent, call: LiveCall) -> tuple[int, int, datetime, AgentId]:
        assert agent.idle_since is not None
        level = max(agent.profile.skills.get(call.department, 99) if call.department else 1, 1)
        by = {
            Strategy.ROUND_ROBIN: self.offered.get(agent.id, 0),
            Strategy.FEWEST_CALLS: agent.calls,
            Strategy.BY_LEVEL: level,
        }
        return agent.missed, by.get(self.floor.rules.strategy, 0), agent.idle_since, agent.id

    # -- what holds after each step ------------------------------------------------------------

    @invariant()
    def nobody_waits_while_somebody_suitable_is_ready(self) -> None:
        idle = self.floor.roster.idle()
        for call in self.floor.queue():
            assert len(call.ringing) <= self.at_once
            if len(call.ringing) < self.at_once:
                assert not any(self.suits(agent, call) for agent in idle)

    @invariant()
    def who_is_idle_and_whose_line_is_occupied_is_known_without_looking(self) -> None:
        roster = self.floor.roster
        assert {a.id for a in roster.idle()} == {a.id for a in roster if a.can_be_offered}
        occupied = {(leg, agent.id) for agent in roster for leg in agent.legs}
        assert all(agent.party is None or agent.party in agent.legs for agent in roster)
        known = {(leg, agent.id) for leg, there in roster._by_leg.items() for agent in there}
        assert known == occupied

    @invariant()
    def whose_turn_it_may_be_is_known_without_looking(self) -> None:
        now = self.outside.now
        waiting = [self.floor.calls[call] for call in self.floor.waiting]
        lines = self.floor.seekers.lines(now)
        known = {(kind, place, id_) for kind, line in lines.items() for place, id_ in line}
        assert known == {
            (self.kind(call, now), call.place, call.id)
            for call in waiting
            if len(call.ringing) < self.at_once
        }
        assert all(line == sorted(line) for line in lines.values())

    def kind(self, call: LiveCall, now: datetime) -> Kind:
        need, offerable = self.floor.need(call, now), self.floor.may_be_offered(call)
        return Kind(call.department, call.language, need, offerable, len(call.ringing))

    @invariant()
    def a_number_s_calls_are_known_without_looking(self) -> None:
        for number in {call.caller for call in self.floor.calls.values()} - {None}:
            calls = [call for call in self.floor.calls.values() if call.caller == number]
            assert list(self.floor.calls_from(number)) == calls
        assert all(self.floor._by_number.values())

    @property
    def at_once(self) -> int:
        rules = self.floor.rules
        return rules.ring_at_once if rules.strategy is Strategy.RING_SEVERAL else 1

    @invariant()
    def nobody_is_overtaken_by_who_comes_much_later(self) -> None:
        latest = self.floor.county.largest_head_start
        for call in self.floor.queue():
            if call.queued_at is None or call.id in self.moved:
                continue
            if call.regained:
                assert place(call)[0] <= call.queued_at
            else:
                assert timedelta(0) <= call.queued_at - place(call)[0] <= latest

    @invariant()
    def who_waits_since_the_arrival_stands_behind_whoever_arrived_before(self) -> None:
        """Whoever was known then; two head starts, places regained and moving up aside."""
        by_entry = [
            call
            for call in self.floor.calls.values()
            if call.place is not None and not call.regained and call.id not in self.moved
        ]
        for late in by_entry:
            if late.id not in self.as_of_arrival:
                continue
            for early in by_entry:
                known = self.known_at[early.id] <= self.as_of_arrival[late.id]
                same = head_start(early) == head_start(late)
                if known and same and early.arrived_at < late.arrived_at:
                    assert place(early) < place(late)

    @invariant()
    def a_place_never_changes(self) -> None:
        for call in self.floor.calls.values():
            if call.place is not None:
                assert self.places.setdefault(call.id, call.place) == call.place

    @invariant()
    def no_promise_is_lost(self) -> None:
        assert len(self.outside.called_again) <= len(self.outside.regained)

    @invariant()
    def every_call_is_alive_or_recorded(self) -> None:
        ever = set(self.outside.callers_ever)
        over = self.outside.recorded | self.outside.taken_over
        assert ever == over | set(self.floor.calls)
        assert not over & set(self.floor.calls)
        assert not self.outside.recorded & self.outside.taken_over

    @invariant()
    def a_restart_changes_nothing(self) -> None:
        assert self.engine.memory() == self.unbroken.memory()
        assert self.engine.snapshot() == self.unbroken.snapshot()

    @invariant()
    def a_caller_is_in_the_line_until_the_call_ends(self) -> None:
        calls = self.floor.calls.values()
        alive = {call.id for call in calls if call.phase is not Phase.GONE and call.on_line}
        assert self.outside.callers == alive

    @invariant()
    def the_waiting_room_holds_those_who_may_be_offered(self) -> None:
        waiting = list(self.floor.waiting)
        assert len(waiting) == len(set(waiting))
        calls = self.floor.calls.values()
        here = {c.id for c in calls if self.may_be_offered(c) or self.stands_in_the_queue(c)}
        assert set(waiting) == here

    @invariant()
    def whoever_is_away_is_phoned_when_somebody_suitable_is_ready(self) -> None:
        """The caller, or for the same agent somebody else who is away."""
        calls = self.floor.calls.values()
        somebody = any(call.phase is Phase.AWAY and call.parties for call in calls)
        if self.floor.keeping_place.first is FirstReached.CALLER and not somebody:
            idle = self.floor.roster.idle()
            for call in calls:
                if self.stands_in_the_queue(call) and call.rests_until is None:
                    assert not any(self.suits(agent, call) for agent in idle)

    @invariant()
    def an_agent_has_one_offer_or_call_and_it_has_the_agent(self) -> None:
        assert len(self.outside.phones_in_use) == len(set(self.outside.phones_in_use))
        held = {agent.offer: agent.id for agent in self.floor.roster if agent.offer is not None}
        assert held == {offer.id: offer.agent for offer in self.floor.offers.values()}
        assert sorted(held.values()) == sorted(self.outside.phones_in_use)
        for offer in self.floor.offers.values():
            call, agent = self.floor.calls[offer.call], self.floor.agent(offer.agent)
            assert offer.id in (call.offer, *call.ringing)
            assert agent.call == call.id
            assert (agent.state is AgentState.ON_CALL) == offer.connected
            assert (call.phase in (Phase.TALKING, Phase.CONSULTING)) == offer.connected

    @invariant()
    def whoever_was_answered_waits_again_only_if_nobody_took_over(self) -> None:
        answered = {Phase.TALKING, Phase.CONSULTING}
        ending = {Phase.HANDED_OVER, Phase.LEAVING, Phase.GONE}
        for call in self.floor.calls.values():
            if call.answered_at is None:
                assert call.phase not in answered
            else:
                assert call.phase in answered | ending or call.id in self.outside.came_back

    @invariant()
    def whoever_waits_hears_music_or_words(self) -> None:
        for call in self.floor.calls.values():
            music = self.may_be_offered(call) or self.is_being_put_through(call)
            if music or self.is_about_to_be_joined(call):
                assert call.id in self.outside.music | set(self.outside.playing)
            elif call.phase is not Phase.GONE:
                assert call.id not in self.outside.music

    @invariant()
    def whatever_awaits_the_outside_has_a_deadline(self) -> None:
        for call in self.floor.calls.values():
            connected = self.is_connected(call) or call.phase is Phase.HANDED_OVER
            assert self.may_be_offered(call) or connected or self.ends_by_itself(call)
            assert call.phase is not Phase.AWAY or self.due(call.id, *AWAITED_AWAY)
            by = (Due.PLAYBACK, Due.NUMBER, Due.MESSAGE, Due.STORE)
            assert call.dialog is None or self.due(call.id, *by)
        for offer in self.floor.offers.values():
            if offer.answered_at is None:
                assert self.due(offer.id, Due.RING)
            elif not offer.connected:
                due = self.due(offer.id, Due.CONNECT if offer.joining else Due.WHISPER)
                assert due or self.party_is_due(self.floor.calls[offer.call])
        for agent in self.floor.roster:
            assert agent.wrap_up_until is None or self.due(agent.id, Due.WRAP_UP)
            assert agent.rest_until is None or self.due(agent.id, Due.REST)
            assert all(self.due(leg, Due.LEG) for leg in agent.legs if not self.is_in_use(leg))
        for number in self.floor.lost_places:
            assert self.due(number, Due.REDIAL)

    @invariant()
    def every_outgoing_call_is_alive_or_noted(self) -> None:
        assert set(self.floor.outgoing) == self.outside.outgoing.alive
        assert len(self.engine.snapshot().outgoing) == len(self.floor.outgoing)

    @invariant()
    def whatever_an_outgoing_call_awaits_has_a_deadline(self) -> None:
        for call in self.floor.outgoing.values():
            awaited = self.due(call.id, Due.OUTGOING) or any(
                self.due(leg, Due.PARTY) for leg in call.parties
            )
            assert awaited != (call.phase is OutgoingPhase.TALKING)

    @invariant()
    def nobody_is_in_two_outgoing_calls(self) -> None:
        calls = self.floor.outgoing.values()
        for each in ("callback", "phone", "number"):
            values = [getattr(call, each) for call in calls]
            assert len(values) == len(set(values))

    @invariant()
    def the_queue_log_balances(self) -> None:
        entered = [told.call for told in self.told if told.event is QueueEvent.ENTERQUEUE]
        ended = [told.call for told in self.told if told.event in ENDS]
        assert len(entered) == len(set(entered))
        assert len(ended) == len(set(ended))
        earlier = {e.kept.call for e in self.past if isinstance(e, on.PlaceRestored)}
        assert not earlier & set(entered)
        begun = earlier | set(entered)
        still = {call.id for call in self.floor.calls.values() if call.queued_at is not None}
        assert begun - set(ended) == still
        assert set(ended) <= begun

    @invariant()
    def the_queue_log_misses_nothing(self) -> None:
        connected = {told.call for told in self.told if told.event is QueueEvent.CONNECT}
        answered = {call.id for call in self.floor.calls.values() if call.answered_at is not None}
        assert answered <= connected
        there = [told for told in self.told if told.event in _THERE]
        last = {told.agent: _THERE[told.event] for told in there}
        for agent in self.floor.roster:
            assert last.get(agent.id, Presence.LOGGED_OUT) is agent.presence

    @invariant()
    def no_place_is_had_twice(self) -> None:
        places = [call.place for call in self.floor.calls.values() if call.place is not None]
        places += self.floor.lost_places.values()
        assert len(places) == len(set(places))

    @invariant()
    def a_choice_of_departments_has_an_end(self) -> None:
        for call in self.floor.calls.values():
            assert call.readings <= (MENU.tries if self.floor.county.menu else 0)
            assert not call.announcements or call.phase in (Phase.GREETING, Phase.CLOSED)
            if call.phase is Phase.MENU:
                assert self.due(call.id, Due.PLAYBACK, Due.MENU)
            else:
                assert not self.due(call.id, Due.MENU)

    @invariant()
    def the_snapshot_shows_whoever_is_in_the_line(self) -> None:
        calls = self.engine.snapshot().calls
        away = {call.id for call in calls if call.phase in (Phase.AWAY, Phase.KEEPING)}
        assert {call.id for call in calls} == self.outside.callers | away
        queue = [place(self.floor.calls[call.id]) for call in calls if call.phase in QUEUEING]
        assert queue == sorted(queue)
        waiting = [call.id for call in calls if call.position is not None]
        assert waiting == list(self.floor.waiting)

    def is_received(self, call: CallId) -> bool:
        return call in self.outside.playing and self.floor.calls[call].phase is Phase.GREETING

    def may_be_offered(self, call: LiveCall) -> bool:
        offer = self.offer_of(call)
        ringing = offer is None or offer.answered_at is None
        return call.phase is Phase.WAITING and call.dialog is None and ringing

    def stands_in_the_queue(self, call: LiveCall) -> bool:
        """Whether the caller is away and not just being phoned for an agent."""
        away = call.phase is Phase.AWAY and not call.on_line and call.dialog is None
        agent_first = self.floor.keeping_place.first is FirstReached.AGENT
        return away and not (agent_first and call.parties)

    def is_being_put_through(self, call: LiveCall) -> bool:
        return call.phase in (Phase.WAY_OUT, Phase.RETURNING) and bool(call.parties)

    def party_is_due(self, call: LiveCall) -> bool:
        return any(self.due(leg, Due.PARTY) for leg in call.parties)

    def is_connected(self, call: LiveCall) -> bool:
        offer = self.offer_of(call)
        return offer is not None and offer.connected

    def is_about_to_be_joined(self, call: LiveCall) -> bool:
        offer = self.offer_of(call)
        if offer is None or offer.phoning is not None:
            return False
        return offer.whispering or offer.announcing

    def ends_by_itself(self, call: LiveCall) -> bool:
        by = (Due.PLAYBACK, Due.NUMBER, Due.MESSAGE, Due.STORE, Due.CLOSED, Due.MENU)
        offer = call.offer is not None and self.due(call.offer, Due.CONNECT, Due.WHISPER)
        return self.due(call.id, *by, Due.KEEP, Due.AWAY) or offer or self.party_is_due(call)

    def offer_of(self, call: LiveCall) -> Offer | None:
        return self.floor.talk_of(call)

    def is_in_use(self, leg: str) -> bool:
        """Whether the leg is an offer, a third party's, or a second call in which one is asked."""
        consultations = (call.consultation for call in self.floor.calls.values())
        visits = {consultation.visit for consultation in consultations if consultation}
        return leg in self.floor.offers or leg in self.floor.parties or leg in visits

    def due(self, whom: str, *dues: Due) -> bool:
        return any((due, whom) in self.floor.timers._at for due in dues)

    # -- the end of the day --------------------------------------------------------------------

    def teardown(self) -> None:
        """Everybody hangs up and the outside falls silent: nothing is left."""
        for call in sorted(self.outside.callers):
            self.happens(on.CallerHungUp(call))
        for leg in sorted(self.outside.outgoing.caseworkers):
            self.happens(on.PartyHungUp(leg))
        self.keep_deadlines(self.outside.now + timedelta(hours=1))
        self.the_store_answers(on.CallbackStored)  # of places that have become callbacks
        assert self.outside.recorded | self.outside.taken_over == set(self.outside.callers_ever)
        assert self.outside.phones_in_use == []
        assert self.floor.calls == {}
        assert self.floor.outgoing == {}
        assert self.floor.parties == {}
        assert self.floor.adopted == {}
        assert self.floor.offers == {}
        assert list(self.floor.waiting) == []
        assert self.floor.lost_places == {}
        assert self.floor.timers._at == {}
        for agent in self.floor.roster:
            assert agent.state.value == agent.presence.value
            assert agent.rest_until is None
            assert agent.legs == set()


def place(call: LiveCall) -> Place:
    assert call.place is not None
    return call.place


def head_start(call: LiveCall) -> timedelta:
    assert call.queued_at is not None
    return call.queued_at - place(call)[0]


# Days are long, and a machine that does other things as well is slow.
pytestmark = pytest.mark.timeout(1200)
TestAnyDay = AnyDay.TestCase
