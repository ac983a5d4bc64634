"""In which order differences are told."""

from __future__ import annotations

from pathlib import Path

from ivr.adapters.ari.comparing import Comparison
from ivr.adapters.ari.errands import Errands
from ivr.adapters.ari.left_over import LeftOvers
from ivr.adapters.ari.legs import Legs
from ivr.adapters.ari.messages import ChannelDestroyed, Message
from ivr.adapters.ari.recordings import Recordings
from ivr.adapters.ari.supervision import Supervision
from ivr.domain.events import Event
from ivr.domain.ids import CallId, OfferId
from ivr.domain.live import Offer
from ivr.domain.memory import Memory
from tests.examples import ALL_ROUND
from tests.unit.ari.scripted_connection import ScriptedConnection
from tests.unit.ari.test_taking_over import CALL, NOW, call


async def test_all_callers_ends_are_told_before_any_agent_s() -> None:
    """Else an agent who is free again would be offered somebody who is gone as well."""
    ari, legs, heard = ScriptedConnection(), Legs(), list[Message]()
    posted: list[Event] = []
    errands = Errands(ari)
    parts = (
        Recordings(ari, legs, posted.append, Path(), errands),
        Supervision(ari, legs, posted.append, errands),
        LeftOvers(ari, errands),
    )
    comparison = Comparison(ari, legs, parts, heard.append, posted.append)
    later = call()
    later.id = CallId("z")
    talk = Offer(OfferId("c-o1"), CALL, ALL_ROUND, NOW, joining=True, connected=True)
    memory = Memory(calls=(call(), later), offers=(talk,))
    legs.take_over(memory)
    comparison.take_over(memory)
    ari.answers = {
        "GET applications/ivr": {"channel_ids": [], "bridge_ids": []},
        "GET channels": [],
        "GET asterisk/info": {"status": {"startup_time": "2026-11-23T07:00:00.000+0000"}},
    }
    await comparison.tell_differences()
    told = [each.channel for each in heard if isinstance(each, ChannelDestroyed)]
    assert told == ["c", "z", "c-o1"]
