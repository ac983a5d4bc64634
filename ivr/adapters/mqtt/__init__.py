"""The MQTT broker: callbacks and figures out, caseworkers' commands in; and a caseworker's side.

Implements :class:`ivr.application.ports.couriers.Broker`. It keeps nothing and decides nothing:
what a message says is in :mod:`ivr.application.messages`, what waits is in the store.
"""

from ivr.adapters.mqtt.address import BrokerAddress, broker_address
from ivr.adapters.mqtt.broker import MqttBroker, Payload
from ivr.adapters.mqtt.inbox import MqttInbox

__all__ = ["BrokerAddress", "MqttBroker", "MqttInbox", "Payload", "broker_address"]
