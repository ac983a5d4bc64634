"""What a mail says, to whom, and that nothing from outside gets into its headers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.adapters.mail.letter import Content, letter
from ivr.application.deliveries import messages_about
from ivr.application.ports.couriers import OutboxMessage
from ivr.domain.callback import (
    SYSTEM,
    Acknowledge,
    Attempt,
    Callback,
    Change,
    Close,
    Comment,
    Edit,
    Escalate,
    Reassign,
    Remind,
    Reopen,
)
from ivr.domain.delivery import Delivery
from ivr.domain.ids import RecordingId, TopicId
from tests import post_office
from tests.examples import UMWELT
from tests.fakes.callbacks import MONDAY
from tests.post_office import FOLKERT, HEIKE, SENDER, a_promise

MAIL = Delivery.MAIL
PERSONAL = ("Gesine", "123456", "Müllgebühr", "4711", "Bescheid")


def written(message: OutboxMessage, content: Content = Content.FULL) -> EmailMessage:
    """Return the mail as its receiver reads it."""
    mail = letter(message, post_office.county(), SENDER, content)
    read = message_from_bytes(mail.as_bytes(), policy=policy.SMTP)
    assert isinstance(read, EmailMessage)
    return read


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body()
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


@dataclass(frozen=True)
class Entry:
    """What a calendar makes of the file."""

    method: str
    uid: str
    sequence: int
    status: str
    start: datetime
    summary: str
    alarms: list[timedelta]
    whole: str


def entry_of(mail: EmailMessage) -> Entry:
    [attached] = mail.iter_attachments()
    content = str(attached.get_content())
    calendar = icalendar.Calendar.from_ical(content)
    [event] = calendar.walk("VEVENT")
    said: Any = event  # its values are of many kinds
    alarms: Any = event.walk("VALARM")
    assert f'method="{calendar["method"]}"' in attached["Content-Type"]
    return Entry(
        method=str(calendar["method"]),
        uid=str(said["uid"]),
        sequence=int(said["sequence"]),
        status=str(said["status"]),
        start=said["dtstart"].dt,
        summary=str(said["summary"]),
        alarms=[alarm["trigger"].dt for alarm in alarms],
        whole=content,
    )


def to_former(change: Change, content: Content = Content.FULL) -> EmailMessage:
    before = a_promise()
    after = before.after(change, by="cordes", at=MONDAY)
    told = messages_about(after, before, post_office.county(), MONDAY)
    [message] = [m for m in told if m.delivery is MAIL and m.caseworker == HEIKE]
    return written(message, content)


class TestText:
    def test_a_request_in_german(self) -> None:
        assert (
            text_of(written(post_office.message(MAIL)))
            == """\
Guten Tag Heike Janßen,

jemand bittet um Rückruf, und Sie sind dafür zuständig.

Wer:          Gesine Albers
Telefon:      04461 123456
Fällig:       Mittwoch, 25. November 2026, 9:00 Uhr
Thema:        Abfall und Gebühren
Betreff:      Müllgebühr
Aktenzeichen: 70-4711
Erreichbar:   Mo-Fr 14:00-16:00
Schon gesagt: Der Bescheid kam im Oktober.
Amt:          Umwelt
Erbeten:      Montag, 23. November 2026, 9:00 Uhr
Kennung:      cb-1

Notiz:
    Fragt nach dem Bescheid.
    Bitte abends.

Was zu tun ist:
    ivr callbacks acknowledge cb-1  übernehmen
    ivr callbacks attempt cb-1      nicht erreicht
    ivr callbacks close cb-1        erledigt
    ivr callbacks show cb-1         alles ansehen

Diese E-Mail kommt von selbst; Antworten darauf liest niemand.
"""
        )

    def test_the_caseworkers_own_language(self) -> None:
        mail = written(post_office.message(MAIL, a_promise("cb-1", FOLKERT)))
        assert mail["Content-Language"] == "en"
        assert "Dear Folkert Meents," in text_of(mail)
        assert "Wednesday, 25 November 2026, 09:00" in text_of(mail)

    def test_a_language_without_texts_is_english(self) -> None:
        county = post_office.county(language="frr")
        mail = letter(post_office.message(MAIL), county, SENDER, Content.FULL)
        assert mail["Content-Language"] == "en"

    def test_a_spoken_message_can_be_fetched(self) -> None:
        spoken = replace(a_promise(), message=RecordingId("call-1-m1"))
        text = text_of(written(post_office.message(MAIL, spoken)))
        assert "ivr callbacks message cb-1 --output message.wav" in text

    def test_an_id_is_no_part_of_a_command(self) -> None:
        text = text_of(written(post_office.message(MAIL, a_promise("cb;reboot"))))
        assert "ivr callbacks show 'cb;reboot'" in text

    def test_a_topic_that_is_not_configured_any_more_is_named_by_its_id(self) -> None:
        old = replace(a_promise(), topic=TopicId("alt"), subject="")
        mail = written(post_office.message(MAIL, old))
        assert "Thema:        alt" in text_of(mail)
        assert "alt, Gesine Albers" in mail["Subject"]

    def test_nothing_but_a_number_is_known(self) -> None:
        bare = replace(a_promise(), caller_name="", topic=None, subject="")
        assert "04461 123456" in written(post_office.message(MAIL, bare))["Subject"]


class TestEachKindOfNews:
    @pytest.mark.parametrize(
        ("change", "by", "subject"),
        [
            (Reassign(UMWELT, FOLKERT), "cordes", "Callback handed to you: "),
            (Escalate(FOLKERT), SYSTEM, "Callback waited too long, now with you: "),
            (Remind(), SYSTEM, "Erinnerung: Rückruf bald fällig: "),
            (Acknowledge(), FOLKERT, "Rückruf angenommen: "),
            (Comment(), FOLKERT, "Bemerkung zum Rückruf: "),
            (Edit(subject="Sperrmüll"), FOLKERT, "Rückruf geändert: Sperrmüll"),
            (Close(), HEIKE, "Rückruf erledigt: "),
        ],
    )
    def test_has_a_subject_line_of_its_own(self, change: Change, by: str, subject: str) -> None:
        mail = written(post_office.message(MAIL, a_promise(), change, by=by))
        assert mail["Subject"].startswith(subject)

    def test_says_who_did_it_and_what_they_said(self) -> None:
        before = a_promise()
        after = before.after(Acknowledge(), by=FOLKERT, at=MONDAY, comment="ich kenne den Fall")
        [message] = [
            each
            for each in messages_about(after, before, post_office.county(), MONDAY)
            if each.delivery is MAIL
        ]
        text = text_of(written(message))
        assert "Folkert Meents hat diesen Rückruf übernommen." in text
        assert "Bemerkung:\n    ich kenne den Fall" in text

    def test_attempts_are_counted(self) -> None:
        taken = a_promise().after(Acknowledge(), by=FOLKERT, at=MONDAY)
        mail = written(post_office.message(MAIL, taken, Attempt(), by=FOLKERT))
        assert mail["Subject"].startswith("Rückruf versucht: ")
        assert "Versuche:     1" in text_of(mail)

    def test_what_is_closed_may_be_opened_again(self) -> None:
        closed = a_promise().after(Close(), by=FOLKERT, at=MONDAY)
        text = text_of(written(post_office.message(MAIL, a_promise(), Close(), by=FOLKERT)))
        assert "ivr callbacks reopen cb-1" in text
        assert "ivr callbacks close" not in text
        mail = written(post_office.message(MAIL, closed, Reopen(), by=FOLKERT))
        assert mail["Subject"].startswith("Rückruf wieder offen: ")

    def test_who_had_it_before_learns_who_has_it_and_nothing_else(self) -> None:
        mail = to_former(Reassign(UMWELT, FOLKERT))
        assert mail["Subject"] == "Rückruf nicht mehr bei Ihnen: Kennung cb-1"
        assert "dieser Rückruf ist jetzt bei: Folkert Meents." in text_of(mail)
        assert not any(word in mail.as_string() + text_of(mail) for word in PERSONAL)
        assert "ivr callbacks" not in text_of(mail)


class TestReference:
    def test_a_mail_holds_nothing_personal(self) -> None:
        mail = written(post_office.message(MAIL), Content.REFERENCE)
        everything = f"{mail['Subject']} {text_of(mail)} {entry_of(mail).whole}"
        assert not any(word in everything for word in PERSONAL)
        assert "Kennung:      cb-1" in text_of(mail)
        assert "Mittwoch, 25. November 2026" in mail["Subject"]


class TestHeaders:
    def test_a_repeat_is_the_same_to_the_byte(self) -> None:
        message = post_office.message(MAIL)
        first, second = (
            letter(message, post_office.county(), SENDER, Content.FULL).as_bytes() for _ in range(2)
        )
        assert first == second

    def test_all_mails_of_a_callback_are_one_thread(self) -> None:
        first = written(post_office.message(MAIL))
        later = written(post_office.message(MAIL, a_promise(), Remind(), by=SYSTEM))
        assert first["Message-ID"] == "<cb-1.1@landkreis.test>"
        assert first["References"] is None
        assert later["Message-ID"] == "<cb-1.2@landkreis.test>"
        assert later["In-Reply-To"] == later["References"] == first["Message-ID"]

    def test_nobodys_absence_note_comes_back(self) -> None:
        assert written(post_office.message(MAIL))["Auto-Submitted"] == "auto-generated"

    @given(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    )
    def test_no_text_gets_into_the_headers(self, name: str, subject: str) -> None:
        plain = written(post_office.message(MAIL))
        evil = replace(a_promise(), caller_name=name, subject=subject)
        mail = written(post_office.message(MAIL, evil))
        assert [key for key, _ in mail.items()] == [key for key, _ in plain.items()]
        assert len(mail.get_all("To", [])) == 1
        assert not mail.defects

    def test_a_line_break_ends_no_header(self) -> None:
        evil = replace(a_promise(), caller_name="Gesine\r\nBcc: all@landkreis.test")
        mail = written(post_office.message(MAIL, evil))
        assert mail["Bcc"] is None
        assert "Gesine Bcc: all@landkreis.test" in mail["Subject"]

    @pytest.mark.parametrize("name", ["a..b", ".a", "a@b", "<a>", "ü" * 3, "x" * 200, "a\x7f"])
    def test_any_id_makes_a_lawful_message_id(self, name: str) -> None:
        first, later = (
            written(post_office.message(MAIL, a_promise(name), change, by=SYSTEM))
            for change in (None, Remind())
        )
        for mail in (first, later):
            local, _, domain = mail["Message-ID"].strip("<>").partition("@")
            assert len(local) <= 64
            assert local.replace(".", "").replace("-", "").isalnum()
            assert domain == "landkreis.test"
        assert later["In-Reply-To"] == first["Message-ID"]

    def test_a_note_of_one_endless_line_fits_through_every_server(self) -> None:
        long = replace(a_promise(), note="ä" * 4000)
        raw = letter(
            post_office.message(MAIL, long), post_office.county(), SENDER, Content.FULL
        ).as_bytes()
        assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
        assert raw.isascii()


class TestCalendar:
    def test_an_event_at_the_due_time_with_an_alarm(self) -> None:
        entry = entry_of(written(post_office.message(MAIL)))
        assert (entry.method, entry.status, entry.sequence) == ("PUBLISH", "CONFIRMED", 1)
        assert entry.uid == "cb-1@landkreis.test"
        assert entry.start == datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
        assert entry.summary == "Rückruf: Müllgebühr, Gesine Albers"
        assert entry.alarms == [timedelta(0)]

    def test_a_later_file_replaces_the_entry(self) -> None:
        later = a_promise().after(Edit(subject="Sperrmüll"), by=FOLKERT, at=MONDAY)
        entry = entry_of(written(post_office.message(MAIL, later, Remind(), by=SYSTEM)))
        assert (entry.uid, entry.sequence) == ("cb-1@landkreis.test", 3)

    @pytest.mark.parametrize("change", [Close(), Reassign(UMWELT, FOLKERT), Escalate(FOLKERT)])
    def test_the_end_and_another_owner_remove_the_entry(self, change: Change) -> None:
        if isinstance(change, Close):
            mail = written(post_office.message(MAIL, a_promise(), change, by=HEIKE))
        else:
            mail = to_former(change)
        entry = entry_of(mail)
        assert (entry.method, entry.status, entry.sequence) == ("CANCEL", "CANCELLED", 2)
        assert entry.uid == "cb-1@landkreis.test"
        assert entry.alarms == []

    def test_what_is_written_about_it_breaks_no_file(self) -> None:
        evil = replace(a_promise(), subject="x;y,z\\n\nEND:VEVENT\nBEGIN:VALARM")
        entry = entry_of(written(post_office.message(MAIL, evil)))
        assert "x;y,z" in entry.summary
        assert "END:VEVENT BEGIN:VALARM" in entry.summary


def test_a_callback_from_an_older_program_is_told_as_well() -> None:
    """What waits in the outbox since before an upgrade has fewer fields."""
    message = post_office.message(MAIL)
    known = ("id", "department", "caseworker", "caller_number", "due_at", "state")
    told = {key: message.body["callback"][key] for key in known}
    old: Callback | OutboxMessage = replace(message, body={**message.body, "callback": told})
    assert isinstance(old, OutboxMessage)
    assert "04461 123456" in text_of(written(old))
