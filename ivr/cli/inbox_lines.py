"""What a caseworker types into ``ivr inbox``: one line, one command. Pure.

``take 2``, ``attempt 2 busy 14:00 -- rings but nobody answers``. A callback is named by the number
of its row or by its id; words after ``--`` are a comment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

from ivr.application.caseworker_inbox import CaseworkerInbox, Item
from ivr.application.moments import read_moment
from ivr.cli.language import _, language
from ivr.cli.words import attempt_result, close_reason
from ivr.domain.callback import AttemptResult, CloseReason

_COMMENT = "--"


class Word(Enum):
    """What is asked of the program itself."""

    HELP = auto()
    LIST = auto()
    QUIT = auto()


@dataclass(frozen=True, slots=True)
class Show:
    """All of one callback is to be shown."""

    item: Item


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be sent; ``about`` is the callback."""

    command: Mapping[str, Any]
    about: Item


Typed = Word | Show | Order


class NotUnderstoodError(Exception):
    """The line says nothing; the text tells the caseworker what would."""


def help_text() -> str:
    """Tell what may be typed."""
    return _(
        "take N                        I take it\n"
        "call N                        ring my telephone, then the citizen's\n"
        "attempt N [RESULT] [TIME]     I phoned: reached, not_reached, busy, wrong_number,\n"
        "                              another_time; TIME: when to try again, such as 14:00\n"
        "close N [REASON]              settled, letter, mail, unreachable, withdrawn, duplicate\n"
        "comment N WORDS               something to know about it\n"
        "give N WHO [DEPARTMENT]       somebody else is to have it\n"
        "reopen N                      it is not done after all\n"
        "show N · list · help · quit\n"
        "N is the number of the row or the id. Words behind -- are a comment:\n"
        "attempt 2 busy 14:00 -- engaged all morning"
    )


def read_line(line: str, inbox: CaseworkerInbox, now: datetime) -> Typed | None:
    """Return what ``line`` asks for, None where it is empty. Raises NotUnderstoodError.

    ``now`` is aware and in the caseworker's zone: times are meant there.
    """
    said, _dashes, comment = line.partition(f" {_COMMENT} ")
    words = said.split()
    if not words:
        return None
    word, *rest = words
    own = _own_words().get(word.lower())
    if own is not None:
        return own
    make = _commands().get(word.lower())
    if make is None:
        raise NotUnderstoodError(_("There is no such command: {word}. See: help").format(word=word))
    if not rest:
        raise NotUnderstoodError(_("Which one? Say the number of its row."))
    name, *details = rest
    item = inbox.find(name)
    if item is None:
        raise NotUnderstoodError(_("There is no row {name}.").format(name=name))
    if make is _comment:  # in front of the dashes or behind them
        details, comment = [*details, *comment.split()], ""
    parts = make(details, now)
    if parts is None:
        return Show(item)
    command = {**parts, "callback_id": item.id}
    if comment.strip() and command["command"] != "call":  # which notes its attempt by itself
        command["comment"] = comment.strip()
    return Order(command, item)


def _own_words() -> dict[str, Word]:
    words = {"help": Word.HELP, "?": Word.HELP, "list": Word.LIST, "quit": Word.QUIT}
    return words | {
        _("help"): Word.HELP,
        _("list"): Word.LIST,
        _("quit"): Word.QUIT,
    }


_Make = Callable[[list[str], datetime], dict[str, Any] | None]


def _commands() -> dict[str, _Make]:
    """By what is typed, in English and in the language of the environment."""
    makers: dict[str, _Make] = {
        "take": _plain("acknowledge"),
        "call": _plain("call"),
        "attempt": _attempt,
        "close": _close,
        "comment": _comment,
        "give": _give,
        "reopen": _plain("reopen"),
        "show": _show,
    }
    local = {
        _("take"): "take",
        _("call"): "call",
        _("attempt"): "attempt",
        _("close"): "close",
        _("comment"): "comment",
        _("give"): "give",
        _("reopen"): "reopen",
        _("show"): "show",
    }
    return makers | {word: makers[english] for word, english in local.items()}


def _plain(command: str) -> _Make:
    def make(details: list[str], _now: datetime) -> dict[str, Any]:
        _nothing_more(details)
        return {"command": command}

    return make


def _show(details: list[str], _now: datetime) -> None:
    _nothing_more(details)


def _attempt(details: list[str], now: datetime) -> dict[str, Any]:
    command: dict[str, Any] = {"command": "attempt"}
    results = {result.value: attempt_result(result) for result in AttemptResult}
    if details and (result := _chosen(details[0], results)):
        command["result"] = result
        details = details[1:]
    if details:
        text = " ".join(details)
        at = read_moment(text, now, now.tzinfo or UTC)
        if at is None:
            raise NotUnderstoodError(
                _("{text} is no result and no time. Results: {results}").format(
                    text=text, results=_spellings(results)
                )
            )
        command["next_try_at"] = at.isoformat()
    return command


def _close(details: list[str], _now: datetime) -> dict[str, Any]:
    if not details:
        return {"command": "close"}
    reasons = {reason.value: close_reason(reason) for reason in CloseReason}
    reason = _chosen("_".join(details), reasons)
    if reason is None:
        raise NotUnderstoodError(
            _("{text} is no reason. Reasons: {reasons}").format(
                text=" ".join(details), reasons=_spellings(reasons)
            )
        )
    return {"command": "close", "reason": reason}


def _comment(details: list[str], _now: datetime) -> dict[str, Any]:
    if not details:
        raise NotUnderstoodError(_("What is the comment?"))
    return {"command": "comment", "comment": " ".join(details)}


def _give(details: list[str], _now: datetime) -> dict[str, Any]:
    match details:
        case [caseworker]:
            return {"command": "reassign", "caseworker": caseworker}
        case [caseworker, department]:
            return {"command": "reassign", "caseworker": caseworker, "department": department}
        case _:
            raise NotUnderstoodError(_("To whom? Say the caseworker's id."))


def _nothing_more(details: list[str]) -> None:
    if details:
        raise NotUnderstoodError(
            _("What does {text} mean? A comment stands behind --").format(text=" ".join(details))
        )


def _chosen(text: str, choices: Mapping[str, str]) -> str | None:
    """Find a value by itself or by its word, however it is spelled."""
    for value, word in choices.items():
        if _spelled(text) in (value, _spelled(word)):
            return value
    return None


def _spelled(text: str) -> str:
    """Write several words as one."""
    return text.lower().replace("-", "_").replace(" ", "_")


def _spellings(choices: Mapping[str, str]) -> str:
    """Say what may be typed in the language of the environment; in English the values are words."""
    return ", ".join(map(_spelled, choices.values() if language() == "de" else choices))
