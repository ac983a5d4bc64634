"""``ivr status``: who waits and who answers, now."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from ivr.cli.client import ServiceClient, service
from ivr.cli.language import _
from ivr.cli.output import print_json, print_table
from ivr.cli.words import agent_state, duration, pause_reason, yes_or_no

_EVERY_SECONDS = 2.0
_CLEAR_SCREEN = "\x1b[H\x1b[2J"

app = typer.Typer(add_completion=False)


@app.command(
    help=_("Show the callers in the queue, in their order, and every agent."),
    epilog=_("Examples: `ivr status` · `ivr status --watch` · `ivr status --json`"),
)
def status(
    *,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help=_("Show it anew every two seconds, until Ctrl-C."))
    ] = False,
) -> None:
    """Print the status. Raises IvrError where the service can't be asked."""
    if as_json and watch:
        raise typer.BadParameter(_("--json and --watch can't be used together."))
    with service() as client:
        if as_json:
            print_json(client.get("status"))
        elif watch:
            _watch(client)
        else:
            _show(client.get("status"))


def _watch(client: ServiceClient) -> None:
    try:
        while True:
            shown = client.get("status")
            typer.echo(_CLEAR_SCREEN, nl=False)
            _show(shown)
            time.sleep(_EVERY_SECONDS)
    except KeyboardInterrupt:
        typer.echo()


def _show(status: Mapping[str, Any]) -> None:
    counts = status["counts"]
    typer.echo(_("Within opening hours.") if status["open"] else _("Outside opening hours."))
    typer.echo(
        _("Waiting: {count}, the longest for {longest}").format(
            count=counts["waiting"], longest=duration(counts["longest_wait_seconds"])
        )
        if counts["waiting"]
        else _("Nobody is waiting.")
    )
    if status["waiting"]:
        typer.echo()
        print_table(
            {"label": _("Department"), "waits": _("Waits"), "call": _("Call")},
            [
                {**caller, "waits": duration(caller["waits_seconds"])}
                for caller in status["waiting"]
            ],
        )
    typer.echo()
    show_agents(status["agents"])


def show_agents(agents: list[dict[str, Any]]) -> None:
    """Print a table of agents."""
    print_table(
        {
            "id": _("Agent"),
            "name": _("Name"),
            "state": _("State"),
            "reason": _("Reason"),
            "reachable": _("Telephone there"),
            "call": _("Call"),
        },
        [
            {
                **agent,
                "state": agent_state(agent["state"]),
                "reason": pause_reason(agent["reason"]),
                "reachable": yes_or_no(agent["reachable"]),
            }
            for agent in agents
        ],
    )
