"""A real Asterisk with the least configuration a telephone call needs, for testing the testbed.

Agents 1001 and 1002 may call each other, and with a 9 in front anybody by the trunk; whoever calls
from the citizens' address is the trunk.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ivr.provisioning.asterisk_modules import NEEDED_MODULES
from testbed import CITIZEN_ADDRESS
from testbed.asterisk import AsteriskInstance
from testbed.desk_phone import DeskPhone
from testbed.phone import Phone, SipServer
from testbed.ports import Ports

_RTP_PORTS = 100

_ENDPOINT = """\
disallow=all
allow=alaw,ulaw
direct_media=no
media_address=127.0.0.1
bind_rtp_to_media_address=yes
dtmf_mode=rfc4733
"""

_AGENT = """\
[{id}]
type=endpoint
context=inside
auth={id}
aors={id}
callerid=Agent {id} <{id}>
{endpoint}
[{id}]
type=auth
auth_type=digest
username={id}
password=secret{id}
[{id}]
type=aor
max_contacts=1
remove_existing=yes
"""

_TRUNK = """\
[trunk]
type=endpoint
context=outside
trust_id_inbound=yes
send_pai=yes
aors=trunk
{endpoint}
[trunk]
type=aor
contact=sip:{exchange}
[trunk]
type=identify
endpoint=trunk
match={address}
"""

_DIALPLAN = """\
[inside]
exten => _100X,1,Dial(PJSIP/${EXTEN},30)
exten => _9X!,1,Dial(PJSIP/${EXTEN:1}@trunk,30)
exten => 200,1,Answer()
 same => n,Read(digits,,3,,1,5)
 same => n,Set(DB(seen/digits)=${digits})
[outside]
exten => _0X!,1,Set(DB(seen/caller)=${CALLERID(num)})
 same => n,Set(DB(seen/dialled)=${EXTEN})
 same => n,Set(DB(seen/presentation)=${CALLERID(num-pres)})
 same => n,Set(DB(seen/forwarder)=${REDIRECTING(from-num)})
 same => n,Dial(PJSIP/1001,30)
exten => 200,1,Goto(inside,200,1)
exten => 300,1,Answer()
 same => n,Wait(600)
exten => 400,1,Ringing()
 same => n,Wait(600)
"""


@dataclass(frozen=True, slots=True)
class Lab:
    """A running Asterisk and what is needed to make phones for it.

    ``exchange`` is where it makes calls to the outside.
    """

    asterisk: AsteriskInstance
    server: SipServer
    exchange: SipServer
    ports: Ports
    folder: Path

    def desk_phone(self, user: str) -> DeskPhone:
        return DeskPhone(user, f"secret{user}", server=self.server, ports=self.ports)

    def agent(self, user: str, *, tone: int = 440) -> Phone:
        return Phone.agent(
            user,
            f"secret{user}",
            server=self.server,
            ports=self.ports,
            folder=self.folder / f"phone-{user}",
            tone=tone,
        )

    def citizen(self, number: str | None, *, tone: int = 660) -> Phone:
        return Phone.citizen(
            number,
            server=self.server,
            ports=self.ports,
            folder=self.folder / f"phone-{number}",
            tone=tone,
        )

    async def seen(self, key: str) -> str:
        """What the dialplan noted under ``key``."""
        told = await self.asterisk.cli(f"database get seen {key}")
        return told.removeprefix("Value:").strip()


def write_configuration(state: Path, ports: Ports, exchange: SipServer) -> SipServer:
    etc = state / "asterisk" / "etc"
    etc.mkdir(parents=True)
    server = SipServer("127.0.0.1", ports.one())
    rtp = ports.range(_RTP_PORTS)
    base = state / "asterisk"
    agents = "".join(_AGENT.format(id=user, endpoint=_ENDPOINT) for user in ("1001", "1002"))
    files = {
        "asterisk.conf": f"[directories]\nastetcdir => {etc}\n"
        + "".join(
            f"{key} => {base / folder}\n"
            for key, folder in (
                ("astvarlibdir", "lib"),
                ("astdbdir", "lib"),
                ("astkeydir", "lib"),
                ("astspooldir", "spool"),
                ("astrundir", "run"),
                ("astlogdir", "log"),
            )
        ),
        "modules.conf": "[modules]\nautoload=no\n"
        + "".join(f"load = {module}\n" for module in NEEDED_MODULES),
        "logger.conf": "[logfiles]\nmessages.log => notice,warning,error\n",
        "pjsip.conf": f"[udp]\ntype=transport\nprotocol=udp\nbind={server}\n"
        + agents
        + _TRUNK.format(endpoint=_ENDPOINT, address=CITIZEN_ADDRESS, exchange=exchange),
        "rtp.conf": f"[general]\nrtpstart={rtp}\nrtpend={rtp + _RTP_PORTS - 1}\nicesupport=no\n",
        "extensions.conf": _DIALPLAN,
        "queues.conf": "[general]\n",
        "features.conf": "[general]\n",
        "musiconhold.conf": "[default]\nmode=files\ndirectory=/usr/share/asterisk/moh\n",
    }
    for name, text in files.items():
        (etc / name).write_text(text)
    return server


@asynccontextmanager
async def lab(folder: Path) -> AsyncIterator[Lab]:
    with Ports() as ports:
        exchange = SipServer(CITIZEN_ADDRESS, ports.one())
        server = write_configuration(folder / "state", ports, exchange)
        async with AsteriskInstance(folder / "state") as asterisk:
            yield Lab(asterisk, server, exchange, ports, folder)
