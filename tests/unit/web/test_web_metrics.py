"""What Prometheus reads."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.examples import ALL_ROUND, CALLER
from tests.fakes.callbacks import a_callback
from tests.service_lab import ServiceLab

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "metrics.md"

Samples = dict[tuple[str, str], float]


async def scraped(stranger: httpx.AsyncClient) -> Samples:
    """What is told, by name and the one label's value."""
    answer = await stranger.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, " ".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_a_quiet_service(lab: ServiceLab, stranger: httpx.AsyncClient) -> None:
    told = await scraped(stranger)

    assert told["ivr_waiting", ""] == told["ivr_calls_ended_total", "abandoned"] == 0
    assert told["ivr_agents", "logged_out"] == len(lab.county.agents)
    assert told["ivr_up", "switch"] == told["ivr_up", "store"] == 1
    assert told["process_open_fds", ""] > 0


async def test_a_caller_waits_and_another_is_served(
    lab: ServiceLab, stranger: httpx.AsyncClient
) -> None:
    await lab.caller_waits("call-1")
    await lab.agent_answers(ALL_ROUND)
    await lab.caller_waits("call-2")
    lab.later(30)
    during = await scraped(stranger)
    await lab.agent_hangs_up(lab.switch.offers[0].offer)
    after = await scraped(stranger)

    assert during["ivr_calls_arrived_total", ""] == 2
    assert during["ivr_calls", "talking"] == during["ivr_calls", "waiting"] == 1
    assert (during["ivr_waiting", ""], during["ivr_longest_wait_seconds", ""]) == (1, 30)
    assert during["ivr_agents", "on_call"] == 1
    assert during["ivr_offers_total", ""] == during["ivr_offers_answered_total", ""] == 1
    assert after["ivr_calls_ended_total", "completed"] == 1
    assert after["ivr_answered_wait_seconds_count", ""] == 1
    assert after["ivr_facts_total", ""] > during["ivr_facts_total", ""]


async def test_what_is_away_is_told_and_costs_nothing_else(
    lab: ServiceLab, stranger: httpx.AsyncClient
) -> None:
    lab.switch.connected = False
    lab.store.down = True
    told = await scraped(stranger)

    assert told["ivr_up", "switch"] == told["ivr_up", "store"] == 0
    assert ("ivr_callbacks", "open") not in told
    assert ("ivr_outbox_messages", "mqtt") not in told
    assert told["ivr_inbox_facts", ""] == 0


async def test_nothing_in_it_is_about_a_person(
    lab: ServiceLab, stranger: httpx.AsyncClient
) -> None:
    await lab.caller_waits()
    await lab.agent_answers(ALL_ROUND)
    text = (await stranger.get("/metrics")).text

    for personal in (CALLER, ALL_ROUND, *lab.county.agents):
        assert f'"{personal}"' not in text


async def test_every_metric_is_in_the_reference_and_no_other(
    lab: ServiceLab, stranger: httpx.AsyncClient
) -> None:
    del lab
    text = (await stranger.get("/metrics")).text
    told = set(re.findall(r"^# TYPE (ivr_\w+)", text, re.MULTILINE))
    documented = set(re.findall(r"^\| `(ivr_\w+)`", REFERENCE.read_text(), re.MULTILINE))

    assert told == documented


async def test_who_asks_often_has_the_outbox_counted_once_in_two_seconds(
    lab: ServiceLab, stranger: httpx.AsyncClient
) -> None:
    before = await scraped(stranger)
    await lab.callbacks.request(a_callback())
    soon = await scraped(stranger)
    lab.later(2)
    later = await scraped(stranger)

    waiting = [told["ivr_outbox_messages", "mqtt"] for told in (before, soon, later)]
    assert waiting == [0, 0, 1]
