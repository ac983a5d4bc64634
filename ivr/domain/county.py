"""The county as configured: numbers, departments, agents, hours and rules, already checked.

Built by :mod:`ivr.provisioning` from the admin's files, read by everybody, changed by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.domain.ids import E164, AgentId, CaseworkerId, DepartmentId
from ivr.domain.numbers import NumberingPlan
from ivr.domain.opening import OpeningHours


@dataclass(frozen=True, slots=True)
class Caseworker:
    """Owns callbacks of a department; not an agent."""

    id: CaseworkerId
    name: str


@dataclass(frozen=True, slots=True)
class Department:
    """What a DID belongs to. ``on_duty`` names those who get callbacks now, first choice first."""

    id: DepartmentId
    name: str
    dids: tuple[E164, ...]
    caseworkers: tuple[Caseworker, ...]
    on_duty: tuple[CaseworkerId, ...]

    @property
    def responsible(self) -> CaseworkerId:
        """The caseworker a new callback goes to."""
        return self.on_duty[0]


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """An agent as configured; ``skills`` are the departments the agent answers for."""

    id: AgentId
    name: str
    skills: frozenset[DepartmentId]


@dataclass(frozen=True, slots=True)
class FeatureCodes:
    """What agents dial."""

    ready: str = "*11"
    pause: str = "*12"
    log_out: str = "*13"
    end_wrap_up: str = "*14"
    callback: str = "*7"
    """In a call: request a callback for the current caller."""


@dataclass(frozen=True, slots=True)
class QueueRules:
    """How the one queue behaves."""

    ring_time: timedelta = timedelta(seconds=20)
    wrap_up: timedelta = timedelta(seconds=10)
    callback_key: str = "1"
    key_pause: timedelta = timedelta(seconds=3)
    """The longest gap between two keys of one code, such as ``*`` and ``7``."""
    number_pause: timedelta = timedelta(seconds=8)
    """The longest gap while a caller keys in a telephone number; then what is there counts."""
    number_tries: int = 3
    service_hours_to_call_back: timedelta = timedelta(hours=24)
    codes: FeatureCodes = field(default_factory=FeatureCodes)


@dataclass(frozen=True, slots=True)
class Destination:
    """What a dialled number means. ``department`` is None for the common number."""

    did: E164
    department: DepartmentId | None


@dataclass(frozen=True, slots=True)
class County:
    """All that is configured about one county."""

    name: str
    numbering: NumberingPlan
    language: str
    common_number: E164
    common_department: DepartmentId
    """Whose caseworkers get the callbacks of callers who dialled the common number."""
    departments: Mapping[DepartmentId, Department]
    agents: Mapping[AgentId, AgentProfile]
    hours: OpeningHours
    rules: QueueRules = field(default_factory=QueueRules)

    def destination(self, dialled: str, diverted_from: tuple[str, ...] = ()) -> Destination | None:
        """Say what ``dialled`` means, None where it is not ours.

        When an old number's calls are forwarded to the common number, the number they were
        forwarded from (RFC 5806 Diversion, RFC 7044 History-Info) decides.
        """
        destination = self._destination(dialled)
        if destination is None or destination.department is not None:
            return destination
        for earlier in diverted_from:
            old = self._destination(earlier)
            if old is not None and old.department is not None:
                return old
        return destination

    def label(self, department: DepartmentId | None) -> str:
        """What the agent reads for calls of ``department``."""
        return self.name if department is None else self.departments[department].name

    def callback_department(self, department: DepartmentId | None) -> Department:
        """The department that owns the callbacks of a call."""
        return self.departments[department or self.common_department]

    def callback_due(self, at: datetime) -> datetime:
        """When a callback requested at ``at`` is due, in the county's local time."""
        return self.hours.after_service_time(at, self.rules.service_hours_to_call_back)

    def _destination(self, text: str) -> Destination | None:
        number = self.numbering.parse(text)
        if number is None:
            return None
        if number == self.common_number:
            return Destination(number, None)
        for department in self.departments.values():
            if number in department.dids:
                return Destination(number, department.id)
        return None
