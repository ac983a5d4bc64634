"""``ivr apply``: put changed files into force while calls go on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from ivr.cli.check import find_problems
from ivr.cli.client import service
from ivr.cli.language import _
from ivr.cli.output import print_json, print_table
from ivr.cli.prompts import build_changed
from ivr.cli.words import file_change
from ivr.domain.errors import ConfigError
from ivr.provisioning.prompts import BUILD, TRANSLATE

DIFFERENT = 1

_APPLY_SECONDS = 60.0
"""Writing files and a few reloads of Asterisk take a second or two; a slow disk takes longer."""

_NOTHING_IN_THE_WAY = frozenset({BUILD, TRANSLATE})
"""What is allowed, of problems that are mended here or keep nobody from going on."""

app = typer.Typer(add_completion=False)


@app.command(
    help=_(
        "Put changed files into force: check them, build new prompts, write Asterisk's "
        "configuration, and let Asterisk and the running service go on with it. Calls that go on "
        "are not touched. Where anything is wrong, it is told and nothing changes."
    ),
    epilog=_(
        "Examples: `ivr apply --dry-run` (status 1 where something would change) · `ivr apply` · "
        "`ivr apply --json`"
    ),
)
def apply(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help=_("Show what would change, change nothing."))
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
) -> None:
    """Check here, where the language of the user is known; the service checks again."""
    _refuse_wrong_files()
    with service(timeout=_APPLY_SECONDS) as client:
        change = client.get("configuration", "changes")
        if not dry_run:
            build_changed()
            change = client.post("configuration", "apply")
    if as_json:
        print_json(change)
    else:
        _show(change, with_lines=dry_run)
    if dry_run and (change["values"] or change["files"]):
        raise typer.Exit(DIFFERENT)


def _refuse_wrong_files() -> None:
    problems, _configuration = find_problems()
    wrong = [problem for problem in problems if problem.allowed not in _NOTHING_IN_THE_WAY]
    if wrong:
        raise ConfigError(tuple(wrong))


def _show(change: Mapping[str, Any], *, with_lines: bool) -> None:
    if not change["values"] and not change["files"]:
        typer.echo(_("Nothing would change.") if with_lines else _("Nothing has changed."))
        return
    if change["values"]:
        print_table(
            {"what": _("value"), "before": _("before"), "after": _("after")}, change["values"]
        )
    if change["files"]:
        print_table(
            {"name": _("file"), "change": _("change")},
            [{**file, "change": file_change(file["change"])} for file in change["files"]],
        )
    if with_lines:
        for file in change["files"]:
            typer.echo(file["difference"] or "", nl=False)
    if change["restart"]:
        typer.echo(
            _("Asterisk reads these files only when it starts: {files}").format(
                files=", ".join(change["restart"])
            )
        )
