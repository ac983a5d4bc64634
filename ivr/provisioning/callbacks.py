"""How promises to phone back are kept: the values of ``callbacks.toml`` and whether they fit."""

from __future__ import annotations

from datetime import timedelta

from ivr.domain.rules import CallbackRules
from ivr.provisioning.findings import Findings
from ivr.provisioning.keys import check_key
from ivr.provisioning.tables import CallbacksFile
from ivr.provisioning.wording import Wording

_RANGES = {
    "within_hours": (1, 240),
    "remind_before_hours": (0, 239),
    "escalate_again_after_hours": (1, 240),
    "undelivered_after_minutes": (0, 1440),
    "tries": (1, 20),
    "try_again_after_hours": (1, 240),
    "ring_seconds": (5, 120),
    "calls_a_day": (0, 100_000),
    "calls_a_day_each": (0, 100),
}


def check_callbacks(file: CallbacksFile, findings: Findings) -> CallbackRules:
    """Check the rules of callbacks."""
    here = findings.of("callbacks.toml")
    for key, (least, most) in _RANGES.items():
        here.within(key, getattr(file, key), least, most)
    key = "remind_before_hours"
    if file.remind_before_hours >= file.within_hours and not here.told(key):
        wrong, allowed = Wording("is before the request"), Wording("less than within_hours")
        here.add(key, file.remind_before_hours, wrong, allowed)
    if file.return_key:
        check_key(here, "return_key", file.return_key)
    if here.any():
        # Nobody will use these rules, and a number far out of range fits into no timedelta.
        return CallbackRules()
    return CallbackRules(
        within=timedelta(hours=file.within_hours),
        remind_before=timedelta(hours=file.remind_before_hours),
        escalate_again_after=timedelta(hours=file.escalate_again_after_hours),
        undelivered_after=timedelta(minutes=file.undelivered_after_minutes),
        tries=file.tries,
        try_again_after=timedelta(hours=file.try_again_after_hours),
        confirm_number=file.confirm_number,
        return_key=file.return_key,
        ring_time=timedelta(seconds=file.ring_seconds),
        call_abroad=file.call_abroad,
        calls_a_day=file.calls_a_day,
        calls_a_day_each=file.calls_a_day_each,
    )
