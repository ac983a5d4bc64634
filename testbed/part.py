"""A part of the system: one program that can be stopped, killed, frozen and started again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from testbed.process import Process


class Part(ABC):
    """One program; an async context manager. Before its start nothing can be done to it."""

    _process: Process | None = None
    """Its latest life."""

    @abstractmethod
    async def start(self) -> None:
        """Return when it can be used."""

    async def stop(self) -> None:
        """End it in order."""
        if self._process is not None:
            await self._process.stop()

    async def kill(self) -> None:
        """End it as a crash would: nobody is told anything."""
        if self._process is not None:
            await self._process.kill()

    def freeze(self) -> None:
        """Let it stand still until :meth:`thaw`."""
        if self._process is not None:
            self._process.freeze()

    def thaw(self) -> None:
        """Let it go on."""
        if self._process is not None:
            self._process.thaw()

    async def __aenter__(self) -> Self:
        """Start it."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        await self.stop()
