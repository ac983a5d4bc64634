"""``ivr privacy``: what is held about one person, told or erased (GDPR Art. 15 and 17)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ivr.cli.client import acting_user, service
from ivr.cli.language import _
from ivr.cli.number import read_number
from ivr.cli.output import print_json, print_table
from ivr.cli.words import data_class
from ivr.domain.errors import Unavailable
from ivr.provisioning.wording import Wording
from ivr.provisioning.writing import write_private

_SECONDS = 300.0
"""The files of queue_log are read through."""

app = typer.Typer(
    help=_("What is held about one person, by telephone number: hand it out, or erase it."),
    epilog=_(
        'Examples: `ivr privacy export "04461 123456" -o harms.zip` ·'
        ' `ivr privacy erase "04461 123456" --dry-run` · `ivr privacy erase - < number.txt`'
    ),
    no_args_is_help=True,
    add_completion=False,
)

NumberArgument = Annotated[
    str,
    typer.Argument(
        metavar="NUMBER",
        help=_(
            "As people write it; - reads it from standard input, which leaves it out of the list"
            " of processes and the shell's history."
        ),
    ),
]
ByOption = Annotated[
    str | None, typer.Option("--by", help=_("Who does it; the user of this command if left out."))
]
JsonOption = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]


@app.command(help=_("Hand out all that is held about a number; it is noted in the audit."))
def export(
    number: NumberArgument,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help=_("Write a ZIP file with export.json and what the person said as WAV files."),
        ),
    ] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the archive, readable by its owner only, or print JSON."""
    if (output is None) != as_json:
        raise typer.BadParameter(_("Either --output or --json is needed."))
    wish = {"number": read_number(number), "by": by or acting_user()}
    with service(timeout=_SECONDS) as client:
        if output is None:
            print_json(client.post("persons", "export", body=wish))
            return
        archive = client.fetch("persons", "export", "archive", body=wish)
    try:
        write_private(output, archive)
    except OSError as error:
        raise Unavailable(
            Wording("{file}: {reason}", file=output, reason=error.strerror), code="not_written"
        ) from error


@app.command(help=_("Erase all that is held about a number; figures stay, without the person."))
def erase(
    number: NumberArgument,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help=_("Only tell what would be erased."))
    ] = False,
    close_open: Annotated[
        bool,
        typer.Option(
            "--close-open",
            help=_("Close the person's open callbacks as withdrawn; their caseworkers are told."),
        ),
    ] = False,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase; asked again, there is nothing left."""
    wish = {
        "number": read_number(number),
        "by": by or acting_user(),
        "close_open": close_open,
        "dry_run": dry_run,
    }
    with service(timeout=_SECONDS) as client:
        erased = client.post("persons", "erase", body=wish)
    if as_json:
        print_json(erased)
    else:
        _show(erased, dry_run=dry_run)


def _show(erased: dict[str, Any], *, dry_run: bool) -> None:
    if not erased["erased"]:
        typer.echo(_("Nothing is held about this number."))
        return
    print_table(
        {"data": _("Data"), "count": _("Would be erased") if dry_run else _("Erased")},
        [{"data": data_class(data), "count": count} for data, count in erased["erased"].items()],
    )
    if erased["closed"]:
        typer.echo()
        ids = ", ".join(erased["closed"])
        closed = _("Would be closed: {ids}") if dry_run else _("Closed: {ids}")
        typer.echo(closed.format(ids=ids))
    typer.echo()
    typer.echo(
        _(
            "What was sent out before by MQTT, mail or webhook can't be taken back; backups hold it"
            " until they are over."
        )
    )
