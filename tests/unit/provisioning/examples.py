"""The shipped configuration, to be changed by tests; and all that rendering needs besides."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ivr.domain.errors import ConfigError, Problem
from ivr.domain.ids import AgentId
from ivr.provisioning.asterisk import Rendered, render
from ivr.provisioning.county import Configuration, load_county
from ivr.provisioning.credentials import Secrets
from ivr.provisioning.settings import Settings

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "config"
DIALPLAN = ROOT / "dialplan"
TODAY = date(2026, 11, 22)


_SHOWN = re.compile(r"^# (\[+\w+\]+|\w+ = .+)$", re.MULTILINE)


def everything_on() -> dict[str, str]:
    """The shipped files without the "# " before all that they only show."""
    files = {path.name: _SHOWN.sub(r"\1", path.read_text()) for path in SHIPPED.glob("*.toml")}
    files["queue.toml"] = files["queue.toml"].replace('way_out = "callback"', 'way_out = "number"')
    return files


@dataclass(frozen=True, slots=True)
class AdminFiles:
    """A copy of the shipped files."""

    folder: Path

    @classmethod
    def copied_to(cls, folder: Path) -> AdminFiles:
        shutil.copytree(SHIPPED, folder)
        return cls(folder)

    def replace(self, file: str, before: str, after: str) -> None:
        path = self.folder / file
        text = path.read_text()
        assert before in text, f"{file} has changed: no {before!r}"
        path.write_text(text.replace(before, after, 1))

    def switch_on_everything(self) -> None:
        for name, content in everything_on().items():
            (self.folder / name).write_text(content)

    def problems(self) -> tuple[Problem, ...]:
        try:
            load_county(self.folder)
        except ConfigError as error:
            return error.problems
        return ()


def secrets_for(configuration: Configuration) -> Secrets:
    return Secrets(
        ari_password="ari-password",
        ami_password="ami-password",
        api_token="api-token",
        webhook_secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        agent_passwords={
            AgentId(agent): f"password-of-{agent}" for agent in configuration.county.agents
        },
        trunk_password="trunk-password",
    )


def rendered(
    configuration: Configuration, settings: Settings, secrets: Secrets | None = None
) -> Rendered:
    return render(configuration, settings, secrets or secrets_for(configuration), TODAY)
