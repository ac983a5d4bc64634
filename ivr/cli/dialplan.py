"""``ivr dialplan``: Asterisk's configuration, made from the county's files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ivr.cli.language import _
from ivr.cli.output import print_table
from ivr.domain.errors import Unavailable
from ivr.provisioning.asterisk import Change, changes, prepare_instance, render, write
from ivr.provisioning.county import load_county
from ivr.provisioning.credentials import load_secrets
from ivr.provisioning.settings import load_settings
from ivr.provisioning.site import difference

DIFFERENT = 1

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback(help=_("Make Asterisk's configuration from the county's files."))
def dialplan() -> None:
    """A group, although it has one command only so far."""


@app.command(
    "render",
    help=_(
        "Write Asterisk's configuration into the state folder, or show what would change. "
        "Only files that are different are written; your own lines in dialplan/custom stay. "
        "A running Asterisk goes on with what it has read."
    ),
    epilog=_(
        "Examples: `ivr dialplan render` · `ivr dialplan render --diff` (status 1 where something "
        "would change) · `ivr dialplan render --to ./asterisk`"
    ),
)
def render_files(
    *,
    to: Annotated[
        Path | None,
        typer.Option(help=_("Write into this folder instead, which then holds nothing else.")),
    ] = None,
    diff: Annotated[
        bool, typer.Option("--diff", help=_("Show what would change, write nothing."))
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("Print the changed files as JSON."))
    ] = False,
) -> None:
    """Render, and write or compare."""
    settings = load_settings()
    configuration = load_county(settings.config)
    secrets = load_secrets(settings, configuration.county.agents)
    today = datetime.now(UTC).astimezone(configuration.county.hours.zone).date()
    rendered = render(configuration, settings, secrets, today)
    etc = to or settings.asterisk / "etc"
    if diff:
        found = changes(rendered, etc)
        _show(found, as_json=as_json, with_lines=True)
        raise typer.Exit(DIFFERENT if found else 0)
    try:
        if to is None:
            prepare_instance(settings)
        found = write(rendered, etc)
    except OSError as error:
        raise Unavailable(f"{error.filename}: {error.strerror}", code="not_written") from error
    _show(found, as_json=as_json, with_lines=False)


def _show(found: tuple[Change, ...], *, as_json: bool, with_lines: bool) -> None:
    if with_lines and not as_json:
        if not found:  # not among the lines, which may be a patch for a program
            typer.echo(_("Nothing would change."), err=True)
        for change in found:
            typer.echo(_difference(change), nl=False)
        return
    if not found and not as_json:
        typer.echo(_("Nothing has changed."))
        return
    rows = [{"file": change.name, "change": change.kind} for change in found]
    print_table({"file": _("file"), "change": _("change")}, rows, as_json=as_json)


def _difference(change: Change) -> str:
    """The difference line by line; of files with passwords only that they differ."""
    hidden = _("{file}: differs (it holds passwords and is not shown)").format(file=change.name)
    return difference(change) or f"{hidden}\n"
