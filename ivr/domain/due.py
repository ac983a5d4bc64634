"""What may fall due, and how long the engine waits for the outside at most."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

PLAYBACK_LIMIT = timedelta(seconds=60)
"""No prompt may be longer: by then its end got lost, or it is stopped."""
HANG_UP_LIMIT = timedelta(seconds=1)
"""By then it is known whether words broke off because the listener hung up."""
LEG_LIMIT = timedelta(seconds=5)
"""By then a leg that was hung up is gone, or its end got lost."""
WHISPER_LIMIT = timedelta(seconds=10)
"""By then agent and caller have heard what comes before a talk, or its end got lost."""
CONNECT_LIMIT = timedelta(seconds=5)
"""By then caller and agent hear each other, or joining them failed."""
VISIT_LIMIT = timedelta(seconds=30)
"""By then an agent's own call to which a few words are said is over."""
THINKING_PAUSE = timedelta(seconds=6)
"""How long a caller who can't be served now may think about a callback."""
CONFIRM_PAUSE = timedelta(seconds=3)
"""How long a caller may think about the number that was read back; then it counts as right."""
STORE_LIMIT = timedelta(seconds=10)
"""By then a callback is committed, or the caller is told that it is not possible now."""


class Due(StrEnum):
    """What may fall due; with the id of whom it concerns it is a key of the timers."""

    ANNOUNCE = "announce"
    AWAY = "away"
    KEEP = "keep"
    LIMIT = "limit"
    RING = "ring"
    CONNECT = "connect"
    CODE = "code"
    PLAYBACK = "playback"
    NUMBER = "number"
    OUTGOING = "outgoing"
    STORE = "store"
    MESSAGE = "message"
    MENU = "menu"
    CLOSED = "closed"
    CLOSING = "closing"
    REDIAL = "redial"
    WRAP_UP = "wrap_up"
    REST = "rest"
    LEG = "leg"
    PARTY = "party"
    WHISPER = "whisper"
    WIDEN = "widen"


ANNOUNCE: Final = Due.ANNOUNCE
CONNECT: Final = Due.CONNECT
LEG: Final = Due.LEG
MENU: Final = Due.MENU
PLAYBACK: Final = Due.PLAYBACK
RING: Final = Due.RING
WHISPER: Final = Due.WHISPER
WRAP_UP: Final = Due.WRAP_UP
"""Looked up once: each call sets or cancels them all; see ``agents.READY``."""
