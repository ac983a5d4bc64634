"""``/metrics``: the vital signs of the service in Prometheus's text format.

A registry of its own, filled anew for each request; nothing is kept between two. No label names a
person.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping

from fastapi import Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector

from ivr import __version__
from ivr.adapters.web.parts import With
from ivr.adapters.web.routers import open_router
from ivr.application.vitals import VitalSigns
from ivr.domain.agents import AgentState
from ivr.domain.calls import Outcome
from ivr.domain.events import FailureCause
from ivr.domain.live import Phase

router = open_router("service")


@router.get(
    "/metrics",
    summary="How it is, for Prometheus",
    response_class=Response,
    responses={
        200: {
            "description": "Prometheus's text format; docs/reference/metrics.md lists all metrics.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    },
)
async def metrics(parts: With) -> Response:
    """Figures of the service as a whole, none about a person; no token is needed."""
    return Response(metrics_text(await parts.vitals.take()), media_type=CONTENT_TYPE_LATEST)


def metrics_text(signs: VitalSigns) -> bytes:
    """Return ``signs``, and how the process is, as Prometheus reads them."""
    registry = CollectorRegistry()
    registry.register(_Signs(signs))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Signs(Collector):
    """Vital signs as metrics."""

    def __init__(self, signs: VitalSigns) -> None:
        self._signs = signs

    def collect(self) -> Iterator[Metric]:
        """Give all metrics."""
        yield _build()
        yield from _health(self._signs)
        yield from _calls(self._signs)
        yield from _offers(self._signs)
        yield from _callbacks(self._signs)


def _build() -> Metric:
    return _gauges(
        "ivr_build_info",
        "Always 1; the labels tell which program it is.",
        ("version", "python"),
        {(__version__, platform.python_version()): 1},
    )


def _health(signs: VitalSigns) -> Iterator[Metric]:
    yield _gauges(
        "ivr_up",
        "Whether a thing outside works: 1 or 0.",
        ("part",),
        {(part,): works for part, works in signs.works.items()},
    )
    yield GaugeMetricFamily(
        "ivr_lag_seconds", "Time between a fact's arrival and its handling.", signs.lag
    )
    yield GaugeMetricFamily(
        "ivr_inbox_facts", "Facts that wait to be handled.", signs.facts_waiting
    )
    yield GaugeMetricFamily(
        "ivr_event_loop_lag_seconds", "By how much the event loop was late.", signs.loop_lag
    )
    yield CounterMetricFamily(
        "ivr_facts", "Facts and deadlines the engine took note of.", signs.tally.facts
    )
    yield CounterMetricFamily(
        "ivr_facts_not_recorded",
        "Facts the journal lacks, because it could not be written.",
        signs.not_recorded,
    )


def _calls(signs: VitalSigns) -> Iterator[Metric]:
    tally = signs.tally
    yield CounterMetricFamily("ivr_calls_arrived", "Calls that came in.", tally.arrived)
    yield _counters(
        "ivr_calls_ended",
        "Calls that ended.",
        "outcome",
        {outcome.value: tally.ended[outcome] for outcome in Outcome},
    )
    yield SummaryMetricFamily(
        "ivr_answered_wait_seconds",
        "How long answered calls had waited; noted when they end.",
        tally.answered,
        tally.answered_waits,
    )
    yield _gauges(
        "ivr_calls",
        "Calls that go on.",
        ("phase",),
        {(phase.value,): signs.calls[phase] for phase in Phase},
    )
    yield GaugeMetricFamily("ivr_waiting", "Callers who wait.", signs.queue.waiting)
    yield GaugeMetricFamily(
        "ivr_longest_wait_seconds",
        "How long the caller has waited who waits longest.",
        signs.queue.longest_wait_seconds,
    )
    yield _gauges(
        "ivr_agents",
        "Agents by state.",
        ("state",),
        {(state.value,): signs.queue.agents.get(state.value, 0) for state in AgentState},
    )


def _offers(signs: VitalSigns) -> Iterator[Metric]:
    tally = signs.tally
    yield CounterMetricFamily("ivr_offers", "Times an agent's telephone was rung.", tally.offers)
    yield CounterMetricFamily(
        "ivr_offers_answered", "Offers an agent answered.", tally.offers_answered
    )
    yield _counters(
        "ivr_offers_failed",
        "Offers that came to nothing.",
        "cause",
        {cause.value: tally.offers_failed[cause] for cause in FailureCause},
    )


def _callbacks(signs: VitalSigns) -> Iterator[Metric]:
    tally = signs.tally
    yield CounterMetricFamily(
        "ivr_callbacks_stored", "Callbacks requested in calls.", tally.callbacks_stored
    )
    yield CounterMetricFamily(
        "ivr_callbacks_not_stored",
        "Callbacks refused in words, because they could not be stored.",
        tally.callbacks_not_stored,
    )
    if signs.callbacks is not None:
        yield _gauges(
            "ivr_callbacks",
            "Open callbacks: all, those overdue, those somebody has not heard of.",
            ("which",),
            {
                ("open",): signs.callbacks.open,
                ("overdue",): signs.callbacks.overdue,
                ("undelivered",): signs.callbacks.undelivered,
            },
        )
    if signs.outbox is not None:
        yield _gauges(
            "ivr_outbox_messages",
            "Messages that wait to be delivered.",
            ("way",),
            {(way.value,): count for way, count in signs.outbox.items()},
        )


def _gauges(
    name: str, documentation: str, labels: tuple[str, ...], values: Mapping[tuple[str, ...], float]
) -> Metric:
    metric = GaugeMetricFamily(name, documentation, labels=labels)
    for of, value in values.items():
        metric.add_metric(of, float(value))
    return metric


def _counters(name: str, documentation: str, label: str, values: Mapping[str, float]) -> Metric:
    metric = CounterMetricFamily(name, documentation, labels=(label,))
    for of, value in values.items():
        metric.add_metric((of,), float(value))
    return metric
