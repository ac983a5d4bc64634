"""Asterisk's whole configuration, made from the county's files and the templates.

The same input gives the same bytes. The admin's own lines in ``dialplan/custom`` are included
behind ours and survive every rendering. Nothing here starts, stops or reloads Asterisk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from jinja2 import Environment, TemplateError

from ivr.domain.county import County
from ivr.domain.errors import ConfigError, Problem
from ivr.domain.rules import QueueRules
from ivr.provisioning.asterisk_hours import COUNTY_HOURS, closed_days, hours_name, hours_plans
from ivr.provisioning.asterisk_modules import NEEDED_MODULES
from ivr.provisioning.asterisk_syntax import make_environment
from ivr.provisioning.county import Configuration
from ivr.provisioning.credentials import Secrets
from ivr.provisioning.settings import MOST_CALLS, Settings
from ivr.provisioning.wording import Wording
from ivr.provisioning.writing import make_private_folder, write_private

_TEMPLATES = "templates"
_CUSTOM = "custom"
_FOLDERS = ("etc/custom", "run", "log", "spool/recording", "spool/tmp", "lib/keys")
"""Asterisk makes none of them; recording over ARI fails without its folder."""

_WITHOUT_CONTENT = (
    "acl.conf",
    "ccss.conf",
    "features.conf",
    "pjproject.conf",
    "queuerules.conf",
    "udptl.conf",
    "websocket_client.conf",
)
"""Files we need nothing from; Asterisk complains at each start where one is missing."""

_GREETING = "greeting"
"""The prompt that greets callers of departments without a greeting of their own."""

_WITH_PASSWORDS = frozenset({"ari.conf", "manager.conf", "pjsip.conf"})

_EMPTY = "; Nothing is set here: Asterisk's defaults hold.\n"

_NOTICE = """\
; Made by `ivr dialplan render`: changes here are lost.
; Change config/, the templates in dialplan/templates/, or add lines in dialplan/custom/{name}.

"""

Rendered = Mapping[str, bytes]
"""The files by their path below ``etc``, such as ``custom/pjsip.conf``."""


class ChangeKind(StrEnum):
    """What happens to a file."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """One file that is not as it should be; ``before`` and ``after`` are its contents."""

    name: str
    kind: ChangeKind
    before: bytes
    after: bytes

    @property
    def secret(self) -> bool:
        """Whether the file may hold passwords, so that nobody shows its content."""
        return self.name in _WITH_PASSWORDS or self.name.startswith(f"{_CUSTOM}/")


def render(
    configuration: Configuration, settings: Settings, secrets: Secrets, today: date
) -> Rendered:
    """Make all files. ``today`` decides which years' closed days are known to the dialplan.

    Raises ConfigError where templates are missing or wrong, or a password is missing.
    """
    context = _context(configuration, settings, secrets, today)
    rendered = {name: _file(name, _EMPTY) for name in _WITHOUT_CONTENT}
    environment = make_environment(str(settings.dialplan / _TEMPLATES))
    for name in _template_names(settings.dialplan):
        rendered[name] = _file(name, _filled(environment, name, context))
    for path in sorted((settings.dialplan / _CUSTOM).glob("*.conf")):
        # A file Asterisk knows and we have no template for is the admin's alone.
        ours = rendered.get(path.name, _file(path.name, ""))
        rendered[path.name] = ours + f"\n#include {_CUSTOM}/{path.name}\n".encode()
        rendered[f"{_CUSTOM}/{path.name}"] = path.read_bytes()
    return rendered


def check_templates(
    configuration: Configuration, settings: Settings, today: date
) -> tuple[Problem, ...]:
    """Say what would keep :func:`render` from working, passwords aside."""
    stand_in = "-"
    nobodys = Secrets(
        ari_password=stand_in,
        ami_password=stand_in,
        api_token=stand_in,
        webhook_secret=stand_in,
        agent_passwords=dict.fromkeys(configuration.county.agents, stand_in),
        trunk_password=stand_in,
    )
    try:
        render(configuration, settings, nobodys, today)
    except ConfigError as error:
        return error.problems
    return ()


def changes(rendered: Rendered, etc: Path) -> tuple[Change, ...]:
    """Compare ``rendered`` with what is in the folder ``etc``."""
    there = {str(path.relative_to(etc)): path for path in present(etc)}
    found = []
    for name in sorted(there.keys() | rendered.keys()):
        before = there[name].read_bytes() if name in there else b""
        after = rendered.get(name, b"")
        if name not in rendered:
            found.append(Change(name, ChangeKind.REMOVED, before, after))
        elif name not in there:
            found.append(Change(name, ChangeKind.ADDED, before, after))
        elif before != after:
            found.append(Change(name, ChangeKind.CHANGED, before, after))
    return tuple(found)


def write(rendered: Rendered, etc: Path) -> tuple[Change, ...]:
    """Make ``etc`` hold ``rendered`` and nothing else; return what was changed.

    A file is replaced in one step, and only when it is different. Raises OSError.
    """
    found = changes(rendered, etc)
    for change in found:
        if change.kind is ChangeKind.REMOVED:
            (etc / change.name).unlink()
        else:
            write_private(etc / change.name, change.after)
    return found


def prepare_instance(settings: Settings) -> None:
    """Make the folders Asterisk expects. Raises OSError."""
    for folder in _FOLDERS:
        make_private_folder(settings.asterisk / folder)


def present(etc: Path) -> Iterator[Path]:
    """Go through Asterisk's files below ``etc``."""
    yield from etc.glob("*.conf")
    yield from etc.glob(f"{_CUSTOM}/*.conf")


def _template_names(dialplan: Path) -> list[str]:
    """The files there are templates for."""
    folder = dialplan / _TEMPLATES
    found = sorted(path.name.removesuffix(".j2") for path in folder.glob("*.conf.j2"))
    if not found:
        problem = Problem(
            str(folder),
            "",
            "",
            Wording("holds no templates"),
            Wording("the folder dialplan of the program, or another one named by IVR_DIALPLAN"),
        )
        raise ConfigError((problem,))
    return found


def _file(name: str, content: str) -> bytes:
    return (_NOTICE.format(name=name) + content).encode()


def _filled(environment: Environment, name: str, context: Mapping[str, Any]) -> str:
    try:
        return environment.get_template(f"{name}.j2").render(context)
    except TemplateError as error:
        problem = Problem(
            f"{_TEMPLATES}/{name}.j2",
            "",
            "",
            Wording("is no template that can be used: {reason}", reason=error.message),
            Wording("see the shipped template"),
        )
        raise ConfigError((problem,)) from error


def _context(
    configuration: Configuration, settings: Settings, secrets: Secrets, today: date
) -> dict[str, Any]:
    """All that templates may use."""
    county, trunk = configuration.county, configuration.trunk
    _refuse_missing_password(configuration, secrets)
    return {
        "instance": settings.asterisk,
        "sounds": settings.sounds / county.language,
        "language": county.language,
        "app": settings.ari_app,
        "modules": NEEDED_MODULES,
        "dids": _dids(county),
        "zone": county.hours.zone,
        "hours": hours_plans(county, today),
        "closed_days": closed_days(county.hours, today),
        "codes": _dialled_codes(county.rules),
        "callback_key": county.rules.callback_key,
        "fallback_agi": settings.fallback_agi,
        "agents": [
            {"id": agent.id, "name": agent.name, "password": secrets.agent_passwords[agent.id]}
            for agent in sorted(county.agents.values(), key=lambda agent: agent.id)
        ],
        "ring_time": int(county.rules.ring_time.total_seconds()),
        "wrap_up": int(county.rules.wrap_up.total_seconds()),
        "sip_bind": settings.sip_bind,
        "http_bind": settings.asterisk_http_bind,
        "ami_bind": settings.asterisk_ami_bind,
        "media_address": settings.media_address,
        "rtp": settings.rtp_ports,
        "max_calls": settings.max_calls or _calls_borne(settings),
        "codecs": trunk.codecs,
        "networks": trunk.match,
        "outbound": trunk.outbound,
        "outbound_host": (trunk.outbound or "").partition(":")[0],
        "registration": trunk.registration,
        "trunk_password": secrets.trunk_password or "",
        "ari_password": secrets.ari_password,
        "ami_password": secrets.ami_password,
    }


def _refuse_missing_password(configuration: Configuration, secrets: Secrets) -> None:
    if configuration.trunk.registration is not None and not secrets.trunk_password:
        problem = Problem(
            "secrets.toml",
            "trunk_password",
            "",
            Wording("is missing, and trunk.toml wants to register"),
            Wording("the password you have from the telephone company"),
        )
        raise ConfigError((problem,))


def _calls_borne(settings: Settings) -> int:
    """How many callers there are audio ports for: two ports for each leg of a call.

    Four legs of five are for callers, the fifth is for agents and for those whom they consult.
    """
    ports = settings.rtp_ports
    legs = (ports.last - ports.first + 1) // 2
    return max(1, min(legs * 4 // 5, MOST_CALLS))


def _dids(county: County) -> list[dict[str, Any]]:
    """Every number callers may dial, with what it is for and how it may be written."""
    numbers = [(county.common_number, county.label(None), COUNTY_HOURS, _GREETING)]
    for department in county.departments.values():
        hours, greeting = hours_name(county, department), department.greeting or _GREETING
        numbers += [(did, department.name, hours, greeting) for did in department.dids]
    return [
        {
            "number": number,
            "label": label,
            "hours": hours,
            "greeting": greeting,
            "spellings": county.numbering.spellings(number),
        }
        for number, label, hours, greeting in numbers
    ]


def _dialled_codes(rules: QueueRules) -> list[dict[str, Any]]:
    """The codes agents call, with the keys of reasons and results; others are pressed in calls.

    ``alone`` is the extension that does the same while the program is away, if one does.
    """
    codes = rules.codes
    pauses = {"": "", **rules.pause_reasons}
    return [
        _dialled_code(codes.ready, "ready"),
        *(_dialled_code(f"{codes.pause}{key}", "paused", key, pauses[key]) for key in pauses),
        _dialled_code(codes.log_out, "logged_out"),
        *(
            _dialled_code(code, None)
            for code in (codes.end_wrap_up, codes.extend_wrap_up, codes.last_call)
        ),
        *(_dialled_code(f"{codes.result}{key}", None) for key in rules.results),
    ]


def _dialled_code(
    code: str, alone: str | None, reason_key: str = "", reason: str = ""
) -> dict[str, Any]:
    return {"code": code, "alone": alone, "reason_key": reason_key, "reason": reason}
