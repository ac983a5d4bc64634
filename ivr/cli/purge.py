"""``ivr purge``: what is older than the county wants to keep is deleted."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ivr.cli.client import acting_user, service
from ivr.cli.language import _
from ivr.cli.output import print_json, print_table
from ivr.cli.words import data_class, deletion_reason, moment

_PURGE_SECONDS = 3600.0
"""The first time there may be years of calls to go through, a few rows at a time."""

app = typer.Typer(add_completion=False)


@app.command(
    help=_(
        "Delete what is older than privacy.toml says; the service does it by itself every night."
        " Callbacks that are still open are kept whatever their age, and named."
    ),
    epilog=_(
        "Examples: `ivr purge --dry-run` · `ivr purge` · `ivr purge --log`. Status 1 where not all"
        " of it could be deleted."
    ),
)
def purge(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help=_("Only tell what would be deleted."))
    ] = False,
    log: Annotated[
        bool, typer.Option("--log", help=_("Show what was deleted, latest first."))
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help=_("At most so many."))] = 100,
    by: Annotated[
        str | None,
        typer.Option("--by", help=_("Who does it; the user of this command if left out.")),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
) -> None:
    """Purge, look or show the log."""
    if log and dry_run:
        raise typer.BadParameter(_("--log and --dry-run can't be used together."))
    with service(timeout=_PURGE_SECONDS) as client:
        if log:
            deletions = client.get("deletions", query={"limit": limit})["deletions"]
            _show_log(deletions, as_json=as_json)
            return
        report = client.post("purge", body={"by": by or acting_user(), "dry_run": dry_run})
    if as_json:
        print_json(report)
    else:
        _show(report, dry_run=dry_run)
    if not report["complete"]:
        raise typer.Exit(1)


def _show(report: dict[str, Any], *, dry_run: bool) -> None:
    counted = _("Would be deleted") if dry_run else _("Deleted")
    print_table(
        {
            "data": _("Data"),
            "before": _("Older than"),
            "count": counted,
            "problem": _("Problem"),
        },
        [
            {**each, "data": data_class(each["data"]), "before": moment(each["before"])}
            for each in report["classes"]
        ],
    )
    if report["still_open"]:
        ids = ", ".join(report["still_open"])
        typer.echo()
        typer.echo(_("Old and still open, so they are kept: {ids}").format(ids=ids))


def _show_log(deletions: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(deletions)
        return
    print_table(
        {
            "at": _("When"),
            "data": _("Data"),
            "count": _("Deleted"),
            "reason": _("Reason"),
            "by": _("By"),
        },
        [
            {
                **each,
                "at": moment(each["at"]),
                "data": data_class(each["data"]),
                "reason": deletion_reason(each["reason"]),
            }
            for each in deletions
        ],
    )
