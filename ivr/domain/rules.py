"""How the one queue behaves, as the admin decided: times, keys, limits, who is chosen.

Plain values, already checked by :mod:`ivr.provisioning`. What they mean is in the parts of the
engine that follow them; nothing here decides. A duration of zero, or None, switches off what it
is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from ivr.domain.calls import CallResult
from ivr.domain.ids import E164


class Strategy(StrEnum):
    """Which of several suitable ready agents is offered a call."""

    LONGEST_IDLE = "longest_idle"
    ROUND_ROBIN = "round_robin"
    FEWEST_CALLS = "fewest_calls"
    RING_SEVERAL = "ring_several"
    BY_LEVEL = "by_level"


class AtClosing(StrEnum):
    """What callers who still wait at closing time get."""

    SERVE = "serve"
    OFFER_CALLBACK = "offer_callback"


class WayOut(StrEnum):
    """Where a caller goes who can't enter the queue or can't stay in it."""

    CALLBACK = "callback"
    ANNOUNCEMENT = "announcement"
    NUMBER = "number"


class FirstReached(StrEnum):
    """Whom the system rings first when it phones back a caller who kept the place."""

    AGENT = "agent"
    CALLER = "caller"


RESULT_KEYS: Mapping[str, CallResult] = MappingProxyType(
    {
        "1": CallResult.SETTLED,
        "2": CallResult.CALLBACK,
        "3": CallResult.TRANSFERRED,
        "4": CallResult.REFERRED,
        "5": CallResult.NO_MATTER,
    }
)
"""Where the admin says nothing else."""


@dataclass(frozen=True, slots=True)
class FeatureCodes:
    """What agents dial, and what they press in a call."""

    ready: str = "*11"
    pause: str = "*12"
    """Followed by the key of a reason, or alone."""
    log_out: str = "*13"
    end_wrap_up: str = "*14"
    extend_wrap_up: str = "*15"
    last_call: str = "*16"
    """Log out after the next call."""
    result: str = "*17"
    """Followed by the key of a result."""
    callback: str = "*7"
    """In a call: request a callback for the current caller."""
    transfer: str = "*8"
    """In a call: then a number and ``#`` to consult somebody; hanging up hands the caller over."""
    back: str = "*9"
    """In a consultation: end it and go back to the caller."""
    three_way: str = "*3"
    """In a consultation: all three hear each other."""


@dataclass(frozen=True, slots=True)
class Announcing:
    """What a waiting caller is told, and how often."""

    after: timedelta = timedelta(seconds=30)
    """From entering the queue to the first announcement; zero: none is made."""
    every: timedelta = timedelta(seconds=60)
    position: bool = True
    estimate: bool = True
    offer_callback_above: timedelta = timedelta(minutes=3)
    """A callback is offered again where the estimated wait is at least this long."""

    def next_after(self, now: datetime, *, queued_at: datetime) -> datetime | None:
        """When the next announcement is due; the rhythm goes on whatever comes between."""
        first = queued_at + self.after
        if not self.after:
            return None
        if now < first:
            return first
        if not self.every:
            return None
        return first + ((now - first) // self.every + 1) * self.every


@dataclass(frozen=True, slots=True)
class Widening:
    """How a waiting caller's need widens, counted from entering the queue.

    ``levels``: after the first time agents of level 2 may be offered, after the second those of
    level 3, and so on, after the last everybody of any level; empty: every level at once.
    ``language`` and ``everyone``: after that time the language, or the department, matters no
    more; None: it always does.
    """

    levels: tuple[timedelta, ...] = ()
    language: timedelta | None = None
    everyone: timedelta | None = None

    def __bool__(self) -> bool:
        """Whether any need ever widens."""
        return bool(self.levels) or self.language is not None or self.everyone is not None


@dataclass(frozen=True, slots=True)
class Limits:
    """When a caller can't enter the queue or can't stay in it, and the way out."""

    max_waiting: int | None = None
    max_wait: timedelta | None = None
    join_empty: bool = True
    """Whether callers enter while nobody who could serve them is logged in."""
    leave_when_empty: bool = False
    """Whether callers leave when the last one who could serve them has logged out."""
    way_out: WayOut = WayOut.CALLBACK
    number: E164 | None = None
    """Where callers are put through to, for the way out ``number``."""


@dataclass(frozen=True, slots=True)
class KeepingPlace:
    """The caller hangs up, keeps the place, and is phoned when it is the caller's turn."""

    key: str = "2"
    first: FirstReached = FirstReached.AGENT
    attempts: int = 2
    retry_after: timedelta = timedelta(minutes=5)
    ring_time: timedelta = timedelta(seconds=30)
    expires_after: timedelta = timedelta(hours=2)
    """Then it becomes an ordinary callback request."""


@dataclass(frozen=True, slots=True)
class SpokenMessages:
    """A caller who asks for a callback out of hours may say what it is about."""

    longest: timedelta = timedelta(minutes=2)
    silence: timedelta = timedelta(seconds=4)
    """So much silence ends a message."""


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """How promises to phone back are kept. Hours are hours of opening time of the department."""

    within: timedelta = timedelta(hours=24)
    """So long after the request a callback is due."""
    remind_before: timedelta = timedelta(hours=4)
    """So long before a callback is due its owner is reminded; zero: not at all."""
    escalate_again_after: timedelta = timedelta(hours=8)
    """So long the deputy has, before the head of the department gets it."""
    undelivered_after: timedelta = timedelta(hours=1)
    """A message that has reached nobody by then is a reason to escalate; zero: never."""
    tries: int = 3
    """After so many attempts in vain a letter or an e-mail is suggested in place of another."""
    try_again_after: timedelta = timedelta(hours=4)
    """The next try is suggested after this, in the citizen's preferred times."""
    confirm_number: bool = True
    """Whether the number is read out before the callback is stored, and may be changed."""
    ring_time: timedelta = timedelta(seconds=30)
    """So long the caseworker's telephone rings, and the citizen's."""
    return_key: str = "3"
    """What a caller presses who returns a missed call, for the caseworker; empty: nothing."""
    call_abroad: bool = False
    """Whether the system dials numbers abroad: for callbacks, and for kept places."""
    calls_a_day: int = 500
    """The system phones citizens for caseworkers so often a day at most."""
    calls_a_day_each: int = 5
    """So often a day for one callback."""


@dataclass(frozen=True, slots=True)
class QueueRules:
    """How the one queue behaves."""

    strategy: Strategy = Strategy.LONGEST_IDLE
    ring_at_once: int = 3
    """How many agents ring for one caller with the strategy ``ring_several``."""
    ring_time: timedelta = timedelta(seconds=20)
    pause_after_missed: int = 1
    """An agent is paused after so many missed offers in a row."""
    wrap_up: timedelta = timedelta(seconds=10)
    wrap_up_extension: timedelta = timedelta(seconds=60)
    pause_reasons: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, CallResult] = field(default_factory=lambda: RESULT_KEYS)
    """What came of a call, by the key behind its code."""
    """Names of reasons by the key dialled behind the code for a pause."""
    whisper: bool = False
    """Whether the agent hears the department's name before the caller."""
    connect_announcement: bool = False
    """Whether the caller hears that somebody answers, meanwhile."""
    callback_key: str = "1"
    key_pause: timedelta = timedelta(seconds=3)
    """The longest gap between two keys of one code, such as ``*`` and ``7``."""
    number_pause: timedelta = timedelta(seconds=8)
    """The longest gap while a caller keys in a telephone number; then what is there counts."""
    number_tries: int = 3
    redial_within: timedelta = timedelta(minutes=3)
    """A caller lost while waiting who calls again within this time regains the place."""
    at_closing: AtClosing = AtClosing.SERVE
    supervision: bool = False
    """Whether supervisors may listen in, whisper and barge in."""
    head_starts: Mapping[E164, timedelta] = field(default_factory=dict)
    """Callers who are served as if they had come so much earlier, by their number."""
    announcing: Announcing = field(default_factory=Announcing)
    widening: Widening = field(default_factory=Widening)
    limits: Limits = field(default_factory=Limits)
    keeping_place: KeepingPlace | None = None
    spoken_messages: SpokenMessages | None = None
    callbacks: CallbackRules = field(default_factory=CallbackRules)
    codes: FeatureCodes = field(default_factory=FeatureCodes)
