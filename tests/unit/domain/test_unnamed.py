"""What is left of single agents where nothing is shown per agent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.domain.ids import AgentId
from ivr.domain.queue_entry import NOBODY, QueueEntry, QueueEvent
from ivr.domain.unnamed import AGENTS, unnamed_call, unnamed_entry
from tests.fakes.callbacks import MONDAY, a_call

THEM = frozenset({AgentId("1001"), AgentId("1002")})


def test_a_finished_call_does_not_tell_who_answered() -> None:
    record = replace(a_call(), agent=AgentId("1001"), transferred_to="+494461919311")
    assert unnamed_call(record, THEM) == replace(record, agent=None)


def test_nor_to_which_agent_it_went() -> None:
    record = replace(a_call(), agent=AgentId("1001"), transferred_to="1002")
    assert unnamed_call(record, THEM) == replace(record, agent=None, transferred_to=AGENTS)


@pytest.mark.parametrize(
    ("agent", "values", "shown"),
    [
        ("1001", (7, "call-1-run-o1", 7), "agents|CONNECT|7|call-1-run-o1|7"),
        ("1001", ("1002", "ivr", 1001), "agents|CONNECT|agents|ivr|1001"),
        ("1001", ("BRIDGE", "+494461919311"), "agents|CONNECT|BRIDGE|+494461919311"),
        (NOBODY, ("", "+491713920001", 1), "NONE|CONNECT||+491713920001|1"),
    ],
)
def test_a_line_of_queue_log(agent: str, values: tuple[str | int, ...], shown: str) -> None:
    entry = QueueEntry(MONDAY, "call-1", agent, QueueEvent.CONNECT, values)
    assert unnamed_entry(entry, THEM).line("ivr").split("|ivr|", 1)[1] == shown
