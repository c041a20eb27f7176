"""What the environment says of object stores, looked at before a library takes it.

The library that speaks to them takes what it is given for right: an endpoint that is no address,
or a key with a line break at its end, as from a file, ends it in a panic.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from weblog.errors import UsageError

ENDPOINTS: Final = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT")
"""Variables that name a server."""

SENT: Final = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AZURE_STORAGE_ACCOUNT_NAME",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_TENANT_ID",
)
"""Variables whose values become part of requests."""


def check_settings(environment: Mapping[str, str]) -> None:
    """Refuse settings that no request can be made of; no value is told, since it may be secret.

    Raises:
        UsageError: an endpoint is no address, or a value has what no request may have.
    """
    for name in (*SENT, *ENDPOINTS):
        value = environment.get(name, "")
        if any(ord(each) < ord(" ") or ord(each) == 0x7F for each in value):
            raise UsageError(
                f"{name} has a line break or another control character in it, such as at the end "
                "of what was read from a file: set it anew without."
            )
    for name in ENDPOINTS:
        endpoint = environment.get(name)
        if endpoint is not None and not _is_address(endpoint):
            raise UsageError(
                f"{name} is no address: expected https://HOST or https://HOST:PORT, without "
                "blanks; unset it where the provider's own is meant."
            )


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    is_plain = text.isascii() and not any(each in text for each in ' <>"{}|\\^`')
    return is_plain and parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0
