"""Why a leg was not answered, in the words of the domain."""

from __future__ import annotations

from ivr.domain import events as on

# Q.850 causes as Asterisk maps SIP answers to them (hangup_sip2cause in its chan_pjsip).
_USER_BUSY = 17
_NO_ANSWER = 19
_REJECTED = 21
_NORMAL = 16


def failure_cause(cause: int, sip_status: int) -> on.FailureCause:
    """Say why a leg was not answered, from Q.850 ``cause`` and the SIP status.

    No cause: nobody saw the leg end, because Asterisk or the connection to it was away.

    486 is what telephones send when busy, and many for "reject", as they do 603; 480 for "do not
    disturb" or an absent user.
    """
    if cause == 0:
        return on.FailureCause.FAULT
    if sip_status == 603 or cause == _REJECTED:  # noqa: PLR2004 - SIP
        return on.FailureCause.REJECTED
    if sip_status in (486, 600) or cause == _USER_BUSY:
        return on.FailureCause.BUSY
    if sip_status == 480 or cause in (_NO_ANSWER, _NORMAL):  # noqa: PLR2004 - SIP
        return on.FailureCause.NO_ANSWER
    return on.FailureCause.UNREACHABLE
