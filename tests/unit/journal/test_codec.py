"""What is written down comes back as it was."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from ivr.adapters.journal.codec import (
    decode_event,
    decode_memory,
    digest,
    encode_event,
    encode_memory,
)
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.announcement import Announcement
from ivr.domain.errors import UnexpectedMessage
from ivr.domain.ids import AgentId, AnnouncementId, CallId, LegId, OfferId, RecordingId, VisitId
from ivr.domain.memory import Memory
from ivr.domain.speech import Clock, Count, Day, Foreign, Named, Sound
from tests import examples
from tests.unit.domain.driver import MONDAY_NOON, SUNDAY_NOON, Driver
from tests.unit.domain.test_engine_always import AnyDay

WRITTEN = [kind for kind in get_args(on.Event) if kind is not on.CountyChanged]
BIGGEST = 2**53

st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(int, st.integers(-BIGGEST, BIGGEST))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))


def as_written(values: dict[str, Any]) -> dict[str, Any]:
    written: dict[str, Any] = orjson.loads(orjson.dumps(values))
    return written


def again(memory: Memory) -> Memory:
    return decode_memory(as_written(encode_memory(memory)))


@pytest.mark.parametrize("kind", WRITTEN)
def test_every_event_comes_back(kind: type[on.Event]) -> None:
    @settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
    @given(st.from_type(kind))
    def comes_back(event: on.Event) -> None:
        back = decode_event(as_written(encode_event(event)))
        assert type(back) is kind
        assert back == event

    comes_back()


class Remembered(AnyDay):
    """Writes down, now and then, all there is on any day."""

    def teardown(self) -> None:
        memory = self.engine.memory()
        assert again(memory) == memory
        super().teardown()


def test_the_memory_of_any_day_comes_back() -> None:
    run_state_machine_as_test(
        Remembered,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_what_is_said_comes_back_as_what_it_was() -> None:
    d = Driver(at=SUNDAY_NOON)
    d.caller_arrives("anna")
    (call,) = d.engine.memory().calls
    words = (
        Sound("greeting"),
        Named("greeting"),
        Clock(MONDAY_NOON.time()),
        Day(MONDAY_NOON.date()),
        Foreign("en", Foreign("de", Count(3))),
    )
    call.closed_words = words

    (back,) = again(d.engine.memory()).calls

    assert back.closed_words == words
    assert [type(phrase) for phrase in back.closed_words] == [type(phrase) for phrase in words]


def test_a_talk_with_all_that_belongs_to_it_comes_back() -> None:
    d = Driver()
    d.agent_ready(examples.ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.caller_waits("bert", caller=None)
    d.feed(on.PresenceChosen(examples.ONLY_JUGEND, Presence.PAUSED, "lunch"))
    flood = Announcement(
        AnnouncementId("a1"), "flood", d.now, d.now, frozenset({examples.UMWELT, examples.JUGEND})
    )
    d.feed(on.AnnouncementMade(flood))
    memory = d.engine.memory()

    assert again(memory) == memory
    assert memory.offers
    assert memory.announcements == (flood,)
    assert memory.timers


def test_every_part_of_a_memory_is_written() -> None:
    """A field that is new in Memory can't be forgotten here."""
    assert {field.name for field in fields(Memory)} >= set(encode_memory(Memory()))
    everything = replace(
        Memory(),
        adopted={LegId("l1"): CallId("c1")},
        waiting=(CallId("c1"),),
        lost_places={examples.CALLER: (MONDAY_NOON, 3)},
        handling=(timedelta(seconds=1, microseconds=1),),
        entries=3,
        offers_made=4,
    )
    assert again(everything) == everything


@pytest.mark.parametrize(
    "damaged",
    [
        {},
        {"is": "Nothing"},
        {"is": "CountyChanged"},
        {"is": "CallArrived"},
        {"is": "CallArrived", "call": "c1", "dialled": "1", "colour": "red"},
        {"is": "CallerRecognised", "call": "c1", "callbacks": 7},
        {"is": "OfferFailed", "offer": "o1", "cause": "boredom"},
        {"is": "LegEnded", "leg": 7},
        {"is": [1]},
        5,
        "ab",
        [1],
    ],
)
def test_what_is_no_event_is_said_to_be_none(damaged: object) -> None:
    with pytest.raises(UnexpectedMessage):
        decode_event(damaged)


@pytest.mark.parametrize(
    "damaged",
    [
        {"calls": [{"id": "c1"}]},
        {"timers": [["yesterday", "ring", "o1"]]},
        {"handling": ["long"]},
        {"weather": "fine"},
    ],
)
def test_what_is_no_memory_is_said_to_be_none_without_its_text(damaged: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedMessage) as error:
        decode_memory(damaged)
    assert error.value.code == "journal_damaged"
    assert not re.search("yesterday|long|fine", str(error.value))


_SECOND = timedelta(seconds=1)
COMMANDS: list[list[do.Command]] = [
    [],
    [do.StartMusic(CallId("c1"))],
    [do.StopMusic(CallId("c1"))],
    [do.StartMusic(CallId("c2"))],
    [do.StartMusic(CallId("c1")), do.StopMusic(CallId("c1"))],
    [do.StopMusic(CallId("c1")), do.StartMusic(CallId("c1"))],
    [do.ReleaseAgent(CallId("c1"), OfferId("o1"))],
    [do.ReturnToCaller(CallId("c1"), OfferId("o1"))],
    [do.EndVisit(CallId("c1"), VisitId("o1"))],
    [do.RecordMessage(CallId("c1"), RecordingId("r"), _SECOND, _SECOND)],
]


def test_digests_tell_commands_apart() -> None:
    digests = [digest(commands) for commands in COMMANDS]
    assert len(set(digests)) == len(COMMANDS)
    assert {len(each) for each in digests} == {8}


def test_all_commands_of_any_day_have_a_digest() -> None:
    d = Driver()
    d.agent_ready(AgentId("1001"))
    d.caller_waits("anna")
    d.presses("anna", "1")
    d.presses("anna", "#")
    d.hangs_up("anna")
    assert len({digest([command]) for command in d.ever}) > 5
