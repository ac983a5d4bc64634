"""A certificate for this machine that nobody but a test vouches for."""

from __future__ import annotations

import subprocess
from pathlib import Path

HOST = "127.0.0.1"


def make_certificate(folder: Path) -> Path:
    """Write ``key.pem`` and ``cert.pem``; return the latter."""
    certificate = folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=test", "-addext", f"subjectAltName=IP:{HOST}"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True, timeout=30)  # no shell
    return certificate
