"""Going on where the last run stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

import pytest
from structlog.testing import capture_logs

from ivr.application.journal import Input
from ivr.application.recovery import (
    MOST_LEFT_OUT,
    Move,
    Recovered,
    files_in_force,
    latest_run,
    recover,
)
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.calls import CallResult
from ivr.domain.county import County
from ivr.domain.engine import QueueEngine
from ivr.domain.errors import ConfigError, Problem
from ivr.domain.ids import CallId
from ivr.domain.kept_place import KeptPlace
from ivr.domain.memory import Memory
from ivr.domain.rules import KeepingPlace, QueueRules
from tests import examples
from tests.fakes.journal import FakeJournal
from tests.unit.application.recorded_run import FILES, RecordedRun
from tests.unit.domain.driver import MONDAY_NOON


class Listener:
    """Follows replays."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, ...]] = []
        self.told: list[on.Event | None] = []

    def begin(self, _engine: QueueEngine, memory: Memory) -> Listener:
        self.begun.append(tuple(call.id for call in memory.calls))
        return self

    def __call__(
        self, event: on.Event | None, _commands: Sequence[do.Command], _now: datetime
    ) -> None:
        self.told.append(event)


def county_of(texts: Mapping[str, str]) -> County:
    if texts != FILES:
        raise ConfigError((Problem("county.toml", "name", "", "is missing", ""),))
    return examples.county(QueueRules(keeping_place=KeepingPlace()))


@pytest.fixture
def journal() -> FakeJournal:
    return FakeJournal()


@pytest.fixture
def d(journal: FakeJournal) -> RecordedRun:
    return RecordedRun(journal, county=county_of(FILES))


def recovered(journal: FakeJournal) -> Recovered:
    found = recover(journal, county_of, Listener().begin)
    assert found is not None
    return found


def again(journal: FakeJournal) -> list[do.Command]:
    return [each.command for each in recovered(journal).again]


def test_everybody_is_where_they_were(journal: FakeJournal, d: RecordedRun) -> None:
    d.agent_ready(examples.ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.caller_waits("bert")
    d.wait(20)
    d.caller_waits("carl")
    d.feed(on.PresenceChosen(examples.ONLY_JUGEND, Presence.PAUSED, "lunch"))

    past = recovered(journal)

    assert past.engine.memory() == d.real.memory()
    assert past.engine.snapshot() == d.real.snapshot()
    assert past.engine.next_deadline() == d.real.next_deadline()
    assert (past.run, past.config, past.at) == ("r1", FILES, d.now)


def test_it_goes_on_as_if_nothing_had_been(journal: FakeJournal, d: RecordedRun) -> None:
    d.caller_waits("anna")
    d.caller_waits("bert")
    second = RecordedRun(journal, "r2", engine=recovered(journal).engine, at=d.now)
    second.agent_ready(examples.ALL_ROUND)
    assert "r2" in second.offer_of("anna")
    second.talks("anna")

    third = recovered(journal).engine
    assert {view.id: view.position for view in third.snapshot().calls} == {"anna": None, "bert": 1}
    assert third.memory() == second.real.memory()


def test_nothing_is_remembered_of_no_journal(journal: FakeJournal) -> None:
    assert recover(journal, county_of, Listener().begin) is None
    assert latest_run(journal) == ""


def test_the_files_that_were_in_force_are_known_latest_first(journal: FakeJournal) -> None:
    for name in ("one", "two", "two", "damaged", "three"):
        RecordedRun(journal)
        last = journal.last
        header = replace(last.header, config={"county.toml": name})
        journal.segments[last.name] = replace(last, header=header)
        if name == "damaged":
            journal.unreadable.add(last.name)

    found = [texts["county.toml"] for texts in files_in_force(journal)]

    assert found == ["three", "two", "one"]


def test_whoever_follows_is_told_every_step(journal: FakeJournal, d: RecordedRun) -> None:
    d.caller_arrives("anna")
    d.wait(61)  # the greeting's end got lost
    listener = Listener()
    recover(journal, county_of, listener.begin)
    assert listener.begun == [()]
    assert listener.told == [step.event for step in journal.last.inputs]
    assert None in listener.told


# -- what has to be in the store -------------------------------------------------------------------


def test_the_figure_of_a_call_that_has_just_ended_is_written_again(
    journal: FakeJournal, d: RecordedRun
) -> None:
    d.caller_waits("anna")
    d.wait(7)
    d.hangs_up("anna")
    (record,) = (each for each in again(journal) if isinstance(each, do.RecordCall))
    assert record.record.id == "anna"
    assert record in d.ever


def test_what_came_of_a_call_is_written_again_behind_it(
    journal: FakeJournal, d: RecordedRun
) -> None:
    d.agent_ready(examples.ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.hangs_up("anna")
    for result in (CallResult.REFERRED, CallResult.SETTLED):
        d.feed(on.ResultGiven(examples.ALL_ROUND, result))
    record, result_of_it = again(journal)
    assert isinstance(record, do.RecordCall)
    assert result_of_it == do.NoteResult(CallId("anna"), examples.ALL_ROUND, CallResult.SETTLED)


def test_a_result_may_be_given_in_the_next_run(journal: FakeJournal, d: RecordedRun) -> None:
    d.agent_ready(examples.ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.hangs_up("anna")
    d.recording.begin(d.now)
    engine = recovered(journal).engine
    assert engine.handle(on.ResultGiven(examples.ALL_ROUND, CallResult.SETTLED), d.now) == [
        do.NoteResult(CallId("anna"), examples.ALL_ROUND, CallResult.SETTLED)
    ]


def test_only_promises_nobody_answered_for_are_made_again(
    journal: FakeJournal, d: RecordedRun
) -> None:
    for call in ("anna", "bert", "carl"):
        d.caller_waits(call)
        d.presses(call, "1")
        d.wait(4)
    stored = [command for command in d.ever if isinstance(command, do.StoreCallback)]
    anna, bert, carl = stored
    d.feed(on.CallbackStored(anna.callback.id, CallId("anna")))
    d.feed(on.CallbackNotStored(bert.callback.id, CallId("bert")))
    assert [each for each in again(journal) if isinstance(each, do.StoreCallback)] == [carl]


def test_of_a_kept_place_only_what_came_last_is_written_again(
    journal: FakeJournal, d: RecordedRun
) -> None:
    for call in ("anna", "bert"):
        d.caller_waits(call)
        d.presses(call, "2")
    kept = [command for command in d.ever if isinstance(command, do.KeepPlace)]
    d.feed(on.PlaceStored(CallId("anna")))
    d.feed(on.PlaceNotStored(CallId("bert")))
    places = [each for each in again(journal) if isinstance(each, do.KeepPlace | do.ReleasePlace)]
    assert places == [kept[0], do.ReleasePlace(CallId("bert"))]


def test_what_was_not_settled_before_the_last_segment_is_written_again_too(
    journal: FakeJournal, d: RecordedRun
) -> None:
    d.caller_waits("anna")
    d.settled = False
    d.hangs_up("anna")
    second = RecordedRun(journal, "r2", engine=recovered(journal).engine, at=d.now)
    second.settled = False
    second.recording.begin(second.now)
    second.caller_waits("bert")
    second.hangs_up("bert")

    records = [each.record.id for each in again(journal) if isinstance(each, do.RecordCall)]
    assert records == ["bert"]  # r2 began settled

    journal.segments = {
        name: replace(segment, header=replace(segment.header, settled=name == journal.names()[0]))
        for name, segment in journal.segments.items()
    }
    records = [each.record.id for each in again(journal) if isinstance(each, do.RecordCall)]
    assert records == ["anna", "bert"]


# -- what the switch may not have heard ------------------------------------------------------------


def test_endings_of_the_last_seconds_are_told_to_the_switch_again(
    journal: FakeJournal, d: RecordedRun
) -> None:
    d.agent_ready(examples.ALL_ROUND)
    d.caller_waits("anna")
    withdrawn = d.offer_of("anna")
    d.hangs_up("anna")
    assert [
        each.offer for each in recovered(journal).told_again if isinstance(each, do.WithdrawOffer)
    ] == [withdrawn]
    d.later(6)
    d.feed(on.PhoneFree(examples.ALL_ROUND))
    assert recovered(journal).told_again == ()


def test_music_is_started_again_for_who_waits_in_silence(
    journal: FakeJournal, d: RecordedRun
) -> None:
    d.caller_waits("anna")
    d.prompt_ends("anna")
    music = [each for each in d.ever if isinstance(each, do.StartMusic)]
    assert [
        each for each in recovered(journal).told_again if isinstance(each, do.StartMusic)
    ] == music[-1:]
    d.agent_ready(examples.ALL_ROUND)
    d.answers("anna")
    assert not any(isinstance(each, do.StartMusic) for each in recovered(journal).told_again)


def test_who_may_not_have_been_picked_up_is_picked_up_again(
    journal: FakeJournal, d: RecordedRun
) -> None:
    """Without that the caller would hear everything, and the telephone would go on ringing."""
    d.caller_arrives("anna")
    d.caller_arrives("bert")
    d.hangs_up("bert")
    assert [
        each.call for each in recovered(journal).told_again if isinstance(each, do.AnswerCall)
    ] == ["anna"]


def hung_up_on(journal: FakeJournal) -> list[str]:
    return [each.call for each in recovered(journal).told_again if isinstance(each, do.HangUpCall)]


def test_who_was_phoned_back_since_is_not_hung_up_on_again(
    journal: FakeJournal, d: RecordedRun
) -> None:
    """The end of the call in which the place was kept would be that of the one phoned back."""
    d.caller_waits("anna")
    d.presses("anna", "2")
    d.feed(on.PlaceStored(CallId("anna")))
    d.prompt_ends("anna")
    assert hung_up_on(journal) == ["anna"]
    d.agent_ready(examples.ALL_ROUND)
    d.answers("anna")
    d.party_answers("anna")
    assert hung_up_on(journal) == []
    d.feed(on.CallConnected(d.offer_of("anna")))
    d.agent_hangs_up("anna")
    assert "anna" in hung_up_on(journal)


def moves(journal: FakeJournal) -> list[str]:
    return [type(each).__name__ for each in recovered(journal).told_again if isinstance(each, Move)]


def test_who_was_being_moved_in_the_last_seconds_is_moved_again(
    journal: FakeJournal, d: RecordedRun
) -> None:
    """Nobody knows whether the switch heard it; a caller would be alone with the music."""
    d.agent_ready(examples.ALL_ROUND)
    d.caller_waits("anna", examples.DIDS[examples.UMWELT])
    d.talks("anna")
    d.agent_presses("anna", "*8311#")
    assert moves(journal) == ["HoldCaller"]
    d.later(2)
    d.party_answers("anna")
    d.agent_presses("anna", "*3")
    assert moves(journal) == ["HoldCaller", "Consult", "JoinThree"]
    d.later(4)
    party = d.party_of("anna")
    d.agent_hangs_up("anna")
    assert do.HandOver(CallId("anna"), party) in recovered(journal).told_again
    d.party_hangs_up("anna")
    assert moves(journal) == ["Consult", "JoinThree"]  # no bridge is made for nobody
    d.later(6)
    d.feed(on.PhoneFree(examples.ALL_ROUND))
    assert recovered(journal).told_again == ()


# -- what is damaged -------------------------------------------------------------------------------


def test_a_segment_nobody_can_read_leaves_the_one_before(journal: FakeJournal) -> None:
    first = RecordedRun(journal, "r1")
    first.caller_waits("anna")
    before = first.real.memory()
    RecordedRun(journal, "r2", engine=recovered(journal).engine).hangs_up("anna")
    journal.unreadable.add(journal.names()[-1])

    with capture_logs() as told:
        assert recovered(journal).engine.memory().calls == before.calls
    assert "segment_unreadable" in [line["event"] for line in told]
    assert latest_run(journal) == "r1"
    journal.unreadable.update(journal.names())
    assert recover(journal, county_of, Listener().begin) is None


def test_files_of_another_version_are_no_use_and_that_is_said(
    journal: FakeJournal, d: RecordedRun
) -> None:
    d.caller_waits("anna")
    name = journal.names()[0]
    segment = journal.segments[name]
    journal.segments[name] = replace(segment, header=replace(segment.header, config={}))
    with capture_logs() as told:
        assert recover(journal, county_of, Listener().begin) is None
    (line,) = told
    assert (line["event"], line["segment"]) == ("segment_useless", name)
    assert "county.toml: name" in line["reason"]


def test_a_step_that_ended_the_program_is_left_out(journal: FakeJournal, d: RecordedRun) -> None:
    d.caller_waits("anna")
    d.recording.broke(on.CallerHungUp(CallId("anna")), d.now)
    with capture_logs() as told:
        past = recovered(journal)
    assert past.engine.memory() == d.real.memory()
    assert [line["event"] for line in told] == ["step_left_out", "recovered"]


def _breaking(journal: FakeJournal, steps: int) -> None:
    """Let the engine break at the last ``steps``: a call of this state can't be."""
    name = journal.names()[-1]
    event = on.PlaceRestored(cast("KeptPlace", None))
    at = journal.last.inputs[-1].at
    broken = [Input(at, event, "") for _ in range(steps)]
    segment = journal.segments[name]
    journal.segments[name] = replace(segment, inputs=[*broken, *segment.inputs])


def test_steps_that_can_t_be_taken_again_are_left_out(journal: FakeJournal, d: RecordedRun) -> None:
    d.caller_waits("anna")
    _breaking(journal, 2)
    with capture_logs() as told:
        past = recovered(journal)
    assert past.engine.memory() == d.real.memory()
    positions = [line["position"] for line in told if line["event"] == "step_left_out"]
    assert positions == [1, 2]


def test_a_segment_of_which_nothing_fits_is_no_use(journal: FakeJournal, d: RecordedRun) -> None:
    d.caller_waits("anna")
    _breaking(journal, MOST_LEFT_OUT + 1)
    assert recover(journal, county_of, Listener().begin) is None


def test_what_can_t_be_remembered_is_no_use(journal: FakeJournal, d: RecordedRun) -> None:
    d.caller_waits("anna")
    name = journal.names()[0]
    impossible = Memory(waiting=(CallId("nobody"),))
    journal.segments[name] = replace(journal.segments[name], memory=impossible)
    assert recover(journal, county_of, Listener().begin) is None


def test_time_went_on_meanwhile(journal: FakeJournal, d: RecordedRun) -> None:
    """A wrap-up that was over before the start ends at the first look."""
    d.agent_ready(examples.ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.hangs_up("anna")
    past = recovered(journal).engine
    deadline = past.next_deadline()
    assert deadline is not None
    assert deadline > MONDAY_NOON
    past.handle_timer(deadline + timedelta(minutes=5))
    (agent,) = (each for each in past.snapshot().agents if each.id == examples.ALL_ROUND)
    assert agent.state == "ready"
