"""A report in files for other programs: CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from ivr.cli.report_output import Named
from ivr.domain.errors import Unavailable
from ivr.domain.figures import REPORT_FORMULAS
from ivr.domain.reporting import Values


def write_csv(file: Path, reports: Sequence[Named]) -> None:
    """Write a line for each report and for each of its groups. Raises Unavailable."""
    names = [key for key in REPORT_FORMULAS if key in reports[0].report.values()]
    try:
        with file.open("w", encoding="utf-8", newline="") as opened:
            rows = csv.writer(opened, lineterminator="\n")
            rows.writerow(["from", "to", "by", "group", *names])
            for named in reports:
                for grouping, group, values in _lines(named):
                    span = ["", ""] if named.span is None else [named.span.first, named.span.last]
                    rows.writerow([*span, grouping, group, *(values.get(key) for key in names)])
    except OSError as error:
        raise Unavailable(
            f"{file} can't be written: {error.strerror}.", code="report_not_written"
        ) from error


def _lines(named: Named) -> Iterator[tuple[str, str, Values]]:
    yield "", "", named.report.values()
    for grouping in named.groupings:
        for key, values in named.report.group_values(grouping).items():
            yield grouping.value, key, values
