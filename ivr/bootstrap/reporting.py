"""Reports, from the database beside the service or from a calls file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from ivr.adapters.calls_file import CallsFile, new_calls_file
from ivr.adapters.plots.bars import draw_bars
from ivr.adapters.store import StoredHistory
from ivr.adapters.system.clock import SystemClock
from ivr.application.call_history import CallbackHistory, CallHistory, Period
from ivr.application.reporting import BarPicture, make_report
from ivr.domain.county import County
from ivr.domain.errors import Unavailable
from ivr.domain.reporting import Grouping, Report
from ivr.domain.span_of_days import SpanOfDays
from ivr.provisioning.county import load_county
from ivr.provisioning.settings import Settings


def county_of_reports(settings: Settings) -> County:
    """Return the county with its names, hours and time zone. Raises ConfigError."""
    return load_county(settings.config).county


def today_in(county: County) -> date:
    """Return the day it is in the county."""
    return SystemClock().now().astimezone(county.hours.zone).date()


def report(
    settings: Settings,
    county: County,
    spans: Sequence[SpanOfDays | None],
    groupings: Sequence[Grouping],
    source: Path | None,
) -> list[Report]:
    """Report each of ``spans``, None: all there is; of a calls file, where ``source`` is one.

    Raises ConfigError and Unavailable.
    """

    async def make() -> list[Report]:
        async with _opened(settings, source) as (calls, callbacks):
            return [
                await make_report(
                    calls,
                    callbacks,
                    _period(span, county),
                    county.hours,
                    SystemClock().now(),
                    groupings,
                )
                for span in spans
            ]

    return asyncio.run(make())


def export_calls(
    settings: Settings, county: County, span: SpanOfDays | None, source: Path | None, file: Path
) -> int:
    """Write the calls of ``span`` into the calls file ``file``; return how many there are.

    Raises ConfigError and Unavailable; then all is as it was.
    """

    async def write() -> int:
        with new_calls_file(file) as writer:
            async with _opened(settings, source) as (calls, _):
                async for chunk in calls.calls(_period(span, county)):
                    writer.add(chunk)
        return writer.count

    return asyncio.run(write())


@asynccontextmanager
async def _opened(
    settings: Settings, source: Path | None
) -> AsyncIterator[tuple[CallHistory, CallbackHistory | None]]:
    if source is not None:
        yield CallsFile(source), None
        return
    stored = StoredHistory(settings.database)
    try:
        yield stored, stored
    finally:
        await stored.close()


def _period(span: SpanOfDays | None, county: County) -> Period:
    return Period() if span is None else Period(*span.instants(county.hours.zone))


def draw_report(pictures: Mapping[str, BarPicture], folder: Path) -> None:
    """Draw each of ``pictures``, by the names of their files, into ``folder``.

    Raises Refused where matplotlib is missing, Unavailable where nothing can be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            f"{folder} can't be written to: {error.strerror}.", code="report_not_written"
        ) from error
    for name, picture in pictures.items():
        draw_bars(picture, folder / name)
