"""What is found in the files afterwards: the database, and Asterisk's own ``queue_log``."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ivr.domain.queue_entry import ENDS
from testbed.faults.evidence import CallbackRow, Evidence, FallbackEntry, Record
from testbed.installation import Installation

_FALLBACK: Final = "ivr-fallback"


def undelivered(installation: Installation) -> int:
    """Count the messages that no caseworker's broker has taken yet."""
    with closing(_opened(installation)) as open_:
        return _undelivered(open_)


def read_into(evidence: Evidence, installation: Installation) -> None:
    """Read all there is to know."""
    with closing(_opened(installation)) as open_:
        evidence.records = list(_records(open_))
        evidence.callbacks = list(_callbacks(open_))
        (evidence.kept_places,) = open_.execute("SELECT count(*) FROM kept_places").fetchone()
        evidence.undelivered = _undelivered(open_)
    log = installation.state / "asterisk" / "log" / "queue_log"
    evidence.fallback = list(_fallback(log)) if log.exists() else []


def _opened(installation: Installation) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{installation.state / 'ivr.db'}?mode=ro", uri=True)


def _undelivered(database: sqlite3.Connection) -> int:
    (count,) = database.execute(
        "SELECT count(*) FROM outbox WHERE published_at IS NULL AND delivery = 'mqtt'"
    ).fetchone()
    return int(count)


def _records(database: sqlite3.Connection) -> Iterator[Record]:
    rows = database.execute(
        "SELECT id, caller_number, outcome, arrived_at, queued_at, answered_at, ended_at, agent"
        " FROM calls ORDER BY arrived_at"
    )
    for id_, number, outcome, arrived, queued, answered, ended, agent in rows:
        yield Record(
            id=id_,
            number=number or "",
            outcome=outcome,
            arrived_at=_instant(arrived),
            queued_at=_instant(queued) if queued else None,
            answered_at=_instant(answered) if answered else None,
            ended_at=_instant(ended),
            agent=agent,
        )


def _callbacks(database: sqlite3.Connection) -> Iterator[CallbackRow]:
    rows = database.execute(
        'SELECT id, caller_number, requested_at, "call" FROM callbacks ORDER BY requested_at'
    )
    for id_, number, requested, call in rows:
        yield CallbackRow(id_, number, _instant(requested), call)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _fallback(log: Path) -> Iterator[FallbackEntry]:
    """Each entry of a caller into Asterisk's queue, and what became of it.

    The fields are time|call|queue|agent|event|values; ENTERQUEUE's second value is the number.
    """
    entered: dict[str, tuple[str, datetime]] = {}
    agents: dict[str, str] = {}
    for line in log.read_text(errors="replace").splitlines():
        at, call, queue, agent, event, *values = line.split("|")
        if queue != _FALLBACK:
            continue
        moment = datetime.fromtimestamp(int(at), UTC)
        if event == "ENTERQUEUE":
            entered[call] = (values[1], moment)
        elif event == "CONNECT":
            agents[call] = agent
        elif event in ENDS and call in entered:
            number, since = entered.pop(call)
            yield FallbackEntry(number, since, agents.get(call), moment)
    for call, (number, since) in entered.items():
        yield FallbackEntry(number, since, agents.get(call), None)
