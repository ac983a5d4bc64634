"""How the program is put together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import get_args

import pytest

from ivr.adapters.mqtt import Payload
from ivr.bootstrap.running import endless
from ivr.bootstrap.web import files_probe
from ivr.domain.errors import ConfigError, Problem, Unavailable
from ivr.provisioning.county import load_county
from ivr.provisioning.last_good import Beginning
from ivr.provisioning.settings import Settings
from testbed.installation import PROJECT

Run = Callable[[], Awaitable[None]]


async def return_at_once() -> None:
    pass


async def cancel_itself() -> None:
    given_up: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    given_up.cancel()
    await given_up


async def work() -> None:
    await asyncio.Event().wait()


async def run_two(name: str, run: Run) -> None:
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(endless("relay", work))
        tasks.create_task(endless(name, run))


@pytest.mark.parametrize("run", [return_at_once, cancel_itself])
async def test_a_part_that_ends_by_itself_ends_all(run: Run) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        await run_two("figures", run)

    [defect] = caught.value.exceptions
    assert isinstance(defect, AssertionError)
    assert "figures" in str(defect)


async def test_a_part_that_is_cancelled_ends_as_it_should() -> None:
    part = asyncio.create_task(endless("relay", work))
    await asyncio.sleep(0)

    part.cancel()

    with pytest.raises(asyncio.CancelledError):
        await part


async def test_files_that_were_refused_are_told_until_others_are_in_force() -> None:
    configuration = load_county(PROJECT / "config")
    refused = ConfigError((Problem("queue.toml", "", "", "is not TOML", ""),))
    in_force = configuration.county
    probe = files_probe(Beginning(configuration, refused), lambda: in_force)["configuration"]

    with pytest.raises(Unavailable):
        await probe()
    in_force = load_county(PROJECT / "config").county
    await probe()
    assert files_probe(Beginning(configuration), lambda: in_force) == {}


def test_every_payload_of_the_settings_can_be_published() -> None:
    annotation = Settings.model_fields["mqtt_payload"].annotation

    assert set(get_args(annotation)) == set(Payload)
