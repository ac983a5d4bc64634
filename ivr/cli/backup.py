"""``ivr backup``: the database copied while it is used, looked through, and put back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from ivr.bootstrap import backing_up
from ivr.cli.language import _
from ivr.cli.output import print_json, print_table
from ivr.provisioning.settings import load_settings

app = typer.Typer(
    help=_("Back up the database while the service runs, and put a backup back."),
    epilog=_(
        "Examples: `ivr backup create /var/backups/ivr-2026-11-23.db` ·"
        " `ivr backup verify /var/backups/ivr-2026-11-23.db` ·"
        " `ivr backup restore /var/backups/ivr-2026-11-23.db`"
    ),
    no_args_is_help=True,
    add_completion=False,
)

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help=_("The backup."))]
JsonOption = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]


@app.command(
    help=_(
        "Write the database into FILE, as it is now, and look the copy through. Calls and callbacks"
        " go on meanwhile. FILE must not exist; only its owner may read it."
    ),
)
def create(file: FileArgument, *, as_json: JsonOption = False) -> None:
    """Make a backup and tell what is in it."""
    with _progress() as progress:
        contents = backing_up.back_up(load_settings(), file, progress)
    _show(file, contents.version, contents.rows, contents.audit, as_json=as_json)


@app.command(
    help=_(
        "Look all of FILE through: whether it is whole, this program's, and its audit unbroken."
        " Status 1 where not."
    ),
)
def verify(file: FileArgument, *, as_json: JsonOption = False) -> None:
    """Look a backup through and tell what is in it."""
    contents = backing_up.look_through_backup(file)
    _show(file, contents.version, contents.rows, contents.audit, as_json=as_json)


@app.command(
    help=_(
        "Put FILE in the database's place, while the service is stopped. The database that is there"
        " is renamed, not deleted."
    ),
)
def restore(file: FileArgument, *, as_json: JsonOption = False) -> None:
    """Restore a backup, and tell where the database of before is."""
    with _progress() as progress:
        restored = backing_up.restore(load_settings(), file, progress)
    contents, aside = restored.contents, restored.set_aside
    _show(
        file,
        contents.version,
        contents.rows,
        contents.audit,
        as_json=as_json,
        set_aside=None if aside is None else str(aside),
    )
    if aside is not None and not as_json:
        typer.echo(_("The database of before is now {file}").format(file=aside))


def _show(
    file: Path,
    version: str,
    rows: dict[str, int],
    audit: Any,  # noqa: ANN401  a pair of count and hash, or None
    *,
    as_json: bool,
    **more: str | None,
) -> None:
    if as_json:
        print_json({"file": str(file), "version": version, "rows": rows, "audit": audit, **more})
        return
    print_table(
        {"table": _("Table"), "rows": _("Rows")},
        [{"table": table, "rows": count} for table, count in rows.items()],
    )
    if audit is None:
        typer.echo(_("An older program wrote it, so its audit was not followed."))
    else:
        head = f"{audit.count}:{audit.hash}"
        typer.echo(_("The audit is whole up to: {head}").format(head=head))


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A percentage that replaces itself on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return

    def show(done: int, total: int) -> None:
        percent = 100 * done // max(total, 1)
        typer.echo("\r" + _("{percent} % copied").format(percent=percent), nl=False, err=True)

    yield show
    typer.echo(err=True)
