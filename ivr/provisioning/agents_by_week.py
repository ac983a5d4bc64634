"""How many agents are there at which time of the week, from what ``ivr plan --json`` prints.

Or from a shorter file of one's own: a list of ``weekday``, ``start`` and ``agents``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any

from ivr.domain.errors import ConfigError
from ivr.domain.week import Interval
from ivr.provisioning.call_counts import WEEKDAYS
from ivr.provisioning.findings import FileFindings, Findings
from ivr.provisioning.wording import Wording

MOST_AGENTS = 1000
"""More are nobody's plan, but somebody's mistake."""

_QUARTER = 15
_EXAMPLE = '[{"weekday": "monday", "start": "07:00", "agents": 5}]'
_ALLOWED = Wording("what ivr plan --json prints, or {example}", example=_EXAMPLE)


def read_agents(file: Path) -> Mapping[Interval, int]:
    """Return how many agents are there from each start on, those on the roster where it says.

    Raises ConfigError with all that is wrong with the file.
    """
    findings = Findings()
    here = findings.of(str(file))
    agents: dict[Interval, int] = {}
    for number, entry in enumerate(_entries(file, here)):
        place = f"intervals[{number}]"
        interval, many = _interval(place, entry, here), _many(place, entry, here)
        if interval is not None and many is not None:
            if interval in agents:
                here.add(place, "", Wording("is there twice"), Wording("each interval only once"))
            agents[interval] = many
    if findings.found:
        raise ConfigError(tuple(findings.found.values()))
    return agents


def _entries(file: Path, here: FileFindings) -> list[Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        here.add("", "", Wording("can't be read: {reason}", reason=error.strerror or ""), _ALLOWED)
        return []
    except ValueError:
        here.add("", "", Wording("is no JSON"), _ALLOWED)
        return []
    entries = content.get("intervals") if isinstance(content, dict) else content
    if not isinstance(entries, list) or not entries:
        here.add("", "", Wording("names no agents"), _ALLOWED)
        return []
    return entries


def _interval(place: str, entry: object, here: FileFindings) -> Interval | None:
    values = entry if isinstance(entry, dict) else {}
    weekday, start = values.get("weekday"), values.get("start")
    if weekday not in WEEKDAYS:
        here.add(f"{place}.weekday", weekday, Wording("is no weekday"), ", ".join(WEEKDAYS))
        return None
    try:
        at = time.fromisoformat(start) if isinstance(start, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is not None or at.minute % _QUARTER or at.second:
        here.add(
            f"{place}.start",
            start,
            Wording("is no time at which agents come"),
            Wording("a quarter of an hour such as 09:15"),
        )
        return None
    return Interval(WEEKDAYS.index(weekday), at, 0)


def _many(place: str, entry: object, here: FileFindings) -> int | None:
    values = entry if isinstance(entry, dict) else {}
    key = "rostered" if "rostered" in values else "agents"
    many = values.get(key)
    if not isinstance(many, int) or isinstance(many, bool) or not 0 <= many <= MOST_AGENTS:
        here.add(
            f"{place}.{key}",
            many,
            Wording("is no number of agents"),
            Wording("a whole number up to {most}", most=MOST_AGENTS),
        )
        return None
    return many
