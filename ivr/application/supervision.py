"""Supervision: what somebody in charge does with others' calls.

Each is in the audit before the engine hears of it: what can't be written down is not done. What a
supervisor changes by key in the talk, the dispatcher writes down before it is carried out.
Listening in, whispering and barging in are possible only where the configuration allows them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from ivr.application.audit import Audit
from ivr.application.desk import Desk
from ivr.application.inbox import Inbox
from ivr.domain.commands import Supervision as How
from ivr.domain.errors import Refused
from ivr.domain.events import CallerMovedUp, CallerTakenOut, SupervisionRequested
from ivr.domain.ids import AgentId, CallId, LegId
from ivr.domain.live import CallView, Phase

_IN_THE_QUEUE = (Phase.WAITING, Phase.AWAY)
_WITHOUT_AGENT = (Phase.GREETING, Phase.MENU, Phase.CLOSED, *_IN_THE_QUEUE)


class Supervision:
    """Taking part in talks, moving callers up, taking them out of the queue."""

    def __init__(self, desk: Desk, inbox: Inbox, audit: Audit, run: str) -> None:
        """``run`` tells this run of the program from others: it becomes part of ids."""
        self._desk = desk
        self._inbox = inbox
        self._audit = audit
        self._run = run
        self._numbers: Iterator[int] = count(1)

    async def take_part(self, call: CallId, phone: AgentId, how: How, by: str) -> CallView:
        """Ring ``phone`` and let it take part in the talk; again, to change how.

        Raises Refused (``supervision_off``, ``call_not_found``, ``call_not_talking``,
        ``agent_not_found``, ``phone_not_free``) and Unavailable where it can't be written down.
        """
        if not self._desk.county.rules.supervision:
            raise Refused(
                "Listening in, whispering and barging in are switched off: supervision = false in"
                " queue.toml.",
                code="supervision_off",
            )
        talk = self._desk.call(call)
        if talk.phase is not Phase.TALKING:
            raise Refused(f"Call {call} is not talking with an agent.", code="call_not_talking")
        self._desk.agent(phone)
        leg = self._leg(talk, phone)
        await self._audit.note(by, how.value, call, phone=phone, agent=talk.agent or "")
        await self._inbox.handled(SupervisionRequested(call, leg, phone, how, by))
        talk = self._desk.call(call)
        if leg not in talk.supervisors:
            raise Refused(
                f"The telephone of {phone} is not there or not free: needed is that of an agent who"
                " is paused or logged out and has no call.",
                code="phone_not_free",
            )
        return talk

    async def move_up(self, call: CallId, by: str) -> CallView:
        """Let a waiting caller be served next, also one who keeps the place and is away.

        Raises Refused (``call_not_found``, ``call_not_waiting``) and Unavailable.
        """
        return await self._do(CallerMovedUp(call), "move_up", _IN_THE_QUEUE, by)

    async def take_out(self, call: CallId, by: str) -> CallView:
        """End the call of somebody who has no agent yet, with a word.

        For one who keeps the place and is away a callback is left instead.

        Raises Refused (``call_not_found``, ``call_not_waiting``) and Unavailable.
        """
        return await self._do(CallerTakenOut(call), "take_out", _WITHOUT_AGENT, by)

    async def _do(
        self, event: CallerMovedUp | CallerTakenOut, action: str, phases: Sequence[Phase], by: str
    ) -> CallView:
        before = self._desk.call(event.call)
        if before.phase not in phases:
            raise Refused(f"Call {event.call} does not wait (any more).", code="call_not_waiting")
        await self._audit.note(by, action, event.call)
        await self._inbox.handled(event)
        after = (view for view in self._desk.snapshot().calls if view.id == event.call)
        return next(after, before)  # the caller may have hung up meanwhile

    def _leg(self, talk: CallView, phone: AgentId) -> LegId:
        """Return the leg by which the phone takes part already, or else a new one."""
        begin = f"{talk.id}-{self._run}-s{phone}-"
        there = (leg for leg in talk.supervisors if leg.startswith(begin))
        return next(there, None) or LegId(f"{begin}{next(self._numbers)}")
