"""A county whose caseworkers want to be told by several ways, and messages about its callbacks."""

from __future__ import annotations

from dataclasses import replace

from ivr.application.deliveries import messages_about
from ivr.application.ports.couriers import OutboxMessage
from ivr.domain.callback import Callback, Change
from ivr.domain.county import Caseworker, County, Topic
from ivr.domain.delivery import Delivery
from ivr.domain.ids import CaseworkerId, TopicId
from tests import examples
from tests.examples import UMWELT
from tests.fakes.callbacks import MONDAY, a_callback

HEIKE, FOLKERT = CaseworkerId("heike.janssen"), CaseworkerId("folkert.meents")
NOBODY = CaseworkerId("nobody")
"""Wants mail and has no address."""
ADDRESSES = {HEIKE: "heike@landkreis.test", FOLKERT: "folkert@landkreis.test"}
SENDER = "rueckruf@landkreis.test"


def county(*, language: str = "") -> County:
    """Heike reads ``language``, else the county's, which is German; Folkert reads English."""
    ways = tuple(Delivery)
    whole = examples.county()
    umwelt = replace(
        whole.departments[UMWELT],
        topics=(Topic(TopicId("abfall"), "Abfall und Gebühren"),),
        caseworkers=(
            Caseworker(
                HEIKE, "Heike Janßen", mail=ADDRESSES[HEIKE], language=language, deliveries=ways
            ),
            Caseworker(
                FOLKERT, "Folkert Meents", mail=ADDRESSES[FOLKERT], language="en", deliveries=ways
            ),
            Caseworker(NOBODY, "Ohne Adresse", deliveries=ways),
        ),
    )
    return replace(whole, departments={**whole.departments, UMWELT: umwelt})


def a_promise(name: str = "cb-1", caseworker: CaseworkerId = HEIKE) -> Callback:
    """Return a new callback of the department Umwelt."""
    return replace(
        a_callback(name),
        caseworker=caseworker,
        caller_name="Gesine Albers",
        topic=TopicId("abfall"),
        subject="Müllgebühr",
        reference="70-4711",
        note="Fragt nach dem Bescheid.\nBitte abends.",
        preferred_times=("mon-fri 14:00-16:00",),
        answers=("Der Bescheid kam im Oktober.",),
    )


def message(
    way: Delivery, callback: Callback | None = None, change: Change | None = None, *, by: str = "x"
) -> OutboxMessage:
    """Return what the owner of ``callback`` is told by ``way``: of it, or of its ``change``."""
    before = callback or a_promise()
    after = before if change is None else before.after(change, by=by, at=MONDAY)
    told = messages_about(after, None if change is None else before, county(), MONDAY)
    return next(each for each in told if each.delivery is way)
