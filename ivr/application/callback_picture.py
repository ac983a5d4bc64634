"""Prints the states of a callback as a Mermaid picture, from the table that decides.

python -m ivr.application.callback_picture

docs/explanation/callback.md holds the picture; a test fails where it is not the one of the table.
"""

from __future__ import annotations

import sys
from collections import defaultdict

from ivr.domain.callback import CHANGES, CallbackEvent, CallbackState


def picture() -> str:
    """Return the picture: every state, and by what happens one becomes another."""
    arrows: defaultdict[tuple[CallbackState, CallbackState], list[str]] = defaultdict(list)
    for event, changes in CHANGES.items():
        for before, after in changes.items():
            arrows[before, after].append(event.value)
    lines = [
        f"[*] --> {CallbackState.REQUESTED}: {CallbackEvent.REQUESTED}",
        *(
            f"{before} --> {after}: {', '.join(arrows[before, after])}"
            for before in CallbackState
            for after in CallbackState
            if (before, after) in arrows
        ),
        f"{CallbackState.CLOSED} --> [*]",
    ]
    body = "".join(f"    {line}\n" for line in lines)
    return f"```mermaid\nstateDiagram-v2\n{body}```\n"


if __name__ == "__main__":
    sys.stdout.write(picture())
