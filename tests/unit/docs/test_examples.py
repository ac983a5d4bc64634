"""What the how-to pages tell admins to write is right: each example, put into the shipped files."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ivr.provisioning.county import load_county
from ivr.provisioning.prompts import read_prompts
from ivr.provisioning.prompts_wanted import WantedPrompts

ROOT = Path(__file__).parents[3]
PAGES = sorted((ROOT / "docs/how-to").glob("*.md"))
EXAMPLE = re.compile(r"^```toml\n# ([a-z]+\.toml)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def toml(value: Any) -> str:  # noqa: ANN401  any TOML value
    """Write a value in one line."""
    match value:
        case dict():
            items = (f"{json.dumps(key)} = {toml(inner)}" for key, inner in value.items())
            return "{" + ", ".join(items) + "}"
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case date():
            return value.isoformat()
        case _:
            return json.dumps(value, ensure_ascii=False)


def merged(before: Any, after: Any) -> Any:  # noqa: ANN401  any TOML value
    """Put what an example says into what a file says; elements with an id are found by it."""
    match before, after:
        case dict(), dict():
            return before | {key: merged(before.get(key), value) for key, value in after.items()}
        case [{"id": _}, *_], [{"id": _}, *_]:
            new = {element["id"]: element for element in after}
            return [merged(element, new.get(element["id"], {})) for element in before]
        case [{}, *_], [{}, *_]:
            return [*before, *after]
        case _:
            return after


def put_into(path: Path, example: Mapping[str, Any]) -> None:
    """Change a file as the example says."""
    content = merged(tomllib.loads(path.read_text()), example)
    path.write_text("".join(f"{key} = {toml(value)}\n" for key, value in content.items()))


def examples() -> Iterator[Any]:
    for page in PAGES:
        for number, example in enumerate(EXAMPLE.finditer(page.read_text()), start=1):
            yield pytest.param(example[1], example[2], id=f"{page.stem} {number}")


@pytest.fixture
def admin(tmp_path: Path) -> Path:
    """The shipped files as an admin has them."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copytree(ROOT / "prompts", tmp_path / "prompts")
    return tmp_path


@pytest.mark.parametrize(("file", "example"), list(examples()))
def test_an_example_of_a_page_is_right(admin: Path, file: str, example: str) -> None:
    shown = tomllib.loads(example)
    if file == "texts.toml":
        put_into(admin / "prompts/de" / file, shown)
    else:
        put_into(admin / "config" / file, shown)
    county = load_county(admin / "config").county
    wanted = WantedPrompts.of(county)
    greetings = dict.fromkeys(shown.get("texts", ()), "the page")
    read_prompts(admin / "prompts", "de", replace(wanted, texts=greetings))


def test_there_are_examples() -> None:
    assert len(list(examples())) > 10
