"""Whom agents may put callers through to, and that there is no other way out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.domain.county import County, TransferRules
from ivr.domain.ids import E164
from ivr.domain.rules import Limits, QueueRules, WayOut
from tests import examples
from tests.examples import COMMON_NUMBER, DIDS, JUGEND, ONLY_UMWELT, PHONES, UMWELT

OVERFLOW = E164("+493023125001")


def county(transfers: TransferRules | None = None) -> County:
    limits = Limits(max_waiting=10, way_out=WayOut.NUMBER, number=OVERFLOW)
    example = examples.county(rules=QueueRules(limits=limits))
    return example if transfers is None else replace(example, transfers=transfers)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        (ONLY_UMWELT, ONLY_UMWELT),
        ("311", PHONES[UMWELT]),
        ("+494461919311", PHONES[UMWELT]),
        ("04461 919-311", PHONES[UMWELT]),
        ("919311", PHONES[UMWELT]),
        ("0044619194444", None),
        ("4444", "+4944619194444"),
        ("01713920099", PHONES[JUGEND]),
        ("00491713920099", PHONES[JUGEND]),
    ],
)
def test_agents_caseworkers_and_the_house_are_reached(text: str, target: str | None) -> None:
    assert county().transfer_target(text) == target


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("01713920001", id="somebody else's mobile"),
        pytest.param("09001234567", id="premium"),
        pytest.param("110", id="emergency, though it could be a short number"),
        pytest.param("112", id="emergency"),
        pytest.param("+31201234567", id="foreign"),
        pytest.param("0031201234567", id="foreign, as dialled"),
        pytest.param(COMMON_NUMBER, id="the common number"),
        pytest.param(DIDS[UMWELT], id="a department's number"),
        pytest.param("4500", id="a department's number, in short"),
        pytest.param(OVERFLOW, id="where overflowing callers go"),
        pytest.param("", id="nothing"),
        pytest.param("*11", id="a code"),
        pytest.param("sip:1002@example.org", id="an address"),
        pytest.param("12345", id="too long for a short number"),
        pytest.param("\u0663\u0661\u0661", id="digits of another script"),
    ],
)
def test_everybody_else_is_refused(text: str) -> None:
    assert county().transfer_target(text) is None


def test_costly_numbers_are_refused_however_wide_the_prefix() -> None:
    wide = county(TransferRules(prefixes=("+",)))
    assert wide.transfer_target("+31201234567") == "+31201234567"
    assert wide.transfer_target("018065001234") is None
    assert wide.transfer_target("110") is None


def test_a_single_number_is_no_beginning_of_others() -> None:
    single = county(TransferRules(numbers=frozenset({E164("+4944619140")})))
    assert single.transfer_target("04461 9140") == "+4944619140"
    assert single.transfer_target("04461 91401") is None
    assert single.transfer_target("04461 914") is None


def test_without_a_prefix_there_are_no_short_numbers() -> None:
    assert county(TransferRules(longest_extension=4)).transfer_target("311") is None
