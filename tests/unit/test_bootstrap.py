"""How the program is put together."""

from __future__ import annotations

from typing import get_args

from ivr.adapters.mqtt import Payload
from ivr.provisioning.settings import Settings


def test_every_payload_of_the_settings_can_be_published() -> None:
    annotation = Settings.model_fields["mqtt_payload"].annotation

    assert set(get_args(annotation)) == set(Payload)
