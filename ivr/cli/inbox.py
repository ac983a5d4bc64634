"""``ivr inbox``: a caseworker's callbacks in the terminal, over MQTT as any other program.

It asks neither the HTTP API nor the database, and keeps nothing on the machine: what is open is
told anew after every start. The MQTT side is :mod:`ivr.adapters.mqtt.inbox`.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from contextlib import suppress
from datetime import datetime
from getpass import getpass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from ivr.application.caseworker_inbox import CaseworkerInbox, InboxConnection
from ivr.bootstrap.caseworker_inbox import caseworker_inbox
from ivr.cli.inbox_keyboard import LineEditor, keys_one_by_one, read_keys
from ivr.cli.inbox_output import JsonLines, Lines, Output, Screen, is_terminal
from ivr.cli.inbox_work import Work
from ivr.cli.language import _
from ivr.domain.errors import Unavailable
from ivr.domain.ids import CaseworkerId, DepartmentId
from ivr.provisioning.settings import is_loopback

_DRAWING_SECONDS = 15.0
"""What becomes overdue shows after so long at most."""

app = typer.Typer(add_completion=False)


@app.command(
    help=_(
        "A caseworker's callbacks: what is to be done, as it changes; take, attempt and close"
        " them by typing. It reaches the MQTT broker from any machine, with the caseworker's own"
        " login, and keeps nothing there."
    ),
    epilog=_(
        "Examples: `ivr inbox --url mqtts://mqtt.example.de --department umwelt --caseworker"
        " janssen` · `ivr inbox -d umwelt -c janssen --once` · then type `take 1`, `attempt 1"
        " busy 14:00`, `close 1`, `help`"
    ),
)
def inbox(
    *,
    department: Annotated[
        str,
        typer.Option(
            "--department", "-d", envvar="IVR_INBOX_DEPARTMENT", help=_("The department's id.")
        ),
    ],
    caseworker: Annotated[
        str,
        typer.Option(
            "--caseworker", "-c", envvar="IVR_INBOX_CASEWORKER", help=_("The caseworker's id.")
        ),
    ],
    url: Annotated[
        str,
        typer.Option(
            envvar="IVR_INBOX_URL",
            help=_(
                "The broker: mqtts://host:8883 with TLS; mqtt://host:1883 only on this machine, or"
                " without a login."
            ),
        ),
    ] = "mqtt://127.0.0.1:1883",
    user: Annotated[
        str | None,
        typer.Option(
            envvar="IVR_INBOX_USER",
            help=_("The login at the broker; left out: the caseworker's id."),
        ),
    ] = None,
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file",
            envvar="IVR_INBOX_PASSWORD_FILE",
            metavar="FILE",
            help=_(
                "A file, readable by you only, with the password; otherwise IVR_INBOX_PASSWORD"
                " is taken, or you are asked."
            ),
        ),
    ] = None,
    ca_file: Annotated[
        Path | None,
        typer.Option(
            "--ca-file",
            envvar="IVR_INBOX_CA_FILE",
            metavar="FILE",
            help=_("The certificates to trust in place of the system's."),
        ),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help=_("Show what is to be done now, and end."))
    ] = False,
    wait: Annotated[
        float,
        typer.Option(
            min=0, metavar="SECONDS", help=_("How long --once waits until ivr has told everything.")
        ),
    ] = 15.0,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help=_("Print JSON, one object a line: each message; with --once each open callback."),
        ),
    ] = False,
) -> None:
    """Show the inbox until it is told to quit. Raises IvrError where the broker says no."""
    owner = DepartmentId(department), CaseworkerId(caseworker)
    login = caseworker if user is None else user
    if login:
        _refuse_in_the_clear(url)
    connection = caseworker_inbox(
        _without_password(url),
        ca_file,
        (login, _password(password_file)) if login else None,
        *owner,
        # A session for each machine: two with one name would throw each other out.
        client_id=f"ivr-inbox/{department}/{caseworker}@{socket.gethostname()}",
    )
    mine = CaseworkerInbox(*owner)
    lines: Output = JsonLines() if as_json else Lines(_now)
    with suppress(KeyboardInterrupt):
        if once:
            work = Work(mine, connection, lines, _now, quiet=True)
            asyncio.run(_show_once(connection, work, wait))
        elif as_json or not is_terminal():
            asyncio.run(_work(connection, Work(mine, connection, lines, _now)))
        else:
            with keys_one_by_one(), Screen(f"{caseworker} ({department})", _now) as screen:
                asyncio.run(_work(connection, Work(mine, connection, screen, _now)))


async def _show_once(connection: InboxConnection, work: Work, seconds: float) -> None:
    """Show what is to be done; what is known of it where ivr does not tell all."""
    await _until(connection, work, work.all_told, seconds)
    work.list_all()
    if not work.all_told.is_set():
        raise Unavailable(work.why_not_all(), code="inbox_incomplete")


async def _work(connection: InboxConnection, work: Work) -> None:
    """Show and obey until the person has enough."""
    editor = LineEditor()

    def take(typed: bytes) -> None:
        for line in editor.feed(typed):
            work.type(line)
        # A pipe that has said all it has to say goes on listening.
        if editor.ended:
            work.end()
        work.draw(editor.text)

    read_keys(take)
    drawing = asyncio.create_task(_draw(work, editor), name="drawing")
    try:
        await _until(connection, work, work.finished, None)
    finally:
        drawing.cancel()


async def _until(
    connection: InboxConnection, work: Work, event: asyncio.Event, seconds: float | None
) -> None:
    """Stay connected until ``event``, for so long at most. Raises what ends the connection."""
    running = asyncio.create_task(connection.run(work.hear), name="inbox")
    waiting = asyncio.create_task(event.wait(), name="waiting")
    try:
        await asyncio.wait((running, waiting), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        running.cancel()
        waiting.cancel()
        await asyncio.gather(running, waiting, return_exceptions=True)


async def _draw(work: Work, editor: LineEditor) -> None:
    """Draw what is new at once, and what time alone changes now and then."""
    while True:
        work.changed.clear()
        work.draw(editor.text)
        with suppress(TimeoutError):
            async with asyncio.timeout(_DRAWING_SECONDS):
                await work.changed.wait()


def _now() -> datetime:
    return datetime.now().astimezone()


def _without_password(url: str) -> str:
    """Refuse a password that everybody on the machine could read in the list of processes."""
    if "@" in url:
        raise typer.BadParameter(
            _("A URL holds neither user nor password: see --user and --password-file."),
            param_hint="--url",
        )
    return url


def _refuse_in_the_clear(url: str) -> None:
    """Refuse to send a password where others on the way could read it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return  # no URL at all, which bootstrap tells
    if parts.scheme == "mqtt" and not is_loopback(parts.hostname):
        raise typer.BadParameter(
            _("The password would go through the network in the clear: use mqtts://."),
            param_hint="--url",
        )


def _password(file: Path | None) -> str:
    """Take the password from the file, the environment, or the person."""
    if file is not None:
        return _read_password(file)
    password = os.environ.get("IVR_INBOX_PASSWORD")
    if password is None and sys.stdin.isatty():
        password = getpass(_("Password: "))
    if password is None:
        raise typer.BadParameter(
            _("There is nobody to ask for the password: set IVR_INBOX_PASSWORD or give a file."),
            param_hint="--password-file",
        )
    return password


def _read_password(file: Path) -> str:
    try:
        if file.stat().st_mode & 0o077:
            raise typer.BadParameter(
                _("{file} can be read by others: chmod 600 {file}").format(file=file),
                param_hint="--password-file",
            )
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(
            _("{file} can't be read: {reason}").format(file=file, reason=error),
            param_hint="--password-file",
        ) from error
