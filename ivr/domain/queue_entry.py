"""Lines of Asterisk's ``queue_log``: words and form. When what is told is not its business.

Events and their values are those of Asterisk 22, apps/app_queue.c, in its calls of
``ast_queue_log()``, as explained on https://docs.asterisk.org/Operation/Logging/Queue-Logs/.
``DID`` is not among them: FreePBX writes it before the queue, with the application ``QueueLog()``,
and reports know it from there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

NOBODY = "NONE"
"""What stands in the place of the agent, or of the call, where there is none."""

Values = tuple[str | int, ...]
_SEPARATORS = re.compile(r"[|\x00-\x1f\x7f]")


class QueueEvent(StrEnum):
    """What is told, named as Asterisk names it."""

    DID = "DID"
    ENTERQUEUE = "ENTERQUEUE"
    CONNECT = "CONNECT"
    COMPLETEAGENT = "COMPLETEAGENT"
    COMPLETECALLER = "COMPLETECALLER"
    BLINDTRANSFER = "BLINDTRANSFER"
    ATTENDEDTRANSFER = "ATTENDEDTRANSFER"
    ABANDON = "ABANDON"
    EXITEMPTY = "EXITEMPTY"
    EXITWITHKEY = "EXITWITHKEY"
    EXITWITHTIMEOUT = "EXITWITHTIMEOUT"
    RINGNOANSWER = "RINGNOANSWER"
    RINGCANCELED = "RINGCANCELED"
    ADDMEMBER = "ADDMEMBER"
    REMOVEMEMBER = "REMOVEMEMBER"
    PAUSE = "PAUSE"
    UNPAUSE = "UNPAUSE"


ENDS = frozenset(
    {
        QueueEvent.COMPLETEAGENT,
        QueueEvent.COMPLETECALLER,
        QueueEvent.BLINDTRANSFER,
        QueueEvent.ATTENDEDTRANSFER,
        QueueEvent.ABANDON,
        QueueEvent.EXITEMPTY,
        QueueEvent.EXITWITHKEY,
        QueueEvent.EXITWITHTIMEOUT,
    }
)
"""One of these follows every ENTERQUEUE, once."""


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One line; ``values`` mean what they mean in Asterisk."""

    at: datetime
    call: str
    agent: str
    event: QueueEvent
    values: Values = ()

    def line(self, queue: str) -> str:
        """Return the line without its end; a separator within a value becomes a blank."""
        fields = (int(self.at.timestamp()), self.call, queue, self.agent, self.event, *self.values)
        return "|".join(_SEPARATORS.sub(" ", str(field)) for field in fields)
