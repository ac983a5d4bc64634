"""Citizens in numbers: callers made by SIPp.

For what a softphone can't do: header lines of one's own (Diversion, Privacy), many
calls at once, hanging up at an exact moment. A caller that a test wants to steer is a
:class:`testbed.phone.Phone`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from testbed import CITIZEN_ADDRESS
from testbed.phone import SipServer
from testbed.ports import Ports
from testbed.process import Process
from testbed.rtp import Keys, Silence, Sound, write_alaw, write_pcap

_SCENARIO: Final = Path(__file__).parent / "scenarios" / "caller.xml"
_MEDIA_PORTS: Final = 4
_PATIENCE_SECONDS: Final = 3600.0
_SUCCESS: Final = (0, 1)  # 1: at least one call failed, which the outcomes tell


def diversion(number: str, *, reason: str = "unconditional") -> str:
    """Return the header line that says ``number`` has forwarded the call (RFC 5806)."""
    return f"Diversion: <sip:{number}@{CITIZEN_ADDRESS}>;reason={reason}"


@dataclass(frozen=True, slots=True)
class Caller:
    """One kind of caller.

    ``number``: as shown; None: withheld. May hold ``[call_number]``, which SIPp counts from 1.
    ``headers``: further header lines. ``rings_for``, ``talks_for``: seconds until the caller
    gives up or hangs up; whoever is hung up on before, is. ``sounds``: played once, after the
    answer; without keys they are repeated. Keys need root (SIPp sends them through a raw socket).
    """

    number: str | None
    dialled: str
    headers: Sequence[str] = ()
    rings_for: float = _PATIENCE_SECONDS
    talks_for: float = _PATIENCE_SECONDS
    sounds: Sequence[Sound] = (Silence(1),)


class Callers:
    """A running SIPp: ``calls`` calls of one kind of caller; an async context manager.

    SIPp that is stopped tells nobody: its calls stay in Asterisk.
    """

    def __init__(self, process: Process, log: Path) -> None:
        """Use :meth:`start`."""
        self._process = process
        self._log = log

    @classmethod
    async def start(
        cls,
        caller: Caller,
        *,
        server: SipServer,
        ports: Ports,
        folder: Path,
        calls: int = 1,
        per_second: float = 10,
        at_once: int = 10,
    ) -> Self:
        """Begin calling. ``folder`` is made; it holds scenario, media and log of this run."""
        scenario, log = _write(caller, folder)
        process = await Process.start(
            *("sipp", "-sf", scenario, "-nostdin", "-f", "3600", "-rp", "10000"),
            *("-i", CITIZEN_ADDRESS, "-p", str(ports.one())),
            *("-mi", CITIZEN_ADDRESS, "-mp", str(ports.range(_MEDIA_PORTS))),
            *("-m", str(calls), "-r", str(round(per_second * 10)), "-l", str(at_once)),
            *("-trace_logs", "-log_file", log),
            *("-trace_err", "-error_file", folder / "errors.log"),
            *("-trace_rtt", "-rtt_freq", "1"),
            str(server),
            cwd=folder,
        )
        return cls(process, log)

    async def ended(self, *, within: float = 60) -> Counter[str]:
        """Wait for the last call's end and count what became of them.

        ``answered`` counts the answered, ``gave up`` and ``refused`` those that never were.
        Raises TimeoutError, and RuntimeError where SIPp itself failed.
        """
        status = await self._process.ended(within)
        if status not in _SUCCESS:
            raise RuntimeError(f"sipp ended with {status}: " + "\n".join(self._process.output))
        return self.outcomes()

    def outcomes(self) -> Counter[str]:
        """Count what is known by now."""
        return Counter(line for line in self._log.read_text().splitlines() if line)

    def refused_after(self) -> list[float]:
        """How many seconds it took until each call was refused with 503, shortest first."""
        [log] = self._log.parent.glob("caller_*_rtt.csv")
        rows = (line.split(";") for line in log.read_text().splitlines()[1:])
        return sorted(float(row[1]) / 1000 for row in rows)

    async def kill(self) -> None:
        """Let all callers vanish without a BYE, as when a line is cut."""
        await self._process.kill()

    async def __aenter__(self) -> Self:
        """Already calling."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop calling, at once."""
        await self.kill()


def _write(caller: Caller, folder: Path) -> tuple[Path, Path]:
    """Write what SIPp reads; return the paths of the scenario and of the log of outcomes."""
    folder.mkdir(parents=True)
    scenario = folder / "caller.xml"
    scenario.write_text(_scenario(caller, _media(caller.sounds, folder)))
    log = folder / "outcomes.log"
    log.touch()
    return scenario, log


def _media(sounds: Sequence[Sound], folder: Path) -> str:
    """Write the media file; return the attribute of ``<exec>`` that plays it."""
    if not any(isinstance(sound, Keys) for sound in sounds):
        path = folder / "media.alaw"
        write_alaw(path, [sound for sound in sounds if not isinstance(sound, Keys)])
        return f'rtp_stream="{path},-1,8"'
    if os.geteuid() != 0:
        raise RuntimeError("SIPp can press keys as root only; use a testbed.phone.Phone")
    path = folder / "media.pcap"
    write_pcap(path, sounds)
    return f'play_pcap_audio="{path}"'


def _scenario(caller: Caller, media: str) -> str:
    if caller.number is None:
        sender = '"Anonymous" <sip:anonymous@anonymous.invalid>'
    else:
        sender = f"<sip:{caller.number}@{CITIZEN_ADDRESS}>"
    text = _SCENARIO.read_text()
    for name, value in {
        "from": sender,
        "headers": "".join(f"{header}\n" for header in caller.headers),
        "dialled": caller.dialled,
        "ring_ms": str(round(caller.rings_for * 1000)),
        "talk_ms": str(round(caller.talks_for * 1000)),
        "media": media,
    }.items():
        text = text.replace(f"@{name}@", value)
    return text
