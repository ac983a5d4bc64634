"""``ivr agents``: who they are, and what they want, as feature codes would say it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ivr.cli.client import acting_user, service
from ivr.cli.language import _
from ivr.cli.output import print_json
from ivr.cli.status import show_agents
from ivr.domain.calls import CallResult

app = typer.Typer(
    help=_("The agents: show them, make them ready, pause them, log them out."),
    epilog=_("Examples: `ivr agents list` · `ivr agents pause 1001 --reason Mittag`"),
    no_args_is_help=True,
    add_completion=False,
)

AgentArgument = Annotated[str, typer.Argument(metavar="AGENT", help=_("The agent, such as 1001."))]
ByOption = Annotated[
    str | None, typer.Option("--by", help=_("Who does it; the user of this command if left out."))
]
JsonOption = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]


@app.command("list", help=_("Show all agents."))
def show(*, as_json: JsonOption = False) -> None:
    """Print the table."""
    with service() as client:
        shown = client.get("agents")["agents"]
    if as_json:
        print_json(shown)
    else:
        show_agents(shown)


@app.command(help=_("Let an agent be offered calls (log in, end a pause, end wrap-up)."))
def ready(agent: AgentArgument, *, by: ByOption = None, as_json: JsonOption = False) -> None:
    """Make the agent ready."""
    _choose(agent, {"presence": "ready"}, by, as_json=as_json)


app.command("login", help=_("The same as ready."))(ready)


@app.command(help=_("Pause an agent; a call that is going on is finished first."))
def pause(
    agent: AgentArgument,
    *,
    reason: Annotated[str, typer.Option(help=_("Why; others see it."))] = "",
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Pause the agent."""
    _choose(agent, {"presence": "paused", "reason": reason}, by, as_json=as_json)


@app.command(help=_("Log an agent out; a call that is going on is finished first."))
def logout(agent: AgentArgument, *, by: ByOption = None, as_json: JsonOption = False) -> None:
    """Log the agent out."""
    _choose(agent, {"presence": "logged_out"}, by, as_json=as_json)


@app.command("last-call", help=_("Log an agent out after the next call, or the one going on."))
def last_call(agent: AgentArgument, *, by: ByOption = None, as_json: JsonOption = False) -> None:
    """Let the agent finish."""
    with service() as client:
        shown = client.post("agents", agent, "last-call", body={"by": by or acting_user()})
    _show_one(shown, as_json=as_json)


@app.command(help=_("Say what came of the call an agent answered last, until the next one."))
def result(
    agent: AgentArgument,
    what: Annotated[
        CallResult,
        typer.Argument(
            metavar="RESULT",
            help=_("settled, callback, transferred, referred or no_matter."),
        ),
    ],
    *,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Note the result."""
    with service() as client:
        body = {"result": what.value, "by": by or acting_user()}
        shown = client.post("agents", agent, "result", body=body)
    _show_one(shown, as_json=as_json)


@app.command("end-wrap-up", help=_("Let an agent have the next call at once."))
def end_wrap_up(agent: AgentArgument, *, as_json: JsonOption = False) -> None:
    """End the agent's wrap-up, if there is one."""
    with service() as client:
        shown = client.post("agents", agent, "end-wrap-up")
    _show_one(shown, as_json=as_json)


@app.command("extend-wrap-up", help=_("Give an agent more time after the last call."))
def extend_wrap_up(agent: AgentArgument, *, as_json: JsonOption = False) -> None:
    """Extend the agent's wrap-up, if there is one."""
    with service() as client:
        shown = client.post("agents", agent, "extend-wrap-up")
    _show_one(shown, as_json=as_json)


def _choose(agent: str, wish: dict[str, str], by: str | None, *, as_json: bool) -> None:
    with service() as client:
        shown = client.put("agents", agent, "presence", body={**wish, "by": by or acting_user()})
    _show_one(shown, as_json=as_json)


def _show_one(agent: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(agent)
    else:
        show_agents([agent])
