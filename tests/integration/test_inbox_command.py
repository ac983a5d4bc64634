"""``ivr inbox`` as a caseworker runs it, against a real broker with access rules."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.adapters.store import open_store
from ivr.application.callbacks import Callbacks
from ivr.domain.callback import CallbackState
from ivr.domain.ids import CallbackId, CaseworkerId
from tests.contract.mosquitto import HOST, PASSWORD, Mosquitto
from tests.fakes.callbacks import a_callback
from tests.integration.mqtt_service import working

IVR = Path(sys.executable).parent / "ivr"
EINS = CaseworkerId("umwelt.1")

_ACCESS = """
user ivr
topic readwrite ivr/v1/#
user eins
topic read ivr/v1/service
topic read ivr/v1/callbacks/umwelt/umwelt.1
topic write ivr/v1/callbacks/umwelt/umwelt.1/commands
"""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    server = Mosquitto(tmp_path, access=_ACCESS)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def callbacks(server: Mosquitto, tmp_path: Path) -> AsyncIterator[Callbacks]:
    async with (
        open_store(f"sqlite:///{tmp_path}/ivr.db") as store,
        working(store, server) as callbacks,
    ):
        yield callbacks


@dataclass
class Inbox:
    """The command, with what surrounds a caseworker."""

    server: Mosquitto
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def surroundings(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "LC_ALL": "C.UTF-8",
            "TZ": "Europe/Berlin",
            "TERM": "xterm",
            "IVR_INBOX_URL": f"mqtt://{HOST}:{self.server.port}",
            "IVR_INBOX_USER": "eins",
            "IVR_INBOX_PASSWORD": PASSWORD,
            "IVR_INBOX_DEPARTMENT": "umwelt",
            "IVR_INBOX_CASEWORKER": "umwelt.1",
            **self.environment,
        }

    async def __call__(self, *arguments: str, typed: str = "") -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            IVR,
            "inbox",
            *arguments,
            env=self.surroundings,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            out, err = await process.communicate(typed.encode())
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()


@pytest.fixture
def inbox(server: Mosquitto) -> Inbox:
    return Inbox(server)


async def test_what_is_to_be_done_is_shown_once(callbacks: Callbacks, inbox: Inbox) -> None:
    due = datetime.now(UTC) + timedelta(days=30)
    late = replace(a_callback("cb-late"), caseworker=EINS, due_at=due - timedelta(days=60))
    await callbacks.request(late)
    await callbacks.request(replace(a_callback("cb-new"), caseworker=EINS, due_at=due))
    status, out, err = await inbox("--once")
    assert (status, err) == (0, "")
    rows = [line.split("\t") for line in out.splitlines()]
    assert [row[-1] for row in rows] == ["ID", "cb-late", "cb-new"]
    assert rows[1][2].endswith(" overdue")
    assert "overdue" not in rows[2][2]
    status, out, err = await inbox("--once", "--json")
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["cb-late", "cb-new"]


async def test_commands_are_read_from_a_pipe(callbacks: Callbacks, inbox: Inbox) -> None:
    await callbacks.request(replace(a_callback(), caseworker=EINS))
    typed = "take 1\nattempt 1 busy -- dauernd belegt\nclose 7\nquit\n"
    status, out, err = await inbox(typed=typed)
    assert (status, err) == (0, "")
    assert "take 1: done\n" in out
    assert "attempt 1 busy -- dauernd belegt: done\n" in out
    assert "There is no row 7.\n" in out
    stands = await callbacks.get(CallbackId("cb-1"))
    assert (stands.state, stands.comment) == (CallbackState.ATTEMPTED, "dauernd belegt")
    inbox.environment["LC_ALL"] = "de_DE.UTF-8"
    status, out, err = await inbox(typed="nehmen 1\nende\n")
    assert status == 0
    assert "nehmen 1: abgelehnt: Der Rückruf ist schon übernommen. (umwelt.1)" in out


async def test_programs_get_every_message(callbacks: Callbacks, inbox: Inbox) -> None:
    await callbacks.request(replace(a_callback(), caseworker=EINS))
    status, out, err = await inbox("--json", typed="take cb-1\nquit\n")
    assert status == 0
    said = [json.loads(line) for line in out.splitlines()]
    assert said[0]["event"] == "requested"
    assert said[-1]["schema"] == "ivr.reply.v1"
    assert "Connected." in err


async def test_on_a_terminal_there_is_a_table_and_a_line_to_type(
    callbacks: Callbacks, inbox: Inbox
) -> None:
    await callbacks.request(replace(a_callback(), caseworker=EINS, subject="Sperrmüll"))
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        IVR,
        "inbox",
        env={**inbox.surroundings, "COLUMNS": "140", "LINES": "40"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        await _seen(ours, "Sperrmüll")
        os.write(ours, b"tale\x7f\x7fke 1\n")
        await _seen(ours, "take 1: done")
        os.write(ours, b"\x04")
        async with asyncio.timeout(20):
            assert await process.wait() == 0
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        os.close(ours)
    assert (await callbacks.get(CallbackId("cb-1"))).taken_by == "umwelt.1"


async def _seen(terminal: int, text: str) -> None:
    """Read what is drawn until ``text`` is."""
    drawn = b""
    async with asyncio.timeout(30):
        while text.encode() not in drawn:
            drawn += await asyncio.to_thread(os.read, terminal, 65536)


async def test_a_wrong_password_is_told_exactly(inbox: Inbox) -> None:
    inbox.environment["IVR_INBOX_PASSWORD"] = "guessed"
    status, out, err = await inbox("--once")
    assert (status, out) == (1, "")
    assert "refuses eins" in err
    assert "check user name, password" in err
    assert "guessed" not in err


async def test_a_broker_that_is_away_is_told(server: Mosquitto, inbox: Inbox) -> None:
    server.stop()
    status, _out, err = await inbox("--once", "--wait", "1")
    assert status == 1
    assert "No connection" in err


async def test_without_the_service_what_is_missing_is_told(inbox: Inbox) -> None:
    status, _out, err = await inbox("--once", "--wait", "1")
    assert (status, err) == (1, "Error: ivr does not answer.\n")


async def test_the_password_in_a_file(callbacks: Callbacks, inbox: Inbox, tmp_path: Path) -> None:
    await callbacks.request(replace(a_callback(), caseworker=EINS))
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    file.chmod(0o600)
    inbox.environment["IVR_INBOX_PASSWORD"] = "overruled"
    status, out, _err = await inbox("--once", "--password-file", str(file))
    assert (status, "cb-1" in out) == (0, True)
    file.chmod(0o644)
    status, _out, err = await inbox("--once", "--password-file", str(file))
    assert (status, "chmod 600" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--url", "mqtt://eins:secret@127.0.0.1"], "neither user nor password"),
        (["--url", "http://127.0.0.1"], "no broker's URL"),
        (["--url", "mqtt://mqtt.example.de"], "use mqtts://"),
        (["--password-file", "/nowhere"], "can't be read"),
    ],
)
async def test_wrong_use(inbox: Inbox, arguments: list[str], said: str) -> None:
    status, out, err = await inbox("--once", *arguments)
    assert (status, out) == (2, "")
    assert said in " ".join(err.replace("│", " ").split())
    assert "secret" not in err


async def test_nobody_to_ask_for_the_password(inbox: Inbox) -> None:
    surroundings = {k: v for k, v in inbox.surroundings.items() if k != "IVR_INBOX_PASSWORD"}
    process = await asyncio.create_subprocess_exec(
        IVR, "inbox", env=surroundings, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _out, err = await process.communicate()
    assert process.returncode == 2
    assert b"IVR_INBOX_PASSWORD" in err
