"""What a dialled number means, and who owns the callbacks of its calls."""

from dataclasses import replace

import pytest

from ivr.domain.ids import DepartmentId
from tests.examples import COMMON_NUMBER, DIDS, JUGEND, UMWELT, VERKEHR, county

COUNTY = county()


@pytest.mark.parametrize(
    ("dialled", "diverted_from", "department"),
    [
        (COMMON_NUMBER, (), None),
        (DIDS[UMWELT], (), UMWELT),
        ("9195100", (), JUGEND),
        (COMMON_NUMBER, (DIDS[UMWELT],), UMWELT),
        (COMMON_NUMBER, ("+493023125001", DIDS[UMWELT]), UMWELT),  # through somebody else's
        (COMMON_NUMBER, (DIDS[UMWELT], DIDS[JUGEND]), UMWELT),  # the one dialled first
        (COMMON_NUMBER, (COMMON_NUMBER, DIDS[JUGEND]), JUGEND),
        (COMMON_NUMBER, ("", "nonsense"), None),
        (DIDS[VERKEHR], (DIDS[UMWELT],), VERKEHR),  # dialled, after an earlier diversion
    ],
)
def test_destination(dialled: str, diverted_from: tuple[str, ...], department: str | None) -> None:
    destination = COUNTY.destination(dialled, diverted_from)
    assert destination is not None
    assert destination.department == department


@pytest.mark.parametrize("dialled", ["+493023125001", "", "nonsense", "112"])
def test_a_number_that_is_not_ours(dialled: str) -> None:
    assert COUNTY.destination(dialled, (DIDS[UMWELT],)) is None


def test_the_label_is_the_department_or_the_county() -> None:
    assert COUNTY.label(VERKEHR) == "Straßenverkehr"
    assert COUNTY.label(None) == "Landkreis Friesland"


def test_callbacks_belong_to_the_department_or_the_common_one() -> None:
    assert COUNTY.callback_department(UMWELT).id == UMWELT
    assert COUNTY.callback_department(None).id == JUGEND


def test_the_languages_in_use() -> None:
    assert COUNTY.languages == ("de",)
    assert replace(COUNTY, language_keys={"8": "en", "9": "de"}).languages == ("de", "en")


def test_a_caseworker_is_found_in_the_department() -> None:
    first = COUNTY.departments[UMWELT].caseworkers[0]
    assert COUNTY.caseworker(UMWELT, first.id) == first
    assert COUNTY.caseworker(JUGEND, first.id) is None
    assert COUNTY.caseworker(DepartmentId("gone"), first.id) is None
