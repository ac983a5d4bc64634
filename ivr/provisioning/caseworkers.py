"""The caseworkers of a department: how they are reached, and who stands in for them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ivr.domain.county import Caseworker
from ivr.domain.delivery import Delivery
from ivr.domain.ids import CaseworkerId
from ivr.provisioning.findings import FileFindings, element_key
from ivr.provisioning.languages import check_language
from ivr.provisioning.numbers import NumberBook
from ivr.provisioning.tables import CaseworkerTable
from ivr.provisioning.wording import Wording

NOT_THEIRS = Wording("is no caseworker of this department")

_MAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9-]{1,63}(\.[a-zA-Z0-9-]{1,63})+"
)
"""An address without quotes and comments, as in HTML ("valid e-mail address"), with a dot."""


def check_caseworkers(
    tables: Sequence[CaseworkerTable], key: str, book: NumberBook, here: FileFindings
) -> Mapping[CaseworkerId, Caseworker]:
    """Check the caseworkers of one department, at ``key``."""
    caseworkers: dict[CaseworkerId, Caseworker] = {}
    colleagues = [table.id for table in tables]
    for index, table in enumerate(tables):
        place = element_key(key, index, table.id)
        if here.told(place):
            continue
        here.identity(f"{place}.id", table.id, caseworkers)
        _check_deputy(table, f"{place}.deputy", colleagues, here)
        person = _caseworker(table, place, book, here)
        caseworkers[person.id] = person
    return caseworkers


def _caseworker(
    table: CaseworkerTable, key: str, book: NumberBook, here: FileFindings
) -> Caseworker:
    here.name(f"{key}.name", table.name)
    if table.language:
        check_language(here, f"{key}.language", table.language)
    return Caseworker(
        id=CaseworkerId(table.id),
        name=table.name,
        phone=book.target(here, f"{key}.phone", table.phone) if table.phone else None,
        mail=_mail(table, f"{key}.mail", here),
        language=table.language,
        deputy=CaseworkerId(table.deputy) if table.deputy else None,
        deliveries=_deliveries(table.deliveries, f"{key}.deliveries", here),
    )


def _check_deputy(
    table: CaseworkerTable, key: str, colleagues: Sequence[str], here: FileFindings
) -> None:
    if not table.deputy:
        return
    here.known(key, table.deputy, colleagues, NOT_THEIRS)
    if table.deputy == table.id:
        here.add(
            key, table.deputy, Wording("can't stand in for themselves"), Wording("a colleague")
        )


def _mail(table: CaseworkerTable, key: str, here: FileFindings) -> str:
    example = Wording("an address such as antje.petersen@landkreis.example")
    if table.mail and not _MAIL.fullmatch(table.mail):
        here.add(key, table.mail, Wording("is no e-mail address"), example)
    elif not table.mail and Delivery.MAIL in table.deliveries and not here.told(key):
        here.add(key, "", Wording("is missing, as deliveries name mail"), example)
    return table.mail


def _deliveries(words: Sequence[str], key: str, here: FileFindings) -> tuple[Delivery, ...]:
    known = [each.value for each in Delivery]
    here.present(key, words, ", ".join(known))
    for place, word in here.items(key, words):
        here.known(place, word, known, Wording("is none of the choices"))
    return tuple(Delivery(word) for word in dict.fromkeys(words) if word in known)
