from __future__ import annotations

import pytest

from ivr.cli.inbox_keyboard import LineEditor


@pytest.mark.parametrize(
    ("typed", "lines", "left"),
    [
        (b"take 1\n", ["take 1"], ""),
        (b"take 1\r", ["take 1"], ""),
        (b"take 1\nlist\nhe", ["take 1", "list"], "he"),
        (b"take 2\x7f1\n", ["take 1"], ""),
        (b"\x7f\x7fx\n", ["x"], ""),
        (b"rubbish\x15take 1\n", ["take 1"], ""),
        (b"take\x1b[A\x1b[1;5C\x1bOP 1\n", ["take 1"], ""),
        (b"a\tb\x00c\n", ["abc"], ""),
        ("Grüße\n".encode(), ["Grüße"], ""),
        (b"\xff\n", ["\ufffd"], ""),
    ],
)
def test_lines(typed: bytes, lines: list[str], left: str) -> None:
    editor = LineEditor()
    assert editor.feed(typed) == lines
    assert editor.text == left
    assert not editor.ended


def test_byte_by_byte() -> None:
    editor = LineEditor()
    typed = "öffnen 1\n".encode()
    lines = [line for byte in typed for line in editor.feed(bytes([byte]))]
    assert lines == ["öffnen 1"]


def test_ctrl_d_ends_only_an_empty_line() -> None:
    editor = LineEditor()
    editor.feed(b"take\x04")
    assert not editor.ended
    editor.feed(b"\n\x04")
    assert editor.ended
