"""One running system for all end-to-end tests, with real calls.

The shipped county, open around the clock, with short times and prompts of a third of a second,
so that a test waits for what it is about and not for a sentence. Each prompt is a tone of its own
(tests/e2e/prompt_tones.py), so that a recording of a call tells what was said.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from inspect import iscoroutinefunction
from pathlib import Path
from textwrap import dedent

import pytest
import pytest_asyncio

from testbed.installation import ALWAYS_OPEN, PROJECT, Installation
from testbed.ports import Ports
from testbed.stack import Stack
from tests.e2e.prompt_tones import write_prompts

AGENTS_SHOWN = "[staff]\nper_agent = true\n"
"""Who answered is what tests of serving are about."""

QUEUE = "ring_time = 5\nwrap_up = 1\n"


class Admin:
    """Changes the files of the system that all tests share, and applies them."""

    def __init__(self, stack: Stack, config: Path) -> None:
        self._stack = stack
        self._config = config
        self._before = {path: path.read_text() for path in config.glob("*.toml")}

    async def sets(self, **files: str) -> None:
        """Let each named file hold this, ``queue`` on top of the short times."""
        for name, text in files.items():
            path = self._config / f"{name}.toml"
            path.write_text(_queue(text) if name == "queue" else dedent(text))
        await self._stack.api("POST", "configuration/apply")

    def text(self, name: str) -> str:
        """What a file held before."""
        return self._before[self._config / f"{name}.toml"]

    async def puts_back(self) -> None:
        """Let the files hold what they did before."""
        for path, text in self._before.items():
            path.write_text(text)
        await self._stack.api("POST", "configuration/apply")


def _queue(text: str) -> str:
    """``text`` is lines of queue.toml; those of it replace the short times."""
    keys = {line.split("=")[0].strip() for line in text.splitlines()}
    kept = (line for line in QUEUE.splitlines() if line.split("=")[0].strip() not in keys)
    return "\n".join((*kept, text))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All end-to-end tests share the event loop of the system they share."""
    for item in items:
        ours = Path(__file__).parent in item.path.parents
        if ours and isinstance(item, pytest.Function) and iscoroutinefunction(item.function):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("admin") / "config"
    shutil.copytree(PROJECT / "config", folder)
    (folder / "hours.toml").write_text(ALWAYS_OPEN)
    (folder / "queue.toml").write_text(QUEUE)
    (folder / "privacy.toml").write_text(AGENTS_SHOWN)
    return folder


@pytest.fixture(scope="session")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("admin") / "prompts"
    shutil.copytree(PROJECT / "prompts", folder)
    write_prompts(folder / "recordings")
    return folder


@pytest.fixture(scope="session")
def ports() -> Iterator[Ports]:
    with Ports() as ports:
        yield ports


@pytest.fixture(scope="session")
def installation(
    tmp_path_factory: pytest.TempPathFactory, ports: Ports, config: Path, prompts: Path
) -> Installation:
    state = tmp_path_factory.mktemp("ivr")
    installation = Installation.plan(state, ports, config, prompts)
    installation.prepare()
    return installation


@pytest.fixture(scope="session")
def another(
    tmp_path_factory: pytest.TempPathFactory,
    ports: Ports,
    prompts: Path,
    installation: Installation,
) -> Callable[[Path], Installation]:
    """Prepares a system of a module's own, with the files in the folder it is given.

    The folder has to be the module's own as well: its trunk gets another way out.
    """

    def prepare(config: Path) -> Installation:
        state = tmp_path_factory.mktemp("ivr")
        shutil.copytree(installation.state / "sounds", state / "sounds")
        own = Installation.plan(state, ports, config, prompts)
        own.prepare()
        return own

    return prepare


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running(installation: Installation, ports: Ports) -> AsyncIterator[Stack]:
    async with Stack(installation, ports) as stack:
        yield stack


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fragile(
    another: Callable[[Path], Installation],
    ports: Ports,
    config: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stack]:
    """A system of a module's own, to be broken: the others' is not."""
    folder = tmp_path_factory.mktemp("fragile") / "config"
    shutil.copytree(config, folder)
    async with Stack(another(folder), ports) as stack:
        yield stack


@pytest_asyncio.fixture(loop_scope="session")
async def admin(stack: Stack, config: Path) -> AsyncIterator[Admin]:
    """The admin, who puts everything back after the test."""
    admin = Admin(stack, config)
    yield admin
    await admin.puts_back()


@pytest_asyncio.fixture(loop_scope="session")
async def stack(running: Stack) -> AsyncIterator[Stack]:
    """The system, with nothing left over from a test before, nor by this one."""
    yield running
    await running.asterisk.idle()
    assert await running.asterisk.bridges() == []
    status = await running.api("GET", "status")
    assert status["counts"]["calls"] == {}
