"""Keys callers press and codes agents use: each has to mean one thing at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ivr.domain.rules import FeatureCodes
from ivr.provisioning.findings import FileFindings, Findings
from ivr.provisioning.tables import CallbacksFile, CodesTable, CountyFile, MenuFile, QueueFile
from ivr.provisioning.wording import Wording

KEYS = "0123456789*#"
_CODE = re.compile(r"[*#][0-9*#]{1,5}")

_DIALLED = (
    "ready",
    "pause",
    "log_out",
    "end_wrap_up",
    "extend_wrap_up",
    "last_call",
    "result",
)
_PRESSED = ("callback", "transfer", "back", "three_way")
"""Agents dial some codes and press others in a call: only within a group can they be mixed up."""


def check_key(here: FileFindings, key: str, pressed: str, allowed: str = KEYS) -> bool:
    """Whether ``pressed`` is one of the ``allowed`` keys; note a problem where not."""
    if len(pressed) == 1 and pressed in allowed:
        return True
    if not here.told(key):
        wrong = (
            Wording("is no key of a telephone") if allowed == KEYS else Wording("is no such key")
        )
        choice = Wording("one of 0 to 9, * or #") if allowed == KEYS else ", ".join(allowed)
        here.add(key, pressed, wrong, choice)
    return False


def check_codes(table: CodesTable, here: FileFindings) -> FeatureCodes:
    """Check the codes of agents."""
    codes: dict[str, str] = table.model_dump()
    for group in (_DIALLED, _PRESSED):
        _check_group({name: codes[name] for name in group}, here)
    return FeatureCodes(**codes)


def _check_group(codes: Mapping[str, str], here: FileFindings) -> None:
    earlier: dict[str, str] = {}
    for name, code in codes.items():
        key = f"codes.{name}"
        if not _CODE.fullmatch(code):
            here.add(
                key,
                code,
                Wording("is no feature code"),
                Wording("* or # and one to five more keys, such as *11"),
            )
            continue
        for other, taken in earlier.items():
            if code.startswith(taken) or taken.startswith(code):
                here.add(
                    key,
                    code,
                    Wording("can't be told from codes.{other}, {taken}", other=other, taken=taken),
                    Wording("codes of which none is the beginning of another"),
                )
        earlier[name] = code


def check_meanings(
    county: CountyFile,
    queue: QueueFile,
    menu: MenuFile,
    callbacks: CallbacksFile,
    findings: Findings,
) -> None:
    """Find keys of callers that would mean two things at the same time."""
    in_queue, in_menu = findings.of("queue.toml"), findings.of("menu.toml")
    languages = [(f"county.toml: languages.{key}", key) for key in county.languages]
    waiting = [*languages, ("queue.toml: callback_key", queue.callback_key)]
    _clash(in_queue, "callback_key", queue.callback_key, languages)
    if queue.keep_place is not None:
        _clash(in_queue, "keep_place.key", queue.keep_place.key, waiting)
        waiting.append(("queue.toml: keep_place.key", queue.keep_place.key))
    if callbacks.return_key:
        _clash(findings.of("callbacks.toml"), "return_key", callbacks.return_key, waiting)
    for key in menu.keys:
        _clash(in_menu, f"keys.{key}", key, languages)


def _clash(here: FileFindings, key: str, pressed: str, others: Iterable[tuple[str, str]]) -> None:
    for place, other in others:
        if pressed == other and not here.told(key):
            here.add(
                key,
                pressed,
                Wording("means something else already: {place}", place=place),
                Wording("a key that is not used otherwise"),
            )
