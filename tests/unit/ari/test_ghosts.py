"""Whether somebody or nobody replaces us, and how long to stay away."""

import pytest

from ivr.adapters.ari.ghosts import GONE_SECONDS, ONCE_IN_SECONDS, YOUNG_SECONDS, Ghosts

CONNECTED_AT = 100.0


@pytest.fixture
def ghosts() -> Ghosts:
    ghosts = Ghosts()
    ghosts.connected(CONNECTED_AT)
    return ghosts


def test_who_has_just_connected_may_be_replaced_by_nobody_and_waits_until_that_is_gone(
    ghosts: Ghosts,
) -> None:
    assert ghosts.pause(CONNECTED_AT) == 0
    assert ghosts.replaced(CONNECTED_AT + 1)
    assert ghosts.pause(CONNECTED_AT + 1) == GONE_SECONDS
    assert ghosts.pause(CONNECTED_AT + 1 + GONE_SECONDS) == 0


def test_it_is_believed_once_in_a_while(ghosts: Ghosts) -> None:
    assert ghosts.replaced(CONNECTED_AT)
    assert not ghosts.replaced(CONNECTED_AT + 1)
    ghosts.connected(CONNECTED_AT + ONCE_IN_SECONDS)
    assert ghosts.replaced(CONNECTED_AT + ONCE_IN_SECONDS + 1)


def test_later_it_is_somebody(ghosts: Ghosts) -> None:
    assert not ghosts.replaced(CONNECTED_AT + YOUNG_SECONDS)


def test_who_hears_nothing_again_stays_away_for_longer_than_another_takes_to_notice_it(
    ghosts: Ghosts,
) -> None:
    ghosts.heard_nothing(CONNECTED_AT)
    assert ghosts.pause(CONNECTED_AT) == 0
    ghosts.heard_nothing(CONNECTED_AT + 5)
    assert 5 <= ghosts.pause(CONNECTED_AT + 5) <= 10


def test_who_heard_nothing_long_ago_does_not_stay_away(ghosts: Ghosts) -> None:
    ghosts.heard_nothing(CONNECTED_AT)
    ghosts.heard_nothing(CONNECTED_AT + ONCE_IN_SECONDS)
    assert ghosts.pause(CONNECTED_AT + ONCE_IN_SECONDS) == 0
