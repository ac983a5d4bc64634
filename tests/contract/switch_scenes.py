"""A switch, and people at telephones around it: once in memory, once with a real Asterisk."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

import aiohttp

from ivr.adapters.ari.connection import Address, AriConnection
from ivr.adapters.ari.sounds import SoundFolders
from ivr.adapters.ari.switch import AriSwitch
from ivr.application.ports.switch import Switch
from ivr.domain import events as on
from ivr.domain.events import Event
from ivr.domain.ids import CallId, OfferId, RecordingId
from ivr.domain.memory import Memory
from ivr.domain.speech import Sound
from testbed.audio import dominant_frequency, write_tone
from testbed.phone import Call, Display, Phone
from testbed.transcript import Transcript
from tests.examples import ALL_ROUND, CALLER, DIDS, UMWELT
from tests.fakes.switch import FakeCaller, FakePhone, FakeSwitch
from tests.integration.dialplan_lab import Lab, dialplan_lab, invite

RING_SECONDS = 3
"""After these the real switch gives up ringing by itself."""

_AGENT_HZ = 440
_CALLER_HZ = 660
_POLL_SECONDS = 0.02
_ALAW_RATE = 8000
_SILENT_ALAW = b"\xd5"
_WHISPER_HZ = 1000
_BEEP_SECONDS = 0.5
"""So long the caller waits before speaking a message."""
_SOUNDS = {"greeting": 0.2, "closed": 60.0, "callback-noted": 0.2, "agent-ready": 0.2}
"""How long the prompts are, in seconds."""


class SceneCaller(Protocol):
    """A citizen who dialled the number of Umwelt."""

    @property
    def id(self) -> CallId: ...

    async def answered(self) -> None: ...
    async def press(self, keys: str) -> None: ...
    async def speak(self, seconds: float) -> None:
        """Speak a message, after the beep."""
        ...

    async def hang_up(self) -> None: ...
    async def ended(self) -> None:
        """Wait for the end of the call."""
        ...


class ScenePhone(Protocol):
    """The telephone of agent 1001; one call at a time."""

    async def rings(self) -> Display:
        """Wait for it, and return what it shows."""
        ...

    async def answer(self) -> None: ...
    async def reject(self) -> None: ...
    async def let_it_ring(self) -> None: ...
    async def hang_up(self) -> None: ...
    async def press(self, keys: str) -> None: ...
    async def ended(self) -> None:
        """Wait for the end of the call."""
        ...

    async def dial(self, code: str) -> None: ...
    async def is_called_by_others(self) -> None:
        """Ring for a call that is none of ours."""
        ...

    async def rejects_others(self) -> None: ...
    async def register(self) -> None: ...
    async def unregister(self) -> None: ...


class Scene(Protocol):
    """``events`` is what the switch has posted."""

    events: Transcript[Event]

    @property
    def switch(self) -> Switch: ...

    @property
    def agent(self) -> ScenePhone: ...

    async def caller(self) -> SceneCaller: ...

    async def forwarded(self, by: str) -> CallId:
        """A caller who withholds the number and dialled one that is forwarded to Umwelt."""
        ...

    async def hears_music(self, caller: SceneCaller) -> bool: ...

    async def hears_ringing(self, caller: SceneCaller) -> bool: ...

    async def hear_each_other(self, caller: SceneCaller) -> bool:
        """Let caller and agent talk; the caller hangs up, the agent is not released yet."""
        ...

    async def heard_whisper(self, caller: SceneCaller) -> set[str]:
        """Let agent and caller hang up; say which of them heard the sound ``connecting``."""
        ...

    async def holds_voice(self, recording: RecordingId) -> bool:
        """Whether the caller's voice is in a recording."""
        ...

    async def has_no(self, recording: RecordingId) -> None:
        """Wait until there is no such recording."""
        ...

    async def gone(self, offer: OfferId) -> None:
        """Wait until nothing is left of the agent's leg and of the talk, if it was one."""
        ...

    async def alone(self) -> None:
        """Wait until one channel is left."""
        ...

    async def crash(self) -> None: ...
    async def come_back(self) -> None: ...

    async def prepared_offer(self, caller: SceneCaller) -> OfferId:
        """Go as far with an offer as is possible without the agent's telephone ringing."""
        ...

    async def kill_program(self) -> None:
        """Whoever uses the switch is dead; telephones and calls go on."""
        ...

    async def start_program(self, memory: Memory) -> None:
        """Another run of the program remembers this."""
        ...

    async def taken_over(self, caller: SceneCaller) -> None:
        """Let the caller be served without us from now on."""
        ...

    async def nothing_left(self) -> None: ...


# -- in memory -------------------------------------------------------------------------------------


class FakeScene:
    def __init__(self) -> None:
        self.events: Transcript[Event] = Transcript("fake switch")
        self.switch = FakeSwitch(self.events.add, {"closed": 60})
        self.agent = _FakeAgent(self.switch.phone(ALL_ROUND))
        self._names = itertools.count(1)

    async def caller(self) -> _FakeCaller:
        return _FakeCaller(self._call(CALLER))

    async def forwarded(self, by: str) -> CallId:
        return self._call(None, by).id

    def _call(self, number: str | None, *diverted_from: str) -> FakeCaller:
        name = f"call-{next(self._names)}"
        return self.switch.call(name, DIDS[UMWELT], number, diverted_from)

    async def hears_music(self, caller: SceneCaller) -> bool:
        return self.switch.callers[caller.id].music

    async def hears_ringing(self, caller: SceneCaller) -> bool:
        return self.switch.callers[caller.id].ringing

    async def hear_each_other(self, caller: SceneCaller) -> bool:
        leg = self.switch.phones[ALL_ROUND].leg
        they_do = leg is not None and self.switch.with_(caller.id) == {leg.offer}
        await caller.hang_up()
        return they_do

    async def heard_whisper(self, caller: SceneCaller) -> set[str]:
        phone, listener = self.switch.phones[ALL_ROUND], self.switch.callers[caller.id]
        heard = {"agent": phone.heard, "caller": listener.heard}
        await self.agent.hang_up()
        await caller.hang_up()
        return {who for who, what in heard.items() if (Sound("connecting"),) in what}

    async def holds_voice(self, recording: RecordingId) -> bool:
        return self.switch.messages[recording] > 0

    async def has_no(self, recording: RecordingId) -> None:
        assert recording not in self.switch.messages
        assert all(caller.recording != recording for caller in self.switch.callers.values())

    async def gone(self, offer: OfferId) -> None:
        assert offer not in self.switch.legs

    async def alone(self) -> None:
        assert len(self.switch.callers) + len(self.switch.legs) == 1

    async def crash(self) -> None:
        self.switch.crash()

    async def come_back(self) -> None:
        self.switch.come_back()

    async def prepared_offer(self, caller: SceneCaller) -> OfferId:
        return OfferId(f"{caller.id}-prepared")

    async def kill_program(self) -> None:
        self.switch.kill_program()

    async def start_program(self, memory: Memory) -> None:
        self.switch.resume(memory)

    async def taken_over(self, caller: SceneCaller) -> None:
        self.switch.take_over(self.switch.callers[caller.id])

    async def nothing_left(self) -> None:
        assert self.switch.callers == {}
        assert self.switch.legs == {}
        assert self.switch.visits == {}


@dataclass
class _FakeCaller:
    _caller: FakeCaller

    @property
    def id(self) -> CallId:
        return self._caller.id

    async def answered(self) -> None:
        assert self._caller.answered

    async def press(self, keys: str) -> None:
        self._caller.press(keys)

    async def speak(self, seconds: float) -> None:
        self._caller.speak(seconds)

    async def hang_up(self) -> None:
        self._caller.hang_up()

    async def ended(self) -> None:
        assert not self._caller.here


@dataclass
class _FakeAgent:
    _phone: FakePhone

    async def rings(self) -> Display:
        leg = self._phone.leg
        assert leg is not None
        assert not leg.answered
        return Display(leg.label, leg.number or "anonymous")

    async def answer(self) -> None:
        self._phone.answer()

    async def reject(self) -> None:
        self._phone.reject()

    async def let_it_ring(self) -> None:
        self._phone.let_it_ring()

    async def hang_up(self) -> None:
        self._phone.hang_up()

    async def press(self, keys: str) -> None:
        self._phone.press(keys)

    async def ended(self) -> None:
        assert self._phone.leg is None

    async def dial(self, code: str) -> None:
        self._phone.dial(code)

    async def is_called_by_others(self) -> None:
        self._phone.be_called_by_others()

    async def rejects_others(self) -> None:
        self._phone.be_done_with_others()

    async def register(self) -> None:
        self._phone.register()

    async def unregister(self) -> None:
        self._phone.unregister()


# -- for real --------------------------------------------------------------------------------------


class AsteriskScene:
    def __init__(self, lab: Lab, switch: AriSwitch, events: Transcript[Event]) -> None:
        self.lab = lab
        self.switch = switch
        self.events = events
        self.agent: _RealAgent
        self._running: asyncio.Task[None]
        self.citizen: Phone
        self._invitations: set[asyncio.Task[int]] = set()

    async def caller(self) -> _RealCaller:
        seen = len(self.events)
        call = await self.citizen.dial(DIDS[UMWELT])
        return _RealCaller(await self._arrived(seen), call)

    async def forwarded(self, by: str) -> CallId:
        seen = len(self.events)
        invitation = asyncio.create_task(
            invite(
                self.lab.server,
                DIDS[UMWELT],
                caller='"Anonymous" <sip:anonymous@anonymous.invalid>',
                headers=[f"Diversion: <sip:{by}@127.0.0.2>;reason=unconditional"],
            )
        )
        self._invitations.add(invitation)
        return await self._arrived(seen)

    async def _arrived(self, since: int) -> CallId:
        event = await self.events.first(
            lambda event: isinstance(event, on.CallArrived), "a caller", since=since
        )
        assert isinstance(event, on.CallArrived)
        return event.call

    async def hears_music(self, caller: SceneCaller) -> bool:
        """Whether sound is being sent to the caller."""
        before = await self._sent(caller.id)
        with suppress(TimeoutError):
            await until(lambda: self._sent_more(caller.id, before), within=0.3)
            return True
        return False

    async def hears_ringing(self, caller: SceneCaller) -> bool:
        return await self.hears_music(caller)  # it begins with the tone, not with the pause

    async def _sent_more(self, call: CallId, before: int) -> bool:
        return await self._sent(call) > before + 2

    async def _sent(self, call: CallId) -> int:
        channel = self.switch._legs.caller_of(call)
        statistics = await self.switch._ari.request("GET", f"channels/{channel}/rtp_statistics")
        return int(statistics["txcount"])

    async def hear_each_other(self, caller: SceneCaller) -> bool:
        assert isinstance(caller, _RealCaller)
        await self.agent.call.audible()
        await caller.call.talk(1.2)
        await caller.hang_up()
        await self.agent.call.hang_up()  # a recording is complete when its call has ended
        return (
            dominant_frequency(_latest_recording(self.citizen)) == _AGENT_HZ
            and dominant_frequency(_latest_recording(self.agent.phone)) == _CALLER_HZ
        )

    async def heard_whisper(self, caller: SceneCaller) -> set[str]:
        await self.agent.hang_up()
        await caller.hang_up()
        phones = {"agent": self.agent.phone, "caller": self.citizen}
        return {
            who
            for who, phone in phones.items()
            if dominant_frequency(_latest_recording(phone)) == _WHISPER_HZ
        }

    async def holds_voice(self, recording: RecordingId) -> bool:
        return dominant_frequency(self._file(recording)) == _CALLER_HZ

    async def has_no(self, recording: RecordingId) -> None:
        async def gone() -> bool:
            return not self._file(recording).exists()

        await until(gone)

    def _file(self, recording: RecordingId) -> Path:
        return self.lab.settings.recordings / f"{recording}.wav"

    async def gone(self, offer: OfferId) -> None:
        async def left() -> bool:
            return offer in await self._ids("channels") or f"{offer}-b" in await self._ids(
                "bridges"
            )

        async def gone() -> bool:
            return not await left()

        await until(gone)

    async def alone(self) -> None:
        async def one_left() -> bool:
            return len(await self.lab.asterisk.channels()) == 1

        await until(one_left)

    async def _ids(self, kind: str) -> set[str]:
        return {each["id"] for each in await self.switch._ari.request("GET", kind)}

    async def crash(self) -> None:
        await self.lab.asterisk.kill()

    async def come_back(self) -> None:
        await self.lab.asterisk.start()
        if not self._running.done():
            await self.switch._ari.up.wait()

    async def prepared_offer(self, caller: SceneCaller) -> OfferId:
        offer = OfferId(f"{caller.id}-prepared")
        leg = {
            "endpoint": f"PJSIP/{ALL_ROUND}",
            "app": self.lab.settings.ari_app,
            "appArgs": f"agent,{offer}",
            "channelId": offer,
            "originator": caller.id,
        }
        self.switch._legs.expect_offer(offer)
        await self.switch._ari.request("POST", "channels/create", leg)

        async def entered() -> bool:
            channel = await self.switch._ari.request("GET", f"channels/{offer}")
            return bool(channel["dialplan"]["app_name"] == "Stasis")

        await until(entered)
        return offer

    async def kill_program(self) -> None:
        """Asterisk is told nothing."""
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def start_program(self, memory: Memory) -> None:
        self.switch = _switch(self.lab, self.events)
        self.agent.ari = self.switch._ari
        self.switch.resume(memory)
        self.begin()
        await self.switch._ari.up.wait()

    def begin(self) -> None:
        self._running = asyncio.create_task(self.switch.run(), name="switch")

    async def taken_over(self, caller: SceneCaller) -> None:
        login = aiohttp.encode_basic_auth("ivr", self.lab.secrets.ari_password)
        goal = {"context": "ivr-fallback-moved", "extension": DIDS[UMWELT], "priority": "1"}
        async with aiohttp.ClientSession(
            self.lab.settings.ari, headers={"Authorization": login}
        ) as session:

            async def there() -> bool:
                async with session.get(f"/ari/channels/{caller.id}") as answer:
                    channel = await answer.json()
                return "fallback" in str(channel.get("dialplan"))

            async with session.post(f"/ari/channels/{caller.id}/continue", params=goal) as answer:
                assert answer.status == HTTPStatus.NO_CONTENT
            await until(there)

    async def nothing_left(self) -> None:
        try:
            await self.lab.asterisk.idle(within=5)
            assert await self.lab.asterisk.bridges() == []
        except (AssertionError, TimeoutError):
            await self._throw_out()  # or every test after this one would fail as well
            raise
        await asyncio.gather(*self._invitations)
        self._invitations.clear()
        await until(self._forgotten)

    async def _throw_out(self) -> None:
        for kind in ("channels", "bridges"):
            for left in await self._ids(kind):
                await self.switch._ari.attempt("DELETE", f"{kind}/{left}")

    async def _forgotten(self) -> bool:
        """Whether the switch, too, has forgotten all that is gone."""
        legs = self.switch._legs
        return not (legs.followed() or legs._playbacks or self.switch._recordings._running)


@dataclass
class _RealCaller:
    id: CallId
    call: Call

    async def answered(self) -> None:
        await self.call.answered()

    async def press(self, keys: str) -> None:
        await self.call.press(keys)

    async def speak(self, seconds: float) -> None:
        """The telephone's tone is there all the time; only the beep has to be over."""
        await self.call.talk(_BEEP_SECONDS + seconds)

    async def hang_up(self) -> None:
        await self.call.hang_up()

    async def ended(self) -> None:
        await self.call.ended()


class _RealAgent:
    def __init__(self, phone: Phone, ari: AriConnection) -> None:
        self.phone = phone
        self.call: Call
        self.ari = ari

    async def rings(self) -> Display:
        self.call = await self.phone.incoming()
        return self.call.display

    async def answer(self) -> None:
        await self.call.answer()

    async def reject(self) -> None:
        await self.call.reject()

    async def let_it_ring(self) -> None:
        await self.call.ended(within=RING_SECONDS + 3)

    async def hang_up(self) -> None:
        await self.call.hang_up()

    async def press(self, keys: str) -> None:
        await self.call.press(keys)

    async def ended(self) -> None:
        await self.call.ended()

    async def dial(self, code: str) -> None:
        self.call = await self.phone.dial(code)

    async def is_called_by_others(self) -> None:
        """By the dialplan; nobody knows the channel."""
        await self.ari.request(
            "POST",
            "channels",
            {"endpoint": f"PJSIP/{ALL_ROUND}", "context": "from-agents", "extension": "*11"},
        )
        self.call = await self.phone.incoming()

    async def rejects_others(self) -> None:
        await self.call.reject()

    async def register(self) -> None:
        await self.phone.register()

    async def unregister(self) -> None:
        await self.phone.unregister()


@asynccontextmanager
async def asterisk_scene(folder: Path) -> AsyncIterator[AsteriskScene]:
    async with dialplan_lab(folder) as lab:
        _write_sounds(lab.settings.sounds / "de")
        events: Transcript[Event] = Transcript("AriSwitch")
        switch = _switch(lab, events)
        scene = AsteriskScene(lab, switch, events)
        scene.begin()
        try:
            async with (
                Phone.agent(
                    ALL_ROUND,
                    lab.secrets.agent_passwords[ALL_ROUND],
                    server=lab.server,
                    ports=lab.ports,
                    folder=folder / "agent",
                    tone=_AGENT_HZ,
                ) as agent,
                Phone.citizen(
                    CALLER,
                    server=lab.server,
                    ports=lab.ports,
                    folder=folder / "citizen",
                    tone=_CALLER_HZ,
                ) as citizen,
            ):
                scene.agent, scene.citizen = _RealAgent(agent, switch._ari), citizen
                await agent.registered()
                await events.first(
                    lambda event: event == on.PhoneReachable(ALL_ROUND), "the agent's telephone"
                )
                yield scene
        finally:
            await scene.kill_program()


def _switch(lab: Lab, events: Transcript[Event]) -> AriSwitch:
    return AriSwitch(
        Address(lab.settings.ari, "ivr", lab.secrets.ari_password, lab.settings.ari_app),
        SoundFolders(lab.settings.sounds, "de"),
        lab.settings.recordings,
        events.add,
    )


def _latest_recording(phone: Phone) -> Path:
    """The names only tell the second of the call; calls here are shorter than that."""
    return max(phone.recordings(), key=lambda path: path.stat().st_mtime_ns)


def _write_sounds(folder: Path) -> None:
    for name, seconds in _SOUNDS.items():
        (folder / f"{name}.alaw").write_bytes(_SILENT_ALAW * int(_ALAW_RATE * seconds))
    write_tone(folder / "connecting.wav", hertz=_WHISPER_HZ, seconds=1.2)


async def until(holds: Callable[[], Awaitable[bool]], within: float = 5) -> None:
    """Ask again and again; Asterisk has no event for everything. Raises TimeoutError."""
    async with asyncio.timeout(within):
        while not await holds():  # noqa: ASYNC110 - see above
            await asyncio.sleep(_POLL_SECONDS)
