"""How commands reach the running service: the HTTP API, over the unix socket in the state folder.

Elsewhere than on the service's own machine there is no socket: then the loopback address is
asked, if IVR_API_TOKEN is set. The token of secrets.toml is not tried there: without a socket
beside it the service is not running, and whoever sits at its port now must not be told.
"""

from __future__ import annotations

import json
import os
import pwd
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from ivr.cli.german_service import ANSWERS, DETAILS
from ivr.cli.language import language
from ivr.domain.errors import IvrError, Refused, Unavailable, UnexpectedMessage
from ivr.provisioning.settings import Address, Settings, load_settings
from ivr.provisioning.wording import Wording

_TIMEOUT_SECONDS = 10.0
_QUIET_SECONDS = 30.0
"""Events come at least every ten seconds."""


class ServiceClient:
    """Asks the API below ``/api/v1``. What it can't or won't do is raised as an IvrError."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def get(self, *path: str, query: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401  JSON
        """Return what is at ``path``; each part may be any text."""
        return self._ask("GET", path, params=query)

    def sound(self, *path: str, query: Mapping[str, Any]) -> bytes:
        """Return a recording."""
        return self._file("GET", path, params=query)

    def fetch(self, *path: str, body: Mapping[str, Any]) -> bytes:
        """Have something made and return it as a file."""
        return self._file("POST", path, json=body)

    def _file(self, method: str, path: tuple[str, ...], **request: Any) -> bytes:  # noqa: ANN401  JSON
        try:
            answer = self._http.request(method, _url(path), **request)
            if answer.is_success:
                return answer.content
            raise _error(answer.json())
        except httpx.ConnectError:
            raise _not_running() from None
        except httpx.TransportError:
            raise _silent() from None
        except ValueError:
            raise _stranger() from None

    def events(self, *path: str) -> Iterator[Any]:
        """Return what is told at ``path``, again and again, until the service ends."""
        try:
            with self._http.stream("GET", _url(path), timeout=_QUIET_SECONDS) as answer:
                if not answer.is_success:
                    raise _error(json.loads(answer.read()))
                for line in answer.iter_lines():
                    if line.startswith("data:"):
                        yield json.loads(line.removeprefix("data:"))
        except httpx.ConnectError:
            raise _not_running() from None
        except httpx.TransportError:
            raise _silent() from None
        except ValueError:
            raise _stranger() from None

    def readiness(self) -> dict[str, Any]:
        """Return what the service says of each part it needs, also when one does not work."""
        return dict(self._content("GET", "/readyz")[1]["parts"])

    def put(self, *path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401  JSON
        """Change what is at ``path``."""
        return self._ask("PUT", path, json=body)

    def patch(self, *path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401  JSON
        """Change some of what is at ``path``."""
        return self._ask("PATCH", path, json=body)

    def post(self, *path: str, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401  JSON
        """Have something done."""
        return self._ask("POST", path, json=body)

    def send(self, *path: str, query: Mapping[str, Any], content: bytes, kind: str) -> Any:  # noqa: ANN401  JSON
        """Send something that is no JSON; ``kind`` is its media type."""
        headers = {"Content-Type": kind}
        return self._ask("POST", path, params=query, content=content, headers=headers)

    def _ask(self, method: str, path: tuple[str, ...], **request: Any) -> Any:  # noqa: ANN401  JSON
        success, content = self._content(method, _url(path), **request)
        if success:
            return content
        raise _error(content)

    def _content(self, method: str, url: str, **request: Any) -> tuple[bool, Any]:  # noqa: ANN401  JSON
        try:
            answer = self._http.request(method, url, **request)
            return answer.is_success, answer.json()
        except httpx.ConnectError:
            raise _not_running() from None
        except httpx.TransportError:
            raise _silent() from None
        except ValueError:
            raise _stranger() from None


@contextmanager
def service(timeout: float = _TIMEOUT_SECONDS) -> Iterator[ServiceClient]:
    """Reach the running service. Raises Unavailable where it is not running.

    ``timeout`` is how many seconds an answer may take.

    Raises Refused where this user may not ask it, ConfigError where the settings are wrong.
    """
    with _http(load_settings(), timeout) as http:
        yield ServiceClient(http)


def _http(settings: Settings, timeout: float) -> httpx.Client:
    token = os.environ.get("IVR_API_TOKEN")
    who = {"Ivr-User": quote(acting_user())}
    if _answers(settings.control_socket):
        transport = httpx.HTTPTransport(uds=str(settings.control_socket))
        return httpx.Client(
            transport=transport, base_url="http://localhost", headers=who, timeout=timeout
        )
    if not token:
        raise _not_running()
    return httpx.Client(
        base_url=f"http://{_loopback(settings.http_bind)}",
        headers={"Authorization": f"Bearer {token}", **who},
        timeout=timeout,
        trust_env=False,  # a proxy of the environment has no business here
    )


def _answers(file: Path) -> bool:
    """Whether somebody listens at the socket ``file``."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(file))
        except PermissionError:
            raise Refused(
                Wording(
                    "This user may not ask the service; {owner} may, for example with:"
                    " sudo -u {owner} ivr …",
                    owner=_owner(file),
                ),
                code="not_permitted",
            ) from None
        except OSError:
            return False
    return True


def _owner(file: Path) -> str:
    """Name the owner of ``file``, or of the closest folder above it that shows one."""
    for path in (file, *file.parents):
        try:
            return path.owner()
        except (OSError, KeyError):
            continue
    return "root"


def _loopback(address: Address) -> Address:
    """Where this machine reaches what is bound to ``address``."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  recognised, not bound
    return Address(everywhere.get(address.host, address.host), address.port)


def _error(content: object) -> IvrError:
    """Turn an error of the API back into what it was."""
    match content:
        case {"code": str(code), "message": str(message), "retryable": bool(retryable)}:
            message = answer_text(code, message)
            return Unavailable(message, code=code) if retryable else Refused(message, code=code)
        case _:
            return _stranger()


def answer_text(code: str, message: str) -> str:
    """Say what the service refused in the language of the environment, as far as there is any."""
    if language() != "de" or code not in ANSWERS:
        return message
    _said, colon, details = message.partition(": ")
    more = DETAILS.get(code, "") if colon else ""
    return ANSWERS[code] + more.format(details=details.rstrip("."))


def _not_running() -> Unavailable:
    return Unavailable(
        Wording("The service is not running. Start it with: ivr serve"), code="not_running"
    )


def _silent() -> Unavailable:
    return Unavailable(Wording("The service does not answer; see its log."))


def _url(path: tuple[str, ...]) -> str:
    return "/".join(("/api/v1", *(quote(part, safe="") for part in path)))


def _stranger() -> UnexpectedMessage:
    return UnexpectedMessage(
        Wording("Another program answers at the service's address; check IVR_HTTP_BIND.")
    )


def acting_user() -> str:
    """The name of the user who runs this command, for the record of who did what."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
