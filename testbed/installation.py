"""An installation of ivr on loopback: a state folder, ports, rendered files, built prompts.

Made with the program's own commands, as an admin would. It starts no service; see
:mod:`testbed.stack` for tests and :mod:`testbed.demo` for the demo.
"""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self
from uuid import uuid4

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from testbed import AGENT_ADDRESS, CITIZEN_ADDRESS
from testbed.broker import Broker
from testbed.caseworker import Caseworker
from testbed.phone import SipServer
from testbed.ports import Ports

PROJECT: Final = Path(__file__).parent.parent
IVR: Final = Path(sys.executable).parent / "ivr"
MQTT_USER: Final = "ivr"
_CASEWORKER: Final = "caseworker"
_SESSION_SECONDS: Final = 3600
_RTP_PORTS: Final = 100
_OUTBOUND: Final = "outbound ="

ALWAYS_OPEN: Final = "[week]\n" + "".join(
    f'{day} = ["00:00-24:00"]\n'
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
)
"""Opening hours for those who can't choose when they run."""


@dataclass(frozen=True, slots=True)
class Installation:
    """``environment`` is what every ``ivr`` command needs to know, all in ``IVR_…``."""

    environment: Mapping[str, str]

    @classmethod
    def plan(
        cls, state: Path, ports: Ports, config: Path, prompts: Path, *, rtp_ports: int = _RTP_PORTS
    ) -> Self:
        """Choose ports and folders; nothing is written yet. Each leg of a call takes two ports."""
        rtp = ports.range(rtp_ports)
        sip, asterisk_http, http, mqtt, agi, ami = (ports.one() for _ in range(6))
        return cls(
            {
                "IVR_STATE": str(state),
                "IVR_CONFIG": str(config),
                "IVR_PROMPTS": str(prompts),
                "IVR_DIALPLAN": str(PROJECT / "dialplan"),
                "IVR_SIP_BIND": f"{AGENT_ADDRESS}:{sip}",
                "IVR_MEDIA_ADDRESS": AGENT_ADDRESS,
                "IVR_RTP_PORTS": f"{rtp}-{rtp + rtp_ports - 1}",
                "IVR_ASTERISK_HTTP_BIND": f"{AGENT_ADDRESS}:{asterisk_http}",
                "IVR_HTTP_BIND": f"{AGENT_ADDRESS}:{http}",
                "IVR_ASTERISK_AMI_BIND": f"{AGENT_ADDRESS}:{ami}",
                "IVR_FALLBACK_AGI": f"{AGENT_ADDRESS}:{agi}",
                "IVR_MQTT_URL": f"mqtt://{AGENT_ADDRESS}:{mqtt}",
                "IVR_MQTT_USER": MQTT_USER,
                "IVR_MQTT_PASSWORD": secrets.token_hex(16),
            }
        )

    @classmethod
    def running(cls) -> Self:
        """Return the installation this process was started for, by its environment."""
        return cls({name: value for name, value in os.environ.items() if name.startswith("IVR_")})

    @property
    def state(self) -> Path:
        """The state folder."""
        return Path(self.environment["IVR_STATE"])

    @property
    def sip(self) -> SipServer:
        """Where phones register and call."""
        host, port = self.environment["IVR_SIP_BIND"].split(":")
        return SipServer(host, int(port))

    @property
    def exchange(self) -> SipServer:
        """Where calls to the outside go, for a :class:`testbed.exchange.Exchange`."""
        return SipServer(CITIZEN_ADDRESS, self.sip.port)

    def prepare(self) -> None:
        """Build prompts, render Asterisk's configuration, forget earlier calls.

        The trunk in the configuration gets a way out.

        Raises CalledProcessError where a command fails; it has said why by then.
        """
        self._write_way_out()
        self.state.mkdir(parents=True, exist_ok=True)
        for old in self.state.glob("ivr.db*"):
            old.unlink()
        shutil.rmtree(self.state / "broker", ignore_errors=True)
        self.exports.touch(mode=0o600)
        self.exports.write_text(
            "".join(f"export {name}={shlex.quote(at)}\n" for name, at in self.environment.items())
        )
        for command in ("prompts build", "check", "dialplan render"):
            self.ivr(*command.split())

    def _write_way_out(self) -> None:
        trunk = Path(self.environment["IVR_CONFIG"]) / "trunk.toml"
        others = (line for line in trunk.read_text().splitlines() if not line.startswith(_OUTBOUND))
        trunk.write_text("\n".join((f'{_OUTBOUND} "{self.exchange}"', *others, "")))

    def ivr(self, *arguments: str) -> str:
        """Run an ``ivr`` command and return what it prints. Raises CalledProcessError."""
        return subprocess.run(
            [IVR, *arguments],
            env={**os.environ, **self.environment},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    @property
    def exports(self) -> Path:
        """A file that gives a shell the environment: ``. FILE``."""
        return self.state / "environment"

    def broker(self) -> Broker:
        """Return the broker that belongs to it, for those who know the password."""
        return Broker(
            self.state / "broker",
            self._mqtt_port,
            passwords=dict.fromkeys((MQTT_USER, _CASEWORKER), self._mqtt_password),
        )

    def caseworker(self) -> Caseworker:
        """Return a caseworker's program that listens at this broker."""
        name = f"caseworker-{uuid4().hex}"
        return Caseworker(lambda: self.caseworker_client(name))

    def caseworker_client(self, name: str) -> aiomqtt.Client:
        """Return a caseworker's connection; the broker keeps the session of that ``name``."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho
        properties.SessionExpiryInterval = _SESSION_SECONDS
        return aiomqtt.Client(
            AGENT_ADDRESS,
            self._mqtt_port,
            identifier=name,
            username=_CASEWORKER,
            password=self._mqtt_password,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=False,
            properties=properties,
        )

    def agent_password(self, agent: str) -> str:
        """The SIP password of an agent's phone."""
        return str(self._secrets()["agents"][agent])

    @property
    def ari_password(self) -> str:
        """The password of ARI's user."""
        return str(self._secrets()["ari_password"])

    @property
    def _mqtt_port(self) -> int:
        return int(self.environment["IVR_MQTT_URL"].rpartition(":")[2])

    @property
    def _mqtt_password(self) -> str:
        return self.environment["IVR_MQTT_PASSWORD"]

    def _secrets(self) -> dict[str, Any]:
        return tomllib.loads((self.state / "secrets.toml").read_text())
