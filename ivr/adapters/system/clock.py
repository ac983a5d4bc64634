"""The machine's time of day."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """Implements the port ``Clock``: never earlier than the time before, whatever NTP does."""

    def __init__(self) -> None:
        self._latest = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        self._latest = max(self._latest, datetime.now(UTC))
        return self._latest
