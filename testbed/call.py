"""A citizen's call into a running system, from the terminal.

Goes to the address in IVR_SIP_BIND: load the demo's environment first, it prints how. Stays on
the line until somebody hangs up, or until Ctrl-C.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from ivr.provisioning.settings import load_settings
from testbed.phone import Call, Phone, SipServer
from testbed.ports import Ports

_A_DAY = 86400.0


def main() -> int:
    """Make one call; return 1 where it was not answered."""
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
        return asyncio.run(_call(arguments))
    return 0


async def _call(arguments: argparse.Namespace) -> int:
    sip = load_settings().sip_bind
    with tempfile.TemporaryDirectory() as folder, Ports() as ports:
        citizen = Phone.citizen(
            None if arguments.withheld else arguments.caller,
            server=SipServer(sip.host, sip.port),
            ports=ports,
            folder=Path(folder),
        )
        async with citizen:
            call = await citizen.dial("".join(c for c in arguments.number if c.isdigit()))
            if (refusal := await _refusal(call)) is not None:
                print(f"not answered at {sip}: {refusal}", file=sys.stderr)
                return 1
            print("answered; Ctrl-C hangs up", flush=True)
            if arguments.press:
                await call.talk(arguments.after)
                await call.press(arguments.press)
                print(f"pressed {arguments.press}", flush=True)
            await call.ended(within=_A_DAY)
            print("the call is over")
            return 0


async def _refusal(call: Call) -> str | None:
    """Wait for an answer; say why there is none."""
    try:
        await call.answered()
    except TimeoutError:
        try:
            return await call.ended(within=1)
        except TimeoutError:
            return "nothing answers there; is the system running?"
    return None


if __name__ == "__main__":
    sys.exit(main())
