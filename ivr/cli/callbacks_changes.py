"""``ivr callbacks``: request them, and say what is done about them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from ivr.cli.callbacks_shown import show_one
from ivr.cli.client import acting_user, service
from ivr.cli.language import _
from ivr.cli.number import read_number


class Result(StrEnum):
    """What came of phoning, as in the API."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    BUSY = "busy"
    WRONG_NUMBER = "wrong_number"
    ANOTHER_TIME = "another_time"


class Reason(StrEnum):
    """Why a callback ends, as in the API."""

    SETTLED = "settled"
    LETTER = "letter"
    MAIL = "mail"
    UNREACHABLE = "unreachable"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


IdArgument = Annotated[str, typer.Argument(metavar="ID", help=_("The callback's id."))]
JsonOption = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]
DepartmentOption = Annotated[
    str | None, typer.Option("--department", "-d", help=_("The department's id."))
]
CaseworkerOption = Annotated[
    str | None, typer.Option("--caseworker", "-c", help=_("The caseworker's id."))
]
_CommentOption = Annotated[
    str, typer.Option("--comment", help=_("What is to be said about it; stands in its history."))
]
_NoteOption = Annotated[
    str | None, typer.Option("--note", help=_("A note in place of the one that is there."))
]
_ByOption = Annotated[
    str | None, typer.Option("--by", help=_("Who did it; the user of this command if left out."))
]
_TopicOption = Annotated[
    str | None, typer.Option("--topic", "-t", help=_("The id of a topic of the department."))
]
_PreferOption = Annotated[
    list[str] | None,
    typer.Option(
        "--prefer",
        metavar="TIMES",
        help=_("When the citizen wants to be phoned, such as 'mon-fri 14-16'; repeatable."),
    ),
]
_AnswerOption = Annotated[
    list[str] | None,
    typer.Option("--answer", help=_("What the citizen has been told already; repeatable.")),
]


def add_changes(app: typer.Typer) -> None:
    """Add the commands to those of ``ivr callbacks``."""
    for help_text, examples, command in (
        (
            _("Request a callback for a citizen."),
            _(
                'Examples: `ivr callbacks request "04461 123456" -d umwelt --topic abfall'
                ' --subject "bulky waste" --prefer "mon-fri 14-16"` ·'
                " `ivr callbacks request --call 1763884800.12` (the caller's number)"
            ),
            request,
        ),
        (_("Say that a caseworker has taken a callback."), None, acknowledge),
        (
            _("Say that the citizen was phoned, and what came of it."),
            _(
                "Examples: `ivr callbacks attempt ID --result busy` ·"
                " `ivr callbacks attempt ID --result another_time --next-try 14:00`"
            ),
            attempt,
        ),
        (
            _("Say that a callback is done, and why."),
            _(
                "Examples: `ivr callbacks close ID` ·"
                " `ivr callbacks close ID --reason letter --comment 'written on 2 December'`"
            ),
            close,
        ),
        (
            _("Give a callback to somebody else, in the same department or another."),
            _(
                "Examples: `ivr callbacks reassign ID --caseworker jens.meyer` ·"
                " `ivr callbacks reassign ID --department jugend` (whoever is responsible there)"
            ),
            reassign,
        ),
        (_("Open a callback again that is not done after all."), None, reopen),
        (
            _("Say something to know about a callback."),
            _("Example: `ivr callbacks comment ID 'calls again herself tomorrow'`"),
            comment,
        ),
        (
            _("Correct what a callback is about; what is left out stays."),
            _(
                "Examples: `ivr callbacks edit ID --number '04461 654321'` ·"
                " `ivr callbacks edit ID --topic '' --subject 'bulky waste'`"
            ),
            edit,
        ),
    ):
        app.command(help=help_text, epilog=examples)(command)


def request(
    number: Annotated[
        str | None,
        typer.Argument(
            metavar="[NUMBER]",
            help=_(
                "As people write it; - reads it from standard input, which leaves it out of the"
                " list of processes; left out: the caller's with --call."
            ),
        ),
    ] = None,
    *,
    department: DepartmentOption = None,
    caseworker: Annotated[
        str | None,
        typer.Option(
            "--caseworker",
            "-c",
            help=_("Who is to own it; whoever is responsible by the plan if left out."),
        ),
    ] = None,
    call: Annotated[
        str | None, typer.Option(help=_("The call that is going on in which it is requested."))
    ] = None,
    name: Annotated[str, typer.Option(help=_("The citizen's name."))] = "",
    topic: _TopicOption = None,
    subject: Annotated[str, typer.Option(help=_("What it is about."))] = "",
    reference: Annotated[
        str, typer.Option("--reference", "-r", help=_("The county's own, such as a file number."))
    ] = "",
    note: Annotated[str, typer.Option(help=_("What the caseworker should know."))] = "",
    prefer: _PreferOption = None,
    language: Annotated[
        str, typer.Option("--language", "-l", help=_("What the citizen speaks, such as en."))
    ] = "",
    answer: _AnswerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Request the callback; it is stored when this ends with status 0."""
    wish: dict[str, Any] = {
        "number": None if number is None else read_number(number),
        "department": department,
        "caseworker": caseworker,
        "call": call,
        "caller_name": name,
        "topic": topic,
        "subject": subject,
        "reference": reference,
        "note": note,
        "preferred_times": prefer or [],
        "language": language,
        "answers": answer or [],
    }
    with service() as client:
        shown = client.post("callbacks", body=wish)
    show_one(shown, as_json=as_json)


def acknowledge(
    callback: IdArgument,
    *,
    comment: _CommentOption = "",
    note: _NoteOption = None,
    by: _ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Acknowledge the callback."""
    _change(callback, "acknowledge", by, as_json, comment=comment, note=note)


def attempt(
    callback: IdArgument,
    *,
    result: Annotated[
        Result, typer.Option("--result", help=_("What came of it."))
    ] = Result.NOT_REACHED,
    next_try: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help=_("When to try again: 14:00, or 2026-11-24 14:00; suggested if left out."),
        ),
    ] = None,
    comment: _CommentOption = "",
    note: _NoteOption = None,
    by: _ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Note an attempt."""
    told = {"result": result.value, "next_try_at": next_try}
    _change(callback, "attempt", by, as_json, comment=comment, note=note, **told)


def close(
    callback: IdArgument,
    *,
    reason: Annotated[Reason, typer.Option("--reason", help=_("Why."))] = Reason.SETTLED,
    comment: _CommentOption = "",
    note: _NoteOption = None,
    by: _ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close the callback."""
    _change(callback, "close", by, as_json, comment=comment, note=note, reason=reason.value)


def reassign(
    callback: IdArgument,
    *,
    caseworker: CaseworkerOption = None,
    department: DepartmentOption = None,
    comment: _CommentOption = "",
    note: _NoteOption = None,
    by: _ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reassign the callback."""
    if caseworker is None and department is None:
        raise typer.BadParameter(_("Say to whom: --caseworker, --department or both."))
    to = {"caseworker": caseworker, "department": department}
    _change(callback, "reassign", by, as_json, comment=comment, note=note, **to)


def reopen(
    callback: IdArgument,
    *,
    comment: _CommentOption = "",
    note: _NoteOption = None,
    by: _ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reopen the callback."""
    _change(callback, "reopen", by, as_json, comment=comment, note=note)


def comment(
    callback: IdArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=_("What is to be known."))],
    *,
    by: _ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Comment on the callback."""
    _change(callback, "comment", by, as_json, comment=text)


def edit(
    callback: IdArgument,
    *,
    number: Annotated[
        str | None,
        typer.Option(
            help=_(
                "Another telephone number; - reads it from standard input, which leaves it out of"
                " the list of processes."
            )
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help=_("The citizen's name."))] = None,
    topic: Annotated[
        str | None,
        typer.Option("--topic", "-t", help=_("The id of a topic of the department; empty: none.")),
    ] = None,
    subject: Annotated[str | None, typer.Option(help=_("What it is about."))] = None,
    reference: Annotated[
        str | None,
        typer.Option("--reference", "-r", help=_("The county's own, such as a file number.")),
    ] = None,
    prefer: _PreferOption = None,
    answer: _AnswerOption = None,
    comment: _CommentOption = "",
    note: _NoteOption = None,
    by: _ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Correct the callback."""
    told = {
        "number": None if number is None else read_number(number),
        "caller_name": name,
        "topic": topic,
        "subject": subject,
        "reference": reference,
        "preferred_times": prefer,
        "answers": answer,
        "note": note,
    }
    if all(value is None for value in told.values()):
        raise typer.BadParameter(_("Say what is to be corrected; see --help."))
    body = {**told, "comment": comment, "by": by or acting_user()}
    with service() as client:
        shown = client.patch("callbacks", callback, body=body)
    show_one(shown, as_json=as_json)


def _change(
    callback: str,
    action: str,
    by: str | None,
    as_json: bool,  # noqa: FBT001  handed on from the command
    **told: str | None,
) -> None:
    with service() as client:
        shown = client.post("callbacks", callback, action, body={"by": by or acting_user(), **told})
    show_one(shown, as_json=as_json)
