"""What a run of the service is given before any of its parts is made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from ivr.adapters.journal import JournalFiles, JournalNumbers
from ivr.adapters.store import LastingStore
from ivr.adapters.system.queue_log import QueueLogFile
from ivr.adapters.web.doors import Doors
from ivr.application.ports.machine import Clock, Supervisor
from ivr.application.queue_log import QueueLog
from ivr.application.recovery import Recovered, latest_run, recover
from ivr.application.setting_aside import breaks_at_once, without_memory
from ivr.provisioning.county import Configuration, county_of
from ivr.provisioning.credentials import Secrets
from ivr.provisioning.last_good import Beginning
from ivr.provisioning.settings import Settings

_RUN_NAME = re.compile("[0-9a-f]{1,12}")


@dataclass(frozen=True, slots=True)
class Given:
    """The machine's settings, the county's rules, what was before, and what is open by now."""

    settings: Settings
    beginning: Beginning
    secrets: Secrets
    past: Past
    store: LastingStore
    clock: Clock
    doors: Doors
    supervisor: Supervisor

    @property
    def configuration(self) -> Configuration:
        """Return what to begin with."""
        return self.beginning.configuration


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier runs left behind on the disk; ``recovered`` None: nothing to go on with."""

    journal: JournalFiles
    segments: JournalNumbers
    queue_log_file: QueueLogFile
    queue_log: QueueLog
    recovered: Recovered | None
    run: str
    """The latest; empty where there was none."""

    def name_next_run(self, now: datetime) -> str:
        """Return a short name for a run, later than that of any run before.

        Also where the machine's clock was set back.
        """
        before = int(self.run, 16) if _RUN_NAME.fullmatch(self.run) else 0
        return f"{max(int(now.timestamp()), before + 1):x}"


def look_back(settings: Settings, configuration: Configuration) -> Past:
    """Replay the journal, and find what else is on the disk."""
    file = QueueLogFile(settings.queue_log, settings.queue_log_bytes, settings.queue_log_files)
    queue_log = QueueLog(file)
    journal = JournalFiles(settings.journal)
    recovered = recover(journal, county_of, queue_log.tell_again)
    if recovered is not None and breaks_at_once(journal):
        recovered = without_memory(recovered, configuration.county, configuration.files)
        queue_log.tell_again(recovered.engine, recovered.engine.memory())
    segments = JournalNumbers(settings.journal)
    return Past(journal, segments, file, queue_log, recovered, latest_run(journal))
