"""``make demo``: the whole system from nothing, a few simulated calls, then it stays up.

Chooses a state folder in the user's cache and free ports, so that several demos run side by
side, and a later one finds the prompts of the one before. What happens on the telephone is
told by :mod:`testbed.story`, a process beside the others.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from testbed.asterisk import RUN
from testbed.installation import ALWAYS_OPEN, PROJECT, Installation
from testbed.ports import Ports
from testbed.processes import INTERRUPTED, log_folder, run_together


def main() -> int:
    """Run the demo; return its exit status."""
    arguments = argparse.ArgumentParser(prog="make demo", description=__doc__)
    arguments.add_argument("--once", action="store_true", help="end after the simulated calls")
    once = arguments.parse_args().once
    with _own_folder() as folder, Ports() as ports:
        state = folder / "state"
        installation = Installation.plan(state, ports, _config(folder), PROJECT / "prompts")
        _say("prompts and Asterisk's configuration")
        try:
            installation.prepare()
            subprocess.run([RUN, state, "-V"], check=True)  # the first time, it is built here
        except subprocess.CalledProcessError as error:
            print(error, file=sys.stderr)
            return error.returncode
        _say("Asterisk, MQTT broker and ivr are starting")
        story = [sys.executable, "-m", "testbed.story", *(["--once"] if once else [])]
        status = run_together(installation, {"story": story})
        if status and status not in INTERRUPTED:
            print(f"demo: it did not work; see the logs in {log_folder(installation)}")
        return 0 if status in INTERRUPTED and not once else status


def _config(folder: Path) -> Path:
    """The shipped county, but open around the clock: a demo may be run on a Sunday.

    And callers may keep their place, which is for a county to decide.
    """
    config = folder / "config"
    shutil.rmtree(config, ignore_errors=True)
    shutil.copytree(PROJECT / "config", config)
    (config / "hours.toml").write_text(ALWAYS_OPEN)
    with (config / "queue.toml").open("a") as queue:
        queue.write("[keep_place]\n")
    return config


@contextmanager
def _own_folder() -> Iterator[Path]:
    """The first of the demo folders in the cache that no other demo uses now."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ivr"
    for number in count(1):
        folder = cache / f"demo-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        try:
            yield folder
        finally:
            os.close(lock)
        return


def _say(what: str) -> None:
    print(f"demo: {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
