"""Nobody's number and no key is ever in a log line, whatever happens."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from ivr.adapters.system.logs import mask
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.ids import CallId, OfferId
from tests.examples import ALL_ROUND, CALLER, DIDS, UMWELT
from tests.service_lab import ServiceLab, running_service

KEYED = "01713920099"
TELLING = ("1713920001", "3920001", "1713920099", "3920099")
"""What would tell on the callers, however a number is written."""


async def a_busy_morning(lab: ServiceLab) -> None:
    """Callbacks by key, by agent and by a keyed number, and everything failing once."""
    await lab.caller_waits("talks")
    await lab.agent_answers(ALL_ROUND)
    offer = lab.switch.offers[-1].offer
    for key in "*7":
        await lab.inbox.handled(on.AgentPressed(offer, key))
    await lab.agent_hangs_up(offer)

    await lab.caller_waits("asks")
    await lab.inbox.handled(on.CallerPressed(CallId("asks"), "1"))

    withheld = CallId("withheld")
    await lab.inbox.handled(on.CallArrived(withheld, dialled=DIDS[UMWELT]))
    for key in f"1{KEYED}#":
        await lab.inbox.handled(on.CallerPressed(withheld, key))

    lab.store.down = True
    await lab.caller_waits("no promise")
    await lab.inbox.handled(on.CallerPressed(CallId("no promise"), "1"))
    await lab.inbox.handled(on.CallerHungUp(CallId("no promise")))
    lab.store.down = False

    await lab.inbox.handled(on.CallArrived(CallId("lost"), dialled="0441999", caller=CALLER))
    await lab.desk.choose_presence(ALL_ROUND, Presence.LOGGED_OUT)
    await lab.inbox.handled(on.OfferAnswered(OfferId("late")))


async def test_log_lines_tell_on_nobody(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as lines:
        async with running_service() as lab:
            await a_busy_morning(lab)
            assert await lab.callback_ids()
    events = {line["event"] for line in lines}
    assert events >= {"call_ended", "callback_stored", "callback_not_stored"}
    written = "\n".join([*map(str, lines), caplog.text])
    assert [number for number in TELLING if number in written] == []
    assert not [line for line in lines if {"key", "keys", "digits"} & line.keys()]


def test_a_careless_line_is_masked() -> None:
    fields: MutableMapping[str, Any] = {
        "event": "e",
        "caller": CALLER,
        "keys": "12",
        "number": None,
    }
    masked = mask(None, "info", fields)
    assert masked == {
        "event": "e",
        "caller": "<13 characters>",
        "keys": "<2 characters>",
        "number": None,
    }
