"""``make faults``: run a drive and print what was found.

As root everything happens among mounts and in a network of its own, so that packets can be
dropped and a disk be full without anybody else's noticing, and nothing is left when it ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from testbed.asterisk import RUN
from testbed.faults.drive import Drive, Hurt
from testbed.faults.evidence import Evidence
from testbed.faults.namespaces import leave_mounts, leave_network
from testbed.faults.plan import PARTS, Fault, Kind, chosen, draw
from testbed.faults.report import show, summary
from testbed.faults.system import Disk, Network, System
from testbed.ports import Ports

ROUNDS: Final = 30
_GAP: Final = (2.0, 7.0)
_DISK: Final = frozenset({Kind.DISK_FULL})
_NETWORK: Final = frozenset({Kind.NETWORK_CUT, Kind.NETWORK_LOSSY})


@dataclass(frozen=True, slots=True)
class _Possible:
    """What can be done on this machine, and why the rest can't."""

    kinds: frozenset[Kind]
    skipped: tuple[str, ...]


def main() -> int:
    """Drive; return 0 if nobody was lost, 1 if something is wrong, 2 for wrong use."""
    arguments = _arguments()
    console = Console(stderr=arguments.json, soft_wrap=True, highlight=False)
    possible = _possible(arguments.only)
    if not possible.kinds:
        print("faults: nothing is left to do: " + "; ".join(possible.skipped), file=sys.stderr)
        return 2
    plan = draw(arguments.seed, arguments.rounds, possible.kinds, gap=arguments.gap)
    console.print(f"seed {arguments.seed}: {arguments.rounds} faults")
    with tempfile.TemporaryDirectory(prefix="ivr-faults-") as folder:
        evidence = _drive(Path(folder), arguments, plan, console, possible.kinds)
    told = summary(arguments.seed, evidence, possible.skipped)
    if arguments.json:
        print(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        show(told, console)
    return 1 if told["findings"] else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make faults",
        description="Real calls while parts of the system die, freeze and starve; then the proof"
        " that nobody was lost.",
        epilog="Exit status: 0 nobody was lost, 1 something is wrong, 2 wrong use. Example:"
        " make faults SEED=7 ROUNDS=100 ONLY=app,broker-killed",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=random.SystemRandom().randrange(1_000_000),
        help="repeat a drive",
    )
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="how many faults (default: %(default)s)"
    )
    parser.add_argument(
        "--only",
        type=_kinds,
        default=chosen(()),
        metavar="NAMES",
        help=f"parts ({', '.join(PARTS)}) or faults ({', '.join(Kind)}), with commas",
    )
    parser.add_argument(
        "--gap",
        type=float,
        nargs=2,
        default=_GAP,
        metavar="SECONDS",
        help="the shortest and the longest time between two faults (default: 2 7)",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--sounds", type=_folder, help="a folder of prompts built before, to begin sooner"
    )
    parser.add_argument(
        "--keep", type=Path, help="copy the state folder there, with logs and evidence"
    )
    return parser.parse_args()


def _kinds(names: str) -> frozenset[Kind]:
    try:
        return chosen([name for name in names.split(",") if name])
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _folder(name: str) -> Path:
    folder = Path(name)
    if not folder.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {name}")
    return folder


def _possible(kinds: frozenset[Kind]) -> _Possible:
    """Find out what this machine allows."""
    reasons = {}
    if os.geteuid() != 0:
        reasons = dict.fromkeys((_DISK, _NETWORK), "only root can do that")
    elif shutil.which("iptables") is None or shutil.which("ip") is None:
        reasons = {_NETWORK: "apt-get install iptables iproute2"}
    skipped = {fault: reason for those, reason in reasons.items() for fault in those & kinds}
    return _Possible(
        kinds - skipped.keys(),
        tuple(f"{fault}: {reason}" for fault, reason in sorted(skipped.items())),
    )


def _drive(
    folder: Path,
    arguments: argparse.Namespace,
    plan: list[Fault],
    console: Console,
    kinds: frozenset[Kind],
) -> Evidence:
    state = folder / "state"
    with ExitStack() as opened:
        disk = network = None
        if kinds & _DISK:
            leave_mounts()
            disk = opened.enter_context(Disk(state))
        if arguments.sounds:
            shutil.copytree(arguments.sounds, state / "sounds")
        system = System.plan(folder, opened.enter_context(Ports()), folder / "phones")
        # The first time on a machine it is built, which needs the network.
        subprocess.run([RUN, state, "-V"], check=True, stdout=subprocess.DEVNULL)
        if kinds & _NETWORK:
            leave_network()
            network = Network()
        evidence = asyncio.run(_with(system, Hurt(disk, network), arguments.seed, plan, console))
        if arguments.keep:
            shutil.copytree(state, arguments.keep, dirs_exist_ok=True, ignore=_sockets)
    return evidence


async def _with(
    system: System, hurt: Hurt, seed: int, plan: list[Fault], console: Console
) -> Evidence:
    async with system:
        evidence = await Drive(system, hurt, seed).run(plan, console.print)
    system.write_logs()
    (system.state / "evidence.json").write_text(
        json.dumps(asdict(evidence), indent=1, default=str, ensure_ascii=False)
    )
    return evidence


def _sockets(folder: str, names: list[str]) -> list[str]:
    """What can't be copied."""
    return [name for name in names if (Path(folder) / name).is_socket()]


if __name__ == "__main__":
    sys.exit(main())
