"""A certificate for this machine that nobody but a test vouches for."""

from __future__ import annotations

import subprocess
from pathlib import Path

HOST = "127.0.0.1"


def make_certificate(folder: Path, *, host: str = HOST, expired: bool = False) -> Path:
    """Write ``key.pem`` and ``cert.pem``; return the latter."""
    certificate = folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=test", "-addext", f"subjectAltName=IP:{host}"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(certificate)]
    _run(command)
    if expired:
        files = ["-in", str(certificate), "-signkey", str(folder / "key.pem")]
        _run(["openssl", "x509", *files, "-days", "-1", "-out", str(certificate)])
    return certificate


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=30)  # no shell
