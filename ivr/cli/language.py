"""German or English, as the environment says.

The English text is the key; the German is in :mod:`ivr.cli.german`. It translates what people
read on the command line, nothing that programs read.
"""

from __future__ import annotations

import os

from ivr.cli.german import GERMAN
from ivr.provisioning.wording import Wording


def language() -> str:
    """``de`` or ``en``: the first of LC_ALL, LC_MESSAGES and LANG that is set decides."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "de" if value.split("_")[0].split(".")[0].lower() == "de" else "en"
    return "en"


def _(text: str) -> str:
    """Return ``text``, a literal or a Wording, in the language of the environment.

    A literal with ``{names}`` is filled afterwards: ``_("{count} files").format(count=3)``.
    """
    if language() != "de":
        return text
    if isinstance(text, Wording):
        return GERMAN.get(text.template, text.template).format(**text.values)
    return GERMAN.get(text, text)
