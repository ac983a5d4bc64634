"""A citizen's call into a running demo, from the terminal: ``python -m testbed.call NUMBER``.

Needs the demo's environment (it prints how). Stays on the line until somebody hangs up or
Ctrl-C.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from contextlib import suppress
from pathlib import Path

from testbed.installation import Installation
from testbed.phone import Phone
from testbed.ports import Ports

_A_DAY = 86400.0


def main() -> None:
    """Make one call."""
    parser = argparse.ArgumentParser(prog="python -m testbed.call", description=__doc__)
    parser.add_argument("number", help="what the citizen dials, such as 04461/919-5010")
    parser.add_argument(
        "--caller", default="+491713920009", help="the citizen's number (default: %(default)s)"
    )
    parser.add_argument("--withheld", action="store_true", help="the citizen withholds the number")
    parser.add_argument("--press", default="", metavar="KEYS", help="keys to press, such as 1")
    parser.add_argument(
        "--after", type=float, default=12, metavar="SECONDS", help="when (default: %(default)s)"
    )
    arguments = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(_call(arguments))


async def _call(arguments: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder, Ports() as ports:
        citizen = Phone.citizen(
            None if arguments.withheld else arguments.caller,
            server=Installation.running().sip,
            ports=ports,
            folder=Path(folder),
        )
        async with citizen:
            call = await citizen.dial("".join(c for c in arguments.number if c.isdigit()))
            await call.answered()
            print("answered; Ctrl-C hangs up", flush=True)
            if arguments.press:
                await call.talk(arguments.after)
                await call.press(arguments.press)
                print(f"pressed {arguments.press}", flush=True)
            print(f"ended: {await call.ended(within=_A_DAY)}")


if __name__ == "__main__":
    main()
