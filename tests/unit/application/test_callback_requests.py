"""Requests as people write them become promises: owner, number, topic, times, the call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from ivr.application.callback_requests import WrittenRequest
from ivr.application.ports.store import CallbackFilter
from ivr.domain import events as on
from ivr.domain.callback import Callback, CallbackSource
from ivr.domain.errors import Refused
from ivr.domain.ids import CallbackId, CallId, CaseworkerId, DepartmentId, TopicId
from ivr.domain.responsibility import Absence
from tests.examples import CALLER, JUGEND, UMWELT
from tests.service_lab import ServiceLab, running_service

ID = CallbackId("desk-1")
WASTE = TopicId("waste")
CALL = CallId("call-1")


@pytest.fixture
async def lab() -> AsyncIterator[ServiceLab]:
    async with running_service() as service:
        yield service


async def request(
    lab: ServiceLab, written: WrittenRequest, name: CallbackId = ID
) -> tuple[Callback, bool]:
    return await lab.parts.requests.request(name, written, CallbackSource.AGENT_DESK, by="1001")


async def refused(lab: ServiceLab, written: WrittenRequest) -> str:
    with pytest.raises(Refused) as refusal:
        await request(lab, written)
    assert await lab.callbacks.list_callbacks(CallbackFilter()) == []
    return refusal.value.code


async def test_what_is_written_is_kept_and_returned(lab: ServiceLab) -> None:
    written = WrittenRequest(
        number="04461 123456",
        department=UMWELT,
        caseworker=CaseworkerId("umwelt.2"),
        caller_name="Gesine Albers",
        subject="Sperrmüll",
        note="Garage",
        reference="66-12/2026",
        preferred_times=("di 9-12",),
        language="nds",
        answers=("Öffnungszeiten",),
    )
    callback, is_new = await request(lab, written)
    assert is_new
    assert callback == await lab.callbacks.get(ID)
    assert callback.caseworker == "umwelt.2"
    assert callback.caller_number == "+494461123456"
    assert callback.preferred_times == ("tue 09:00-12:00",)
    assert (callback.reference, callback.language) == ("66-12/2026", "nds")
    assert (callback.answers, callback.source) == (("Öffnungszeiten",), "agent_desk")
    again, is_new = await request(lab, written)
    assert (again, is_new) == (callback, False)
    with pytest.raises(Refused) as refusal:
        await request(lab, replace(written, reference="66-13/2026"))
    assert refusal.value.code == "request_differs"
    with pytest.raises(Refused) as refusal:
        await request(lab, replace(written, caseworker=CaseworkerId("umwelt.1")))
    assert refusal.value.code == "request_differs"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (WrittenRequest(), "number_missing"),
        (WrittenRequest("110"), "number_invalid"),
        (WrittenRequest("0900 1234567"), "number_not_allowed"),
        (WrittenRequest("04461 123456", DepartmentId("dogs")), "department_not_found"),
        (WrittenRequest("04461 123456", JUGEND, CaseworkerId("umwelt.1")), "caseworker_not_found"),
        (WrittenRequest("04461 123456", topic=WASTE), "topic_not_found"),
        (WrittenRequest("04461 123456", preferred_times=("x",)), "preferred_times_malformed"),
        (WrittenRequest(call=CALL), "call_not_found"),
    ],
)
async def test_what_can_not_be_promised_is_refused(
    lab: ServiceLab, written: WrittenRequest, code: str
) -> None:
    assert await refused(lab, written) == code


async def test_who_is_absent_is_not_chosen(lab: ServiceLab) -> None:
    written = WrittenRequest("04461 123456", UMWELT, CaseworkerId("umwelt.2"))
    first, _ = await request(lab, written)
    today = lab.clock.now().date()
    away = Absence(CaseworkerId("umwelt.2"), today, today)
    umwelt = replace(lab.county.departments[UMWELT], absences=(away,))
    changed = replace(lab.county, departments={**lab.county.departments, UMWELT: umwelt})
    await lab.inbox.handled(on.CountyChanged(changed))
    with pytest.raises(Refused, match="no deputy") as refusal:
        await request(lab, written, CallbackId("desk-2"))
    assert refusal.value.code == "caseworker_absent"
    assert await request(lab, written) == (first, False)


async def test_of_a_call_that_goes_on_number_department_and_language_are_known(
    lab: ServiceLab,
) -> None:
    await lab.caller_waits(CALL)
    callback, _ = await request(lab, WrittenRequest(call=CALL))
    assert (callback.call, callback.caller_number) == (CALL, CALLER)
    assert (callback.department, callback.language) == (UMWELT, "de")
    other = WrittenRequest("04461 123456", JUGEND, call=CALL, language="en")
    callback, _ = await request(lab, other, CallbackId("desk-2"))
    assert (callback.department, callback.language) == (JUGEND, "en")
    assert callback.caller_number == "+494461123456"


async def test_sent_again_after_the_call_is_over_it_is_the_same(lab: ServiceLab) -> None:
    await lab.caller_waits(CALL)
    first, _ = await request(lab, WrittenRequest(call=CALL))
    await lab.inbox.handled(on.CallerHungUp(CALL))
    assert lab.desk.snapshot().calls == ()
    assert await request(lab, WrittenRequest(call=CALL)) == (first, False)
    for another in (WrittenRequest(call=CallId("call-9")), WrittenRequest(call=CALL)):
        with pytest.raises(Refused) as refusal:
            await request(lab, another, CallbackId("desk-2" if another.call == CALL else ID))
        assert refusal.value.code == "call_not_found"
