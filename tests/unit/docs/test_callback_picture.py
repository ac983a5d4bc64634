"""The picture of a callback's states is the one of the table that decides."""

from __future__ import annotations

from pathlib import Path

from ivr.application.callback_picture import picture
from ivr.domain.callback import CHANGES, CallbackState

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "callback.md"


def test_the_page_shows_what_the_table_says() -> None:
    assert picture() in PAGE.read_text(encoding="utf-8"), (
        "python -m ivr.application.callback_picture, and put it into docs/explanation/callback.md"
    )


def test_the_picture_shows_every_change() -> None:
    arrows = [line.strip() for line in picture().splitlines() if "-->" in line]
    for event, changes in CHANGES.items():
        for before, after in changes.items():
            [arrow] = [arrow for arrow in arrows if arrow.startswith(f"{before} --> {after}:")]
            assert event in arrow.partition(": ")[2].split(", ")
    assert all(any(f"--> {state}" in arrow for arrow in arrows) for state in CallbackState)
