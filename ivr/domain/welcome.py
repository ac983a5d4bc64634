"""What a caller hears first: the greeting, the choice of a language, the menu of departments.

Words only; who hears them when is for :mod:`ivr.domain.reception`.
"""

from __future__ import annotations

from ivr.domain.announcement import Announcement
from ivr.domain.county import County, Menu
from ivr.domain.ids import DepartmentId
from ivr.domain.speech import (
    Digits,
    Foreign,
    Named,
    Phrase,
    Sound,
    Utterance,
    department_prompt,
)


def greeting(county: County, department: DepartmentId | None) -> Utterance:
    """Greet callers of ``department`` in its own words, where it has some."""
    own = county.departments[department].greeting if department is not None else ""
    return (Named(own) if own else Sound("greeting"),)


def first_words(county: County, department: DepartmentId | None, language: str) -> Utterance:
    """Greet callers of ``department``, and offer every other language than ``language``."""
    return (*greeting(county, department), *language_offers(county, language))


def language_offers(county: County, language: str) -> Utterance:
    """Offer every other language than ``language``, each in itself, with its key."""
    offers: list[Phrase] = []
    for key, offered in county.language_keys.items():
        if offered != language:
            offers += [Foreign(offered, Sound("language-offer")), Foreign(offered, Digits(key))]
    return tuple(offers)


def options(menu: Menu) -> Utterance:
    """Say what each key of the menu stands for."""
    words: list[Phrase] = []
    for key, department in menu.keys.items():
        if department is None:
            words.append(Sound("menu-anything"))
        else:
            words += [Sound("menu-for"), department_prompt(department)]
        words += [Sound("menu-press"), Digits(key)]
    return tuple(words)


def announced(announcement: Announcement, county: County, language: str) -> Utterance:
    """Say an announcement, which is in the county's language, to who chose ``language``."""
    prompt = Named(announcement.prompt)
    return (prompt if language == county.language else Foreign(county.language, prompt),)
