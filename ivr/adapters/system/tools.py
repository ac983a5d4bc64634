"""Which of the programs we start, or expect beside us, this machine lacks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Tool:
    """A program and the Debian package it comes in."""

    program: str
    package: str


TOOLS: Final = (
    Tool("espeak-ng", "espeak-ng"),  # speaks the prompts nobody has recorded
    Tool("sox", "sox"),  # turns recordings into what Asterisk plays
)

_SBIN: Final = ("/usr/local/sbin", "/usr/sbin", "/sbin")  # not on an ordinary user's path


def missing_tools(tools: Iterable[Tool] = TOOLS) -> list[Tool]:
    """Return those of the tools that can't be found."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *_SBIN))
    return [tool for tool in tools if shutil.which(tool.program, path=path) is None]
