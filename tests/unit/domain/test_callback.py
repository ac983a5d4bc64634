"""The promise and its changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ivr.domain.callback import (
    CHANGES,
    IN_VAIN,
    Acknowledge,
    Attempt,
    AttemptResult,
    Callback,
    CallbackEvent,
    CallbackState,
    Change,
    Close,
    CloseReason,
    Comment,
    Edit,
    Escalate,
    Reassign,
    Remind,
    Reopen,
)
from ivr.domain.errors import Refused
from ivr.domain.ids import E164, CaseworkerId, DepartmentId, TopicId
from tests.fakes.callbacks import MONDAY, a_callback

ACKNOWLEDGE, ATTEMPT, CLOSE = Acknowledge(), Attempt(), Close()
REACH = Attempt(AttemptResult.REACHED)
REASSIGN = Reassign(DepartmentId("jugend"), CaseworkerId("harms"))
ESCALATE = Escalate(CaseworkerId("onken"))
EVENTS: dict[CallbackEvent, Change] = {
    CallbackEvent.ACKNOWLEDGED: ACKNOWLEDGE,
    CallbackEvent.ATTEMPTED: ATTEMPT,
    CallbackEvent.CLOSED: Close(CloseReason.LETTER),
    CallbackEvent.REASSIGNED: REASSIGN,
    CallbackEvent.REOPENED: Reopen(),
    CallbackEvent.COMMENTED: Comment(),
    CallbackEvent.CHANGED: Edit(),
    CallbackEvent.REMINDED: Remind(),
    CallbackEvent.ESCALATED: ESCALATE,
}
LATER = MONDAY + timedelta(hours=1)


def after(*actions: Change) -> Callback:
    callback = a_callback()
    for action in actions:
        callback = callback.after(action, by="janssen", at=LATER)
    return callback


def refused(callback: Callback, action: Change) -> Refused:
    with pytest.raises(Refused) as refusal:
        callback.after(action, by="meyer", at=LATER)
    return refusal.value


@pytest.mark.parametrize(
    ("actions", "state"),
    [
        ([], CallbackState.REQUESTED),
        ([ACKNOWLEDGE], CallbackState.ACKNOWLEDGED),
        ([ACKNOWLEDGE, ATTEMPT], CallbackState.ATTEMPTED),
        ([ACKNOWLEDGE, ATTEMPT, ATTEMPT], CallbackState.ATTEMPTED),
        ([ACKNOWLEDGE, ATTEMPT, REACH, CLOSE], CallbackState.CLOSED),
        ([ACKNOWLEDGE, CLOSE], CallbackState.CLOSED),
        ([CLOSE], CallbackState.CLOSED),
    ],
)
def test_the_ways_a_promise_can_go(actions: list[Change], state: CallbackState) -> None:
    callback = after(*actions)
    assert callback.state is state
    assert callback.version == 1 + len(actions)


def test_a_change_says_who_when_and_keeps_the_rest() -> None:
    before = a_callback()
    changed = before.after(ACKNOWLEDGE, by="janssen", at=LATER)
    assert (changed.changed_by, changed.changed_at) == ("janssen", LATER)
    assert (changed.id, changed.caller_number, changed.due_at) == (
        before.id,
        before.caller_number,
        before.due_at,
    )
    assert before.state is CallbackState.REQUESTED


def test_a_note_replaces_the_one_before_and_none_leaves_it() -> None:
    noted = a_callback().after(ACKNOWLEDGE, by="janssen", at=LATER, note="um 14 Uhr")
    assert noted.note == "um 14 Uhr"
    assert noted.after(ATTEMPT, by="janssen", at=LATER).note == "um 14 Uhr"
    assert noted.after(ATTEMPT, by="janssen", at=LATER, note="").note == ""


def test_each_version_has_its_own_message() -> None:
    assert a_callback().message_id == "cb-1.1"
    assert after(ACKNOWLEDGE).message_id == "cb-1.2"


def test_an_attempt_needs_somebody_who_took_it() -> None:
    assert refused(a_callback(), ATTEMPT).code == "callback_not_acknowledged"


@pytest.mark.parametrize("actions", [[ACKNOWLEDGE], [ACKNOWLEDGE, ATTEMPT]])
def test_what_is_taken_is_not_taken_again_and_one_is_told_by_whom(
    actions: list[Change],
) -> None:
    refusal = refused(after(*actions), ACKNOWLEDGE)
    assert refusal.code == "callback_acknowledged"
    assert refusal.message == "Callback cb-1 is already acknowledged by janssen."


@pytest.mark.parametrize(
    "action", [ACKNOWLEDGE, ATTEMPT, CLOSE, REASSIGN, Comment(), Edit(), Remind(), ESCALATE]
)
def test_what_is_closed_stays_closed(action: Change) -> None:
    refusal = refused(after(CLOSE), action)
    assert refusal.code == "callback_closed"
    assert "closed by janssen" in refusal.message


def test_attempts_in_vain_are_counted_until_one_is_not() -> None:
    in_vain = [Attempt(result) for result in sorted(IN_VAIN)]
    callback = after(ACKNOWLEDGE, *in_vain)
    assert (callback.attempts, callback.in_vain) == (3, 3)
    for reached in (AttemptResult.REACHED, AttemptResult.ANOTHER_TIME):
        talked = callback.after(Attempt(reached), by="janssen", at=LATER)
        assert (talked.attempts, talked.in_vain) == (4, 0)


def test_at_another_number_nobody_was_called_in_vain() -> None:
    callback = after(ACKNOWLEDGE, ATTEMPT)
    edits = {Edit(subject="Biotonne"): 1, Edit(caller_number=E164("+494461123457")): 0}
    for edit, in_vain in edits.items():
        assert callback.after(edit, by="janssen", at=LATER).in_vain == in_vain


def test_an_edit_says_only_what_it_says() -> None:
    callback = replace(a_callback(), subject="Tonne", topic=TopicId("waste"), answers=("a",))
    edited = callback.after(Edit(topic=TopicId(""), answers=()), by="janssen", at=LATER)
    assert (edited.subject, edited.topic, edited.answers) == ("Tonne", None, ())


def test_a_topic_stays_in_its_department() -> None:
    callback = replace(a_callback(), topic=TopicId("waste"))
    same = Reassign(callback.department, CaseworkerId("meyer"))
    assert callback.after(same, by="janssen", at=LATER).topic == "waste"
    assert callback.after(REASSIGN, by="janssen", at=LATER).topic is None


@pytest.mark.parametrize("again", [REASSIGN, [CLOSE, Reopen()]])
def test_whom_a_person_gives_it_to_has_let_nothing_wait(again: Change | list[Change]) -> None:
    changes = again if isinstance(again, list) else [again]
    callback = after(ACKNOWLEDGE, ESCALATE, *changes)
    assert (callback.escalations, callback.taken_by) == (0, "")
    assert callback.state is CallbackState.REQUESTED


@pytest.mark.parametrize(
    ("attempts", "fitting"),
    [
        ([], set(CloseReason) - {CloseReason.UNREACHABLE}),
        ([ACKNOWLEDGE, ATTEMPT], set(CloseReason) - {CloseReason.SETTLED}),
        ([ACKNOWLEDGE, ATTEMPT, REACH], set(CloseReason) - {CloseReason.UNREACHABLE}),
    ],
)
def test_a_reason_has_to_fit_the_attempts(
    attempts: list[Change], fitting: set[CloseReason]
) -> None:
    callback = after(*attempts)
    for reason in CloseReason:
        if reason in fitting:
            closed = callback.after(Close(reason), by="janssen", at=LATER)
            assert (closed.state, closed.close_reason) == (CallbackState.CLOSED, reason)
        else:
            assert refused(callback, Close(reason)).code == "close_reason_does_not_fit"


def test_a_change_by_nobody_known_names_nobody() -> None:
    closed = a_callback().after(CLOSE, by="", at=LATER)
    assert refused(closed, CLOSE).message == "Callback cb-1 is already closed."


class AnyoneDoesAnything(RuleBasedStateMachine):
    """Caseworkers act in any order, some on what they saw a while ago."""

    def __init__(self) -> None:
        super().__init__()
        self.versions = [a_callback()]
        self.tries = 0
        self.refusals = 0

    @rule(
        event=st.sampled_from(list(EVENTS)),
        who=st.sampled_from(["janssen", "meyer", "behrens"]),
        note=st.sampled_from([None, "", "um 14 Uhr"]),
    )
    def act(self, event: CallbackEvent, who: str, note: str | None) -> None:
        before = self.versions[-1]
        self.tries += 1
        at = LATER + timedelta(minutes=self.tries)
        if before.state not in CHANGES[event]:
            refusal = refused(before, EVENTS[event])
            assert refusal.code.startswith("callback_")
            self.refusals += 1
            return
        changed = before.after(EVENTS[event], by=who, at=at, note=note)
        assert changed.state is CHANGES[event][before.state]
        self.versions.append(changed)

    @invariant()
    def every_try_is_a_version_or_a_refusal(self) -> None:
        assert self.tries == len(self.versions) - 1 + self.refusals

    @invariant()
    def versions_and_messages_never_repeat(self) -> None:
        assert [v.version for v in self.versions] == list(range(1, len(self.versions) + 1))
        assert len({v.message_id for v in self.versions}) == len(self.versions)

    @invariant()
    def the_promise_itself_never_changes(self) -> None:
        first = self.versions[0]
        for version in self.versions:
            assert (version.id, version.caller_number, version.due_at) == (
                first.id,
                first.caller_number,
                first.due_at,
            )

    @invariant()
    def only_reopening_leaves_closed(self) -> None:
        for before, later in pairwise(self.versions):
            if before.state is CallbackState.CLOSED:
                assert later.event is CallbackEvent.REOPENED


TestAnyoneDoesAnything = AnyoneDoesAnything.TestCase
