"""How long what is held about people is kept."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.domain.callback import Callback, Close, Reopen
from ivr.domain.errors import Refused
from ivr.domain.ids import E164
from ivr.domain.retention import CALLBACK_CONTENT, DEFAULT_DAYS, DataClass, Retention
from tests.fakes.callbacks import MONDAY, a_callback

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def test_every_class_has_an_end() -> None:
    assert set(DEFAULT_DAYS) == set(DataClass)
    assert all(days > 0 for days in DEFAULT_DAYS.values())


@pytest.mark.parametrize("data", DataClass)
def test_the_limit_is_so_many_days_ago(data: DataClass) -> None:
    assert Retention().limit(data, NOW) == NOW - timedelta(days=DEFAULT_DAYS[data])
    assert Retention(dict.fromkeys(DataClass, 1)).limit(data, NOW) == NOW - timedelta(days=1)


def test_a_callback_without_its_number_is_not_opened_again() -> None:
    closed = a_callback().after(Close(), by="janssen", at=MONDAY)
    assert closed.after(Reopen(), by="janssen", at=MONDAY).is_open
    with pytest.raises(Refused) as refused:
        replace(closed, caller_number=E164("")).after(Reopen(), by="janssen", at=MONDAY)
    assert refused.value.code == "callback_emptied"


def test_of_each_text_in_a_callback_it_is_said_whether_it_is_the_citizens() -> None:
    theirs = {name for names in CALLBACK_CONTENT.values() for name in names}
    of_the_county = {"language", "taken_by", "changed_by"}
    texts = {each.name for each in fields(Callback) if each.default in ("", ())}
    assert texts | {"caller_number"} == theirs | of_the_county
