"""``ivr replay``: recorded calls decided once more by this version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from ivr.application.replaying import Difference, Replayed
from ivr.bootstrap import replaying
from ivr.cli.language import _
from ivr.cli.output import print_json, print_table
from ivr.cli.words import moment
from ivr.provisioning.settings import load_settings

MOST_SHOWN = 20
"""Differences of a segment: what comes after the first is often its consequence."""

app = typer.Typer(add_completion=False)


@app.command(
    help=_(
        "Let this version decide once more what the service decided, from its journal, and tell"
        " where it decides otherwise. After an upgrade: does the new version do the same? After a"
        " defect: does it happen again, and where in the program? Nothing is changed and nobody is"
        " called; no number is shown. The service may be running."
    ),
    epilog=_(
        "Examples: `ivr replay` · `ivr replay 2026-11-23` ·"
        " `ivr replay /var/lib/ivr/journal/00000042-20261123T060000.journal` ·"
        " `ivr replay --json`. Status 1 where something differs."
    ),
)
def replay(
    *,
    wanted: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE|DAY]",
            help=_("A segment, or all with steps of a day; all there are if left out."),
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
) -> None:
    """Replay and print what came of it."""
    file, day = _read(wanted)
    replayed = list(replaying.replay_journal(load_settings(), file, day))
    if as_json:
        print_json([{**asdict(each), "same": each.same} for each in replayed])
    else:
        _show(replayed)
    if not all(each.same for each in replayed):
        raise typer.Exit(1)


def _read(wanted: str | None) -> tuple[Path | None, date | None]:
    """Return which file or which day is meant."""
    if wanted is None:
        return None, None
    try:
        return None, date.fromisoformat(wanted)
    except ValueError:
        file = Path(wanted)
    if not file.is_file():
        raise typer.BadParameter(_("This is neither a file nor a day such as 2026-11-23."))
    return file, None


def _show(replayed: Iterable[Replayed]) -> None:
    print_table(
        {
            "segment": _("Segment"),
            "program": _("Version"),
            "began_at": _("From"),
            "ended_at": _("To"),
            "steps": _("Steps"),
            "different": _("Different"),
            "note": _("Note"),
        },
        [_row(each) for each in replayed],
    )
    for each in replayed:
        if each.differences:
            typer.echo()
            typer.echo(each.segment)
            _show_differences(each.differences)


def _row(each: Replayed) -> dict[str, Any]:
    return {
        "segment": each.segment,
        "program": each.program,
        "began_at": moment(_local(each.began_at)) if each.began_at else "",
        "ended_at": moment(_local(each.ended_at)) if each.ended_at else "",
        "steps": each.steps,
        "different": len(each.differences),
        "note": ", ".join(_notes(each)),
    }


def _notes(each: Replayed) -> Iterable[str]:
    if each.problem:
        yield _("not replayed to the end: {problem}").format(problem=each.problem)
    if each.redacted:
        yield _("a number was made unreadable in it")
    if each.ends_alike is False:
        yield _("does not end as the next one begins")


def _show_differences(differences: tuple[Difference, ...]) -> None:
    print_table(
        {
            "position": _("Step"),
            "at": _("When"),
            "fact": _("What happened"),
            "recorded": _("Recorded"),
            "now": _("Now"),
            "commands": _("Commands now"),
        },
        [
            {
                "position": each.position,
                "at": _local(each.at),
                "fact": each.fact,
                "recorded": each.recorded or _("the program ended"),
                "now": each.now or each.error,
                "commands": ", ".join(each.commands),
            }
            for each in differences[:MOST_SHOWN]
        ],
    )
    if len(differences) > MOST_SHOWN:
        more = len(differences) - MOST_SHOWN
        typer.echo(_("And {count} more; --json tells all of them.").format(count=more))


def _local(at: datetime) -> str:
    """Write an instant in this machine's time, to the millisecond: a step is one of many."""
    return at.astimezone().isoformat(timespec="milliseconds")
