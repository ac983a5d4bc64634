"""``ivr status``: who waits and who answers, how the day went, and by what rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from ivr.cli.calls import show_outgoing
from ivr.cli.client import ServiceClient, service
from ivr.cli.language import _
from ivr.cli.output import print_json, print_table
from ivr.cli.words import (
    agent_state,
    clock,
    duration,
    open_callback,
    pause_reason,
    percent,
    phase,
    yes_or_no,
)
from ivr.domain.errors import Unavailable
from ivr.provisioning.wording import Wording

_CLEAR_SCREEN = "\x1b[H\x1b[2J"

app = typer.Typer(add_completion=False)


@app.command(
    help=_("Show the callers, the agents, today's figures and the rule of the queue."),
    epilog=_("Examples: `ivr status` · `ivr status --watch` · `ivr status --json`"),
)
def status(
    *,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help=_("Show it as it changes, until Ctrl-C."))
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
        for shown in client.events("events"):
            typer.echo(_CLEAR_SCREEN, nl=False)
            _show(shown)
        raise Unavailable(Wording("The service has ended."))
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
    if status["callers"]:
        typer.echo()
        _show_callers(status["callers"])
    show_outgoing(status["outgoing"])
    typer.echo()
    show_agents(status["agents"])
    typer.echo()
    for line in (
        *_today(status["today"]),
        *_promises(status["callbacks"]),
        *_rule(status["rule"]),
    ):
        typer.echo(line)


def _show_callers(callers: list[dict[str, Any]]) -> None:
    print_table(
        {
            "position": _("Position"),
            "label": _("Department"),
            "waits": _("Waits"),
            "estimate": _("Still waits about"),
            "phase": _("Where"),
            "language": _("Language"),
            "agent": _("Agent"),
            "party": _("With"),
            "callback": _("To be called back by"),
            "call": _("Call"),
        },
        [
            {
                **caller,
                "callback": open_callback(caller["callback"]),
                "waits": _duration(caller["waits_seconds"]),
                "estimate": _duration(caller["estimate_seconds"]),
                "phase": phase(caller["phase"]),
            }
            for caller in callers
        ],
    )


def show_agents(agents: list[dict[str, Any]]) -> None:
    """Print a table of agents."""
    print_table(
        {
            "id": _("Agent"),
            "name": _("Name"),
            "state": _("State"),
            "reason": _("Reason"),
            "since": _("Since"),
            "reachable": _("Telephone there"),
            "call": _("Call"),
        },
        [
            {
                **agent,
                "state": agent_state(agent["state"]),
                "reason": _("last call") if agent["last_call"] else pause_reason(agent["reason"]),
                "since": clock(agent["since"]),
                "reachable": yes_or_no(agent["reachable"]),
            }
            for agent in agents
        ],
    )


def _today(today: Mapping[str, Any] | None) -> Iterator[str]:
    if today is None:
        yield _("Today's figures: the database can't be asked.")
        return
    yield _(
        "Today: {arrived} calls, {offered} of them waited (after the greeting),"
        " {answered} answered, {abandoned} abandoned, {callbacks} asked for a callback."
    ).format_map(today)
    if today["by_fallback"]:
        yield _(
            "Of all these, {by_fallback} were served by the fallback queue while ivr was away."
        ).format_map(today)
    if today["asa_seconds"] is not None:
        yield _(
            "Average speed of answer: {asa} (waits of answered calls / answered calls);"
            " longest wait: {longest}."
        ).format(
            asa=duration(round(today["asa_seconds"])),
            longest=duration(round(today["longest_wait_seconds"])),
        )
    for level in today["service_levels"]:
        if level["share"] is not None:
            yield _(
                "Answered within {seconds} s: {share} (of those who waited, less those who left"
                " within 5 s)."
            ).format(seconds=level["seconds"], share=percent(level["share"]))


def _promises(callbacks: Mapping[str, Any] | None) -> Iterator[str]:
    """Tell how many callbacks there are; what nobody must overlook is told only where it is."""
    if callbacks is None:
        return
    yield _("Callbacks to be done: {open}.").format_map(callbacks)
    if callbacks["overdue"]:
        yield _("OVERDUE: {overdue}. See: ivr callbacks list --overdue").format_map(callbacks)
    if callbacks["undelivered"]:
        yield _(
            "Not yet delivered: {undelivered}. See: ivr callbacks list --undelivered"
        ).format_map(callbacks)


def _rule(rule: Mapping[str, Any]) -> Iterator[str]:
    words = {
        "longest_idle": _("the agent who has been idle longest"),
        "round_robin": _("the agents in turn"),
        "fewest_calls": _("the agent with the fewest calls"),
        "ring_several": _("{count} agents at once; the first to answer has the call"),
        "by_level": _("the agents of the best level first"),
    }
    agents = words.get(rule["strategy"], rule["strategy"]).format(count=rule["ring_at_once"])
    yield _("Offered to: {agents}.").format(agents=agents)
    if rule["largest_head_start_seconds"]:
        yield _(
            "Order: first come, first served, some with a head start; nobody is overtaken by"
            " one who came more than {head_start} later."
        ).format(head_start=duration(rule["largest_head_start_seconds"]))
    else:
        yield _("Order: first come, first served; nobody is overtaken.")
    if rule["max_waiting"] is not None:
        yield _("At most {count} callers wait.").format(count=rule["max_waiting"])
    if rule["max_wait_seconds"] is not None:
        yield _("Nobody waits longer than {time}.").format(time=duration(rule["max_wait_seconds"]))
    if not rule["join_empty"]:
        yield _("Nobody waits while no agent is logged in for them.")
    if rule["leave_when_empty"]:
        yield _("Callers leave the queue when the last agent for them has logged out.")


def _duration(seconds: int | None) -> str:
    return "" if seconds is None else duration(seconds)
