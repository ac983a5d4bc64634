"""Drives the engine through a scene: facts and time in, what it commands readable out.

Calls, agents and offers go by short names: ``caller_waits("anna")``, ``d.offers_of("anna")``.
It plays an obedient outside; tests feed the disobedient parts themselves.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import AgentView, Presence
from ivr.domain.callback import Callback
from ivr.domain.calls import CallRecord
from ivr.domain.county import County
from ivr.domain.engine import QueueEngine
from ivr.domain.ids import AgentId, CallbackId, CallId, LegId, OfferId, PlaybackId, VisitId
from ivr.domain.known import KnownCallback
from ivr.domain.live import CallView
from ivr.domain.speech import (
    Clock,
    Count,
    Day,
    Digits,
    Foreign,
    Named,
    Phrase,
    Sound,
    Weekday,
)
from tests import examples

C = TypeVar("C")

MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin"))
SUNDAY_NOON = MONDAY_NOON - timedelta(days=1)


class Driver:
    """One engine, its clock, and what it commanded: in the last step, and ever."""

    def __init__(self, county: County | None = None, at: datetime = MONDAY_NOON) -> None:
        self.engine = QueueEngine(county or examples.county(), run="r1")
        self.now = at
        self.step: list[do.Command] = []
        self.ever: list[do.Command] = []
        self.lines_are_free_at_once = True
        """A leg that is to end ends before anything else happens."""

    # -- facts and time ------------------------------------------------------------------------

    def feed(self, *events: on.Event) -> None:
        """Let ``events`` happen now; they are one step."""
        self.step = []
        for event in events:
            self._did(self.engine.handle(event, self.now))
        self.ever += self.step

    def wait(self, seconds: float) -> None:
        """Let time pass, and every deadline fall due at its moment."""
        until = self.now + timedelta(seconds=seconds)
        self.step = []
        while (deadline := self.engine.next_deadline()) is not None and deadline <= until:
            self.now = max(self.now, deadline)
            self._did(self.engine.handle_timer(self.now))
        self.now = until
        self.ever += self.step

    def _did(self, commands: list[do.Command]) -> None:
        self.step += commands
        if self.lines_are_free_at_once:
            for command in commands:
                if isinstance(command, do.WithdrawOffer | do.ReleaseAgent):
                    self._did(self.engine.handle(on.LegEnded(command.offer), self.now))
                elif isinstance(command, do.EndParty):
                    self._did(self.engine.handle(on.PartyHungUp(command.leg), self.now))
                elif isinstance(command, do.SpeakAndHangUp | do.EndVisit):
                    self._did(self.engine.handle(on.LegEnded(command.visit), self.now))

    # -- callers -------------------------------------------------------------------------------

    def caller_arrives(
        self,
        call: str,
        dialled: str = examples.COMMON_NUMBER,
        caller: str | None = examples.CALLER,
        diverted_from: tuple[str, ...] = (),
    ) -> None:
        self.feed(on.CallArrived(CallId(call), dialled, caller, diverted_from))

    def caller_waits(
        self,
        call: str,
        dialled: str = examples.COMMON_NUMBER,
        caller: str | None = examples.CALLER,
    ) -> None:
        """A caller arrives, hears the greeting to its end, and is asked to wait."""
        self.caller_is_greeted(call, dialled, caller)
        greeted = self.step
        self.prompt_ends(call)
        self.step = greeted + self.step

    def caller_is_greeted(
        self,
        call: str,
        dialled: str = examples.COMMON_NUMBER,
        caller: str | None = examples.CALLER,
    ) -> None:
        self.caller_arrives(call, dialled, caller)
        self.prompt_ends(call)

    def prompt_ends(self, call: str) -> None:
        """What ``call`` was told last has been said."""
        plays = (c for c in self.ever if isinstance(c, do.Play | do.PlayToBoth))
        last = [play.playback for play in plays if play.call == call][-1]
        self.feed(on.PlaybackFinished(CallId(call), PlaybackId(last)))

    def presses(self, call: str, keys: str) -> None:
        self.feed(*(on.CallerPressed(CallId(call), key) for key in keys))

    def hangs_up(self, call: str) -> None:
        self.feed(on.CallerHungUp(CallId(call)))

    def message_ends(self, call: str, seconds: float) -> None:
        """The caller's message ended after ``seconds``."""
        recordings = (c for c in self.ever if isinstance(c, do.RecordMessage))
        recording = [command.recording for command in recordings if command.call == call][-1]
        self.feed(on.MessageRecorded(CallId(call), recording, seconds))

    # -- agents --------------------------------------------------------------------------------

    def agent_ready(self, agent: AgentId) -> None:
        """The agent's phone is there and the agent wants calls."""
        self.feed(on.PhoneReachable(agent), on.PresenceChosen(agent, Presence.READY))

    def chooses(self, agent: AgentId, presence: Presence) -> None:
        self.feed(on.PresenceChosen(agent, presence))

    def answers(self, call: str) -> None:
        """The agent whom ``call`` rings picks up."""
        self.feed(on.OfferAnswered(self.offer_of(call)))

    def offer_fails(self, call: str, cause: on.FailureCause) -> None:
        self.feed(on.OfferFailed(self.offer_of(call), cause))

    def talks(self, call: str) -> None:
        """The agent whom ``call`` rings picks up, and they hear each other."""
        offer = self.offer_of(call)
        self.feed(on.OfferAnswered(offer), on.CallConnected(offer))

    def agent_hangs_up(self, call: str) -> None:
        self.feed(on.AgentHungUp(self.offer_of(call)))

    def agent_presses(self, call: str, keys: str) -> None:
        self.feed(*(on.AgentPressed(self.offer_of(call), key) for key in keys))

    def refers(self, call: str, number: str, consultation: str | None = None) -> None:
        """The phone of the agent who talks with ``call`` asks for a transfer."""
        visit = VisitId(consultation) if consultation is not None else None
        self.feed(on.TransferRequested(self.offer_of(call), number, visit))

    def calls(self, agent: AgentId, number: str, visit: str = "v1") -> None:
        """The agent calls somebody, besides a talk or out of nothing."""
        self.feed(on.NumberDialled(VisitId(visit), agent, number))

    # -- third parties -------------------------------------------------------------------------

    def party_answers(self, call: str) -> None:
        """Whoever was dialled last for ``call`` picks up."""
        self.feed(on.PartyAnswered(self.party_of(call)))

    def party_fails(self, call: str, cause: on.FailureCause = on.FailureCause.NO_ANSWER) -> None:
        self.feed(on.PartyFailed(self.party_of(call), cause))

    def party_hangs_up(self, call: str) -> None:
        self.feed(on.PartyHungUp(self.party_of(call)))

    def party_presses(self, call: str, key: str) -> None:
        self.feed(on.PartyPressed(self.party_of(call), key))

    # -- the store -----------------------------------------------------------------------------

    def stores(self, call: str) -> None:
        """The callback requested last in ``call`` is committed."""
        self.feed(on.CallbackStored(self._requested(call).id, CallId(call)))

    def fails_to_store(self, call: str) -> None:
        self.feed(on.CallbackNotStored(self._requested(call).id, CallId(call)))

    def recognises(self, call: str, *callbacks: KnownCallback) -> None:
        """The number of ``call`` was looked up."""
        self.feed(on.CallerRecognised(CallId(call), callbacks))

    def adds(self, call: str) -> None:
        """What was to be added to a callback in ``call`` is committed."""
        self.feed(on.CallbackAddedTo(self._added_to(call), CallId(call)))

    def fails_to_add(self, call: str, *, over: bool = False) -> None:
        self.feed(on.CallbackNotAddedTo(self._added_to(call), CallId(call), over))

    # -- what the engine did -------------------------------------------------------------------

    def did(self, kind: type[C]) -> list[C]:
        """Return the commands of one kind in the last step."""
        return [command for command in self.step if isinstance(command, kind)]

    @property
    def doings(self) -> list[str]:
        """What was to be done in the last step, by the commands' names."""
        return [type(command).__name__ for command in self.step]

    @property
    def offered(self) -> list[tuple[str, str]]:
        """Who was offered to whom in the last step."""
        return [(offer.call, offer.agent) for offer in self.did(do.OfferCall)]

    @property
    def said(self) -> list[str]:
        """What was said in the last step, a line for each prompt."""
        plays = (c for c in self.step if isinstance(c, do.Play | do.PlayToBoth | do.SpeakAndHangUp))
        return [" ".join(map(_text, play.utterance)) for play in plays]

    @property
    def told_agents(self) -> list[str]:
        """What was said to an agent alone in the last step, a line for each prompt."""
        return [" ".join(map(_text, play.utterance)) for play in self.did(do.PlayToAgent)]

    @property
    def requested(self) -> list[Callback]:
        """The callbacks that were to be stored in the last step."""
        return [command.callback for command in self.did(do.StoreCallback)]

    @property
    def records(self) -> list[CallRecord]:
        """All finished calls."""
        return [command.record for command in self.ever if isinstance(command, do.RecordCall)]

    def outcomes(self) -> dict[str, str]:
        """How the finished calls ended."""
        return {record.id: record.outcome.value for record in self.records}

    # -- how things stand ----------------------------------------------------------------------

    def agent(self, agent: AgentId) -> AgentView:
        return next(view for view in self.engine.snapshot().agents if view.id == agent)

    def state(self, agent: AgentId) -> str:
        """Return the agent's state, with the reason of a pause."""
        view = self.agent(agent)
        return f"{view.state.value} {view.reason}".strip()

    def call(self, call: str) -> CallView:
        return next(view for view in self.engine.snapshot().calls if view.id == call)

    def placed_at(self, call: str) -> datetime:
        """Return the instant that decides the caller's place."""
        place = self.engine._floor.calls[CallId(call)].place
        assert place is not None
        return place[0]

    def offer_of(self, call: str) -> OfferId:
        """Return the id of the offer made last for ``call``."""
        offers = (c for c in self.ever if isinstance(c, do.OfferCall))
        return [offer.offer for offer in offers if offer.call == call][-1]

    def party_of(self, call: str) -> LegId:
        """Return the id of the third party dialled last for ``call``."""
        parties = (c for c in self.ever if isinstance(c, do.DialParty))
        return [party.leg for party in parties if party.call == call][-1]

    def _added_to(self, call: str) -> CallbackId:
        adds = (c for c in self.ever if isinstance(c, do.AddToCallback))
        return [add.callback for add in adds if add.call == call][-1]

    def _requested(self, call: str) -> Callback:
        stores = (c.callback for c in self.ever if isinstance(c, do.StoreCallback))
        return [callback for callback in stores if callback.call == call][-1]


def _text(phrase: Phrase) -> str:
    match phrase:
        case Sound(name) | Named(name):
            return name
        case Foreign(language, foreign):
            return f"{language}:{_text(foreign)}"
        case Count(number):
            return str(number)
        case Weekday(on=day):
            return f"{day:%A}"
        case Digits(text):
            return text.replace(" ", "")
        case Clock(at):
            return at.isoformat("minutes")
        case Day(on=day):
            return day.isoformat()
