"""``make run``: the system for real softphones, in the foreground, until Ctrl-C.

Addresses and folders come from the environment (``IVR_…``), as for ``ivr`` itself. Where the
configured broker is on this machine and nobody answers there, one is started.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from contextlib import suppress
from urllib.parse import urlsplit

from ivr.provisioning.credentials import load_secrets
from ivr.provisioning.settings import Settings, load_settings
from testbed.asterisk import RUN
from testbed.installation import MQTT_USER, Installation
from testbed.processes import INTERRUPTED, log_folder, run_together

_TAIL = ["tail", "--lines=0", "--follow=name", "--retry"]


def main() -> int:
    """Run until interrupted; return the exit status."""
    settings = load_settings()
    own_broker = not _broker_answers(settings.mqtt_url)
    installation = _installation(settings, own_broker=own_broker)
    for command in ("prompts build", "check", "dialplan render"):
        print(installation.ivr(*command.split()), end="", flush=True)
    subprocess.run([RUN, settings.state, "-V"], check=True)  # the first time, it is built here
    print(f"SIP {settings.sip_bind}, HTTP {settings.http_bind}, broker {settings.mqtt_url}")
    print(f"Agents' passwords: {settings.secrets_file}. Ctrl-C ends everything.", flush=True)
    log = log_folder(installation) / "ivr.log"
    status = run_together(installation, {"log": [*_TAIL, str(log)]}, broker=own_broker)
    return 0 if status in INTERRUPTED else status


def _installation(settings: Settings, *, own_broker: bool) -> Installation:
    """The environment of this process, completed with what is the default."""
    given = {name: value for name, value in os.environ.items() if name.startswith("IVR_")}
    environment = {
        "IVR_STATE": str(settings.state),
        "IVR_SIP_BIND": str(settings.sip_bind),
        "IVR_MQTT_URL": settings.mqtt_url,
        "IVR_LOG_FORMAT": "console",
        **given,
    }
    if own_broker:
        stored = load_secrets(settings, ())
        environment["IVR_MQTT_USER"] = MQTT_USER
        environment["IVR_MQTT_PASSWORD"] = stored.mqtt_password or secrets.token_hex(16)
    return Installation(environment)


def _broker_answers(url: str) -> bool:
    parts = urlsplit(url)
    with suppress(OSError), socket.create_connection((parts.hostname, parts.port or 1883), 1):
        return True
    return parts.hostname not in ("127.0.0.1", "localhost", "::1")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
