"""One FastAGI connection: what Asterisk tells at its beginning, and commands with their answers.

The protocol is in Asterisk's documentation ("Asterisk Gateway Interface") and in res/res_agi.c:
lines of text; first variables up to an empty line, then for each command one answer. It knows no
dialog. Whoever is at the other end may say anything, or nothing: everything has a limit.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Mapping

from ivr.application.fallback_requests import HungUp
from ivr.domain.errors import UnexpectedMessage

LONGEST_LINE = 4096
"""Bytes. Asterisk's own limit for a command is 2048 (AGI_BUF_LEN)."""
GREETING_SECONDS = 5.0
"""By then Asterisk has told all that it tells at the beginning."""
_MOST_VARIABLES = 200
"""Asterisk tells 20 or so, and up to 127 arguments (MAX_AGI_ARGS)."""
_MOST_STRAY_LINES = 100
"""Lines that are no answer, or go on with one, before it comes."""
_ANSWER_SECONDS = 5.0
_BETWEEN_SECONDS = 20.0
"""Between two commands: so long the database may take, and more."""

_VARIABLE = re.compile(r"agi_([a-z0-9_]{1,40}): (.*)")
_ANSWER = re.compile(r"([0-9]{3})([ -])(?:result=(-?[0-9]+))?(.*)")
_VALUE = re.compile(r" \((.*)\)")

_OK = "200"
_DEAD_CHANNEL = "511"
_WENT_AWAY = -1


class Session:
    """``variables`` are what Asterisk told, without their ``agi_``."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        variables: Mapping[str, str],
    ) -> None:
        """Use :func:`greeted`."""
        self._reader = reader
        self._writer = writer
        self.variables = variables

    async def command(self, *words: str, within: float = _ANSWER_SECONDS) -> int:
        """Send one command and return its result; ``within`` seconds it has to be there.

        Raises HungUp where the caller or Asterisk is gone, UnexpectedMessage where it does not
        answer as it has to.
        """
        return (await self._ask(words, within))[0]

    async def variable(self, name: str) -> str:
        """Return a variable of the channel, empty where there is none. Raises as ``command``."""
        _, rest = await self._ask(("GET", "VARIABLE", name), _ANSWER_SECONDS)
        value = _VALUE.fullmatch(rest)
        return value[1] if value else ""

    async def has_time(self, seconds: float = 0.0) -> None:
        """Let the caller stay with us while the next command takes ``seconds``, and a while more.

        Should we be frozen, Asterisk goes on without us then, and the caller is not left in
        silence. Raises as ``command``.
        """
        await self.command("SET", "AUTOHANGUP", str(math.ceil(seconds + _BETWEEN_SECONDS)))

    async def _ask(self, words: tuple[str, ...], within: float) -> tuple[int, str]:
        try:
            async with asyncio.timeout(within):
                self._writer.write((" ".join(map(_quoted, words)) + "\n").encode())
                await self._writer.drain()
                return await self._answer()
        except TimeoutError:
            raise UnexpectedMessage(f"No answer to {words[0]} in time.") from None
        except ConnectionError:
            raise HungUp from None

    async def _answer(self) -> tuple[int, str]:
        """Read until the answer; ``HANGUP`` in between is only news, and usage goes on."""
        for _ in range(_MOST_STRAY_LINES):
            line = await read_line(self._reader)
            match = _ANSWER.fullmatch(line)
            if match is None or match[2] == "-":
                continue
            if match[1] == _DEAD_CHANNEL:
                raise HungUp
            if match[1] != _OK or match[3] is None:
                raise UnexpectedMessage(f"Asterisk answers {match[1]}.")
            result = int(match[3])
            if result == _WENT_AWAY:
                raise HungUp
            return result, match[4]
        raise UnexpectedMessage("Asterisk says much, and answers nothing.")


async def greeted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Session:
    """Read what Asterisk tells first. Raises UnexpectedMessage, and HungUp where it is gone."""
    variables: dict[str, str] = {}
    try:
        async with asyncio.timeout(GREETING_SECONDS):
            for _ in range(_MOST_VARIABLES):
                line = await read_line(reader)
                if not line:
                    return Session(reader, writer, variables)
                variable = _VARIABLE.fullmatch(line)
                if variable is None:
                    raise UnexpectedMessage("A line is no variable of AGI.")
                variables[variable[1]] = variable[2]
    except TimeoutError:
        raise UnexpectedMessage("Nothing more is told.") from None
    raise UnexpectedMessage("There is no end of variables.")


async def read_line(reader: asyncio.StreamReader) -> str:
    """Return the next line without its end.

    Raises HungUp at the end of the connection, UnexpectedMessage where a line is too long.
    """
    try:
        line = await reader.readuntil(b"\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        raise HungUp from None
    except asyncio.LimitOverrunError:
        raise UnexpectedMessage("A line is too long.") from None
    return line.decode(errors="replace").rstrip("\r\n")


def _quoted(word: str) -> str:
    """Write one word of a command so that it stays one; an empty one as well."""
    if word and re.fullmatch(r"[A-Za-z0-9_]+", word):
        return word
    escaped = "".join(f"\\{c}" if c in '"\\' else c for c in word if c.isprintable())
    return f'"{escaped}"'
