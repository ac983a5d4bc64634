"""``ivr doctor``: what this machine lacks to run the service, and what does not work just now."""

from __future__ import annotations

from typing import Annotated

import typer

from ivr import bootstrap
from ivr.cli.check import find_problems
from ivr.cli.client import service
from ivr.cli.language import _
from ivr.cli.output import print_table, problem_count
from ivr.domain.errors import IvrError

app = typer.Typer()


@app.command(
    help=_(
        "Look at this machine: is there a suitable Asterisk, is a program missing, is the"
        " configuration in order, does every part of the running service work?"
    ),
    epilog=_("Ends with status 1 where something is not in order."),
)
def doctor(
    *, as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False
) -> None:
    """Print a line for each thing that was looked at."""
    findings = [*bootstrap.examine_machine(), _configuration(), *_running_service()]
    rows = [
        {
            "name": finding.name,
            "state": _("in order") if finding.in_order else _("not in order"),
            "found": finding.found,
        }
        for finding in findings
    ]
    columns = {"name": _("What"), "state": _("State"), "found": _("Found")}
    print_table(columns, rows, as_json=as_json)
    if not all(finding.in_order for finding in findings):
        raise typer.Exit(1)


def _configuration() -> bootstrap.Finding:
    problems = find_problems()[0]
    found = f"{problem_count(len(problems))} ivr check" if problems else ""
    return bootstrap.Finding(_("configuration"), found, in_order=not problems)


def _running_service() -> list[bootstrap.Finding]:
    """Ask the service which of its parts work; one that is not running is told as such."""
    try:
        with service() as client:
            parts = client.readiness()
    except IvrError as error:
        return [bootstrap.Finding(_("service"), _(error.message), in_order=False)]
    return [
        bootstrap.Finding(f"{_('service')}: {name}", part["reason"] or "", in_order=part["works"])
        for name, part in parts.items()
    ]
