"""What the service needs on this machine, looked for; nothing is started or changed."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.adapters.system.asterisk import find_asterisk
from ivr.adapters.system.tools import TOOLS, missing_tools
from ivr.domain.errors import Unavailable
from ivr.provisioning.asterisk_modules import NEEDED_MODULES


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found, and whether it is as it should be."""

    name: str
    found: str
    in_order: bool


def examine_machine() -> list[Finding]:
    """Look for Asterisk and for every program that is called."""
    try:
        asterisk = find_asterisk(NEEDED_MODULES)
    except Unavailable as error:
        found = Finding("Asterisk", error.message, in_order=False)
    else:
        version = ".".join(str(part) for part in asterisk.version)
        found = Finding("Asterisk", f"{version} ({asterisk.root})", in_order=True)
    missing = missing_tools()
    return [
        found,
        *(
            Finding(tool.program, f"apt-get install {tool.package}", in_order=False)
            if tool in missing
            else Finding(tool.program, "", in_order=True)
            for tool in TOOLS
        ),
    ]
