"""The ways a caseworker is told of a callback. Each has a receipt of its own."""

from __future__ import annotations

from enum import StrEnum


class Delivery(StrEnum):
    """By which way a message goes out."""

    MQTT = "mqtt"
    MAIL = "mail"
    WEBHOOK = "webhook"
