"""Facts wait in order, how long they wait can be seen, and at the end nothing more is given out."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from ivr.application.inbox import Inbox
from ivr.domain.errors import Unavailable
from ivr.domain.events import CallerHungUp, CallerPressed
from ivr.domain.ids import CallId

CALL = CallId("call-1")


class Watch:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_facts_and_deadlines_are_given_out_in_order() -> None:
    inbox = Inbox()
    inbox.post(CallerPressed(CALL, "1"))
    inbox.ring()
    inbox.post(CallerHungUp(CALL))

    taken = [(await inbox.get()).event for _ in range(3)]

    assert taken == [CallerPressed(CALL, "1"), None, CallerHungUp(CALL)]


async def test_the_lag_is_the_age_of_the_oldest() -> None:
    watch = Watch()
    inbox = Inbox(watch)
    assert inbox.lag() == 0
    inbox.ring()
    watch.now = 2.0
    inbox.ring()
    watch.now = 3.0
    assert (inbox.lag(), len(inbox)) == (3.0, 2)

    await inbox.get()

    assert (inbox.lag(), len(inbox)) == (1.0, 1)


async def test_a_mark_is_passed_when_all_before_it_is_taken_and_nobody_gets_it() -> None:
    inbox = Inbox()
    inbox.ring()
    passed = asyncio.ensure_future(inbox.passed())
    await asyncio.sleep(0)
    await inbox.get()
    assert not passed.done()

    inbox.post(CallerHungUp(CALL))
    assert (await inbox.get()).event == CallerHungUp(CALL)

    await asyncio.wait_for(passed, 5)


async def test_a_flood_leaves_others_their_turn() -> None:
    inbox = Inbox()
    for _ in range(1000):
        inbox.ring()
    others = asyncio.create_task(asyncio.sleep(0))

    for _ in range(100):
        await inbox.get()

    assert others.done()


async def test_a_closed_inbox_gives_out_nothing_and_says_so_to_who_waits() -> None:
    inbox = Inbox()
    waiting = asyncio.ensure_future(inbox.handled(CallerHungUp(CALL)))
    mark = asyncio.ensure_future(inbox.passed())
    await asyncio.sleep(0)

    inbox.close()
    inbox.post(CallerHungUp(CALL))

    with pytest.raises(Unavailable):
        await waiting
    with pytest.raises(Unavailable):
        await inbox.handled(CallerHungUp(CALL))
    assert len(inbox) == 0
    assert not mark.done()
    mark.cancel()
    with suppress(asyncio.CancelledError):
        await mark


async def test_who_has_given_up_waiting_is_told_nothing() -> None:
    inbox = Inbox()
    waiting = asyncio.ensure_future(inbox.handled(CallerHungUp(CALL)))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)

    (await inbox.get()).taken()

    assert waiting.cancelled()
