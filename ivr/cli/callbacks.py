"""``ivr callbacks``: find them. What is done with them is in callbacks_changes.py beside it."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ivr.cli.callbacks_call import call
from ivr.cli.callbacks_changes import (
    CaseworkerOption,
    DepartmentOption,
    IdArgument,
    JsonOption,
    add_changes,
)
from ivr.cli.callbacks_shown import show_details, show_ledger, show_table
from ivr.cli.client import acting_user, service
from ivr.cli.deliveries import show_deliveries
from ivr.cli.language import _
from ivr.cli.number import read_number
from ivr.cli.output import print_json
from ivr.domain.errors import Unavailable
from ivr.provisioning.wording import Wording
from ivr.provisioning.writing import write_private

app = typer.Typer(
    help=_("The callbacks: find them, request one, and say what is done about them."),
    epilog=_(
        "Examples: `ivr callbacks list --overdue` ·"
        ' `ivr callbacks request "04461 123456" --department umwelt` ·'
        " `ivr callbacks acknowledge ID` · `ivr callbacks attempt ID --result busy` ·"
        " `ivr callbacks close ID`. Each command tells more with --help."
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


@app.command(
    "list",
    help=_("Show callbacks, oldest first: those not closed, or others."),
    epilog=_(
        "Examples: `ivr callbacks list --overdue` · `ivr callbacks list --search albers` ·"
        " `ivr callbacks list --number '04461 123456' --all` ·"
        " `ivr callbacks list --undelivered --json`"
    ),
)
def show_all(
    *,
    state: Annotated[
        list[State] | None, typer.Option("--state", "-s", help=_("Only in this state; repeatable."))
    ] = None,
    every: Annotated[bool, typer.Option("--all", "-a", help=_("Closed ones too."))] = False,
    department: DepartmentOption = None,
    caseworker: CaseworkerOption = None,
    topic: Annotated[
        str | None, typer.Option("--topic", "-t", help=_("Only about this topic."))
    ] = None,
    search: Annotated[
        str | None,
        typer.Option(
            "--search", metavar="TEXT", help=_("In the id, name, subject, note or reference.")
        ),
    ] = None,
    number: Annotated[
        str | None,
        typer.Option(
            "--number", help=_("Only of this number, as people write it; - as for request.")
        ),
    ] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help=_("Only those that should be done by now."))
    ] = False,
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
    offset: Annotated[int, typer.Option(min=0, help=_("So many of the first are left out."))] = 0,
    as_json: JsonOption = False,
) -> None:
    """Print the table."""
    wanted: dict[str, Any] = {
        "state": [each.value for each in state or _OPEN] if state or not every else None,
        "department": department,
        "caseworker": caseworker,
        "topic": topic,
        "text": search,
        "number": None if number is None else read_number(number),
        "overdue": overdue,
        "published": False if unpublished else None,
        "delivered": False if undelivered else None,
        "limit": limit,
        "offset": offset,
    }
    with service() as client:
        found = client.post("callbacks", "search", body=wanted)
    if as_json:
        print_json(found["callbacks"])
        return
    show_table(found["callbacks"])
    if sys.stdout.isatty() and found["total"] > len(found["callbacks"]):
        text = _("{shown} of {total}; more with --limit and --offset.")
        typer.echo(text.format(shown=len(found["callbacks"]), total=found["total"]))


@app.command(help=_("Show one callback with all that became of it."))
def show(callback: IdArgument, *, as_json: JsonOption = False) -> None:
    """Print the callback and its history."""
    with service() as client:
        shown = client.get("callbacks", callback)
    if as_json:
        print_json(shown)
        return
    show_details(shown)
    typer.echo()
    show_ledger(shown["history"])
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


app.command(
    help=_("Call the citizen back: the owner's telephone rings first."),
    epilog=_("Examples: `ivr callbacks call ID` · `ivr callbacks call ID --wait`"),
)(call)

add_changes(app)
