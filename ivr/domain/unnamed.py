"""What single agents did, told without saying who it was.

For what is kept and shown afterwards (finished calls, ``queue_log``) where nothing is to be shown
per agent. Pure; whether it applies, :class:`ivr.domain.privacy.StaffRules` says.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ivr.domain.calls import CallRecord
from ivr.domain.ids import AgentId
from ivr.domain.queue_entry import NOBODY, QueueEntry

AGENTS = "agents"
"""What stands in the place of any of them."""


def unnamed_call(record: CallRecord, agents: Collection[AgentId]) -> CallRecord:
    """Return a finished call that names none of ``agents``."""
    to_agent = record.transferred_to in agents
    return replace(record, agent=None, transferred_to=AGENTS if to_agent else record.transferred_to)


def unnamed_entry(entry: QueueEntry, agents: Collection[AgentId]) -> QueueEntry:
    """Return a line of ``queue_log`` that names none of ``agents``.

    One caller may be put through to another agent, who stands among the values.
    """
    return replace(
        entry,
        agent=entry.agent if entry.agent == NOBODY else AGENTS,
        values=tuple(AGENTS if value in agents else value for value in entry.values),
    )
