"""The scenes of the switch, with two more people: somebody outside and a colleague's desk phone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Protocol

from ivr.domain import events as on
from ivr.domain.commands import TransferProgress
from ivr.domain.ids import E164, LegId, OfferId, VisitId
from ivr.domain.memory import Memory
from testbed.audio import tones_among
from testbed.desk_phone import DeskCall, DeskPhone
from testbed.exchange import Exchange
from testbed.phone import Display, Phone
from tests.contract.switch_scenes import (
    AsteriskScene,
    FakeScene,
    Scene,
    SceneCaller,
    _latest_recording,
    _RealAgent,
    asterisk_scene,
)
from tests.examples import ONLY_JUGEND
from tests.fakes.parties import FakeParty, FakePerson
from tests.fakes.switch import FakeVisit

OUTSIDE = E164("+494461555001")
NOBODY = E164("+494461555002")

_OUTSIDE_HZ: Final = 950
_TONES: Final = {"agent": 440, "caller": 660, "outside": _OUTSIDE_HZ}
_PROGRESS: Final = {
    200: TransferProgress.ANSWERED,
    503: TransferProgress.FAILED,
    603: TransferProgress.REFUSED,
}


class ScenePerson(Protocol):
    """Somebody who can be called by OUTSIDE."""

    async def rings(self) -> Display: ...
    async def answer(self) -> None: ...
    async def reject(self) -> None: ...
    async def let_it_ring(self) -> None: ...
    async def hang_up(self) -> None: ...
    async def press(self, keys: str) -> None: ...
    async def ended(self) -> None: ...


class SceneDesk(Protocol):
    """The desk phone of ONLY_JUGEND, which holds two calls and is not heard."""

    async def rings(self) -> str:
        """Wait for it, and return the number it shows."""
        ...

    async def answer(self) -> None: ...
    async def hang_up(self) -> None: ...
    async def ended(self) -> None: ...
    async def transfer(self, number: str) -> None: ...
    async def told(self) -> TransferProgress:
        """Wait for the final word on the transfer."""
        ...

    async def dial_besides(self, number: str) -> VisitId: ...
    async def second_answered(self) -> None: ...
    async def second_ended(self) -> None: ...
    async def give_up_second(self) -> None: ...
    async def join_calls(self, *, asking_in_second: bool = False) -> None:
        """Ask to have the two calls joined."""
        ...


class PartyScene(Scene, Protocol):
    """The scene with its two additional people."""

    @property
    def desk(self) -> SceneDesk: ...

    @property
    def outside(self) -> ScenePerson: ...

    async def hear(self, caller: SceneCaller, leg: LegId, offer: OfferId) -> dict[str, set[str]]:
        """Let all talk, then hang up; say who of caller, agent and outside heard whom."""
        ...


# -- in memory -------------------------------------------------------------------------------------


class FakePartyScene(FakeScene):
    def __init__(self) -> None:
        super().__init__()
        self.desk = _FakeDesk(self)
        self.outside = _FakeOutside(self.switch.parties.person(OUTSIDE))

    async def hear(self, caller: SceneCaller, leg: LegId, offer: OfferId) -> dict[str, set[str]]:
        talker = self.switch.callers.get(caller.id)
        channels: dict[str, str] = {"outside": leg, "agent": offer}
        if talker is not None:
            channels["caller"] = talker.channel
        names = {channel: who for who, channel in channels.items()}
        heard = {
            who: {names[other] for other in self.switch.hears(channel) if other in names}
            for who, channel in channels.items()
        }
        if talker is not None and talker.here:
            talker.hang_up()
        if leg in self.switch.parties.legs:
            self.switch.parties.legs[leg].hang_up()
        if offer in self.switch.legs:
            await self.agent.hang_up()
        return {who: others for who, others in heard.items() if others}

    async def nothing_left(self) -> None:
        await super().nothing_left()
        assert self.switch.parties.legs == {}
        assert self.switch.rooms == {}


class _FakeOutside:
    def __init__(self, person: FakePerson) -> None:
        self._person = person

    async def rings(self) -> Display:
        party = self._person.party
        assert party is not None
        assert not party.answered
        return Display(party.label, party.number)

    async def answer(self) -> None:
        self._party.answer()

    async def reject(self) -> None:
        self._party.fail(on.FailureCause.BUSY)

    async def let_it_ring(self) -> None:
        self._party.fail(on.FailureCause.NO_ANSWER)

    async def hang_up(self) -> None:
        self._party.hang_up()

    async def press(self, keys: str) -> None:
        self._party.press(keys)

    async def ended(self) -> None:
        assert self._person.party is None

    @property
    def _party(self) -> FakeParty:
        assert self._person.party is not None
        return self._person.party


class _FakeDesk:
    def __init__(self, scene: FakeScene) -> None:
        self._phone = scene.switch.phone(ONLY_JUGEND)
        self._second: FakeVisit

    async def rings(self) -> str:
        assert self._phone.leg is not None or self._phone.party is not None
        ringing = self._phone.leg or self._phone.party
        assert ringing is not None
        return str(ringing.number)

    async def answer(self) -> None:
        self._phone.answer()

    async def hang_up(self) -> None:
        self._phone.hang_up()

    async def ended(self) -> None:
        assert self._phone.leg is None
        assert self._phone.party is None

    async def transfer(self, number: str) -> None:
        self._phone.transfer(number)

    async def told(self) -> TransferProgress:
        return self._phone.transfers.pop()

    async def dial_besides(self, number: str) -> VisitId:
        self._second = self._phone.dial(number)
        return self._second.id

    async def second_answered(self) -> None:
        assert self._second.answered

    async def second_ended(self) -> None:
        assert not self._second.here

    async def give_up_second(self) -> None:
        self._second.hang_up()

    async def join_calls(self, *, asking_in_second: bool = False) -> None:
        del asking_in_second
        self._phone.transfer("", self._second.id)


# -- for real --------------------------------------------------------------------------------------


class AsteriskPartyScene(AsteriskScene):
    @classmethod
    def of(cls, scene: AsteriskScene, outside: Phone, desk: DeskPhone) -> AsteriskPartyScene:
        ours = cls(scene.lab, scene.switch, scene.events)
        ours.agent, ours.citizen = scene.agent, scene.citizen
        ours.outside = _RealAgent(outside, scene.switch._ari)
        ours.desk = _RealDesk(desk, ours)
        ours._running = scene._running
        return ours

    outside: _RealAgent
    desk: _RealDesk

    async def start_program(self, memory: Memory) -> None:
        await super().start_program(memory)
        self.outside.ari = self.switch._ari

    async def hear(self, caller: SceneCaller, leg: LegId, offer: OfferId) -> dict[str, set[str]]:
        hang_up: dict[str, Callable[[], Coroutine[None, None, None]]] = {
            "caller": caller.hang_up,
            "agent": self.agent.hang_up,
            "outside": self.outside.hang_up,
        }
        here = await self._ids("channels")
        channels = {
            "caller": self.switch._legs.caller_of(caller.id),
            "agent": offer,
            "outside": leg,
        }
        phones = {"caller": self.citizen, "agent": self.agent.phone, "outside": self.outside.phone}
        if channels["caller"] == leg:
            del channels["caller"]
        present = [who for who, channel in channels.items() if channel in here]
        # Longer than what is looked at: on a busy machine a leg is heard late, and who hangs up
        # first is gone for a while before the last one is.
        await asyncio.sleep(2.8)
        for who in present:
            await hang_up[who]()
        heard = {}
        for who in present:
            others = _TONES.keys() - {who}
            recording = _latest_recording(phones[who])
            found = tones_among(recording, [_TONES[each] for each in others], last_seconds=2.0)
            heard[who] = {each for each in others if _TONES[each] in found}
        return {who: others for who, others in heard.items() if others}


class _RealDesk:
    def __init__(self, phone: DeskPhone, scene: AsteriskScene) -> None:
        self._phone = phone
        self._scene = scene
        self._call: DeskCall
        self._second: DeskCall
        self._asking: DeskCall
        """In which of them a transfer was asked for."""

    async def rings(self) -> str:
        self._call = await self._phone.incoming()
        return self._call.number

    async def answer(self) -> None:
        await self._call.answer()

    async def hang_up(self) -> None:
        await self._call.hang_up()

    async def ended(self) -> None:
        await self._call.ended()

    async def transfer(self, number: str) -> None:
        self._asking = self._call
        await self._call.transfer(number)

    async def told(self) -> TransferProgress:
        return _PROGRESS[await self._asking.told()]

    async def dial_besides(self, number: str) -> VisitId:
        seen = len(self._scene.events)
        await self._call.hold()
        self._second = await self._phone.dial(number)
        event = await self._scene.events.first(
            lambda event: isinstance(event, on.NumberDialled), "a number", since=seen
        )
        assert isinstance(event, on.NumberDialled)
        return event.visit

    async def second_answered(self) -> None:
        await self._second.answered()

    async def second_ended(self) -> None:
        await self._second.ended()

    async def give_up_second(self) -> None:
        await self._second.hang_up()

    async def join_calls(self, *, asking_in_second: bool = False) -> None:
        first, second = self._call, self._second
        self._asking = second if asking_in_second else first
        await self._asking.transfer_to(first if asking_in_second else second)


@asynccontextmanager
async def asterisk_party_scene(folder: Path) -> AsyncIterator[AsteriskPartyScene]:
    async with asterisk_scene(folder) as scene:
        lab = scene.lab
        async with (
            Exchange(lab.exchange) as exchange,
            Phone.citizen(
                OUTSIDE,
                server=lab.server,
                ports=lab.ports,
                folder=folder / "outside",
                tone=_OUTSIDE_HZ,
            ) as outside,
            lab.desk_phone(ONLY_JUGEND) as desk,
        ):
            exchange.connect(OUTSIDE, outside)
            await scene.events.first(
                lambda event: event == on.PhoneReachable(ONLY_JUGEND), "the desk phone"
            )
            ours = AsteriskPartyScene.of(scene, outside, desk)
            yield ours
            await ours.kill_program()
