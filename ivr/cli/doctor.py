"""``ivr doctor``: what this machine lacks to run the service, and what does not work just now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from ivr.bootstrap.examining import Finding, examine_machine
from ivr.cli.check import find_problems
from ivr.cli.client import service
from ivr.cli.language import _
from ivr.cli.output import print_json, print_table
from ivr.domain.errors import IvrError
from ivr.provisioning.wording import Wording

app = typer.Typer(add_completion=False)


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
    findings = [*examine_machine(), _configuration(), *_running_service()]
    if as_json:
        print_json(findings)
    else:
        _show(findings)
    if not all(finding.in_order for finding in findings):
        raise typer.Exit(1)


def _show(findings: Iterable[Finding]) -> None:
    rows = [
        {
            "name": _(finding.name),
            "state": _("in order") if finding.in_order else _("not in order"),
            "found": _(finding.found),
        }
        for finding in findings
    ]
    print_table({"name": _("What"), "state": _("State"), "found": _("Found")}, rows)


def _configuration() -> Finding:
    problems = find_problems()[0]
    found = Wording("problems: {count}; ivr check tells them", count=len(problems))
    return Finding(Wording("configuration"), found if problems else "", in_order=not problems)


def _running_service() -> list[Finding]:
    """Ask the service which of its parts work; one that is not running is told as such."""
    try:
        with service() as client:
            parts = client.readiness()
    except IvrError as error:
        return [Finding(Wording("service"), error.message, in_order=False)]
    return [
        Finding(Wording("service: {part}", part=name), part["reason"] or "", in_order=part["works"])
        for name, part in parts.items()
    ]
