"""Who is on the line, or on the way there or into the store: nobody's data are erased meanwhile."""

from __future__ import annotations

from dataclasses import replace

from ivr.domain.ids import E164
from tests.examples import CALLER
from tests.unit.domain.driver import Driver
from tests.unit.domain.test_calling_back import wish

CITIZEN = E164("+494461123456")


def test_whoever_calls_until_it_is_over(d: Driver) -> None:
    assert d.engine.numbers_in_use() == frozenset()
    d.caller_waits("anna")
    assert d.engine.numbers_in_use() == {CALLER}
    d.hangs_up("anna")
    assert d.engine.numbers_in_use() == frozenset()


def test_whoever_withholds_the_number_is_nobody(d: Driver) -> None:
    d.caller_waits("anna", caller=None)
    assert d.engine.numbers_in_use() == frozenset()


def test_whose_callback_is_on_its_way_into_the_store(d: Driver) -> None:
    d.caller_waits("anna")
    d.presses("anna", "1")
    d.hangs_up("anna")
    assert d.engine.snapshot().calls == ()
    assert d.engine.numbers_in_use() == {CALLER}
    d.stores("anna")
    assert d.engine.numbers_in_use() == frozenset()


def test_whoever_is_phoned_back(d: Driver) -> None:
    d.feed(replace(wish(), number=CITIZEN))
    assert d.engine.numbers_in_use() == {CITIZEN}
