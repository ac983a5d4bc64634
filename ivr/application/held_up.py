"""What can't go on for now: told in the log when it begins and ends, not with each try."""

from __future__ import annotations

from typing import Any

import structlog

from ivr.domain.errors import Unavailable

log = structlog.get_logger(__name__)


class HeldUp:
    """One piece of work; ``began`` and ``over`` are its events in the log."""

    def __init__(self, began: str, over: str, **fields: Any) -> None:  # noqa: ANN401  structlog's
        """``fields`` are told with both."""
        self._began = began
        self._over = over
        self._fields = fields
        self._reason: str | None = None

    def note(self, error: Unavailable) -> None:
        """Say that it does not go on, and why, unless that was said."""
        if self._reason != error.code:
            log.warning(self._began, reason=error.message, **self._fields)
        self._reason = error.code

    def end(self) -> None:
        """Say that it goes on again, where it did not."""
        if self._reason is not None:
            log.info(self._over, **self._fields)
        self._reason = None
