"""What an operator says of the company's login: a file of TOML, checked as a whole."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from dashboard.access.errors import AccessError
from dashboard.access.oidc.addresses import is_private, is_safe
from weblog.errors import shown_path

SECRET: Final = "WEBLOG_OIDC_SECRET"  # noqa: S105  the name of a variable
"""The environment variable that may hold the client's secret."""


class OidcSettings(BaseModel):
    """The company's login.

    Attributes:
        issuer: the provider's address, as its discovery document names it.
        client_id: what the dashboard is called there.
        public_url: where readers find the dashboard; the provider sends them back to
            ``/oidc/back`` there.
        client_secret_file: the file that holds the client's secret; else the environment variable
            ``WEBLOG_OIDC_SECRET`` does. Without either it is a public client.
        name_claim: what names a reader, as accounts are named.
        groups_claim: their groups; ``a.b`` is ``b`` inside of ``a``.
        scopes: what is asked for.
        verified_email: believe an e-mail address only if the provider says it verified it.
        leeway_s: by how much its clock may differ from ours.
        timeout_s: how long it may take to answer us.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str
    client_id: Annotated[str, Field(min_length=1, max_length=500)]
    public_url: str
    client_secret_file: str = ""
    name_claim: Annotated[str, Field(min_length=1)] = "email"
    groups_claim: str = "groups"
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    verified_email: bool = True
    leeway_s: Annotated[int, Field(ge=0, le=600)] = 60
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0
    client_secret: SecretStr = Field(default=SecretStr(""), exclude=True, repr=False)

    @field_validator("issuer", "public_url")
    @classmethod
    def _by_tls(cls, said: str) -> str:
        if not is_safe(said) or urlsplit(said).query or urlsplit(said).fragment:
            raise ValueError("expected an address such as https://login.example.com")
        return said

    @field_validator("public_url")
    @classmethod
    def _without_path(cls, said: str) -> str:
        if urlsplit(said).path not in {"", "/"}:
            raise ValueError("expected scheme and host alone, such as https://stats.example.com")
        return said.rstrip("/")

    @field_validator("scopes")
    @classmethod
    def _with_openid(cls, said: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in said:
            raise ValueError('expected "openid" among them')
        return said

    @property
    def back(self) -> str:
        """Where the provider sends readers back to: what is registered there."""
        return f"{self.public_url}/oidc/back"


def load_settings(file: Path) -> OidcSettings:
    """Read the file of settings, and the secret it names.

    Raises:
        AccessError: it cannot be read, or is wrong; all that is wrong is said at once.
    """
    shown = shown_path(file)
    try:
        said = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise AccessError(f"{shown} cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AccessError(f"{shown} is no TOML: {error}") from error
    if "client_secret" in said:
        raise AccessError(
            f"{shown}: client_secret does not belong into this file",
            f"Say client_secret_file, or set {SECRET}.",
        )
    try:
        settings = OidcSettings.model_validate(said)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: "
            f"{fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        )
        known = ", ".join(name for name in OidcSettings.model_fields if name != "client_secret")
        raise AccessError(f"{shown}: {faults}", f"There are: {known}") from error
    return settings.model_copy(update={"client_secret": SecretStr(_secret(settings, file))})


def _secret(settings: OidcSettings, beside: Path) -> str:
    if not settings.client_secret_file:
        return os.environ.get(SECRET, "")
    file = beside.parent / settings.client_secret_file
    try:
        if is_private(file):
            return file.read_text("utf-8").strip()
    except OSError as error:
        raise AccessError(f"{shown_path(file)} cannot be read ({error.strerror})") from error
    raise AccessError(
        f"{shown_path(file)} can be read by everybody on this machine",
        f"It holds a secret: chmod o-rwx {shown_path(file)}",
    )
