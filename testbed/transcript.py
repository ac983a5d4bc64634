"""What happened, in order, to be looked at afterwards and to be waited for.

One of these holds a program's output lines or a phone's events. Waiting never polls, and a wait
that fails says what was seen instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_SHOWN_ON_FAILURE: Final = 30


class Ended(Exception):
    """Nothing more can come: what was waited for will not happen."""


class Transcript(Generic[T]):
    """A growing list that can be waited on; for one event loop."""

    def __init__(self, name: str) -> None:
        """``name`` says in failures whose transcript it is."""
        self.name = name
        self._items: list[T] = []
        self._ended = False
        self._news = asyncio.Event()

    def __len__(self) -> int:
        """How much has happened; as ``since`` of a later wait, it means "from now on"."""
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        """All items so far."""
        return iter(tuple(self._items))

    def add(self, item: T) -> None:
        """Append, and wake who waits."""
        self._items.append(item)
        self._wake()

    def end(self) -> None:
        """Nothing more will be added."""
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def first(
        self, wanted: Callable[[T], bool], what: str, *, since: int = 0, within: float = 10
    ) -> T:
        """Return the first item at or after position ``since`` that is ``wanted``.

        ``what`` names it in the failure; ``within`` is in seconds. Raises TimeoutError, and
        Ended where nothing more can come.
        """
        position = since
        try:
            async with asyncio.timeout(within):
                while True:
                    while position < len(self._items):
                        item = self._items[position]
                        position += 1
                        if wanted(item):
                            return item
                    if self._ended:
                        raise Ended(self._failure(f"{what}, but it ended", since))
                    await self._news.wait()
        except TimeoutError:
            raise TimeoutError(self._failure(f"{what} within {within} s", since)) from None

    def _failure(self, what: str, since: int) -> str:
        seen = self._items[since:][-_SHOWN_ON_FAILURE:]
        shown = "\n  ".join(str(item) for item in seen) or "(nothing)"
        return f"{self.name}: waited for {what}. Seen:\n  {shown}"
