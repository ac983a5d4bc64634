"""``ivr audit``: who saw, changed, exported or listened to what, and whether that is all."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from ivr.cli.client import service
from ivr.cli.language import _
from ivr.cli.output import print_json, print_table
from ivr.cli.words import moment

_VERIFY_SECONDS = 600.0
"""Some hundred thousand entries are followed in a minute on a slow machine."""

app = typer.Typer(
    help=_("Who saw, changed, exported or listened to what."),
    epilog=_(
        "Examples: `ivr audit list --by heike.janssen` · `ivr audit list --target cb-4711` ·"
        ' `ivr audit list --action callback_seen --since "2026-11-23 07:00"` ·'
        " `ivr audit verify`"
    ),
    no_args_is_help=True,
    add_completion=False,
)

JsonOption = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]


@app.command("list", help=_("Show entries, latest first."))
def show_all(
    *,
    by: Annotated[str | None, typer.Option(help=_("Only what this person did."))] = None,
    action: Annotated[
        str | None, typer.Option(help=_("Only this, such as callback_seen or listen."))
    ] = None,
    target: Annotated[
        str | None, typer.Option(help=_("Only what was done to this callback, call or agent."))
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%d %H:%M", "%d.%m.%Y", "%d.%m.%Y %H:%M"],
            help=_("Only from then on, in this machine's time."),
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help=_("At most so many."))] = 100,
    as_json: JsonOption = False,
) -> None:
    """Print the table."""
    wanted = {
        "by": by,
        "action": action,
        "target": target,
        "since": since.astimezone().isoformat() if since else None,
        "limit": limit,
    }
    with service() as client:
        query = {name: value for name, value in wanted.items() if value is not None}
        entries = client.get("audit", query=query)["entries"]
    if as_json:
        print_json(entries)
    else:
        _show(entries)


@app.command(help=_("Look whether entries were changed, taken out, put in or cut off."))
def verify(
    *,
    kept: Annotated[
        str | None,
        typer.Option(
            metavar="ENTRIES:HASH",
            help=_("A head that was written down earlier: the audit has to have had it."),
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print the head; end with 1 where the chain is broken."""
    with service(timeout=_VERIFY_SECONDS) as client:
        found = client.get("audit", "verification", query={"kept": kept} if kept else None)
    if as_json:
        print_json(found)
    else:
        _tell(found)
    if found["broken"]:
        raise typer.Exit(1)


def _show(entries: list[dict[str, Any]]) -> None:
    print_table(
        {
            "position": _("No."),
            "at": _("When"),
            "by": _("By"),
            "action": _("Action"),
            "target": _("Target"),
            "details": _("Details"),
        },
        [
            {**entry, "at": moment(entry["at"]), "details": _details(entry["details"])}
            for entry in entries
        ],
    )


def _details(details: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in details.items())


def _tell(found: dict[str, Any]) -> None:
    broken = found["broken"]
    if broken is None:
        typer.echo(_("The audit is whole. Entries: {count}").format(count=found["entries"]))
        typer.echo(_("Keep this head elsewhere: {head}").format(head=_head(found)))
        return
    text = _("The audit is broken at entry {position}: {damage}.")
    typer.echo(text.format(position=broken["position"], damage=_damage(broken["damage"])))
    typer.echo(_("Whole up to: {head}").format(head=_head(found)))


def _head(found: dict[str, Any]) -> str:
    return f"{found['entries']}:{found['hash']}"


def _damage(damage: str) -> str:
    words = {
        "changed": _("it was changed or moved"),
        "missing": _("it is missing"),
        "added": _("it was put in"),
        "headless": _("the end of the chain was taken away"),
    }
    return words.get(damage, damage)
