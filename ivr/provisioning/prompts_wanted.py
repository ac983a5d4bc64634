"""Which prompts there have to be: those the program asks for, and those the county's files name.

It reads no texts: that is :mod:`ivr.provisioning.prompts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from ivr.domain.county import County
from ivr.domain.speech import department_prompt
from ivr.domain.spelling import needed_sounds

COMMON = "common"
"""Stands for the common number where a department could be named."""


@dataclass(frozen=True, slots=True)
class WantedPrompts:
    """``languages`` are those in use, the county's first.

    ``names`` are prompts that say a name, with that name: without a text of their own it is
    spoken. ``texts`` are prompts that need a text, with the place in the files that names them.
    """

    languages: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, county: County) -> Self:
        """Say what ``county`` needs: the names of departments, and their greetings."""
        names = {department_prompt(COMMON).name: county.label(None)}
        texts: dict[str, str] = {}
        for department in county.departments.values():
            names[department_prompt(department.id).name] = department.name
            if department.greeting:
                place = f"departments.toml: department[{department.id}].greeting"
                texts.setdefault(department.greeting, place)
        return cls(county.languages, names, texts)

    def in_language(self, language: str) -> frozenset[str]:
        """Name everything that can be asked for in ``language``."""
        return needed_sounds(language).union(self.names, self.texts)

    def may_lack(self, language: str) -> bool:
        """Whether a text may be missing: the county's language then stands in for it."""
        return language != self.languages[0]
