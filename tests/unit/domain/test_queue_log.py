"""What happens in the words of Asterisk's ``queue_log``."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.callback import CallbackState
from ivr.domain.calls import Outcome
from ivr.domain.engine import QueueEngine
from ivr.domain.events import FailureCause
from ivr.domain.ids import CallbackId, CallId, CaseworkerId, OfferId
from ivr.domain.known import KnownCallback
from ivr.domain.queue_entry import QueueEntry, QueueEvent
from ivr.domain.queue_log import QueueJournal
from ivr.domain.rules import Limits, QueueRules, WayOut
from tests.examples import ALL_ROUND, BERLIN, CALLER, DIDS, ONLY_UMWELT, UMWELT, county
from tests.fakes.callbacks import a_call, a_place

CALL = CallId("call-1")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BERLIN)
MISSED = KnownCallback(
    CallbackId("k1"),
    UMWELT,
    CaseworkerId("umwelt.1"),
    CallbackState.ATTEMPTED,
    NOON + timedelta(days=1),
    missed=True,
)


class Lab:
    """An engine, whatever it asks for, and what is told of it."""

    def __init__(self, rules: QueueRules | None = None) -> None:
        self.engine = QueueEngine(county(rules), "run")
        self.journal = QueueJournal()
        self.now = NOON
        self.told: list[QueueEntry] = []
        self.offers: list[do.OfferCall] = []
        self.dialled: list[do.DialParty] = []
        self.stored: list[do.StoreCallback] = []

    def happens(self, *events: on.Event) -> None:
        for event in events:
            self._done(event, self.engine.handle(event, self.now))

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self._done(None, self.engine.handle_timer(self.now))

    def waits(self, call: CallId = CALL) -> None:
        self.happens(on.CallArrived(call, dialled=DIDS[UMWELT], caller=CALLER))

    def ready(self) -> None:
        self.happens(on.PhoneReachable(ALL_ROUND), on.PresenceChosen(ALL_ROUND, Presence.READY))

    def talks(self) -> None:
        self.waits()
        self.ready()
        self.later(7)
        offer = self.offers[-1].offer
        self.happens(on.OfferAnswered(offer), on.CallConnected(offer))

    def lines(self) -> list[str]:
        return [entry.line("ivr").partition("|")[2] for entry in self.told]

    def _done(self, event: on.Event | None, commands: list[do.Command]) -> None:
        self.told += self.journal.follow(event, commands, self.engine.progress(), "1", self.now)
        for command in commands:
            if isinstance(command, do.OfferCall):
                self.offers.append(command)
            if isinstance(command, do.DialParty):
                self.dialled.append(command)
            if isinstance(command, do.StoreCallback):
                self.stored.append(command)
            if isinstance(command, do.Play):
                self.happens(on.PlaybackFinished(command.call, command.playback))


DIALLED = f"call-1|ivr|NONE|DID|{DIDS[UMWELT]}"
ENTERED = f"call-1|ivr|NONE|ENTERQUEUE||{CALLER}|1"
LOGGED_IN = "NONE|ivr|1001|ADDMEMBER|"


def test_a_line_is_asterisk_s() -> None:
    entry = QueueEntry(NOON, "call-1", "1001", QueueEvent.PAUSE, ("a|b\nc",))
    assert entry.line("ivr") == "1795431600|call-1|ivr|1001|PAUSE|a b c"


def test_a_talk_the_caller_ends() -> None:
    lab = Lab()
    lab.talks()
    lab.later(60)
    lab.happens(on.CallerHungUp(CALL))
    assert lab.lines() == [
        DIALLED,
        ENTERED,
        LOGGED_IN,
        "call-1|ivr|1001|CONNECT|7|call-1-run-o1|7",
        "call-1|ivr|1001|COMPLETECALLER|7|60|1",
    ]


def test_a_talk_the_agent_ends() -> None:
    lab = Lab()
    lab.talks()
    lab.later(60)
    lab.happens(on.AgentHungUp(lab.offers[-1].offer))
    assert lab.lines()[-1] == "call-1|ivr|1001|COMPLETEAGENT|7|60|1"


def test_a_caller_who_leaves_while_a_telephone_rings() -> None:
    lab = Lab()
    lab.waits()
    lab.ready()
    lab.later(5)
    lab.happens(on.CallerHungUp(CALL))
    assert lab.lines()[3:] == [
        "call-1|ivr|1001|RINGCANCELED|5000",
        "call-1|ivr|NONE|ABANDON|1|1|5",
    ]


def test_an_agent_who_does_not_answer() -> None:
    lab = Lab()
    lab.waits()
    lab.ready()
    lab.later(20)
    lab.happens(on.LegEnded(lab.offers[-1].offer))
    lab.ready()
    lab.happens(on.OfferFailed(lab.offers[-1].offer, FailureCause.REJECTED))
    assert lab.lines()[3:] == [
        "call-1|ivr|1001|RINGNOANSWER|20000",
        "NONE|ivr|1001|PAUSE|missed",
        "NONE|ivr|1001|UNPAUSE|",
        "call-1|ivr|1001|RINGNOANSWER|0",
        "NONE|ivr|1001|PAUSE|rejected",
    ]


def test_what_agents_choose() -> None:
    lab = Lab()
    for presence, reason in (
        (Presence.PAUSED, "Mittag"),
        (Presence.PAUSED, "Mittag"),
        (Presence.READY, ""),
        (Presence.LOGGED_OUT, ""),
    ):
        lab.happens(on.PresenceChosen(ALL_ROUND, presence, reason))
    assert lab.lines() == [
        f"{LOGGED_IN}PAUSED",
        "NONE|ivr|1001|PAUSE|Mittag",
        "NONE|ivr|1001|UNPAUSE|",
        "NONE|ivr|1001|REMOVEMEMBER|",
    ]


def told_of_the_end(lab: Lab, **record: Any) -> list[str]:  # noqa: ANN401  fields of a record
    """Return what is told of a call that ended as its ``record`` says."""
    done = do.RecordCall(replace(a_call(), caller_number=None, **record))
    told = lab.journal.follow(None, [done], lab.engine.progress(), "1", lab.now)
    return [entry.line("ivr").partition("|")[2] for entry in told]


def test_a_caller_who_asks_for_a_callback() -> None:
    lab = Lab()
    lab.waits()
    assert told_of_the_end(lab, outcome=Outcome.CALLBACK, answered_at=None) == [
        "call-1|ivr|NONE|EXITWITHKEY|1|1|1|115"
    ]


def transferring() -> tuple[Lab, OfferId]:
    """Let a caller talk for a minute; the agent's telephone then asks for a transfer."""
    lab = Lab()
    lab.talks()
    lab.later(60)
    return lab, lab.offers[-1].offer


def test_who_is_put_through_while_the_colleague_rings() -> None:
    lab, offer = transferring()
    lab.happens(on.TransferRequested(offer, "311"))
    lab.later(5)
    lab.happens(on.PartyAnswered(lab.dialled[-1].leg))
    lab.later(100)
    lab.happens(on.CallerHungUp(CALL))
    assert lab.lines()[-1] == f"call-1|ivr|1001|BLINDTRANSFER|{lab.dialled[-1].to}|ivr|7|65|1"


def test_who_is_put_through_as_the_agent_hangs_up_on_a_ringing_colleague() -> None:
    lab, offer = transferring()
    lab.happens(*(on.AgentPressed(offer, key) for key in "*8311#"), on.AgentHungUp(offer))
    lab.later(5)
    lab.happens(on.PartyAnswered(lab.dialled[-1].leg))
    lab.later(100)
    lab.happens(on.CallerHungUp(CALL))
    assert lab.lines()[-1] == f"call-1|ivr|1001|BLINDTRANSFER|{lab.dialled[-1].to}|ivr|7|60|1"


def test_who_is_put_through_after_a_word_with_the_colleague() -> None:
    lab, offer = transferring()
    lab.happens(*(on.AgentPressed(offer, key) for key in "*8311#"))
    lab.happens(on.PartyAnswered(lab.dialled[-1].leg))
    lab.later(20)
    lab.happens(on.AgentHungUp(offer))
    lab.later(100)
    lab.happens(on.CallerHungUp(CALL))
    to = lab.dialled[-1].to
    assert lab.lines()[-1] == f"call-1|ivr|1001|ATTENDEDTRANSFER|BRIDGE|{to}|7|80|1"


def test_who_comes_back_from_a_colleague_who_does_not_answer() -> None:
    lab, offer = transferring()
    lab.happens(*(on.AgentPressed(offer, key) for key in "*8311#"), on.AgentHungUp(offer))
    lab.happens(on.PartyFailed(lab.dialled[-1].leg, FailureCause.REJECTED))
    lab.happens(on.LegEnded(offer), on.WrapUpEnded(ALL_ROUND))
    again = lab.offers[-1].offer
    assert again != offer
    lab.happens(on.OfferAnswered(again), on.CallConnected(again))
    lab.later(30)
    lab.happens(on.CallerHungUp(CALL))
    assert [line.split("|")[3] for line in lab.lines()] == [
        "DID", "ENTERQUEUE", "ADDMEMBER", "CONNECT", "COMPLETECALLER",
    ]  # fmt: skip


def test_who_is_put_through_to_a_caseworker_leaves_by_key() -> None:
    lab = Lab()
    lab.happens(on.CallArrived(CALL, dialled=DIDS[UMWELT], caller=CALLER))
    lab.happens(on.CallerRecognised(CALL, (MISSED,)))
    lab.happens(on.CallerPressed(CallId("other"), "3"), on.CallerPressed(CALL, "3"))
    lab.later(5)
    lab.happens(on.PartyAnswered(lab.dialled[-1].leg), on.CallerPressed(CALL, "5"))
    lab.happens(on.CallerHungUp(CALL))
    assert lab.lines()[-1] == "call-1|ivr|NONE|EXITWITHKEY|3|1|1|5"


def test_who_leaves_the_queue_because_nobody_is_there() -> None:
    lab = Lab(QueueRules(limits=Limits(leave_when_empty=True, way_out=WayOut.CALLBACK)))
    lab.waits()
    lab.later(20)
    lab.later(20)
    lab.happens(on.CallerPressed(CALL, "1"))
    [stored] = lab.stored
    lab.happens(on.CallbackStored(stored.callback.id, CALL), on.CallerHungUp(CALL))
    assert lab.lines() == [DIALLED, ENTERED, "call-1|ivr|NONE|EXITEMPTY|1|1|40"]


def test_who_waited_too_long() -> None:
    lab = Lab(
        QueueRules(limits=Limits(max_wait=timedelta(seconds=90), way_out=WayOut.ANNOUNCEMENT))
    )
    lab.waits()
    lab.later(90)
    lab.happens(on.CallerHungUp(CALL))
    assert lab.lines() == [DIALLED, ENTERED, "call-1|ivr|NONE|EXITWITHTIMEOUT|1|1|90"]


def test_a_place_kept_over_a_restart_does_not_enter_again() -> None:
    lab = Lab()
    kept = replace(a_place(), queued_at=NOON, expires_at=NOON + timedelta(hours=2))
    lab.happens(on.PlaceRestored(kept))
    assert lab.lines() == []
    lab.later(60)
    assert told_of_the_end(lab, outcome=Outcome.CALLBACK, answered_at=None) == [
        "call-1|ivr|NONE|EXITWITHKEY|1|1|1|115"
    ]


def test_a_place_kept_over_a_restart_and_over_at_once() -> None:
    lab = Lab()
    gone = do.RecordCall(replace(a_call(), outcome=Outcome.CALLBACK, answered_at=None))
    told = lab.journal.follow(
        on.PlaceRestored(a_place()), [gone], lab.engine.progress(), "1", lab.now
    )
    assert [entry.event for entry in told] == [QueueEvent.EXITWITHKEY]


def test_a_caller_who_came_and_went_at_once() -> None:
    lab = Lab()
    assert told_of_the_end(lab, outcome=Outcome.ABANDONED, answered_at=None) == [
        "call-1|ivr|NONE|DID|+4944619197777",
        "call-1|ivr|NONE|ENTERQUEUE|||1",
        "call-1|ivr|NONE|ABANDON|1|1|115",
    ]
    assert told_of_the_end(lab, outcome=Outcome.CLOSED, queued_at=None, answered_at=None) == []


def test_an_answer_that_comes_when_the_call_is_over() -> None:
    lab = Lab()
    lab.waits()
    lab.ready()
    assert "call-1|ivr|NONE|ABANDON|1|1|115" in told_of_the_end(
        lab, outcome=Outcome.ABANDONED, answered_at=None
    )
    progress = lab.engine.progress()._replace(calls=[])
    answered = on.OfferAnswered(lab.offers[-1].offer)
    assert lab.journal.follow(answered, [], progress, "1", lab.now) == []


def test_a_caller_who_is_taken_out() -> None:
    lab = Lab()
    lab.waits()
    lab.later(3)
    lab.happens(on.CallerTakenOut(CALL))
    assert lab.lines() == [DIALLED, ENTERED, "call-1|ivr|NONE|EXITWITHTIMEOUT|1|1|3"]


# -- over a restart, and ends that nobody chose ---------------------------------------------------


def test_a_caller_lost_with_the_switch_is_told_of_as_asterisk_does() -> None:
    lab = Lab()
    lab.waits()
    lab.later(5)
    lab.happens(on.CallerLost(CALL))
    assert lab.lines() == [DIALLED, ENTERED, "call-1|ivr|NONE|ABANDON|1|1|5"]


def test_a_talk_lost_with_the_switch_is_a_talk() -> None:
    lab = Lab()
    lab.talks()
    lab.later(60)
    lab.happens(on.CallerLost(CALL), on.AgentHungUp(lab.offers[-1].offer))
    assert lab.lines()[-1] == "call-1|ivr|1001|COMPLETECALLER|7|60|1"


def test_a_caller_whom_asterisk_s_own_queue_has_leaves_this_one() -> None:
    lab = Lab()
    lab.waits()
    lab.later(5)
    lab.happens(on.CallerTakenOver(CALL), on.CallerHungUp(CALL))
    assert lab.lines() == [DIALLED, ENTERED, "call-1|ivr|NONE|EXITWITHTIMEOUT|1|1|5"]


def test_a_caller_who_was_taken_over_before_the_queue_is_not_told_of() -> None:
    lab = Lab()
    lab.engine.handle(on.CallArrived(CALL, dialled=DIDS[UMWELT], caller=CALLER), lab.now)
    lab.happens(on.CallerTakenOver(CALL))
    assert lab.lines() == []


def test_a_found_caller_enters_when_found_and_has_waited_before() -> None:
    lab = Lab()
    since = NOON - timedelta(minutes=2)
    lab.happens(on.CallArrived(CALL, DIDS[UMWELT], CALLER, arrived_at=since))
    lab.happens(on.CallerHungUp(CALL))
    assert lab.lines() == [DIALLED, ENTERED, "call-1|ivr|NONE|ABANDON|1|1|120"]


def goes_on(lab: Lab) -> None:
    """Let another run of the program go on, and tell of what happens from now on."""
    memory = deepcopy(lab.engine.memory())
    county = lab.engine.county
    lab.journal = QueueJournal.resume(memory, county.rules)
    lab.engine = QueueEngine(county, "run", memory)
    lab.told.clear()


def test_who_entered_before_does_not_enter_again() -> None:
    lab = Lab()
    lab.waits()
    lab.later(5)
    goes_on(lab)
    lab.later(5)
    lab.happens(on.CallerHungUp(CALL))
    assert lab.lines() == ["call-1|ivr|NONE|ABANDON|1|1|10"]


def test_a_telephone_rang_before_and_rings_on() -> None:
    lab = Lab()
    lab.waits()
    lab.ready()
    lab.later(5)
    goes_on(lab)
    lab.later(15)
    assert lab.lines() == ["call-1|ivr|1001|RINGNOANSWER|20000", "NONE|ivr|1001|PAUSE|missed"]


def test_an_agent_answered_before_and_is_connected() -> None:
    lab = Lab()
    lab.waits()
    lab.ready()
    lab.later(7)
    offer = lab.offers[-1].offer
    lab.happens(on.OfferAnswered(offer))
    goes_on(lab)
    lab.happens(on.CallConnected(offer))
    assert lab.lines() == ["call-1|ivr|1001|CONNECT|7|call-1-run-o1|7"]


def test_a_talk_begun_before_ends_as_it_would_have() -> None:
    lab = Lab()
    lab.talks()
    goes_on(lab)
    lab.later(60)
    lab.happens(on.AgentHungUp(lab.offers[-1].offer))
    assert lab.lines() == ["call-1|ivr|1001|COMPLETEAGENT|7|60|1"]


def test_agents_who_were_there_do_not_come_again() -> None:
    lab = Lab()
    lab.ready()
    goes_on(lab)
    lab.happens(on.PresenceChosen(ALL_ROUND, Presence.PAUSED, "Mittag"))
    assert lab.lines() == ["NONE|ivr|1001|PAUSE|Mittag"]


@pytest.mark.parametrize(
    ("consults", "line"),
    [(False, "BLINDTRANSFER|{to}|ivr|7|60|1"), (True, "ATTENDEDTRANSFER|BRIDGE|{to}|7|80|1")],
)
def test_a_caller_was_put_through_before(line: str, *, consults: bool) -> None:
    lab, offer = transferring()
    lab.happens(*(on.AgentPressed(offer, key) for key in "*8311#"))
    if consults:
        lab.happens(on.PartyAnswered(lab.dialled[-1].leg))
        lab.later(20)
    lab.happens(on.AgentHungUp(offer))
    if not consults:
        lab.later(5)
        lab.happens(on.PartyAnswered(lab.dialled[-1].leg))
    goes_on(lab)
    lab.later(100)
    lab.happens(on.CallerHungUp(CALL))
    assert lab.lines()[-1] == f"call-1|ivr|1001|{line.format(to=lab.dialled[-1].to)}"


def test_who_was_shown_out_before_left_then() -> None:
    lab = Lab(QueueRules(limits=Limits(leave_when_empty=True, way_out=WayOut.CALLBACK)))
    lab.waits()
    lab.later(20)
    lab.later(20)
    goes_on(lab)
    lab.later(3)
    lab.happens(on.CallerHungUp(CALL))
    assert lab.lines() == ["call-1|ivr|NONE|EXITEMPTY|1|1|40"]


def test_who_was_put_through_to_a_caseworker_before_left_by_key() -> None:
    lab = Lab()
    lab.happens(on.CallArrived(CALL, dialled=DIDS[UMWELT], caller=CALLER))
    lab.happens(on.CallerRecognised(CALL, (MISSED,)), on.CallerPressed(CALL, "3"))
    lab.happens(on.PartyAnswered(lab.dialled[-1].leg))
    goes_on(lab)
    lab.happens(on.CallerPressed(CALL, "5"), on.CallerHungUp(CALL))
    assert lab.lines() == ["call-1|ivr|NONE|EXITWITHKEY|3|1|1|0"]


def test_of_two_talks_the_one_that_ends_is_told_of() -> None:
    lab = Lab()
    lab.talks()
    first = lab.offers[-1].offer
    lab.waits(CallId("call-2"))
    lab.happens(on.PhoneReachable(ONLY_UMWELT), on.PresenceChosen(ONLY_UMWELT, Presence.READY))
    second = lab.offers[-1].offer
    lab.happens(on.OfferAnswered(second), on.CallConnected(second))
    lab.later(30)
    lab.happens(on.AgentHungUp(second))
    assert first != second
    assert lab.lines()[-1] == "call-2|ivr|1002|COMPLETEAGENT|0|30|1"


@pytest.mark.parametrize("restarted", [False, True])
def test_a_talk_is_over_when_the_caller_hangs_up_and_not_when_the_store_is_silent(
    *, restarted: bool
) -> None:
    lab = Lab()
    lab.talks()
    lab.later(60)
    lab.happens(*(on.AgentPressed(lab.offers[-1].offer, key) for key in "*7"))
    lab.happens(on.CallerHungUp(CALL))
    if restarted:
        goes_on(lab)
    lab.later(10)
    assert lab.lines()[-1] == "call-1|ivr|1001|COMPLETECALLER|7|60|1"
