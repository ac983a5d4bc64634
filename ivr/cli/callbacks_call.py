"""``ivr callbacks call``: connect the owner of a callback with the citizen."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from ivr.cli.client import ServiceClient, acting_user, service
from ivr.cli.language import _
from ivr.cli.output import print_json
from ivr.cli.words import call_back_result, duration, outgoing_phase
from ivr.domain.errors import Unavailable
from ivr.provisioning.wording import Wording

_EVERY_SECONDS = 0.5
_LOOKS_WITHOUT_NEWS = 20
"""So often neither going on nor over: then nobody will ever know what came of it."""


def call(
    callback: Annotated[str, typer.Argument(metavar="ID", help=_("The callback's id."))],
    *,
    wait: Annotated[
        bool,
        typer.Option(
            "--wait", "-w", help=_("Show how it goes on; status 1 where nobody was reached.")
        ),
    ] = False,
    by: Annotated[
        str | None,
        typer.Option("--by", help=_("Who wants it; the user of this command if left out.")),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
) -> None:
    """Begin the call, and perhaps wait for its end."""
    with service() as client:
        begun = client.post("callbacks", callback, "call", body={"by": by or acting_user()})
        if not as_json:
            text = _("The telephone of {caseworker} rings; then the citizen is called.")
            typer.echo(text.format(caseworker=begun["caseworker"]))
        end = _wait(client, begun, as_json=as_json) if wait else begun
    if as_json:
        print_json(end)
    if wait and end["result"] != "reached":
        raise typer.Exit(1)


def _wait(client: ServiceClient, begun: Mapping[str, Any], *, as_json: bool) -> Mapping[str, Any]:
    phase = begun["phase"]
    for latest in _news(client, begun):
        if latest["phase"] not in (None, phase) and not as_json:
            phase = latest["phase"]
            typer.echo(outgoing_phase(phase))
        if latest["result"] is not None:
            if not as_json:
                typer.echo(_end(latest))
            return latest
    raise Unavailable(
        Wording("Nobody knows what came of the call: the service was ended meanwhile.")
    )


def _news(client: ServiceClient, begun: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Look again and again, until the call is over or forgotten."""
    without_news = 0
    while without_news < _LOOKS_WITHOUT_NEWS:
        calls = client.get("callbacks", begun["callback"], "calls")["calls"]
        (latest,) = (each for each in calls if each["id"] == begun["id"])
        yield latest
        without_news = without_news + 1 if latest["phase"] is None else 0
        time.sleep(_EVERY_SECONDS)


def _end(call: Mapping[str, Any]) -> str:
    result = call_back_result(call["result"])
    talked = round(call["talked_seconds"])
    return f"{result} ({duration(talked)})" if talked else result
