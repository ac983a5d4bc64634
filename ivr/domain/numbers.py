"""Telephone numbers: read as people and carriers write them, kept as E.164.

The only module that knows ``phonenumbers``. It decides nothing about calls.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from ivr.domain.ids import E164

_MAX_DIGITS = 15
"""E.164 §6: a number has at most 15 digits."""

_ZERO = "0"
_WRITTEN = re.compile(r"[0-9+/().\u00a0\u2011\u2013 -]{1,40}")
"""What people write numbers with; a hostile caller id is not worth parsing."""

_COSTLY = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.PAGER,
        PhoneNumberType.VOICEMAIL,
    }
)


_ORDINARY = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
)


_NOWHERE = "001"
"""What is of no country, such as satellite telephones, which count as mobile ones."""


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """Where the county is: ``country`` is an ISO 3166 code, ``area_code`` has no leading zero.

    >>> plan = NumberingPlan(country="DE", area_code="4461")
    >>> plan.parse("04461/919 77 77")
    '+4944619197777'
    >>> plan.parse("9197777")
    '+4944619197777'
    """

    country: str = "DE"
    area_code: str = ""

    def parse(self, text: str | None) -> E164 | None:
        """Read a number in international, national or local writing; None where it is none.

        Emergency and other short numbers are none: nobody can be called back there.
        """
        if not text or not _WRITTEN.fullmatch(text):
            return None
        digits = "".join(c for c in text if c.isdigit())
        if phonenumbers.is_valid_short_number(_short(digits, self.country)):
            return None
        for candidate in self._readings(text.strip(), digits):
            number = self._valid(candidate)
            if number is not None:
                return number
        return None

    def prefix(self, text: str) -> str | None:
        """Read the beginning of numbers as that of E.164 numbers; None where it is none.

        >>> NumberingPlan(country="DE", area_code="4461").prefix("04461/919-")
        '+494461919'
        """
        if not _WRITTEN.fullmatch(text) or "+" in text.strip()[1:]:
            return None
        digits = "".join(c for c in text if c.isdigit())
        home = phonenumbers.ndd_prefix_for_region(self.country, True)
        if text.strip().startswith("+"):
            number = digits
        elif digits.startswith("00"):
            number = digits[2:]
        elif home and digits.startswith(home):
            number = self._country_code + digits.removeprefix(home)
        else:
            number = f"{self._country_code}{self.area_code}{digits}"
        return f"+{number}" if digits and len(number) <= _MAX_DIGITS else None

    def may_all_be_called(self, prefix: str) -> bool:
        """Whether no premium, shared-cost or short code begins with ``prefix`` (E.164)."""
        digits = prefix.removeprefix("+")
        for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
            if digits.startswith(str(code)) or str(code).startswith(digits):
                examples = (_costly_example(region, kind) for region in regions for kind in _COSTLY)
                if any(example.startswith(prefix) for example in examples if example):
                    return False
        lengths = range(_MAX_DIGITS - len(digits) + 1)
        return all(self._may_be_or_is_none(f"{prefix}{'1' * length}") for length in lengths)

    def spellings(self, number: E164) -> tuple[str, ...]:
        """All digit strings under which ``number`` may arrive in an INVITE, most exact first."""
        digits = number.removeprefix("+")
        forms = [number, digits, f"00{digits}"]
        if digits.startswith(self._country_code):
            national = digits.removeprefix(self._country_code)
            forms += [f"0{national}", national]
            if self.area_code and national.startswith(self.area_code):
                forms.append(national.removeprefix(self.area_code))
        return tuple(dict.fromkeys(forms))

    def display(self, number: E164) -> str:
        """Write ``number`` for people: ``04461 9197777`` at home, ``+31 …`` from abroad."""
        parsed = self._at_home(number) or phonenumbers.parse(number)
        home = phonenumbers.region_code_for_number(parsed) == self.country
        style = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
        return str(phonenumbers.format_number(parsed, style))

    def may_be_called(self, number: E164) -> bool:
        """Whether a callback to ``number`` is sensible: no premium, shared-cost or short code."""
        return phonenumbers.number_type(phonenumbers.parse(number)) not in _COSTLY

    def may_be_phoned(self, number: E164, *, abroad: bool) -> bool:
        """Whether ``number`` is an ordinary fixed or mobile one; ``abroad``: also of elsewhere.

        Stricter than ``may_be_called``, for what costs the county money by somebody's command.
        """
        parsed = phonenumbers.parse(number)
        region = phonenumbers.region_code_for_number(parsed) or _NOWHERE
        near_enough = region == self.country or (abroad and region != _NOWHERE)
        ordinary = phonenumbers.number_type(parsed) in _ORDINARY
        return near_enough and ordinary and not _ends_at_an_emergency_number(parsed, region)

    def is_emergency(self, text: str) -> bool:
        """Whether ``text`` calls the police or the fire brigade."""
        return phonenumbers.is_emergency_number(text, self.country)

    @property
    def _country_code(self) -> str:
        return str(phonenumbers.country_code_for_region(self.country))

    def _readings(self, written: str, digits: str) -> list[str]:
        """What the digits may mean, likeliest first; the first valid reading counts."""
        trunk_prefix = phonenumbers.ndd_prefix_for_region(self.country, True) or ""
        if written.startswith("+") or (trunk_prefix and digits.startswith(trunk_prefix)):
            return [written]
        readings = [written]
        if self.area_code:
            readings.insert(0, f"{trunk_prefix}{self.area_code}{digits}")
        if digits.startswith(self._country_code):
            readings.insert(0, f"+{digits}")
        return readings

    def _may_be_or_is_none(self, text: str) -> bool:
        number = self._valid(text)
        return number is None or self.may_be_called(number)

    def _at_home(self, text: str) -> phonenumbers.PhoneNumber | None:
        """Read the commonest writings, which mean but one thing; None where it is another.

        As the library reads them, in a tenth of its time: every caller's number comes so. It may
        be none that exists.
        """
        trunk_prefix = _plain_trunk_prefix(self.country)
        for prefix in (trunk_prefix, f"+{self._country_code}"):
            if prefix and text.startswith(prefix):
                national = text.removeprefix(prefix)
                plain = national.isascii() and national.isdigit()
                if plain and not national.startswith(trunk_prefix):
                    return phonenumbers.PhoneNumber(int(self._country_code), int(national))
        return None

    def _valid(self, text: str) -> E164 | None:
        parsed = self._at_home(text)
        if parsed is None or not phonenumbers.is_valid_number(parsed):
            try:
                parsed = phonenumbers.parse(text, self.country)
            except phonenumbers.NumberParseException:
                return None
            if parsed.extension or not phonenumbers.is_valid_number(parsed):
                return None
        formatted = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
        return E164(formatted) if len(formatted) <= _MAX_DIGITS + 1 else None


@lru_cache
def _plain_trunk_prefix(country: str) -> str:
    """Return the zero before an area code; empty where there is none, or more about it."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    plain = (
        metadata is not None
        and metadata.national_prefix == metadata.national_prefix_for_parsing == _ZERO
        and metadata.national_prefix_transform_rule is None
        and metadata.international_prefix == _ZERO * 2
    )
    return _ZERO if plain else ""


def _short(digits: str, country: str) -> phonenumbers.PhoneNumber:
    """Return ``digits`` as a number of ``country``, unparsed: short codes don't parse."""
    code = phonenumbers.country_code_for_region(country)
    return phonenumbers.PhoneNumber(country_code=code, national_number=int(digits or "0"))


def _ends_at_an_emergency_number(number: phonenumbers.PhoneNumber, region: str) -> bool:
    """Whether an emergency number follows the area code: valid by its length, but nobody's."""
    digits = phonenumbers.national_significant_number(number)
    local = digits[phonenumbers.length_of_geographical_area_code(number) :]
    return bool(phonenumbers.connects_to_emergency_number(local, region))


def _costly_example(region: str, kind: int) -> str | None:
    """A number of the costly ``kind`` in ``region``; None where that has none."""
    example = phonenumbers.example_number_for_type(region, kind)
    if example is None:
        return None
    return str(phonenumbers.format_number(example, PhoneNumberFormat.E164))


def known_countries() -> frozenset[str]:
    """The ISO 3166 codes of all countries whose numbering plan is known."""
    return frozenset(phonenumbers.SUPPORTED_REGIONS)
