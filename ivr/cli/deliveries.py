"""How it is shown who was told of a callback, by which way, and what became of it."""

from __future__ import annotations

from typing import Any

from ivr.cli.language import _
from ivr.cli.output import print_table
from ivr.cli.words import callback_event, delivery_way, moment


def show_deliveries(deliveries: list[dict[str, Any]]) -> None:
    """Print a line for each message."""
    print_table(
        {
            "way": _("Way"),
            "event": _("Message"),
            "caseworker": _("Caseworker"),
            "created_at": _("Created"),
            "delivered_at": _("Delivered"),
            "tries": _("Refused"),
            "error": _("Reason"),
        },
        [
            {
                **each,
                "way": delivery_way(each["way"]),
                "event": callback_event(each["event"]),
                "created_at": moment(each["created_at"]),
                "delivered_at": moment(each["delivered_at"])
                if each["delivered_at"]
                else _("still waiting"),
                "tries": each["tries"] or "",
            }
            for each in deliveries
        ],
    )
