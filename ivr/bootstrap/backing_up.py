"""The database copied while it is used, looked through, and put back."""

from __future__ import annotations

from pathlib import Path

from ivr.adapters.store import (
    Contents,
    Progress,
    Restored,
    create_backup,
    restore_backup,
    verify_backup,
)
from ivr.adapters.system.clock import SystemClock
from ivr.adapters.web.doors import only_one
from ivr.domain.errors import Refused
from ivr.provisioning.settings import Settings


def back_up(settings: Settings, file: Path, progress: Progress) -> Contents:
    """Write the database into ``file``, looked through; the service may go on meanwhile.

    Raises ConfigError, Refused and Unavailable; then there is no ``file``.
    """
    return create_backup(settings.database, file, progress)


def look_through_backup(file: Path) -> Contents:
    """Say what is in a backup. Raises Refused where it is none, or damaged, and Unavailable."""
    return verify_backup(file)


def restore(settings: Settings, file: Path, progress: Progress) -> Restored:
    """Put a backup in the database's place while the service is stopped.

    Raises ConfigError, Refused (``service_running`` and those of the backup) and Unavailable.
    """
    now = SystemClock().now()
    try:
        with only_one(settings.control_socket):
            return restore_backup(settings.database, file, now, progress)
    except Refused as refusal:
        if refusal.code != "already_running":
            raise
        raise Refused(
            "The service is running: stop it first, and start it again afterwards.",
            code="service_running",
        ) from None
