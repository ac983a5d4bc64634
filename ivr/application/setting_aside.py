"""The end of a crash loop: starts that end at once go on without what was remembered.

A step that breaks the engine is left out at the next start. That is no help where the same is told
anew after each start, or where what is remembered is the reason. It reads the journal and changes
nothing in it: the segments stay for whoever looks for the defect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from ivr.application.journal import Journal
from ivr.application.recovery import Recovered
from ivr.domain.county import County
from ivr.domain.engine import QueueEngine
from ivr.domain.errors import Unavailable, UnexpectedMessage

log = structlog.get_logger(__name__)

RUNS = 3
"""So many in a row, each ended by a defect at once, are no coincidence."""

AT_ONCE = timedelta(minutes=1)
"""Who lives longer than this after the start has served calls, and may try so again."""


def breaks_at_once(journal: Journal) -> bool:
    """Whether each of the last runs was ended by a defect, soon after its start.

    A run that was killed or ended in order is none of these, nor one whose segments can't be read.
    """
    try:
        return _breaks_at_once(journal)
    except (UnexpectedMessage, Unavailable):
        return False


def _breaks_at_once(journal: Journal) -> bool:
    runs: set[str] = set()
    broke_at: datetime | None = None
    for name in reversed(journal.names()):
        header = journal.header(name)
        if header.run not in runs:
            if len(runs) == RUNS:
                break
            runs.add(header.run)
            broke_at = _broke_at(journal, name)
        if broke_at is None or broke_at - header.at >= AT_ONCE:
            return False
    return len(runs) == RUNS


def _broke_at(journal: Journal, name: str) -> datetime | None:
    """Return when the run that wrote this segment last was ended by a defect; None: it was not."""
    inputs = journal.read(name).inputs
    return inputs[-1].at if inputs and inputs[-1].digest is None else None


def without_memory(recovered: Recovered, county: County, config: Mapping[str, str]) -> Recovered:
    """Return ``recovered`` with an engine that knows of nobody, for the files as they are now.

    What has to be in the store is written all the same.
    """
    memory = recovered.engine.memory()
    log.error(
        "memory_set_aside",
        reason=f"the last {RUNS} starts each ended by a defect within a minute",
        calls=len(memory.calls),
        lost="presence of agents, unfinished callback requests; callers are found by asking",
        remedy="agents log in again; look for the defect with `ivr replay` and report it",
    )
    return replace(
        recovered, engine=QueueEngine(county, recovered.run), config=config, told_again=()
    )
