"""Who phones back, in the admin's files: caseworkers, topics, the plan, absences, the rules."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from ivr.domain.county import Caseworker, Department
from ivr.domain.delivery import Delivery
from ivr.domain.ids import E164, CaseworkerId, DepartmentId, TopicId
from ivr.domain.opening import END_OF_DAY, Span
from ivr.domain.responsibility import Absence, Duty
from ivr.domain.rules import CallbackRules
from ivr.provisioning.county import load_county
from tests.unit.provisioning.examples import AdminFiles

DEPARTMENTS, DUTY, CALLBACKS = "departments.toml", "duty.toml", "callbacks.toml"

HEIKE, FOLKERT = CaseworkerId("heike.janssen"), CaseworkerId("folkert.meents")
SOZIALES, UMWELT = DepartmentId("soziales"), DepartmentId("umwelt")


@pytest.fixture
def files(tmp_path: Path) -> AdminFiles:
    return AdminFiles.copied_to(tmp_path / "config")


def department(files: AdminFiles, which: DepartmentId = SOZIALES) -> Department:
    return load_county(files.folder).county.departments[which]


def plan(files: AdminFiles, content: str) -> Department:
    (files.folder / DUTY).write_text(content)
    return department(files)


def test_the_shipped_plan() -> None:
    soziales = department(AdminFiles(Path(__file__).parents[3] / "config"))
    working_day = (Span(time(7), time(18)),)
    wohngeld, everything_else = soziales.duties
    assert wohngeld == Duty({FOLKERT: 1}, frozenset({TopicId("wohngeld")}))
    assert everything_else.shares == {HEIKE: 2, FOLKERT: 1}
    assert everything_else.topics is None
    assert everything_else.weekly == {**dict.fromkeys(range(5), working_day), 5: (), 6: ()}
    assert soziales.head == "almuth.reents"
    assert soziales.absences == ()


def test_all_that_a_caseworker_may_have(files: AdminFiles) -> None:
    files.replace(
        DEPARTMENTS,
        'deputy = "gerd.onken" }',
        'deputy = "gerd.onken", language = "en", deliveries = ["mail", "mqtt", "mail"] }',
    )
    assert department(files, UMWELT).caseworkers[0] == Caseworker(
        id=CaseworkerId("antje.petersen"),
        name="Antje Petersen",
        phone=E164("+4944619193020"),
        mail="antje.petersen@landkreis.example",
        language="en",
        deputy=CaseworkerId("gerd.onken"),
        deliveries=(Delivery.MAIL, Delivery.MQTT),
    )


def test_a_topic_by_number(files: AdminFiles) -> None:
    county = load_county(files.folder).county
    assert county.topic_of(E164("+4944619193011")) == "abfall"
    assert county.topic_of(E164("+4944619193010")) is None


def test_a_plan_by_day_and_time(files: AdminFiles) -> None:
    soziales = plan(
        files,
        '[[duty]]\ndepartment = "soziales"\ncaseworkers = ["heike.janssen", "folkert.meents"]\n'
        'monday = ["08:00-12:00", "13:00-24:00"]\nsunday = []\n',
    )
    spans = (Span(time(8), time(12)), Span(time(13), END_OF_DAY))
    [entry] = soziales.duties
    assert entry.shares == {HEIKE: 1, FOLKERT: 1}
    assert entry.weekly == {0: spans, **dict.fromkeys(range(1, 7), ())}


def test_an_absence_is_known_wherever_the_caseworker_is(files: AdminFiles) -> None:
    files.replace(DEPARTMENTS, 'id = "gerd.onken"', 'id = "heike.janssen"')
    files.replace(DEPARTMENTS, 'deputy = "gerd.onken"', 'deputy = "heike.janssen"')
    files.replace(DUTY, "# [[absence]]", "[[absence]]")
    for line in ('caseworker = "heike.janssen"', "from = 2026-12-21", "to = 2027-01-01"):
        files.replace(DUTY, f"# {line}", line)
    away = Absence(HEIKE, date(2026, 12, 21), date(2027, 1, 1))
    county = load_county(files.folder).county
    assert {each.id: each.absences for each in county.departments.values() if each.absences} == {
        SOZIALES: (away,),
        UMWELT: (away,),
    }


@pytest.mark.parametrize("left", ["on_duty", "head", "plan"])
def test_one_of_on_duty_head_and_plan_is_enough(files: AdminFiles, left: str) -> None:
    if left != "on_duty":
        files.replace(DEPARTMENTS, 'on_duty = ["heike.janssen", "folkert.meents"]\n', "")
    if left != "head":
        files.replace(DEPARTMENTS, 'head = "almuth.reents"\n', "")
    if left != "plan":
        (files.folder / DUTY).unlink()
    assert files.problems() == ()


def test_every_rule_arrives(files: AdminFiles) -> None:
    (files.folder / CALLBACKS).write_text(
        """
        within_hours = 25
        remind_before_hours = 5
        escalate_again_after_hours = 9
        undelivered_after_minutes = 61
        tries = 4
        try_again_after_hours = 6
        confirm_number = false
        return_key = "4"
        call_abroad = true
        ring_seconds = 31
        calls_a_day = 501
        calls_a_day_each = 6
        """
    )
    assert load_county(files.folder).county.rules.callbacks == CallbackRules(
        within=timedelta(hours=25),
        remind_before=timedelta(hours=5),
        escalate_again_after=timedelta(hours=9),
        undelivered_after=timedelta(minutes=61),
        tries=4,
        try_again_after=timedelta(hours=6),
        confirm_number=False,
        return_key="4",
        call_abroad=True,
        ring_time=timedelta(seconds=31),
        calls_a_day=501,
        calls_a_day_each=6,
    )


def test_no_key_for_returned_calls_is_a_choice(files: AdminFiles) -> None:
    files.replace(CALLBACKS, 'return_key = "3"', 'return_key = ""')
    assert load_county(files.folder).county.rules.callbacks.return_key == ""


def test_the_shipped_rules_are_the_defaults(files: AdminFiles) -> None:
    assert load_county(files.folder).county.rules.callbacks == CallbackRules()


# --- Mistakes -----------------------------------------------------------------------------------

ANTJE = "department[umwelt].caseworkers[antje.petersen]"
ANTJE_S_MAIL = 'mail = "antje.petersen@landkreis.example"'
ANTJE_S_DEPUTY = 'deputy = "gerd.onken" }'
WOHNGELD = 'topics = ["wohngeld"]\ncaseworkers = ["folkert.meents"]'
SHARES = 'caseworkers = { "heike.janssen" = 2, "folkert.meents" = 1 }'
MONDAY = 'monday = ["07:00-18:00"]'
RETURN_KEY = 'return_key = "3"'
AWAY = '[[absence]]\ncaseworker = "heike.janssen"\nfrom = 2026-12-21\nto = 2027-01-01\n'

# file, what stands there, what the admin writes instead, the key and the words of the problem
MISTAKES = [
    (CALLBACKS, RETURN_KEY, 'return_key = "x"', "return_key", "is no key"),
    (CALLBACKS, RETURN_KEY, 'return_key = "1"', "return_key", "means something else"),
    (CALLBACKS, RETURN_KEY, 'return_key = "9"', "return_key", "means something else"),
    (DEPARTMENTS, ANTJE_S_MAIL, 'mail = "antje"', f"{ANTJE}.mail", "is no e-mail address"),
    (DEPARTMENTS, ANTJE_S_MAIL, 'mail = "a@b\\n.de"', f"{ANTJE}.mail", "is no e-mail address"),
    (DEPARTMENTS, ANTJE_S_MAIL, 'mail = "a@b.de, c@d.de"', f"{ANTJE}.mail", "is no e-mail"),
    (DEPARTMENTS, ANTJE_S_MAIL, "mail = 1", f"{ANTJE}.mail", "is not text"),
    (
        DEPARTMENTS,
        ANTJE_S_MAIL,
        'deliveries = ["mail"]',
        f"{ANTJE}.mail",
        "is missing, as deliveries name mail",
    ),
    (DEPARTMENTS, ANTJE_S_MAIL, "deliveries = []", f"{ANTJE}.deliveries", "is missing"),
    (DEPARTMENTS, ANTJE_S_MAIL, 'deliveries = ["fax"]', f"{ANTJE}.deliveries[1]", "is none of"),
    (DEPARTMENTS, ANTJE_S_MAIL, 'language = "Platt"', f"{ANTJE}.language", "is no language"),
    (
        DEPARTMENTS,
        ANTJE_S_DEPUTY,
        'deputy = "heike.janssen" }',
        f"{ANTJE}.deputy",
        "is no caseworker of this department",
    ),
    (
        DEPARTMENTS,
        ANTJE_S_DEPUTY,
        'deputy = "antje.petersen" }',
        f"{ANTJE}.deputy",
        "can't stand in for themselves",
    ),
    (
        DEPARTMENTS,
        'head = "hinrich.focken"',
        'head = "heike.janssen"',
        "department[umwelt].head",
        "is no caseworker of this department",
    ),
    (
        DEPARTMENTS,
        'id = "baeume"',
        'id = "abfall"',
        "department[umwelt].topics[abfall].id",
        "is there twice",
    ),
    (
        DEPARTMENTS,
        'id = "baeume", name = "Bäume und Hecken"',
        'id = "baeume"',
        "department[umwelt].topics[baeume].name",
        "is missing",
    ),
    (
        DEPARTMENTS,
        '{ id = "baeume", name = "Bäume und Hecken" }',
        '"Bäume"',
        "department[umwelt].topics[2]",
        "is not a table",
    ),
    (
        DEPARTMENTS,
        'name = "Abfall", numbers = ["04461/919-3011"]',
        'name = "Abfall", numbers = ["04461/919-4010"]',
        "department[umwelt].topics[abfall].numbers[1]",
        "is no number of this department",
    ),
    (
        DEPARTMENTS,
        'name = "Abfall", numbers = ["04461/919-3011"]',
        'name = "Abfall", numbers = ["x"]',
        "department[umwelt].topics[abfall].numbers[1]",
        "is not a telephone number",
    ),
    (
        DEPARTMENTS,
        'name = "Bäume und Hecken"',
        'name = "Bäume und Hecken", numbers = ["919-3011"]',
        "department[umwelt].topics[baeume].numbers[1]",
        "is there twice",
    ),
    (DUTY, 'department = "soziales"\ntopics', "topics", "duty[1].department", "is missing"),
    (DUTY, '"soziales"\ntopics', '"sozial"\ntopics', "duty[1].department", "is no department"),
    (DUTY, WOHNGELD, WOHNGELD[:21], "duty[1].caseworkers", "is missing"),
    (DUTY, WOHNGELD, f"{WOHNGELD[:21]}\ncaseworkers = {{}}", "duty[1].caseworkers", "is missing"),
    (DUTY, WOHNGELD, WOHNGELD.replace("wohngeld", "wohnen"), "duty[1].topics[1]", "is no topic"),
    (DUTY, WOHNGELD, WOHNGELD.replace('"wohngeld"', ""), "duty[1].topics", "is missing"),
    (
        DUTY,
        WOHNGELD,
        WOHNGELD.replace("folkert.meents", "gerd.onken"),
        "duty[1].caseworkers[1]",
        "is no caseworker of this department",
    ),
    (DUTY, SHARES, "caseworkers = 7", "duty[2].caseworkers", "is neither a list nor a table"),
    (
        DUTY,
        SHARES,
        'caseworkers = { "x" = 1 }',
        "duty[2].caseworkers.x",
        "is no caseworker of this department",
    ),
    (
        DUTY,
        SHARES,
        'caseworkers = { "heike.janssen" = 0 }',
        "duty[2].caseworkers.heike.janssen",
        "is out of range",
    ),
    (
        DUTY,
        SHARES,
        "caseworkers = { heike.janssen = 2 }",
        "duty[2].caseworkers.heike",
        "is not a whole number",
    ),
    (DUTY, MONDAY, 'monday = ["18:00-07:00"]', "duty[2].monday[1]", "does not open before"),
    (DUTY, MONDAY, "monday = 7", "duty[2].monday", "is not a list"),
    (DUTY, MONDAY, 'montag = ["07:00-18:00"]', "duty[2].montag", "there is no such key"),
    (DUTY, WOHNGELD, f"{WOHNGELD}\nfriday = []", "duty[1].friday", "never holds"),
    (DUTY, "[[duty]]", f"{AWAY.replace('heike', 'x')}[[duty]]", "absence[1].caseworker", "any dep"),
    (
        DUTY,
        "[[duty]]",
        f"{AWAY.replace('2027', '2026')}[[duty]]",
        "absence[1].to",
        "is before the first day",
    ),
    (DUTY, "[[duty]]", f"{AWAY.replace('from', 'since')}[[duty]]", "absence[1].from", "missing"),
    (DUTY, "[[duty]]", f"{AWAY.replace('from', 'since')}[[duty]]", "absence[1].since", "no such"),
    (DUTY, "[[duty]]", f"{AWAY.replace('to =', 'till =')}[[duty]]", "absence[1].to", "is missing"),
    (DUTY, "[[duty]]", "absence = [1]\n[[duty]]", "absence[1]", "is not a table"),
    (DUTY, "[[duty]]", f'{AWAY}reason = "Kur"\n[[duty]]', "absence[1].reason", "no such key"),
    (CALLBACKS, "within_hours = 24", "within_hours = 0", "within_hours", "is out of range"),
    (
        CALLBACKS,
        "remind_before_hours = 4",
        "remind_before_hours = 24",
        "remind_before_hours",
        "is before the request",
    ),
    (CALLBACKS, "tries = 3", f"tries = {10**30}", "tries", "is out of range"),
    (CALLBACKS, "call_abroad = false", "call_abroad = 0", "call_abroad", "is not yes or no"),
]


@pytest.mark.parametrize(("file", "before", "after", "key", "wrong"), MISTAKES)
def test_a_mistake_is_told_where_it_is(
    files: AdminFiles, file: str, before: str, after: str, key: str, wrong: str
) -> None:
    files.replace(file, before, after)
    problems = files.problems()
    found = {problem.key: problem for problem in problems}
    assert wrong in found[key].wrong
    assert found[key].allowed
    assert {problem.file for problem in problems} == {file}


def test_an_unquoted_name_with_a_dot_is_explained(files: AdminFiles) -> None:
    files.replace(DUTY, SHARES, "caseworkers = { heike.janssen = 2, folkert.meents = 1 }")
    told = {problem.allowed for problem in files.problems() if "heike" in problem.key}
    assert told == {'a name with a dot in quotes, such as { "heike.janssen" = 2 }'}


def test_a_department_without_topics_says_so(files: AdminFiles) -> None:
    files.replace(
        DUTY,
        "[[duty]]",
        '[[duty]]\ndepartment = "gone"\ntopics = ["x"]\ncaseworkers = ["x"]\n[[duty]]',
    )
    assert [(problem.key, problem.wrong) for problem in files.problems()] == [
        ("duty[1].department", "is no department")
    ]
    files.replace(DUTY, '"gone"', '"ordnung"')
    files.replace(DEPARTMENTS, '    { id = "gewerbe", name = "Gewerbe" },\n', "")
    topic = {problem.key: problem.allowed for problem in files.problems()}["duty[1].topics[1]"]
    assert topic == "topics of this department in departments.toml"


def test_who_is_not_there_is_not_missed_twice(files: AdminFiles) -> None:
    files.replace(DEPARTMENTS, 'id = "soziales"', "id = 7")
    assert {(problem.file, problem.wrong) for problem in files.problems()} == {
        (DEPARTMENTS, "is not text"),
        (DUTY, "is no department"),
    }
