"""Names of things. They are passed in or derived from others, never drawn here.

What they name outside: a ``CallId`` is the ARI id of the caller's channel, an ``OfferId`` the
ARI id of the agent's leg, a ``PlaybackId`` that of an ARI playback. Because the id exists
before the request is sent, an event can't come "too early", and a repeated request is harmless.
"""

from __future__ import annotations

from typing import NewType

CallId = NewType("CallId", str)
OfferId = NewType("OfferId", str)
PlaybackId = NewType("PlaybackId", str)
VisitId = NewType("VisitId", str)
"""An agent's own short call to a feature code; the ARI id of that channel."""
LegId = NewType("LegId", str)
"""A leg the system dials for a call besides offers: whom a caller is put through to, a caller who
is phoned back, a supervisor. The ARI id of that channel."""
RecordingId = NewType("RecordingId", str)
"""A caller's spoken message; the name of its file without the ending."""
AnnouncementId = NewType("AnnouncementId", str)
AgentId = NewType("AgentId", str)
"""The agent's SIP user name, such as ``1001``."""
DepartmentId = NewType("DepartmentId", str)
TopicId = NewType("TopicId", str)
"""What a callback is about; a topic belongs to one department."""
CaseworkerId = NewType("CaseworkerId", str)
CallbackId = NewType("CallbackId", str)
MessageId = NewType("MessageId", str)
E164 = NewType("E164", str)
"""A telephone number as ``+`` and digits, see :mod:`ivr.domain.numbers`."""
Target = E164 | AgentId
"""Whom a leg is dialled to: a number, or an agent's phone."""
