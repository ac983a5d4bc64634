"""Calls of the fallback queue, put together from its lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.calls import CallRecord, Outcome
from ivr.domain.fallback_log import FallbackCalls, read_line
from ivr.domain.ids import AgentId, CallId
from tests.examples import COMMON_NUMBER, DIDS, UMWELT, county

COUNTY = county()
CALL = CallId("1700000000.7")
CALLER = "+491713920121"
ARRIVED = datetime.fromtimestamp(1_700_000_000, UTC)


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(1_700_000_000 + seconds, UTC)


def line(seconds: int, event: str, *values: object, agent: str = "NONE", call: str = CALL) -> str:
    fields = (1_700_000_000 + seconds, call, "ivr-fallback", agent, event, *values)
    return "|".join(str(each) for each in fields)


def told(*lines: str, calls: FallbackCalls | None = None) -> list[CallRecord]:
    taking = calls or FallbackCalls()
    read = [each for each in map(read_line, lines) if each is not None]
    return [record for each in read for record in taking.take(each, COUNTY)]


DID = line(1, "DID", DIDS[UMWELT], CALLER)
ENTERED = line(3, "ENTERQUEUE", "", CALLER, 1)

ANSWERED = CallRecord(
    id=CALL,
    outcome=Outcome.COMPLETED,
    dialled=DIDS[UMWELT],
    department=UMWELT,
    caller_number=COUNTY.numbering.parse(CALLER),
    arrived_at=ARRIVED,
    queued_at=at(3),
    answered_at=at(20),
    ended_at=at(90),
    agent=AgentId("1002"),
    offers=2,
    language="de",
    by_fallback=True,
)
WAITED = replace(ANSWERED, answered_at=None, agent=None, offers=0, outcome=Outcome.ABANDONED)
TALK = (
    line(13, "RINGNOANSWER", 10000, agent="1001"),
    line(20, "CONNECT", 17, "1700000009.9", 4, agent="1002"),
)


@pytest.mark.parametrize("end", ["COMPLETECALLER", "COMPLETEAGENT"])
def test_a_call_an_agent_answered(end: str) -> None:
    ended = (line(90, end, 17, 70, 1, agent="1002"), line(90, "GONE", ""))
    assert told(DID, ENTERED, *TALK, *ended) == [ANSWERED]


def test_a_caller_who_gave_up() -> None:
    lines = (DID, ENTERED, line(40, "ABANDON", 1, 1, 37), line(40, "GONE", ""))
    assert told(*lines) == [replace(WAITED, ended_at=at(40))]


def test_a_caller_who_gave_up_before_the_queue() -> None:
    expected = replace(WAITED, queued_at=None, ended_at=at(2))
    assert told(DID, line(2, "GONE")) == [expected]


def test_a_line_of_an_older_dialplan_does_not_tell_the_caller() -> None:
    [record] = told(line(1, "DID", DIDS[UMWELT]), line(2, "GONE"))
    assert record.caller_number is None


def test_a_caller_who_is_promised_a_callback() -> None:
    lines = (DID, ENTERED, line(10, "EXITWITHKEY", 1, 1, 1, 7), line(30, "GONE", "stored"))
    assert told(*lines) == [replace(WAITED, outcome=Outcome.CALLBACK, ended_at=at(30))]


def test_a_caller_without_a_callback_waits_from_the_first_moment_on() -> None:
    again = (line(10, "EXITWITHKEY", 1, 1, 1, 7), line(15, "ENTERQUEUE", "", CALLER, 1))
    lines = (DID, ENTERED, *again, line(40, "ABANDON", 1, 1, 25), line(40, "GONE", "unavailable"))
    assert told(*lines) == [replace(WAITED, ended_at=at(40))]


def test_a_caller_out_of_hours() -> None:
    closed = replace(WAITED, queued_at=None, outcome=Outcome.CLOSED)
    lines = (DID, line(1, "CLOSED"), line(9, "GONE", ""))
    assert told(*lines) == [replace(closed, ended_at=at(9))]
    lines = (DID, line(1, "CLOSED"), line(9, "GONE", "stored"))
    assert told(*lines) == [replace(closed, outcome=Outcome.CALLBACK, ended_at=at(9))]


def test_a_caller_from_the_dead_program_has_waited_since_the_arrival() -> None:
    lines = (line(100, "MOVED"), line(100, "DID", DIDS[UMWELT]), line(102, "ENTERQUEUE", "", "", 1))
    [record] = told(*lines, line(120, "GONE", ""))
    assert (record.arrived_at, record.queued_at, record.waited_seconds) == (ARRIVED, ARRIVED, 120)
    assert record.caller_number is None


def test_a_caller_from_the_dead_program_who_did_not_come_to_the_queue() -> None:
    [record] = told(line(100, "MOVED"), line(100, "DID", DIDS[UMWELT]), line(101, "GONE", ""))
    assert record.queued_at is None


def test_a_caller_who_was_phoned_back_for_a_kept_place_has_waited_since_the_first_call() -> None:
    back = CallId(f"{CALL}-65f0a1b2-l1")
    events = (("MOVED", ()), ("DID", (DIDS[UMWELT], CALLER)), ("ENTERQUEUE", ("", CALLER, 1)))
    lines = [line(100, event, *values, call=back) for event, values in events]
    [record] = told(*lines, line(120, "GONE", "", call=back))
    assert (record.id, record.arrived_at, record.queued_at) == (CALL, ARRIVED, ARRIVED)


def test_when_asterisk_starts_everything_before_is_over() -> None:
    calls = FallbackCalls()
    start = "1700000050|NONE|NONE|NONE|QUEUESTART|"
    assert told(DID, ENTERED, calls=calls) == []
    assert calls.open == {CALL}
    assert told(start, calls=calls) == [replace(WAITED, outcome=Outcome.FAILED, ended_at=at(50))]
    assert told(start, line(60, "GONE", ""), calls=calls) == []
    assert told(DID, ENTERED, *TALK, start) == [replace(ANSWERED, ended_at=at(50))]


def test_the_common_number_and_one_that_is_not_ours_any_more() -> None:
    [common] = told(line(1, "DID", COMMON_NUMBER), line(2, "GONE"))
    assert (common.department, common.dialled) == (None, COMMON_NUMBER)
    [gone] = told(line(1, "DID", "+494461000"), line(2, "GONE"))
    assert gone.department is None


def test_calls_side_by_side() -> None:
    other = CallId("berlin-1700000002.8")
    lines = (
        *(DID, line(2, "DID", DIDS[UMWELT], call=other), ENTERED),
        *(line(4, "GONE", call=other), line(40, "GONE", "")),
    )
    assert [(each.id, each.arrived_at) for each in told(*lines)] == [
        (other, at(2)),
        (CALL, ARRIVED),
    ]


def test_nobody_arrives_after_the_first_line() -> None:
    [record] = told(line(-5, "DID", DIDS[UMWELT]), line(2, "GONE"))
    assert record.arrived_at == at(-5)


@pytest.mark.parametrize(
    "strange",
    [
        "",
        "torn",
        "1700000000|x",
        "x|1700000000.7|ivr-fallback|NONE|GONE",
        "99999999999999|1700000000.7|ivr-fallback|NONE|GONE",
        line(5, "GONE", call="MANAGER"),
        "1700000005|1700000000.7|another|NONE|GONE|",
        line(5, "DID"),
        line(5, "ENTERQUEUE"),
        line(5, "SYSCOMPAT", ""),
        line(5, "CONNECT", 1, call="1700000004.1"),
    ],
)
def test_what_makes_no_sense_changes_nothing(strange: str) -> None:
    assert told(DID, ENTERED, strange, line(40, "GONE", "")) == [replace(WAITED, ended_at=at(40))]


EVENTS = ("DID", "MOVED", "CLOSED", "ENTERQUEUE", "CONNECT", "RINGNOANSWER", "GONE", "QUEUESTART")
PIECES = st.sampled_from(["", "1", DIDS[UMWELT], CALLER, "stored", "\x00", "ä"])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(EVENTS),
            st.sampled_from([CALL, "1700000002.8", "NONE", "x"]),
            st.lists(PIECES, max_size=3),
        ),
        max_size=30,
    )
)
def test_no_call_ends_twice_without_beginning_again(
    lines: list[tuple[str, str, list[str]]],
) -> None:
    calls = FallbackCalls()
    for number, (event, call, values) in enumerate(lines):
        before = calls.open
        ended = told(line(number, event, *values, call=call), calls=calls)
        assert {record.id for record in ended} <= before
        assert calls.open.isdisjoint(record.id for record in ended)


def test_a_call_whose_seconds_are_no_date_is_nothing() -> None:
    torn = "999999999999.1"
    assert told(line(1, "DID", DIDS[UMWELT], call=torn), line(2, "GONE", "caller", call=torn)) == []
