"""The county as configured: numbers, departments, agents, hours and rules, already checked.

Built by :mod:`ivr.provisioning` from the admin's files, read by everybody, changed by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.domain.delivery import Delivery
from ivr.domain.ids import E164, AgentId, CallbackId, CaseworkerId, DepartmentId, Target, TopicId
from ivr.domain.numbers import NumberingPlan
from ivr.domain.opening import OpeningHours
from ivr.domain.privacy import PrivacyRules
from ivr.domain.responsibility import Absence, Duty, Plan
from ivr.domain.rules import QueueRules

_NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Caseworker:
    """Owns callbacks of a department; not an agent."""

    id: CaseworkerId
    name: str
    phone: E164 | None = None
    """Where agents may put callers through to, and what rings when the caseworker phones back."""
    mail: str = ""
    """The e-mail address."""
    language: str = ""
    """What the caseworker is written to in; empty: the county's language."""
    deputy: CaseworkerId | None = None
    """Who stands in when this one is absent or lets a callback wait; of the same department."""
    deliveries: tuple[Delivery, ...] = (Delivery.MQTT,)
    """The ways this one is told of callbacks."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a callback may be about."""

    id: TopicId
    name: str
    dids: frozenset[E164] = frozenset()
    """Numbers of the department whose callers want this."""


@dataclass(frozen=True, slots=True)
class Department:
    """What a DID belongs to.

    ``duties`` is its weekly plan; ``on_duty`` names those who get callbacks where no entry of it
    has anybody, first choice first.
    """

    id: DepartmentId
    name: str
    dids: tuple[E164, ...]
    caseworkers: tuple[Caseworker, ...]
    on_duty: tuple[CaseworkerId, ...]
    head: CaseworkerId | None = None
    """Who gets what nobody else has taken."""
    topics: tuple[Topic, ...] = ()
    duties: tuple[Duty, ...] = ()
    absences: tuple[Absence, ...] = ()
    greeting: str = ""
    """The text that greets callers of the department's own numbers; empty: the common one.

    Who came by the menu was greeted before and does not hear it.
    """
    hours: OpeningHours | None = None
    """Its own opening hours; None: the county's."""
    head_start: timedelta = timedelta(0)
    """Its callers are served as if they had come so much earlier."""

    @property
    def plan(self) -> Plan:
        """All that decides who is responsible."""
        return Plan(
            deputies={person.id: person.deputy for person in self.caseworkers},
            duties=self.duties,
            absences=self.absences,
            on_duty=self.on_duty,
            head=self.head,
        )


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """An agent as configured.

    ``skills`` are the departments the agent answers for, each with a level; 1 is the best.
    ``languages`` are those the agent speaks, with a level as well. ``wrap_up`` is the agent's own
    time after a call; None: the queue's.
    """

    id: AgentId
    name: str
    skills: Mapping[DepartmentId, int]
    languages: Mapping[str, int]
    wrap_up: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """The choice of departments on the common number.

    ``keys``: what each key stands for; None: anything, the caller stays with the common number.
    """

    keys: Mapping[str, DepartmentId | None]
    pause: timedelta = timedelta(seconds=5)
    """So long the caller may think after the menu was read out."""
    tries: int = 2
    """How often it is read out before the caller goes on without a choice."""


@dataclass(frozen=True, slots=True)
class TransferRules:
    """Whom agents may put callers through to, besides caseworkers with a telephone.

    There is no way out to any other number.
    """

    prefixes: tuple[str, ...] = ()
    """Beginnings of E.164 numbers, such as ``+494461919``."""
    numbers: frozenset[E164] = frozenset()
    """Single numbers; a longer one that begins the same is another number."""
    extension_prefix: str = ""
    """What a short number is behind, such as ``+494461919``; empty: there are none."""
    longest_extension: int = 0
    ring_time: timedelta = timedelta(seconds=30)

    def allows(self, number: E164) -> bool:
        """Whether callers may be put through to ``number``."""
        return number in self.numbers or number.startswith(self.prefixes)

    def is_extension(self, text: str) -> bool:
        """Whether ``text`` is a short number."""
        short = bool(self.extension_prefix) and len(text) <= self.longest_extension
        return short and text.isascii() and text.isdigit()


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
    language_keys: Mapping[str, str] = field(default_factory=dict)
    """The languages a caller may change to, by key."""
    menu: Menu | None = None
    transfers: TransferRules = field(default_factory=TransferRules)
    privacy: PrivacyRules = field(default_factory=PrivacyRules)

    @property
    def languages(self) -> tuple[str, ...]:
        """All languages in use: the county's own, then those a caller may change to."""
        return tuple(dict.fromkeys((self.language, *self.language_keys.values())))

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

    def head_start(self, department: DepartmentId | None, caller: E164 | None) -> timedelta:
        """How much earlier the caller counts as having come: the larger of both reasons."""
        of_number = self.rules.head_starts.get(caller, _NONE) if caller is not None else _NONE
        of_department = self.departments[department].head_start if department is not None else _NONE
        return max(of_number, of_department)

    @property
    def largest_head_start(self) -> timedelta:
        """Nobody is overtaken by a caller who comes later than this after: so nobody starves."""
        of_departments = (department.head_start for department in self.departments.values())
        return max(_NONE, *of_departments, *self.rules.head_starts.values())

    def transfer_target(self, text: str) -> Target | None:
        """Whom callers are put through to for ``text``, as keyed in or sent by a phone.

        An agent by the id, a short number, or any writing of a number; None where it is none or
        not allowed. There is no other way out to the telephone network.
        """
        if text in self.agents:
            return AgentId(text)
        number = self._dialled_number(text)
        if number is None or self._destination(number) is not None:
            return None  # our own numbers would only bring the caller back
        allowed = self._is_caseworker(number) or self.transfers.allows(number)
        return number if allowed and self.numbering.may_be_called(number) else None

    def may_be_phoned(self, number: E164) -> bool:
        """Whether the system itself dials a citizen's number: a caller may have made it up.

        None that is costly, none abroad unless that is wished, and not our own queue.
        """
        abroad = self.rules.callbacks.call_abroad
        ours = self.destination(number) is not None
        return not ours and self.numbering.may_be_phoned(number, abroad=abroad)

    def label(self, department: DepartmentId | None) -> str:
        """What the agent reads for calls of ``department``."""
        return self.name if department is None else self.departments[department].name

    def callback_department(self, department: DepartmentId | None) -> Department:
        """The department that owns the callbacks of a call."""
        return self.departments[department or self.common_department]

    def hours_of(self, department: DepartmentId | None) -> OpeningHours:
        """The opening hours that hold for ``department``; the county's where there is none."""
        of_department = self.departments.get(department) if department is not None else None
        return (of_department and of_department.hours) or self.hours

    def caseworker(self, department: DepartmentId, caseworker: CaseworkerId) -> Caseworker | None:
        """Return a caseworker of a department; None where there is no such one any more."""
        of_department = self.departments.get(department)
        if of_department is None:
            return None
        return next((each for each in of_department.caseworkers if each.id == caseworker), None)

    def responsible(
        self,
        department: DepartmentId,
        topic: TopicId | None,
        at: datetime,
        callback: CallbackId,
    ) -> CaseworkerId:
        """Say who owns a callback requested at ``at``; the same for the same ``callback``."""
        local = at.astimezone(self.hours_of(department).zone)
        return self.departments[department].plan.owner(topic, local, callback)

    def escalates_to(
        self,
        department: DepartmentId,
        owner: CaseworkerId,
        at: datetime,
        escalations: int = 0,
    ) -> CaseworkerId | None:
        """Say who gets a callback that ``owner`` lets wait at ``at``; None: nobody else is left.

        The owner's deputy, then the head of the department, then the head's deputy, each only if
        present. ``escalations`` is how often it went to somebody else before: after the first
        time only to the head or the head's deputy. The head keeps it.
        """
        if department not in self.departments:
            return None
        local = at.astimezone(self.hours_of(department).zone)
        return self.departments[department].plan.escalates_to(owner, local, escalations)

    def escalates_from(
        self,
        department: DepartmentId,
        owner: CaseworkerId,
        at: datetime,
        escalations: int = 0,
    ) -> datetime | None:
        """Say from when on, at or after ``at``, somebody is there whom it escalates to.

        While those are absent it waits for the first of them, until the department opens; None:
        nobody else is left.
        """
        if department not in self.departments:
            return None
        hours = self.hours_of(department)
        local = at.astimezone(hours.zone)
        moment = self.departments[department].plan.escalates_from(owner, local, escalations)
        if moment is None or moment == local or hours.is_open(moment):
            return moment
        return hours.next_opening(moment) or moment

    def topic_of(self, did: E164) -> TopicId | None:
        """Say what callers of ``did`` want; None: the number stands for no topic."""
        for department in self.departments.values():
            for topic in department.topics:
                if did in topic.dids:
                    return topic.id
        return None

    def callback_due(self, department: DepartmentId, at: datetime) -> datetime:
        """When a callback that ``department`` got at ``at`` is due, in the county's local time."""
        hours = self.hours_of(department)
        return hours.after_service_time(at, self.rules.callbacks.within)

    def _dialled_number(self, text: str) -> E164 | None:
        """Read a number as agents dial it; an emergency number is no short one of ours."""
        if self.transfers.is_extension(text) and not self.numbering.is_emergency(text):
            text = self.transfers.extension_prefix + text
        return self.numbering.parse(text)

    def _is_caseworker(self, number: E164) -> bool:
        return any(
            caseworker.phone == number
            for department in self.departments.values()
            for caseworker in department.caseworkers
        )

    def _destination(self, text: str) -> Destination | None:
        # As Asterisk tells it, and as it costs least to look for.
        return self._reached_at(E164(text)) or self._reached_at(self.numbering.parse(text))

    def _reached_at(self, number: E164 | None) -> Destination | None:
        if number is None:
            return None
        if number == self.common_number:
            return Destination(number, None)
        for department in self.departments.values():
            if number in department.dids:
                return Destination(number, department.id)
        return None
