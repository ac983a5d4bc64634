"""Callbacks, and how caseworkers are told of them: MQTT, and further ways where they are set up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.adapters.mqtt import BrokerAddress, MqttBroker, Payload, broker_address
from ivr.adapters.webhook import Signature, WebhookCourier
from ivr.application.backoff import Backoff
from ivr.application.callbacks import Callbacks
from ivr.application.calls_back import CallsBack, Line
from ivr.application.desk import Probe
from ivr.application.due_dates import DueDates
from ivr.application.obeying import Obeying
from ivr.application.relay import PAUSES, Relay
from ivr.bootstrap.core import Core
from ivr.bootstrap.given import Given
from ivr.domain.county import County
from ivr.domain.delivery import Delivery
from ivr.provisioning.credentials import Secrets, look_at_secrets
from ivr.provisioning.settings import Settings

if TYPE_CHECKING:
    from ivr.adapters.mail import MailCourier


@dataclass(frozen=True, slots=True)
class Caseworkers:
    """Their callbacks, and the ways to them and back."""

    callbacks: Callbacks
    calls_back: CallsBack
    due_dates: DueDates
    broker: MqttBroker
    relay: Relay
    further_ways: list[FurtherWay]

    async def probe_broker(self) -> None:
        """Raise Unavailable where the broker is away, or nothing gets through."""
        await self.broker.probe()
        await self.relay.probe()


@dataclass(frozen=True, slots=True)
class FurtherWay:
    """A way beside MQTT by which caseworkers are told."""

    way: Delivery
    relay: Relay
    probe: Probe


def make_caseworkers(given: Given, core: Core) -> Caseworkers:
    """Make what keeps callbacks and tells them, and what does what caseworkers want."""
    settings, store, clock = given.settings, given.store, given.clock

    # A circle: the relays publish what callbacks commit, and the broker brings commands to them.
    def committed() -> None:
        for relay_of_way in (relay, *(further.relay for further in further_ways)):
            relay_of_way.wake()
        due_dates.wake()

    callbacks = Callbacks(store, core.county, clock, committed)
    due_dates = DueDates(store, callbacks, core.county, clock)
    line = Line(lambda: core.switch.connected, core.engine.snapshot, core.inbox.post)
    calls_back = CallsBack(store, callbacks, line, core.county, clock, core.run_name)
    broker = MqttBroker(
        _broker_address(settings, given.secrets),
        Obeying(store, callbacks, calls_back, clock).handle,
        on_connected=lambda: relay.connected(),  # noqa: PLW0108 - there is none yet
        payload=Payload(settings.mqtt_payload),
    )
    relay = Relay(store, Delivery.MQTT, broker, clock)
    further_ways = list(_further_ways(given, core.county))
    return Caseworkers(callbacks, calls_back, due_dates, broker, relay, further_ways)


def when_files_apply(
    settings: Settings, county: Callable[[], County], caseworkers: Caseworkers
) -> Callable[[], None]:
    """Return what has to happen when changed files are in force."""

    def applied() -> None:
        caseworkers.due_dates.wake()
        # Whoever changed the broker's password says so by this; else the next try may be far.
        secrets = look_at_secrets(settings, county().agents)
        caseworkers.broker.log_in_with(_broker_address(settings, secrets))

    return applied


def _further_ways(given: Given, county: Callable[[], County]) -> Iterator[FurtherWay]:
    """Make the ways that are set up on this machine."""
    settings, secrets = given.settings, given.secrets
    couriers: dict[Delivery, MailCourier | WebhookCourier] = {}
    if settings.smtp_url:
        # Imported where there is mail: what writes letters and calendars takes time to import.
        from ivr.bootstrap.mail import mail_courier  # noqa: PLC0415

        couriers[Delivery.MAIL] = mail_courier(settings, secrets, county)
    if settings.webhook_url:
        signature = Signature.of(secrets.webhook_secret)
        couriers[Delivery.WEBHOOK] = WebhookCourier(settings.webhook_url, signature, given.clock)
    for way, courier in couriers.items():
        relay = Relay(
            given.store,
            way,
            courier,
            given.clock,
            pauses=PAUSES,
            backoff=Backoff(first=1.0, longest=60.0),
        )
        yield FurtherWay(way, relay, courier.probe)


def _broker_address(settings: Settings, secrets: Secrets) -> BrokerAddress:
    address = broker_address(settings.mqtt_url, settings.mqtt_ca_file)
    if secrets.mqtt_user and secrets.mqtt_password:
        return address.with_login(secrets.mqtt_user, secrets.mqtt_password)
    return address
