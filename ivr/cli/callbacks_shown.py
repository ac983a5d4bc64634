"""How ``ivr callbacks`` shows callbacks: as a table, in all detail, and with their ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ivr.cli.language import _
from ivr.cli.output import print_details, print_json, print_table
from ivr.cli.words import (
    attempt_result,
    callback_event,
    callback_state,
    close_reason,
    moment,
    yes_or_no,
)


def show_table(callbacks: Sequence[Mapping[str, Any]]) -> None:
    """Print a row for each; what is overdue stands out, and says so in a word."""
    print_table(
        {
            "id": _("ID"),
            "state": _("State"),
            "due_at": _("Due"),
            "department": _("Department"),
            "caseworker": _("Caseworker"),
            "caller_number": _("Number"),
            "about": _("Subject"),
            "attempts": _("Attempts"),
            "delivered": _("Delivered"),
        },
        [_readable(callback) for callback in callbacks],
        overdue=[callback["overdue"] for callback in callbacks],
    )


def show_one(callback: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one callback after a change."""
    if as_json:
        print_json(callback)
    else:
        show_details(callback)


def show_details(callback: Mapping[str, Any]) -> None:
    """Print all of one callback."""
    names = {
        "id": _("ID"),
        "state": _("State"),
        "due_at": _("Due"),
        "requested_at": _("Requested"),
        "department": _("Department"),
        "caseworker": _("Caseworker"),
        "taken_by": _("Taken by"),
        "caller_number": _("Number"),
        "caller_name": _("Name"),
        "language": _("Language"),
        "topic": _("Topic"),
        "subject": _("Subject"),
        "reference": _("Reference"),
        "note": _("Note"),
        "answers": _("Told already"),
        "preferred_times": _("Preferred times"),
        "spoken_message": _("Spoken message"),
        "attempts": _("Attempts"),
        "next_step": _("Next step"),
        "escalations": _("Escalations"),
        "close_reason": _("Closed because"),
        "delivered": _("Delivered"),
    }
    print_details(names, _readable(callback))


def show_ledger(history: Sequence[Mapping[str, Any]]) -> None:
    """Print what became of a callback, a line for each change."""
    print_table(
        {
            "at": _("When"),
            "event": _("What"),
            "by": _("By"),
            "result": _("Result"),
            "comment": _("Comment"),
            "next_try_at": _("Next try"),
            "caseworker": _("Caseworker"),
            "note": _("Note"),
        },
        [
            {
                **version,
                "at": moment(version["at"]),
                "event": callback_event(version["event"]),
                "result": attempt_result(version["result"]) or _reason(version),
                "next_try_at": moment(version["next_try_at"]),
            }
            for version in history
        ],
    )


def _reason(version: Mapping[str, Any]) -> str:
    return close_reason(version["close_reason"]) if version["event"] == "closed" else ""


def _readable(callback: Mapping[str, Any]) -> dict[str, Any]:
    due = moment(callback["due_at"])
    return {
        **callback,
        "state": callback_state(callback["state"]),
        "due_at": _("{due} overdue").format(due=due) if callback["overdue"] else due,
        "requested_at": moment(callback["requested_at"]),
        "about": callback["subject"] or callback["topic_name"] or callback["topic"],
        "topic": callback["topic_name"] or callback["topic"],
        "answers": " · ".join(callback["answers"]),
        "preferred_times": ", ".join(callback["preferred_times"]),
        "attempts": callback["attempts"] or "",
        "next_step": _next_step(callback["next_step"]),
        "close_reason": close_reason(callback["close_reason"]),
        "spoken_message": yes_or_no(callback["spoken_message"]),
        "delivered": yes_or_no(callback["delivered"]),
    }


def _next_step(step: Mapping[str, Any] | None) -> str:
    if step is None:
        return ""
    words = {
        "call": _("call, {at}"),
        "write": _("write a letter or an e-mail"),
        "close": _("close"),
    }
    text = words.get(step["step"], step["step"]).format(at=moment(step["at"]))
    return text if step["as_preferred"] else _("{text} (not a preferred time)").format(text=text)
