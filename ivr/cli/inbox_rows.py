"""How ``ivr inbox`` shows callbacks: as a row, in all detail, and in a line about what is new."""

from __future__ import annotations

from datetime import datetime
from typing import Any, assert_never

from ivr.application.caseworker_inbox import Answered, Changed, Done, Gone, Item, News
from ivr.cli.client import answer_text
from ivr.cli.language import _
from ivr.cli.words import (
    attempt_result,
    callback_event,
    callback_state,
    close_reason,
    moment_of_row,
)


def columns() -> dict[str, str]:
    """The headings, by key and in order."""
    return {
        "number": _("No."),
        "state": _("State"),
        "due": _("Due"),
        "caller_number": _("Number"),
        "caller_name": _("Name"),
        "about": _("Subject"),
        "attempts": _("Attempts"),
        "next_try": _("Next try"),
        "id": _("ID"),
    }


def row(item: Item, now: datetime) -> dict[str, Any]:
    """Show a callback in the cells of a row; what is overdue says so in a word."""
    callback = item.callback
    due = local(callback["due_at"], now)
    return {
        "number": item.number,
        "state": callback_state(callback["state"]),
        "due": _("{due} overdue").format(due=due) if item.is_overdue(now) else due,
        "caller_number": callback.get("caller_number"),
        "caller_name": callback.get("caller_name"),
        "about": callback.get("subject") or callback.get("topic"),
        "attempts": callback.get("attempts") or None,
        "next_try": local(callback.get("next_try_at"), now),
        "id": item.id,
    }


def details(item: Item, now: datetime) -> list[tuple[str, str]]:
    """All that is known of a callback: names and values, without those that say nothing."""
    callback = item.callback
    shown: dict[str, Any] = {
        _("No."): item.number,
        _("ID"): item.id,
        _("State"): callback_state(callback["state"]),
        _("Due"): row(item, now)["due"],
        _("Requested"): local(callback.get("requested_at"), now),
        _("Caseworker"): f"{callback['caseworker']} ({callback['department']})",
        _("Taken by"): callback.get("taken_by"),
        _("Number"): callback.get("caller_number"),
        _("Name"): callback.get("caller_name"),
        _("Language"): callback.get("language"),
        _("Topic"): callback.get("topic"),
        _("Subject"): callback.get("subject"),
        _("Reference"): callback.get("reference"),
        _("Note"): callback.get("note"),
        _("Told already"): " · ".join(callback.get("answers", ())),
        _("Preferred times"): ", ".join(callback.get("preferred_times", ())),
        _("Spoken message"): _("yes") if callback.get("spoken_message") else "",
        _("Attempts"): callback.get("attempts"),
        _("Next try"): local(callback.get("next_try_at"), now),
        _("Escalations"): callback.get("escalations"),
        _("Closed because"): close_reason(callback.get("close_reason")),
        _("Comment"): callback.get("comment"),
    }
    return [(name, str(value)) for name, value in shown.items() if value]


def line_about(news: News, now: datetime) -> str:
    """Tell what is new in one line."""
    match news:
        case Changed(item, event):
            result = attempt_result(item.callback.get("result"))
            parts = [_with(callback_event(event), result), *_who_and_what(item, now)]
        case Gone(item, event):
            has = _("now {who} has it").format(who=item.callback["caseworker"])
            return f"{item.number}  {_with(callback_event(event), has)}"
        case Done(item):
            reason = close_reason(item.callback.get("close_reason"))
            parts = [_with(_("closed"), reason)]
        case Answered():
            return answer_line(news)
        case _:
            assert_never(news)
    parts = [str(item.number), *parts, item.callback.get("comment", "")]
    return "  ".join(" ".join(part.split()) for part in parts if part)


def _who_and_what(item: Item, now: datetime) -> list[str]:
    cells = row(item, now)
    shown = (cells[key] for key in ("due", "caller_number", "caller_name", "about"))
    return [str(cell) for cell in shown if cell]


def answer_line(answer: Answered) -> str:
    """Tell what became of a command."""
    if answer.ok:
        return _("done")
    why = answer_text(answer.code, answer.detail)
    return _("refused: {why}").format(why=_with(why, answer.by if answer.by not in why else ""))


def local(at: str | None, now: datetime) -> str:
    """Show a time of a message in the zone of ``now``."""
    if at is None:
        return ""
    return moment_of_row(datetime.fromisoformat(at).astimezone(now.tzinfo).isoformat())


def _with(what: str, more: str) -> str:
    return f"{what} ({more})" if more else what
