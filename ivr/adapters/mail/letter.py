"""A message of the outbox as a mail. Pure: the same message makes the same mail each time."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum

from ivr.adapters.mail.calendar import calendar_file
from ivr.adapters.mail.english import ENGLISH
from ivr.adapters.mail.german import GERMAN
from ivr.adapters.mail.matter import Matter, matter_of, one_line, safe_id
from ivr.adapters.mail.texts import Notice, Texts
from ivr.application.messages import reference_only
from ivr.application.ports.couriers import OutboxMessage
from ivr.domain.county import Caseworker, County
from ivr.domain.errors import Refused

_POLICY = SMTP.clone(cte_type="7bit")
"""Any server takes this, and no long line of a note breaks it."""

_LANGUAGES = {"de": GERMAN, "en": ENGLISH}


class Content(StrEnum):
    """How much of a callback a mail tells."""

    FULL = "full"
    REFERENCE = "reference"
    """Id, department, due time only; the receiver looks the rest up."""


def letter(message: OutboxMessage, county: County, sender: str, content: Content) -> EmailMessage:
    """Return the mail from the address ``sender``.

    Raises Refused (``address_missing``) where there is nobody to send it to.
    """
    caseworker = county.caseworker(message.department, message.caseworker)
    if caseworker is None or not caseworker.mail:
        raise Refused("There is no e-mail address in departments.toml.", code="address_missing")
    body = message.body if content is Content.FULL else reference_only(message.body)
    matter = matter_of(message, body, county)
    texts = _texts(caseworker, county)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(one_line(county.name), addr_spec=sender)
    mail["To"] = Address(one_line(caseworker.name), addr_spec=caseworker.mail)
    _head(mail, matter, texts, sender)
    mail["Date"] = message.created_at.astimezone(county.hours.zone)
    mail.set_content(_text(matter, texts, caseworker), charset="utf-8")
    method = "CANCEL" if matter.closed or matter.moved else "PUBLISH"
    mail.add_attachment(
        calendar_file(matter, texts, sender, message.created_at),
        maintype="text",
        subtype="calendar",
        filename="callback.ics",
        params={"method": method, "charset": "utf-8"},
    )
    # Last: the content takes headers of this kind along.
    mail["Content-Language"] = texts.language
    mail.set_boundary(f"=_{hashlib.sha256(message.message_id.encode()).hexdigest()[:32]}")
    return mail


def _texts(caseworker: Caseworker, county: County) -> Texts:
    """The caseworker's language, else the county's, else English."""
    wanted = caseworker.language or county.language
    return _LANGUAGES.get(wanted, ENGLISH)


def _head(mail: EmailMessage, matter: Matter, texts: Texts, sender: str) -> None:
    """Write the headers; all texts from outside are one printable line by now."""
    mail["Subject"] = _notice(matter, texts).subject.format(
        about=matter.about or texts.callback.format(id=matter.id), due=texts.when(matter.due_at)
    )
    mail["Message-ID"] = _reference(matter.message_id, sender)
    first = f"{matter.id}.1"
    if matter.message_id != first:
        mail["In-Reply-To"] = _reference(first, sender)
        mail["References"] = _reference(first, sender)
    # RFC 3834: no out-of-office note comes back.
    mail["Auto-Submitted"] = "auto-generated"


def _reference(message_id: str, sender: str) -> str:
    """What is behind the @ makes our ids unlike anybody else's."""
    return f"<{safe_id(message_id)}@{sender.rpartition('@')[2]}>"


def _notice(matter: Matter, texts: Texts) -> Notice:
    return texts.moved if matter.moved else texts.notices[matter.event]


def _text(matter: Matter, texts: Texts, caseworker: Caseworker) -> str:
    first = _notice(matter, texts).first.format(
        who=matter.who or texts.somebody, owner=matter.owner
    )
    parts = [
        texts.greeting.format(name=one_line(caseworker.name)),
        first,
        "\n".join(_facts(matter, texts)),
        *_said(matter, texts),
        "\n".join(_to_do(matter, texts)),
        texts.closing,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _facts(matter: Matter, texts: Texts) -> Iterator[str]:
    """The lines that tell what it is about, the most needed first."""
    labels = texts.labels
    facts = {
        labels.name: matter.name,
        labels.number: matter.number,
        labels.due: texts.when(matter.due_at),
        labels.topic: matter.topic,
        labels.subject: matter.subject,
        labels.reference: matter.reference,
        labels.preferred_times: ", ".join(texts.hours(each) for each in matter.preferred_times),
        labels.answers: "; ".join(matter.answers),
        labels.attempts: str(matter.attempts or ""),
        labels.department: matter.department,
        labels.requested: texts.when(matter.requested_at) if matter.requested_at else "",
        labels.owner: matter.owner if matter.moved else "",
        labels.id: matter.id,
    }
    width = max(len(label) for label in facts) + 2
    for label, fact in facts.items():
        if fact:
            yield f"{label + ':':<{width}}{fact}"


def _said(matter: Matter, texts: Texts) -> Iterator[str]:
    """Note and comment: they may have several lines."""
    for label, text in ((texts.labels.note, matter.note), (texts.labels.comment, matter.comment)):
        if text.strip():
            lines = "\n".join(f"    {line}" for line in text.strip().splitlines())
            yield f"{label}:\n{lines}"


def _to_do(matter: Matter, texts: Texts) -> Iterator[str]:
    """The commands; none for who has nothing to do with it any more."""
    if matter.moved:
        return
    yield texts.to_do_when_closed if matter.closed else texts.to_do
    commands = ["reopen", "show"] if matter.closed else ["acknowledge", "attempt", "close", "show"]
    if matter.spoken_message:
        commands.append("message")
    name = shlex.quote(matter.id)
    written = {each: f"ivr callbacks {each} {name}" for each in commands}
    if "message" in written:
        written["message"] += " --output message.wav"
    width = max(len(each) for each in written.values()) + 2
    for each, command in written.items():
        yield f"    {command:<{width}}{texts.commands[each]}"
