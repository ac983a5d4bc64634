"""What figures are called, and how their values look."""

from __future__ import annotations

from ivr.cli.language import _, language
from ivr.cli.words import percent
from ivr.domain.county import County
from ivr.domain.figures import SERVICE_LEVELS
from ivr.domain.ids import DepartmentId
from ivr.domain.reporting import Grouping
from ivr.domain.span_of_days import SpanOfDays

_NOTHING = "–"  # noqa: RUF001  a dash, as in tables


def figure_name(key: str) -> str:
    """Name a figure."""
    for seconds in SERVICE_LEVELS:
        level = {
            f"service_level_{seconds}": _("Service level {seconds} s"),
            f"service_level_{seconds}_of_answered": _("Service level {seconds} s, of answered"),
            f"service_level_{seconds}_with_abandoned": _(
                "Service level {seconds} s, with abandoned"
            ),
        }.get(key)
        if level is not None:
            return level.format(seconds=seconds)
    return {
        "arrived": _("Calls"),
        "offered": _("Entered the queue"),
        "answered": _("Answered"),
        "abandoned": _("Abandoned"),
        "abandoned_share": _("Abandoned, share"),
        "abandoned_at_once": _("Abandoned at once"),
        "callbacks": _("Asked for a callback"),
        "closed": _("Outside the hours"),
        "overflowed": _("Overflowed"),
        "failed": _("Failed"),
        "by_fallback": _("Served by the fallback queue"),
        "asa_seconds": _("Wait, average (ASA)"),
        "median_wait_seconds": _("Wait, median"),
        "p90_wait_seconds": _("Wait, 9 of 10"),
        "longest_wait_seconds": _("Wait, longest"),
        "mean_talk_seconds": _("Talk, average"),
        "median_talk_seconds": _("Talk, median"),
        "p90_talk_seconds": _("Talk, 9 of 10"),
        "three_minute_share": _("Under three minutes"),
        "with_result": _("With a result"),
        "first_contact_share": _("First contact"),
        "d115_within_30": _("115: within 30 s"),
        "d115_settled": _("115: settled at once"),
        "d115_called_back": _("115: called back in 24 h"),
        "callbacks_requested": _("Callbacks requested"),
        "callbacks_open": _("Callbacks to be done"),
        "callbacks_overdue": _("Callbacks overdue"),
        "callbacks_late": _("Callbacks done late"),
        "median_acknowledge_seconds": _("Until taken, median"),
        "p90_acknowledge_seconds": _("Until taken, 9 of 10"),
        "median_close_seconds": _("Until ended, median"),
        "p90_close_seconds": _("Until ended, 9 of 10"),
    }[key]


def short_name(key: str) -> str:
    """Name a figure at the head of a narrow column; its whole name stands elsewhere."""
    short = {
        "abandoned_share": _("Abandoned"),
        "asa_seconds": "ASA",
        "median_wait_seconds": _("Median wait"),
        "p90_wait_seconds": _("Wait 9 of 10"),
        "mean_talk_seconds": _("Mean talk"),
        "three_minute_share": _("Under 3 min"),
        "callbacks_open": _("To be done"),
        "callbacks_overdue": _("Overdue"),
        "callbacks_late": _("Done late"),
        "d115_called_back": _("Within 24 h"),
        **{f"service_level_{limit}": f"≤ {limit} s" for limit in SERVICE_LEVELS},
    }
    return short.get(key) or figure_name(key)


def shown(key: str, value: float | None) -> str:
    """Show the value of a figure."""
    if value is None:
        return _NOTHING
    if key.endswith("_seconds"):
        return _duration(value)
    return percent(value) if _is_share(key) else f"{value:.0f}"


def shown_change(key: str, value: float | None, other: float | None) -> str:
    """Show how far ``value`` is from ``other``."""
    if value is None or other is None:
        return _NOTHING
    shares = _is_share(key)
    change = round((value - other) * (100 if shares else 1), 1)
    if not change:
        return "0"
    sign = "+" if change > 0 else "-"
    if key.endswith("_seconds"):
        return sign + _duration(abs(change))
    if shares:
        return _("{change} points").format(change=sign + _decimal(abs(change)))
    of_other = f" ({sign}{_decimal(abs(change / other) * 100)} %)" if other else ""
    return f"{sign}{abs(change):.0f}{of_other}"


def days(span: SpanOfDays | None) -> str:
    """Name the days of a report."""
    if span is None:
        return _("All calls")
    form = "%d.%m.%Y" if language() == "de" else "%Y-%m-%d"
    first, last = span.first.strftime(form), span.last.strftime(form)
    return first if first == last else _("{first} to {last}").format(first=first, last=last)


def group_heading(grouping: Grouping) -> str:
    """Name what calls are told apart by."""
    return {
        Grouping.DEPARTMENT: _("Department"),
        Grouping.NUMBER: _("Number"),
        Grouping.HOUR: _("Hour"),
        Grouping.WEEKDAY: _("Weekday"),
        Grouping.DAY: _("Day"),
    }[grouping]


def group_name(grouping: Grouping, key: str, county: County) -> str:
    """Name one group."""
    if not key:
        return _("no department")
    if grouping is Grouping.DEPARTMENT:
        department = county.departments.get(DepartmentId(key))
        return department.name if department else key
    if grouping is Grouping.HOUR:
        return f"{key}:00"
    return _weekdays()[int(key) - 1] if grouping is Grouping.WEEKDAY else key


def _weekdays() -> list[str]:
    return [
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    ]


def _is_share(key: str) -> bool:
    return key.endswith("_share") or key.startswith(("service_level", "d115"))


def _duration(seconds: float) -> str:
    """Show seconds to a tenth below a minute, else minutes and hours."""
    if seconds < 60:  # noqa: PLR2004  a minute
        return _("{seconds} s").format(seconds=_decimal(seconds))
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _decimal(value: float) -> str:
    text = f"{value:.1f}"
    return text.replace(".", ",") if language() == "de" else text
