"""What the API shows and takes of callbacks, as pydantic models: they write the OpenAPI document.

Like :mod:`ivr.adapters.web.models`: times are in the county's local time, numbers E.164, and
nothing here decides.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from ivr.adapters.web.models import Id, Line, Shown, Taken, Text
from ivr.application.texts import (
    LONGEST_ANSWER,
    LONGEST_COMMENT,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_REFERENCE,
    LONGEST_SUBJECT,
    MOST_ANSWERS,
    MOST_PREFERRED_TIMES,
)
from ivr.domain.callback import (
    AttemptResult,
    CallbackEvent,
    CallbackSource,
    CallbackState,
    CloseReason,
)
from ivr.domain.delivery import Delivery
from ivr.domain.next_step import Step

_MONDAY = "2026-11-23T09:00:00+01:00"
_TUESDAY = "2026-11-24T14:00:00+01:00"
_WEDNESDAY = "2026-11-25T09:00:00+01:00"
_YEARS = range(2000, 2200)

MOST_LEFT_OUT = 1_000_000_000
"""More callbacks than there will ever be, and a number every database knows."""


def _of_this_age(at: datetime) -> datetime:
    if at.year not in _YEARS:
        raise PydanticCustomError("age", "Should be a time of this age")
    return at


Moment = Annotated[AwareDatetime, Field(strict=False), AfterValidator(_of_this_age)]
"""A time with its offset; at the very ends of time there is no UTC."""


class NextStepShown(Shown):
    """What is suggested; the caseworker's own word goes before it."""

    step: Step = Field(
        description="`call` the citizen, `write` because phoning was in vain too often, or `close`."
    )
    at: datetime | None = Field(description="When to call.", examples=[_TUESDAY])
    as_preferred: bool = Field(description="Within the citizen's preferred times.")


class CallbackShown(Shown):
    """A promise to phone back."""

    id: str = Field(examples=["api-5f0c1d"])
    department: str = Field(examples=["soziales"])
    department_name: str = Field(
        description="Empty where it is not configured any more.", examples=["Soziales und Senioren"]
    )
    caseworker: str = Field(description="Who owns it.", examples=["heike.janssen"])
    caseworker_name: str = Field(
        description="Empty where the owner is not configured any more.", examples=["Heike Janssen"]
    )
    caller_number: str = Field(examples=["+491713920001"])
    caller_name: str = Field(examples=["Gesine Albers"])
    topic: str | None = Field(description="What it is about.", examples=["wohngeld"])
    topic_name: str = Field(
        description="Empty where there is no topic, or none of this name any more.",
        examples=["Wohngeld"],
    )
    subject: str = Field(examples=["Antrag vom Oktober"])
    note: str = Field(examples=["Fragt nach den fehlenden Unterlagen."])
    reference: str = Field(
        description="The county's own, such as a file number.", examples=["W 17"]
    )
    preferred_times: list[str] = Field(
        description="When the citizen wants to be phoned; empty: any time.",
        examples=[["mon-fri 14:00-16:00"]],
    )
    language: str = Field(
        description="What the citizen speaks; empty: the county's language.", examples=["de"]
    )
    answers: list[str] = Field(
        description="What the citizen has been told already.",
        examples=[["Der Antrag liegt auf der Website."]],
    )
    source: CallbackSource = Field(description="How it was requested.")
    call: str | None = Field(
        description="The call it was requested in.", examples=["1763884800.12"]
    )
    requested_at: datetime = Field(examples=[_MONDAY])
    due_at: datetime = Field(examples=[_WEDNESDAY])
    overdue: bool = Field(description="Open, and should have been kept by now.")
    remind_at: datetime | None = Field(
        description="When its owner is reminded; null: not any more.", examples=[_TUESDAY]
    )
    escalate_at: datetime | None = Field(
        description="When somebody else gets it if nothing happens; null: nobody else is left.",
        examples=[_WEDNESDAY],
    )
    escalations: int = Field(
        description="How often it went to somebody else because it waited too long.", examples=[0]
    )
    state: CallbackState = Field(description="Where the promise stands.")
    taken_by: str = Field(
        description="Who acknowledged it; empty: nobody who still owns it.", examples=[""]
    )
    attempts: int = Field(description="How often the citizen was phoned.", examples=[0])
    next_try_at: datetime | None = Field(
        description="When to phone again, after an attempt.", examples=[None]
    )
    next_step: NextStepShown | None = Field(description="What is suggested; null where closed.")
    close_reason: CloseReason | None = Field(description="Null while it is open.")
    event: CallbackEvent = Field(description="What the latest change was.")
    comment: str = Field(description="What was said about the latest change.", examples=[""])
    changed_at: datetime | None = Field(examples=[None])
    changed_by: str = Field(
        description="Who made the latest change; empty before the first.", examples=[""]
    )
    version: int = Field(description="Counts its changes, from 1.", examples=[1])
    spoken_message: bool = Field(description="The caller said something about it: `GET …/message`.")
    published: bool = Field(
        description="The MQTT broker has every message about it. Whether a caseworker has taken"
        " it is another matter: `state`."
    )
    delivered: bool = Field(
        description="Every message about it has arrived by the way it was to go."
    )


class CallbackList(Shown):
    """Callbacks, oldest request first."""

    total: int = Field(description="How many there are, without `limit`.", examples=[1])
    callbacks: list[CallbackShown]


class Version(Shown):
    """A callback after one change."""

    event: CallbackEvent = Field(description="What the change was.")
    state: CallbackState
    at: datetime = Field(examples=[_MONDAY])
    by: str = Field(description="Empty for the request itself.", examples=["heike.janssen"])
    comment: str = Field(description="What was said about the change.", examples=["Rufton."])
    note: str = Field(examples=["Nicht erreicht, morgen wieder."])
    department: str = Field(examples=["soziales"])
    caseworker: str = Field(description="Who owned it then.", examples=["heike.janssen"])
    result: AttemptResult | None = Field(description="Of an attempt.")
    next_try_at: datetime | None = Field(description="As it was then.", examples=[_TUESDAY])
    close_reason: CloseReason | None = Field(description="Where it was closed then.")


class Delivered(Shown):
    """What became of one message about a callback, by one way."""

    way: Delivery = Field(description="By which way it goes.")
    event: CallbackEvent = Field(description="What it tells of.")
    department: str = Field(examples=["soziales"])
    caseworker: str = Field(description="Whom it tells.", examples=["heike.janssen"])
    created_at: datetime = Field(examples=[_MONDAY])
    delivered_at: datetime | None = Field(
        description="When the broker, the mail server or the webhook's receiver took it over;"
        " `null`: it waits.",
        examples=[_MONDAY],
    )
    tries: int = Field(description="How often it was refused.", examples=[0])
    error: str = Field(description="Why, the last time.", examples=[""])


class CallbackWithHistory(CallbackShown):
    """A callback and how it came to stand as it does."""

    history: list[Version] = Field(
        description="Oldest first; the request is the first. Those with the event `attempted` are"
        " the ledger of attempts."
    )
    deliveries: list[Delivered] = Field(description="The messages about it, oldest first.")


_PreferredTimes = Annotated[
    list[Line],
    Field(
        max_length=MOST_PREFERRED_TIMES,
        description="When the citizen wants to be phoned: days, times or both; left out: any time.",
        examples=[["mon-fri 14:00-16:00", "sat"]],
    ),
]
_Answers = Annotated[
    list[Annotated[Text, Field(max_length=LONGEST_ANSWER)]],
    Field(
        max_length=MOST_ANSWERS,
        description="What the citizen has been told already.",
        examples=[["Der Antrag liegt auf der Website."]],
    ),
]
_Number = Annotated[
    Line,
    Field(
        min_length=1,
        max_length=40,
        description="The telephone number as people write it; without an area code it is one of"
        " the county's own.",
        examples=["04461 123456"],
    ),
]


class CallbackWish(Taken):
    """A request to be phoned back."""

    number: _Number | None = Field(
        default=None,
        description="The telephone number as people write it; without an area code it is one of the"
        " county's own. May be left out with `call`: the caller's.",
    )
    department: Id | None = Field(
        default=None,
        description="Whose matter it is; left out, that of the call, or of callers of the common"
        " number.",
        examples=["soziales"],
    )
    caseworker: Id | None = Field(
        default=None,
        description="Who is to own it; left out, whoever is responsible by the plan.",
        examples=["heike.janssen"],
    )
    call: Id | None = Field(
        default=None,
        description="A call that is going on, in which this is requested: its caller's number,"
        " department and language are meant where none are named.",
        examples=["1763884800.12"],
    )
    caller_name: Text = Field(default="", max_length=LONGEST_NAME, examples=["Gesine Albers"])
    topic: Id | None = Field(
        default=None, description="A topic of the department.", examples=["wohngeld"]
    )
    subject: Text = Field(default="", max_length=LONGEST_SUBJECT, examples=["Antrag vom Oktober"])
    note: Text = Field(
        default="",
        max_length=LONGEST_NOTE,
        description="What the caseworker should know or prepare.",
        examples=["Fragt nach den fehlenden Unterlagen."],
    )
    reference: Text = Field(
        default="",
        max_length=LONGEST_REFERENCE,
        description="The county's own, such as a file number.",
        examples=["W 17"],
    )
    preferred_times: _PreferredTimes = Field(default=[])
    language: Line = Field(
        default="",
        max_length=3,
        description="What the citizen speaks (ISO 639); left out: the language of the call, or the"
        " county's.",
        examples=["en"],
    )
    answers: _Answers = Field(default=[])


class CallbackSearch(Taken):
    """Which callbacks are looked for; what is left out does not matter.

    In a body, as numbers and names must not get into the logs of proxies.
    """

    number: _Number | None = None
    text: Line | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="Occurs in the id, name, subject, note or reference, in capitals or not.",
        examples=["wohngeld"],
    )
    state: list[Annotated[CallbackState, Field(strict=False)]] | None = Field(
        default=None, description="Only these states.", examples=[["requested"]]
    )
    department: Id | None = Field(default=None, examples=["soziales"])
    caseworker: Id | None = Field(default=None, examples=["heike.janssen"])
    topic: Id | None = Field(default=None, examples=["wohngeld"])
    overdue: bool = Field(default=False, description="Only open ones that should have been kept.")
    published: bool | None = Field(
        default=None, description="`false`: the MQTT broker still lacks a message about it."
    )
    delivered: bool | None = Field(
        default=None,
        description="`false`: a message about it has not arrived, by whatever way.",
    )
    due_before: Moment | None = Field(
        default=None, description="RFC 3339 with offset.", examples=[_WEDNESDAY]
    )
    limit: int = Field(default=100, ge=1, le=1000, description="At most so many.")
    offset: int = Field(
        default=0, ge=0, le=MOST_LEFT_OUT, description="So many of the first are left out."
    )


class Change(Taken):
    """What somebody does with a callback."""

    by: Line = Field(
        min_length=1, max_length=100, description="Who does it.", examples=["heike.janssen"]
    )
    comment: Text = Field(
        default="",
        max_length=LONGEST_COMMENT,
        description="What is to be said about it; stands in the history.",
        examples=["Rufton, niemand da."],
    )
    note: Text | None = Field(
        default=None,
        max_length=LONGEST_NOTE,
        description="Replaces the callback's note; left out, the note stays.",
        examples=["Nicht erreicht, morgen wieder."],
    )


class AttemptMade(Change):
    """What came of phoning the citizen."""

    result: Annotated[AttemptResult, Field(strict=False)] = AttemptResult.NOT_REACHED
    next_try_at: Line | None = Field(
        default=None,
        max_length=50,
        description="When to try again: RFC 3339, or as people write it in the county's time, such"
        " as `14:00` or `24.11.2026 14:00`; left out, a time is suggested.",
        examples=[_TUESDAY],
    )


class Closing(Change):
    """Why a callback ends."""

    reason: Annotated[CloseReason, Field(strict=False)] = CloseReason.SETTLED


class Reassignment(Change):
    """Who is to own a callback."""

    caseworker: Id | None = Field(
        default=None,
        description="Left out: whoever is responsible in the department by the plan.",
        examples=["jens.meyer"],
    )
    department: Id | None = Field(
        default=None, description="Left out: the same as before.", examples=["jugend"]
    )

    @model_validator(mode="after")
    def _says_to_whom(self) -> Reassignment:
        if self.caseworker is None and self.department is None:
            raise PydanticCustomError("to_whom", "A caseworker, a department or both are needed")
        return self


class Remark(Change):
    """Something to know about a callback."""

    comment: Text = Field(
        min_length=1,
        max_length=LONGEST_COMMENT,
        description="Stands in the history.",
        examples=["Ruft morgen selbst noch einmal an."],
    )


class Correction(Change):
    """What a callback is about, told better; what is left out stays."""

    number: _Number | None = None
    caller_name: Text | None = Field(
        default=None, max_length=LONGEST_NAME, examples=["Gesine Albers"]
    )
    topic: Line | None = Field(
        default=None,
        max_length=100,
        description="A topic of the department; empty: none any more.",
        examples=["wohngeld"],
    )
    subject: Text | None = Field(
        default=None, max_length=LONGEST_SUBJECT, examples=["Antrag vom Oktober"]
    )
    reference: Text | None = Field(default=None, max_length=LONGEST_REFERENCE, examples=["W 17"])
    preferred_times: _PreferredTimes | None = None
    answers: _Answers | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Correction:
        told = self.model_dump(exclude={"by", "comment"}, exclude_none=True)
        if not told:
            raise PydanticCustomError("nothing", "Nothing is told that could be changed")
        return self
