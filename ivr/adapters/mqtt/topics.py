"""The topics, written and read. Version 1 of the contract, see docs/reference/mqtt.md."""

from __future__ import annotations

import re

from ivr.domain.errors import Refused
from ivr.domain.ids import CaseworkerId, DepartmentId

SERVICE = "ivr/v1/service"
QUEUE = "ivr/v1/queue"
COMMANDS = "ivr/v1/callbacks/+/+/commands"

_PART = re.compile(r"[^/+#\x00-\x1f\x7f\ud800-\udfff]{1,100}")
"""One level of a topic: no separator, no wildcard, nothing unprintable."""

_COMMAND_TOPIC = re.compile(r"ivr/v1/callbacks/([^/]+)/([^/]+)/commands")


def callbacks_topic(department: DepartmentId, caseworker: CaseworkerId) -> str:
    """Where one caseworker's callbacks are published.

    Raises Refused (``publish_refused``) where an id would reach another topic than its own.
    """
    for part in (department, caseworker):
        if not _PART.fullmatch(part):
            raise Refused(f"{part!r} can't be part of an MQTT topic.", code="publish_refused")
    return f"ivr/v1/callbacks/{department}/{caseworker}"


def commands_topic(department: DepartmentId, caseworker: CaseworkerId) -> str:
    """Where one caseworker's commands are published. Raises Refused as ``callbacks_topic``."""
    return f"{callbacks_topic(department, caseworker)}/commands"


def sender_of(topic: str) -> tuple[DepartmentId, CaseworkerId] | None:
    """Say whose command came on ``topic``, None where it is no command's."""
    found = _COMMAND_TOPIC.fullmatch(topic)
    if found is None or not all(_PART.fullmatch(part) for part in found.groups()):
        return None
    department, caseworker = found.groups()
    return DepartmentId(department), CaseworkerId(caseworker)
