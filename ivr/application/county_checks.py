"""Whether what people write about callbacks exists in the county: owners, topics, numbers, times.

Everything raises Refused with a code of its own and says what is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from ivr.domain.callback import Attempt, Callback, Change, Comment, Edit, Reassign
from ivr.domain.county import Caseworker, County, Department
from ivr.domain.errors import Refused
from ivr.domain.ids import E164, CaseworkerId, DepartmentId, TopicId
from ivr.domain.preferred_times import EXAMPLES, read_preferred_time

FARTHEST_TRY = timedelta(days=92)
"""Nobody puts a promise off for longer than a quarter of a year."""


def checked_change(
    change: Change, callback: Callback, county: County, *, comment: str, at: datetime
) -> Change:
    """Return ``change`` of ``callback`` as it is carried out: numbers and times in one writing.

    Raises Refused (``department_not_found``, ``caseworker_not_found``, ``caseworker_absent``,
    ``number_invalid``, ``number_not_allowed``, ``topic_not_found``, ``preferred_times_malformed``,
    ``next_try_not_allowed``, ``comment_missing``).
    """
    match change:
        case Reassign(department_id, caseworker):
            department = known_department(department_id, county)
            known_caseworker(department, caseworker)
            # Whom the plan names though absent is the last resort: nobody responsible is there.
            if caseworker != county.responsible(department_id, None, at, callback.id):
                check_present(department, caseworker, county, at)
        case Attempt(next_try_at=datetime() as next_try_at):
            _check_next_try(next_try_at, at)
        case Comment() if not comment:
            raise Refused("A comment has words.", code="comment_missing")
        case Edit():
            return _checked_edit(change, callback, county)
        case _:
            pass
    return change


def known_department(wanted: DepartmentId, county: County) -> Department:
    """Return a department. Raises Refused (``department_not_found``)."""
    department = county.departments.get(wanted)
    if department is None:
        known = ", ".join(sorted(county.departments))
        raise Refused(
            f"There is no such department. There are: {known}.", code="department_not_found"
        )
    return department


def known_caseworker(department: Department, wanted: CaseworkerId) -> Caseworker:
    """Return a caseworker of ``department``. Raises Refused (``caseworker_not_found``)."""
    for caseworker in department.caseworkers:
        if caseworker.id == wanted:
            return caseworker
    known = ", ".join(sorted(caseworker.id for caseworker in department.caseworkers))
    raise Refused(
        f"There is no such caseworker of {department.name}. There are: {known}.",
        code="caseworker_not_found",
    )


def check_present(
    department: Department, wanted: CaseworkerId, county: County, at: datetime
) -> None:
    """Raise Refused (``caseworker_absent``) where ``wanted`` is away on the day of ``at``."""
    local = at.astimezone(county.hours_of(department.id).zone)
    plan = department.plan
    if plan.is_present(wanted, local):
        return
    deputy = plan.deputies.get(wanted)
    if deputy is not None and plan.is_present(deputy, local):
        said = f"The caseworker is absent today. The deputy is there: {deputy}."
    else:
        said = "The caseworker is absent today, and no deputy is there."
    raise Refused(said, code="caseworker_absent")


def check_topic(department: Department, wanted: TopicId) -> None:
    """Raise Refused (``topic_not_found``) where ``department`` has no such topic."""
    topics = [topic.id for topic in department.topics]
    if wanted not in topics:
        known = ", ".join(topics) or "none"
        raise Refused(
            f"There is no such topic of {department.name}. There are: {known}.",
            code="topic_not_found",
        )


def callable_number(text: str, county: County) -> E164:
    """Read a number as people write it. Raises Refused (``number_invalid, number_not_allowed``)."""
    number = county.numbering.parse(text)
    if number is None:
        raise Refused(
            "The number is no telephone number that can be called back.", code="number_invalid"
        )
    if not county.numbering.may_be_called(number):
        raise Refused(
            "The number is not called back: it costs more than an ordinary call.",
            code="number_not_allowed",
        )
    return number


def canonical_times(texts: Iterable[str]) -> tuple[str, ...]:
    """Return preferred times in their one writing. Raises Refused (``preferred_times_malformed``).

    A time that is said twice is kept once.
    """
    read = [read_preferred_time(text) for text in texts]
    if None in read:
        raise Refused(
            f"A preferred time says days, times or both, such as {EXAMPLES}.",
            code="preferred_times_malformed",
        )
    return tuple(dict.fromkeys(str(time) for time in read))


def _check_next_try(next_try_at: datetime, at: datetime) -> None:
    if not at <= next_try_at <= at + FARTHEST_TRY:
        raise Refused(
            f"The next try is not in the past and at most {FARTHEST_TRY.days} days away.",
            code="next_try_not_allowed",
        )


def _checked_edit(edit: Edit, callback: Callback, county: County) -> Edit:
    if edit.topic:
        check_topic(known_department(callback.department, county), edit.topic)
    if edit.caller_number is not None:
        edit = replace(edit, caller_number=callable_number(edit.caller_number, county))
    if edit.preferred_times is not None:
        edit = replace(edit, preferred_times=canonical_times(edit.preferred_times))
    return edit
