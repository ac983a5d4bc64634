"""The journal's recorded calls, decided once more by this version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from ivr.adapters.journal import JournalFiles
from ivr.application.replaying import Replayed, of_day, replay
from ivr.domain.errors import Refused
from ivr.provisioning.county import county_of
from ivr.provisioning.settings import Settings


def replay_journal(settings: Settings, file: Path | None, day: date | None) -> Iterator[Replayed]:
    """Replay a segment, or those of a day in this machine's time, or all there are.

    Raises Refused (``no_segment``) where there is none, and Unavailable.
    """
    journal = JournalFiles(settings.journal if file is None else file.absolute().parent)
    if day is not None:
        names = of_day(journal, day)
    else:
        names = journal.names() if file is None else [file.name]
    if not names:
        raise Refused("There is no such segment of the journal.", code="no_segment")
    return replay(journal, names, county_of)
