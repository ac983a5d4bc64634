"""An installation of ivr on loopback: a state folder, ports, rendered files, built prompts.

Made with the program's own commands, as an admin would. It starts no service; see
:mod:`testbed.stack` for tests and :mod:`testbed.demo` for the demo.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from testbed import AGENT_ADDRESS
from testbed.broker import Broker
from testbed.phone import SipServer
from testbed.ports import Ports

PROJECT: Final = Path(__file__).parent.parent
IVR: Final = Path(sys.executable).parent / "ivr"
SECRETS: Final = "secrets.toml"
_RTP_PORTS: Final = 200

ALWAYS_OPEN: Final = "[week]\n" + "".join(
    f'{day} = ["00:00-24:00"]\n'
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
)
"""Opening hours for those who can't choose when they run."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Where everything is. ``environment`` is what every ``ivr`` command needs."""

    state: Path
    sip: SipServer
    mqtt_port: int
    environment: Mapping[str, str]

    @classmethod
    def plan(cls, state: Path, ports: Ports, config: Path, prompts: Path) -> Installation:
        """Choose ports and folders; nothing is written yet."""
        rtp = ports.range(_RTP_PORTS)
        sip, asterisk_http, http, mqtt = (ports.one() for _ in range(4))
        return cls(
            state=state,
            sip=SipServer(AGENT_ADDRESS, sip),
            mqtt_port=mqtt,
            environment={
                "IVR_STATE": str(state),
                "IVR_CONFIG": str(config),
                "IVR_PROMPTS": str(prompts),
                "IVR_DIALPLAN": str(PROJECT / "dialplan"),
                "IVR_SIP_BIND": f"{AGENT_ADDRESS}:{sip}",
                "IVR_MEDIA_ADDRESS": AGENT_ADDRESS,
                "IVR_RTP_PORTS": f"{rtp}-{rtp + _RTP_PORTS - 1}",
                "IVR_ASTERISK_HTTP_BIND": f"{AGENT_ADDRESS}:{asterisk_http}",
                "IVR_HTTP_BIND": f"{AGENT_ADDRESS}:{http}",
                "IVR_MQTT_URL": f"mqtt://{AGENT_ADDRESS}:{mqtt}",
            },
        )

    def prepare(self) -> None:
        """Build prompts, render Asterisk's configuration, forget earlier calls.

        Raises CalledProcessError where a command fails; it has said why by then.
        """
        self.state.mkdir(parents=True, exist_ok=True)
        for old in self.state.glob("ivr.db*"):
            old.unlink()
        shutil.rmtree(self.state / "broker", ignore_errors=True)
        for command in ("prompts build", "check", "dialplan render"):
            self.ivr(*command.split())

    def ivr(self, *arguments: str) -> str:
        """Run an ``ivr`` command and return what it prints. Raises CalledProcessError."""
        return subprocess.run(
            [IVR, *arguments],
            env={**os.environ, **self.environment},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    def broker(self) -> Broker:
        """Return the broker that belongs to it; anybody on this machine may use it."""
        return Broker(self.state / "broker", self.mqtt_port)

    def agent_password(self, agent: str) -> str:
        """The SIP password of an agent's phone."""
        return str(self._secrets()["agents"][agent])

    def _secrets(self) -> dict[str, dict[str, str]]:
        return tomllib.loads((self.state / SECRETS).read_text())
