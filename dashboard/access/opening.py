"""From what an operator says to a door: who must log in, and when to refuse to start at all."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.access.accounts import Accounts
from dashboard.access.audit import Audit
from dashboard.access.door import Door
from dashboard.access.errors import AccessError
from dashboard.access.folder import NAME
from dashboard.access.proxy import Proxy, networks
from dashboard.access.sessions import Sessions
from weblog.site import Site

if TYPE_CHECKING:
    from dashboard.access.oidc.login import CompanyLogin

LOG = logging.getLogger("dashboard")


@dataclass(frozen=True, slots=True)
class Readers:
    """What an operator says about who reads.

    Attributes:
        role: of who need not log in.
        login: whether a login is needed; None: where there are accounts, or others than this
            machine reach it.
        https: readers come by TLS.
        trust_proxy: addresses and networks of proxies that are believed.
        trust_header: the header in which such a proxy names who was logged in.
        trust_groups: the header in which it names their groups.
        oidc: file of what is said of the company's login by OpenID Connect; empty: there is none.
        folder: of the accounts; by default ``access`` in the store's.
    """

    role: str = "marketer"
    login: bool | None = None
    https: bool = False
    trust_proxy: Sequence[str] = field(default=())
    trust_header: str = ""
    trust_groups: str = ""
    oidc: str = ""
    folder: str | None = None


def access_folder(store: Path, folder: str | None) -> Path:
    """Return where the accounts of a store's dashboard lie."""
    return Path(folder) if folder else store / NAME


def open_door(store: Path, site: Site, readers: Readers, *, loopback: bool) -> Door:
    """Return how readers are known.

    Args:
        store: the store's folder.
        site: its rules: least number of visitors, length of sessions, groups.
        readers: what the operator said.
        loopback: only this machine reaches the dashboard.

    Raises:
        AccessError: others could reach it and nobody could log in, or what was said contradicts
            itself.
    """
    proxy = _proxy(readers, site)
    try:
        accounts = Accounts.of(access_folder(store, readers.folder))
    except AccessError as error:
        if (
            readers.login
            or readers.oidc
            or proxy.user_header
            or not loopback
            or "chmod" in error.advice
        ):
            raise
        LOG.warning("%s Who looks at customers is not recorded.", error)
        return Door(readers.role, proxy=proxy, https=readers.https)
    needs_login = (
        bool(proxy.user_header or readers.oidc) or not loopback or bool(accounts.all())
        if readers.login is None
        else readers.login
    )
    if not needs_login and not loopback:
        raise AccessError(
            "without a login only this machine may reach the dashboard",
            "Leave out --no-login, or --host.",
        )
    can_log_in = any(each.has_password and not each.locked for each in accounts.all())
    if readers.oidc and not needs_login:
        raise AccessError("--oidc lets people log in, and --no-login lets nobody")
    if needs_login and not can_log_in and not proxy.user_header and not readers.oidc:
        raise AccessError(
            "others could reach the dashboard, and there is no account to log in by"
            if not loopback
            else "there is no account to log in by",
            "`weblog accounts add NAME --role admin` makes one; or let a proxy log in: "
            "--trust-header; or the company's login: --oidc.",
        )
    rules = site.dashboard
    sessions = Sessions(accounts, rules.idle_minutes * 60.0, rules.longest_hours * 3600.0)
    return Door(
        open_role=None if needs_login else readers.role,
        sessions=sessions if needs_login else None,
        proxy=proxy,
        company=_company(readers.oidc, sessions) if readers.oidc else None,
        https=readers.https,
        audit=Audit(accounts.folder),
        least_visitors=rules.least_visitors,
    )


def _company(file: str, sessions: Sessions) -> CompanyLogin:
    """Return the company's login; what it needs beyond the dashboard may not be installed."""
    try:
        from dashboard.access.oidc.guests import Guests  # noqa: PLC0415
        from dashboard.access.oidc.handshakes import Handshakes  # noqa: PLC0415
        from dashboard.access.oidc.login import CompanyLogin  # noqa: PLC0415
        from dashboard.access.oidc.provider import Provider  # noqa: PLC0415
        from dashboard.access.oidc.settings import load_settings  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise AccessError(
            f"--oidc needs packages that are not installed ({error.name})",
            "pip install 'weblog-insight[oidc]'",
        ) from error
    accounts = sessions.accounts
    provider = Provider(load_settings(Path(file)), accounts.clock)
    return CompanyLogin(provider, Handshakes(accounts), Guests(sessions))


def _proxy(readers: Readers, site: Site) -> Proxy:
    trusted = networks(readers.trust_proxy)
    if readers.trust_header and not trusted:
        raise AccessError(
            "--trust-header believes nobody without --trust-proxy",
            "Name the proxy's address, such as --trust-proxy 127.0.0.1",
        )
    if readers.trust_groups and not readers.trust_header:
        raise AccessError("--trust-groups needs --trust-header")
    return Proxy(trusted, readers.trust_header, readers.trust_groups, site.dashboard.groups)
