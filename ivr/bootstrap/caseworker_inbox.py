"""A caseworker's own way to the broker."""

from __future__ import annotations

from pathlib import Path

from ivr.adapters.mqtt import MqttInbox, broker_address
from ivr.application.caseworker_inbox import InboxConnection
from ivr.domain.ids import CaseworkerId, DepartmentId


def caseworker_inbox(
    url: str,
    ca_file: Path | None,
    login: tuple[str, str] | None,
    department: DepartmentId,
    caseworker: CaseworkerId,
    *,
    client_id: str,
) -> InboxConnection:
    """Make a caseworker's way to the broker; ``login`` is user and password.

    Opens no connection. Raises ConfigError for the address, Refused for ids no topic can have.
    """
    address = broker_address(url, ca_file)
    if login is not None:
        address = address.with_login(*login)
    return MqttInbox(address, department, caseworker, client_id=client_id)
