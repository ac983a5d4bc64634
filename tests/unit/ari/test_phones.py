"""What Asterisk tells of a telephone means: it can be reached or not, it has calls of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from ivr.adapters.ari.messages import EndpointStateChange
from ivr.adapters.ari.phones import PhoneEvent, Phones
from ivr.domain import events as on
from ivr.domain.ids import AgentId

AGENT = AgentId("1001")
REACHABLE, UNREACHABLE = on.PhoneReachable(AGENT), on.PhoneUnreachable(AGENT)
BUSY, FREE = on.PhoneBusy(AGENT), on.PhoneFree(AGENT)


@dataclass
class Telephone:
    """That of agent 1001; ``ours`` are the channels the switch knows."""

    ours: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.phones = Phones(lambda channel: channel in self.ours)

    def is_now(
        self, state: str, *channels: str, technology: str = "PJSIP", resource: str = "1001"
    ) -> list[PhoneEvent]:
        return list(self.phones.changed(EndpointStateChange(technology, resource, state, channels)))

    def entered(self, channel: str) -> list[PhoneEvent]:
        return list(self.phones.entered(channel))


@pytest.fixture
def phone() -> Telephone:
    """Registered, without a call."""
    phone = Telephone()
    assert phone.is_now("online") == [REACHABLE]
    return phone


@pytest.mark.parametrize(
    ("state", "event"),
    [
        ("online", REACHABLE),
        ("offline", UNREACHABLE),
        ("unknown", UNREACHABLE),
        ("", UNREACHABLE),
    ],
)
def test_a_telephone_comes_and_goes(state: str, event: PhoneEvent) -> None:
    assert Telephone().is_now(state) == [event]


def test_what_is_no_telephone_is_nobodys() -> None:
    phone = Telephone()
    assert phone.is_now("online", technology="Local") == []
    assert phone.is_now("offline", "caller", resource="trunk") == []


def test_a_telephone_that_registers_again_is_told_again(phone: Telephone) -> None:
    assert phone.is_now("online") == [REACHABLE]


def test_a_telephone_that_is_asked_for_is_told_in_any_case(phone: Telephone) -> None:
    found = EndpointStateChange("PJSIP", "1001", "online", ("foreign",))
    assert list(phone.phones.found(found)) == [REACHABLE, BUSY]
    assert list(phone.phones.found(found)) == [REACHABLE, BUSY]
    assert list(Telephone().phones.found(found)) == [REACHABLE, BUSY]


def test_a_call_of_its_own_that_ended_in_an_earlier_run_keeps_nobody_busy() -> None:
    found = EndpointStateChange("PJSIP", "1001", "online", ())
    assert list(Telephone().phones.found(found)) == [REACHABLE, FREE]


def test_a_call_is_no_news_of_the_registration(phone: Telephone) -> None:
    phone.ours.add("offer")
    assert phone.is_now("online", "offer") == []
    assert phone.is_now("online") == []


def test_a_strangers_call_makes_it_busy_until_its_end(phone: Telephone) -> None:
    assert phone.is_now("online", "foreign") == [BUSY]
    assert phone.is_now("online", "foreign", "another") == []
    assert phone.is_now("online", "another") == []
    assert phone.is_now("online") == [FREE]


def test_a_strangers_call_beside_ours_makes_it_busy(phone: Telephone) -> None:
    phone.ours.add("offer")
    assert phone.is_now("online", "offer", "foreign") == [BUSY]
    assert phone.is_now("online", "offer") == [FREE]


def test_our_leg_that_has_just_ended_is_no_strangers_call(phone: Telephone) -> None:
    phone.ours |= {"offer", "visit"}
    phone.is_now("online", "offer", "visit")
    phone.ours.clear()
    assert phone.is_now("online", "offer") == []
    assert phone.is_now("online") == []


def test_a_visit_is_known_a_moment_after_it_began(phone: Telephone) -> None:
    assert phone.is_now("online", "visit") == [BUSY]
    phone.ours.add("visit")
    assert phone.entered("visit") == [FREE]
    assert phone.entered("visit") == []
    assert phone.is_now("online") == []


def test_a_visit_beside_a_strangers_call_leaves_it_busy(phone: Telephone) -> None:
    assert phone.is_now("online", "foreign", "visit") == [BUSY]
    phone.ours.add("visit")
    assert phone.entered("visit") == []
    assert phone.is_now("online", "visit") == [FREE]


def test_a_stranger_who_enters_is_still_a_stranger(phone: Telephone) -> None:
    phone.is_now("online", "stray")
    assert phone.entered("stray") == []


def test_a_telephone_that_is_lost_in_a_strangers_call_is_both(phone: Telephone) -> None:
    phone.is_now("online", "foreign")
    assert phone.is_now("offline") == [UNREACHABLE, FREE]
