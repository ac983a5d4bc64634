"""What the API shows and takes, as pydantic models: they write the OpenAPI document.

Times are in the county's local time with their offset (RFC 3339), numbers E.164, durations
seconds. Nothing here decides; words are those of the domain.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from ivr.domain.agents import AgentState, Presence
from ivr.domain.callback import CallbackState
from ivr.domain.calls import CallResult, Outcome
from ivr.domain.live import Phase
from ivr.domain.outgoing import OutgoingPhase
from ivr.domain.rules import Strategy, WayOut

LONGEST_ID = 200
_ID_PATTERN = r"^[!-~]+$"
_LINE = r"^[^\x00-\x1f\x7f-\x9f]*$"
_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
_MONDAY = "2026-11-23T09:00:00+01:00"
_WEDNESDAY = "2026-11-25T09:00:00+01:00"


def _one_line(text: str) -> str:
    if not re.fullmatch(_LINE, text):
        raise PydanticCustomError("one_line", "Should be one line without control characters")
    return text


Line = Annotated[str, AfterValidator(_one_line), Field(json_schema_extra={"pattern": _LINE})]
"""Text of one line."""

Text = Annotated[str, Field(json_schema_extra={"pattern": _TEXT})]
"""Text whose rules :mod:`ivr.application.texts` knows; here they are only told."""

Id = Annotated[str, Field(min_length=1, max_length=LONGEST_ID, pattern=_ID_PATTERN)]


class Shown(BaseModel):
    """Base of what is shown."""

    # The texts of an error reach the log; what a caller said does not belong there.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Taken(BaseModel):
    """Base of what is taken: an unknown field is a misunderstanding and refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)


class Health(Shown):
    """The process is alive."""

    alive: Literal[True] = True


class Part(Shown):
    """Whether one thing outside works."""

    works: bool
    reason: str | None = Field(
        description="Why not; null where it works.", examples=["Asterisk is not connected."]
    )


class Ready(Shown):
    """Whether calls and callbacks are served fully."""

    ready: bool = Field(description="Every part works.")
    parts: dict[str, Part] = Field(
        description="`switch` (Asterisk), `store` (database), `broker` (MQTT).",
        examples=[{"switch": {"works": True, "reason": None}}],
    )


class AgentShown(Shown):
    """An agent: what the agent wants, and what the system does with the agent."""

    id: str = Field(description="The SIP user name.", examples=["1001"])
    name: str = Field(examples=["Sabine Krüger"])
    presence: Presence = Field(description="What the agent wants.")
    reason: str = Field(
        description="Why the agent is paused: the agent's own words, or `missed`, `rejected`,"
        " `unreachable` where the system paused the agent.",
        examples=["missed"],
    )
    state: AgentState = Field(description="What the system does with the agent.")
    reachable: bool = Field(description="The agent's telephone is registered.")
    call: str | None = Field(
        description="The call that rings or is talked in.", examples=["1763884800.12"]
    )
    idle_since: datetime | None = Field(
        description="The longest idle agent is offered the next call.", examples=[_MONDAY]
    )
    since: datetime | None = Field(
        description="When the state, or the reason of the pause, began; null: never changed yet.",
        examples=[_MONDAY],
    )
    until: datetime | None = Field(description="When wrap-up ends.", examples=[None])
    busy: bool = Field(description="The telephone has a call that is none of the service's.")
    last_call: bool = Field(
        description="Will be logged out after the talk that goes on, or else after the next."
    )


class AgentList(Shown):
    """All agents of the configuration."""

    agents: list[AgentShown]


class WaitingCaller(Shown):
    """A caller in the queue."""

    call: str = Field(examples=["1763884800.12"])
    department: str | None = Field(description="Null for the common number.", examples=["soziales"])
    label: str = Field(
        description="What the agent reads and says.", examples=["Soziales und Senioren"]
    )
    waits_seconds: int = Field(description="Since entering the queue.", examples=[13])


class Counts(Shown):
    """The service in figures."""

    waiting: int = Field(description="Callers in the queue.", examples=[1])
    longest_wait_seconds: int = Field(examples=[13])
    calls: dict[Phase, int] = Field(
        description="Live calls by phase; phases without a call are left out.",
        examples=[{"waiting": 1, "talking": 3}],
    )
    agents: dict[AgentState, int] = Field(
        description="Agents by state; states without an agent are left out.",
        examples=[{"ready": 2, "on_call": 3}],
    )


class OpenCallback(Shown):
    """An open callback of the number a call comes from, as it was when the call arrived."""

    id: str = Field(examples=["api-5f0c1d"])
    department: str = Field(examples=["soziales"])
    caseworker: str = Field(description="Who owns it.", examples=["heike.janssen"])
    caseworker_name: str = Field(examples=["Heike Janssen"])
    state: CallbackState = Field(description="Where the promise stands.")
    due_at: datetime = Field(examples=[_WEDNESDAY])
    attempts: int = Field(description="How often the citizen was phoned.", examples=[1])
    missed: bool = Field(
        description="The latest attempt was in vain: the call may be the answer to it."
    )


class Caller(Shown):
    """A caller, wherever the caller is; without the telephone number."""

    call: str = Field(examples=["1763884800.12"])
    phase: Phase = Field(description="Where the caller is.")
    department: str | None = Field(description="Null for the common number.", examples=["soziales"])
    label: str = Field(examples=["Soziales und Senioren"])
    language: str = Field(description="What the caller is spoken to in.", examples=["de"])
    waits_seconds: int | None = Field(
        description="Since entering the queue; null for one who does not wait.", examples=[13]
    )
    position: int | None = Field(description="Among those who wait, from 1.", examples=[1])
    estimate_seconds: int | None = Field(
        description="How long the caller will probably still wait; null where nobody can say.",
        examples=[90],
    )
    agent: str | None = Field(examples=[None])
    party: str = Field(
        description="Whom the caller is being, or was, put through to, or talks with besides an"
        " agent: an agent's id or a number; empty where there is nobody.",
        examples=[""],
    )
    supervised: bool = Field(description="A supervisor takes part, or is about to.")
    callback: OpenCallback | None = Field(
        description="What we have promised this caller and not yet done; null where nothing is"
        " known.",
        examples=[None],
    )


class OutgoingCall(Shown):
    """A caseworker who is phoning back now; none of the queue's calls. Without a number."""

    kind: Literal["outgoing"] = "outgoing"
    id: str = Field(examples=["out-6923f1a0-1"])
    callback: str = Field(examples=["api-5f0c1d"])
    phase: OutgoingPhase = Field(description="How far the call is.")
    department: str = Field(examples=["soziales"])
    label: str = Field(examples=["Soziales und Senioren"])
    caseworker: str = Field(examples=["heike.janssen"])
    asked_at: datetime = Field(examples=[_MONDAY])
    talking_since: datetime | None = Field(examples=[None])


class ServiceLevel(Shown):
    """A share of calls answered in time."""

    seconds: int = Field(examples=[20])
    share: float | None = Field(description="Null where nothing was offered.", examples=[0.75])


class Today(Shown):
    """Finished calls that arrived today, in the county's time. `formulas` says what is what."""

    since: datetime = Field(examples=["2026-11-23T00:00:00+01:00"])
    arrived: int = Field(examples=[14])
    offered: int = Field(examples=[12])
    answered: int = Field(examples=[10])
    abandoned: int = Field(examples=[2])
    abandoned_at_once: int = Field(examples=[1])
    callbacks: int = Field(examples=[1])
    by_fallback: int = Field(examples=[0])
    asa_seconds: float | None = Field(examples=[13.0])
    longest_wait_seconds: float = Field(examples=[61.5])
    service_levels: list[ServiceLevel]
    formulas: dict[str, str] = Field(
        description="What each figure counts, in words.",
        examples=[{"asa_seconds": "waits of answered calls / answered calls"}],
    )


class Rule(Shown):
    """The rule of the queue: who is served next, by whom, and who can't wait."""

    strategy: Strategy = Field(description="Which of several suitable agents is offered a call.")
    ring_at_once: int = Field(
        description="Agents who ring for one caller, with `ring_several`.", examples=[3]
    )
    ring_time_seconds: int = Field(examples=[20])
    largest_head_start_seconds: int = Field(
        description="Callers are served in the order of their arrival, some as if they had come"
        " earlier. Nobody is overtaken by one who came more than this later.",
        examples=[0],
    )
    level_seconds: list[int] = Field(
        description="After which time agents of the next level may be offered.", examples=[[]]
    )
    language_seconds: int | None = Field(
        description="After which time the language matters no more.", examples=[None]
    )
    everyone_seconds: int | None = Field(
        description="After which time the department matters no more.", examples=[None]
    )
    max_waiting: int | None = Field(description="At most so many wait.", examples=[None])
    max_wait_seconds: int | None = Field(description="Nobody waits longer.", examples=[None])
    join_empty: bool = Field(description="Callers may wait while nobody is logged in for them.")
    leave_when_empty: bool = Field(
        description="Callers leave when the last one for them has logged out."
    )
    way_out: WayOut = Field(description="What those get who can't wait.")


class CallbackCounts(Shown):
    """How many promises are to be kept."""

    open: int = Field(description="Not closed.", examples=[12])
    overdue: int = Field(description="Open, and should have been kept by now.", examples=[1])
    undelivered: int = Field(
        description="Open, with a message that has not arrived by the way it was to go.",
        examples=[0],
    )


class Status(Shown):
    """The service at one moment."""

    at: datetime = Field(examples=[_MONDAY])
    open: bool = Field(description="Within opening hours.")
    counts: Counts
    waiting: list[WaitingCaller] = Field(description="In the order of the queue.")
    callers: list[Caller] = Field(
        description="All callers, those in the queue first and in its order."
    )
    outgoing: list[OutgoingCall] = Field(description="Caseworkers phoning back.")
    agents: list[AgentShown]
    today: Today | None = Field(description="Null while the database can't be asked.")
    callbacks: CallbackCounts | None = Field(description="Null while the database can't be asked.")
    rule: Rule


class LiveCall(Shown):
    """A call that is going on."""

    kind: Literal["live"] = "live"
    id: str = Field(examples=["1763884800.12"])
    phase: Phase = Field(description="Where the caller is.")
    department: str | None = Field(description="Null for the common number.", examples=["soziales"])
    label: str = Field(examples=["Soziales und Senioren"])
    caller_number: str | None = Field(description="Null when withheld.", examples=["+491713920001"])
    arrived_at: datetime = Field(examples=[_MONDAY])
    queued_at: datetime | None = Field(
        description="When the caller entered the queue, after the greeting.", examples=[_MONDAY]
    )
    position: int | None = Field(description="Among those who wait, from 1.", examples=[None])
    answered_at: datetime | None = Field(examples=[None])
    agent: str | None = Field(examples=[None])
    language: str = Field(description="What the caller is spoken to in.", examples=["de"])
    party: str = Field(
        description="Whom the caller is being, or was, put through to, or talks with besides an"
        " agent: an agent's id or a number; empty where there is nobody.",
        examples=[""],
    )
    supervised: bool = Field(description="A supervisor takes part, or is about to.")
    callbacks: list[OpenCallback] = Field(
        description="Open callbacks of the caller's number, the one the call is about first."
    )


class FinishedCall(Shown):
    """A call that is over."""

    kind: Literal["finished"] = "finished"
    id: str = Field(examples=["1763884800.11"])
    outcome: Outcome = Field(description="How it ended.")
    dialled: str = Field(description="The number the caller dialled.", examples=["+4944619197777"])
    department: str | None = Field(description="Null for the common number.", examples=["soziales"])
    caller_number: str | None = Field(description="Null when withheld.", examples=["+491713920001"])
    arrived_at: datetime = Field(examples=[_MONDAY])
    queued_at: datetime | None = Field(
        description="Null where the caller never entered the queue.", examples=[_MONDAY]
    )
    answered_at: datetime | None = Field(examples=[_MONDAY])
    ended_at: datetime = Field(examples=[_MONDAY])
    agent: str | None = Field(examples=["1001"])
    offers: int = Field(description="Agents whose telephone rang.", examples=[1])
    waited_seconds: float | None = Field(
        description="From entering the queue to the answer or the caller's leaving.",
        examples=[13.2],
    )
    talked_seconds: float | None = Field(examples=[171.0])
    language: str = Field(
        description="What the caller was spoken to in; empty in records of older versions.",
        examples=["de"],
    )
    transferred_to: str = Field(
        description="Whom the caller was put through to; empty where the caller was not.",
        examples=[""],
    )
    by_fallback: bool = Field(
        description="Served by Asterisk's own queue while the program was away.", examples=[False]
    )
    result: CallResult | None = Field(
        description="What its agent said came of it, or else did; null: nothing is known.",
        examples=["settled"],
    )


class CallList(Shown):
    """Calls going on and calls that are over."""

    live: list[LiveCall] = Field(description="Those in the queue first, in their order.")
    finished: list[FinishedCall] = Field(description="Latest first.")
    outgoing: list[OutgoingCall] = Field(
        description="Caseworkers phoning back: calls that are none of the queue's."
    )


class By(Taken):
    """Who does it."""

    by: Line = Field(
        min_length=1,
        max_length=100,
        description="Who does it; kept in the audit.",
        examples=["heike.janssen"],
    )


_ByOther = Annotated[
    Line,
    Field(
        max_length=100,
        description="Who says so for the agent; kept in the audit. Empty: the agent.",
        examples=["heike.janssen"],
    ),
]


class OnBehalf(Taken):
    """Who says so."""

    by: _ByOther = ""


class ResultWish(OnBehalf):
    """What came of a call."""

    result: Literal["settled", "callback", "transferred", "referred", "no_matter"] = Field(
        description="`settled`, `callback` (is phoned back), `transferred` (put through),"
        " `referred` (told whom to ask), `no_matter` (a wrong number, nobody there).",
        examples=["settled"],
    )


class PresenceWish(Taken):
    """What an agent wants."""

    presence: Literal["ready", "paused", "logged_out"] = Field(
        description="`ready` to be offered calls, `paused` for a while, or `logged_out`.",
        examples=["paused"],
    )
    reason: Line = Field(
        default="",
        max_length=100,
        description="Why, for a pause only; others see it.",
        examples=["Mittag"],
    )
    by: _ByOther = ""

    @model_validator(mode="after")
    def _reason_is_for_a_pause(self) -> PresenceWish:
        if self.reason and self.presence != "paused":
            raise PydanticCustomError("reason", "A reason may be given for a pause only")
        return self


class ChangedFile(BaseModel):
    """One of Asterisk's files that is written anew."""

    name: str = Field(description="Below Asterisk's folder `etc`.", examples=["pjsip.conf"])
    change: str = Field(description="`added`, `changed` or `removed`.", examples=["changed"])
    difference: str | None = Field(
        description="A unified diff; null where the file holds passwords.", examples=[None]
    )


class ChangedValue(BaseModel):
    """One configured value that is not what it was."""

    what: str = Field(description="Where it is.", examples=["queue.ring_time"])
    before: str = Field(description="Empty: there was none.", examples=["20 s"])
    after: str = Field(description="Empty: there is none any more.", examples=["25 s"])


class ConfigurationChange(BaseModel):
    """What differs between the admin's files and what is in force, or was until now."""

    values: list[ChangedValue] = Field(description="What the service goes by.")
    files: list[ChangedFile] = Field(description="What Asterisk goes by.")
    restart: list[str] = Field(
        description="Files that Asterisk reads only when it starts: these changes wait until then.",
        examples=[["rtp.conf"]],
    )
