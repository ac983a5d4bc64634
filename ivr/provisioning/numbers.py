"""Telephone numbers in the admin's files: read, and each told from all others.

Every problem is noted and the rest is used, so that all problems are found at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ivr.domain.ids import E164
from ivr.domain.numbers import NumberingPlan, known_countries
from ivr.provisioning.findings import FileFindings, Findings
from ivr.provisioning.tables import CountyFile
from ivr.provisioning.wording import Wording

_AREA_CODE = re.compile(r"(0?([1-9][0-9]{1,5}))?")


@dataclass(slots=True)
class NumberBook:
    """Which number belongs to what; finds a number that is in two places."""

    plan: NumberingPlan
    owners: dict[str, str] = field(default_factory=dict)
    """By spelling: two numbers that can arrive as the same digits can't be told apart."""

    def enter(self, here: FileFindings, key: str, written: str) -> E164 | None:
        """Read the number ``written`` at ``key`` and note who has it; None where it is no DID."""
        number = self._callable(here, key, written)
        if number is None:
            return None
        owner = self._owner(number)
        if owner:
            here.add(
                key,
                written,
                Wording("can't be told from the number at {owner}", owner=owner),
                Wording("each number in one place only"),
            )
            return None
        self.owners.update(dict.fromkeys(self.plan.spellings(number), f"{here.file}: {key}"))
        return number

    def target(self, here: FileFindings, key: str, written: str) -> E164 | None:
        """Read a number callers are put through to; one of our own would lead them back here.

        To be asked when all DIDs have been entered.
        """
        number = self._callable(here, key, written)
        if number is None:
            return None
        owner = self._owner(number)
        if owner:
            here.add(
                key,
                written,
                Wording("leads back into the queue: it is the number at {owner}", owner=owner),
                Wording("a number that somebody else answers"),
            )
            return None
        return number

    def read(self, here: FileFindings, key: str, written: str) -> E164 | None:
        """Read any telephone number."""
        number = self.plan.parse(written)
        if number is None:
            here.add(
                key,
                written,
                Wording("is not a telephone number"),
                Wording('written like "04461/919-4010", "+49 4461 9194010" or "919-4010"'),
            )
        return number

    def _callable(self, here: FileFindings, key: str, written: str) -> E164 | None:
        number = self.read(here, key, written)
        if number is not None and not self.plan.may_be_called(number):
            here.add(
                key,
                written,
                Wording("is a premium or special number"),
                Wording("a number of the fixed network or a mobile number"),
            )
            return None
        return number

    def _owner(self, number: E164) -> str | None:
        owners = (self.owners.get(spelling) for spelling in self.plan.spellings(number))
        return next((owner for owner in owners if owner), None)


def check_numbering(file: CountyFile, findings: Findings) -> NumberingPlan:
    """Check where the county is."""
    here = findings.of("county.toml")
    country = file.country
    if here.present("country", country) and country not in known_countries():
        here.add(
            "country",
            country,
            Wording("is no country"),
            Wording("two capital letters (ISO 3166), such as DE"),
        )
    area_code = _AREA_CODE.fullmatch(file.area_code)
    if area_code is None:
        here.add(
            "area_code",
            file.area_code,
            Wording("is no area code"),
            Wording("digits such as 04461, or nothing"),
        )
    return NumberingPlan(
        country=country if country in known_countries() else "DE",
        area_code=(area_code[2] or "") if area_code else "",
    )
