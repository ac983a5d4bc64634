"""The command line ``ivr``: finds the command, shows errors, decides the exit status.

One command per file, ``ivr/cli/<command>.py``. To add one:

1. In the new file, make ``app = typer.Typer(...)`` and decorate one function with
   ``@app.command()`` (or several, for ``ivr dialplan render`` and the like; a group of only one
   also needs an ``@app.callback()``). Import at the top whatever you need: only the command that
   is called is imported, so ``ivr --help`` stays fast.
2. Add its name and a one-line summary to ``_commands`` below.
3. Put every text for people through ``_`` from :mod:`ivr.cli.language` and add the German to
   :mod:`ivr.cli.german`; a test finds what is missing.
4. Offer ``--json`` wherever a table is printed (:mod:`ivr.cli.output`).

Exit status: 0 fine, 1 the answer is no or something failed, 2 wrong use or wrong configuration.
An :class:`~ivr.domain.errors.IvrError` may just be raised: :func:`main` shows it.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from types import ModuleType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ivr import __version__
from ivr.cli.language import _
from ivr.cli.output import show_error
from ivr.domain.errors import ConfigError, IvrError

FAILED = 1
WRONG_USE = 2


def _commands() -> dict[str, str]:
    """The commands with a line about each, in the order in which one meets them."""
    return {
        "check": _("Tell everything that is wrong with the configuration."),
        "doctor": _("Look for what this machine lacks, and what does not work."),
        "dialplan": _("Make Asterisk's configuration from the county's files."),
        "prompts": _("The prompts: texts spoken by a computer, or recordings."),
        "serve": _("Run the service."),
        "fallback": _("Stand by for the service: its callers and callback requests."),
        "apply": _("Put changed files into force while calls go on."),
        "status": _("Show who waits and who answers, now."),
        "agents": _("Show agents, make them ready, pause them, log them out."),
        "calls": _("Show calls, move callers up, take them out, listen in."),
        "callbacks": _("Show callbacks, request them, say what was done about them."),
        "inbox": _("A caseworker's callbacks in the terminal, over MQTT."),
        "audit": _("Who saw, changed, exported or listened to what."),
        "report": _("How many calls there were, how long they waited, what came of them."),
        "backup": _("Back up the database while the service runs, and put a backup back."),
        "plan": _("How many agents the calls need, hour by hour."),
        "simulate": _("Let a year of calls happen by chance, and tell how long callers waited."),
        "replay": _("Decide recorded calls once more with this version, and tell what differs."),
        "purge": _("Delete what is older than privacy.toml says."),
        "privacy": _(
            "What is held about one person, by telephone number: hand it out, or erase it."
        ),
        "announce": _("Let all callers hear something before the queue, for a while."),
    }


class _Group(TyperGroup):
    """Imports a command when it is called, not to list it."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401  click's types
        """Replace the stand-in of the command that was asked for by the command."""
        if args and args[0] in self.commands:
            module = _imported(f"ivr.cli.{args[0]}")
            self.commands[args[0]] = typer.main.get_command(module.app)
        return super().resolve_command(ctx, args)


def _imported(name: str) -> ModuleType:
    """Import a module; whatever that makes stays.

    To look through it for garbage, again and again while it grows, took a fifth of a start.
    """
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        gc.enable()


def _show_version(wanted: bool) -> None:  # noqa: FBT001  Typer's callbacks get the value
    if wanted:
        typer.echo(f"ivr {__version__}")
        raise typer.Exit


def _make_app() -> typer.Typer:
    app = typer.Typer(
        cls=_Group,
        name="ivr",
        help=_(
            "One queue for all of a county's telephone numbers, and callbacks that are not lost."
        ),
        epilog=_("Begin with `ivr check`. `ivr COMMAND --help` explains a command with examples."),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def root(
        *,
        version: Annotated[
            bool,
            typer.Option(
                "--version",
                help=_("Print the version and end."),
                callback=_show_version,
                is_eager=True,
            ),
        ] = False,
    ) -> None:
        pass

    for name, summary in _commands().items():
        app.command(name, help=summary)(_stand_in)
    return app


def _stand_in() -> None:
    """Never runs: ``_Group`` replaces it by the command it stands for."""


def main() -> None:
    """Run the command line and end the process."""
    try:
        _make_app()()
    except IvrError as error:
        show_error(error)
        sys.exit(WRONG_USE if isinstance(error, ConfigError) else FAILED)
