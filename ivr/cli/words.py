"""What the service's words are for people: states, times. Programs get them as they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ivr.cli.language import _, language


def agent_state(state: str) -> str:
    """Say what the system does with an agent, or what the agent wants."""
    words = {
        "ready": _("ready"),
        "offered": _("rings"),
        "on_call": _("on call"),
        "wrap_up": _("wrap-up"),
        "paused": _("paused"),
        "logged_out": _("logged out"),
    }
    return words.get(state, state)


def pause_reason(reason: str) -> str:
    """Say why an agent is paused; the agent's own words stay as they are."""
    words = {
        "missed": _("missed a call"),
        "rejected": _("rejected a call"),
        "unreachable": _("telephone unreachable"),
    }
    return words.get(reason, reason)


def phase(name: str) -> str:
    """Say where a caller is."""
    words = {
        "greeting": _("hears the greeting"),
        "menu": _("chooses from the menu"),
        "waiting": _("waits"),
        "talking": _("talks"),
        "consulting": _("is on hold"),
        "handed_over": _("put through"),
        "closed": _("outside hours"),
        "way_out": _("can't wait"),
        "keeping": _("has the place kept"),
        "away": _("place kept, hung up"),
        "returning": _("being put through"),
        "leaving": _("leaves"),
        "gone": _("gone"),
    }
    return words.get(name, name)


def outgoing_phase(name: str) -> str:
    """Say how far it is with a caseworker who phones back."""
    words = {
        "caseworker": _("the caseworker's telephone rings"),
        "announcing": _("the caseworker hears what it is about"),
        "citizen": _("the citizen's telephone rings"),
        "talking": _("they talk"),
        "leaving": _("the caseworker hears that nobody was reached"),
    }
    return words.get(name, name)


def call_result(name: str) -> str:
    """Say what came of a call, as its agent said."""
    return {
        "settled": _("settled"),
        "callback": _("callback"),
        "transferred": _("put through"),
        "referred": _("told whom to ask"),
        "no_matter": _("no matter"),
    }.get(name, name)


def call_back_result(name: str) -> str:
    """Say what came of a caseworker's calling back."""
    words = {
        "given_up": _("the caseworker hung up before the citizen's telephone rang"),
        "caseworker_not_reached": _("the caseworker did not pick up"),
        "not_called": _("nobody was called: one of the two was in a call"),
        "failed": _("not possible: Asterisk was away or had no way out"),
    }
    return words.get(name) or attempt_result(name)


def file_change(name: str) -> str:
    """Say what becomes of a file."""
    words = {"added": _("new"), "changed": _("changed"), "removed": _("removed")}
    return words.get(name, name)


def outcome(name: str) -> str:
    """Say how a call ended."""
    words = {
        "completed": _("completed"),
        "abandoned": _("abandoned"),
        "callback": _("callback"),
        "closed": _("outside hours"),
        "overflowed": _("overflowed"),
        "failed": _("failed"),
    }
    return words.get(name, name)


def delivery_way(way: str) -> str:
    """Say by which way a caseworker is told."""
    return {"mqtt": "MQTT", "mail": _("e-mail"), "webhook": "Webhook"}.get(way, way)


def callback_state(state: str) -> str:
    """Say where a callback stands."""
    words = {
        "requested": _("requested"),
        "acknowledged": _("acknowledged"),
        "attempted": _("attempted"),
        "closed": _("closed"),
    }
    return words.get(state, state)


def open_callback(callback: Mapping[str, Any] | None) -> str:
    """Say by when a caller is phoned, by whom, and where that stands."""
    if callback is None:
        return ""
    due, state = moment_of_row(callback["due_at"]), callback_state(callback["state"])
    return f"{due}, {callback['caseworker_name']}, {state}"


def callback_event(event: str) -> str:
    """Say what has happened to a callback."""
    words = {
        "requested": _("requested"),
        "acknowledged": _("acknowledged"),
        "attempted": _("phoned"),
        "closed": _("closed"),
        "reassigned": _("given to somebody else"),
        "reopened": _("opened again"),
        "commented": _("comment"),
        "changed": _("changed"),
        "reminded": _("reminder"),
        "escalated": _("waited too long"),
    }
    return words.get(event, event)


def attempt_result(result: str | None) -> str:
    """Say what came of phoning a citizen."""
    words = {
        "reached": _("reached"),
        "not_reached": _("not reached"),
        "busy": _("busy"),
        "wrong_number": _("wrong number"),
        "another_time": _("asked for another time"),
    }
    return "" if result is None else words.get(result, result)


def close_reason(reason: str | None) -> str:
    """Say why a callback ended."""
    words = {
        "settled": _("settled"),
        "letter": _("letter written"),
        "mail": _("e-mail written"),
        "unreachable": _("unreachable"),
        "withdrawn": _("withdrawn"),
        "duplicate": _("duplicate"),
    }
    return "" if reason is None else words.get(reason, reason)


def data_class(name: str) -> str:
    """Say what a class of data is."""
    words = {
        "call_numbers": _("callers' numbers in calls"),
        "callback_numbers": _("numbers in callbacks"),
        "callback_names": _("names in callbacks"),
        "callback_notes": _("notes in callbacks"),
        "spoken_messages": _("spoken messages"),
        "deliveries": _("messages that were sent out"),
        "queue_log": _("numbers in queue_log"),
        "journal": _("the journal of what happened"),
        "statistics": _("figures of single calls and callbacks"),
    }
    return words.get(name, name)


def deletion_reason(name: str) -> str:
    """Say why something was deleted."""
    return {"retention": _("retention"), "erasure": _("erasure")}.get(name, name)


def yes_or_no(value: bool) -> str:  # noqa: FBT001  it is what this is about
    """Say yes or no."""
    return _("yes") if value else _("no")


def moment(text: str | None) -> str:
    """Show a time of the API, which is the county's local one, to the minute."""
    if text is None:
        return ""
    form = "%d.%m.%Y %H:%M" if language() == "de" else "%Y-%m-%d %H:%M"
    return datetime.fromisoformat(text).strftime(form)


def moment_of_row(text: str | None) -> str:
    """Show such a time in a table: today's without its date, which leaves room for the others."""
    if text is None:
        return ""
    at = datetime.fromisoformat(text)
    return clock(text) if at.date() == datetime.now(at.tzinfo).date() else moment(text)


def duration(seconds: int) -> str:
    """Show a duration as minutes and seconds."""
    return f"{seconds // 60}:{seconds % 60:02}"


def clock(text: str | None) -> str:
    """Show the time of day of a time of the API."""
    return "" if text is None else datetime.fromisoformat(text).strftime("%H:%M")


def percent(share: float) -> str:
    """Show a share to a tenth of a percent; 99.96 % are not all."""
    rounded = round(share * 100, 1)
    if share < 1:
        rounded = min(rounded, 99.9)
    shown = f"{rounded:.1f} %"
    return shown.replace(".", ",") if language() == "de" else shown
