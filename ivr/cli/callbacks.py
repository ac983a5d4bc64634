"""``ivr callbacks``: find them, request them, and say what was done about them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ivr.cli.callbacks_call import call
from ivr.cli.client import acting_user, service
from ivr.cli.deliveries import show_deliveries
from ivr.cli.language import _
from ivr.cli.output import print_details, print_json, print_table
from ivr.cli.words import callback_state, moment, yes_or_no
from ivr.domain.errors import Unavailable
from ivr.provisioning.wording import Wording
from ivr.provisioning.writing import write_private

app = typer.Typer(
    help=_("The callbacks: find them, request one, acknowledge, attempt and close them."),
    epilog=_(
        "Examples: `ivr callbacks list --department soziales` ·"
        ' `ivr callbacks request "04461 123456" --department umwelt` ·'
        " `ivr callbacks acknowledge ID`"
    ),
    no_args_is_help=True,
    add_completion=False,
)


class State(StrEnum):
    """The states to choose from, as in the API."""

    REQUESTED = "requested"
    ACKNOWLEDGED = "acknowledged"
    ATTEMPTED = "attempted"
    CLOSED = "closed"


_OPEN = [State.REQUESTED, State.ACKNOWLEDGED, State.ATTEMPTED]

IdArgument = Annotated[str, typer.Argument(metavar="ID", help=_("The callback's id."))]
JsonOption = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]
DepartmentOption = Annotated[
    str | None, typer.Option("--department", "-d", help=_("The department's id."))
]
NoteOption = Annotated[
    str | None, typer.Option("--note", help=_("A note in place of the one that is there."))
]
ByOption = Annotated[
    str | None, typer.Option("--by", help=_("Who did it; the user of this command if left out."))
]


@app.command("list", help=_("Show callbacks, oldest first: those not closed, or others."))
def show_all(
    *,
    state: Annotated[
        list[State] | None, typer.Option("--state", "-s", help=_("Only in this state; repeatable."))
    ] = None,
    every: Annotated[bool, typer.Option("--all", "-a", help=_("Closed ones too."))] = False,
    department: DepartmentOption = None,
    caseworker: Annotated[
        str | None, typer.Option("--caseworker", "-c", help=_("The caseworker's id."))
    ] = None,
    unpublished: Annotated[
        bool,
        typer.Option("--unpublished", help=_("Only those the MQTT broker has not got in full.")),
    ] = False,
    undelivered: Annotated[
        bool,
        typer.Option(
            "--undelivered", help=_("Only those of which a message has not arrived, by any way.")
        ),
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help=_("At most so many."))] = 100,
    as_json: JsonOption = False,
) -> None:
    """Print the table."""
    query: dict[str, Any] = {"limit": limit}
    if not every or state:
        query["state"] = [each.value for each in state or _OPEN]
    if department:
        query["department"] = department
    if caseworker:
        query["caseworker"] = caseworker
    if unpublished:
        query["published"] = "false"
    if undelivered:
        query["delivered"] = "false"
    with service() as client:
        shown = client.get("callbacks", query=query)["callbacks"]
    if as_json:
        print_json(shown)
    else:
        _show_table(shown)


@app.command(help=_("Show one callback with all that became of it."))
def show(callback: IdArgument, *, as_json: JsonOption = False) -> None:
    """Print the callback and its history."""
    with service() as client:
        shown = client.get("callbacks", callback)
    if as_json:
        print_json(shown)
        return
    _show_details(shown)
    typer.echo()
    print_table(
        {"at": _("When"), "state": _("State"), "by": _("By"), "note": _("Note")},
        [
            {**version, "at": moment(version["at"]), "state": callback_state(version["state"])}
            for version in shown["history"]
        ],
    )
    typer.echo()
    show_deliveries(shown["deliveries"])


@app.command(help=_("Fetch what the caller said about a callback, as a WAV file."))
def message(
    callback: IdArgument,
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help=_("Where to write it."))
    ],
    by: Annotated[
        str | None,
        typer.Option("--by", help=_("Who listens; the user of this command if left out.")),
    ] = None,
) -> None:
    """Write the recording; readable by its owner only."""
    with service() as client:
        content = client.sound("callbacks", callback, "message", query={"by": by or acting_user()})
    try:
        write_private(output, content)
    except OSError as error:
        raise Unavailable(
            Wording("{file}: {reason}", file=output, reason=error.strerror), code="not_written"
        ) from error


@app.command(help=_("Say that a caseworker has taken a callback."))
def acknowledge(
    callback: IdArgument,
    *,
    note: NoteOption = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Acknowledge the callback."""
    _change(callback, "acknowledge", note, by, as_json=as_json)


@app.command(help=_("Say that the citizen was phoned and not reached."))
def attempt(
    callback: IdArgument,
    *,
    note: NoteOption = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Note an attempt."""
    _change(callback, "attempt", note, by, as_json=as_json)


@app.command(help=_("Say that a callback is done."))
def close(
    callback: IdArgument,
    *,
    note: NoteOption = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close the callback."""
    _change(callback, "close", note, by, as_json=as_json)


app.command(
    help=_("Call the citizen back: the owner's telephone rings first."),
    epilog=_("Examples: `ivr callbacks call ID` · `ivr callbacks call ID --wait`"),
)(call)


@app.command(help=_("Request a callback for a citizen."))
def request(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help=_("As people write it."))],
    *,
    department: DepartmentOption = None,
    name: Annotated[str, typer.Option(help=_("The citizen's name."))] = "",
    subject: Annotated[str, typer.Option(help=_("What it is about."))] = "",
    note: Annotated[str, typer.Option(help=_("What the caseworker should know."))] = "",
    as_json: JsonOption = False,
) -> None:
    """Request the callback; it is stored when this ends with status 0."""
    wish = {"number": number, "caller_name": name, "subject": subject, "note": note}
    if department:
        wish["department"] = department
    with service() as client:
        shown = client.post("callbacks", body=wish)
    _show_one(shown, as_json=as_json)


def _change(callback: str, action: str, note: str | None, by: str | None, *, as_json: bool) -> None:
    body = {"by": by or acting_user(), "note": note}
    with service() as client:
        shown = client.post("callbacks", callback, action, body=body)
    _show_one(shown, as_json=as_json)


def _show_one(callback: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(callback)
    else:
        _show_details(callback)


def _show_table(callbacks: list[dict[str, Any]]) -> None:
    print_table(
        {
            "id": _("ID"),
            "state": _("State"),
            "due_at": _("Due"),
            "department": _("Department"),
            "caseworker": _("Caseworker"),
            "caller_number": _("Number"),
            "subject": _("Subject"),
            "published": _("Published"),
        },
        [_readable(callback) for callback in callbacks],
    )


def _show_details(callback: dict[str, Any]) -> None:
    names = {
        "id": _("ID"),
        "state": _("State"),
        "due_at": _("Due"),
        "requested_at": _("Requested"),
        "department": _("Department"),
        "caseworker": _("Caseworker"),
        "caller_number": _("Number"),
        "caller_name": _("Name"),
        "subject": _("Subject"),
        "note": _("Note"),
        "spoken_message": _("Spoken message"),
        "published": _("Published"),
    }
    print_details(names, _readable(callback))


def _readable(callback: dict[str, Any]) -> dict[str, Any]:
    return {
        **callback,
        "state": callback_state(callback["state"]),
        "due_at": moment(callback["due_at"]),
        "requested_at": moment(callback["requested_at"]),
        "spoken_message": yes_or_no(callback["spoken_message"]),
        "published": yes_or_no(callback["published"]),
    }
