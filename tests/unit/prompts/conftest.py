import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.domain.spelling import needed_sounds

Value = str | int | bool
WriteTexts = Callable[..., Path]

VOICE = 'name = "de"\nwords_per_minute = 145\npitch = 42\n'


@pytest.fixture
def prompts_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "prompts"
    folder.mkdir()
    return folder


@pytest.fixture
def write_texts(prompts_dir: Path) -> WriteTexts:
    """Write a complete ``texts.toml``; ``changes`` replace texts, None leaves one out."""

    def write(
        changes: dict[str, Value | None] | None = None, voice: str = VOICE, language: str = "de"
    ) -> Path:
        texts: dict[str, Value | None] = dict.fromkeys(sorted(needed_sounds(language)), "ja")
        texts |= {"pause": 250} | (changes or {})
        lines = [
            f"{json.dumps(name)} = {json.dumps(value, ensure_ascii=False)}"
            for name, value in texts.items()
            if value is not None
        ]
        file = prompts_dir / language / "texts.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"[voice]\n{voice}\n[texts]\n" + "\n".join(lines), encoding="utf-8")
        return file

    return write
