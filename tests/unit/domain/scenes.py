"""Anna in every phase a caller can be in: scenes to begin with, for tests that are about an end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from ivr.domain import events as on
from ivr.domain.ids import CallId
from ivr.domain.live import Phase
from ivr.domain.rules import (
    Announcing,
    FirstReached,
    KeepingPlace,
    Limits,
    QueueRules,
    SpokenMessages,
    Strategy,
    WayOut,
)
from tests.examples import ALL_ROUND, DIDS, JUGEND, ONLY_UMWELT, PHONES, UMWELT, county
from tests.unit.domain.driver import MONDAY_NOON, SUNDAY_NOON, Driver
from tests.unit.domain.test_engine_always import MENU, any_county
from tests.unit.domain.test_returned_calls import MISSED

ANNA = CallId("anna")
QUIET = Announcing(after=timedelta(0))
KEEPING = QueueRules(keeping_place=KeepingPlace(), announcing=QUIET)
CALLER_FIRST = QueueRules(keeping_place=KeepingPlace(first=FirstReached.CALLER), announcing=QUIET)


def by(rules: QueueRules, at: datetime = MONDAY_NOON) -> Driver:
    return Driver(county(rules), at)


def greeted() -> Driver:
    d = by(QueueRules())
    d.caller_arrives("anna", DIDS[UMWELT])
    return d


def choosing() -> Driver:
    d = Driver(any_county(QueueRules(), MENU))
    d.caller_is_greeted("anna")
    return d


def waiting(rules: QueueRules | None = None) -> Driver:
    d = by(rules or QueueRules(announcing=QUIET))
    d.caller_waits("anna", DIDS[UMWELT])
    d.wait(10)
    return d


def ringing() -> Driver:
    """Two agents' phones ring for her."""
    d = waiting(QueueRules(strategy=Strategy.RING_SEVERAL, announcing=QUIET))
    d.agent_ready(ALL_ROUND)
    d.agent_ready(ONLY_UMWELT)
    return d


def being_joined() -> Driver:
    d = ringing()
    d.answers("anna")
    return d


def talking() -> Driver:
    d = waiting()
    d.agent_ready(ALL_ROUND)
    d.talks("anna")
    d.wait(20)
    return d


def consulting() -> Driver:
    d = talking()
    d.agent_presses("anna", "*8311#")
    d.party_answers("anna")
    return d


def consulting_by_a_second_call() -> Driver:
    d = talking()
    d.calls(ALL_ROUND, "311")
    d.party_answers("anna")
    return d


def handed_over() -> Driver:
    d = consulting()
    d.agent_hangs_up("anna")
    return d


def back_from_a_transfer() -> Driver:
    """Her agent put her through to somebody who does not answer, and is gone."""
    d = talking()
    d.agent_presses("anna", "*8311#")
    d.agent_hangs_up("anna")
    d.party_fails("anna")
    return d


def requesting_a_callback() -> Driver:
    """Her number is not known, and she is asked for it."""
    d = by(QueueRules())
    d.caller_waits("anna", DIDS[UMWELT], caller=None)
    d.presses("anna", "1")
    return d


def having_a_callback_stored() -> Driver:
    d = waiting()
    d.presses("anna", "1")
    return d


def having_it_stored_in_a_talk() -> Driver:
    d = talking()
    d.agent_presses("anna", "*7")
    return d


def promised() -> Driver:
    """She hears that somebody will phone."""
    d = having_a_callback_stored()
    d.stores("anna")
    return d


def closed() -> Driver:
    d = by(QueueRules(), SUNDAY_NOON)
    d.caller_arrives("anna", DIDS[UMWELT])
    return d


def closed_and_storing() -> Driver:
    d = closed()
    d.presses("anna", "1")
    return d


def speaking_a_message() -> Driver:
    d = by(QueueRules(spoken_messages=SpokenMessages()), SUNDAY_NOON)
    d.caller_arrives("anna", DIDS[UMWELT])
    d.presses("anna", "1")
    d.prompt_ends("anna")
    return d


def gone_while_storing() -> Driver:
    d = having_a_callback_stored()
    d.hangs_up("anna")
    return d


def shown_out(way_out: WayOut = WayOut.CALLBACK) -> Driver:
    number = PHONES[JUGEND] if way_out is WayOut.NUMBER else None
    limits = Limits(max_waiting=0, way_out=way_out, number=number)
    d = by(QueueRules(limits=limits))
    d.caller_is_greeted("anna", DIDS[UMWELT])
    return d


def being_put_through() -> Driver:
    d = shown_out(WayOut.NUMBER)
    d.prompt_ends("anna")
    return d


def put_through() -> Driver:
    d = being_put_through()
    d.party_answers("anna")
    return d


def returning() -> Driver:
    """She returns a missed call, and the caseworker's telephone rings."""
    d = by(QueueRules(announcing=QUIET))
    d.caller_arrives("anna", DIDS[UMWELT])
    d.recognises("anna", MISSED)
    d.prompt_ends("anna")
    d.presses("anna", "3")
    d.prompt_ends("anna")
    return d


def returned() -> Driver:
    d = returning()
    d.party_answers("anna")
    return d


def keeping(rules: QueueRules = KEEPING) -> Driver:
    d = waiting(rules)
    d.presses("anna", "2")
    return d


def about_to_go_away(rules: QueueRules = KEEPING) -> Driver:
    """She hears that the place is kept."""
    d = keeping(rules)
    d.feed(on.PlaceStored(ANNA))
    return d


def away(rules: QueueRules = KEEPING) -> Driver:
    d = about_to_go_away(rules)
    d.prompt_ends("anna")
    return d


def being_phoned() -> Driver:
    """An agent has answered, and her telephone rings."""
    d = away()
    d.agent_ready(ALL_ROUND)
    d.answers("anna")
    return d


def phoned_back() -> Driver:
    """She has answered, and is being joined with the agent."""
    d = being_phoned()
    d.party_answers("anna")
    return d


def phoned_first() -> Driver:
    """She has answered before an agent has, whose telephone rings."""
    d = away(CALLER_FIRST)
    d.agent_ready(ALL_ROUND)
    d.party_answers("anna")
    return d


SCENES: dict[Callable[[], Driver], Phase] = {
    greeted: Phase.GREETING,
    choosing: Phase.MENU,
    waiting: Phase.WAITING,
    ringing: Phase.WAITING,
    being_joined: Phase.WAITING,
    talking: Phase.TALKING,
    consulting: Phase.CONSULTING,
    consulting_by_a_second_call: Phase.TALKING,
    handed_over: Phase.HANDED_OVER,
    back_from_a_transfer: Phase.WAITING,
    requesting_a_callback: Phase.WAITING,
    having_a_callback_stored: Phase.WAITING,
    having_it_stored_in_a_talk: Phase.TALKING,
    promised: Phase.LEAVING,
    closed: Phase.CLOSED,
    closed_and_storing: Phase.CLOSED,
    speaking_a_message: Phase.CLOSED,
    gone_while_storing: Phase.GONE,
    shown_out: Phase.WAY_OUT,
    being_put_through: Phase.WAY_OUT,
    put_through: Phase.HANDED_OVER,
    returning: Phase.RETURNING,
    returned: Phase.HANDED_OVER,
    keeping: Phase.KEEPING,
    about_to_go_away: Phase.AWAY,
    away: Phase.AWAY,
    being_phoned: Phase.AWAY,
    phoned_back: Phase.WAITING,
    phoned_first: Phase.WAITING,
}
"""Where she is in each."""
