"""Whom agents may put callers through to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ivr.domain.county import TransferRules
from ivr.domain.ids import E164
from ivr.domain.numbers import NumberingPlan
from ivr.provisioning.findings import FileFindings, Findings
from ivr.provisioning.tables import TransfersFile
from ivr.provisioning.wording import Wording

_ANY = "*"
_SHORTEST = len("+4940")
"""The country and the area; less would be half of it."""
_MOST_DIGITS = 15


def check_transfers(file: TransfersFile, plan: NumberingPlan, findings: Findings) -> TransferRules:
    """Check the numbers agents may reach."""
    here = findings.of("transfers.toml")
    prefixes = tuple(_prefixes(file, plan, here))
    short = _short_numbers(file, prefixes, plan, here)
    in_range = here.within("ring_time", file.ring_time, 5, 120)
    return TransferRules(
        prefixes=prefixes,
        extension_prefix=short,
        longest_extension=file.longest_extension if short else 0,
        ring_time=timedelta(seconds=file.ring_time if in_range else 0),
    )


def _prefixes(file: TransfersFile, plan: NumberingPlan, here: FileFindings) -> Iterator[str]:
    for key, written in here.items("numbers", file.numbers):
        prefix = plan.prefix(written.removesuffix(_ANY))
        if prefix is None or (not written.endswith(_ANY) and plan.parse(written) is None):
            here.add(
                key,
                written,
                Wording("is neither a number nor the beginning of numbers"),
                Wording('written like "04461/919-4010", or "04461/919-*" for all that begin so'),
            )
        elif len(prefix) < _SHORTEST:
            here.add(
                key,
                written,
                Wording("stands for too many numbers"),
                Wording('at least the area code: "04461*"'),
            )
        elif not plan.may_all_be_called(prefix):
            here.add(
                key,
                written,
                Wording("is a premium or special number"),
                Wording("a number of the fixed network or a mobile number"),
            )
        else:
            yield prefix


def _short_numbers(
    file: TransfersFile, prefixes: tuple[str, ...], plan: NumberingPlan, here: FileFindings
) -> str:
    """What short numbers are behind; empty where there are none."""
    key, written = "extensions_behind", file.extensions_behind
    if not written:
        return ""
    prefix = plan.prefix(written)
    if prefix is None:
        here.add(
            key,
            written,
            Wording("is no beginning of numbers"),
            Wording('written like "04461/919-"'),
        )
        return ""
    longest = _MOST_DIGITS + 1 - len(prefix)
    here.within("longest_extension", file.longest_extension, 1, min(longest, 8))
    if prefixes and not TransferRules(prefixes).allows(E164(prefix)):
        here.add(
            key,
            written,
            Wording("is behind none of the allowed numbers"),
            Wording("a beginning that stands in numbers"),
        )
    return prefix
