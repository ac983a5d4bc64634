from __future__ import annotations

import os
from pathlib import Path

import pytest

from ivr.adapters.system.asterisk import cached_asterisk, find_asterisk, host_asterisk
from ivr.adapters.system.tools import Tool, missing_tools
from ivr.domain.errors import Unavailable

DEBIAN = "Asterisk 22.10.1~dfsg+~cs6.15-1"


@pytest.fixture(autouse=True)
def empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's is found."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("ivr.adapters.system.asterisk._SBIN", ())
    monkeypatch.setattr("ivr.adapters.system.tools._SBIN", ())


def install(folder: Path, program: str, body: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / program
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def build_root(cache: Path, name: str, version: str, *modules: str) -> Path:
    root = cache / "ivr" / name
    folder = root / "usr" / "lib" / "x86_64-linux-gnu" / "asterisk" / "modules"
    folder.mkdir(parents=True)
    for module in modules:
        (folder / module).touch()
    (root / "etc").mkdir()
    (root / "etc" / "asterisk-version").write_text(f"{version}\n")
    return root


@pytest.mark.parametrize(
    ("told", "version", "new_enough"),
    [
        (DEBIAN, (22, 10, 1), True),
        ("Asterisk 22.10.1", (22, 10, 1), True),
        ("Asterisk 23.0.0", (23, 0, 0), True),
        ("Asterisk 22.9.2", (22, 9, 2), False),
        ("Asterisk 22.10.0", (22, 10, 0), False),
        ("Asterisk certified/20.7-cert3", (20, 7), False),
    ],
)
def test_the_version_is_read(
    tmp_path: Path, told: str, version: tuple[int, ...], *, new_enough: bool
) -> None:
    install(tmp_path / "bin", "asterisk", f"echo '{told}'")
    found = host_asterisk()
    assert found is not None
    assert (found.version, found.new_enough) == (version, new_enough)


@pytest.mark.parametrize("body", ["exit 1", "echo something else"])
def test_an_asterisk_that_does_not_answer_is_none(tmp_path: Path, body: str) -> None:
    install(tmp_path / "bin", "asterisk", body)
    assert host_asterisk() is None


def test_the_newest_root_is_taken(tmp_path: Path) -> None:
    assert cached_asterisk() is None
    older = build_root(tmp_path / "cache", "asterisk-b", "Asterisk 22.10.1")
    os.utime(older / "etc" / "asterisk-version", (0, 0))
    newest = build_root(tmp_path / "cache", "asterisk-a", DEBIAN, "res_ari.so")
    found = cached_asterisk()
    assert found is not None
    assert found.root == newest
    assert found.missing(["res_ari.so", "app_queue.so"]) == ["app_queue.so"]


def test_a_root_makes_up_for_an_old_host(tmp_path: Path) -> None:
    install(tmp_path / "bin", "asterisk", "echo Asterisk 20.1.0")
    root = build_root(tmp_path / "cache", "asterisk-a", DEBIAN, "res_ari.so")
    assert find_asterisk(["res_ari.so"]).root == root


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (None, "not installed"),
        ("Asterisk 20.1.0", "20.1.0 is too old"),
        ("Asterisk 22.10.1", "lacks the modules res_of_nobody.so"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, told: str | None, expected: str) -> None:
    if told is not None:
        install(tmp_path / "bin", "asterisk", f"echo '{told}'")
    with pytest.raises(Unavailable, match=expected) as raised:
        find_asterisk(["res_of_nobody.so"])
    assert "22.10.1 or newer" in raised.value.message
    assert raised.value.code == "asterisk_not_found"


def test_missing_tools_are_named_with_their_package(tmp_path: Path) -> None:
    install(tmp_path / "bin", "sox", "exit 0")
    tools = (Tool("sox", "sox"), Tool("espeak-ng", "espeak-ng"))
    assert missing_tools(tools) == [Tool("espeak-ng", "espeak-ng")]
