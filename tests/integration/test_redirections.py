"""Whoever answers a call of ours with a redirection (302) does not choose who is called instead.

Neither an agent's telephone nor the telephone company: else a stolen password of one telephone, or
somebody who is consulted or phoned back, would have the trunk call any number.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
import pytest_asyncio

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.ids import E164, CallId, LegId, OfferId, Target
from testbed.exchange import Exchange
from tests.contract.switch_scenes import AsteriskScene, asterisk_scene
from tests.examples import CALLER, COMMON_NUMBER, ONLY_JUGEND
from tests.integration.redirecting_phone import ABROAD, ABROAD_BY_TRUNK, RedirectingPhone

pytestmark = pytest.mark.asyncio(loop_scope="module")

OUTSIDE = E164("+494461555001")
RING_TIME = timedelta(seconds=20)
TARGETS = [COMMON_NUMBER, "*11", "1002", ABROAD, ABROAD_BY_TRUNK]
ENTERING = on.CallArrived | on.NumberDialled | on.FeatureCodeDialled


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AsteriskScene]:
    async with asterisk_scene(tmp_path_factory.mktemp("r")) as running:
        yield running


async def first(scene: AsteriskScene, since: int, wanted: Callable[[on.Event], bool]) -> None:
    await scene.events.first(wanted, "what became of the call", since=since)


@pytest.mark.parametrize("target", TARGETS)
async def test_nobody_is_called_instead_of_an_agent_who_is_offered_a_call(
    scene: AsteriskScene, target: str
) -> None:
    async with (
        Exchange(scene.lab.exchange) as exchange,
        RedirectingPhone(ONLY_JUGEND, scene.lab, target) as redirecting,
    ):
        caller = await scene.caller()
        await scene.switch.execute(do.AnswerCall(caller.id))
        await caller.answered()
        seen, offer = len(scene.events), OfferId(f"{caller.id}-o")
        await scene.switch.execute(
            do.OfferCall(caller.id, offer, ONLY_JUGEND, "Umwelt", CALLER, RING_TIME)
        )
        await first(scene, seen, lambda e: isinstance(e, on.OfferFailed) and e.offer == offer)
        assert redirecting.redirected.is_set()
        await scene.alone()
        await caller.hang_up()
        await scene.nothing_left()
    assert len(exchange.calls) == 0
    assert not [event for event in list(scene.events)[seen:] if isinstance(event, ENTERING)]


@pytest.mark.parametrize("target", TARGETS)
async def test_nobody_is_called_instead_of_an_agent_who_is_consulted(
    scene: AsteriskScene, target: str
) -> None:
    async with (
        Exchange(scene.lab.exchange) as exchange,
        RedirectingPhone(ONLY_JUGEND, scene.lab, target) as redirecting,
    ):
        seen = len(scene.events)
        await dialled(scene, LegId(f"agent-{seen}"), ONLY_JUGEND)
        assert redirecting.redirected.is_set()
    assert len(exchange.calls) == 0
    assert not [event for event in list(scene.events)[seen:] if isinstance(event, ENTERING)]


@pytest.mark.parametrize("target", TARGETS)
async def test_nobody_is_called_instead_of_one_who_is_phoned(
    scene: AsteriskScene, target: str
) -> None:
    """A caseworker, a citizen who is phoned back, or a number to which a caller is put through."""
    async with Exchange(scene.lab.exchange) as exchange:
        exchange.refuse(OUTSIDE, 302, f"sip:{target}@{scene.lab.server}")
        seen = len(scene.events)
        await dialled(scene, LegId(f"outside-{seen}"), OUTSIDE)
    assert [call.number for call in exchange.calls] == [OUTSIDE]
    assert not [event for event in list(scene.events)[seen:] if isinstance(event, ENTERING)]


async def dialled(scene: AsteriskScene, leg: LegId, to: Target) -> None:
    """Let ``to`` be phoned, and wait until nothing is left of it."""
    await scene.switch.execute(
        do.DialParty(CallId("c"), leg, to, COMMON_NUMBER, "Umwelt", RING_TIME)
    )
    await first(scene, 0, lambda e: isinstance(e, on.PartyFailed) and e.leg == leg)
    await scene.nothing_left()
