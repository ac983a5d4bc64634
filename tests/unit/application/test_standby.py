"""The fallback queue is in step with the engine, and what agents chose there is learnt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from structlog.testing import capture_logs

from ivr.application.backoff import Backoff
from ivr.application.ports.standby import Choice, StandbyPresence
from ivr.application.standby import InStep
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.ids import AgentId
from ivr.domain.rules import QueueRules
from tests.examples import ALL_ROUND
from tests.fakes.standby import FakeStandby
from tests.service_lab import ServiceLab, running_service

READY = StandbyPresence(Presence.READY)
OTHER = AgentId("1002")


@asynccontextmanager
async def in_step(lab: ServiceLab, standby: FakeStandby) -> AsyncIterator[InStep]:
    """It runs, and has been told that Asterisk is there."""
    parts = InStep(lab.dispatcher, lab.inbox, standby, Backoff(first=0.001, longest=0.001))
    parts.look_again()
    task = asyncio.create_task(parts.run(), name="standby")
    try:
        yield parts
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def counted(standby: FakeStandby, expected: dict[AgentId, StandbyPresence]) -> None:
    async with asyncio.timeout(5):
        while standby.counted != expected or standby.chosen:  # noqa: ASYNC110 - a fake
            await asyncio.sleep(0.001)


def chosen(lab: ServiceLab, presence: Presence, key: str = "", *, ago: float = 60) -> Choice:
    at = (lab.clock.now() - timedelta(seconds=ago)).replace(microsecond=0)
    return Choice(ALL_ROUND, presence, key, at)


def wanted(lab: ServiceLab, agent: AgentId = ALL_ROUND) -> tuple[Presence, str]:
    view = lab.desk.agent(agent)
    return view.presence, view.reason


async def test_what_agents_want_is_told_at_once() -> None:
    standby = FakeStandby()
    async with running_service() as lab, in_step(lab, standby):
        await lab.inbox.handled(on.PresenceChosen(ALL_ROUND, Presence.READY))
        await counted(standby, {ALL_ROUND: READY})
        await lab.inbox.handled(on.PresenceChosen(ALL_ROUND, Presence.PAUSED, "Mittag"))
        await counted(standby, {ALL_ROUND: StandbyPresence(Presence.PAUSED, "Mittag")})
        await lab.inbox.handled(on.PresenceChosen(ALL_ROUND, Presence.LOGGED_OUT))
        await counted(standby, {})
    assert len(standby.told) == 3


async def test_what_the_system_does_with_agents_is_not_told() -> None:
    standby = FakeStandby()
    async with running_service() as lab, in_step(lab, standby):
        await lab.caller_waits()
        await lab.agent_answers(ALL_ROUND)
        await counted(standby, {ALL_ROUND: READY})
        await lab.agent_hangs_up(lab.switch.offers[-1].offer)
    assert standby.told == [(ALL_ROUND, READY)]


async def test_what_was_chosen_while_it_was_away_is_told_when_it_is_back() -> None:
    standby = FakeStandby()
    standby.down = True
    async with running_service() as lab, in_step(lab, standby):
        await lab.inbox.handled(on.PresenceChosen(ALL_ROUND, Presence.READY))
        await lab.inbox.handled(on.PresenceChosen(OTHER, Presence.READY))
        await lab.inbox.handled(on.PresenceChosen(OTHER, Presence.LOGGED_OUT))
        standby.down = False
        await counted(standby, {ALL_ROUND: READY})
    assert standby.told == [(ALL_ROUND, READY)]


async def test_its_absence_is_said_once() -> None:
    standby = FakeStandby()
    standby.down = True
    tries = 0

    def tried() -> None:
        nonlocal tries
        tries += 1

    standby.on_tell = tried
    with capture_logs() as logs:
        async with running_service() as lab, in_step(lab, standby):
            await lab.inbox.handled(on.PresenceChosen(ALL_ROUND, Presence.READY))
            await asyncio.sleep(0.05)
            standby.down = False
            await counted(standby, {ALL_ROUND: READY})
    assert [entry["event"] for entry in logs].count("standby_not_told") == 1


async def test_who_is_not_configured_is_taken_out() -> None:
    standby = FakeStandby()
    standby.counted[AgentId("9999")] = READY
    async with running_service() as lab, in_step(lab, standby):
        await lab.inbox.handled(on.PresenceChosen(ALL_ROUND, Presence.READY))
        await counted(standby, {ALL_ROUND: READY})


async def test_a_choice_made_without_us_counts() -> None:
    standby = FakeStandby()
    rules = QueueRules(pause_reasons={"1": "Mittag"})
    async with running_service(rules) as lab:
        await lab.inbox.handled(on.PresenceChosen(ALL_ROUND, Presence.READY))
        standby.chooses(chosen(lab, Presence.PAUSED, "1"))
        async with in_step(lab, standby):
            await counted(standby, {ALL_ROUND: StandbyPresence(Presence.PAUSED, "Mittag")})
            assert wanted(lab) == (Presence.PAUSED, "Mittag")


async def test_a_log_out_without_us_counts() -> None:
    standby = FakeStandby()
    async with running_service() as lab:
        await lab.inbox.handled(on.PresenceChosen(ALL_ROUND, Presence.READY))
        standby.chooses(chosen(lab, Presence.LOGGED_OUT))
        async with in_step(lab, standby):
            await counted(standby, {})
            assert wanted(lab) == (Presence.LOGGED_OUT, "")


async def test_what_was_chosen_with_us_later_counts_more() -> None:
    standby = FakeStandby()
    async with running_service() as lab, in_step(lab, standby) as parts:
        await lab.inbox.handled(on.PresenceChosen(ALL_ROUND, Presence.READY))
        await counted(standby, {ALL_ROUND: READY})
        standby.chooses(chosen(lab, Presence.LOGGED_OUT))
        parts.look_again()
        await counted(standby, {ALL_ROUND: READY})
        assert wanted(lab) == (Presence.READY, "")


async def test_a_choice_made_while_only_calls_are_cut_off_is_learnt_at_once() -> None:
    standby = FakeStandby()
    async with running_service() as lab, in_step(lab, standby) as parts:
        await counted(standby, {})
        standby.chooses(chosen(lab, Presence.READY))
        parts.look_again()
        await counted(standby, {ALL_ROUND: READY})
        assert wanted(lab) == (Presence.READY, "")


async def test_where_nothing_is_known_of_an_agent_the_queue_is_believed() -> None:
    standby = FakeStandby()
    lunch = StandbyPresence(Presence.PAUSED, "Mittag")
    standby.counted.update({ALL_ROUND: READY, OTHER: lunch})
    async with running_service() as lab, in_step(lab, standby):
        async with asyncio.timeout(5):
            while wanted(lab, OTHER)[0] is Presence.LOGGED_OUT:  # noqa: ASYNC110 - a fake
                await asyncio.sleep(0.001)
        assert wanted(lab) == (Presence.READY, "")
        assert wanted(lab, OTHER) == (Presence.PAUSED, "Mittag")
        await counted(standby, {ALL_ROUND: READY, OTHER: lunch})
    assert standby.told == []


async def test_what_is_known_of_an_agent_is_believed_more_than_the_queue() -> None:
    standby = FakeStandby()
    async with running_service() as lab:
        for presence in (Presence.READY, Presence.LOGGED_OUT):
            await lab.inbox.handled(on.PresenceChosen(ALL_ROUND, presence))
        standby.counted[ALL_ROUND] = READY
        async with in_step(lab, standby):
            await counted(standby, {})
            assert wanted(lab) == (Presence.LOGGED_OUT, "")


async def test_a_choice_is_forgotten_only_once_it_counts() -> None:
    standby = FakeStandby()
    async with running_service() as lab:
        standby.chooses(chosen(lab, Presence.READY))
        seen: list[datetime] = []

        def follow(event: on.Event | None, _commands: object, now: datetime) -> None:
            if isinstance(event, on.PresenceChosen):
                assert ALL_ROUND in standby.chosen
                seen.append(now)

        lab.dispatcher.follow(follow)
        async with in_step(lab, standby):
            await counted(standby, {ALL_ROUND: READY})
    assert len(seen) == 1
