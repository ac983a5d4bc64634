"""A webhook: another program of the county is told of callbacks with signed HTTP requests.

Implements :class:`ivr.application.ports.couriers.Courier`. What a message says is in
:mod:`ivr.application.messages`, what waits is in the store.
"""

from ivr.adapters.webhook.courier import WebhookCourier
from ivr.adapters.webhook.signature import Signature

__all__ = ["Signature", "WebhookCourier"]
