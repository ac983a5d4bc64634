from __future__ import annotations

from datetime import datetime

import pytest

from ivr.application.moments import read_moment
from tests.examples import BERLIN

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("18:00", "2026-11-23T18:00:00+01:00"),
        (" 18:00 ", "2026-11-23T18:00:00+01:00"),
        ("7:30", "2026-11-24T07:30:00+01:00"),
        ("12:00", "2026-11-24T12:00:00+01:00"),
        ("2026-11-25 07:00", "2026-11-25T07:00:00+01:00"),
        ("2026-11-25T07:00", "2026-11-25T07:00:00+01:00"),
        ("25.11.2026 07:00", "2026-11-25T07:00:00+01:00"),
        ("2026-11-25T07:00:00+00:00", "2026-11-25T08:00:00+01:00"),
        ("2026-07-01 07:00", "2026-07-01T07:00:00+02:00"),
    ],
)
def test_times_as_people_write_them(written: str, meant: str) -> None:
    assert read_moment(written, NOON, BERLIN) == datetime.fromisoformat(meant)


@pytest.mark.parametrize("written", ["", "soon", "24:00", "18", "2026-11-25", "31.02.2026 07:00"])
def test_what_says_no_time(written: str) -> None:
    assert read_moment(written, NOON, BERLIN) is None


def test_a_time_tomorrow_is_that_time_also_when_the_clocks_change() -> None:
    evening = datetime(2026, 10, 24, 20, 0, tzinfo=BERLIN)
    assert read_moment("18:00", evening, BERLIN) == datetime.fromisoformat(
        "2026-10-25T18:00:00+01:00"
    )
