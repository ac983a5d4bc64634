from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.domain.errors import ConfigError, Problem
from ivr.provisioning.prompts import (
    TRANSLATE,
    Prompt,
    Voice,
    languages_in,
    missing_prompts,
    read_prompts,
    read_voice,
)
from ivr.provisioning.prompts_output import BuiltSounds, Made
from ivr.provisioning.prompts_wanted import WantedPrompts

WriteTexts = Callable[..., Path]

GERMAN = WantedPrompts(("de",))


def _problems(prompts_dir: Path, language: str = "de") -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as raised:
        read_prompts(prompts_dir, language, GERMAN)
    return raised.value.problems


def _problem(prompts_dir: Path) -> tuple[str, str, str, str]:
    """The only problem, the file below ``prompts_dir``."""
    (problem,) = _problems(prompts_dir)
    file = str(Path(problem.file).relative_to(prompts_dir))
    return file, problem.key, problem.value, problem.wrong


def _prompt(prompts_dir: Path, name: str) -> Prompt:
    return next(p for p in read_prompts(prompts_dir, "de", GERMAN).prompts if p.name == name)


def _record(prompts_dir: Path, file: str, content: bytes = b"RIFF") -> Path:
    path = prompts_dir / "recordings" / "de" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_texts_voice_and_pause(prompts_dir: Path, write_texts: WriteTexts) -> None:
    file = write_texts({"greeting": " Grüß Gott! "})
    prompts = read_prompts(prompts_dir, "de", GERMAN)
    assert (prompts.language, prompts.texts, prompts.voice) == ("de", file, Voice("de", 145, 42))
    greeting, pause = _prompt(prompts_dir, "greeting"), _prompt(prompts_dir, "pause")
    assert (greeting.text, greeting.silence_milliseconds) == ("Grüß Gott!", 0)
    assert (pause.text, pause.silence_milliseconds) == ("", 250)


def test_languages_are_the_folders_with_texts(prompts_dir: Path, write_texts: WriteTexts) -> None:
    write_texts(language="nl")
    write_texts()
    (prompts_dir / "recordings" / "fr").mkdir(parents=True)
    assert languages_in(prompts_dir) == ("de", "nl")
    assert languages_in(prompts_dir / "nowhere") == ()


def test_a_language_of_its_own_rules_is_only_a_folder(
    prompts_dir: Path, write_texts: WriteTexts
) -> None:
    write_texts(language="nl")
    assert read_prompts(prompts_dir, "nl", WantedPrompts(("nl",))).language == "nl"


def test_a_recording_takes_the_place_of_the_voice(
    prompts_dir: Path, write_texts: WriteTexts
) -> None:
    write_texts()
    recording = _record(prompts_dir, "greeting.FLAC")
    _record(prompts_dir, ".DS_Store")
    assert _prompt(prompts_dir, "greeting").recording == recording
    assert _prompt(prompts_dir, "closed").recording is None


def test_the_fingerprint_changes_with_what_is_heard(
    prompts_dir: Path, write_texts: WriteTexts
) -> None:
    def fingerprint(name: str = "greeting") -> str:
        return _prompt(prompts_dir, name).fingerprint

    write_texts()
    spoken, pause = fingerprint(), fingerprint("pause")
    write_texts({"greeting": "nein", "pause": 300})
    assert fingerprint() != spoken
    assert fingerprint("pause") != pause
    write_texts(voice='name = "de"\nwords_per_minute = 150\npitch = 42')
    assert fingerprint() != spoken
    write_texts()
    assert fingerprint() == spoken
    _record(prompts_dir, "greeting.wav", b"one")
    recorded = fingerprint()
    assert recorded != spoken
    _record(prompts_dir, "greeting.wav", b"two")
    assert fingerprint() not in {recorded, spoken}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"greeting": None}, ("texts.greeting", "", "is missing")),
        ({"greting": "Hallo"}, ("texts.greting", "Hallo", "is never played")),
        ({"greeting": ""}, ("texts.greeting", "", "can't be spoken")),
        ({"greeting": "…"}, ("texts.greeting", "…", "can't be spoken")),
        ({"greeting": True}, ("texts.greeting", "True", "can't be spoken")),
        ({"pause": 0}, ("texts.pause", "0", "can't be spoken")),
        ({"pause": 5001}, ("texts.pause", "5001", "can't be spoken")),
    ],
)
def test_wrong_texts(
    prompts_dir: Path,
    write_texts: WriteTexts,
    changes: dict[str, str],
    problem: tuple[str, str, str],
) -> None:
    write_texts(changes)
    assert _problem(prompts_dir) == ("de/texts.toml", *problem)


def test_what_the_county_s_files_name(prompts_dir: Path, write_texts: WriteTexts) -> None:
    wanted = WantedPrompts(
        ("de",), {"department-umwelt": "Umwelt", "department-amt": "Amt"}, {"hello": "here"}
    )
    write_texts({"department-amt": "das Amt", "hello": "Moin!"})
    texts = {prompt.name: prompt.text for prompt in read_prompts(prompts_dir, "de", wanted).prompts}
    assert texts["department-umwelt"] == "Umwelt"
    assert texts["department-amt"] == "das Amt"
    assert texts["hello"] == "Moin!"
    recording = _record(prompts_dir, "department-umwelt.wav")
    [umwelt] = [
        prompt
        for prompt in read_prompts(prompts_dir, "de", wanted).prompts
        if prompt.name == "department-umwelt"
    ]
    assert umwelt.recording == recording


def test_a_greeting_without_a_text_says_who_wants_it(
    prompts_dir: Path, write_texts: WriteTexts
) -> None:
    write_texts()
    with pytest.raises(ConfigError) as raised:
        read_prompts(prompts_dir, "de", WantedPrompts(("de",), {}, {"hello": "departments.toml"}))
    (problem,) = raised.value.problems
    assert problem.key == "texts.hello"
    assert problem.wrong == "is missing, and wanted by departments.toml"


def test_another_language_may_lack_a_text(prompts_dir: Path, write_texts: WriteTexts) -> None:
    write_texts()
    write_texts({"closed": None}, language="nl")
    wanted = WantedPrompts(("de", "nl"), {}, {})
    assert read_prompts(prompts_dir, "nl", wanted).lacking == ("closed",)
    problems = missing_prompts(prompts_dir, prompts_dir / "sounds", wanted)
    [problem] = [problem for problem in problems if problem.allowed == TRANSLATE]
    assert (problem.key, problem.wrong) == ("texts.closed", "is missing")


def test_the_voice_is_known_whatever_the_texts_are(
    prompts_dir: Path, write_texts: WriteTexts
) -> None:
    write_texts({"greeting": None, "x": "y"})
    assert read_voice(prompts_dir, "de") == Voice("de", 145, 42)
    write_texts(voice='name = ""\nwords_per_minute = 145\npitch = 42')
    with pytest.raises(ConfigError):
        read_voice(prompts_dir, "de")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": '"../x"'}, ("voice.name", "../x", "names no voice")),
        ({"name": None}, ("voice.name", "", "names no voice")),
        ({"words_per_minute": "79"}, ("voice.words_per_minute", "79", "is out of range")),
        ({"pitch": "true"}, ("voice.pitch", "True", "is out of range")),
        ({"pitch": "100"}, ("voice.pitch", "100", "is out of range")),
        ({"volume": "1"}, ("voice.volume", "1", "is not known here")),
    ],
)
def test_a_wrong_voice(
    prompts_dir: Path,
    write_texts: WriteTexts,
    change: dict[str, str | None],
    problem: tuple[str, str, str],
) -> None:
    settings = {"name": '"de"', "words_per_minute": "145", "pitch": "42"} | change
    voice = [f"{key} = {value}" for key, value in settings.items() if value is not None]
    write_texts(voice="\n".join(voice))
    assert _problem(prompts_dir) == ("de/texts.toml", *problem)


def test_all_problems_at_once(prompts_dir: Path, write_texts: WriteTexts) -> None:
    write_texts({"greeting": None, "closed": ""}, voice='name = ""')
    _record(prompts_dir, "greting.wav")
    keys = [problem.key for problem in _problems(prompts_dir)]
    assert keys == [
        "voice.name",
        "voice.words_per_minute",
        "voice.pitch",
        "texts.greeting",
        "texts.closed",
        "",
    ]


@pytest.mark.parametrize(
    ("content", "wrong"),
    [(b"[texts\n", "can't be read"), (b'[texts]\nfrom = "\xfc"', "can't be read")],
)
def test_no_toml_or_no_utf8(
    prompts_dir: Path, write_texts: WriteTexts, content: bytes, wrong: str
) -> None:
    write_texts().write_bytes(content)
    file, _key, _value, what = _problem(prompts_dir)
    assert file == "de/texts.toml"
    assert wrong in what


def test_tables_that_are_missing_or_too_many(prompts_dir: Path, write_texts: WriteTexts) -> None:
    write_texts().write_text('voice = "de"\n[sounds]\n')
    keys = {problem.key: problem.wrong for problem in _problems(prompts_dir)}
    assert keys == {
        "sounds": "is not known here",
        "voice": "is missing or no table",
        "texts": "is missing or no table",
    }


def test_a_language_without_texts(prompts_dir: Path, write_texts: WriteTexts) -> None:
    write_texts()
    (problem,) = _problems(prompts_dir, "tlh")
    assert (problem.value, problem.allowed) == ("tlh", "de")


@pytest.mark.parametrize(
    ("files", "wrong"),
    [
        (["greting.wav"], "greting.wav: is never played"),
        (["greeting.txt"], "greeting.txt: is no recording"),
        (["greeting.wav", "greeting.flac"], "greeting.wav: there is also greeting.flac"),
    ],
)
def test_wrong_recordings(
    prompts_dir: Path, write_texts: WriteTexts, files: list[str], wrong: str
) -> None:
    write_texts()
    for file in files:
        _record(prompts_dir, file)
    (problem,) = _problems(prompts_dir)
    assert f"{Path(problem.file).name}: {problem.wrong}" == wrong


def _build_all(prompts_dir: Path, sounds_dir: Path) -> BuiltSounds:
    """Put short silences there as if they had been built."""
    sounds = BuiltSounds(sounds_dir / "de")
    with sounds.locked():
        prompts = read_prompts(prompts_dir, "de", GERMAN).prompts
        for prompt in prompts:
            sounds.write(prompt.name, bytes(16), bytes(8))
        sounds.note({prompt.name: Made(prompt.fingerprint, "tools") for prompt in prompts})
    return sounds


def test_nothing_is_missing_after_a_build(
    prompts_dir: Path, write_texts: WriteTexts, tmp_path: Path
) -> None:
    write_texts()
    _build_all(prompts_dir, tmp_path / "sounds")
    assert missing_prompts(prompts_dir, tmp_path / "sounds", GERMAN) == []


def test_prompts_never_built_are_one_problem(
    prompts_dir: Path, write_texts: WriteTexts, tmp_path: Path
) -> None:
    write_texts()
    (problem,) = missing_prompts(prompts_dir, tmp_path / "sounds", GERMAN)
    assert problem.file == str(tmp_path / "sounds" / "de")
    assert problem.wrong == "the prompts are not built"
    assert "ivr prompts build" in problem.allowed


def test_sounds_that_are_missing_broken_or_outdated(
    prompts_dir: Path, write_texts: WriteTexts, tmp_path: Path
) -> None:
    write_texts()
    folder = _build_all(prompts_dir, tmp_path / "sounds").folder
    write_texts({"closed": "geschlossen"})
    (folder / "from.alaw").unlink()
    (folder / "greeting.wav").write_bytes(b"")
    problems = missing_prompts(prompts_dir, tmp_path / "sounds", GERMAN)
    assert {problem.key: problem.wrong for problem in problems} == {
        "closed": "the sound does not say what is written",
        "from": "the sound is missing",
        "greeting": "the sound is broken",
    }


def test_wrong_texts_are_told_as_well(
    prompts_dir: Path, write_texts: WriteTexts, tmp_path: Path
) -> None:
    write_texts({"greeting": None})
    problems = missing_prompts(prompts_dir, tmp_path / "sounds", WantedPrompts(("de", "fr")))
    assert [problem.key or problem.value for problem in problems] == ["texts.greeting", "fr"]
