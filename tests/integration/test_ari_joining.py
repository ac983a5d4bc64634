"""Who is in the bridge of a talk has not always talked, on a real Asterisk.

Where an agent hangs up while being joined, Asterisk puts the caller into the bridge all the same.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ivr.adapters.ari.legs import talk_bridge
from ivr.domain import commands as do
from ivr.domain import events as on
from tests.contract.switch_scenes import AsteriskScene, asterisk_scene
from tests.contract.test_switch import answered_caller, answered_offer, told
from tests.contract.test_switch_resumed import being_joined, since

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AsteriskScene]:
    async with asterisk_scene(tmp_path_factory.mktemp("j")) as running:
        yield running


async def test_a_caller_put_into_the_bridge_alone_has_not_talked(scene: AsteriskScene) -> None:
    caller = await answered_caller(scene)
    offer = await answered_offer(scene, caller)
    await scene.agent.hang_up()
    await told(scene, on.AgentHungUp(offer))
    bridge = f"bridges/{talk_bridge(offer)}"
    await scene.switch._ari.request("POST", bridge, {"type": "mixing,dtmf_events"})
    await scene.switch._ari.request("POST", f"{bridge}/addChannel", {"channel": caller.id})
    seen = len(scene.events)
    await scene.kill_program()
    await scene.start_program(being_joined(caller.id, offer))
    assert since(scene, seen) == [on.AgentHungUp(offer), on.ConnectFailed(offer)]
    await caller.hang_up()
    await told(scene, on.CallerHungUp(caller.id))
    await scene.switch.execute(do.WithdrawOffer(caller.id, offer, do.Withdrawal.ELSEWHERE))
    await scene.gone(offer)
