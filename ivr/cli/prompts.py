"""``ivr prompts``: turn the spoken texts into sounds, and show what is there."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ivr.cli.language import _
from ivr.cli.output import print_table
from ivr.provisioning.county import load_county
from ivr.provisioning.prompts import LanguagePrompts, Prompt, read_prompts
from ivr.provisioning.prompts_build import BuildResult, Progress, build_prompts
from ivr.provisioning.prompts_output import BuiltSounds
from ivr.provisioning.prompts_wanted import WantedPrompts
from ivr.provisioning.settings import Settings, load_settings

_LINE_EVERY = 50
"""Without a terminal, progress is a line for so many sounds."""

app = typer.Typer(
    help=_("The prompts callers and agents hear: texts spoken by a computer, or recordings."),
    no_args_is_help=True,
    add_completion=False,
)

Languages = Annotated[
    list[str] | None,
    typer.Option("--language", "-l", help=_("Only this language (may be repeated).")),
]


@app.command(
    help=_(
        "Build the sounds of texts and recordings that changed. Calls may go on meanwhile, and "
        "the next one hears them."
    ),
    epilog=_("Examples: `ivr prompts build` · `ivr prompts build --language de`"),
)
def build(language: Languages = None) -> None:
    """Build, and tell how much there was to do."""
    results = build_changed(language or ())
    line = _("{language}: {built} built, {unchanged} unchanged, {removed} removed")
    for result in results:
        typer.echo(line.format_map(asdict(result)))
        if result.lacking:
            typer.echo(
                _(
                    "{language}: {lacking} texts are missing and are heard in the county's language"
                ).format_map(asdict(result))
            )


def build_changed(languages: Sequence[str] = ()) -> list[BuildResult]:
    """Build what changed, showing the progress; see :func:`build_prompts`."""
    settings = load_settings()
    wanted = _wanted(settings)
    with _progress() as progress:
        return build_prompts(settings.prompts, settings.sounds, wanted, languages, progress)


def _wanted(settings: Settings) -> WantedPrompts:
    return WantedPrompts.of(load_county(settings.config).county)


@app.command(
    "list",
    help=_("Show every prompt: its text, where it comes from, whether it is built."),
    epilog=_("Examples: `ivr prompts list --language de` · `ivr prompts list --json`"),
)
def show(
    language: Languages = None,
    *,
    as_json: bool = typer.Option(False, "--json", help=_("Print JSON.")),
) -> None:
    """Print the table."""
    settings = load_settings()
    wanted = _wanted(settings)
    columns = {
        "name": _("Name"),
        "language": _("Language"),
        "text": _("Text"),
        "source": _("Source"),
        "state": _("State"),
        "seconds": _("Seconds"),
    }
    rows = [
        row
        for each in language or wanted.languages
        for row in _rows(read_prompts(settings.prompts, each, wanted), settings.sounds)
    ]
    print_table(columns, rows if as_json else [_in_words(row) for row in rows], as_json=as_json)


def _rows(prompts: LanguagePrompts, sounds_dir: Path) -> Iterator[dict[str, object]]:
    sounds = BuiltSounds(sounds_dir / prompts.language)
    for prompt in prompts.prompts:
        seconds = sounds.seconds(prompt.name)
        yield {
            "name": prompt.name,
            "language": prompts.language,
            "text": prompt.text,
            "source": _source(prompt),
            "state": sounds.state(prompt.name, prompt.fingerprint).value,
            "seconds": None if seconds is None else round(seconds, 2),
        }


def _source(prompt: Prompt) -> str:
    if prompt.recording is not None:
        return "recording"
    return "synthetic" if prompt.text else "silence"


def _in_words(row: dict[str, object]) -> dict[str, object]:
    """Say the words that programs read in the language of people."""
    words = {
        "recording": _("recording"),
        "synthetic": _("synthetic"),
        "silence": _("silence"),
        "ok": _("ok"),
        "missing": _("missing"),
        "broken": _("broken"),
        "outdated": _("outdated"),
    }
    return row | {key: words[str(row[key])] for key in ("source", "state")}


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on a terminal, a line now and then elsewhere; both on standard error."""
    if not sys.stderr.isatty():
        yield _print_progress
        return
    from rich.console import Console  # noqa: PLC0415  slow to import, needed on terminals only
    from rich.progress import Progress as Bars  # noqa: PLC0415

    with Bars(console=Console(stderr=True)) as bars:
        tasks = {}

        def advance(language: str, done: int, total: int) -> None:
            if language not in tasks:
                tasks[language] = bars.add_task(language, total=total)
            bars.update(tasks[language], completed=done)

        yield advance


def _print_progress(language: str, done: int, total: int) -> None:
    if done % _LINE_EVERY == 0 or done == total:
        line = _("{language}: {done} of {total}")
        typer.echo(line.format(language=language, done=done, total=total), err=True)
