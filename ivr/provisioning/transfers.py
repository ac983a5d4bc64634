"""Whom agents may put callers through to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ivr.domain.county import County, TransferRules
from ivr.domain.ids import E164
from ivr.domain.numbers import NumberingPlan
from ivr.provisioning.findings import FileFindings, Findings
from ivr.provisioning.tables import TransfersFile
from ivr.provisioning.wording import Wording

_ANY = "*"
_SHORTEST = len("+4940")
"""The country and the area; less would be half of it."""
_MOST_DIGITS = 15
_NO_NUMBER = Wording("is neither a number nor the beginning of numbers")
_NUMBER = Wording('written like "04461/919-4010", or "04461/919-*" for all that begin so')
_COSTLY = Wording("is a premium or special number")
_USUAL = Wording("a number of the fixed network or a mobile number")


def check_transfers(file: TransfersFile, plan: NumberingPlan, findings: Findings) -> TransferRules:
    """Check the numbers agents may reach."""
    here = findings.of("transfers.toml")
    prefixes = tuple(_prefixes(file, plan, here))
    numbers = frozenset(_numbers(file, plan, here))
    short = _short_numbers(file, (*prefixes, *numbers), plan, here)
    in_range = here.within("ring_time", file.ring_time, 5, 120)
    return TransferRules(
        prefixes=prefixes,
        numbers=numbers,
        extension_prefix=short,
        longest_extension=file.longest_extension if short else 0,
        ring_time=timedelta(seconds=file.ring_time if in_range else 0),
    )


def check_short_numbers(county: County, findings: Findings) -> None:
    """Find agents whose ids hide somebody else's short number: an agent's id comes first."""
    here = findings.of("agents.toml")
    rules = county.transfers
    known = dict.fromkeys(rules.numbers, "transfers.toml: numbers") | {
        person.phone: f"departments.toml: department[{department.id}].caseworkers[{person.id}]"
        for department in county.departments.values()
        for person in department.caseworkers
        if person.phone is not None
    }
    for agent in county.agents:
        owner = known.get(E164(rules.extension_prefix + agent))
        if owner is not None and rules.is_extension(agent):
            here.add(
                f"agent[{agent}].id",
                agent,
                Wording("is also the short number of {owner}", owner=owner),
                Wording("an id that is nobody's short number"),
            )


def _numbers(file: TransfersFile, plan: NumberingPlan, here: FileFindings) -> Iterator[E164]:
    """The single numbers: what is written without a star means nothing longer."""
    for key, written in here.items("numbers", file.numbers):
        if written.endswith(_ANY):
            continue
        number = plan.parse(written)
        if number is None:
            here.add(key, written, _NO_NUMBER, _NUMBER)
        elif not plan.may_be_called(number):
            here.add(key, written, _COSTLY, _USUAL)
        else:
            yield number


def _prefixes(file: TransfersFile, plan: NumberingPlan, here: FileFindings) -> Iterator[str]:
    for key, written in here.items("numbers", file.numbers):
        if not written.endswith(_ANY):
            continue
        prefix = plan.prefix(written.removesuffix(_ANY))
        if prefix is None:
            here.add(key, written, _NO_NUMBER, _NUMBER)
        elif len(prefix) < _SHORTEST:
            here.add(
                key,
                written,
                Wording("stands for too many numbers"),
                Wording('at least the area code: "04461*"'),
            )
        elif not plan.may_all_be_called(prefix):
            here.add(key, written, _COSTLY, _USUAL)
        else:
            yield prefix


def _short_numbers(
    file: TransfersFile, allowed: tuple[str, ...], plan: NumberingPlan, here: FileFindings
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
    if allowed and not any(each.startswith(prefix) or prefix.startswith(each) for each in allowed):
        here.add(
            key,
            written,
            Wording("is behind none of the allowed numbers"),
            Wording("a beginning that stands in numbers"),
        )
    return prefix
