"""What we read and ask over ARI is what the shipped Asterisk says that it sends and takes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ivr.adapters.ari.connection import _ECHO, Address
from ivr.adapters.ari.messages import MESSAGE_TYPES, Message, StasisStart, read_message
from ivr.adapters.ari.requests import Query
from ivr.adapters.ari.sounds import SoundFolders
from ivr.adapters.ari.switch import UNUSED_EVENTS, AriSwitch
from ivr.domain import commands as do
from ivr.domain.events import Event
from ivr.domain.ids import AgentId, CallId, LegId, OfferId, PlaybackId, RecordingId, VisitId
from ivr.domain.speech import Sound
from tests.examples import CALLER, COMMON_NUMBER
from tests.integration.ari_description import Description, asterisk_description

CALL, OFFER, PLAYBACK, VISIT = CallId("c"), OfferId("o"), PlaybackId("p"), VisitId("v")
RECORDING = RecordingId("r")
LEG = LegId("l")
TARGETS = (CALLER, AgentId("1002"))
GREETING = (Sound("greeting"),)

COMMANDS: list[do.SwitchCommand] = [
    do.AnswerCall(CALL),
    do.StartMusic(CALL),
    do.StopMusic(CALL),
    do.StartRinging(CALL),
    do.StopRinging(CALL),
    do.Play(CALL, PLAYBACK, GREETING, "de"),
    do.PlayToBoth(CALL, OFFER, PlaybackId("to-both"), GREETING, "de"),
    do.StopPlaying(CALL, PLAYBACK),
    do.OfferCall(CALL, OFFER, AgentId("1001"), "Umwelt", CALLER, timedelta(seconds=20)),
    *(do.WithdrawOffer(CALL, OFFER, why) for why in do.Withdrawal),
    do.ConnectCall(CALL, OFFER),
    do.ReleaseAgent(CALL, OFFER),
    do.HangUpCall(CALL),
    do.SpeakAndHangUp(VISIT, GREETING, "de"),
    do.PlayToAgent(CALL, OFFER, GREETING, "de"),
    do.RecordMessage(CALL, RECORDING, timedelta(minutes=2), timedelta(seconds=4)),
    do.DiscardMessage(CALL, RECORDING),
    do.DiscardMessage(CALL, RecordingId("kept")),
    do.RecordMessage(CALL, RecordingId("goes-on"), timedelta(minutes=2), timedelta(seconds=4)),
    *(do.DialParty(CALL, LEG, to, CALLER, "Umwelt", timedelta(seconds=20)) for to in TARGETS),
    do.HoldCaller(CALL, OFFER),
    do.Consult(CALL, OFFER, LEG),
    do.JoinThree(CALL, OFFER, LEG),
    do.ReturnToCaller(CALL, OFFER),
    do.HandOver(CALL, LEG),
    do.EndParty(CALL, LEG),
    do.ConsultByVisit(CALL, VISIT, LEG),
    do.EndVisit(CALL, VISIT),
    *(do.ReportTransfer(CALL, OFFER, progress) for progress in do.TransferProgress),
    *(do.Supervise(CALL, OFFER, LegId(how), how) for how in do.Supervision),
]

OF_THE_CONNECTION = {
    "GET events": {"app": "ivr,ivr_phones", "subscribeAll": "false"},
    f"POST events/user/{_ECHO}": {"application": "ivr"},
}
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "ari.md"


@pytest.fixture
def description() -> Description:
    return asterisk_description()


@pytest.mark.parametrize("kind", sorted(MESSAGE_TYPES))
def test_what_is_read_of_a_message_is_promised(description: Description, kind: str) -> None:
    message = description.message(kind)
    assert read_message(message) is not None
    assert len(description.reads) > 1 or kind == "ApplicationReplaced"
    for read in description.reads - {f"{kind}.type"}:
        model, field = read.split(".")
        assert field in description.models[model], read


def test_values_we_look_for_exist(description: Description) -> None:
    assert "failed" in description.allowed("Playback", "state")
    assert "online" in description.allowed("Endpoint", "state")
    assert set(UNUSED_EVENTS) <= description.models.keys()


@pytest.mark.parametrize(("request_", "query"), OF_THE_CONNECTION.items())
def test_what_the_connection_asks_is_understood(
    description: Description, request_: str, query: dict[str, str]
) -> None:
    method, path = request_.split()
    operation = description.operation(method, path)
    assert operation is not None
    assert operation.problems(query, body=False) == []


class DescribedAsterisk:
    """Answers each request with the least that Asterisk may answer, and notes the wrong ones."""

    def __init__(self, description: Description) -> None:
        self.asked: list[str] = []
        self.problems: list[str] = []
        self.tell: Callable[[Message], None] = lambda _: None
        self._description = description

    async def ask(self, *request: Any, **body: Any) -> asyncio.Future[None]:  # noqa: ANN401 - JSON
        """Answer at once."""
        await self.request(*request, **body)
        carried_out: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        carried_out.set_result(None)
        return carried_out

    async def request(self, method: str, path: str, query: Query | None = None, **body: Any) -> Any:  # noqa: ANN401 - JSON
        self.asked.append(f"{method} {path}")
        operation = self._description.operation(method, path)
        if operation is None:
            self.problems.append(f"{method} {path}: unknown")
            return None
        found = operation.problems(query or {}, body=bool(body))
        self.problems += [f"{method} {path}: {problem}" for problem in found]
        if path == "channels/create" and query is not None:
            self.tell(StasisStart(str(query["channelId"]), ()))
        if "/snoop/" in path:
            self.tell(StasisStart(path.rpartition("/")[2], ("snoop", LEG)))
        if operation.response == "void":
            return None
        return self._description.example(operation.response)


@pytest.fixture
def asterisk(description: Description) -> Iterator[DescribedAsterisk]:
    asterisk = DescribedAsterisk(description)
    yield asterisk
    assert asterisk.problems == []
    for read in description.reads:
        model, field = read.split(".")
        assert field in description.models[model], read


@pytest.fixture
def switch(
    tmp_path: Path, asterisk: DescribedAsterisk, monkeypatch: pytest.MonkeyPatch
) -> AriSwitch:
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "greeting.alaw").touch()
    posted: list[Event] = []
    address = Address("", "", "", "ivr")
    switch = AriSwitch(address, SoundFolders(tmp_path, "de"), tmp_path, posted.append)
    monkeypatch.setattr(switch._ari, "request", asterisk.request)
    monkeypatch.setattr(switch._ari, "tell", asterisk.request)
    monkeypatch.setattr(switch._ari, "ask", asterisk.ask)
    monkeypatch.setattr(switch._ari, "listing", partial(asterisk.request, "GET"))
    asterisk.tell = switch._heard
    switch._heard(StasisStart(CALL, ("caller", COMMON_NUMBER)))
    switch._ari.up.set()
    return switch


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: type(c).__name__)
async def test_what_a_command_asks_is_understood(
    switch: AriSwitch, asterisk: DescribedAsterisk, command: do.SwitchCommand
) -> None:
    await switch.execute(command)
    assert asterisk.asked


def test_every_command_is_among_those() -> None:
    asking_nothing = {do.AdoptCaller}
    asking = set(do.SwitchCommand.__args__) - asking_nothing
    assert {type(command) for command in COMMANDS} == asking


async def test_what_a_new_connection_asks_is_understood(
    switch: AriSwitch, asterisk: DescribedAsterisk
) -> None:
    await switch._connected()
    assert "GET channels" in asterisk.asked


async def errands_done(switch: AriSwitch) -> None:
    while switch._errands._requests:
        await switch._errands.do_next()


async def left_overs_of_all_kinds(switch: AriSwitch) -> None:
    switch._left_overs._talks.update({"x": "b", "y": "b"})
    switch._left_overs.gone("x")
    await errands_done(switch)


async def test_what_is_asked_about_left_overs_is_understood(
    switch: AriSwitch, asterisk: DescribedAsterisk
) -> None:
    await left_overs_of_all_kinds(switch)
    assert asterisk.asked == ["DELETE channels/y", "DELETE bridges/b"]


async def test_the_page_names_what_is_asked_and_nothing_else(
    switch: AriSwitch, asterisk: DescribedAsterisk, description: Description
) -> None:
    for command in COMMANDS:
        await switch.execute(command)
    await switch._connected()
    await left_overs_of_all_kinds(switch)
    await switch._comparison._was_joined(OFFER)
    asked = set()
    for request_ in (*asterisk.asked, *OF_THE_CONNECTION):
        operation = description.operation(*request_.split())
        assert operation is not None
        asked.add(operation.name)
    requests = PAGE.read_text().split("## Requests")[1].split("\n## ")[0]
    assert set(re.findall(r"`((?:GET|PUT|POST|DELETE) /\S*)`", requests)) == asked


def test_the_page_names_what_is_heard_and_nothing_else() -> None:
    events = PAGE.read_text().split("## Events")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", events, re.MULTILINE)) == MESSAGE_TYPES
    for kind in UNUSED_EVENTS:
        assert f"`{kind}`" in events
