"""Looking at citizens' data leaves a line in the audit, or shows nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from ivr.application.looking import filter_shown
from ivr.application.ports.couriers import IncomingCommand
from ivr.application.ports.store import CallbackFilter
from ivr.domain import events as on
from ivr.domain.callback import SYSTEM, Acknowledge, CallbackState, Remind
from ivr.domain.calls import CallRecord
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import E164, CallbackId, CallId, CaseworkerId, DepartmentId
from ivr.domain.privacy import PrivacyRules, StaffRules
from tests.examples import ALL_ROUND
from tests.fakes.callbacks import a_callback
from tests.service_lab import ServiceLab, running_service

ID = CallbackId("cb-1")
CALL = CallId("call-1")


async def audited(lab: ServiceLab) -> list[tuple[str, str, str, dict[str, Any]]]:
    """What is in the audit, oldest first."""
    entries = await lab.audited()
    return [(entry.by, entry.action, entry.target, entry.details) for entry in entries[::-1]]


async def show_agents(lab: ServiceLab) -> None:
    """Let the county want figures per agent."""
    rules = PrivacyRules(staff=StaffRules(per_agent=True))
    await lab.inbox.handled(on.CountyChanged(replace(lab.county, privacy=rules)))


async def talk(lab: ServiceLab) -> None:
    """Let a call be answered and end."""
    await lab.caller_waits(CALL)
    await lab.agent_answers(ALL_ROUND)
    await lab.agent_hangs_up(lab.switch.offers[-1].offer)


class TestCallbacks:
    async def test_one_is_shown_with_its_history(self) -> None:
        async with running_service() as lab:
            await lab.callbacks.request(a_callback())
            versions = await lab.parts.looking.callback(ID, "janssen")
            assert [version.id for version in versions] == [ID]
            assert await audited(lab) == [("janssen", "callback_seen", ID, {})]

    @pytest.mark.parametrize("name", ["cb-9", "\0"])
    async def test_one_that_is_not_there_was_not_seen(self, name: str) -> None:
        async with running_service() as lab:
            with pytest.raises(Refused) as refusal:
                await lab.parts.looking.callback(CallbackId(name), "janssen")
            assert refusal.value.code == "callback_not_found"
            assert await audited(lab) == []

    async def test_a_list_tells_how_it_was_asked_for(self) -> None:
        async with running_service() as lab:
            await lab.callbacks.request(a_callback())
            wanted = CallbackFilter(department=DepartmentId("umwelt"), text="gesucht")
            assert await lab.parts.looking.callbacks(wanted, "janssen") == []
            await lab.parts.looking.callbacks(CallbackFilter(), "janssen")
            assert await audited(lab) == [
                (
                    "janssen",
                    "callbacks_listed",
                    "callbacks",
                    {"department": "umwelt", "text": "given", "found": 0},
                ),
                ("janssen", "callbacks_listed", "callbacks", {"found": 1}),
            ]

    def test_no_number_and_no_text_is_in_what_is_told_of_a_filter(self) -> None:
        wanted = CallbackFilter(
            ids=frozenset({ID}),
            states=frozenset({CallbackState.REQUESTED, CallbackState.CLOSED}),
            caseworker=CaseworkerId("janssen"),
            number=E164("+491713920001"),
            text="Müllgebühr",
            published=False,
        )
        assert filter_shown(wanted) == {
            "ids": "given",
            "states": ["closed", "requested"],
            "caseworker": "janssen",
            "number": "given",
            "text": "given",
            "published": False,
        }


class TestCalls:
    async def test_calls_going_on(self) -> None:
        async with running_service() as lab:
            await lab.caller_waits(CALL)
            live, finished = await lab.parts.looking.calls(10, "onken")
            assert ([view.id for view in live], finished) == ([CALL], [])
            await lab.parts.looking.call(CALL, "onken")
            assert await audited(lab) == [
                ("onken", "calls_listed", "calls", {"found": 0}),
                ("onken", "call_seen", CALL, {}),
            ]

    async def test_a_finished_call_names_no_agent(self) -> None:
        async with running_service() as lab:
            await talk(lab)
            _, [listed] = await lab.parts.looking.calls(10, "onken")
            shown = await lab.parts.looking.call(CALL, "onken")
            assert listed == shown
            assert isinstance(shown, CallRecord)
            assert shown.agent is None
            assert [action for _, action, _, _ in await audited(lab)] == [
                "calls_listed",
                "call_seen",
            ]

    async def test_it_does_where_the_county_wants_it_and_that_is_noted(self) -> None:
        async with running_service() as lab:
            await show_agents(lab)
            await talk(lab)
            _, [listed] = await lab.parts.looking.calls(10, "onken")
            assert listed.agent == ALL_ROUND
            await lab.parts.looking.call(CALL, "onken")
            assert [(action, target) for _, action, target, _ in await audited(lab)] == [
                ("calls_listed", "calls"),
                ("agent_figures_seen", "calls"),
                ("call_seen", CALL),
                ("agent_figures_seen", CALL),
            ]

    async def test_no_agent_no_figures(self) -> None:
        async with running_service() as lab:
            await show_agents(lab)
            await lab.parts.looking.calls(10, "onken")
            assert [action for _, action, _, _ in await audited(lab)] == ["calls_listed"]

    async def test_a_call_that_is_not_there_was_not_seen(self) -> None:
        async with running_service() as lab:
            with pytest.raises(Refused) as refusal:
                await lab.parts.looking.call(CallId("other"), "onken")
            assert refusal.value.code == "call_not_found"
            assert await audited(lab) == []


@pytest.mark.parametrize("how", ["down", "full"])
async def test_what_cannot_be_written_down_is_not_shown(how: str) -> None:
    async with running_service() as lab:
        await lab.callbacks.request(a_callback())
        await lab.caller_waits(CALL)
        setattr(lab.store, how, True)
        looking = lab.parts.looking
        for look in (
            looking.callback(ID, "janssen"),
            looking.callbacks(CallbackFilter(), "janssen"),
            looking.calls(10, "janssen"),
            looking.call(CALL, "janssen"),
        ):
            with pytest.raises(Unavailable):
                await look


class TestChanges:
    async def test_are_in_the_audit(self) -> None:
        async with running_service() as lab:
            await lab.callbacks.request(a_callback(), by="kreis")
            await lab.callbacks.change(ID, Acknowledge(), by="janssen", comment="Geheim.")
            assert await audited(lab) == [
                ("kreis", "callback_changed", ID, {"event": "requested", "version": 1}),
                ("janssen", "callback_changed", ID, {"event": "acknowledged", "version": 2}),
            ]

    async def test_are_not_done_without_it(self) -> None:
        async with running_service() as lab:
            await lab.callbacks.request(a_callback())
            lab.store._content.audit_head = None
            with pytest.raises(Unavailable):
                await lab.callbacks.change(ID, Acknowledge(), by="janssen")
            assert (await lab.callbacks.get(ID)).state is CallbackState.REQUESTED

    async def test_of_keys_and_of_the_clock_are_not(self) -> None:
        async with running_service() as lab:
            await lab.callbacks.request(a_callback())
            await lab.callbacks.change(ID, Remind(), by=SYSTEM, audited=False)
            assert len(await lab.callbacks.history(ID)) == 2
            assert await audited(lab) == []

    async def test_nobody_goes_unseen_by_the_name_of_the_system(self) -> None:
        async with running_service() as lab:
            await lab.callbacks.request(a_callback())
            await lab.callbacks.change(ID, Acknowledge(), by=SYSTEM)
            assert [action for _, action, _, _ in await audited(lab)] == ["callback_changed"]

    async def test_refused_ones_are_not(self) -> None:
        async with running_service() as lab:
            await lab.callbacks.request(a_callback())
            await lab.callbacks.change(ID, Acknowledge(), by="janssen")
            with pytest.raises(Refused):
                await lab.callbacks.change(ID, Acknowledge(), by="meyer")
            assert [by for by, _, _, _ in await audited(lab)] == ["janssen"]

    async def test_over_mqtt_are_as_well(self) -> None:
        async with running_service() as lab:
            await lab.callbacks.request(a_callback())
            for message_id in ("m-1", "m-1", "m-2"):  # a repeat, and one that is refused
                payload = {
                    "schema": "ivr.command.v1",
                    "message_id": message_id,
                    "command": "acknowledge",
                    "callback_id": ID,
                }
                await lab.obeying.handle(
                    IncomingCommand(
                        DepartmentId("umwelt"), CaseworkerId("janssen"), orjson.dumps(payload)
                    )
                )
            assert await audited(lab) == [
                ("janssen", "callback_changed", ID, {"event": "acknowledged", "version": 2})
            ]
