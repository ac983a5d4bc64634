"""``ivr calls``: who is on the telephone, and what a supervisor does about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from ivr.cli.client import acting_user, service
from ivr.cli.language import _
from ivr.cli.output import print_details, print_json, print_table
from ivr.cli.words import (
    call_result,
    duration,
    moment,
    moment_of_row,
    open_callback,
    outcome,
    outgoing_phase,
    phase,
    yes_or_no,
)

app = typer.Typer(
    help=_("The calls: show them, move a caller up, take one out, listen in, whisper, barge in."),
    epilog=_(
        "Examples: `ivr calls list` · `ivr calls move-up CALL` ·"
        " `ivr calls listen CALL --phone 1001`. All but showing is written into the audit first."
    ),
    no_args_is_help=True,
    add_completion=False,
)

CallArgument = Annotated[str, typer.Argument(metavar="CALL", help=_("The call's id."))]
PhoneOption = Annotated[
    str, typer.Option("--phone", help=_("Whose telephone rings for it: an agent, not ready."))
]
ByOption = Annotated[
    str | None, typer.Option("--by", help=_("Who does it; the user of this command if left out."))
]
JsonOption = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]


@app.command("list", help=_("Show the calls going on, those in the queue first and in order."))
def show_all(
    *,
    finished: Annotated[
        int,
        typer.Option(min=0, max=1000, help=_("Show so many of the latest finished ones instead.")),
    ] = 0,
    as_json: JsonOption = False,
) -> None:
    """Print the table."""
    with service() as client:
        shown = client.get("calls", query={"limit": finished})
    calls = shown["finished"] if finished else [*shown["live"], *shown["outgoing"]]
    if as_json:
        print_json(calls)
    elif finished:
        _show_finished(calls)
    else:
        _show_live(shown["live"])
        show_outgoing(shown["outgoing"])


@app.command(help=_("Show one call, going on or finished."))
def show(call: CallArgument, *, as_json: JsonOption = False) -> None:
    """Print what is known of it."""
    with service() as client:
        shown = client.get("calls", call)
    if as_json:
        print_json(shown)
    else:
        _show_one(shown)


@app.command("move-up", help=_("Let a waiting caller be served next."))
def move_up(call: CallArgument, *, by: ByOption = None, as_json: JsonOption = False) -> None:
    """Move the caller to the front."""
    _post(call, "move-up", {}, by, as_json=as_json)


@app.command("take-out", help=_("End the call of somebody who waits, with a word."))
def take_out(call: CallArgument, *, by: ByOption = None, as_json: JsonOption = False) -> None:
    """Take the caller out of the queue."""
    _post(call, "take-out", {}, by, as_json=as_json)


@app.command(help=_("Listen in on a talk: nobody hears you."))
def listen(
    call: CallArgument, *, phone: PhoneOption, by: ByOption = None, as_json: JsonOption = False
) -> None:
    """Ring the telephone and listen."""
    _post(call, "supervise", {"how": "listen", "phone": phone}, by, as_json=as_json)


@app.command(help=_("Whisper: the agent hears you, the caller does not."))
def whisper(
    call: CallArgument, *, phone: PhoneOption, by: ByOption = None, as_json: JsonOption = False
) -> None:
    """Ring the telephone and whisper, or change to it."""
    _post(call, "supervise", {"how": "whisper", "phone": phone}, by, as_json=as_json)


@app.command(help=_("Barge in: both hear you."))
def barge(
    call: CallArgument, *, phone: PhoneOption, by: ByOption = None, as_json: JsonOption = False
) -> None:
    """Ring the telephone and talk with both, or change to it."""
    _post(call, "supervise", {"how": "barge", "phone": phone}, by, as_json=as_json)


def _post(
    call: str, action: str, wish: Mapping[str, str], by: str | None, *, as_json: bool
) -> None:
    with service() as client:
        shown = client.post("calls", call, action, body={**wish, "by": by or acting_user()})
    if as_json:
        print_json(shown)
    else:
        _show_one(shown)


def _show_live(calls: list[dict[str, Any]]) -> None:
    print_table(
        {
            "id": _("Call"),
            "phase": _("Where"),
            "position": _("Position"),
            "label": _("Department"),
            "language": _("Language"),
            "arrived_at": _("Arrived"),
            "agent": _("Agent"),
            "party": _("With"),
        },
        [
            {
                **call,
                "phase": phase(call["phase"]),
                "arrived_at": moment_of_row(call["arrived_at"]),
            }
            for call in calls
        ],
    )


def show_outgoing(calls: list[dict[str, Any]]) -> None:
    """Print a table of caseworkers who are phoning back, where there are any."""
    if not calls:
        return
    typer.echo()
    typer.echo(_("Caseworkers phoning back:"))
    print_table(
        {
            "id": _("Call"),
            "phase": _("Where"),
            "label": _("Department"),
            "caseworker": _("Caseworker"),
            "callback": _("Callback"),
            "asked_at": _("Since"),
        },
        [
            {
                **call,
                "phase": outgoing_phase(call["phase"]),
                "asked_at": moment_of_row(call["asked_at"]),
            }
            for call in calls
        ],
    )


def _show_finished(calls: list[dict[str, Any]]) -> None:
    print_table(
        {
            "id": _("Call"),
            "outcome": _("Outcome"),
            "department": _("Department"),
            "arrived_at": _("Arrived"),
            "waited": _("Waited"),
            "talked": _("Talked"),
            "agent": _("Agent"),
            "transferred_to": _("Put through to"),
        },
        [_finished(call) | {"arrived_at": moment_of_row(call["arrived_at"])} for call in calls],
    )


def _show_one(call: dict[str, Any]) -> None:
    if call["kind"] == "finished":
        print_details(
            {
                "id": _("Call"),
                "outcome": _("Outcome"),
                "dialled": _("Dialled"),
                "department": _("Department"),
                "caller_number": _("Number"),
                "language": _("Language"),
                "arrived_at": _("Arrived"),
                "waited": _("Waited"),
                "talked": _("Talked"),
                "agent": _("Agent"),
                "transferred_to": _("Put through to"),
                "by_fallback": _("Served by the fallback queue"),
                "result": _("Result"),
            },
            _finished(call),
        )
        return
    print_details(
        {
            "id": _("Call"),
            "phase": _("Where"),
            "position": _("Position"),
            "label": _("Department"),
            "caller_number": _("Number"),
            "language": _("Language"),
            "arrived_at": _("Arrived"),
            "agent": _("Agent"),
            "party": _("With"),
            "supervised": _("Supervised"),
            "callbacks": _("To be called back by"),
        },
        {
            **call,
            "phase": phase(call["phase"]),
            "arrived_at": moment(call["arrived_at"]),
            "supervised": yes_or_no(call["supervised"]),
            "callbacks": "; ".join(open_callback(each) for each in call["callbacks"]),
        },
    )


def _finished(call: dict[str, Any]) -> dict[str, Any]:
    return {
        **call,
        "outcome": outcome(call["outcome"]),
        "arrived_at": moment(call["arrived_at"]),
        "waited": _seconds(call["waited_seconds"]),
        "talked": _seconds(call["talked_seconds"]),
        "by_fallback": yes_or_no(call["by_fallback"]),
        "result": call_result(call["result"] or ""),
    }


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else duration(round(seconds))
