"""Telling whoever waits what is being measured."""

from __future__ import annotations

import sys
import time
from typing import Final


class Progress:
    """Lines on standard error with the time since the beginning."""

    def __init__(self) -> None:
        self._began: Final = time.monotonic()

    def says(self, what: str) -> None:
        """Say ``what`` is being done now."""
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        print(f"{minutes:2}:{seconds:02}  {what}", file=sys.stderr, flush=True)
