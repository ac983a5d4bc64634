"""A telephone of an agent that would have somebody else called in its place."""

from __future__ import annotations

import asyncio

from ivr.domain.ids import AgentId
from testbed.desk_phone import DeskPhone
from testbed.sip import Message
from tests.integration.dialplan_lab import Lab

ABROAD = "+4990012345"
ABROAD_BY_TRUNK = f"PJSIP%2F{ABROAD}%40trunk"
"""With a slash it is a technology and a device: Asterisk asks no context what to do with it."""


class RedirectingPhone(DeskPhone):
    """One that answers each call with 302, to ``target``, the user part of an address."""

    def __init__(self, agent: str, lab: Lab, target: str) -> None:
        password = lab.secrets.agent_passwords[AgentId(agent)]
        super().__init__(agent, password, server=lab.server, ports=lab.ports)
        self.redirected = asyncio.Event()
        self._target = target

    def _asked(self, request: Message) -> None:
        if request.method != "INVITE":
            super()._asked(request)
            return
        more = (("Contact", f"<sip:{self._target}@{self.sip}>"),)
        self.reply(request, request.answered(302, tag=self.agent, more=more))
        self.redirected.set()
