"""What goes out when a callback changes: to whom, and by which ways."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.application.deliveries import messages_about
from ivr.application.messages import callback_message
from ivr.application.ports.couriers import OutboxMessage
from ivr.domain.callback import (
    Acknowledge,
    Callback,
    Change,
    Close,
    Comment,
    Escalate,
    Reassign,
    Remind,
)
from ivr.domain.county import Caseworker, County
from ivr.domain.delivery import Delivery
from ivr.domain.ids import CaseworkerId
from tests import examples
from tests.examples import JUGEND, UMWELT
from tests.fakes.callbacks import MONDAY, a_callback

ONE, TWO = CaseworkerId("umwelt.1"), CaseworkerId("umwelt.2")
MQTT, MAIL, WEBHOOK = Delivery.MQTT, Delivery.MAIL, Delivery.WEBHOOK
CALLBACK = replace(a_callback(), caseworker=ONE)


def county(one: tuple[Delivery, ...] = (MQTT,), two: tuple[Delivery, ...] = (MQTT,)) -> County:
    """The county, where the two of the department Umwelt want to be told by these ways."""
    whole = examples.county()
    umwelt = replace(
        whole.departments[UMWELT],
        caseworkers=(
            Caseworker(ONE, "Eins", deliveries=one),
            Caseworker(TWO, "Zwei", deliveries=two),
        ),
    )
    return replace(whole, departments={**whole.departments, UMWELT: umwelt})


def after(change: Change, place: County, *, by: str = "somebody") -> list[OutboxMessage]:
    return messages_about(CALLBACK.after(change, by=by, at=MONDAY), CALLBACK, place, MONDAY)


def requested(callback: Callback, place: County) -> list[OutboxMessage]:
    return messages_about(callback, None, place, MONDAY)


def told(messages: list[OutboxMessage]) -> list[tuple[str, str, Delivery]]:
    return [(each.message_id, each.caseworker, each.delivery) for each in messages]


def test_by_mqtt_alone_it_is_the_message_of_the_contract() -> None:
    assert requested(CALLBACK, county()) == [callback_message(CALLBACK, MONDAY)]


def test_each_further_way_has_a_row_and_an_id_of_its_own() -> None:
    messages = requested(CALLBACK, county(one=(MQTT, MAIL, WEBHOOK)))
    assert told(messages) == [
        ("cb-1.1", ONE, MQTT),
        ("cb-1.1/mail", ONE, MAIL),
        ("cb-1.1/webhook", ONE, WEBHOOK),
    ]
    assert {each.body["message_id"] for each in messages} == {"cb-1.1"}
    assert all(each.chosen for each in messages)


def test_what_goes_by_mqtt_only_for_the_contract_tells_nobody() -> None:
    messages = requested(CALLBACK, county(one=(MAIL,)))
    assert [(each.delivery, each.chosen) for each in messages] == [(MQTT, False), (MAIL, True)]


def test_a_caseworker_who_is_not_configured_any_more_is_told_by_mqtt() -> None:
    gone = replace(CALLBACK, caseworker=CaseworkerId("gone"))
    assert told(requested(gone, county())) == [("cb-1.1", "gone", MQTT)]


@pytest.mark.parametrize("change", [Reassign(UMWELT, TWO), Escalate(TWO)])
def test_who_had_it_before_is_told_who_has_it(change: Change) -> None:
    messages = after(change, county())
    assert told(messages) == [("cb-1.2", TWO, MQTT), ("cb-1.2.moved", ONE, MQTT)]
    assert messages[1].body["callback"]["caseworker"] == TWO


def test_who_owned_it_before_is_told_by_each_of_their_ways() -> None:
    messages = after(Reassign(UMWELT, TWO), county(one=(MAIL, WEBHOOK)))
    assert told(messages) == [
        ("cb-1.2", TWO, MQTT),
        ("cb-1.2.moved", ONE, MQTT),
        ("cb-1.2.moved/mail", ONE, MAIL),
        ("cb-1.2.moved/webhook", ONE, WEBHOOK),
    ]


def test_the_one_webhook_is_not_told_twice() -> None:
    messages = after(Reassign(UMWELT, TWO), county(one=(WEBHOOK,), two=(WEBHOOK,)))
    assert [each.message_id for each in messages] == ["cb-1.2", "cb-1.2/webhook", "cb-1.2.moved"]


def test_an_owner_of_the_same_name_in_another_department_is_somebody_else() -> None:
    messages = after(Reassign(JUGEND, ONE), county())
    assert [(each.department, each.message_id) for each in messages] == [
        (JUGEND, "cb-1.2"),
        (UMWELT, "cb-1.2.moved"),
    ]


@pytest.mark.parametrize("change", [Acknowledge(), Comment()])
def test_nobody_gets_mail_about_what_they_did_themselves(change: Change) -> None:
    place = county(one=(MQTT, MAIL, WEBHOOK))
    assert [each.delivery for each in after(change, place, by=ONE)] == [MQTT, WEBHOOK]
    assert [each.delivery for each in after(change, place, by=TWO)] == [MQTT, MAIL, WEBHOOK]


@pytest.mark.parametrize("change", [Close(), Remind()])
def test_everybody_gets_mail_when_a_promise_ends_or_is_nearly_due(change: Change) -> None:
    by = ONE if change == Close() else "ivr"
    assert MAIL in [each.delivery for each in after(change, county(one=(MAIL,)), by=by)]
