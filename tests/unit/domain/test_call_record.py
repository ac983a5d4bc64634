"""How long a finished call's caller waited and talked."""

from dataclasses import replace

from ivr.domain.calls import impersonal
from tests.examples import ALL_ROUND
from tests.unit.domain.driver import SUNDAY_NOON, Driver


def test_an_answered_caller_waited_until_the_answer_and_talked_from_then(d: Driver) -> None:
    d.caller_arrives("anna")
    d.wait(8)
    d.prompt_ends("anna")
    d.wait(5)
    d.agent_ready(ALL_ROUND)
    d.talks("anna")
    d.wait(170)
    d.hangs_up("anna")
    assert d.records[0].waited_seconds == 5
    assert d.records[0].talked_seconds == 170


def test_an_abandoned_caller_waited_until_the_end_and_never_talked(d: Driver) -> None:
    d.caller_waits("anna")
    d.wait(40)
    d.hangs_up("anna")
    assert d.records[0].waited_seconds == 40
    assert d.records[0].talked_seconds is None


def test_a_caller_out_of_hours_never_waited() -> None:
    d = Driver(at=SUNDAY_NOON)
    d.caller_arrives("anna")
    d.hangs_up("anna")
    assert d.records[0].waited_seconds is None


def test_without_persons_a_record_says_neither_who_called_nor_who_answered(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.hangs_up("anna")
    record = replace(d.records[0], transferred_to=ALL_ROUND)
    assert record.agent is not None
    assert record.caller_number is not None
    nobody = replace(record, caller_number=None, agent=None, transferred_to="")
    assert impersonal(record) == nobody
