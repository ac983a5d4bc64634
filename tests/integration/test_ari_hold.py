"""What people on hold hear on a real Asterisk: put there by the telephone, or by the program."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.ids import E164, AgentId, CallId, LegId, OfferId
from testbed.audio import tones_among, write_tone
from testbed.exchange import Exchange
from testbed.phone import Call, Phone
from tests.contract.switch_scenes import AsteriskScene, asterisk_scene
from tests.examples import ALL_ROUND, CALLER, COMMON_NUMBER, DIDS, ONLY_JUGEND, UMWELT

pytestmark = pytest.mark.asyncio(loop_scope="module")

OUTSIDE = E164("+494461555001")
RING_TIME = timedelta(seconds=20)

AGENT_HZ, CALLER_HZ, OUTSIDE_HZ, MUSIC_HZ, RINGING_HZ = 440, 660, 950, 1200, 425
TONES = (AGENT_HZ, CALLER_HZ, OUTSIDE_HZ, MUSIC_HZ)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AsteriskScene]:
    async with asterisk_scene(tmp_path_factory.mktemp("h")) as running:
        await play_a_tone_as_music(running)
        yield running


async def play_a_tone_as_music(scene: AsteriskScene) -> None:
    folder = scene.lab.settings.asterisk / "music"
    folder.mkdir()
    write_tone(folder / "tone.wav", hertz=MUSIC_HZ, seconds=30)
    configuration = scene.lab.settings.asterisk / "etc" / "musiconhold.conf"
    configuration.write_text(f"[default]\nmode=files\ndirectory={folder}\n")
    await scene.lab.asterisk.cli("moh reload")


async def called(scene: AsteriskScene) -> tuple[CallId, Call]:
    seen = len(scene.events)
    dialled = await scene.citizen.dial(DIDS[UMWELT])
    event = await scene.events.first(
        lambda event: isinstance(event, on.CallArrived), "a caller", since=seen
    )
    assert isinstance(event, on.CallArrived)
    await scene.switch.execute(do.AnswerCall(event.call))
    await dialled.answered()
    return event.call, dialled


async def offered(scene: AsteriskScene, call: CallId, agent: AgentId) -> OfferId:
    offer = OfferId(f"{call}-o")
    command = do.OfferCall(call, offer, agent, "Umwelt", CALLER, RING_TIME)
    await scene.switch.execute(command)
    return offer


async def connected(scene: AsteriskScene, call: CallId, offer: OfferId) -> None:
    await told(scene, on.OfferAnswered(offer))
    await scene.switch.execute(do.ConnectCall(call, offer))
    await told(scene, on.CallConnected(offer))


async def told(scene: AsteriskScene, event: on.Event) -> None:
    await scene.events.first(lambda posted: posted == event, repr(event))


async def talk(scene: AsteriskScene) -> tuple[CallId, OfferId, Call, Call]:
    call, dialled = await called(scene)
    offer = await offered(scene, call, ALL_ROUND)
    ringing = await scene.agent.phone.incoming()
    await ringing.answer()
    await connected(scene, call, offer)
    return call, offer, dialled, ringing


async def ended(scene: AsteriskScene, call: CallId, offer: OfferId, dialled: Call) -> None:
    await dialled.hang_up()
    await scene.switch.execute(do.ReleaseAgent(call, offer))
    await scene.nothing_left()


async def sent_to(scene: AsteriskScene, offer: OfferId) -> int:
    """How many packets of sound, 50 a second, the agent's telephone was sent."""
    told = await scene.switch._ari.request("GET", f"channels/{offer}/rtp_statistics")
    return int(told["txcount"])


def heard(call: Call) -> set[int]:
    """Which tones were there at the end."""
    return tones_among(call.heard(), TONES, last_seconds=0.8)


async def test_a_telephone_that_holds_gives_the_caller_music(scene: AsteriskScene) -> None:
    call, offer, dialled, ringing = await talk(scene)
    await ringing.hold()
    await dialled.talk(1.5)
    await ended(scene, call, offer, dialled)
    assert heard(dialled) == {MUSIC_HZ}


async def test_a_telephone_that_resumes_has_the_caller_back(scene: AsteriskScene) -> None:
    call, offer, dialled, ringing = await talk(scene)
    await ringing.hold()
    await dialled.talk(0.5)
    await ringing.resume()
    before = await sent_to(scene, offer)
    await dialled.talk(1.5)
    assert await sent_to(scene, offer) - before > 50  # baresip records nothing after a resumption
    await ended(scene, call, offer, dialled)
    assert heard(dialled) == {AGENT_HZ}


async def test_while_somebody_is_rung_the_caller_has_music_and_the_agent_the_ringing_tone(
    scene: AsteriskScene,
) -> None:
    call, offer, dialled, ringing = await talk(scene)
    await dialled.talk(0.5)
    await scene.switch.execute(do.HoldCaller(call, offer))
    await dialled.talk(0.9)  # the ringing tone is one second long, every five
    await ringing.hang_up()
    await dialled.talk(0.3)
    await ended(scene, call, offer, dialled)
    assert heard(dialled) == {MUSIC_HZ}
    assert tones_among(ringing.heard(), (RINGING_HZ, CALLER_HZ), last_seconds=0.5) == {RINGING_HZ}


async def test_a_caller_on_hold_at_the_telephone_is_handed_over_without_the_music(
    scene: AsteriskScene,
) -> None:
    lab = scene.lab
    folder = lab.folder / "outside"
    async with (
        Exchange(lab.exchange) as exchange,
        Phone.citizen(
            OUTSIDE, server=lab.server, ports=lab.ports, folder=folder, tone=OUTSIDE_HZ
        ) as outside,
        lab.desk_phone(ONLY_JUGEND) as desk,
    ):
        exchange.connect(OUTSIDE, outside)
        await told(scene, on.PhoneReachable(ONLY_JUGEND))
        call, dialled = await called(scene)
        offer = await offered(scene, call, ONLY_JUGEND)
        talking = await desk.incoming()
        await talking.answer()
        await connected(scene, call, offer)
        await talking.hold()
        leg = LegId(f"{call}-l")
        await scene.switch.execute(
            do.DialParty(call, leg, OUTSIDE, COMMON_NUMBER, "Umwelt", RING_TIME)
        )
        ringing = await outside.incoming()
        await ringing.answer()
        await told(scene, on.PartyAnswered(leg))
        await scene.switch.execute(do.HandOver(call, leg))
        await scene.switch.execute(do.ReleaseAgent(call, offer))
        await talking.ended()
        await dialled.talk(1.5)
        await dialled.hang_up()
        await scene.switch.execute(do.EndParty(call, leg))
        await ringing.ended()
        await scene.nothing_left()
    assert (heard(dialled), heard(ringing)) == ({OUTSIDE_HZ}, {CALLER_HZ})
