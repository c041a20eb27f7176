"""Which addresses a secret may be sent to, and which files it may lie in."""

from __future__ import annotations

import stat
from pathlib import Path
from urllib.parse import urlsplit

from weblog.site.smtp import is_loopback


def is_safe(address: str) -> bool:
    """Say whether an address is reached by TLS, or without leaving this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.scheme not in {"http", "https"}:
        return False
    return parts.scheme == "https" or is_loopback(host)


def origin(address: str) -> str:
    """Return scheme and host of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def is_private(file: Path) -> bool:
    """Say whether a file cannot be read by everybody; its group may, as secrets are mounted so."""
    return not stat.S_IMODE(file.stat().st_mode) & 0o007
