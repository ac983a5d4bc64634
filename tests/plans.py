"""Plans of who has duty, as Hypothesis makes them: six people, two topics, a week of absences."""

from __future__ import annotations

from datetime import date, time

from hypothesis import strategies as st

from ivr.domain.ids import CaseworkerId, TopicId
from ivr.domain.opening import END_OF_DAY, Span
from ivr.domain.responsibility import Absence, Duty, Plan

PEOPLE = tuple(CaseworkerId(name) for name in ("anna", "beke", "carl", "dora", "emma", "fokko"))
WELLS, WASTE = TopicId("wells"), TopicId("waste")

SOMEBODY = st.sampled_from(PEOPLE)
_DAYS = st.dates(date(2026, 11, 20), date(2026, 11, 27))
_SPANS = st.sampled_from([(), (Span(time(8), time(12)),), (Span(time(12), END_OF_DAY),)])
_DUTIES = st.builds(
    Duty,
    shares=st.dictionaries(SOMEBODY, st.integers(1, 3), min_size=1),
    topics=st.none() | st.frozensets(st.sampled_from([WELLS, WASTE]), min_size=1),
    weekly=st.none() | st.dictionaries(st.integers(0, 6), _SPANS),
)
PLANS = st.builds(
    Plan,
    deputies=st.fixed_dictionaries(dict.fromkeys(PEOPLE, st.none() | SOMEBODY)),
    duties=st.lists(_DUTIES, max_size=4).map(tuple),
    absences=st.lists(st.builds(Absence, SOMEBODY, _DAYS, _DAYS), max_size=8).map(tuple),
    on_duty=st.lists(SOMEBODY, max_size=3, unique=True).map(tuple),
    head=st.none() | SOMEBODY,
)
