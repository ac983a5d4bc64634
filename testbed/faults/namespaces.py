"""Rooms of our own in the kernel: what is mounted and dropped there, nobody else notices.

They are gone with the process that made them and those it started.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from typing import Final

_MOUNTS: Final = 0x00020000
_NETWORK: Final = 0x40000000
"""CLONE_NEWNS and CLONE_NEWNET of linux/sched.h."""


def leave_mounts() -> None:
    """Have mounts of our own from now on. Raises OSError for those who may not."""
    _leave(_MOUNTS)
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


def leave_network() -> None:
    """Have a network of our own from now on, with loopback only. Raises OSError."""
    _leave(_NETWORK)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def _leave(what: int) -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(what) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
