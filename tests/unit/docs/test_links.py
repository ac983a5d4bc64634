"""The pages agree with the program: links lead somewhere, quoted commands exist.

Only what is in code (a block or between backticks) counts as a command.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import typer

from ivr import cli

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    chain(
        ROOT.glob("*.md"),
        *(ROOT.glob(f"{folder}/**/*.md") for folder in ("docs", "dialplan", "prompts", "docker")),
    )
)
COMMAND_LINE = ROOT / "docs/reference/command-line.md"

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)[^)]*\)")
PAGE_BY_PATH = re.compile(r"\bdocs/[\w./-]+\.(?:md|json)\b")
IN_BACKTICKS = re.compile(r"`([^`\n]+)`")
IN_BLOCK = re.compile(r"^ *```[^\n]*\n(.*?)^ *```$|^((?: {4}[^\n]*\n)+)", re.DOTALL | re.MULTILINE)
IVR = re.compile(r"(?:^ *|(?<=[/=$])|(?<=\$ )|(?<=ivr )|(?<=sudo ))ivr (?!ivr )([a-z-][^|…']*)")
MAKE = re.compile(r"(?:^|(?<=[ $]))make ([a-z-]+)")


def code(text: str) -> Iterator[str]:
    """Every line of code in a page."""
    for block in IN_BLOCK.finditer(text):
        yield from (block[1] or block[2]).splitlines()
    yield from IN_BACKTICKS.findall(IN_BLOCK.sub("", text))


@cache
def command(name: str) -> Any:  # noqa: ANN401  Typer does not export the type
    """A command of ivr, or a group of them."""
    return typer.main.get_command(import_module(f"ivr.cli.{name}").app)


def options(of: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        name: parameter
        for parameter in of.params
        if parameter.param_type_name == "option"
        for name in parameter.opts
    }


def unknown_words(line: str) -> list[str]:
    """What ``ivr`` would not understand of the command line ``line``."""
    words = shlex.split(re.sub(r"[\[\]]", " ", line), comments=True)
    at = typer.main.get_command(cli._make_app())
    if words and not words[0].startswith("-"):
        name = words.pop(0)
        if name not in cli._commands():
            return [name]
        at = command(name)
        if hasattr(at, "commands") and words and not words[0].startswith("-"):
            name = words.pop(0)
            if name not in at.commands:
                return [name]
            at = at.commands[name]
    known, unknown, positional = options(at), [], []
    while words:
        word = words.pop(0)
        if word in ("--help", "-h"):
            continue
        if not word.startswith("-"):
            positional.append(word)
        elif word not in known:
            unknown.append(word)
        elif not known[word].is_flag and words:
            words.pop(0)
    taken = sum(parameter.param_type_name == "argument" for parameter in at.params)
    return unknown + positional[taken:]


def page_name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_links_lead_to_files(page: Path) -> None:
    text = IN_BACKTICKS.sub("", IN_BLOCK.sub("", page.read_text()))
    broken = [to for to in LINK.findall(text) if not (page.parent / to).exists()]
    assert not broken


def test_pages_named_elsewhere_exist() -> None:
    files = chain(
        [ROOT / "Makefile", ROOT / "pyproject.toml"],
        *(
            ROOT.glob(f"{folder}/**/*.{ending}")
            for folder in ("ivr", "testbed", "tests", "config", "docker", "dialplan", "benchmarks")
            for ending in ("py", "toml", "j2", "yaml", "conf")
        ),
    )
    broken = {
        f"{file.relative_to(ROOT)}: {named}"
        for file in files
        for named in PAGE_BY_PATH.findall(file.read_text())
        if not (ROOT / named).exists()
    }
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_quoted_commands_are_understood(page: Path) -> None:
    wrong = {
        found[1]: unknown
        for line in code(page.read_text())
        for found in IVR.finditer(line)
        if (unknown := unknown_words(found[1]))
    }
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_quoted_make_words_exist(page: Path) -> None:
    words = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    quoted = {word for line in code(page.read_text()) for word in MAKE.findall(line)}
    assert quoted <= set(words)


def described() -> dict[str, set[str]]:
    """The options told for each command in the tables of the command line's page."""
    rows = re.findall(
        r"^\| `ivr ([a-z -]+?)(?: [A-Z]+)?` \| (.*) \|$", COMMAND_LINE.read_text(), re.MULTILINE
    )
    return {name: set(re.findall(r"`(--[a-z-]+)", told)) for name, told in rows}


def existing() -> dict[str, set[str]]:
    """The options of each command but those all have."""
    leaves: dict[str, Any] = {}
    for name in cli._commands():
        found = command(name)
        subcommands = getattr(found, "commands", None)
        leaves |= {f"{name} {sub}": c for sub, c in (subcommands or {}).items()}
        leaves |= {} if subcommands else {name: found}
    long = {
        name: {each for each in options(c) if each.startswith("--")} for name, c in leaves.items()
    }
    return {name: known - {"--json", "--help"} for name, known in long.items()}


def test_the_page_tells_every_command_and_option() -> None:
    exist = existing()
    exist.pop("agents login")  # told with ready, which it is
    assert described() == exist


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_page_tells_every_sentence(language: str) -> None:
    texts = tomllib.loads((ROOT / f"prompts/{language}/texts.toml").read_text())["texts"]
    sentences = {name for name, text in texts.items() if str(text).endswith((".", "!", "?", ":"))}
    told = set(IN_BACKTICKS.findall((ROOT / "docs/reference/prompts.md").read_text()))
    assert sentences <= told


def test_a_wrong_command_would_be_found() -> None:
    assert unknown_words("statsu") == ["statsu"]
    assert unknown_words("agents wake 1001") == ["wake"]
    assert unknown_words("status --wach") == ["--wach"]
    assert unknown_words('callbacks close 1 2 --by me --note "a b"') == ["2"]
    assert unknown_words("agents pause 1001 --reason Mittag  # lunch") == []
    text = "a `make tee`\n\n```sh\nsudo -u ivr ivr status\n```\n"
    assert list(code(text)) == ["sudo -u ivr ivr status", "make tee"]
    assert IVR.findall("sh -c '/opt/ivr/bin/ivr status'") == ["status"]
    assert IVR.findall("sudo -u ivr ivr status") == ["status"]
