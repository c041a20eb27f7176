"""The server that sends the site's mail: ``[smtp]`` of ``site.toml``."""

from __future__ import annotations

import ipaddress
import re
from email.utils import parseaddr
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from weblog.site.section import Section

PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
"""The usual port of each way to be private (RFC 6409, RFC 8314, RFC 5321)."""

_ADDRESS: Final = re.compile(r"[!-~]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_NEVER_IN: Final = frozenset("\"'<>()[],;:\\")


def is_address(text: str) -> bool:
    """Say whether ``text`` is a mail address every server knows: ASCII, one ``@``, no blank."""
    local, _, _ = text.rpartition("@")
    return bool(_ADDRESS.fullmatch(text)) and "@" not in local and not _NEVER_IN & {*text}


def _is_mailbox(text: str) -> str:
    name, address = parseaddr(text)
    if not is_address(address) or not (text == address or text.endswith(f"<{address}>")):
        raise ValueError('expected a mail address such as "a@example.com" or "A <a@example.com>"')
    if not (name + address).isprintable():
        raise ValueError("expected a mail address on one line")
    return text


Mailbox = Annotated[str, AfterValidator(_is_mailbox)]
"""An address, with or without a name before it."""


class Smtp(Section):
    """How mail is sent. The password is never written here (:mod:`weblog.mail.password`)."""

    host: str | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password_file: str | None = None
    ca_file: str | None = None
    sender: Mailbox | None = None
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 30.0

    @model_validator(mode="before")
    @classmethod
    def _without_password(cls, written: Any) -> Any:
        # A fault of one setting shows its value: this one is nobody's to read.
        if isinstance(written, dict) and any("password" in name and name != "password_file"
                                             for name in written):  # fmt: skip
            raise ValueError(
                "no password is written here: put it into the environment as "
                "WEBLOG_SMTP_PASSWORD, or into a file of mode 600 named by password_file"
            )
        return written

    @model_validator(mode="after")
    def _is_whole(self) -> Smtp:
        if self.host is not None and self.sender is None:
            raise ValueError('expected sender = "Weblog <weblog@example.com>" beside host')
        if self.user is not None and self.tls == "none" and not is_loopback(self.host or ""):
            raise ValueError(
                'a password would cross the network in the clear: expected tls = "starttls" or '
                '"tls" where there is a user'
            )
        return self

    @property
    def chosen_port(self) -> int:
        """The port, or the usual one."""
        return self.port or PORTS[self.tls]


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
