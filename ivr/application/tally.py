"""The tally: what has happened since the program started, counted. Nothing about single people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from ivr.application.dispatcher import Dispatcher
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.calls import CallRecord, Outcome


class Tally:
    """Follows the dispatcher and counts; what an earlier run did is not in it."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.facts = 0
        """Facts and deadlines the engine has taken note of."""
        self.arrived = 0
        self.ended: Counter[Outcome] = Counter()
        self.answered = 0
        """Ended calls that an agent had answered."""
        self.answered_waits = 0.0
        """How many seconds those had waited, together."""
        self.offers = 0
        self.offers_answered = 0
        self.offers_failed: Counter[on.FailureCause] = Counter()
        self.callbacks_stored = 0
        self.callbacks_not_stored = 0
        dispatcher.follow(self._follow)

    def _follow(
        self, event: on.Event | None, commands: Sequence[do.Command], _now: datetime
    ) -> None:
        self.facts += 1
        match event:
            case on.CallArrived():
                self.arrived += 1
            case on.OfferAnswered():
                self.offers_answered += 1
            case on.OfferFailed(cause=cause):
                self.offers_failed[cause] += 1
            case on.CallbackStored():
                self.callbacks_stored += 1
            case on.CallbackNotStored():
                self.callbacks_not_stored += 1
            case _:
                pass
        for command in commands:
            match command:
                case do.OfferCall():
                    self.offers += 1
                case do.RecordCall(record):
                    self._ended(record)
                case _:
                    pass

    def _ended(self, record: CallRecord) -> None:
        self.ended[record.outcome] += 1
        if record.answered_at is not None and record.waited_seconds is not None:
            self.answered += 1
            self.answered_waits += record.waited_seconds
