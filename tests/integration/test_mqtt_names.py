"""Topics and addresses: what may be written there, and what must not get through."""

from __future__ import annotations

import pytest

from ivr.adapters.mqtt import broker_address
from ivr.adapters.mqtt.topics import callbacks_topic, sender_of
from ivr.domain.errors import ConfigError, Refused
from ivr.domain.ids import CaseworkerId, DepartmentId

UMWELT = DepartmentId("umwelt")


def test_a_topic_is_read_as_it_was_written() -> None:
    topic = callbacks_topic(DepartmentId("straßenverkehr"), CaseworkerId("j.janssen"))
    assert topic == "ivr/v1/callbacks/straßenverkehr/j.janssen"
    assert sender_of(f"{topic}/commands") == ("straßenverkehr", "j.janssen")


@pytest.mark.parametrize("part", ["", "+", "#", "a/b", "a+", "a#", "a\x00", "a\nb", "x" * 101])
def test_no_id_reaches_another_topic(part: str) -> None:
    for department, caseworker in ((UMWELT, CaseworkerId(part)), (DepartmentId(part), "janssen")):
        with pytest.raises(Refused) as refusal:
            callbacks_topic(department, CaseworkerId(caseworker))
        assert refusal.value.code == "publish_refused"


@pytest.mark.parametrize(
    "topic",
    [
        "ivr/v1/callbacks/umwelt/janssen",
        "ivr/v1/callbacks/umwelt/commands",
        "ivr/v1/callbacks/umwelt/a/b/commands",
        "ivr/v1/callbacks/umwelt//commands",
        "ivr/v1/callbacks/umwelt/a\nb/commands",
        "x/ivr/v1/callbacks/umwelt/janssen/commands",
        "ivr/v1/queue",
    ],
)
def test_other_topics_are_nobodys_commands(topic: str) -> None:
    assert sender_of(topic) is None


def test_an_address_with_everything() -> None:
    address = broker_address("mqtt://ivr:s%40cret@broker.example:1884")
    assert (address.host, address.port) == ("broker.example", 1884)
    assert (address.username, address.password) == ("ivr", "s@cret")
    assert address.tls is None
    assert "s@cret" not in f"{address!r} {address}"


def test_ports_and_tls_follow_the_scheme() -> None:
    assert broker_address("mqtt://broker").port == 1883
    encrypted = broker_address("mqtts://broker")
    assert encrypted.port == 8883
    assert encrypted.tls is not None
    assert encrypted.tls.check_hostname


@pytest.mark.parametrize(
    "url", ["", "broker", "http://broker", "mqtt://", "mqtt://b:x", "mqtt://b/path", "mqtt://b?q=1"]
)
def test_what_is_no_brokers_url(url: str) -> None:
    with pytest.raises(ConfigError) as error:
        broker_address(url)
    [problem] = error.value.problems
    assert "mqtt://host:1883" in problem.allowed
