"""Callback requests of callers whom Asterisk serves by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.application.callbacks import Callbacks
from ivr.application.fallback_requests import FallbackCall, FallbackRequests, HungUp, Told
from ivr.application.ports.couriers import OutboxMessage
from ivr.application.ports.store import CallbackFilter
from ivr.domain.callback import Callback, CallbackEvent, CallbackSource
from ivr.domain.county import County
from ivr.domain.ids import CallId
from ivr.domain.rules import QueueRules
from ivr.domain.speech import Digits, Sound, Utterance
from tests.examples import CALLER, COMMON_NUMBER, DIDS, JUGEND, UMWELT, always_open, county
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore

PAUSE = None
HANGS_UP = "hangs up"
CALL = FallbackCall(CallId("1795371805.7"), DIDS[UMWELT], CALLER)


class Line:
    """A telephone on which a caller presses ``keys``, one each time it is the caller's turn.

    ``until``: in the middle of words with this sound the caller hangs up.
    """

    def __init__(self, keys: Iterable[str | None], until: str = "") -> None:
        self._keys = list(keys)
        self._until = until
        self._hung_up = False
        self.heard: list[str] = []
        self.pauses: list[timedelta] = []

    async def tell(self, utterance: Utterance, language: str) -> None:
        said = words(utterance)
        self._hung_up = self._hung_up or self._until in said.split()
        if self._hung_up:
            raise HungUp
        self.heard += [f"{language}: {said}"]

    async def ask(self, utterance: Utterance, language: str) -> str | None:
        await self.tell(utterance, language)
        return None

    async def key(self, within: timedelta) -> str | None:
        self.pauses.append(within)
        key = None if self._hung_up else self._keys.pop(0)
        self._hung_up = self._hung_up or key == HANGS_UP
        if self._hung_up:
            raise HungUp
        return key


def words(utterance: Utterance) -> str:
    said = []
    for phrase in utterance:
        match phrase:
            case Sound(name):
                said.append(str(name))
            case Digits(text):
                said.append(text)
            case _:
                said.append(type(phrase).__name__)
    return " ".join(said)


class Fallback:
    """The use case with what surrounds it."""

    def __init__(self, configured: County | None = None) -> None:
        self.county = configured or county(hours=always_open(), reads_numbers_back=True)
        self.store = FakeStore()
        self.clock = FakeClock()
        callbacks = Callbacks(self.store, lambda: self.county, self.clock, lambda: None)
        self.requests = FallbackRequests(self.store, callbacks, lambda: self.county, self.clock)

    async def take(
        self, *keys: str | None, call: FallbackCall = CALL, until: str = ""
    ) -> tuple[Told, list[str]]:
        line = Line(keys, until)
        told = await self.requests.take(call, line)
        return told, line.heard

    async def callbacks(self) -> list[Callback]:
        async with self.store.transaction() as transaction:
            return await transaction.callbacks(CallbackFilter())

    async def outbox(self) -> list[OutboxMessage]:
        async with self.store.transaction() as transaction:
            return await transaction.unpublished(100)


@pytest.fixture
def fallback() -> Fallback:
    return Fallback()


READ_BACK = "de: callback-number 0171 3920001 callback-number-change 2"
PROMISED = "de: callback-promised callback-due tomorrow by Clock goodbye"


async def test_the_number_is_read_back_stored_and_then_promised(fallback: Fallback) -> None:
    told, heard = await fallback.take(PAUSE)

    assert told is Told.STORED
    assert heard == [READ_BACK, PROMISED]
    [callback] = await fallback.callbacks()
    assert callback.caller_number == CALLER
    assert callback.department == UMWELT
    assert callback.source is CallbackSource.CALLER_DTMF
    assert callback.call == CALL.id
    assert len(await fallback.outbox()) == 1


async def test_any_key_but_that_for_another_number_confirms(fallback: Fallback) -> None:
    told, heard = await fallback.take("1")

    assert (told, heard) == (Told.STORED, [READ_BACK, PROMISED])


async def test_who_hangs_up_after_the_number_gets_the_callback(fallback: Fallback) -> None:
    told, heard = await fallback.take(HANGS_UP)

    assert (told, heard) == (Told.STORED, [READ_BACK])
    assert len(await fallback.callbacks()) == 1


@pytest.mark.parametrize("words", ["callback-number", "callback-promised"])
async def test_who_hangs_up_during_the_words_gets_the_callback(
    fallback: Fallback, words: str
) -> None:
    told, _ = await fallback.take(PAUSE, until=words)

    assert told is Told.STORED
    assert len(await fallback.callbacks()) == 1


@pytest.mark.parametrize("words", ["callback-known", "callback-added"])
async def test_who_hangs_up_on_a_request_there_is_has_called_again(
    fallback: Fallback, words: str
) -> None:
    await fallback.take(PAUSE)

    told, _ = await fallback.take(PAUSE, call=replace(CALL, id=CallId("2.2")), until=words)

    assert told is Told.STORED
    [callback] = await fallback.callbacks()
    assert callback.event is CallbackEvent.COMMENTED


async def test_who_hangs_up_where_nothing_is_stored_has_none(fallback: Fallback) -> None:
    fallback.store.down = True

    with pytest.raises(HungUp):
        await fallback.take(until="callback-unavailable")


async def test_another_number(fallback: Fallback) -> None:
    told, heard = await fallback.take("2", *"04461987654#", PAUSE)

    assert told is Told.STORED
    assert heard == [
        READ_BACK,
        "de: callback-number-other",
        "de: callback-number 04461 987654 callback-number-change 2",
        PROMISED,
    ]
    assert [each.caller_number for each in await fallback.callbacks()] == ["+494461987654"]


async def test_who_withholds_the_number_keys_one_in(fallback: Fallback) -> None:
    told, heard = await fallback.take(*"01713920001", PAUSE, PAUSE, call=replace(CALL, caller=""))

    assert told is Told.STORED
    assert heard == ["de: callback-key-number", READ_BACK, PROMISED]


async def test_after_enough_tries_it_is_cancelled_and_the_place_kept(fallback: Fallback) -> None:
    told, heard = await fallback.take(PAUSE, *"0900#", *"0137#", call=replace(CALL, caller=""))

    assert told is Told.CANCELLED
    assert heard == [
        "de: callback-key-number",
        "de: callback-key-number",
        "de: callback-number-invalid",
        "de: callback-cancelled place-kept",
    ]
    assert await fallback.callbacks() == []


async def test_who_hangs_up_while_keying_in_gets_none(fallback: Fallback) -> None:
    with pytest.raises(HungUp):
        await fallback.take("0", HANGS_UP, call=replace(CALL, caller=""))

    assert await fallback.callbacks() == []


async def test_where_numbers_are_not_read_back_the_promise_names_it() -> None:
    fallback = Fallback(county(hours=always_open()))

    told, heard = await fallback.take()

    assert told is Told.STORED
    assert heard == ["de: callback-confirmed 0171 3920001 callback-due tomorrow by Clock goodbye"]


async def test_out_of_hours(fallback: Fallback) -> None:
    await fallback.take(PAUSE, call=replace(CALL, waits=False))

    assert [each.source for each in await fallback.callbacks()] == [CallbackSource.OUT_OF_HOURS]


async def test_nothing_is_promised_where_the_store_is_away(fallback: Fallback) -> None:
    fallback.store.down = True

    told, heard = await fallback.take(call=CALL)

    assert (told, heard) == (Told.UNAVAILABLE, ["de: callback-unavailable place-kept"])


async def test_nothing_is_promised_where_the_commit_fails(fallback: Fallback) -> None:
    fallback.store.full = True

    told, heard = await fallback.take(
        *"01713920001#", PAUSE, call=replace(CALL, caller="", waits=False)
    )

    assert told is Told.UNAVAILABLE
    assert heard[-1] == "de: callback-unavailable goodbye"


async def test_who_has_a_request_already_is_told_and_has_called_again(fallback: Fallback) -> None:
    await fallback.take(PAUSE)

    told, heard = await fallback.take(PAUSE, call=replace(CALL, id=CallId("2.2")))

    assert told is Told.STORED
    assert "callback-known" in heard[0]
    assert heard[1] == "de: callback-added goodbye"
    [callback] = await fallback.callbacks()
    assert callback.event is CallbackEvent.COMMENTED


async def test_a_second_request_on_purpose(fallback: Fallback) -> None:
    await fallback.take(PAUSE)

    told, _ = await fallback.take("1", PAUSE, call=replace(CALL, id=CallId("2.2")))

    assert told is Told.STORED
    assert len(await fallback.callbacks()) == 2


async def test_the_same_call_has_one_callback(fallback: Fallback) -> None:
    await fallback.take(PAUSE)

    await fallback.take("1", PAUSE)

    assert len(await fallback.callbacks()) == 1


async def test_who_was_forwarded_belongs_to_the_department_that_did(fallback: Fallback) -> None:
    call = replace(CALL, dialled=COMMON_NUMBER, forwarded_by=("044619195100",))

    await fallback.take(PAUSE, call=call)

    assert [each.department for each in await fallback.callbacks()] == [JUGEND]


@pytest.mark.parametrize("dialled", ["", "'; DROP TABLE callbacks; --", "+4900000"])
async def test_an_unknown_number_is_the_common_one(fallback: Fallback, dialled: str) -> None:
    told, _ = await fallback.take(PAUSE, call=replace(CALL, dialled=dialled))

    assert told is Told.STORED
    assert [each.department for each in await fallback.callbacks()] == [JUGEND]


async def test_a_language_of_the_county_is_spoken_and_no_other() -> None:
    configured = replace(county(hours=always_open()), rules=QueueRules(), language_keys={"9": "en"})
    english = await Fallback(configured).take(PAUSE, call=replace(CALL, language="en"))
    strange = await Fallback(configured).take(PAUSE, call=replace(CALL, language="../../etc"))

    assert english[1][0].startswith("en: ")
    assert strange[1][0].startswith("de: ")


async def test_a_second_request_in_the_same_call_is_one_of_its_own(fallback: Fallback) -> None:
    withheld = replace(CALL, caller="")
    for number in ("01713920001#", "01713920002#"):
        told, _ = await fallback.take(*number, PAUSE, call=withheld)
        assert told is Told.STORED
        fallback.clock.advance(timedelta(seconds=10))
    assert {each.caller_number for each in await fallback.callbacks()} == {
        "+491713920001",
        "+491713920002",
    }
