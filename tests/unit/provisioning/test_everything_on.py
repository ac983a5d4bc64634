"""All rules switched on: what becomes of them, and what does not fit together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from ivr.domain.calls import CallResult
from ivr.domain.county import Menu, TransferRules
from ivr.domain.errors import Problem
from ivr.domain.ids import E164, AgentId, DepartmentId
from ivr.domain.opening import Span
from ivr.domain.rules import (
    Announcing,
    AtClosing,
    FeatureCodes,
    FirstReached,
    KeepingPlace,
    Limits,
    QueueRules,
    SpokenMessages,
    Strategy,
    WayOut,
    Widening,
)
from ivr.provisioning import tables
from ivr.provisioning.county import load_county
from ivr.provisioning.prompts_wanted import WantedPrompts
from tests.unit.provisioning.examples import SHIPPED, AdminFiles

JUGEND = DepartmentId("jugend")
UMWELT = DepartmentId("umwelt")


@pytest.fixture
def files(tmp_path: Path) -> AdminFiles:
    files = AdminFiles.copied_to(tmp_path / "config")
    files.switch_on_everything()
    return files


def seconds(number: int) -> timedelta:
    return timedelta(seconds=number)


def test_every_rule_arrives(files: AdminFiles) -> None:
    """No value is that of the shipped files, so that none can get lost."""
    (files.folder / "queue.toml").write_text(
        """
        strategy = "by_level"
        ring_at_once = 4
        ring_time = 21
        pause_after_missed = 2
        wrap_up = 11
        wrap_up_extension = 61
        whisper = true
        connect_announcement = true
        callback_key = "4"
        redial_within = 181
        at_closing = "offer_callback"
        supervision = true
        key_pause = 4
        number_pause = 9
        number_tries = 4
        announcements = { after = 31, every = 62, position = false, estimate = false, \
offer_callback_above = 182 }
        widening = { levels = [33, 66], language = 123, everyone = 321 }
        limits = { max_waiting = 44, max_wait = 444, join_empty = false, leave_when_empty = true, \
way_out = "number", number = "0441 123456" }
        keep_place = { key = "5", first = "caller", attempts = 3, retry_after = 301, \
ring_time = 32, expires_after = 7201 }
        spoken_messages = { longest = 121, silence = 5 }
        head_start = [{ number = "919-1", seconds = 122 }]
        pause_reasons = { 0 = "Rauchen" }
        results = { 9 = "settled" }
        [codes]
        ready = "*21"
        pause = "*22"
        log_out = "*23"
        end_wrap_up = "*24"
        extend_wrap_up = "*25"
        last_call = "*26"
        result = "*27"
        callback = "*22"
        transfer = "*23"
        back = "*24"
        three_way = "*25"
        """
    )
    codes = ("*21", "*22", "*23", "*24", "*25", "*26", "*27", "*22", "*23", "*24", "*25")
    assert load_county(files.folder).county.rules == QueueRules(
        strategy=Strategy.BY_LEVEL,
        ring_at_once=4,
        ring_time=seconds(21),
        pause_after_missed=2,
        wrap_up=seconds(11),
        wrap_up_extension=seconds(61),
        pause_reasons={"0": "Rauchen"},
        results={"9": CallResult.SETTLED},
        whisper=True,
        connect_announcement=True,
        callback_key="4",
        key_pause=seconds(4),
        number_pause=seconds(9),
        number_tries=4,
        redial_within=seconds(181),
        at_closing=AtClosing.OFFER_CALLBACK,
        supervision=True,
        head_starts={E164("+4944619191"): seconds(122)},
        announcing=Announcing(seconds(31), seconds(62), False, False, seconds(182)),
        widening=Widening((seconds(33), seconds(66)), seconds(123), seconds(321)),
        limits=Limits(44, seconds(444), False, True, WayOut.NUMBER, E164("+49441123456")),
        keeping_place=KeepingPlace(
            "5", FirstReached.CALLER, 3, seconds(301), seconds(32), seconds(7201)
        ),
        spoken_messages=SpokenMessages(seconds(121), seconds(5)),
        codes=FeatureCodes(*codes),
    )


def test_what_the_shipped_files_show_is_right(files: AdminFiles) -> None:
    configuration = load_county(files.folder)
    county = configuration.county
    assert county.rules.keeping_place == KeepingPlace()
    assert county.rules.spoken_messages == SpokenMessages()
    assert county.menu is not None
    assert county.menu == Menu(county.menu.keys)
    assert county.menu.keys["5"] == "strassenverkehr"
    assert county.menu.keys["0"] is None
    assert list(county.menu.keys)[-1] == "0"
    assert county.transfers == TransferRules(
        prefixes=("+494461919",), extension_prefix="+494461919", longest_extension=4
    )
    assert county.agents[AgentId("1003")].wrap_up == seconds(30)
    assert configuration.trunk.registration is not None


def test_levels_and_languages_of_an_agent(files: AdminFiles) -> None:
    files.replace(
        "agents.toml",
        'skills = ["strassenverkehr", "ordnung"]',
        "skills = { ordnung = 2, jugend = 1 }\nlanguages = { de = 1, fr = 2 }\nwrap_up = 0",
    )
    agent = load_county(files.folder).county.agents[AgentId("1004")]
    assert agent.skills == {"ordnung": 2, "jugend": 1}
    assert agent.languages == {"de": 1, "fr": 2}
    assert agent.wrap_up == seconds(0)


def test_a_department_of_its_own_ways(files: AdminFiles) -> None:
    files.replace(
        "departments.toml",
        'on_duty = ["wiebke.harms"]',
        'on_duty = ["wiebke.harms"]\ngreeting = "greeting-jugend"\nhead_start = 60\n'
        '[department.hours]\nmonday = ["08:00-12:00"]',
    )
    files.replace(
        "hours.toml",
        "date = 2026-12-31",
        'departments = ["jugend", "umwelt"]\ndate = 2026-11-30\nreason = "Ausflug"\n'
        "[[closed]]\ndate = 2026-12-31",
    )
    county = load_county(files.folder).county
    jugend, umwelt = county.departments[JUGEND], county.departments[UMWELT]
    assert (jugend.greeting, jugend.head_start) == ("greeting-jugend", seconds(60))
    assert WantedPrompts.of(county).texts == {
        "greeting-jugend": "departments.toml: department[jugend].greeting"
    }
    assert jugend.hours is not None
    assert jugend.hours.weekly[0] == (Span(time(8), time(12)),)
    assert jugend.hours.weekly[1] == ()
    assert umwelt.hours is not None
    assert umwelt.hours.weekly == county.hours.weekly
    assert county.departments[DepartmentId("ordnung")].hours is None
    for department in (jugend.hours, umwelt.hours):
        assert department.closed_on(date(2026, 11, 30)) == "Ausflug"
        assert department.closed_on(date(2026, 12, 24)) == "Heiligabend"
        assert department.closed_on(date(2026, 12, 25)) is not None
    assert county.hours.closed_on(date(2026, 11, 30)) is None
    noon = datetime(2026, 11, 23, 12, 30, tzinfo=county.hours.zone)
    assert county.hours_of(UMWELT).is_open(noon)
    assert not county.hours_of(JUGEND).is_open(noon)


# --- What does not fit together -----------------------------------------------------------------


def only(files: AdminFiles) -> tuple[str, str, str]:
    """The file, the key and the words of the only problem."""
    (problem,) = files.problems()
    assert problem.allowed
    return problem.file, problem.key, problem.wrong


FEW = """
[[agent]]
id = "1001"
name = "Sabine"
skills = ["umwelt", "soziales", "jugend", "ordnung", "strassenverkehr"]
languages = ["de", "en"]
[[agent]]
id = "1002"
name = "Marco"
skills = {skills}
languages = {languages}
"""


def staff(files: AdminFiles, skills: str, languages: str) -> None:
    content = FEW.replace("{skills}", skills).replace("{languages}", languages)
    (files.folder / "agents.toml").write_text(content)


def no_widening(files: AdminFiles) -> None:
    for key, value in (("language", 120), ("everyone", 300)):
        files.replace("queue.toml", f"{key} = {value}", "")


def test_a_department_nobody_answers_for(files: AdminFiles) -> None:
    staff(files, '["umwelt"]', '["de"]')
    assert files.problems() == ()
    files.replace("queue.toml", "everyone = 300", "")
    wrong = "nobody answers for this department"
    assert only(files) == ("departments.toml", "department[jobcenter]", wrong)


def test_a_department_nobody_answers_for_in_the_county_s_language(files: AdminFiles) -> None:
    staff(files, '["jobcenter"]', '["en"]')
    assert files.problems() == ()
    files.replace("queue.toml", "language = 120", "")
    assert files.problems() == ()
    files.replace("queue.toml", "everyone = 300", "")
    wrong = "nobody who answers for this department speaks de"
    assert only(files) == ("departments.toml", "department[jobcenter]", wrong)


def test_a_language_nobody_speaks_who_answers_for_a_department(files: AdminFiles) -> None:
    staff(files, '["jobcenter"]', '["de"]')
    assert files.problems() == ()
    no_widening(files)
    wrong = "is spoken by nobody who answers for: Jobcenter"
    assert only(files) == ("county.toml", "languages.9", wrong)


def test_nobody_can_be_called_without_a_way_out(files: AdminFiles) -> None:
    (files.folder / "trunk.toml").write_text('match = ["127.0.0.2"]\ncodecs = ["alaw"]\n')
    assert [(problem.file, problem.key) for problem in files.problems()] == [
        ("departments.toml", "department[umwelt].caseworkers[antje.petersen].phone"),
        ("queue.toml", "keep_place"),
        ("queue.toml", "limits.number"),
        ("transfers.toml", "numbers"),
    ]


def test_an_agent_whose_id_is_somebody_s_short_number(files: AdminFiles) -> None:
    files.replace("departments.toml", "04461/919-3020", "04461/919-1001")
    assert only(files)[:2] == ("agents.toml", "agent[1001].id")
    files.replace("transfers.toml", "longest_extension = 4", "longest_extension = 3")
    assert files.problems() == ()
    files.replace("transfers.toml", "longest_extension = 3", "longest_extension = 4")
    files.replace("transfers.toml", "04461/919-*", "04461/919-1001")
    files.replace("departments.toml", "04461/919-1001", "04461/919-3020")
    assert only(files)[2] == "is also the short number of transfers.toml: numbers"


def test_a_number_without_a_star_means_nothing_longer(files: AdminFiles) -> None:
    files.replace("transfers.toml", '"04461/919-*"', '"04461/919-40", "0441/235-*"')
    county = load_county(files.folder).county
    assert county.transfers.numbers == {"+49446191940"}
    assert county.transfers.prefixes == ("+49441235",)
    assert county.transfer_target("40") == "+49446191940"
    assert county.transfer_target("04461 919-401") is None
    assert county.transfer_target("0441 235-4000") == "+494412354000"


def test_a_place_that_is_given_up_before_the_last_attempt(files: AdminFiles) -> None:
    files.replace("queue.toml", "attempts = 2", "attempts = 9")
    files.replace("queue.toml", "expires_after = 7200", "expires_after = 2669")
    assert only(files)[1:] == ("keep_place.expires_after", "is over before the last attempt")
    files.replace("queue.toml", "expires_after = 2669", "expires_after = 2670")
    assert files.problems() == ()


def test_silence_that_is_as_long_as_a_message(files: AdminFiles) -> None:
    files.replace("queue.toml", "longest = 120", "longest = 30")
    files.replace("queue.toml", "silence = 4", "silence = 30")
    assert only(files)[1:] == ("spoken_messages.silence", "is as long as a whole message")


def test_keys_that_mean_two_things_at_once(files: AdminFiles) -> None:
    files.replace("county.toml", '9 = "en"', '1 = "en"')

    def told(problem: Problem) -> tuple[str, str, str]:
        return problem.file, problem.key, problem.wrong.rpartition(": ")[2]

    assert [told(problem) for problem in files.problems()] == [
        ("queue.toml", "callback_key", "languages.1"),
        ("menu.toml", "keys.1", "languages.1"),
    ]


def test_the_key_for_returned_calls_is_none_of_those_of_waiting_callers(files: AdminFiles) -> None:
    files.replace("callbacks.toml", 'return_key = "3"', 'return_key = "2"')
    file, key, wrong = only(files)
    assert (file, key) == ("callbacks.toml", "return_key")
    assert wrong == "means something else already: queue.toml: keep_place.key"


# --- The shipped files teach --------------------------------------------------------------------


def keys_of(table: type[tables.Table]) -> Iterator[str]:
    """Every key an admin can write, in this table and those below it."""
    for name, field in table.model_fields.items():
        yield field.alias or name
        inner = re.findall(r"tables\.(\w+)", repr(field.annotation))
        for below in inner:
            yield from keys_of(getattr(tables, below))


@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("county", tables.CountyFile),
        ("departments", tables.DepartmentsFile),
        ("duty", tables.DutyFile),
        ("callbacks", tables.CallbacksFile),
        ("hours", tables.HoursFile),
        ("agents", tables.AgentsFile),
        ("queue", tables.QueueFile),
        ("menu", tables.MenuFile),
        ("transfers", tables.TransfersFile),
        ("trunk", tables.TrunkFile),
    ],
)
def test_the_shipped_files_set_or_show_every_key(file: str, table: type[tables.Table]) -> None:
    text = (SHIPPED / f"{file}.toml").read_text()
    keys = set(keys_of(table)) - set(tables.WeekTable.model_fields)  # one shows the others
    missing = {key for key in keys if not re.search(rf"\b{key}\b( = |\]|  )", text)}
    assert missing == set()
