"""What errors tell people and programs."""

import pytest

from ivr.domain.errors import (
    ConfigError,
    IvrError,
    Problem,
    Refused,
    Unavailable,
    UnexpectedMessage,
)


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        (Refused("no"), "refused", False),
        (Refused("no", code="callback_not_found"), "callback_not_found", False),
        (Unavailable("away"), "unavailable", True),
        (UnexpectedMessage("what?"), "unexpected_message", False),
    ],
)
def test_an_error_has_a_code_and_says_whether_to_try_again(
    error: IvrError, code: str, *, retryable: bool
) -> None:
    assert error.code == code
    assert error.retryable is retryable
    assert str(error) == error.message


def test_a_configuration_error_tells_all_problems_at_once() -> None:
    problems = (
        Problem("county.toml", "language", "xx", "unknown language", "de or en"),
        Problem("county.toml", "departments.umwelt.dids", "12", "not a number", "such as 04461 1"),
    )
    error = ConfigError(problems)
    assert error.problems == problems
    assert error.code == "configuration"
    assert str(error).splitlines() == [
        "county.toml: language: unknown language",
        "county.toml: departments.umwelt.dids: not a number",
    ]
