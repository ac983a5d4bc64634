"""The line to the telephone company: what is configured about it, and whether it makes sense."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from ivr.provisioning.findings import FileFindings, Findings
from ivr.provisioning.tables import RegistrationTable, TrunkFile
from ivr.provisioning.wording import Wording

_CODECS = ("alaw", "ulaw", "g722")
_SHORTEST_PREFIX = {4: 16, 6: 32}
"""A wider network would let half the internet in as the telephone company."""
_SERVER = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:(?P<port>[0-9]{1,5}))?")
_HIGHEST_PORT = 65535
_SIP_USER = re.compile(r"[A-Za-z0-9+._-]{1,64}")


@dataclass(frozen=True, slots=True)
class Registration:
    """How we register with the company; ``server`` is ``HOST`` or ``HOST:PORT``."""

    server: str
    user: str
    auth_user: str


@dataclass(frozen=True, slots=True)
class Trunk:
    """Who may bring calls: ``match`` holds addresses or networks, ``codecs`` the best first.

    ``outbound`` is where calls to the outside go, ``HOST`` or ``HOST:PORT``; None: there is no
    way out.
    """

    match: tuple[str, ...]
    codecs: tuple[str, ...]
    outbound: str | None = None
    registration: Registration | None = None


def check_trunk(file: TrunkFile, findings: Findings) -> Trunk:
    """Check the trunk's addresses, codecs, way out and registration."""
    here = findings.of("trunk.toml")
    registration = _registration(file.registration, here)
    return Trunk(
        match=_networks(file, here),
        codecs=_codecs(file, here),
        outbound=_outbound(file.outbound, registration, here),
        registration=registration,
    )


def _networks(file: TrunkFile, here: FileFindings) -> tuple[str, ...]:
    here.present("match", file.match, Wording('addresses: ["192.0.2.10"]'))
    networks = [_network(key, written, here) for key, written in here.items("match", file.match)]
    return tuple(dict.fromkeys(str(network) for network in networks if network is not None))


def _network(key: str, written: str, here: FileFindings) -> IPv4Network | IPv6Network | None:
    try:
        network = ip_network(written)
    except ValueError:
        here.add(
            key,
            written,
            Wording("is no IP address and no network"),
            Wording("192.0.2.10 or 192.0.2.0/28"),
        )
        return None
    shortest = _SHORTEST_PREFIX[network.version]
    if network.prefixlen < shortest:
        here.add(
            key,
            written,
            Wording("is so large a network that strangers could call in as the trunk"),
            Wording("/{shortest} or smaller", shortest=shortest),
        )
        return None
    return network


def _codecs(file: TrunkFile, here: FileFindings) -> tuple[str, ...]:
    here.present("codecs", file.codecs, ", ".join(_CODECS))
    for key, codec in here.items("codecs", file.codecs):
        here.known(key, codec, _CODECS, Wording("is no codec"))
    return tuple(dict.fromkeys(file.codecs))


def _registration(table: RegistrationTable | None, here: FileFindings) -> Registration | None:
    if table is None:
        return None
    auth_user = table.auth_user or table.user
    _check_server("registration.server", table.server, here)
    for key, user in (("user", table.user), ("auth_user", auth_user)):
        if here.present(f"registration.{key}", user) and not _SIP_USER.fullmatch(user):
            here.add(
                f"registration.{key}",
                user,
                Wording("is no SIP user name"),
                Wording("up to 64 letters, digits and + . _ -"),
            )
    return Registration(table.server, table.user, auth_user)


def _outbound(
    written: str | None, registration: Registration | None, here: FileFindings
) -> str | None:
    """Say where calls to the outside go: to the server we register with, if nothing is said."""
    if written is None:
        return registration.server if registration is not None else None
    _check_server("outbound", written, here)
    return written


def _check_server(key: str, written: str, here: FileFindings) -> None:
    if here.present(key, written) and not _is_server(written):
        here.add(
            key,
            written,
            Wording("is no server"),
            Wording("sip.example.net or sip.example.net:5060"),
        )


def _is_server(text: str) -> bool:
    match = _SERVER.fullmatch(text)
    return match is not None and int(match["port"] or 0) <= _HIGHEST_PORT
