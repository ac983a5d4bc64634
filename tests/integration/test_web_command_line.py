"""The real command line against a running service: over the socket, and with a token over TCP."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from ivr.adapters.web.app import build_app
from ivr.adapters.web.doors import Doors, open_doors
from ivr.adapters.web.server import WebServer
from ivr.domain import events as on
from ivr.domain.agents import AgentState, Presence
from ivr.domain.ids import CaseworkerId, RecordingId
from tests.examples import ALL_ROUND
from tests.fakes.callbacks import a_call, a_callback
from tests.service_lab import ServiceLab, running_service

IVR = Path(sys.executable).parent / "ivr"
TOKEN = "the-token"
USER = pwd.getpwuid(os.getuid()).pw_name


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  JSON
        return json.loads(self.out)

    @property
    def rows(self) -> list[list[str]]:
        """The lines of the output, split into cells."""
        return [line.split("\t") for line in self.out.splitlines()]


@dataclass
class CommandLine:
    state: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def surroundings(self) -> dict[str, str]:
        """The environment of the command."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "HOME": str(self.state),
            "LC_ALL": "C.UTF-8",
            "IVR_STATE": str(self.state),
            **self.environment,
        }

    async def __call__(self, *arguments: str) -> Ran:
        """Run ``ivr`` while the service runs in this event loop."""
        process = await asyncio.create_subprocess_exec(
            IVR,
            *arguments,
            env=self.surroundings,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            out, err = await process.communicate()
        assert process.returncode is not None
        return Ran(process.returncode, out.decode(), err.decode())


@pytest.fixture
async def lab() -> AsyncIterator[ServiceLab]:
    async with running_service() as service:
        yield service


@pytest.fixture
async def doors(lab: ServiceLab, tmp_path: Path) -> AsyncIterator[Doors]:
    app = build_app(lab.parts, token=TOKEN)
    with open_doors(tmp_path / "ivr.sock", "127.0.0.1", 0) as opened:
        server = asyncio.create_task(WebServer(app, opened).run(), name="web")
        await _until_served(tmp_path / "ivr.sock")
        yield opened
        server.cancel()
        with suppress(asyncio.CancelledError):
            await server


async def _until_served(file: Path) -> None:
    async with asyncio.timeout(10):
        while True:
            with suppress(ConnectionRefusedError):
                _reader, writer = await asyncio.open_unix_connection(file)
                writer.close()
                return
            await asyncio.sleep(0.01)


@pytest.fixture
def ivr(doors: Doors, tmp_path: Path) -> CommandLine:
    assert doors.address
    return CommandLine(tmp_path)


class TestStatus:
    async def test_who_waits_and_who_answers(self, lab: ServiceLab, ivr: CommandLine) -> None:
        await lab.caller_waits("call-1")
        lab.later(75)
        shown = await ivr("status")
        assert (shown.status, shown.err) == (0, "")
        assert shown.out.startswith("Within opening hours.\nWaiting: 1, the longest for 1:15\n")
        assert ["1", "Umwelt", "1:15", "", "waits", "de", "", "", "", "call-1"] in shown.rows
        assert ["1001", "Antje", "logged out", "", "", "no", ""] in shown.rows
        assert "Offered to: the agent who has been idle longest." in shown.out
        assert "Order: first come, first served; nobody is overtaken." in shown.out

    async def test_with_whom_callers_are_put_through(
        self, lab: ServiceLab, ivr: CommandLine
    ) -> None:
        party = await lab.caller_put_through("call-1")
        label = ["", "Umwelt", "", ""]
        rings = [*label, "is on hold", "de", "1001", party.to, "", "call-1"]
        assert rings in (await ivr("status")).rows
        await lab.inbox.handled(on.PartyAnswered(party.leg))
        ivr.environment["LC_ALL"] = "de_DE.UTF-8"
        shown = await ivr("status")
        assert [*label, "verbunden", "de", "1001", party.to, "", "call-1"] in shown.rows
        [headings, *_] = (row for row in shown.rows if "Mit" in row)
        assert headings.index("Mit") == 7
        [_headings, call] = (await ivr("calls", "list")).rows
        assert (call[4], call[7]) == ("de", party.to)
        shown = await ivr("calls", "show", "call-1")
        assert f"Mit             {party.to}\n" in shown.out

    async def test_how_the_day_went(self, lab: ServiceLab, ivr: CommandLine) -> None:
        async with lab.store.transaction() as transaction:
            await transaction.add_call(a_call())
        shown = await ivr("status")
        assert "Today: 1 calls, 1 of them waited" in shown.out
        assert "Average speed of answer: 0:13 (waits of answered calls / answered" in shown.out
        assert "Answered within 20 s: 100.0 %" in shown.out
        ivr.environment["LC_ALL"] = "de_DE.UTF-8"
        assert "Angenommen binnen 20 s: 100,0 %" in (await ivr("status")).out

    async def test_it_is_shown_as_it_changes(
        self, lab: ServiceLab, doors: Doors, ivr: CommandLine
    ) -> None:
        assert doors.address
        process = await asyncio.create_subprocess_exec(
            IVR,
            "status",
            "--watch",
            env=ivr.surroundings,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        async with asyncio.timeout(60):
            await process.stdout.readuntil(b"Nobody is waiting.")
            await lab.caller_waits("call-1")
            await process.stdout.readuntil(b"Waiting: 1, the longest for")
            process.terminate()
            await process.communicate()

    async def test_for_programs(self, lab: ServiceLab, ivr: CommandLine) -> None:
        await lab.caller_waits("call-1")
        shown = (await ivr("status", "--json")).json
        assert shown["waiting"][0]["call"] == "call-1"
        assert len(shown["agents"]) == 3

    async def test_in_german(self, ivr: CommandLine) -> None:
        ivr.environment["LC_ALL"] = "de_DE.UTF-8"
        shown = await ivr("status")
        assert "Niemand wartet." in shown.out
        assert "abgemeldet" in shown.out

    async def test_json_can_not_be_watched(self, ivr: CommandLine) -> None:
        assert (await ivr("status", "--json", "--watch")).status == 2


class TestAgents:
    @pytest.mark.parametrize("word", ["ready", "login"])
    async def test_ready(self, lab: ServiceLab, ivr: CommandLine, word: str) -> None:
        shown = await ivr("agents", word, "1001")
        assert shown.status == 0
        assert shown.rows[1][:3] == ["1001", "Antje", "ready"]
        assert lab.desk.agent(ALL_ROUND).presence is Presence.READY

    async def test_pause_and_logout(self, lab: ServiceLab, ivr: CommandLine) -> None:
        shown = await ivr("agents", "pause", "1001", "--reason", "Mittag")
        assert shown.rows[1][:4] == ["1001", "Antje", "paused", "Mittag"]
        assert (await ivr("agents", "logout", "1001", "--json")).json["presence"] == "logged_out"
        assert lab.desk.agent(ALL_ROUND).presence is Presence.LOGGED_OUT
        me = pwd.getpwuid(os.getuid()).pw_name
        assert [(e.by, e.action, e.details) for e in await lab.audited()] == [
            (me, "logged_out", {"reason": ""}),
            (me, "paused", {"reason": "Mittag"}),
        ]

    async def test_last_call_and_more_wrap_up(self, lab: ServiceLab, ivr: CommandLine) -> None:
        await lab.caller_waits()
        await lab.agent_answers(ALL_ROUND)
        await lab.agent_hangs_up(lab.switch.offers[0].offer)
        before = lab.desk.agent(ALL_ROUND).until
        assert (await ivr("agents", "extend-wrap-up", "1001")).status == 0
        after = lab.desk.agent(ALL_ROUND).until
        assert before is not None
        assert after is not None
        assert after > before
        assert (await ivr("agents", "last-call", "1001", "--json")).json["last_call"] is True

    async def test_end_wrap_up(self, lab: ServiceLab, ivr: CommandLine) -> None:
        await lab.caller_waits()
        await lab.agent_answers(ALL_ROUND)
        await lab.agent_hangs_up(lab.switch.offers[0].offer)
        shown = await ivr("agents", "end-wrap-up", "1001")
        assert shown.rows[1][2] == "ready"
        assert lab.desk.agent(ALL_ROUND).state is AgentState.READY

    async def test_list(self, ivr: CommandLine) -> None:
        assert [row[0] for row in (await ivr("agents", "list")).rows] == [
            "Agent", "1001", "1002", "1003",
        ]  # fmt: skip
        assert len((await ivr("agents", "list", "--json")).json) == 3

    async def test_an_unknown_agent_is_a_failure(self, ivr: CommandLine) -> None:
        shown = await ivr("agents", "ready", "9999")
        assert (shown.status, shown.out) == (1, "")
        assert shown.err == "Error: There is no agent 9999. There are: 1001, 1002, 1003.\n"

    async def test_an_unknown_word_is_wrong_use(self, ivr: CommandLine) -> None:
        assert (await ivr("agents", "dance", "1001")).status == 2


class TestCalls:
    async def test_list_and_show(self, lab: ServiceLab, ivr: CommandLine) -> None:
        await lab.caller_waits("call-1")
        await lab.caller_waits("call-2")
        listed = await ivr("calls", "list")
        assert [row[:4] for row in listed.rows[1:]] == [
            ["call-1", "waits", "1", "Umwelt"],
            ["call-2", "waits", "2", "Umwelt"],
        ]
        assert "+491713920001" not in listed.out
        assert "+491713920001" in (await ivr("calls", "show", "call-1")).out
        assert (await ivr("calls", "show", "call-1", "--json")).json["phase"] == "waiting"
        assert (await ivr("calls", "show", "call-9")).status == 1

    async def test_finished_ones(self, lab: ServiceLab, ivr: CommandLine) -> None:
        await lab.caller_waits("call-1")
        lab.later(13)
        await lab.agent_answers(ALL_ROUND)
        lab.later(60)
        await lab.agent_hangs_up(lab.switch.offers[0].offer)
        [_headings, call] = (await ivr("calls", "list", "--finished", "5")).rows
        assert call[:3] == ["call-1", "completed", "umwelt"]
        assert call[4:] == ["0:13", "1:00", "", ""], "nobody is told who answered"
        assert "completed" in (await ivr("calls", "show", "call-1")).out

    async def test_move_up(self, lab: ServiceLab, ivr: CommandLine) -> None:
        await lab.caller_waits("call-1")
        await lab.caller_waits("call-2")
        moved = await ivr("calls", "move-up", "call-2", "--json", "--by", "onken")
        assert moved.json["position"] == 1
        assert [call.id for call in lab.desk.snapshot().calls] == ["call-2", "call-1"]

    async def test_take_out(self, lab: ServiceLab, ivr: CommandLine) -> None:
        await lab.caller_waits("call-1")
        assert (await ivr("calls", "take-out", "call-1")).status == 0
        me = pwd.getpwuid(os.getuid()).pw_name
        assert [(e.by, e.action, e.target) for e in await lab.audited()] == [
            (me, "take_out", "call-1")
        ]

    @pytest.mark.parametrize("how", ["listen", "whisper", "barge"])
    async def test_supervision_is_off_until_it_is_configured(
        self, ivr: CommandLine, how: str
    ) -> None:
        shown = await ivr("calls", how, "call-1", "--phone", "1003")
        assert (shown.status, shown.out) == (1, "")
        assert "supervision = false in queue.toml" in shown.err
        assert (await ivr("calls", how, "call-1")).status == 2


class TestAnnouncements:
    async def test_a_text_is_announced_and_ended(self, lab: ServiceLab, ivr: CommandLine) -> None:
        made = await ivr("announce", "start", "Sturmflut!", "--until", "18:00", "-d", "umwelt")
        assert (made.status, made.err) == (0, "")
        me = pwd.getpwuid(os.getuid()).pw_name
        row = ["261123-090000", "2026-11-23 18:00", "umwelt", "Sturmflut!", me]
        assert made.rows[1] == row
        assert (await ivr("announce", "list")).rows[1] == row
        assert lab.sounds.names() == {"announcement-261123-090000"}
        assert (await ivr("announce", "end", row[0])).rows[1] == row
        assert (await ivr("announce", "list", "--json")).json == []
        assert (await ivr("announce", "end", row[0])).status == 1

    async def test_a_recording_is_announced(
        self, lab: ServiceLab, ivr: CommandLine, tmp_path: Path
    ) -> None:
        recording = tmp_path / "flood.wav"
        recording.write_bytes(b"RIFF" + bytes(100_000 // 1000))
        made = await ivr("announce", "start", "--recording", str(recording))
        assert (made.status, made.err) == (0, "")
        assert made.rows[1][1:4] == ["2026-11-23 18:00", "all", "(recording)"]
        assert list(lab.sounds.made.values()) == [recording.read_bytes()]

    @pytest.mark.parametrize(
        ("arguments", "status", "said"),
        [
            (["start"], 2, "text or --recording"),
            (["start", "x", "--recording", "/dev/null"], 2, "text or --recording"),
            (["start", "--recording", "/nowhere.wav"], 2, "does not exist"),
            (["start", "--recording", "/dev/null"], 1, ".wav, .flac"),
            (["start", "x", "--until", "soon"], 1, "can't be understood"),
            (["start", "x", "-d", "hafen"], 1, "jugend, umwelt"),
        ],
    )
    async def test_what_is_wrong_is_told(
        self, ivr: CommandLine, arguments: list[str], status: int, said: str
    ) -> None:
        shown = await ivr("announce", *arguments)
        assert (shown.status, shown.out) == (status, "")
        assert said in " ".join(shown.err.replace("│", " ").split())


class TestCallbacks:
    async def test_from_request_to_end(self, ivr: CommandLine) -> None:
        requested = await ivr(
            "callbacks", "request", "04461 123456", "--department", "umwelt",
            "--name", "Gesine Albers", "--subject", "Sperrmüll", "--json",
        )  # fmt: skip
        assert requested.status == 0
        callback = requested.json["id"]
        assert requested.json["source"] == "api"
        me = pwd.getpwuid(os.getuid()).pw_name
        taken = await ivr("callbacks", "acknowledge", callback)
        assert "acknowledged" in taken.out
        await ivr(
            "callbacks", "attempt", callback, "--result", "busy", "--next-try", "14:00",
            "--comment", "Rufton.", "--by", "onken",
        )  # fmt: skip
        assert (await ivr("callbacks", "close", callback)).status == 1  # settled? in vain
        ended = await ivr("callbacks", "close", callback, "--reason", "letter")
        assert (ended.status, "Closed because   letter written" in ended.out) == (0, True)
        shown = await ivr("callbacks", "show", callback)
        assert shown.status == 0
        at = shown.rows.index(
            ["When", "What", "By", "Result", "Comment", "Next try", "Caseworker", "Note"]
        )
        owner = "umwelt.1"
        assert [row[1:] for row in shown.rows[at + 1 : at + 5]] == [
            ["requested", "", "", "", "", owner, ""],
            ["acknowledged", me, "", "", "", owner, ""],
            ["phoned", "onken", "busy", "Rufton.", "2026-11-23 14:00", owner, ""],
            ["closed", me, "letter written", "", "", owner, ""],
        ]
        assert "2026-11-25 11:00" in shown.out  # due, in the county's time

    async def test_all_that_can_be_said_in_a_request(self, ivr: CommandLine) -> None:
        requested = await ivr(
            "callbacks", "request", "04461 123456", "-d", "umwelt", "--topic", "abfall",
            "--reference", "U 17", "--prefer", "mo-fr 14-16", "--prefer", "sat",
            "--language", "en", "--answer", "Wird geholt.", "--caseworker", "umwelt.2", "--json",
        )  # fmt: skip
        shown = requested.json
        assert (shown["topic"], shown["reference"], shown["language"]) == ("abfall", "U 17", "en")
        assert shown["preferred_times"] == ["mon-fri 14:00-16:00", "sat 00:00-24:00"]
        assert (shown["answers"], shown["caseworker"]) == (["Wird geholt."], "umwelt.2")
        told = await ivr("callbacks", "show", shown["id"])
        assert "Topic            Abfall\n" in told.out
        assert "Next step        call, 2026-11-23 14:00\n" in told.out

    async def test_it_is_given_away_opened_again_commented_and_corrected(
        self, lab: ServiceLab, ivr: CommandLine
    ) -> None:
        await lab.callbacks.request(a_callback("cb-1"))
        given = await ivr("callbacks", "reassign", "cb-1", "-c", "umwelt.2", "--json")
        assert given.json["caseworker"] == "umwelt.2"
        assert (await ivr("callbacks", "comment", "cb-1", "Eilt.")).status == 0
        corrected = await ivr("callbacks", "edit", "cb-1", "--number", "04461 654321", "--json")
        assert corrected.json["caller_number"] == "+494461654321"
        await ivr("callbacks", "close", "cb-1")
        opened = await ivr("callbacks", "reopen", "cb-1", "--json")
        assert (opened.json["state"], opened.json["version"]) == ("requested", 6)
        ivr.environment["LC_ALL"] = "de_DE.UTF-8"
        refused = await ivr("callbacks", "reassign", "cb-1", "-c", "niemand")
        assert (refused.status, refused.out) == (1, "")
        assert "gibt es nicht. Es gibt: umwelt.1, umwelt.2." in refused.err

    async def test_what_is_overdue_says_so(self, lab: ServiceLab, ivr: CommandLine) -> None:
        await lab.callbacks.request(a_callback("cb-1"))
        assert (await ivr("callbacks", "list", "--overdue", "--json")).json == []
        assert "Callbacks to be done: 1.\n" in (await ivr("status")).out
        lab.later(2 * 24 * 3600)
        [_headings, row] = (await ivr("callbacks", "list", "--overdue")).rows
        assert row[2] == "2026-11-25 09:00 overdue"
        status = (await ivr("status")).out
        assert "OVERDUE: 1. See: ivr callbacks list --overdue\n" in status
        assert "Not yet delivered: 1." in status
        ivr.environment["LC_ALL"] = "de_DE.UTF-8"
        assert "25.11.2026 09:00 überfällig" in (await ivr("callbacks", "list")).out
        assert "ÜBERFÄLLIG: 1." in (await ivr("status")).out

    async def test_the_list_leaves_out_what_is_done(
        self, lab: ServiceLab, ivr: CommandLine
    ) -> None:
        for name in ("done", "open"):
            await lab.callbacks.request(a_callback(name))
        await lab.publish_all()
        await ivr("callbacks", "close", "done")
        listed = await ivr("callbacks", "list")
        assert [row[0] for row in listed.rows] == ["ID", "open"]
        assert listed.rows[1][-1] == "yes"
        for options, found in (
            (["--all"], ["done", "open"]),
            (["--state", "closed"], ["done"]),
            (["--unpublished", "--all"], ["done"]),
            (["--department", "umwelt", "--caseworker", "janssen"], ["open"]),
            (["--department", "jugend"], []),
            (["--topic", "abfall"], []),
            (["--number", "04461 / 12 34 56"], ["open"]),
            (["--search", "OPEN"], ["open"]),
            (["--undelivered", "--all"], ["done"]),
            (["--all", "--offset", "1"], ["open"]),
            (["--all", "--limit", "1"], ["done"]),
        ):
            shown = await ivr("callbacks", "list", "--json", *options)
            assert [callback["id"] for callback in shown.json] == found, options

    async def test_what_the_caller_said_is_fetched(
        self, lab: ServiceLab, ivr: CommandLine, tmp_path: Path
    ) -> None:
        said = RecordingId("call-1-run-m1")
        await lab.callbacks.request(replace(a_callback(), message=said))
        lab.messages.files[said] = b"RIFF and more"
        shared = tmp_path / "shared"
        shared.mkdir(mode=0o755)
        file = shared / "said.wav"
        shown = await ivr("callbacks", "message", "cb-1", "-o", str(file), "--by", "onken")
        assert (shown.status, shown.out, shown.err) == (0, "", "")
        assert file.read_bytes() == b"RIFF and more"
        assert file.stat().st_mode & 0o777 == 0o600
        assert shared.stat().st_mode & 0o777 == 0o755
        await ivr("callbacks", "message", "cb-1", "--output", str(file))
        assert [(entry.by, entry.action) for entry in await lab.audited()] == [
            (pwd.getpwuid(os.getuid()).pw_name, "message"),
            ("onken", "message"),
        ]

    async def test_a_message_that_can_not_be_fetched_or_written(
        self, lab: ServiceLab, ivr: CommandLine, tmp_path: Path
    ) -> None:
        file = tmp_path / "said.wav"
        ivr.environment["LC_ALL"] = "de_DE.UTF-8"
        await lab.callbacks.request(a_callback("cb-2"))
        for callback in ("cb-1", "cb-2"):  # the one is not there, the other has no message
            shown = await ivr("callbacks", "message", callback, "-o", str(file))
            assert (shown.status, shown.out) == (1, "")
            assert shown.err.startswith("Fehler: ")
            assert not file.exists()
        said = RecordingId("call-1-run-m1")
        await lab.callbacks.request(replace(a_callback("cb-3"), message=said))
        lab.messages.files[said] = b"RIFF and more"
        shown = await ivr("callbacks", "message", "cb-3", "-o", "/proc/said.wav")
        assert (shown.status, shown.out) == (1, "")
        assert "/proc/said.wav: " in shown.err
        assert (await ivr("callbacks", "message", "cb-3")).status == 2

    async def test_what_is_refused_is_a_failure(self, ivr: CommandLine) -> None:
        shown = await ivr("callbacks", "request", "110")
        assert shown.status == 1
        assert "no telephone number" in shown.err
        assert (await ivr("callbacks", "close", "cb-9")).status == 1

    @pytest.mark.parametrize(
        "arguments",
        [
            ["list", "--state", "lost"],
            ["list", "--limit", "0"],
            ["acknowledge"],
            ["attempt", "cb-1", "--result", "tired"],
            ["close", "cb-1", "--reason", "tired"],
            ["reassign", "cb-1"],
            ["comment", "cb-1"],
            ["edit", "cb-1"],
        ],
    )
    async def test_wrong_use(self, ivr: CommandLine, arguments: list[str]) -> None:
        assert (await ivr("callbacks", *arguments)).status == 2


class TestAudit:
    async def test_who_looked_is_listed(self, lab: ServiceLab, ivr: CommandLine) -> None:
        await lab.callbacks.request(a_callback())
        assert (await ivr("callbacks", "show", "cb-1")).status == 0
        assert (await ivr("callbacks", "list")).status == 0
        me = pwd.getpwuid(os.getuid()).pw_name
        headings, *rows = (await ivr("audit", "list")).rows
        assert headings == ["No.", "When", "By", "Action", "Target", "Details"]
        states = "states=['acknowledged', 'attempted', 'requested'], found=1"
        assert [row[:1] + row[2:] for row in rows] == [
            ["2", me, "callbacks_listed", "callbacks", states],
            ["1", me, "callback_seen", "cb-1", ""],
        ]
        [entry] = (await ivr("audit", "list", "--target", "cb-1", "--json")).json
        assert (entry["position"], entry["by"]) == (1, me)
        looks = (await ivr("audit", "list", "--action", "audit_listed", "--json")).json
        assert [(look["position"], look["by"], look["details"]) for look in looks] == [
            (4, me, {"target": "cb-1", "found": 1}),
            (3, me, {"found": 2}),
        ]
        assert (await ivr("audit", "list", "--since", "2026-11-24", "--json")).json == []
        assert len((await ivr("audit", "list", "--since", "20.11.2026 07:00", "--json")).json) == 6

    async def test_whole_until_somebody_is_at_it(self, lab: ServiceLab, ivr: CommandLine) -> None:
        for number in range(1, 4):
            await lab.audit.note("janssen", "callback_seen", f"cb-{number}")
        shown = await ivr("audit", "verify")
        assert shown.status == 0
        assert shown.out.startswith("The audit is whole. Entries: 3\n")
        head = shown.out.split()[-1]
        assert (await ivr("audit", "verify", "--kept", head)).status == 0
        del lab.store._content.audit[1]
        broken = await ivr("audit", "verify")
        assert broken.status == 1
        assert "broken at entry 2: it is missing" in broken.out
        assert (await ivr("audit", "verify", "--json")).json["broken"]["damage"] == "missing"

    async def test_a_shorter_one_than_was_kept(self, lab: ServiceLab, ivr: CommandLine) -> None:
        await lab.audit.note("janssen", "callback_seen", "cb-1")
        shown = await ivr("audit", "verify", "--kept", f"2:{'0' * 64}")
        assert shown.status == 1
        assert "broken at entry 2: it is missing" in shown.out

    @pytest.mark.parametrize(
        "arguments", [["list", "--since", "yesterday"], ["list", "--limit", "0"]]
    )
    async def test_wrong_use(self, ivr: CommandLine, arguments: list[str]) -> None:
        assert (await ivr("audit", *arguments)).status == 2


class TestCallingBack:
    @pytest.fixture
    async def promised(self, lab: ServiceLab) -> ServiceLab:
        await lab.callbacks.request(replace(a_callback(), caseworker=CaseworkerId("umwelt.1")))
        return lab

    @pytest.mark.usefixtures("promised")
    async def test_it_is_begun_and_shown(self, ivr: CommandLine) -> None:
        ran = await ivr("callbacks", "call", "cb-1", "--by", "onken")
        assert (ran.status, ran.out) == (
            0,
            "The telephone of umwelt.1 rings; then the citizen is called.\n",
        )
        shown = ["out-run-1", "the caseworker's telephone rings", "Umwelt", "umwelt.1", "cb-1"]
        assert shown in [row[:5] for row in (await ivr("calls", "list")).rows]
        assert shown in [row[:5] for row in (await ivr("status")).rows]
        (listed,) = (await ivr("calls", "list", "--json")).json
        assert (listed["kind"], listed["callback"]) == ("outgoing", "cb-1")
        again = await ivr("callbacks", "call", "cb-1")
        assert (again.status, again.out) == (1, "")
        assert "just being called" in again.err

    async def test_somebody_waits_for_the_end(self, promised: ServiceLab, ivr: CommandLine) -> None:
        running = asyncio.create_task(ivr("callbacks", "call", "cb-1", "--wait"))
        await self.answered(promised, 1)
        await self.answered(promised, 2)
        await promised.until(lambda: bool(promised.desk.snapshot().outgoing[0].talking_since))
        promised.later(61)
        promised.inbox.post(on.PartyHungUp(promised.switch.dialled[1].leg))
        await self.over(promised)
        ran = await running
        assert (ran.status, ran.out.splitlines()[-1]) == (0, "reached (1:01)")

    async def test_nobody_is_reached(self, promised: ServiceLab, ivr: CommandLine) -> None:
        running = asyncio.create_task(ivr("callbacks", "call", "cb-1", "--wait", "--json"))
        await self.answered(promised, 1)
        await self.rings(promised, 2)
        leg = promised.switch.dialled[1].leg
        promised.inbox.post(on.PartyFailed(leg, on.FailureCause.BUSY))
        await self.over(promised)
        ran = await running
        assert (ran.status, ran.json["result"], ran.json["asked_by"]) == (1, "busy", USER)

    async def answered(self, lab: ServiceLab, telephones: int) -> None:
        await self.rings(lab, telephones)
        lab.inbox.post(on.PartyAnswered(lab.switch.dialled[-1].leg))

    async def rings(self, lab: ServiceLab, telephones: int) -> None:
        """Wait longer than the lab does: the command may take a while to start."""
        async with asyncio.timeout(60):
            while len(lab.switch.dialled) < telephones:  # noqa: ASYNC110 - the fake has no events
                await asyncio.sleep(0.01)

    async def over(self, lab: ServiceLab) -> None:
        await lab.until(lambda: not lab.desk.snapshot().outgoing)
        await lab.call_back_results.flush()


class TestWithoutTheSocket:
    async def test_over_tcp_with_the_token(self, doors: Doors, tmp_path: Path) -> None:
        elsewhere = CommandLine(tmp_path / "elsewhere")
        elsewhere.environment["IVR_HTTP_BIND"] = doors.address
        elsewhere.environment["IVR_API_TOKEN"] = TOKEN
        assert (await elsewhere("status", "--json")).status == 0
        elsewhere.environment["IVR_API_TOKEN"] = "another"
        refused = await elsewhere("status")
        assert refused.status == 1
        assert "token" in refused.err

    async def test_a_service_that_is_not_running_is_told(self, tmp_path: Path) -> None:
        shown = await CommandLine(tmp_path)("status")
        assert (shown.status, shown.out) == (1, "")
        assert shown.err == "Error: The service is not running. Start it with: ivr serve\n"
        assert os.listdir(tmp_path) == []  # noqa: PTH208  asking made nothing


class TestDataProtection:
    async def test_a_person_is_handed_out_and_erased(
        self, lab: ServiceLab, ivr: CommandLine, tmp_path: Path
    ) -> None:
        await lab.callbacks.request(a_callback())
        archive = tmp_path / "person.zip"
        ran = await ivr("privacy", "export", "04461 123456", "-o", str(archive))
        assert (ran.status, ran.err) == (0, "")
        assert archive.read_bytes()[:2] == b"PK"
        assert archive.stat().st_mode & 0o777 == 0o600
        refused = await ivr("privacy", "erase", "04461 123456")
        assert (refused.status, "cb-1" in refused.err) == (1, True)
        erased = await ivr("privacy", "erase", "04461 123456", "--close-open", "--json")
        assert erased.json["closed"] == ["cb-1"]
        log = await ivr("purge", "--log")
        assert ["numbers in callbacks", "1", "erasure"] in [row[1:4] for row in log.rows]

    async def test_purge(self, ivr: CommandLine) -> None:
        look = await ivr("purge", "--dry-run", "--json")
        assert (look.status, look.json["complete"]) == (0, True)
        assert (await ivr("purge")).status == 0
        assert (await ivr("purge", "--log", "--dry-run")).status == 2
