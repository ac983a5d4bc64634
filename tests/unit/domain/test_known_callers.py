"""Who has an open callback is recognised: the agent sees it, and the call is added to it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.callback import CallbackState
from ivr.domain.ids import CallbackId, CallId, CaseworkerId, DepartmentId
from ivr.domain.known import KnownCallback
from ivr.domain.live import Phase
from tests.examples import ALL_ROUND, BERLIN, DIDS, JUGEND, UMWELT, county
from tests.fakes.callbacks import a_place
from tests.unit.domain.driver import MONDAY_NOON, SUNDAY_NOON, Driver

WEDNESDAY = datetime(2026, 11, 25, 14, tzinfo=BERLIN)
KNOWN = KnownCallback(
    CallbackId("k1"),
    UMWELT,
    CaseworkerId("umwelt.1"),
    CallbackState.ACKNOWLEDGED,
    WEDNESDAY,
)
OF_JUGEND = replace(KNOWN, id=CallbackId("k2"), department=JUGEND)
ASKED_ALREADY = (
    "callback-known department-umwelt callback-due on-day Wednesday by 14:00 callback-another 1"
)
UNNAMED = ASKED_ALREADY.replace("department-umwelt ", "")
COMMON_NUMBER = "9197777"


@pytest.fixture
def waiting(d: Driver) -> Driver:
    """Anna waits, who has an open callback of the department she calls."""
    d.caller_arrives("anna", DIDS[UMWELT])
    d.recognises("anna", KNOWN)
    d.prompt_ends("anna")
    d.prompt_ends("anna")
    return d


@pytest.fixture
def hearing(waiting: Driver) -> Driver:
    """She asks for a callback."""
    waiting.presses("anna", "1")
    return waiting


@pytest.fixture
def talking(waiting: Driver) -> Driver:
    waiting.agent_ready(ALL_ROUND)
    waiting.talks("anna")
    return waiting


# -- what is seen --------------------------------------------------------------------------------


def label(known: KnownCallback, dialled: str = DIDS[UMWELT], language: str = "de") -> str:
    d = Driver()
    d.caller_arrives("anna", dialled)
    d.feed(on.CountyChanged(replace(county(), language=language)))
    d.recognises("anna", known)
    d.prompt_ends("anna")
    d.agent_ready(ALL_ROUND)
    return d.did(do.OfferCall)[0].label


def test_the_agent_sees_by_when_the_caller_is_phoned() -> None:
    assert label(KNOWN) == "Umwelt · Rückruf bis Mi 14:00"


def test_whose_callback_it_is_is_shown_where_the_call_is_another_department_s() -> None:
    assert label(OF_JUGEND) == "Umwelt · Rückruf bis Mi 14:00 (Jugend)"
    assert label(KNOWN, COMMON_NUMBER) == "Landkreis Friesland · Rückruf bis Mi 14:00 (Umwelt)"


def test_a_department_that_is_no_more_is_not_shown() -> None:
    gone = replace(KNOWN, department=DepartmentId("gone"))
    assert label(gone) == "Umwelt · Rückruf bis Mi 14:00"


def test_a_day_that_is_far_is_shown_as_a_date() -> None:
    assert label(replace(KNOWN, due_at=WEDNESDAY + timedelta(days=7))) == (
        "Umwelt · Rückruf bis 02.12. 14:00"
    )


def test_the_agent_sees_that_it_is_overdue() -> None:
    assert label(replace(KNOWN, due_at=MONDAY_NOON)) == "Umwelt · Rückruf überfällig"


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_display_speaks_the_county_s_language_or_english(language: str) -> None:
    assert label(KNOWN, language=language) == "Umwelt · callback by Wed 14:00"


def test_of_several_the_department_s_own_comes_first_then_what_is_due_first() -> None:
    later = replace(KNOWN, id=CallbackId("k3"), due_at=WEDNESDAY + timedelta(hours=1))
    sooner = replace(OF_JUGEND, due_at=WEDNESDAY - timedelta(hours=1))
    d = Driver()
    d.caller_arrives("anna", DIDS[UMWELT])
    d.recognises("anna", later, sooner, KNOWN)
    assert d.call("anna").known == (KNOWN, later, sooner)


def test_without_a_word_from_the_store_a_call_is_like_any_other(d: Driver) -> None:
    d.caller_waits("anna", DIDS[UMWELT])
    d.agent_ready(ALL_ROUND)
    assert d.did(do.OfferCall)[0].label == "Umwelt · 0171 3920001"
    d.recognises("anna", KNOWN)
    assert d.step == []
    assert d.call("anna").known == (KNOWN,)


def test_who_keeps_a_place_is_recognised_as_well(d: Driver) -> None:
    earlier = MONDAY_NOON - timedelta(minutes=5)
    kept = replace(
        a_place("anna"),
        arrived_at=earlier,
        queued_at=earlier,
        place=(earlier, 1),
        expires_at=MONDAY_NOON + timedelta(hours=1),
    )
    d.feed(on.PlaceRestored(kept))
    d.recognises("anna", KNOWN)
    d.agent_ready(ALL_ROUND)
    assert d.did(do.OfferCall)[0].label == "↩ Umwelt · Rückruf bis Mi 14:00"


def test_a_word_about_a_call_that_is_over_changes_nothing(d: Driver) -> None:
    d.caller_arrives("anna")
    d.hangs_up("anna")
    d.recognises("anna", KNOWN)
    assert d.step == []


# -- the agent adds to it ------------------------------------------------------------------------


def test_the_agent_s_code_adds_to_the_callback(talking: Driver) -> None:
    talking.agent_presses("anna", "*7")
    assert talking.requested == []
    assert talking.did(do.AddToCallback) == [
        do.AddToCallback(CallId("anna"), KNOWN.id, agent=ALL_ROUND)
    ]


def test_both_hear_when_it_is_added(talking: Driver) -> None:
    talking.agent_presses("anna", "*7")
    assert talking.said == []
    talking.adds("anna")
    assert talking.did(do.PlayToBoth)
    assert talking.said == ["callback-added"]
    assert talking.call("anna").phase is Phase.TALKING


def test_the_code_pressed_again_makes_a_second_request_on_purpose(talking: Driver) -> None:
    talking.agent_presses("anna", "*7")
    talking.adds("anna")
    talking.agent_presses("anna", "*7")
    assert len(talking.requested) == 1
    talking.stores("anna")
    assert talking.said == ["callback-noted callback-due on-day Wednesday by 14:00"]
    talking.agent_presses("anna", "*7")
    assert talking.said == ["callback-noted"]


def test_the_code_pressed_again_while_it_is_added_changes_nothing(talking: Driver) -> None:
    talking.agent_presses("anna", "*7")
    talking.agent_presses("anna", "*7")
    assert talking.step == []


def test_both_hear_when_it_can_t_be_added(talking: Driver) -> None:
    talking.agent_presses("anna", "*7")
    talking.fails_to_add("anna")
    assert talking.said == ["callback-unavailable"]
    talking.agent_presses("anna", "*7")
    assert len(talking.did(do.AddToCallback)) == 1


def test_a_callback_that_is_over_is_requested_anew(talking: Driver) -> None:
    talking.agent_presses("anna", "*7")
    talking.fails_to_add("anna", over=True)
    talking.agent_presses("anna", "*7")
    assert talking.did(do.AddToCallback) == []
    assert len(talking.requested) == 1


def test_a_store_that_does_not_answer_in_ten_seconds_has_failed(talking: Driver) -> None:
    talking.agent_presses("anna", "*7")
    talking.wait(10)
    assert talking.said == ["callback-unavailable"]
    talking.adds("anna")
    talking.fails_to_add("anna")
    assert talking.step == []


def test_an_agent_who_leaves_meanwhile_leaves_the_caller_with_an_answer(talking: Driver) -> None:
    talking.agent_presses("anna", "*7")
    talking.agent_hangs_up("anna")
    talking.adds("anna")
    assert talking.said == ["callback-added goodbye"]
    talking.prompt_ends("anna")
    assert talking.outcomes() == {"anna": "completed"}


def test_an_answer_about_another_callback_changes_nothing(talking: Driver) -> None:
    talking.agent_presses("anna", "*7")
    talking.feed(on.CallbackAddedTo(CallbackId("other"), CallId("anna")))
    talking.feed(on.CallbackNotAddedTo(CallbackId("other"), CallId("anna")))
    assert talking.step == []


def test_answers_that_nobody_awaits_change_nothing(waiting: Driver) -> None:
    waiting.feed(on.CallbackAddedTo(KNOWN.id, CallId("anna")))
    waiting.feed(on.CallbackNotAddedTo(KNOWN.id, CallId("anna")))
    assert waiting.step == []
    waiting.presses("anna", "1")
    waiting.feed(on.CallbackAddedTo(KNOWN.id, CallId("anna")))
    assert waiting.step == []


def test_words_that_end_while_it_is_added_change_nothing(talking: Driver) -> None:
    talking.agent_presses("anna", "*7")
    talking.fails_to_add("anna")
    talking.agent_presses("anna", "*7")
    talking.prompt_ends("anna")
    assert talking.step == []
    talking.adds("anna")
    assert talking.said == ["callback-added"]


def test_another_department_s_callback_is_another_matter(d: Driver) -> None:
    d.caller_waits("anna", DIDS[UMWELT])
    d.recognises("anna", OF_JUGEND)
    d.agent_ready(ALL_ROUND)
    d.talks("anna")
    d.agent_presses("anna", "*7")
    assert d.did(do.AddToCallback) == []
    [request] = d.requested
    assert (request.department, request.source.value) == (UMWELT, "agent_dtmf")


def test_on_the_common_number_any_callback_is_the_one(d: Driver) -> None:
    d.caller_waits("anna", COMMON_NUMBER)
    d.recognises("anna", OF_JUGEND)
    d.agent_ready(ALL_ROUND)
    d.talks("anna")
    d.agent_presses("anna", "*7")
    assert d.did(do.AddToCallback) == [
        do.AddToCallback(CallId("anna"), OF_JUGEND.id, agent=ALL_ROUND)
    ]


# -- the caller asks -----------------------------------------------------------------------------


def test_the_caller_hears_that_there_is_a_request_and_by_when(hearing: Driver) -> None:
    assert hearing.said == [ASKED_ALREADY]
    assert hearing.requested == []


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (WEDNESDAY - timedelta(days=2), "callback-due today by 14:00"),
        (WEDNESDAY - timedelta(days=1), "callback-due tomorrow by 14:00"),
        (WEDNESDAY + timedelta(days=7), "callback-due 2026-12-02 by 14:00"),
        (MONDAY_NOON, "callback-soon"),
    ],
)
def test_the_time_is_said_as_people_do(d: Driver, due: datetime, words: str) -> None:
    d.caller_waits("anna", DIDS[UMWELT])
    d.recognises("anna", replace(KNOWN, due_at=due))
    d.presses("anna", "1")
    assert d.said == [f"callback-known department-umwelt {words} callback-another 1"]


@pytest.mark.parametrize("department", [UMWELT, JUGEND, DepartmentId("gone")])
def test_no_department_is_named_that_was_not_dialled(d: Driver, department: DepartmentId) -> None:
    d.caller_waits("anna", COMMON_NUMBER)
    d.recognises("anna", replace(KNOWN, department=department))
    d.presses("anna", "1")
    assert d.said == [UNNAMED]


def test_a_department_that_was_dialled_and_is_no_more_is_not_named(hearing: Driver) -> None:
    hearing.presses("anna", "#")
    hearing.fails_to_add("anna")
    plain = county()
    left = {name: each for name, each in plain.departments.items() if name != UMWELT}
    hearing.feed(on.CountyChanged(replace(plain, departments=left)))
    hearing.presses("anna", "1")
    assert hearing.said == [UNNAMED]


def test_a_caller_of_another_department_makes_a_request_as_anybody(d: Driver) -> None:
    d.caller_waits("anna", DIDS[UMWELT])
    d.recognises("anna", OF_JUGEND)
    d.presses("anna", "1")
    assert d.said == []
    assert [request.department for request in d.requested] == [UMWELT]


def test_of_several_the_dialled_department_s_is_told_of(d: Driver) -> None:
    sooner = replace(OF_JUGEND, due_at=WEDNESDAY - timedelta(hours=1))
    d.caller_waits("anna", DIDS[UMWELT])
    d.recognises("anna", sooner, KNOWN)
    d.presses("anna", "1")
    assert d.said == [ASKED_ALREADY]
    d.presses("anna", "#")
    assert d.did(do.AddToCallback) == [do.AddToCallback(CallId("anna"), KNOWN.id)]


def test_the_key_pressed_again_makes_a_second_request_on_purpose(hearing: Driver) -> None:
    hearing.presses("anna", "1")
    assert hearing.did(do.StopPlaying)
    assert hearing.did(do.AddToCallback) == []
    assert len(hearing.requested) == 1
    hearing.stores("anna")
    assert hearing.outcomes() == {}
    hearing.prompt_ends("anna")
    assert hearing.outcomes() == {"anna": "callback"}


def test_silence_leaves_it_at_having_called_again(hearing: Driver) -> None:
    hearing.prompt_ends("anna")
    hearing.wait(6)
    assert hearing.did(do.AddToCallback) == [do.AddToCallback(CallId("anna"), KNOWN.id)]
    hearing.adds("anna")
    assert hearing.said == ["callback-added goodbye"]
    hearing.prompt_ends("anna")
    assert hearing.outcomes() == {"anna": "callback"}


def test_so_does_any_other_key(hearing: Driver) -> None:
    hearing.presses("anna", "#")
    assert hearing.did(do.AddToCallback)
    hearing.presses("anna", "1")
    assert hearing.step == []


def test_so_does_hanging_up(hearing: Driver) -> None:
    hearing.hangs_up("anna")
    assert hearing.did(do.AddToCallback)
    assert hearing.records == []
    hearing.adds("anna")
    assert hearing.said == []
    assert hearing.outcomes() == {"anna": "callback"}


def test_hanging_up_while_it_is_added_changes_nothing(hearing: Driver) -> None:
    hearing.presses("anna", "#")
    hearing.hangs_up("anna")
    assert hearing.did(do.AddToCallback) == []
    hearing.adds("anna")
    assert hearing.outcomes() == {"anna": "callback"}


def test_what_can_t_be_added_is_not_claimed_and_the_place_is_kept(hearing: Driver) -> None:
    hearing.presses("anna", "#")
    hearing.fails_to_add("anna")
    assert hearing.said == ["callback-unavailable place-kept"]
    hearing.presses("anna", "1")
    assert hearing.said == [ASKED_ALREADY]


def test_a_closed_service_tells_it_as_well() -> None:
    d = Driver(at=SUNDAY_NOON)
    d.caller_arrives("anna", DIDS[UMWELT])
    d.recognises("anna", KNOWN)
    d.presses("anna", "1")
    assert d.said == [ASKED_ALREADY]
    d.prompt_ends("anna")
    d.wait(6)
    d.adds("anna")
    assert d.said == ["callback-added goodbye"]


def test_a_closed_service_takes_a_second_request_on_purpose() -> None:
    d = Driver(at=SUNDAY_NOON)
    d.caller_arrives("anna", DIDS[UMWELT])
    d.recognises("anna", KNOWN)
    d.presses("anna", "11")
    assert d.requested[0].source.value == "out_of_hours"


def test_a_supervisor_may_take_out_who_hears_it_but_not_who_is_added(hearing: Driver) -> None:
    hearing.presses("anna", "#")
    hearing.feed(on.CallerTakenOut(CallId("anna")))
    assert hearing.step == []
    hearing.fails_to_add("anna")
    hearing.presses("anna", "1")
    hearing.feed(on.CallerTakenOut(CallId("anna")))
    assert hearing.said == ["taken-out goodbye"]
