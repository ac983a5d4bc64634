"""The one place that knows aiomqtt's and paho's corners."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Coroutine
from typing import Any

import aiomqtt
from paho.mqtt.client import Client as PahoClient
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ivr.adapters.mqtt.address import BrokerAddress

KEEPALIVE_SECONDS = 20
"""A broker that is gone without a word is noticed after one and a half times this."""

PATIENCE_SECONDS = 10.0
"""How long the broker may take to answer a login, or to let us listen."""

DELIVERY_SECONDS = 60.0
"""How long it may take to acknowledge a message. A slow one is waited for: sent again, the message
would be there twice, and the slow broker would have more to do."""

SESSION_SECONDS = 7 * 24 * 3600
"""How long the broker keeps commands for us while we are away."""

_AT_ONCE = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
"""Without it a message that follows another waits in the kernel until the broker's machine confirms
the other one, which it likes to put off for 40 ms."""

_INCOMING = 1000

SAME_ID = "see whether another program uses the same client id: only one may"
LOGIN = "check user name, password and the broker's access rules"
_REMEDIES: dict[int | None, str] = {
    0x85: "the broker does not accept the client id",
    0x86: LOGIN,
    0x87: LOGIN,
    0x8A: "the broker has banned us",
    0x8C: LOGIN,
    0x8E: SAME_ID,
}
"""What can be done where the broker says no, by the reason code of MQTT 5 (section 2.4)."""


CERTIFICATE = (
    "check the broker's certificate (its name, how long it is valid, who signed it),"
    " IVR_MQTT_CA_FILE and this machine's clock"
)
ENCRYPTION = "see whether that port expects TLS (mqtts://), or none (mqtt://)"

_REFUSED = 0x80
"""From here on a reason code of MQTT 5 means no (section 2.4)."""


def what_broke(error: aiomqtt.MqttError) -> tuple[str, str | None]:
    """Say why there is no connection, and what can be done where trying again does not help."""
    # aiomqtt tells what broke a connection as the cause, and what kept it from being made not.
    cause = error.__cause__ or error.__context__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return str(cause), CERTIFICATE
    if isinstance(cause, ssl.SSLError):
        return str(cause), ENCRYPTION
    code = getattr(getattr(cause, "rc", None), "value", None)
    return str(cause), _REMEDIES.get(code)


def is_refusal(reason: ReasonCode | int) -> bool:
    """Whether the broker said no."""
    return getattr(reason, "value", reason) >= _REFUSED


class SessionClient(aiomqtt.Client):
    """One connection to the broker within the session it keeps for us.

    aiomqtt takes any acknowledgement of a message for success; with MQTT 5 the broker also
    says no that way. ``refusal`` is the reason of the last such no. And it goes on waiting for
    an acknowledgement after the connection is lost: see ``while_connected``.
    """

    def __init__(
        self, address: BrokerAddress, client_id: str, *, will: aiomqtt.Will | None = None
    ) -> None:
        expiry = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho
        expiry.SessionExpiryInterval = SESSION_SECONDS
        super().__init__(
            address.host,
            address.port,
            username=address.username,
            password=address.password,
            tls_context=address.tls,
            identifier=client_id,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=False,
            properties=expiry,
            will=will,
            keepalive=KEEPALIVE_SECONDS,
            timeout=PATIENCE_SECONDS,
            max_queued_incoming_messages=_INCOMING,
            socket_options=[_AT_ONCE],
        )
        self.refusal: ReasonCode | None = None
        # aiomqtt looks at this only while it reads; asyncio complains of results nobody sees.
        self._disconnected.add_done_callback(lambda end: end.cancelled() or end.exception())

    async def while_connected(self, request: Coroutine[Any, Any, Any]) -> None:
        """Await ``request``, but no longer than the connection lasts. Raises MqttError."""
        answered = asyncio.ensure_future(request)
        try:
            await asyncio.wait((answered, self._disconnected), return_when=asyncio.FIRST_COMPLETED)
            if not answered.done():
                raise aiomqtt.MqttError("Disconnected") from self._disconnected.exception()
            answered.result()
        finally:
            answered.cancel()

    def _on_publish(
        self,
        client: PahoClient,
        userdata: Any,  # noqa: ANN401 # as declared by aiomqtt
        mid: int,
        reason_code: ReasonCode,
        properties: Properties,
    ) -> None:
        if reason_code.is_failure:
            self.refusal = reason_code
        super()._on_publish(client, userdata, mid, reason_code, properties)
