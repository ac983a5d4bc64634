"""Sentences for people that can still be translated after they were put together.

It holds no translation itself: whoever shows the sentence looks the template up in a catalogue.
"""

from __future__ import annotations

from typing import Self


class Wording(str):
    """An English sentence that remembers its template and the values put into it.

    >>> text = Wording("{value} is no day of the week", value="mondey")
    >>> text, text.template
    ('mondey is no day of the week', '{value} is no day of the week')
    """

    __slots__ = ("template", "values")

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> Self:
        """Fill ``values`` into ``template``, a literal in :meth:`str.format` syntax."""
        text = super().__new__(cls, template.format(**values))
        text.template = template
        text.values = values
        return text
