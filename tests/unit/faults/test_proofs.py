"""Each proof finds what it is for, and finds nothing wrong with a drive in which all went well."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from testbed.faults.evidence import (
    CallbackRow,
    CallSeen,
    Evidence,
    FallbackEntry,
    FaultSeen,
    Record,
    RingSeen,
    Told,
    Wish,
)
from testbed.faults.proofs import findings, outcomes, unserved_seconds

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
FIRST, SECOND, THIRD = "+491713920200", "+491713920201", "+491713920202"


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def seen(number: str, since: float, until: float, wish: Wish = Wish.PATIENT) -> CallSeen:
    return CallSeen(number, wish, at(since), at(since + 0.5), at(until))


def served(number: str, since: float, until: float) -> CallSeen:
    call = seen(number, since, until)
    call.agents = frozenset({"1001"})
    return call


def ring(number: str, since: float, until: float, agent: str = "1001") -> RingSeen:
    return RingSeen(agent, number, at(since), at(since + 0.5), at(until))


def record(number: str, outcome: str, since: float, until: float) -> Record:
    arrived, ended = at(since + 0.2), at(until)
    return Record(f"{number}-{since}", number, outcome, arrived, arrived, None, ended, None)


@pytest.fixture
def well() -> Evidence:
    """Two were served one after the other, one gave up, and one has a callback."""
    promised = seen(THIRD, 40, 50, Wish.CALLBACK)
    promised.heard = ("greeting", "please-wait", "callback-promised")
    gone = seen(THIRD, 5, 9, Wish.IMPATIENT)
    gone.hung_up = True
    return Evidence(
        calls=[served(FIRST, 0, 10), served(SECOND, 4, 20), gone, promised],
        rings=[ring(FIRST, 3, 10), ring(SECOND, 11, 20)],
        faults=[FaultSeen("app-killed", at(2), at(2), at(4), 1, 0)],
        records=[
            record(FIRST, "completed", 0, 10),
            record(SECOND, "completed", 4, 20),
            record(THIRD, "abandoned", 5, 9),
            record(THIRD, "callback", 40, 50),
        ],
        callbacks=[CallbackRow("callback", THIRD, at(45), None)],
        told=[Told("message", "callback", "requested", THIRD)],
        presences={"1001": ("ready", "ready")},
        starts=2,
    )


def test_nothing_is_found_where_all_went_well(well: Evidence) -> None:
    assert findings(well) == []
    assert outcomes(well) == {"completed": 2, "abandoned": 1, "callback": 1}


def test_somebody_who_waited_in_vain_is_found(well: Evidence) -> None:
    well.calls[0].gave_up = "nothing came of it for 180 s"

    assert any("nothing came of it" in each for each in findings(well))


def test_somebody_who_was_hung_up_on_is_found(well: Evidence) -> None:
    well.calls[0].agents = frozenset()
    well.rings = well.rings[1:]

    assert any("hung up on" in each for each in findings(well))


def test_a_call_without_a_record_is_found(well: Evidence) -> None:
    well.records = well.records[1:]

    (finding,) = findings(well)
    assert FIRST in finding
    assert "no record" in finding


def test_a_call_in_the_fallback_queue_without_a_record_is_found(well: Evidence) -> None:
    well.fallback = [FallbackEntry(FIRST, at(1), "1001", at(10))]
    assert findings(well) == []

    well.records = well.records[1:]
    (finding,) = findings(well)
    assert "no record" in finding


def test_a_call_that_died_with_asterisk_needs_no_record(well: Evidence) -> None:
    well.records = well.records[1:]
    well.calls[0].gave_up = "the line went dead"
    well.calls = [each for each in well.calls if each.number != SECOND]
    well.records = [each for each in well.records if each.number != SECOND]
    well.asterisk_deaths = [at(1)]

    assert findings(well) == []


def test_two_records_of_a_call_are_found(well: Evidence) -> None:
    well.records = [*well.records, replace(well.records[0], id="again", outcome="failed")]

    (finding,) = findings(well)
    assert "2 records" in finding


def test_a_wrong_outcome_is_found(well: Evidence) -> None:
    well.records = [replace(well.records[0], outcome="abandoned"), *well.records[1:]]

    (finding,) = findings(well)
    assert "recorded as abandoned" in finding


def test_a_record_of_nobodys_call_is_found(well: Evidence) -> None:
    well.records = [*well.records, record("+491713920299", "completed", 0, 5)]

    (finding,) = findings(well)
    assert "nobody made that call" in finding


def test_somebody_who_was_overtaken_is_found(well: Evidence) -> None:
    well.rings = [ring(SECOND, 6, 9), ring(FIRST, 9.5, 10)]

    (finding,) = findings(well)
    assert f"{SECOND} was put through" in finding
    assert f"before {FIRST}" in finding


def test_who_is_in_the_fallback_queue_is_not_overtaken(well: Evidence) -> None:
    well.rings = [ring(SECOND, 6, 9), ring(FIRST, 9.5, 10)]
    well.fallback = [FallbackEntry(FIRST.replace("+49", "0"), at(1), "1001", at(10))]

    assert findings(well) == []


def test_a_broken_promise_is_found(well: Evidence) -> None:
    well.callbacks = []

    (finding,) = findings(well)
    assert "was promised a callback" in finding


def test_a_promise_that_was_stored_twice_is_found(well: Evidence) -> None:
    well.callbacks = [*well.callbacks, CallbackRow("again", THIRD, at(46), None)]
    well.told = [*well.told, Told("other", "again", "requested", THIRD)]

    (finding,) = findings(well)
    assert "2 callbacks" in finding


def test_a_callback_nobody_was_told_of_is_found(well: Evidence) -> None:
    well.told = []

    (finding,) = findings(well)
    assert "no caseworker was told" in finding


def test_a_message_under_two_ids_is_found_and_a_repeated_one_is_not(well: Evidence) -> None:
    well.told = [*well.told, *well.told]
    assert findings(well) == []

    well.told = [*well.told, Told("other", "callback", "requested", THIRD)]
    (finding,) = findings(well)
    assert "2 message ids" in finding


def test_what_else_is_wrong_is_found(well: Evidence) -> None:
    well.left_over = ["channel PJSIP/trunk-00000001"]
    well.kept_places = 1
    well.undelivered = 2
    well.presences = {"1001": ("ready", "logged_out")}
    well.exits = ["ivr ended by itself with 1"]
    well.tracebacks = ["Traceback"]
    well.faults = [replace(well.faults[0], back_at=None)]

    assert len(findings(well)) == 7


def test_waiting_counts_only_while_somebody_is_free(well: Evidence) -> None:
    assert unserved_seconds(well, wrap_up=1)[0] == pytest.approx(9.5)

    well.calls = well.calls[:2]
    assert unserved_seconds(well, wrap_up=1)[0] == pytest.approx(2.5)
