"""Telephone numbers as people and carriers write them."""

import pytest

from ivr.domain.ids import E164
from ivr.domain.numbers import NumberingPlan, known_countries

JEVER = NumberingPlan(country="DE", area_code="4461")
NO_AREA = NumberingPlan(country="DE")
VIENNA = NumberingPlan(country="AT", area_code="1")

COMMON = "+4944619197777"


@pytest.mark.parametrize(
    "written",
    [
        "+4944619197777",
        "4944619197777",
        "004944619197777",
        "044619197777",
        "04461/919 77 77",
        "(04461) 919-7777",
        "04461.919.7777",
        "04461 919\u00a077\u00a077",
        "04461 919\u201177\u201177",
        " +49 4461 919 77 77 ",
        "+49 (0) 4461 9197777",
        "9197777",
        "919 77 77",
    ],
)
def test_one_number_in_many_spellings(written: str) -> None:
    assert JEVER.parse(written) == COMMON


@pytest.mark.parametrize(
    ("plan", "written", "prefix"),
    [
        (JEVER, "04461/919-", "+494461919"),
        (JEVER, "919-", "+494461919"),
        (JEVER, "+49 4461", "+494461"),
        (JEVER, "0049 4461", "+494461"),
        (JEVER, "", None),
        (JEVER, "x", None),
        (JEVER, "+", None),
        (JEVER, "04461+9", None),
        (JEVER, "+4944619191234567", None),
        (NO_AREA, "919", "+49919"),
        (VIENNA, "514", "+431514"),
    ],
)
def test_the_beginning_of_numbers(plan: NumberingPlan, written: str, prefix: str | None) -> None:
    assert plan.prefix(written) == prefix


def test_a_beginning_that_may_lead_to_costly_numbers() -> None:
    for prefix in ("+494461919", "+4940", "+49171", "+4944619194010", "+3120"):
        assert JEVER.may_all_be_called(prefix), prefix
    for prefix in ("+49", "+49900", "+499003", "+49180", "+491", "+4", "+31"):
        assert not JEVER.may_all_be_called(prefix), prefix


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0171 3920001", "+491713920001"),
        ("00431514440", "+431514440"),
        ("+31 20 1234567", "+31201234567"),
        ("0800 1234567", "+498001234567"),
    ],
)
def test_mobile_foreign_and_free_numbers(written: str, number: str) -> None:
    assert JEVER.parse(written) == number
    assert JEVER.may_be_called(E164(number))


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        " ",
        "+",
        "0",
        "anonymous",
        "unavailable",
        "sip:anna@example.org",
        "0171392000A",
        "0171 3920001;ext=5",
        "٠١٧١٣٩٢٠٠٠١",
        "0171",
        "9" * 40,
        "9" * 41,
        "0" * 20,
    ],
)
def test_what_is_no_number(written: str | None) -> None:
    assert JEVER.parse(written) is None


@pytest.mark.parametrize("short", ["110", "112", "115", "116117", "11833"])
def test_emergency_and_short_numbers_are_none(short: str) -> None:
    assert JEVER.parse(short) is None


def test_local_numbers_need_to_know_the_area() -> None:
    assert NO_AREA.parse("04461 9197777") == COMMON
    assert NO_AREA.parse("9197777") != COMMON


def test_a_number_of_another_country() -> None:
    assert VIENNA.parse("01 51444") == "+43151444"
    assert VIENNA.display(E164("+43151444")) == "01 51444"


@pytest.mark.parametrize(
    "costly",
    ["0900 1234567", "0137 1234567", "0180 5 123456", "+44 9098790000"],
)
def test_numbers_that_cost_extra_are_not_called(costly: str) -> None:
    number = JEVER.parse(costly)
    assert number is not None
    assert not JEVER.may_be_called(number)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (COMMON, "04461 9197777"),
        ("+491713920001", "0171 3920001"),
        ("+31201234567", "+31 20 123 4567"),
    ],
)
def test_numbers_are_shown_as_people_at_home_write_them(number: str, shown: str) -> None:
    assert JEVER.display(E164(number)) == shown


@pytest.mark.parametrize("plan", [JEVER, NO_AREA])
def test_every_spelling_at_home_is_read_as_the_number(plan: NumberingPlan) -> None:
    spellings = plan.spellings(E164(COMMON))
    assert spellings[0] == COMMON
    assert [plan.parse(spelling) for spelling in spellings] == [COMMON] * len(spellings)


@pytest.mark.parametrize(
    ("plan", "spellings"),
    [
        (VIENNA, ["+4944619197777", "4944619197777", "004944619197777"]),
        (
            NO_AREA,
            ["+4944619197777", "4944619197777", "004944619197777", "044619197777", "44619197777"],
        ),
        (
            JEVER,
            [
                "+4944619197777",
                "4944619197777",
                "004944619197777",
                "044619197777",
                "44619197777",
                "9197777",
            ],
        ),
    ],
)
def test_spellings_under_which_a_carrier_may_deliver(
    plan: NumberingPlan, spellings: list[str]
) -> None:
    assert list(plan.spellings(E164(COMMON))) == spellings


def test_the_countries_whose_numbers_are_known() -> None:
    assert {"DE", "AT", "NL"} <= known_countries()
    assert "XX" not in known_countries()


@pytest.mark.parametrize(
    ("number", "at_home", "anywhere"),
    [
        ("+4944619197777", True, True),
        ("+491713920001", True, True),
        ("+31205551234", False, True),
        ("+499001234567", False, False),
        ("+4980012345678", False, False),
        ("+491805123456", False, False),
        ("+49110", False, False),
        ("+494461110", False, False),
        ("+4930112", False, False),
        ("+881612345678", False, False),
    ],
    ids=[
        "fixed",
        "mobile",
        "abroad",
        "premium",
        "free",
        "shared cost",
        "police",
        "police behind an area code",
        "fire brigade behind an area code",
        "satellite",
    ],
)
def test_what_a_caseworker_is_connected_with(number: str, *, at_home: bool, anywhere: bool) -> None:
    assert JEVER.may_be_phoned(E164(number), abroad=False) is at_home
    assert JEVER.may_be_phoned(E164(number), abroad=True) is anywhere
