"""Citizens who call with something in mind, and write down what they see and hear."""

from __future__ import annotations

import asyncio
import random
import shutil
import wave
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, assert_never

from testbed.audio import tones
from testbed.exchange import Exchange
from testbed.faults.agents import Agents
from testbed.faults.evidence import CallSeen, Wish
from testbed.faults.system import AGENTS, System
from testbed.phone import Call, Phone
from testbed.transcript import Ended
from tests.e2e.prompt_tones import prompts_heard

NUMBERS: Final = [f"+491713920{number}" for number in range(200, 300)]
DIDS: Final = ("044619193010", "044619194010", "044619195010", "044619197777")
ODDS: Final = {
    Wish.PATIENT: 40,
    Wish.BRIEF: 15,
    Wish.IMPATIENT: 15,
    Wish.CALLBACK: 20,
    Wish.KEEPS_PLACE: 10,
}
LONGEST_WAIT: Final = 180.0
"""Seconds after which somebody who should have been served gives up, and says so."""
REDIAL_AFTER: Final = (0.2, 2.5)
KEPT: Final = "keep-place-confirmed"

_LEAVES_AFTER: Final = (2.0, 12.0)
_PRESSES_AFTER: Final = (1.5, 5.0)
_PRESSES_AGAIN_AFTER: Final = 10.0
_ANSWER_SECONDS: Final = 20.0
_BRIEF_TALK: Final = (0.5, 2.0)
_NOTICES_SILENCE_AFTER: Final = 2.0
_LOOK_SECONDS: Final = 0.5
_SAME_TONE_HZ: Final = 5
_FAILURES: Final = (TimeoutError, RuntimeError, Ended, OSError)


class Callers:
    """Citizens at several telephones. ``calls`` is what they saw."""

    def __init__(
        self, system: System, agents: Agents, exchange: Exchange, chance: random.Random
    ) -> None:
        """``exchange`` finds those whom we phone."""
        self.calls: list[CallSeen] = []
        self.under_way: set[str] = set()
        """The numbers of those on the line."""
        self.enough = False
        """No more calls."""
        self._system = system
        self._agents = agents
        self._exchange = exchange
        self._chance = chance
        self._numbers = deque(NUMBERS)
        self._analyses: set[asyncio.Task[None]] = set()

    async def keep_calling(self) -> None:
        """Be one telephone after the other, until it is enough."""
        while not self.enough:
            await asyncio.sleep(self._chance.uniform(*REDIAL_AFTER))
            if not self.enough:
                (wish,) = self._chance.choices(list(ODDS), list(ODDS.values()))
                await self._call(wish)

    async def all_heard(self) -> None:
        """Return when every recording has been listened to."""
        await asyncio.gather(*self._analyses)

    async def _call(self, wish: Wish) -> None:
        number = self._numbers.popleft()
        seen = CallSeen(number, wish, datetime.now(UTC))
        self.calls.append(seen)
        phone = self._system.citizen(number)
        try:
            async with phone:
                self._exchange.connect(number, phone)
                await self._carry_out(seen, phone)
        except _FAILURES as error:
            seen.gave_up = seen.gave_up or f"{type(error).__name__}: {error}"[:200]
        finally:
            seen.ended_at = seen.ended_at or datetime.now(UTC)
            self.under_way.discard(number)
            self._numbers.append(number)
        analysis = asyncio.create_task(asyncio.to_thread(_listen, seen, phone), name="listening")
        self._analyses.add(analysis)
        analysis.add_done_callback(self._analyses.discard)

    async def _carry_out(self, seen: CallSeen, phone: Phone) -> None:
        seen.dialled_at = datetime.now(UTC)
        call = await phone.dial(self._chance.choice(DIDS))
        line = _Line(self._system, call)
        if not await line.answered(_ANSWER_SECONDS):
            seen.gave_up = "was not answered"
            return
        seen.answered_at = datetime.now(UTC)
        self.under_way.add(seen.number)
        await self._wait(seen, line)
        seen.ended_at = datetime.now(UTC)
        self.under_way.discard(seen.number)
        if seen.wish is Wish.KEEPS_PLACE and await asyncio.to_thread(_kept, phone):
            await self._be_phoned(seen, phone)

    async def _wait(self, seen: CallSeen, line: _Line) -> None:
        match seen.wish:
            case Wish.PATIENT:
                over = await line.over(LONGEST_WAIT)
            case Wish.BRIEF:
                over = await self._talk_briefly(seen, line)
            case Wish.IMPATIENT:
                over = await line.over(self._chance.uniform(*_LEAVES_AFTER))
                seen.hung_up = not over
            case Wish.CALLBACK:
                over = await self._press(line, "1#")
            case Wish.KEEPS_PLACE:
                over = await self._press(line, "2")
            case _:
                assert_never(seen.wish)
        if not over:
            if not seen.hung_up:
                seen.gave_up = f"nothing came of it for {LONGEST_WAIT:.0f} s"
            await line.hang_up()
        elif line.dead:
            seen.gave_up = "the line went dead"

    async def _talk_briefly(self, seen: CallSeen, line: _Line) -> bool:
        """Wait for an agent and hang up first; returns whether it was over before."""

        def picked_up() -> bool:
            return any(
                ring.number == seen.number
                and ring.answered_at is not None
                and ring.answered_at >= seen.dialled_at
                for ring in self._agents.rings
            )

        if not await line.over(LONGEST_WAIT, unless=picked_up) and picked_up():
            seen.hung_up = not await line.over(self._chance.uniform(*_BRIEF_TALK))
        return line.ended

    async def _press(self, line: _Line, keys: str) -> bool:
        """Press, and again where nothing comes of it; returns whether the call came to its end."""
        over = await line.over(self._chance.uniform(*_PRESSES_AFTER))
        until = datetime.now(UTC) + timedelta(seconds=LONGEST_WAIT)
        while not over and datetime.now(UTC) < until:
            await line.press(keys)
            over = await line.over(_PRESSES_AGAIN_AFTER)
        return over

    async def _be_phoned(self, seen: CallSeen, phone: Phone) -> None:
        """Wait for our call and talk; who is not phoned has a callback or is still due."""
        with suppress(TimeoutError):
            phoned = await phone.incoming(within=LONGEST_WAIT)
            await phoned.answer()
            seen.phoned_at = datetime.now(UTC)
            await _Line(self._system, phoned).over(LONGEST_WAIT)


class _Line:
    """A call, as long as Asterisk lives: a phone is not told of its death."""

    def __init__(self, system: System, call: Call) -> None:
        self.ended = False
        self.dead = False
        self._system = system
        self._call = call
        self._deaths = len(system.asterisk.deaths)

    async def answered(self, within: float) -> bool:
        """Wait until the call stands; False: refused, or nothing for so long."""
        standing = asyncio.create_task(self._call.answered(within=within))
        ended = asyncio.create_task(self._call.ended(within=within))
        await asyncio.wait({standing, ended}, return_when=asyncio.FIRST_COMPLETED)
        for task in (standing, ended):
            task.cancel()
        await asyncio.gather(standing, ended, return_exceptions=True)
        return not standing.cancelled() and standing.exception() is None

    async def over(self, within: float, *, unless: Callable[[], bool] = lambda: False) -> bool:
        """Wait for the end for so long, or until ``unless``; returns whether it came."""
        until = datetime.now(UTC) + timedelta(seconds=within)
        while not self.ended and datetime.now(UTC) < until and not unless():
            if len(self._system.asterisk.deaths) > self._deaths:
                self.dead = self.ended = True
                await asyncio.sleep(_NOTICES_SILENCE_AFTER)
                break
            left = (until - datetime.now(UTC)).total_seconds()
            with suppress(TimeoutError):
                await self._call.ended(within=max(0.01, min(_LOOK_SECONDS, left)))
                self.ended = True
        return self.ended

    async def press(self, keys: str) -> None:
        """Press keys, if there is still a call."""
        with suppress(RuntimeError):
            await self._call.press(keys)

    async def hang_up(self) -> None:
        """End it."""
        with suppress(TimeoutError, RuntimeError):
            await self._call.hang_up()


def _kept(phone: Phone) -> bool:
    """Whether the caller was told that the place is kept."""
    return any(KEPT in _prompts(recording) for recording in phone.recordings())


def _listen(seen: CallSeen, phone: Phone) -> None:
    """Find out what was heard; the recordings are thrown away."""
    recordings = phone.recordings()
    seen.heard = tuple(prompt for recording in recordings for prompt in _prompts(recording))
    voices = [hz for recording in recordings for hz in _tones(recording)]
    seen.agents = frozenset(
        agent
        for agent, tone in AGENTS.items()
        if any(abs(hz - tone) <= _SAME_TONE_HZ for hz in voices)
    )
    if recordings:
        shutil.rmtree(recordings[0].parent, ignore_errors=True)


def _prompts(recording: Path) -> list[str]:
    try:
        return prompts_heard(recording)
    except (wave.Error, EOFError):
        return []


def _tones(recording: Path) -> list[float]:
    try:
        return tones(recording)
    except (wave.Error, EOFError):
        return []
