"""What admins can get wrong in their files, and how they are told."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.domain.errors import ConfigError
from ivr.domain.ids import E164, AgentId, CaseworkerId, DepartmentId
from ivr.domain.opening import Span
from ivr.domain.privacy import PrivacyRules
from ivr.domain.rules import QueueRules
from ivr.provisioning.county import load_county
from tests.unit.provisioning.examples import SHIPPED, AdminFiles, everything_on


@pytest.fixture
def files(tmp_path: Path) -> AdminFiles:
    return AdminFiles.copied_to(tmp_path / "config")


def test_the_shipped_files_are_right() -> None:
    configuration = load_county(SHIPPED)
    county = configuration.county
    assert county.common_number == E164("+4944619197777")
    assert [department.name for department in county.departments.values()] == [
        *("Umwelt", "Soziales und Senioren", "Jugend", "Ordnung", "Straßenverkehr", "Jobcenter")
    ]
    assert county.departments[DepartmentId("soziales")].on_duty[0] == "heike.janssen"
    assert county.agents[AgentId("1001")].skills.keys() == county.departments.keys()
    assert county.agents[AgentId("1004")].skills == {"strassenverkehr": 1, "ordnung": 1}
    assert county.hours.weekly[0] == (Span(time(7), time(18)),)
    assert county.hours.weekly[6] == ()
    assert county.languages == ("de", "en")
    assert county.agents[AgentId("1001")].languages == {"de": 1, "en": 1}
    assert county.agents[AgentId("1002")].languages == {"de": 1}
    assert county.transfers.allows(E164("+4944619193020"))
    assert not county.transfers.allows(E164("+494461920"))
    assert county.menu is None
    assert configuration.trunk.match == ("127.0.0.2/32",)


def test_holidays_and_own_days_are_closed() -> None:
    closed_on = load_county(SHIPPED).county.hours.closed_on
    assert closed_on(date(2026, 10, 31)) == "Reformationstag"
    assert closed_on(date(2026, 12, 24)) == "Heiligabend"
    assert closed_on(date(2026, 11, 23)) is None
    assert closed_on(date(2050, 12, 25)) is not None


def test_a_lunch_break(files: AdminFiles) -> None:
    files.replace(
        "hours.toml", 'friday = ["07:00-18:00"]', 'friday = ["07:00-12:30", "13:30-18:00"]'
    )
    assert load_county(files.folder).county.hours.weekly[4] == (
        Span(time(7), time(12, 30)),
        Span(time(13, 30), time(18)),
    )


def test_files_that_may_be_left_out(files: AdminFiles) -> None:
    for name in ("duty", "callbacks", "queue", "menu", "transfers", "privacy"):
        (files.folder / f"{name}.toml").unlink()
    county = load_county(files.folder).county
    assert county.rules == QueueRules()
    assert county.menu is None
    assert not county.transfers.prefixes
    assert county.privacy == PrivacyRules()


def test_the_shipped_rules_are_the_defaults_with_reasons_for_a_pause() -> None:
    rules = load_county(SHIPPED).county.rules
    assert rules.pause_reasons == {"1": "Mittag", "2": "Schulung", "3": "Besprechung"}
    assert replace(rules, pause_reasons={}) == QueueRules()


def test_no_holidays_at_all(files: AdminFiles) -> None:
    files.replace("hours.toml", '[holidays]\ncountry = "DE"\nregion = "NI"', "")
    assert load_county(files.folder).county.hours.closed_on(date(2026, 12, 25)) is None


def test_the_same_caseworker_is_not_on_duty_twice(files: AdminFiles) -> None:
    files.replace("departments.toml", '["antje.petersen"]', '["antje.petersen", "antje.petersen"]')
    department = load_county(files.folder).county.departments[DepartmentId("umwelt")]
    assert department.on_duty == (CaseworkerId("antje.petersen"),)


def test_all_problems_are_told_at_once(files: AdminFiles) -> None:
    for file, before, after in (
        ("county.toml", 'common_department = "ordnung"', 'common_department = "ordung"'),
        ("county.toml", 'name = "Landkreis Friesland"', 'nme = "Landkreis Friesland"'),
        ("departments.toml", '"04461/919-3010"', '"0900 1 234567"'),
        ("hours.toml", "monday", "mondey"),
        ("agents.toml", 'name = "Sabine Krüger"', "name = 7"),
        ("queue.toml", "ring_time = 20", "ring_time = 2000"),
        ("trunk.toml", '"127.0.0.2"', '"0.0.0.0/0"'),
    ):
        files.replace(file, before, after)
    assert {(problem.file, problem.key) for problem in files.problems()} == {
        ("county.toml", "common_department"),
        ("county.toml", "nme"),
        ("county.toml", "name"),
        ("departments.toml", "department[umwelt].numbers[1]"),
        ("hours.toml", "week.mondey"),
        ("agents.toml", "agent[1001].name"),
        ("queue.toml", "ring_time"),
        ("trunk.toml", "match[1]"),
    }


COUNTY, DEPARTMENTS, HOURS, AGENTS, QUEUE, MENU, TRANSFERS, TRUNK = (
    f"{name}.toml"
    for name in (
        *("county", "departments", "hours", "agents"),
        *("queue", "menu", "transfers", "trunk"),
    )
)

LEVELS = ('skills = ["strassenverkehr", "ordnung"]',)
OVERFLOW = ('way_out = "callback"\n# number = "04461/919-0"',)
HEAD_START = '[[head_start]]\nseconds = 9\nnumber = "919-4"\n'
TOMKE = (
    '{ id = "tomke.eilers", name = "Tomke Eilers", mail = "tomke.eilers@landkreis.example", '
    'deputy = "wiebke.harms" }'
)
CLOSED_FOR_X = ("closed[2].departments[1]", "is no department")

# file, what stands there, what the admin writes instead, the key and the words of the problem
MISTAKES = [
    (COUNTY, 'country = "DE"', 'country = "Germany"', "country", "is no country"),
    (COUNTY, 'area_code = "04461"', 'area_code = "4461/"', "area_code", "is no area code"),
    (COUNTY, "Europe/Berlin", "Europe/Jever", "time_zone", "is no time zone"),
    (COUNTY, "Europe/Berlin", "Europe", "time_zone", "is no time zone"),
    (COUNTY, "Europe/Berlin", "../passwd", "time_zone", "is no time zone"),
    (COUNTY, "Europe/Berlin", "right/Europe/Berlin", "time_zone", "is no time zone"),
    (COUNTY, 'language = "de"', 'language = "Deutsch"', "language", "is no language"),
    (COUNTY, '"04461/919 77 77"', '"112"', "common_number", "is not a telephone number"),
    (COUNTY, '"04461/919 77 77"', "4461", "common_number", "is not text"),
    (COUNTY, 'name = "Landkreis Friesland"', 'name = ""', "name", "is missing"),
    (COUNTY, 'name = "Landkreis Friesland"', 'name = "a\\nb"', "name", "can't be shown"),
    (COUNTY, '= "ordnung"', '= "ordung"', "common_department", "is no department"),
    (COUNTY, "name =", "name ==", "line 7", "is not TOML"),
    (
        DEPARTMENTS,
        '"04461/919-4010"',
        '"04461/919-40x"',
        "department[soziales].numbers[1]",
        "is not a telephone number",
    ),
    (
        DEPARTMENTS,
        '"04461/919-4010"',
        '"+49 4461 9197777"',
        "department[soziales].numbers[1]",
        "can't be told from the number at county.toml: common_number",
    ),
    (
        DEPARTMENTS,
        '"04461/919-3011"',
        '"919 30 10"',
        "department[umwelt].numbers[2]",
        "can't be told from the number at departments.toml: department[umwelt].numbers[1]",
    ),
    (DEPARTMENTS, 'id = "jugend"', 'id = "umwelt"', "department[umwelt].id", "is there twice"),
    (DEPARTMENTS, 'id = "jugend"', 'id = "ju/gend"', "department[ju/gend].id", "is no id"),
    (DEPARTMENTS, 'id = "jugend"\n', "", "department[3].id", "is missing"),
    (
        DEPARTMENTS,
        'numbers = ["04461/919-5010"]\n',
        "",
        "department[jugend].numbers",
        "is missing",
    ),
    (
        DEPARTMENTS,
        'head = "onno.siebels"\non_duty = ["wiebke.harms"]',
        "on_duty = []",
        "department[jugend].on_duty",
        "is missing",
    ),
    (
        DEPARTMENTS,
        'on_duty = ["wiebke.harms"]',
        'on_duty = ["wiebke.harm"]',
        "department[jugend].on_duty[1]",
        "is no caseworker of this department",
    ),
    (
        DEPARTMENTS,
        '{ id = "tomke.eilers"',
        '{ id = "wiebke.harms"',
        "department[jugend].caseworkers[wiebke.harms].id",
        "is there twice",
    ),
    (
        DEPARTMENTS,
        TOMKE,
        '"Tomke Eilers"',
        "department[jugend].caseworkers[2]",
        "is not a table",
    ),
    (HOURS, '["07:00-18:00"]', '["18:00-07:00"]', "week.monday[1]", "does not open before"),
    (HOURS, '["07:00-18:00"]', '["07:00-07:00"]', "week.monday[1]", "does not open before"),
    (HOURS, '["07:00-18:00"]', '["7-18"]', "week.monday[1]", "is no span of time"),
    (HOURS, '["07:00-18:00"]', '["07:00-24:01"]', "week.monday[1]", "is no span of time"),
    (HOURS, '["07:00-18:00"]', '["07:00-12:00", "11:59-18:00"]', "week.monday[2]", "begins before"),
    (HOURS, '["07:00-18:00"]', '"07:00-18:00"', "week.monday", "is not a list"),
    (HOURS, "monday", "montag", "week.montag", "there is no such key"),
    (HOURS, 'country = "DE"', 'country = "XX"', "holidays.country", "is no country"),
    (HOURS, 'country = "DE"', 'country = "date"', "holidays.country", "is no country"),
    (HOURS, 'region = "NI"', 'region = "OL"', "holidays.region", "is no region"),
    (HOURS, "date = 2026-12-31", "date = 2026-12-24", "closed[2].date", "is there twice"),
    (HOURS, "date = 2026-12-31", 'date = "31.12.2026"', "closed[2].date", "is not a date"),
    (HOURS, "date = 2026-12-31\n", "", "closed[2].date", "is missing"),
    (AGENTS, 'id = "1002"', 'id = "1001"', "agent[1001].id", "is there twice"),
    (AGENTS, 'id = "1002"', 'id = "Frau Lange"', "agent[Frau Lange].id", "is no id"),
    (AGENTS, 'id = "1002"', 'id = "trunk"', "agent[trunk].id", "telephone system needs itself"),
    (AGENTS, 'id = "1002"', "id = 1002", "agent[2].id", "is not text"),
    (AGENTS, '"strassenverkehr",', '"verkehr",', "agent[1004].skills[1]", "is no department"),
    (AGENTS, 'skills = ["', 'skill = ["', "agent[1004].skill", "there is no such key"),
    (AGENTS, '["strassenverkehr", "ordnung"]', "[]", "agent[1004].skills", "is missing"),
    (QUEUE, "ring_time = 20", "ring_time = 0", "ring_time", "is out of range"),
    (QUEUE, "ring_time = 20", "ring_time = true", "ring_time", "is not a whole number"),
    (QUEUE, "ring_time = 20", f"ring_time = {10**30}", "ring_time", "is out of range"),
    (QUEUE, 'callback_key = "1"', 'callback_key = "A"', "callback_key", "is no key"),
    (QUEUE, 'callback_key = "1"', 'callback_key = "10"', "callback_key", "is no key"),
    (QUEUE, 'pause = "*12"', 'pause = "*11"', "codes.pause", "can't be told from codes.ready"),
    (QUEUE, 'pause = "*12"', 'pause = "*1"', "codes.pause", "can't be told from codes.ready"),
    (QUEUE, 'pause = "*12"', 'pause = "*119"', "codes.pause", "can't be told from codes.ready"),
    (QUEUE, 'pause = "*12"', 'pause = "12"', "codes.pause", "is no feature code"),
    (TRUNK, '["127.0.0.2"]', '["trunk.example"]', "match[1]", "is no IP address"),
    (TRUNK, '["127.0.0.2"]', '["192.0.2.1/28"]', "match[1]", "is no IP address"),
    (TRUNK, '["127.0.0.2"]', '["10.0.0.0/8"]', "match[1]", "so large a network"),
    (TRUNK, '["127.0.0.2"]', "[]", "match", "is missing"),
    (TRUNK, '"ulaw"', '"opus"', "codecs[2]", "is no codec"),
    (TRUNK, '"127.0.0.2"\n', '"a b"\n', "outbound", "is no server"),
    (TRUNK, 'outbound = "127.0.0.2"', 'outbound = ""', "outbound", "is missing"),
    (TRUNK, "codecs =", "codec =", "codec", "there is no such key"),
    (TRUNK, "codecs =", "codec =", "codecs", "is missing"),
    # --- what is switched on
    (COUNTY, '9 = "en"', '99 = "en"', "languages.99", "is no key"),
    (COUNTY, '9 = "en"', '9 = "English"', "languages.9", "is no language"),
    (COUNTY, '9 = "en"', '9 = "de"', "languages.9", "language callers hear anyway"),
    (COUNTY, '9 = "en"', '9 = "en"\n8 = "en"', "languages.8", "is there twice"),
    (COUNTY, '9 = "en"', '9 = "nl"', "languages.9", "is spoken by nobody"),
    (COUNTY, '9 = "en"', '9 = ["en"]', "languages.9", "is not text"),
    (COUNTY, "[languages]", '[languages]\n"\\u0000" = "nl"', "languages.\ufffd", "is no key"),
    (
        DEPARTMENTS,
        'id = "jugend"',
        'id = "common"',
        "department[common].id",
        "stands for the common",
    ),
    (
        DEPARTMENTS,
        'id = "jugend"',
        'id = "jugend"\ngreeting = "../x"',
        "department[jugend].greeting",
        "is no name of a text",
    ),
    (
        DEPARTMENTS,
        'id = "jugend"',
        'id = "jugend"\ngreeting = "announcement-x"',
        "department[jugend].greeting",
        "is no name of a text",
    ),
    (
        DEPARTMENTS,
        'id = "jugend"',
        'id = "jugend"\nhead_start = 4000',
        "department[jugend].head_start",
        "is out of range",
    ),
    (
        DEPARTMENTS,
        '"04461/919-3020"',
        '"04461/919-8010"',
        "department[umwelt].caseworkers[antje.petersen].phone",
        "leads back into the queue: it is the number at departments.toml: department[jobcenter]",
    ),
    (
        DEPARTMENTS,
        '"04461/919-3020"',
        '"112"',
        "department[umwelt].caseworkers[antje.petersen].phone",
        "is not a telephone number",
    ),
    (
        DEPARTMENTS,
        'on_duty = ["wiebke.harms"]',
        'on_duty = ["wiebke.harms"]\n[department.hours]\nmonday = ["12:00-08:00"]',
        "department[jugend].hours.monday[1]",
        "does not open before",
    ),
    (
        DEPARTMENTS,
        'on_duty = ["wiebke.harms"]',
        'on_duty = ["wiebke.harms"]\n[department.hours]\n',
        "department[jugend].hours",
        "is missing",
    ),
    (HOURS, "date = 2026-12-31", 'departments = ["x"]\ndate = 2026-12-31', *CLOSED_FOR_X),
    (
        HOURS,
        "date = 2026-12-31",
        "departments = []\ndate = 2026-12-31",
        "closed[2].departments",
        "is missing",
    ),
    (AGENTS, *LEVELS, "skills = 7", "agent[1004].skills", "is neither a list nor a table"),
    (AGENTS, *LEVELS, "skills = [7]", "agent[1004].skills[1]", "is not text"),
    (AGENTS, *LEVELS, "skills = { x = 1 }", "agent[1004].skills.x", "is no department"),
    (AGENTS, *LEVELS, 'skills = { jugend = "1" }', "agent[1004].skills.jugend", "is not a whole"),
    (AGENTS, *LEVELS, "skills = { jugend = 0 }", "agent[1004].skills.jugend", "is out of range"),
    (AGENTS, *LEVELS, "skills = { list = 1.5 }", "agent[1004].skills.list", "is not a whole"),
    (AGENTS, *LEVELS, "skills = { table = 1.5 }", "agent[1004].skills.table", "is not a whole"),
    (AGENTS, *LEVELS, 'languages = ["Deutsch"]', "agent[1004].languages[1]", "is no language"),
    (AGENTS, *LEVELS, "languages = {}", "agent[1004].languages", "is missing"),
    (AGENTS, *LEVELS, "wrap_up = -1", "agent[1004].wrap_up", "is out of range"),
    (AGENTS, *LEVELS, "wrap_up = 1e3", "agent[1004].wrap_up", "is not a whole number"),
    (QUEUE, '"longest_idle"\n', '"longest"\n', "strategy", "is none of the choices"),
    (QUEUE, "strategy = ", "strategy = 1 #", "strategy", "is not text"),
    (QUEUE, "whisper = false", 'whisper = "no"', "whisper", "is not yes or no"),
    (QUEUE, "levels = []", "levels = [60, 30]", "widening.levels[2]", "is not later"),
    (QUEUE, "levels = []", "levels = [30, 30]", "widening.levels[2]", "is not later"),
    (QUEUE, "levels = []", "levels = [0]", "widening.levels[1]", "is out of range"),
    (QUEUE, "levels = []", 'levels = [1, "2"]', "widening.levels[2]", "is not a whole number"),
    (QUEUE, "levels = []", "levels = [1, 2, 3, 4, 5, 6, 7, 8, 9]", "widening.levels", "more steps"),
    (QUEUE, "# max_wait = 1800", f"max_wait = {10**30}", "limits.max_wait", "is out of range"),
    (QUEUE, '= "callback"', '= "number"', "limits.number", "is missing"),
    (QUEUE, "# number = ", "number = ", "limits.number", "is never called"),
    (
        QUEUE,
        *OVERFLOW,
        'way_out = "number"\nnumber = "0900 1234567"',
        "limits.number",
        "is a premium",
    ),
    (
        QUEUE,
        *OVERFLOW,
        'way_out = "number"\nnumber = "919-3010"',
        "limits.number",
        "leads back into the queue",
    ),
    (QUEUE, "# [keep_place]", "[keep_place]\nattempts = 0", "keep_place.attempts", "out of range"),
    (QUEUE, "# [keep_place]", '[keep_place]\nkey = "1"', "keep_place.key", "means something else"),
    (QUEUE, "# [keep_place]", '[keep_place]\nkey = "9"', "keep_place.key", "means something else"),
    (QUEUE, "# [keep_place]", '[keep_place]\nkey = "x"', "keep_place.key", "is no key"),
    (QUEUE, "# [keep_place]", '[keep_place]\nfirst = "x"', "keep_place.first", "is none of the"),
    (
        QUEUE,
        "# [spoken_messages]",
        "spoken_messages = 1",
        "limits.spoken_messages",
        "there is no such key",
    ),
    (QUEUE, 'callback_key = "1"', 'callback_key = "9"', "callback_key", "means something else"),
    (QUEUE, "# [[head_start]]", "[[head_start]]", "head_start[1].number", "is missing"),
    (QUEUE, "# [[head_start]]", "[[head_start]]", "head_start[1].seconds", "is missing"),
    (QUEUE, "# [[head_start]]", HEAD_START * 2, "head_start[2].number", "is there twice"),
    (QUEUE, "# [[head_start]]", "[[head_start]]\nseconds=0", "head_start[1].seconds", "out of ran"),
    (QUEUE, "# [[head_start]]", '[[head_start]]\nnumber="x"', "head_start[1].number", "is not a"),
    (QUEUE, "strategy = ", "head_start = [1]\nstrategy = ", "head_start[1]", "is not a table"),
    (QUEUE, '1 = "Mittag"', '11 = "Mittag"', "pause_reasons.11", "is no such key"),
    (QUEUE, '1 = "Mittag"', '1 = "missed"', "pause_reasons.1", "what ivr itself calls a pause"),
    (QUEUE, '1 = "Mittag"', '1 = ""', "pause_reasons.1", "is missing"),
    (QUEUE, '1 = "settled"', '11 = "settled"', "results.11", "is no such key"),
    (QUEUE, '1 = "settled"', '1 = "fine"', "results.1", "is none of the choices"),
    (QUEUE, '"*17"', '"*1"', "codes.result", "can't be told from codes.ready"),
    (QUEUE, '"*16"', '"*13"', "codes.last_call", "can't be told from codes.log_out"),
    (QUEUE, '"*8"', '"*7"', "codes.transfer", "can't be told from codes.callback"),
    (MENU, "pause = 5", "pause = 0", "pause", "is out of range"),
    (MENU, "tries = 2", "tries = 20", "tries", "is out of range"),
    (MENU, "# [keys]", '[keys]\n9 = "umwelt"', "keys.9", "is no such key"),
    (MENU, "# [keys]", '[keys]\n1 = "umwet"', "keys.1", "is no department"),
    (MENU, "# [keys]", '[keys]\n1 = "umwelt"\n2 = "umwelt"', "keys.2", "is there twice"),
    (TRANSFERS, '"04461/919-*"', '"x*"', "numbers[1]", "is neither a number nor"),
    (TRANSFERS, '"04461/919-*"', '"04461/9"', "numbers[1]", "is neither a number nor"),
    (TRANSFERS, '"04461/919-*"', '"*"', "numbers[1]", "is neither a number nor"),
    (TRANSFERS, '"04461/919-*"', '"0*"', "numbers[1]", "stands for too many numbers"),
    (TRANSFERS, '"04461/919-*"', '"0900*"', "numbers[1]", "is a premium"),
    (TRANSFERS, "ring_time = 30", "ring_time = 300", "ring_time", "is out of range"),
    (TRANSFERS, '"04461/919-"\n', '"x"\n', "extensions_behind", "is no beginning of numbers"),
    (TRANSFERS, '"04461/919-"\n', '"0441"\n', "extensions_behind", "is behind none"),
    (TRANSFERS, "= 4", "= 9", "longest_extension", "is out of range"),
    (
        TRUNK,
        "# [registration]",
        '[registration]\nserver = "a b"\nuser = "x"',
        "registration.server",
        "is no server",
    ),
    (
        TRUNK,
        "# [registration]",
        '[registration]\nserver = "a:99999"\nuser = "x"',
        "registration.server",
        "is no server",
    ),
    (
        TRUNK,
        "# [registration]",
        '[registration]\nserver = "a"\nuser = "x;y"',
        "registration.user",
        "is no SIP user name",
    ),
]


def test_calls_go_out_where_the_trunk_says_or_where_we_register(files: AdminFiles) -> None:
    assert load_county(files.folder).trunk.outbound == "127.0.0.2"
    files.replace(TRUNK, 'outbound = "127.0.0.2"', "")
    registration = '[registration]\nserver = "sip.example.net"\nuser = "494461919"\n'
    files.replace(TRUNK, "# [registration]", registration)
    assert load_county(files.folder).trunk.outbound == "sip.example.net"
    files.replace(TRUNK, registration, "")
    (files.folder / "transfers.toml").unlink()
    files.replace(DEPARTMENTS, ', phone = "04461/919-3020"', "")
    assert load_county(files.folder).trunk.outbound is None


@pytest.mark.parametrize(("file", "before", "after", "key", "wrong"), MISTAKES)
def test_a_mistake_is_told(
    files: AdminFiles, file: str, before: str, after: str, key: str, wrong: str
) -> None:
    files.replace(file, before, after)
    found = {(problem.file, problem.key): problem for problem in files.problems()}
    assert wrong in found[file, key].wrong
    assert found[file, key].allowed


@pytest.mark.parametrize(("file", "before", "after", "key", "wrong"), MISTAKES)
def test_a_mistake_causes_no_other_complaint_elsewhere(
    files: AdminFiles, file: str, before: str, after: str, key: str, wrong: str
) -> None:
    del key, wrong
    files.replace(file, before, after)
    others = {problem.file for problem in files.problems()} - {file}
    # A renamed or doubled department is rightly missed by those who name it.
    assert others <= {COUNTY, AGENTS} if file == DEPARTMENTS else others == set()


def test_an_unknown_key_is_answered_with_the_likely_one(files: AdminFiles) -> None:
    files.replace(AGENTS, 'skills = ["', 'skils = ["')
    assert [problem.allowed for problem in files.problems()] == ["did you mean skills?"]


def test_a_file_with_a_mistyped_name_is_not_ignored(files: AdminFiles) -> None:
    (files.folder / "queue.toml").rename(files.folder / "queues.toml")
    assert [(problem.file, problem.allowed) for problem in files.problems()] == [
        ("queues.toml", "did you mean queue.toml?")
    ]


def test_a_missing_file_is_one_problem(files: AdminFiles) -> None:
    (files.folder / "departments.toml").unlink()
    assert [(problem.file, problem.wrong) for problem in files.problems()] == [
        ("departments.toml", "does not exist")
    ]


def test_a_missing_folder_is_one_problem(tmp_path: Path) -> None:
    problems = AdminFiles(tmp_path / "nowhere").problems()
    assert [problem.wrong for problem in problems] == ["is no folder"]


@pytest.mark.parametrize("content", [b"\xff", b"a = " + b"[" * 5000, b"a = 1" + b"0" * 5000])
def test_a_file_nobody_can_read(files: AdminFiles, content: bytes) -> None:
    (files.folder / "hours.toml").write_bytes(content)
    assert {problem.file for problem in files.problems()} == {"hours.toml"}


EVERYTHING_ON = everything_on()

VALUES = st.recursive(
    st.one_of(
        st.sampled_from(['""', '"umwelt"', '"1001"', '"*11"', '"07:00-18:00"', '"919-4010"']),
        st.integers().map(str),
        st.sampled_from(["true", "1.5", "nan", "-inf", "2026-12-24", "07:00:00"]),
        st.text(max_size=20).map(
            lambda text: "'" + "".join(c for c in text if c.isprintable() and c != "'") + "'"
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.lists(inner, max_size=2).map(
            lambda items: "{" + ", ".join(f"k{n} = {item}" for n, item in enumerate(items)) + "}"
        ),
    ),
    max_leaves=5,
)


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, str]:
    """One of the shipped files, with all they show, and a line changed, dropped or doubled."""
    name = draw(st.sampled_from(sorted(EVERYTHING_ON)))
    lines = [line for line in EVERYTHING_ON[name].splitlines() if line and line[0] != "#"]
    number = draw(st.integers(0, len(lines) - 1))
    key, _, _value = lines[number].partition(" = ")
    lines[number] = draw(
        st.one_of(
            VALUES.map(lambda value: f"{key} = {value}"),
            st.just(""),
            st.just(f"{lines[number]}\n{lines[number]}"),
            st.text(max_size=10).map(lambda text: lines[number] + text),
        )
    )
    return name, "\n".join(lines)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(mutations(), min_size=1, max_size=3))
def test_whatever_an_admin_writes_is_right_or_explained(
    files: AdminFiles, changed: list[tuple[str, str]]
) -> None:
    for name, text in EVERYTHING_ON.items():
        (files.folder / name).write_text(text)
    for name, text in changed:
        (files.folder / name).write_text(text, newline="", errors="surrogatepass")
    try:
        load_county(files.folder)
    except ConfigError as error:
        for problem in error.problems:
            assert problem.file
            assert problem.wrong
            assert problem.wrong.isprintable()


def test_every_shipped_file_begins_with_what_it_is_for() -> None:
    for path in SHIPPED.glob("*.toml"):
        assert tomllib.loads(path.read_text())
        assert path.read_text().startswith("# ")
