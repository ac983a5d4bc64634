"""From dialling to waiting: announcements, menu, language, a closed department, calling again."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from testbed.installation import Installation
from testbed.ports import Ports
from testbed.stack import Stack
from tests.e2e.prompt_tones import prompts_heard

COMMON = "044619197777"
JUGEND = "044619195010"
UMWELT = "044619193010"
MENU = '[keys]\n1 = "umwelt"\n2 = "soziales"\n0 = "common"\n'
SOZIALES_ON_DUTY = 'on_duty = ["heike.janssen", "folkert.meents"]\n'
GREETED = ["greeting", "en:language-offer"]
OPTIONS = [
    *("menu-for", "department-umwelt", "menu-press"),
    *("menu-for", "department-soziales", "menu-press"),
    *("menu-anything", "menu-press"),
]


def said(heard: list[str], *prompts: str) -> bool:
    """Whether ``prompts`` were heard in this order, perhaps with others in between."""
    rest = iter(heard)
    return all(prompt in rest for prompt in prompts)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(
    another: Callable[[Path], Installation],
    ports: Ports,
    config: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stack]:
    """A system with a menu on the common number, and a department that is open on another day."""
    folder = tmp_path_factory.mktemp("menu") / "config"
    shutil.copytree(config, folder)
    (folder / "menu.toml").write_text(f"pause = 2\ntries = 2\n{MENU}")
    with (folder / "queue.toml").open("a") as queue:
        queue.write("[spoken_messages]\nlongest = 20\n")
    departments = (folder / "departments.toml").read_text()
    assert SOZIALES_ON_DUTY in departments
    day = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(days=3)
    hours = f'[department.hours]\n{day:%A} = ["07:00-18:00"]\n'.lower()
    (folder / "departments.toml").write_text(
        departments.replace(SOZIALES_ON_DUTY, SOZIALES_ON_DUTY + hours)
    )
    async with Stack(another(folder), ports) as stack:
        yield stack


async def test_a_key_of_the_menu_leads_to_the_department(stack: Stack) -> None:
    async with stack.ready_agent("1001") as agent, stack.citizen("+491713920061") as citizen:
        call = await citizen.dial(COMMON)
        await call.answered()
        await stack.status(lambda status: status["counts"]["calls"] == {"menu": 1}, "the menu")
        await call.press("1")
        ringing = await agent.incoming()
        await call.hang_up()
        heard = prompts_heard(call.heard())

    assert ringing.display.name == "Umwelt · 0171 3920061"
    assert heard[:2] == GREETED


async def test_who_presses_nothing_hears_the_menu_twice_and_then_waits(stack: Stack) -> None:
    async with stack.citizen("+491713920062") as citizen:
        call = await citizen.dial(COMMON)
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits", within=60)
        await call.talk(1)
        await call.hang_up()
        assert prompts_heard(call.heard()) == [*GREETED, *OPTIONS, *OPTIONS, "please-wait"]


async def test_a_closed_department_keeps_what_the_caller_says(stack: Stack) -> None:
    async with stack.citizen("+491713920066", tone=500) as citizen:
        call = await citizen.dial(COMMON)
        await call.answered()
        await call.press("2")
        await stack.status(lambda status: status["counts"]["calls"] == {"closed": 1}, "closed")
        await call.talk(4)
        await call.press("1#")
        await call.talk(4)
        await call.press("#")
        told = await stack.caseworker.told("requested", caller_number="+491713920066")
        await call.ended(within=30)
        heard = prompts_heard(call.heard())

    assert told["callback"]["department"] == "soziales"
    assert told["callback"]["source"] == "out_of_hours"
    assert said(heard, "closed-now", "open-again", "on-day", "from")
    assert said(heard, "message-offer", "message-kept", "callback-promised")


async def test_a_key_changes_the_language_from_the_first_moment(stack: Stack) -> None:
    async with stack.citizen("+491713920063") as citizen:
        call = await citizen.dial(JUGEND)
        await call.answered()
        await call.press("9")
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await call.talk(1)
        await call.hang_up()
        assert prompts_heard(call.heard())[-2:] == ["en:greeting", "en:please-wait"]


async def test_an_announcement_is_heard_first_until_it_is_ended(
    stack: Stack, prompts: Path
) -> None:
    until = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(days=1)
    flood = prompts / "recordings" / "de" / "taken-out.wav"  # any tone that is not heard otherwise
    await stack.command(
        *("announce", "start", "--recording", str(flood), "--department", "jugend"),
        *("--until", f"{until:%Y-%m-%d %H:%M}"),
    )
    [announcement] = (await stack.api("GET", "announcements"))["announcements"]

    concerned = await _heard(stack, JUGEND)
    not_concerned = await _heard(stack, UMWELT)
    await stack.command("announce", "end", announcement["id"])
    afterwards = await _heard(stack, JUGEND)

    ordinary = [*GREETED, "please-wait"]
    assert concerned == ["taken-out", *ordinary]
    assert not_concerned == afterwards == ordinary


async def _heard(stack: Stack, number: str) -> list[str]:
    """Call ``number``, wait in the queue, and tell which prompts were heard."""
    async with stack.citizen(None) as citizen:
        call = await citizen.dial(number)
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await call.talk(1)
        await call.hang_up()
        await stack.status(lambda status: status["counts"]["calls"] == {}, "nobody calls")
        return prompts_heard(call.heard())


async def test_who_calls_again_has_the_old_place(stack: Stack) -> None:
    async with (
        stack.citizen("+491713920064") as anna,
        stack.citizen("+491713920065") as bert,
    ):
        first = await anna.dial(JUGEND)
        await stack.status(lambda status: len(status["waiting"]) == 1, "Anna waits")
        other = await bert.dial(JUGEND)
        await stack.status(lambda status: len(status["waiting"]) == 2, "Bert waits")
        await first.hang_up()
        again = await anna.dial(JUGEND)
        await stack.status(lambda status: len(status["waiting"]) == 2, "Anna waits again")
        await again.talk(2)
        async with stack.ready_agent("1001") as agent:
            ringing = await agent.incoming()
            assert ringing.display.name == "Jugend · 0171 3920064"
            await again.hang_up()
            await other.hang_up()
        assert prompts_heard(again.heard()) == [*GREETED, "place-regained", "please-wait"]
