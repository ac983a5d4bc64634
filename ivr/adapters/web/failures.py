"""What went wrong, as HTTP: the one table from errors to status codes, and the one body.

No other module names an error's status.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from ivr.domain.errors import ConfigError, IvrError, Refused, Unavailable, UnexpectedMessage

RETRY_AFTER_SECONDS = 5

_MOST_PROBLEMS = 20
"""Enough for every field there is; what has more is no honest mistake."""

_REFUSED: dict[str, HTTPStatus] = {
    "number_invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
    "number_missing": HTTPStatus.UNPROCESSABLE_ENTITY,
    "language_not_allowed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "preferred_times_malformed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "next_try_not_understood": HTTPStatus.UNPROCESSABLE_ENTITY,
    "next_try_not_allowed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "comment_missing": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_many_texts": HTTPStatus.UNPROCESSABLE_ENTITY,
    "text_too_long": HTTPStatus.UNPROCESSABLE_ENTITY,
    "text_not_allowed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "text_unspeakable": HTTPStatus.UNPROCESSABLE_ENTITY,
    "recording_unusable": HTTPStatus.UNPROCESSABLE_ENTITY,
    "announcement_too_long": HTTPStatus.UNPROCESSABLE_ENTITY,
    "until_not_understood": HTTPStatus.UNPROCESSABLE_ENTITY,
    "until_missing": HTTPStatus.UNPROCESSABLE_ENTITY,
    "until_over": HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""What the rules refuse because the values are no good, whatever the state of things."""

_HTTP_CODES = {
    HTTPStatus.NOT_FOUND: "route_not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body_too_large",
}


class FieldProblem(BaseModel):
    """One thing wrong with a request."""

    field: str = Field(
        description="Where: `body`, `path`, `query` or `header`, then the name of the field.",
        examples=["body.presence"],
    )
    message: str = Field(
        description="What is wrong or what is allowed, never what was sent.",
        examples=["Input should be 'ready', 'paused' or 'logged_out'"],
    )


class Failure(BaseModel):
    """Why a request was not carried out. Every error has this body."""

    code: str = Field(
        description="For programs; stable.", examples=["callback_acknowledged"], min_length=1
    )
    message: str = Field(
        description="For people, in English.",
        examples=["Callback cb-1 is already acknowledged by heike.janssen."],
    )
    retryable: bool = Field(
        description="Whether the same request may succeed later.", examples=[False]
    )
    problems: list[FieldProblem] = Field(
        default=[],
        description="What is wrong with the request itself; empty for other errors.",
        examples=[[]],
    )


def failure_response(
    status: HTTPStatus | int,
    code: str,
    message: str,
    *,
    retryable: bool = False,
    problems: Sequence[FieldProblem] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """Return a response that says why not."""
    body = Failure(code=code, message=message, retryable=retryable, problems=list(problems))
    return JSONResponse(body.model_dump(), status_code=status, headers=headers)


def documented(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """Return the error responses of a route for the OpenAPI document."""
    return {int(status): {"model": Failure, "description": _MEANING[status]} for status in statuses}


_MEANING = {
    HTTPStatus.UNAUTHORIZED: "There is no token, or a wrong one (`token_missing`, `token_wrong`).",
    HTTPStatus.NOT_FOUND: "There is no such thing (`…_not_found`).",
    HTTPStatus.CONFLICT: "The rules say no; the code says which one.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large (`body_too_large`).",
    HTTPStatus.MISDIRECTED_REQUEST: "The service is not known by this name (`host_not_allowed`).",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The request can't be understood; `problems` says why.",
    HTTPStatus.BAD_REQUEST: "The body can't be read (`bad_request`).",
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "Something the service needs is away, nothing was changed; try again after `Retry-After`"
        " seconds."
    ),
}


def install_failures(app: FastAPI) -> None:
    """Let ``app`` answer every expected error with a :class:`Failure`."""
    app.add_exception_handler(IvrError, _answer_error)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)


def _status(error: IvrError) -> HTTPStatus:
    match error:
        case Refused(code=code) if code.endswith("_not_found"):
            return HTTPStatus.NOT_FOUND
        case Refused(code=code):
            return _REFUSED.get(code, HTTPStatus.CONFLICT)
        case Unavailable():
            return HTTPStatus.SERVICE_UNAVAILABLE
        case ConfigError():
            return HTTPStatus.UNPROCESSABLE_ENTITY
        case UnexpectedMessage():
            return HTTPStatus.BAD_GATEWAY
        case _:
            raise error


async def _answer_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, IvrError)
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if error.retryable else None
    return failure_response(
        _status(error),
        error.code,
        error.message,
        retryable=error.retryable,
        problems=_problems(error),
        headers=headers,
    )


def _problems(error: IvrError) -> list[FieldProblem]:
    """What is wrong with the admin's files, all of it; other errors have no parts."""
    if not isinstance(error, ConfigError):
        return []
    return [
        FieldProblem(
            field=": ".join(part for part in (str(each.file), str(each.key)) if part),
            message=f"{each.wrong}; allowed: {each.allowed}" if each.allowed else str(each.wrong),
        )
        for each in error.problems
    ]


async def _answer_invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = [
        FieldProblem(field=_place(problem), message=problem["msg"])
        for problem in error.errors()[:_MOST_PROBLEMS]
    ]
    message = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
    return failure_response(
        HTTPStatus.UNPROCESSABLE_ENTITY, "request_invalid", message, problems=problems
    )


def _place(problem: dict[str, Any]) -> str:
    """Name the field; of broken JSON the place is a number of bytes and says little."""
    if problem["type"] == "json_invalid":
        return "body"
    if problem["type"] == "extra_forbidden":
        # Its name is the sender's own text.
        return ".".join(str(part) for part in problem["loc"][:-1])
    return ".".join(str(part) for part in problem["loc"])


async def _answer_http(_request: Request, error: Exception) -> JSONResponse:
    """Answer what the framework refuses, such as an unknown path."""
    assert isinstance(error, HTTPException)
    code = _HTTP_CODES.get(HTTPStatus(error.status_code), "bad_request")
    headers = dict(error.headers) if error.headers else None
    return failure_response(error.status_code, code, str(error.detail), headers=headers)
