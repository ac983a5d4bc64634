"""``ivr fallback``: stand by for the service, in the foreground, as a process of its own."""

from __future__ import annotations

import typer

from ivr.bootstrap import standing_by
from ivr.cli.language import _
from ivr.provisioning.settings import load_settings

app = typer.Typer(add_completion=False)


@app.command(
    help=_(
        "Stand by for the service until stopped (Ctrl-C or SIGTERM). Run it beside `ivr serve`,"
        " on the same machine, all the time: it does nothing while the service answers."
        "\n\n"
        "When the service has not answered for IVR_FALLBACK_AFTER seconds (15 by default), whether"
        " it is gone or frozen, callers who wait in it are moved to Asterisk's own queue, the one"
        " who came first before the rest; talks are left alone."
        "\n\n"
        "From Asterisk's own queue it takes callback requests (the key is that of queue.toml) into"
        " the same database. Caseworkers get them as soon as the service is back."
    ),
    epilog=_(
        "To see it work: `ivr fallback` in one terminal, `ivr serve` in another; call, kill the"
        " service, wait, and press 1. Settings: IVR_FALLBACK_AFTER, IVR_FALLBACK_AGI."
    ),
)
def fallback() -> None:
    """Run; see :func:`ivr.bootstrap.standing_by.fallback` for what it raises."""
    standing_by.fallback(load_settings())
