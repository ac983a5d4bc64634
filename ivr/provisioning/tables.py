"""The tables of the admin's files: which keys there are, what type each has, what holds without it.

Nothing here checks what a value means; see :mod:`ivr.provisioning.files` for how shapes are read.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from ivr.domain.delivery import Delivery
from ivr.domain.retention import DEFAULT_DAYS, DataClass
from ivr.domain.rules import RESULT_KEYS

LEVELS_TYPE = "levels_type"
"""The error of a value that is neither a list nor a table."""
LEVELS_TAGS = frozenset({"list", "table"})
"""What pydantic puts into the way to a value inside one of them, behind the key."""


class Table(BaseModel):
    """A TOML table. Nothing is converted, nothing unknown is accepted.

    Every field has an empty default: what may not be missing is for the checks to say.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _kind(value: object) -> str | None:
    if isinstance(value, list):
        return "list"
    return "table" if isinstance(value, dict) else None


Levels = Annotated[
    Annotated[list[str], Tag("list")] | Annotated[dict[str, int], Tag("table")],
    Discriminator(_kind, custom_error_type=LEVELS_TYPE, custom_error_message="neither"),
]
"""Names, all of level 1: ``["umwelt"]``; or with a level each: ``{ umwelt = 1, jugend = 2 }``.

Shares among caseworkers are written the same way.
"""


class CountyFile(Table):
    """``county.toml``."""

    name: str = ""
    country: str = ""
    area_code: str = ""
    time_zone: str = ""
    language: str = ""
    common_number: str = ""
    common_department: str = ""
    languages: dict[str, str] = {}


class CaseworkerTable(Table):
    """One caseworker of a department."""

    id: str = ""
    name: str = ""
    phone: str = ""
    mail: str = ""
    language: str = ""
    deputy: str = ""
    deliveries: list[str] = [Delivery.MQTT.value]


class TopicTable(Table):
    """What callbacks of a department may be about."""

    id: str = ""
    name: str = ""
    numbers: list[str] = []


class WeekTable(Table):
    """``[week]``: spans such as ``07:00-18:00``; a day without any is closed."""

    monday: list[str] = []
    tuesday: list[str] = []
    wednesday: list[str] = []
    thursday: list[str] = []
    friday: list[str] = []
    saturday: list[str] = []
    sunday: list[str] = []


class DepartmentTable(Table):
    """One ``[[department]]``; without ``hours`` the county's hold."""

    id: str = ""
    name: str = ""
    numbers: list[str] = []
    topics: list[TopicTable] = []
    caseworkers: list[CaseworkerTable] = []
    head: str = ""
    on_duty: list[str] = []
    greeting: str = ""
    head_start: int = 0
    hours: WeekTable | None = None


class DepartmentsFile(Table):
    """``departments.toml``."""

    department: list[DepartmentTable] = []


class DutyTable(WeekTable):
    """One ``[[duty]]``: no ``topics`` means all without an entry, no day of the week always."""

    department: str = ""
    topics: list[str] | None = None
    caseworkers: Levels = []


class AbsenceTable(Table):
    """One ``[[absence]]``; both days are included."""

    caseworker: str = ""
    since: dt.date | None = Field(default=None, alias="from")
    until: dt.date | None = Field(default=None, alias="to")


class DutyFile(Table):
    """``duty.toml``."""

    duty: list[DutyTable] = []
    absence: list[AbsenceTable] = []


class CallbacksFile(Table):
    """``callbacks.toml``; hours are hours of opening time."""

    within_hours: int = 24
    remind_before_hours: int = 4
    escalate_again_after_hours: int = 8
    undelivered_after_minutes: int = 60
    tries: int = 3
    try_again_after_hours: int = 4
    confirm_number: bool = True
    return_key: str = "3"
    call_abroad: bool = False
    ring_seconds: int = 30
    calls_a_day: int = 500
    calls_a_day_each: int = 5


class HolidaysTable(Table):
    """``[holidays]``."""

    country: str = ""
    region: str = ""


class ClosedTable(Table):
    """One ``[[closed]]`` day; no ``departments`` means all."""

    date: dt.date | None = None
    reason: str = ""
    departments: list[str] | None = None


class HoursFile(Table):
    """``hours.toml``."""

    week: WeekTable = WeekTable()
    holidays: HolidaysTable | None = None
    closed: list[ClosedTable] = []


class AgentTable(Table):
    """One ``[[agent]]``; no ``skills`` means all, no ``languages`` the county's."""

    id: str = ""
    name: str = ""
    skills: Levels | None = None
    languages: Levels | None = None
    wrap_up: int | None = None


class AgentsFile(Table):
    """``agents.toml``."""

    agent: list[AgentTable] = []


class AnnouncementsTable(Table):
    """``[announcements]`` of ``queue.toml``."""

    after: int = 30
    every: int = 60
    position: bool = True
    estimate: bool = True
    offer_callback_above: int = 180


class WideningTable(Table):
    """``[widening]`` of ``queue.toml``."""

    levels: list[int] = []
    language: int | None = None
    everyone: int | None = None


class LimitsTable(Table):
    """``[limits]`` of ``queue.toml``."""

    max_waiting: int | None = None
    max_wait: int | None = None
    join_empty: bool = True
    leave_when_empty: bool = False
    way_out: str = "callback"
    number: str = ""


class KeepPlaceTable(Table):
    """``[keep_place]`` of ``queue.toml``."""

    key: str = "2"
    first: str = "agent"
    attempts: int = 2
    retry_after: int = 300
    ring_time: int = 30
    expires_after: int = 7200


class SpokenMessagesTable(Table):
    """``[spoken_messages]`` of ``queue.toml``."""

    longest: int = 120
    silence: int = 4


class HeadStartTable(Table):
    """One ``[[head_start]]`` of ``queue.toml``."""

    number: str = ""
    seconds: int | None = None


class CodesTable(Table):
    """``[codes]`` of ``queue.toml``."""

    ready: str = "*11"
    pause: str = "*12"
    log_out: str = "*13"
    end_wrap_up: str = "*14"
    extend_wrap_up: str = "*15"
    last_call: str = "*16"
    result: str = "*17"
    callback: str = "*7"
    transfer: str = "*8"
    back: str = "*9"
    three_way: str = "*3"


class QueueFile(Table):
    """``queue.toml``; times are seconds where nothing else is said."""

    strategy: str = "longest_idle"
    ring_at_once: int = 3
    ring_time: int = 20
    pause_after_missed: int = 1
    wrap_up: int = 10
    wrap_up_extension: int = 60
    whisper: bool = False
    connect_announcement: bool = False
    callback_key: str = "1"
    key_pause: int = 3
    number_pause: int = 8
    number_tries: int = 3
    redial_within: int = 180
    at_closing: str = "serve"
    supervision: bool = False
    announcements: AnnouncementsTable = AnnouncementsTable()
    widening: WideningTable = WideningTable()
    limits: LimitsTable = LimitsTable()
    keep_place: KeepPlaceTable | None = None
    spoken_messages: SpokenMessagesTable | None = None
    head_start: list[HeadStartTable] = []
    pause_reasons: dict[str, str] = {}
    results: dict[str, str] = {key: result.value for key, result in RESULT_KEYS.items()}
    codes: CodesTable = CodesTable()


class MenuFile(Table):
    """``menu.toml``; without ``keys`` there is no menu."""

    pause: int = 5
    tries: int = 2
    keys: dict[str, str] = {}


class TransfersFile(Table):
    """``transfers.toml``."""

    numbers: list[str] = []
    extensions_behind: str = ""
    longest_extension: int = 4
    ring_time: int = 30


class StaffTable(Table):
    """``[staff]`` of ``privacy.toml``."""

    per_agent: bool = False


class KeepDaysTable(Table):
    """``[keep_days]`` of ``privacy.toml``."""

    call_numbers: int = DEFAULT_DAYS[DataClass.CALL_NUMBERS]
    callback_numbers: int = DEFAULT_DAYS[DataClass.CALLBACK_NUMBERS]
    callback_names: int = DEFAULT_DAYS[DataClass.CALLBACK_NAMES]
    callback_notes: int = DEFAULT_DAYS[DataClass.CALLBACK_NOTES]
    spoken_messages: int = DEFAULT_DAYS[DataClass.SPOKEN_MESSAGES]
    deliveries: int = DEFAULT_DAYS[DataClass.DELIVERIES]
    queue_log: int = DEFAULT_DAYS[DataClass.QUEUE_LOG]
    journal: int = DEFAULT_DAYS[DataClass.JOURNAL]
    statistics: int = DEFAULT_DAYS[DataClass.STATISTICS]


class PrivacyFile(Table):
    """``privacy.toml``."""

    staff: StaffTable = StaffTable()
    keep_days: KeepDaysTable = KeepDaysTable()


class RegistrationTable(Table):
    """``[registration]`` of ``trunk.toml``."""

    server: str = ""
    user: str = ""
    auth_user: str = ""


class TrunkFile(Table):
    """``trunk.toml``."""

    match: list[str] = []
    codecs: list[str] = []
    outbound: str | None = None
    registration: RegistrationTable | None = None
