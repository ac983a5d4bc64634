"""What happens in the demo: simulated citizens and agents on real telephones, told as it happens.

Every line is printed after the fact: an agent's line when the phone rang, a callback's when the
caseworker has it. What does not happen in time ends the story with exit status 1.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import httpx

from testbed.audio import dominant_frequency
from testbed.caseworker import Caseworker
from testbed.exchange import Exchange
from testbed.installation import Installation
from testbed.phone import Call, Phone
from testbed.ports import Ports
from testbed.service import Service
from testbed.transcript import Ended

_AGENT: Final = "1001"
_AGENT_TONE: Final = 440
_CITIZEN_TONE: Final = 660
_COLLEAGUE_TONE: Final = 880
_GREETING_SECONDS: Final = 25
_PROMISE_SECONDS: Final = 40
_READY_SECONDS: Final = 60
_FAILURES: Final = (TimeoutError, Ended, RuntimeError, AssertionError, httpx.HTTPError)


class Timeline:
    """Tells what happened, with the seconds since the beginning of the scene."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def scene(self, title: str) -> None:
        """Begin a scene."""
        self._began = time.monotonic()
        print(f"\n{title}\n{'─' * len(title)}", flush=True)

    def tell(self, who: str, what: str) -> None:
        """Say what ``who`` did."""
        print(f"{time.monotonic() - self._began:6.1f} s  {who:<22} {what}", flush=True)


class Story:
    """The scenes, in order."""

    def __init__(self, service: Service, caseworker: Caseworker) -> None:
        self._service = service
        self._caseworker = caseworker
        self._line = Timeline()

    async def tell(self) -> None:
        """Play all scenes. Raises one of ``_FAILURES`` where something does not happen."""
        async with self._agent() as agent:
            await self._dial_code(agent, "*11", "logs in", "ready")
            await self._answered(agent)
            await self._dial_code(agent, "*14", "ends wrap-up early", None)
            await self._dial_code(agent, "*12", "takes a break", "paused")
            await self._by_key("+491713920002", "04461/919 77 77")
            await self._withheld("04461/919-8010", "01713920003")
            await self._dial_code(agent, "*11", "is back", "ready")
            await self._in_order(agent)
            await self._dial_code(agent, "*12", "takes a break", "paused")
            await self._kept_place(agent)
            await self._killed(agent)
        await self._phoned_back("+491713920007")

    # -- scenes --------------------------------------------------------------------------------

    async def _answered(self, agent: Phone) -> None:
        self._line.scene("An old department number: the agent answers and notes a callback")
        async with self._service.citizen("+491713920001") as citizen:
            call = await citizen.dial(_digits("04461/919-5010"))
            await call.answered()
            self._line.tell(_written("+491713920001"), "dials 04461/919-5010 and is greeted")
            dialled = time.monotonic()
            ringing = await agent.incoming(within=_GREETING_SECONDS)
            self._line.tell(f"agent {_AGENT}", f"rings and shows: {ringing.display.name}")
            await ringing.answer()
            waited = time.monotonic() - dialled
            self._line.tell(f"agent {_AGENT}", f"answers, {waited:.1f} s after the call came in")
            await ringing.talk(2)
            await ringing.press("*7")
            self._line.tell(f"agent {_AGENT}", "presses *7: a callback, please")
            await self._taken(caller_number="+491713920001", source="agent_dtmf")
            await ringing.talk(4)  # both hear that it is noted
            await call.hang_up()
            await ringing.ended()
        heard = (dominant_frequency(call.heard()), dominant_frequency(ringing.heard()))
        assert heard == (_AGENT_TONE, _CITIZEN_TONE), f"they heard {heard} Hz"
        self._line.tell(
            "both", f"hung up; they heard each other's tones ({heard[0]}, {heard[1]} Hz)"
        )

    async def _by_key(self, number: str, dialled: str) -> None:
        self._line.scene("The common number, nobody free: the caller presses 1")
        async with self._service.citizen(number) as citizen:
            call = await citizen.dial(_digits(dialled))
            await self._waiting(1)
            self._line.tell(_written(number), f"dialled {dialled}, was greeted and waits")
            await call.press("1")
            self._line.tell(_written(number), "presses 1: call me back, please")
            self._line.tell(_written(number), "hears the number read back, and that is right")
            await self._taken(caller_number=number, source="caller_dtmf")
            await call.ended(within=_PROMISE_SECONDS)
            self._line.tell(_written(number), "has heard the confirmation; the call is over")

    async def _withheld(self, dialled: str, keyed: str) -> None:
        self._line.scene("A withheld number: the caller is asked to key one in")
        async with self._service.citizen(None) as citizen:
            call = await citizen.dial(_digits(dialled))
            await self._waiting(1)
            await call.press("1")
            self._line.tell("withheld number", f"dialled {dialled}, presses 1 while waiting")
            await call.press(f"{keyed}#")
            self._line.tell("withheld number", f"keys in {keyed} and #, and hears it read back")
            await self._taken(caller_number=f"+49{keyed[1:]}", source="caller_dtmf")
            await call.ended(within=_PROMISE_SECONDS)
            self._line.tell("withheld number", "has heard the confirmation; the call is over")

    async def _in_order(self, agent: Phone) -> None:
        self._line.scene("Two callers, one agent: the longest-waiting is served first")
        async with (
            self._service.citizen("+491713920004") as first,
            self._service.citizen("+491713920005") as second,
        ):
            calls = [await first.dial(_digits("04461/919-3010"))]
            ringing = await agent.incoming(within=_GREETING_SECONDS)
            self._line.tell(
                _written("+491713920004"), f"dialled 04461/919-3010; rings: {ringing.display.name}"
            )
            calls.append(await second.dial(_digits("04461/919-7010")))
            await self._waiting(2)
            self._line.tell(_written("+491713920005"), "dialled 04461/919-7010 and waits")
            await self._talk(ringing)
            self._line.tell(f"agent {_AGENT}", "answers, talks, hangs up")
            await self._dial_code(agent, "*14", "ends wrap-up early", None)
            following = await agent.incoming()
            self._line.tell(f"agent {_AGENT}", f"rings and shows: {following.display.name}")
            assert following.display.number == "+491713920005", "somebody else was next"
            await self._talk(following)
            for call in calls:
                await call.ended()
        self._line.tell("all", "hung up")

    async def _kept_place(self, agent: Phone) -> None:
        self._line.scene("The caller keeps the place, is phoned back, and is put through")
        number, colleague = "+491713920006", "+4944619193020"
        async with (
            self._service.citizen(number, tone=_CITIZEN_TONE) as citizen,
            self._service.citizen(colleague, tone=_COLLEAGUE_TONE) as desk,
            Exchange(self._service.installation.exchange) as exchange,
        ):
            exchange.connect(number, citizen)
            exchange.connect(colleague, desk)
            call = await citizen.dial(_digits("04461/919-3010"))
            await self._waiting(1)
            await call.press("2")
            await call.ended(within=_PROMISE_SECONDS)
            self._line.tell(_written(number), "presses 2 while waiting, and hangs up")
            await self._dial_code(agent, "*11", "is back", None)
            ringing = await agent.incoming()
            self._line.tell(f"agent {_AGENT}", f"rings and shows: {ringing.display.name}")
            await ringing.answer()
            phoned = await citizen.incoming(within=_PROMISE_SECONDS)
            self._line.tell(_written(number), f"rings: {phoned.display.number}; answers")
            await phoned.answer()
            await self._service.agent_state(_AGENT, "on_call")
            await ringing.press("*83020#")
            consulted = await desk.incoming(within=_PROMISE_SECONDS)
            self._line.tell(f"agent {_AGENT}", "presses *8 3020 #: Antje Petersen's desk rings")
            await consulted.answer()
            await consulted.talk(2)
            await ringing.hang_up()
            self._line.tell(f"agent {_AGENT}", "had a word with her and hangs up")
            await phoned.talk(2)
            await phoned.hang_up()
            await consulted.ended()
        heard = (dominant_frequency(phoned.heard()), dominant_frequency(consulted.heard()))
        assert heard == (_COLLEAGUE_TONE, _CITIZEN_TONE), f"they heard {heard} Hz"
        self._line.tell("caller and colleague", "hung up; they heard each other's tones")

    async def _killed(self, agent: Phone) -> None:
        self._line.scene("The program is killed while two talk and two wait")
        numbers = ("+491713920008", "+491713920009", "+491713920010")
        async with AsyncExitStack() as open_:
            citizens = [
                await open_.enter_async_context(self._service.citizen(each, tone=_CITIZEN_TONE))
                for each in numbers
            ]
            calls = [await citizens[0].dial(_digits("04461/919-5010"))]
            ringing = await agent.incoming(within=_GREETING_SECONDS)
            await self._service.talk(_AGENT, ringing)
            for position, citizen in enumerate(citizens[1:], start=1):
                calls.append(await citizen.dial(_digits("04461/919 77 77")))
                await self._waiting(position)
            self._line.tell("two callers", "wait in the queue, one talks with the agent")
            killed = self._service.pid()
            os.kill(killed, signal.SIGKILL)
            self._line.tell("ivr", "is killed (kill -9), as in a crash")
            await self._service.ready(within=_READY_SECONDS)
            await self._waiting(2)
            assert self._service.pid() != killed, "it was not killed"
            self._line.tell("ivr", "is back: the two still wait, the two still talk")
            await ringing.talk(2)
            await ringing.hang_up()
            await calls[0].ended()
            self._line.tell(f"agent {_AGENT}", "hangs up; the talk was never interrupted")
            for number in numbers[1:]:
                await self._dial_code(agent, "*14", "ends wrap-up early", None)
                ringing = await agent.incoming(within=_GREETING_SECONDS)
                assert ringing.display.number == number, "somebody else was next"
                self._line.tell(f"agent {_AGENT}", f"rings and shows: {ringing.display.name}")
                await self._talk(ringing)
            for call in calls[1:]:
                await call.ended()
        heard = dominant_frequency(calls[0].heard())
        assert heard == _AGENT_TONE, f"the caller heard {heard} Hz"

    async def _phoned_back(self, number: str) -> None:
        self._line.scene("The caseworker phones back, and the promise is kept")
        desk_number = "+4944619193020"
        async with (
            self._service.citizen(number, tone=_CITIZEN_TONE) as citizen,
            self._service.citizen(desk_number, tone=_COLLEAGUE_TONE) as desk,
            Exchange(self._service.installation.exchange) as exchange,
        ):
            exchange.connect(number, citizen)
            exchange.connect(desk_number, desk)
            await self._service.command("callbacks", "request", number, "-d", "umwelt")
            told = await self._taken(caller_number=number, source="api")
            await self._does(told, "call")
            phoned = await desk.incoming(within=_PROMISE_SECONDS)
            await phoned.answer()
            self._line.tell("Antje Petersen's desk", "rings; she answers, and the citizen is rung")
            ringing = await citizen.incoming(within=_PROMISE_SECONDS)
            self._line.tell(_written(number), f"rings: {ringing.display.number}; answers")
            await ringing.answer()
            await ringing.talk(2)
            await ringing.hang_up()
            await phoned.ended()
            attempt = await self._caseworker.told("attempted", id=told["callback"]["id"])
            self._line.tell("ivr", f"notes the attempt: {attempt['callback']['result']}")
            await self._does(told, "close")
            await self._caseworker.told("closed", id=told["callback"]["id"])
            self._line.tell(told["callback"]["caseworker"], "closes the callback: settled")
        heard = (dominant_frequency(ringing.heard()), dominant_frequency(phoned.heard()))
        assert heard == (_COLLEAGUE_TONE, _CITIZEN_TONE), f"they heard {heard} Hz"

    # -- what scenes are made of ---------------------------------------------------------------

    async def _taken(self, caller_number: str, source: str) -> dict[str, Any]:
        """A callback is stored, delivered and acknowledged; return what its owner was told."""
        told = await self._caseworker.told(
            "requested", within=_PROMISE_SECONDS, caller_number=caller_number, source=source
        )
        owner = f"{told['callback']['caseworker']} ({told['callback']['department']})"
        self._line.tell("ivr", f"callback stored and delivered over MQTT to {owner}")
        await self._does(told, "acknowledge")
        await self._caseworker.told("acknowledged", id=told["callback"]["id"])
        self._line.tell(told["callback"]["caseworker"], "acknowledges it, and ivr tells everybody")
        return told

    async def _does(self, told: dict[str, Any], command: str) -> None:
        """The caseworker's program sends a command, and ivr agrees."""
        reply = await self._caseworker.reply(await self._caseworker.send(command, told))
        assert reply["ok"], f"{command} was refused: {reply}"

    async def _dial_code(self, agent: Phone, code: str, what: str, state: str | None) -> None:
        call = await agent.dial(code)
        await call.ended(within=15)
        if state is not None:
            await self._service.agent_state(_AGENT, state)
        self._line.tell(f"agent {_AGENT}", f"{what} ({code})")

    async def _talk(self, call: Call) -> None:
        await self._service.talk(_AGENT, call)
        await call.hang_up()

    async def _waiting(self, callers: int) -> None:
        await self._service.status(
            lambda status: len(status["waiting"]) == callers,
            f"{callers} waiting",
            within=_GREETING_SECONDS,
        )

    @asynccontextmanager
    async def _agent(self) -> AsyncIterator[Phone]:
        async with self._service.agent_phone(_AGENT, tone=_AGENT_TONE) as phone:
            self._line.scene("An agent begins to work")
            self._line.tell(f"agent {_AGENT}", "softphone registered")
            yield phone


def _digits(written: str) -> str:
    return "".join(c for c in written if c.isdigit())


def _written(mobile: str) -> str:
    """Write a German mobile number as people do."""
    return f"{mobile[:3]} {mobile[3:6]} {mobile[6:]}"


async def _play() -> int:
    installation = Installation.running()
    async with AsyncExitStack() as open_:
        ports = open_.enter_context(Ports())
        try:
            service = Service(installation, ports)
            await service.ready(within=_READY_SECONDS)
            caseworker = await open_.enter_async_context(installation.caseworker())
            await Story(service, caseworker).tell()
        except _FAILURES as error:
            print(f"\nThis did not happen: {type(error).__name__}: {error}", flush=True)
            return 1
    print("\nThe callbacks, as `ivr callbacks list` shows them:\n", flush=True)
    print(installation.ivr("callbacks", "list"), flush=True)
    print("\nHow many calls there were, and how long they waited, as `ivr report` begins:\n")
    print(installation.ivr("report").partition("\n")[0], flush=True)
    print("\nEvery step happened.", flush=True)
    return 0


def _invitation(installation: Installation) -> str:
    return f"""
The system stays up until you press Ctrl-C. To take part:

  Register a softphone on this machine as agent 1002:
    SIP server {installation.sip} (UDP), user name 1002, password under [agents] in
    {installation.state}/secrets.toml
    Dial *11 to log in, *12 to pause, *13 to log out; *7 in a call asks for a callback.

  Look at it, and let citizens call, from another terminal:
    . {installation.exports}
    .venv/bin/ivr status
    .venv/bin/ivr callbacks list
    .venv/bin/ivr report
    .venv/bin/python -m testbed.call 04461/919-5010

  Change the files in {installation.environment["IVR_CONFIG"]}, then:
    .venv/bin/ivr apply
"""


def main() -> int:
    """Tell the story; return the exit status."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--once", action="store_true", help="end after the last scene")
    once = arguments.parse_args().once
    status = asyncio.run(_play())
    if status == 0 and not once:
        print(_invitation(Installation.running()), flush=True)
        signal.pause()
    return status


if __name__ == "__main__":
    sys.exit(main())
