"""What the dialplan uses exists in the Asterisk that loads our modules, and it reads all of it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.integration.dialplan_lab import dialplan_lab
from tests.unit.provisioning.dialplan_linter import faults, parse


async def test_the_dialplan_as_asterisk_understands_it(tmp_path: Path) -> None:
    async with dialplan_lab(tmp_path) as lab:
        dialplan = parse((lab.settings.asterisk / "etc" / "extensions.conf").read_text())
        assert faults(dialplan) == []

        applications = await lab.asterisk.cli("core show applications")
        known = set(re.findall(r"^ +(\w+):", applications, re.MULTILINE))
        assert {"Stasis", "Queue"} <= dialplan.applications <= known

        functions = await lab.asterisk.cli("core show functions")
        known = set(re.findall(r"^(\w+) +", functions, re.MULTILINE))
        assert {"CALLERID", "PJSIP_HEADER"} <= dialplan.functions <= known

        for context, extensions in dialplan.contexts.items():
            shown = await lab.asterisk.cli(f"dialplan show {context}")
            assert set(re.findall(r"^ +'([^']+)' =>", shown, re.MULTILINE)) == set(extensions)
            steps = sum(len(steps) for steps in extensions.values())
            assert f"({steps} priorities)" in shown or f"({steps} priority)" in shown
