"""``ivr announce``: something all callers hear before the queue, for a while."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ivr.application.bulk_announcements import LONGEST_TEXT
from ivr.cli.client import ServiceClient, acting_user, service
from ivr.cli.language import _
from ivr.cli.output import print_json, print_table
from ivr.cli.words import moment
from ivr.domain.errors import Refused
from ivr.provisioning.wording import Wording

_KINDS = {
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".mp3": "audio/mpeg",
}
_SOUND_SECONDS = 90.0
"""Speaking a text or converting a recording may take a while on a busy machine."""

app = typer.Typer(
    help=_("Bulk announcements: a storm flood, a closed office; heard before the queue."),
    epilog=_(
        'Examples: `ivr announce start "The dykes are closed." --until 18:00` ·'
        " `ivr announce start --recording flood.wav --department umwelt` ·"
        " `ivr announce list` · `ivr announce end ID`"
    ),
    no_args_is_help=True,
    add_completion=False,
)

ByOption = Annotated[
    str | None, typer.Option("--by", help=_("Who does it; the user of this command if left out."))
]
JsonOption = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]


@app.command(help=_("Let callers hear a text or a recording from now on."))
def start(
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help=_("What is read out."))] = None,
    *,
    recording: Annotated[
        Path | None,
        typer.Option(
            "--recording",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            readable=True,
            help=_("A recording in place of a text: .wav, .flac, .ogg or .mp3."),
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help=_(
                "When it ends: 18:00, or 2026-11-23 18:00; left out: when the service closes today."
            ),
        ),
    ] = None,
    department: Annotated[
        list[str] | None,
        typer.Option(
            "--department", "-d", help=_("Only for this department's callers; repeatable.")
        ),
    ] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Announce; callers hear it when this ends with status 0."""
    who = by or acting_user()
    with service(timeout=_SOUND_SECONDS) as client:
        if recording is not None and text is None:
            made = _play(client, recording, until, department or [], who)
        elif text is not None and recording is None:
            _check_length(text)
            wish = {"text": text, "departments": department or [], "by": who}
            made = client.post("announcements", body=wish | ({"until": until} if until else {}))
        else:
            raise typer.BadParameter(_("Either a text or --recording is needed."))
    _show([made], as_json=as_json)


@app.command("list", help=_("Show what callers hear now."))
def show_all(*, as_json: JsonOption = False) -> None:
    """Print the table."""
    with service() as client:
        shown = client.get("announcements")["announcements"]
    _show(shown, as_json=as_json)


@app.command(help=_("Let nobody hear an announcement any more."))
def end(
    announcement: Annotated[
        str, typer.Argument(metavar="ID", help=_("The announcement's id, see `list`."))
    ],
    *,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """End it."""
    with service() as client:
        ended = client.post("announcements", announcement, "end", body={"by": by or acting_user()})
    _show([ended], as_json=as_json)


def _check_length(text: str) -> None:
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise typer.BadParameter(
            _("A text has 1 to {most} characters.").format(most=LONGEST_TEXT), param_hint="TEXT"
        )


def _play(
    client: ServiceClient, recording: Path, until: str | None, departments: list[str], by: str
) -> Any:  # noqa: ANN401  JSON
    kind = _KINDS.get(recording.suffix.lower())
    if kind is None:
        raise Refused(
            Wording("A recording ends in {endings}.", endings=", ".join(_KINDS)),
            code="recording_unusable",
        )
    query: dict[str, Any] = {"by": by, "department": departments}
    if until:
        query["until"] = until
    try:
        content = recording.read_bytes()
    except OSError as error:
        raise Refused(
            Wording("{file}: {reason}", file=recording, reason=error.strerror),
            code="recording_unusable",
        ) from error
    return client.send("announcements", "recording", query=query, content=content, kind=kind)


def _show(announcements: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(announcements)
        return
    print_table(
        {
            "id": _("ID"),
            "until": _("Until"),
            "departments": _("Departments"),
            "text": _("Text"),
            "made_by": _("By"),
        },
        [
            {
                **each,
                "until": moment(each["until"]),
                "departments": ", ".join(each["departments"] or [_("all")]),
                "text": each["text"] or _("(recording)"),
            }
            for each in announcements
        ],
    )
