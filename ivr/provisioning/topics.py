"""The topics of a department: what its callbacks may be about, and which numbers stand for what."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ivr.domain.county import Topic
from ivr.domain.ids import E164, TopicId
from ivr.provisioning.findings import FileFindings, element_key
from ivr.provisioning.numbers import NumberBook
from ivr.provisioning.tables import TopicTable
from ivr.provisioning.wording import Wording


def check_topics(
    tables: Sequence[TopicTable],
    key: str,
    dids: Collection[E164],
    book: NumberBook,
    here: FileFindings,
) -> tuple[Topic, ...]:
    """Check the topics at ``key`` of a department with ``dids``."""
    topics: dict[TopicId, Topic] = {}
    taken: set[E164] = set()
    for index, table in enumerate(tables):
        place = element_key(key, index, table.id)
        if here.told(place):
            continue
        here.identity(f"{place}.id", table.id, topics)
        here.name(f"{place}.name", table.name)
        numbers = _numbers(table.numbers, f"{place}.numbers", dids, taken, book, here)
        topics[TopicId(table.id)] = Topic(TopicId(table.id), table.name, numbers)
    return tuple(topics.values())


def _numbers(
    written: Sequence[str],
    key: str,
    dids: Collection[E164],
    taken: set[E164],
    book: NumberBook,
    here: FileFindings,
) -> frozenset[E164]:
    numbers = []
    for place, text in here.items(key, written):
        number = book.read(here, place, text)
        if number is None:
            continue
        if number not in dids:
            allowed = Wording("one of the department's numbers")
            here.add(place, text, Wording("is no number of this department"), allowed)
        elif number in taken:
            allowed = Wording("each number in one place only")
            here.add(place, text, Wording("is there twice"), allowed)
        taken.add(number)
        numbers.append(number)
    return frozenset(numbers)
