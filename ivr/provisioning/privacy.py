"""What is shown and kept of people: the values of ``privacy.toml``."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.domain.privacy import PrivacyRules, StaffRules
from ivr.domain.retention import CALLBACK_CONTENT, DataClass, Retention
from ivr.provisioning.findings import FileFindings, Findings
from ivr.provisioning.tables import KeepDaysTable, PrivacyFile
from ivr.provisioning.wording import Wording

_MOST_DAYS = 3660
"""Ten years: the longest period in which a county keeps files of ordinary matters."""

_WITH_COPIES = tuple(CALLBACK_CONTENT)
_LEAVE_FIGURES = (DataClass.CALL_NUMBERS, *CALLBACK_CONTENT, DataClass.SPOKEN_MESSAGES)


def check_privacy(file: PrivacyFile, findings: Findings) -> PrivacyRules:
    """Check for how long what is kept."""
    return PrivacyRules(
        staff=StaffRules(per_agent=file.staff.per_agent),
        retention=_check_days(file.keep_days, findings.of("privacy.toml")),
    )


def _check_days(table: KeepDaysTable, here: FileFindings) -> Retention:
    """Nothing is kept for ever: 0 is refused like any other number that is out of range."""
    days = {data: int(getattr(table, data.value)) for data in DataClass}
    in_range = [here.within(_key(data), days[data], 1, _MOST_DAYS) for data in DataClass]
    if all(in_range):
        _check_copies(days, here)
        _check_figures(days, here)
    return Retention(days)


def _check_copies(days: Mapping[DataClass, int], here: FileFindings) -> None:
    """What was sent out must not outlive what it is a copy of."""
    first = min(_WITH_COPIES, key=days.__getitem__)
    if days[DataClass.DELIVERIES] > days[first]:
        here.add(
            _key(DataClass.DELIVERIES),
            days[DataClass.DELIVERIES],
            Wording("keeps copies of what {key} deletes", key=_key(first)),
            Wording("at most {days}", days=days[first]),
        )


def _check_figures(days: Mapping[DataClass, int], here: FileFindings) -> None:
    """What is left without the person goes last: there is nothing without it."""
    last = max(_LEAVE_FIGURES, key=days.__getitem__)
    if days[DataClass.STATISTICS] < days[last]:
        here.add(
            _key(DataClass.STATISTICS),
            days[DataClass.STATISTICS],
            Wording("deletes what {key} keeps", key=_key(last)),
            Wording("at least {days}", days=days[last]),
        )


def _key(data: DataClass) -> str:
    return f"keep_days.{data.value}"
