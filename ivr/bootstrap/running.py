"""How what runs long is run: its logs, its tasks, and the one error that ended it.

One task group owns every task of a program; when one fails, all end.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine, Mapping

import uvloop

from ivr.adapters.system.log_stream import lasting_stderr
from ivr.adapters.system.logs import configure_logs
from ivr.domain.errors import IvrError
from ivr.provisioning.settings import Settings

Run = Callable[[], Awaitable[None]]


def run_logged(settings: Settings, program: Coroutine[None, None, None]) -> None:
    """Run ``program`` to its end. Raises the one error that ended it, where it has a name."""
    with lasting_stderr() as stream:
        configure_logs(settings.log_format, stream)
        try:
            uvloop.run(program)
        except BaseExceptionGroup as group:
            raise _reason(group) from group


def when_told_to_end(end: Callable[[], object]) -> None:
    """Have ``end`` called at SIGTERM and SIGINT."""
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end)


def start_all(tasks: asyncio.TaskGroup, runs: Mapping[str, Run]) -> None:
    """Start each of ``runs`` as a task, by its name."""
    for name, run in runs.items():
        tasks.create_task(endless(name, run), name=name)


async def endless(name: str, run: Run) -> None:
    """Let ``run`` work until it is cancelled by us; any other end of it is a defect.

    A task group takes no notice of a task that returns or is cancelled from inside: the service
    would go on without that part.
    """
    running = asyncio.current_task()
    assert running is not None
    try:
        await run()
    except asyncio.CancelledError as end:
        if running.cancelling():
            raise
        raise AssertionError(f"the task {name} was cancelled by itself") from end
    raise AssertionError(f"the task {name} ended without being told to")


def _reason(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the one error that made the tasks end, where there is one that has a name."""
    known, defects = group.split(IvrError)
    error: BaseException = known if known is not None and defects is None else group
    while isinstance(error, BaseExceptionGroup) and error is not group:
        error = error.exceptions[0]
    return error
