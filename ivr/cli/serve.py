"""``ivr serve``: run the service in the foreground."""

from __future__ import annotations

import typer

from ivr.bootstrap import serving
from ivr.cli.language import _
from ivr.provisioning.settings import load_settings

app = typer.Typer(add_completion=False)


@app.command(
    help=_(
        "Run the service until it is stopped (Ctrl-C or SIGTERM)."
        " Asterisk and the MQTT broker may come and go meanwhile; `ivr status` shows the queue."
    ),
    epilog=_("Before the first start: `ivr check`, `ivr prompts build`, `ivr dialplan render`."),
)
def serve() -> None:
    """Run; see :func:`ivr.bootstrap.serving.serve` for what it raises."""
    serving.serve(load_settings())
