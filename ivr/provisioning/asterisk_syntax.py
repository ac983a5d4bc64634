"""Values made safe for Asterisk's configuration files.

Nothing that was configured may add a line, a section or an argument. So a plain ``{{ value }}``
accepts a few harmless characters only, and any other text goes through the filter that fits its
place.
"""

from __future__ import annotations

import re

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateRuntimeError

_PLAIN = re.compile(r"[A-Za-z0-9+*#._/@:\[\]-]*")
_NOT_IN_NAMES = re.compile(r"[^\w .:/&-]+|[&_]")


class Escaped(str):
    """Text that a filter has made safe for its place."""

    __slots__ = ()


def comment(text: str) -> Escaped:
    """Make ``text`` one line behind a ``;``."""
    return Escaped(_one_line(text).replace(";", ","))


def value(text: str) -> Escaped:
    r"""Make ``text`` a value behind ``key =``.

    Asterisk knows one special character there, and ``\;`` for it.
    """
    return Escaped(_one_line(text).replace(";", r"\;"))


def text(words: str) -> Escaped:
    """Make ``words`` an argument in the dialplan that people read: letters, digits, blanks.

    What Asterisk could take for syntax (commas, quotes, brackets, ``$``) becomes a blank.
    """
    return Escaped(" ".join(_NOT_IN_NAMES.sub(" ", words).split()))


def make_environment(folder: str) -> Environment:
    """Templates of ``folder``, strict about what is missing and about what is inserted."""
    # Escaping for HTML would be wrong here; _plain is what keeps values in their places.
    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
        finalize=_plain,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(comment=comment, value=value, text=text)
    return environment


def _plain(inserted: object) -> str:
    """Refuse what no filter has made safe, without quoting it: it may be a password."""
    if isinstance(inserted, Escaped):
        return inserted
    plain = str(inserted)
    if not _PLAIN.fullmatch(plain):
        raise TemplateRuntimeError("a value needs a filter: comment, text or value")
    return plain


def _one_line(text: str) -> str:
    """Replace what could end a line, or hide from the reader, by blanks."""
    return "".join(c if c.isprintable() else " " for c in text).strip()
