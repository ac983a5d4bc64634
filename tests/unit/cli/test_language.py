"""German is complete, and says what the English says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.application.simulating.results import OCCUPANCY
from ivr.cli.german import ALLOWED, COMMANDS, GERMAN, WRONG
from ivr.cli.german_audit import AUDIT
from ivr.cli.german_backup import BACKUP
from ivr.cli.german_callbacks import CALLBACKS
from ivr.cli.german_calling import CALLING
from ivr.cli.german_deliveries import DELIVERIES
from ivr.cli.german_duty import DUTY
from ivr.cli.german_fallback import FALLBACK
from ivr.cli.german_inbox import INBOX
from ivr.cli.german_plan import PLAN
from ivr.cli.german_privacy import PRIVACY
from ivr.cli.german_replay import REPLAY
from ivr.cli.german_report import REPORT
from ivr.cli.german_rules import RULES
from ivr.cli.german_service import SERVICE
from ivr.cli.german_simulate import SIMULATE
from ivr.cli.language import _, language
from ivr.domain.figures import REPORT_FORMULAS
from ivr.provisioning.wording import Wording

PACKAGE = Path(__file__).parents[3] / "ivr"
TRANSLATED = {"_", "Wording"}


def literals() -> Iterator[str]:
    """Every literal that is translated, or shown to people through a Wording."""
    yield from REPORT_FORMULAS.values()
    yield OCCUPANCY
    for path in [*(PACKAGE / "cli").glob("*.py"), *(PACKAGE / "provisioning").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_rest]):
                    if name in TRANSLATED:
                        yield text
                case _:
                    pass


def names(text: str) -> set[str]:
    return set(re.findall(r"\{(\w*)\}", text))


def test_every_text_has_a_german_one() -> None:
    texts = set(literals())
    assert len(texts) > 100
    assert sorted(texts - GERMAN.keys()) == []


def test_no_german_text_is_left_over() -> None:
    assert sorted(GERMAN.keys() - set(literals())) == []
    parts = (
        ALLOWED,
        AUDIT,
        BACKUP,
        CALLBACKS,
        CALLING,
        COMMANDS,
        DELIVERIES,
        DUTY,
        FALLBACK,
        INBOX,
        PLAN,
        PRIVACY,
        REPLAY,
        REPORT,
        RULES,
        SERVICE,
        SIMULATE,
        WRONG,
    )
    assert len(GERMAN) == sum(len(part) for part in parts)


@pytest.mark.parametrize("english", sorted(GERMAN))
def test_the_german_keeps_the_names(english: str) -> None:
    assert names(GERMAN[english]) == names(english)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de"}, "de"),
        ({"LANG": "de.UTF-8"}, "de"),
        ({"LANG": "den_US"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "de_AT"}, "de"),
        ({"LC_ALL": "C", "LC_MESSAGES": "de_DE"}, "en"),
        ({"LC_ALL": "", "LANG": "de_DE"}, "de"),
    ],
)
def test_the_environment_decides(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language() == expected


def test_a_wording_is_translated_with_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    text = Wording("did you mean {word}?", word="{skills}")
    assert text == "did you mean {skills}?"
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert _(text) == "meinten Sie {skills}?"
    assert _("unknown {text}") == "unknown {text}"
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert _(text) == text
