"""One long day, always the same, and what the engine wants in it as a digest.

Run as a program it prints the digest: ``python -m tests.unit.domain.scripted_day``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from random import Random

from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.announcement import Announcement
from ivr.domain.callback import CallbackState
from ivr.domain.engine import QueueEngine
from ivr.domain.ids import AnnouncementId, CallbackId, CallId, CaseworkerId, LegId, VisitId
from ivr.domain.known import KnownCallback
from ivr.domain.rules import (
    Announcing,
    KeepingPlace,
    Limits,
    QueueRules,
    Strategy,
    Widening,
)
from tests.examples import COMMON_NUMBER, DIDS, JUGEND, UMWELT
from tests.unit.domain.driver import MONDAY_NOON
from tests.unit.domain.outside_transfers import OutsideWithTransfers
from tests.unit.domain.test_engine_always import MENU, any_county

STEPS = 4000
RULES = QueueRules(
    strategy=Strategy.RING_SEVERAL,
    ring_at_once=2,
    whisper=True,
    widening=Widening(levels=(timedelta(seconds=10),), everyone=timedelta(minutes=1)),
    announcing=Announcing(after=timedelta(seconds=5), every=timedelta(seconds=10)),
    keeping_place=KeepingPlace(retry_after=timedelta(seconds=20)),
    limits=Limits(max_waiting=15, leave_when_empty=True),
)


class ScriptedDay:
    """Whatever happens is drawn from what can happen, by a seed and in a fixed order."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311  a script, not a secret
        county = any_county(RULES, MENU, {"8": "en"})
        self._engine = QueueEngine(county, "r1")
        self._outside = OutsideWithTransfers(county, MONDAY_NOON)
        self._agents = sorted(county.agents)
        self._visits = 0
        self._wanted = sha256()

    def digest(self, steps: int = STEPS) -> str:
        """Play ``steps`` steps; return a digest of all commands."""
        for _ in range(steps):
            for event in self._something():
                self._happens(event)
            self._passes(self._chance.choice([0, 0, 0.5, 3]))
        return self._wanted.hexdigest()

    def _happens(self, event: on.Event) -> None:
        committed = self._outside.notice(event)
        commands = self._engine.handle(event, self._outside.now)
        self._wanted.update(repr(commands).encode())
        for command in commands:
            self._outside.obey(command, committed)

    def _passes(self, seconds: float) -> None:
        until = self._outside.now + timedelta(seconds=seconds)
        while (deadline := self._engine.next_deadline()) is not None and deadline <= until:
            self._outside.now = max(deadline, self._outside.now)
            commands = self._engine.handle_timer(self._outside.now)
            self._wanted.update(repr(commands).encode())
            for command in commands:
                self._outside.obey(command, None)
        self._outside.now = until

    def _something(self) -> list[on.Event]:
        kinds: list[Callable[[], list[on.Event]]] = [
            self._arrives,
            self._leaves,
            self._presses,
            self._gets_ready,
            self._answers,
            self._talks,
            self._works,
            self._is_heard,
            self._is_stored,
            self._ends,
            self._is_announced,
        ]
        return self._chance.choice(kinds)()

    def _arrives(self) -> list[on.Event]:
        call = CallId(f"c{len(self._outside.callers_ever)}")
        number = f"0171392{self._chance.randrange(20):04}"
        known = KnownCallback(
            CallbackId("k1"),
            JUGEND,
            CaseworkerId("jugend.1"),
            CallbackState.ATTEMPTED,
            MONDAY_NOON + timedelta(days=1),
            missed=True,
        )
        dialled = self._chance.choice([COMMON_NUMBER, *DIDS.values()])
        recognised = [on.CallerRecognised(call, (known,))] if self._chance.random() < 0.2 else []
        return [on.CallArrived(call, dialled, number), *recognised]

    def _leaves(self) -> list[on.Event]:
        ends = (on.CallerHungUp, on.CallerHungUp, on.CallerLost, on.CallerTakenOver)
        callers = sorted(self._outside.callers)
        if not callers:
            return []
        return [self._chance.choice(ends)(self._chance.choice(callers))]

    def _presses(self) -> list[on.Event]:
        keys = self._chance.choice(["1", "2", "3", "8", "0", "1#"])
        callers = sorted(self._outside.callers)
        if not callers:
            return []
        call = self._chance.choice(callers)
        return [on.CallerPressed(call, key) for key in keys]

    def _gets_ready(self) -> list[on.Event]:
        agent = self._chance.choice(self._agents)
        presence = self._chance.choice([Presence.READY, Presence.READY, Presence.PAUSED])
        return [on.PhoneReachable(agent), on.PresenceChosen(agent, presence)]

    def _answers(self) -> list[on.Event]:
        outside = self._outside
        answers: list[on.Event] = [on.OfferAnswered(offer) for offer in sorted(outside.ringing)]
        answers += [on.PartyAnswered(leg) for leg in sorted(outside.dialled)]
        return answers[:2]

    def _talks(self) -> list[on.Event]:
        return [on.CallConnected(offer) for offer in sorted(self._outside.to_be_joined)]

    def _works(self) -> list[on.Event]:
        joined = sorted(self._outside.joined)
        if not joined:
            return []
        offer = self._chance.choice(joined)
        keys = self._chance.choice(["*7", "*8311#", "*9", "*3", ""])
        pressed: list[on.Event] = [on.AgentPressed(offer, key) for key in keys]
        return pressed or [on.AgentHungUp(offer)]

    def _is_heard(self) -> list[on.Event]:
        heard: list[on.Event] = [
            on.PlaybackFinished(call, playback)
            for call, playback in sorted(self._outside.playing.items())
        ]
        heard += [on.WhisperFinished(offer) for offer in sorted(self._outside.whispering)]
        return heard

    def _is_stored(self) -> list[on.Event]:
        outside = self._outside
        stored: list[on.Event] = [
            on.CallbackStored(callback.id, callback.call or CallId(""))
            for callback in outside.storing.values()
        ]
        stored += [on.PlaceStored(call) for call in outside.keeping]
        stored += [on.CallbackAddedTo(known, call) for call, known in outside.adding.items()]
        return stored

    def _ends(self) -> list[on.Event]:
        ended: list[on.Event] = [on.LegEnded(leg) for leg in sorted(self._outside.ending)]
        ended += [on.PartyHungUp(LegId(leg)) for leg in sorted(self._outside.parties)[:1]]
        self._visits += 1
        code = on.FeatureCodeDialled(VisitId(f"v{self._visits}"), self._agents[0], "*11")
        return [*ended, code]

    def _is_announced(self) -> list[on.Event]:
        now = self._outside.now
        made = [
            Announcement(
                AnnouncementId(f"a{number}"),
                f"flood-{number}",
                now,
                now + timedelta(seconds=20),
                frozenset({UMWELT, JUGEND}),
            )
            for number in range(3)
        ]
        return [on.AnnouncementMade(each) for each in made]


if __name__ == "__main__":
    print(ScriptedDay(7).digest())  # noqa: T201  what it is for
