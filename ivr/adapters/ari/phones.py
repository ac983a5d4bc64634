"""Agents' telephones: whether they can be reached, and whether they have a call of their own.

Pure bookkeeping: endpoints in, domain events out. It knows no calls; whose channel is ours, it
asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ivr.adapters.ari.messages import EndpointStateChange
from ivr.domain import events as on
from ivr.domain.ids import AgentId

_TRUNK = "trunk"
"""The endpoint that is no telephone (dialplan/templates/pjsip.conf.j2)."""

PhoneEvent = on.PhoneReachable | on.PhoneUnreachable | on.PhoneBusy | on.PhoneFree


@dataclass(slots=True)
class _Phone:
    online: bool | None = None
    ours: set[str] = field(default_factory=set)
    """Its channels that are or were ours: a leg that just ended is no stranger's call."""
    foreign: set[str] = field(default_factory=set)
    busy: bool | None = False
    """What was told last; None: it has to be told in any case."""


class Phones:
    """All telephones; ``is_ours`` says whether a channel belongs to a call or an agent's code."""

    def __init__(self, is_ours: Callable[[str], bool]) -> None:
        self._is_ours = is_ours
        self._phones: dict[AgentId, _Phone] = {}

    def changed(self, endpoint: EndpointStateChange) -> Iterator[PhoneEvent]:
        """Say what an endpoint's present state means for the agent whose phone it is."""
        if endpoint.technology != "PJSIP" or endpoint.resource == _TRUNK:
            return
        agent = AgentId(endpoint.resource)
        phone = self._phones.setdefault(agent, _Phone())
        channels, online = set(endpoint.channels), endpoint.state == "online"
        # That a call began or ended says nothing new about the registration.
        if online != phone.online or channels == phone.ours | phone.foreign:
            yield on.PhoneReachable(agent) if online else on.PhoneUnreachable(agent)
        phone.online = online
        phone.ours = {each for each in channels if each in phone.ours or self._is_ours(each)}
        phone.foreign = channels - phone.ours
        busy = bool(phone.foreign)
        if busy is not phone.busy:
            phone.busy = busy
            yield on.PhoneBusy(agent) if busy else on.PhoneFree(agent)

    def found(self, endpoint: EndpointStateChange) -> Iterator[PhoneEvent]:
        """Say it of an endpoint that was asked for, in any case.

        Who was told last may have been an earlier run of the program: a call of the phone's own
        that has ended since must not keep it busy for ever.
        """
        phone = self._phones.setdefault(AgentId(endpoint.resource), _Phone())
        phone.online = phone.busy = None
        return self.changed(endpoint)

    def entered(self, channel: str) -> Iterator[PhoneEvent]:
        """Take note that ``channel`` entered the application and so, perhaps, turned out ours.

        A channel that an agent dialled is at the endpoint a moment before it enters.
        """
        if not self._is_ours(channel):
            return
        for agent, phone in self._phones.items():
            if channel in phone.foreign:
                phone.foreign.discard(channel)
                phone.ours.add(channel)
                if not phone.foreign:
                    phone.busy = False
                    yield on.PhoneFree(agent)
