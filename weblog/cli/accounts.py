"""``weblog accounts``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weblog.cli.options import output_option, site_option, store_option
from weblog.cli.quiet import tell
from weblog.cli.reader_options import ROLES, access_option

if TYPE_CHECKING:
    from dashboard.access import Account, Accounts


@click.group(name="accounts")
def command() -> None:
    """Make, list, change and remove the accounts people log in to the dashboard by.

    A password is asked for, or read from standard input; it is never an argument, which others on
    the machine could see. All sessions of an account end when its password is changed, or when it
    is locked or removed.
    """


_role = click.option(
    "--role", type=click.Choice(ROLES), required=True, help="What the account may see."
)
_name = click.argument("name")
_only = click.option(
    "--only",
    multiple=True,
    metavar="KEY",
    help="Only this site of a dashboard that shows several (--sites). Repeatable.  [default: all]",
)


@command.command()
@_name
@_role
@click.option("--no-password", is_flag=True, help="Only for who a proxy's login lets in.")
@_only
@store_option
@site_option
@access_option
def add(
    name: str,
    role: str,
    no_password: bool,
    only: tuple[str, ...],
    store_path: str,
    site_path: str | None,
    access_path: str | None,
) -> None:
    """Make an account."""
    from dashboard.access.accounts import account_name

    accounts = _opened(store_path, access_path)
    account_name(name)  # before a password is typed
    password = None if no_password else _password()
    keys = _keys(only)
    made = accounts.add(name, role, password, _site_name(site_path), sites=keys)
    _record(accounts, "account_added", f"{made.name}: {role}{_shown(keys)}")
    tell(f"{made.name}: {role}")
    tell("A dashboard that runs without a login asks for one when it is started anew.", err=True)


@command.command(name="list")
@store_option
@access_option
@output_option
def list_(store_path: str, access_path: str | None, output: str) -> None:
    """List the accounts."""
    import polars as pl

    from weblog.cli.emit import emit

    rows = [
        {
            "name": each.name,
            "role": each.role,
            "sites": None if each.sites is None else " ".join(each.sites),
            "locked": each.locked,
            "has_password": each.has_password,
            "created": each.created,
            "last_login": each.last_login,
        }
        for each in _opened(store_path, access_path).all()
    ]
    time = pl.Datetime("ms", "UTC")
    schema: dict[str, Any] = {
        "name": pl.String,
        "role": pl.String,
        "sites": pl.String,
        "locked": pl.Boolean,
        "has_password": pl.Boolean,
        "created": time,
        "last_login": time,
    }
    emit(pl.DataFrame(rows, schema=schema), output, "accounts")


@command.command()
@_name
@store_option
@site_option
@access_option
def passwd(name: str, store_path: str, site_path: str | None, access_path: str | None) -> None:
    """Set the password of an account, and end its sessions and tokens."""
    accounts = _opened(store_path, access_path)
    accounts.get(name)
    changed = accounts.set_password(name, _password(), _site_name(site_path))
    _tell(accounts, "account_password", changed, "has a new password; its sessions have ended.")


@command.command()
@_name
@_role
@store_option
@access_option
def role(name: str, role: str, store_path: str, access_path: str | None) -> None:
    """Change the role of an account; it holds from its next request on."""
    accounts = _opened(store_path, access_path)
    _tell(accounts, "account_role", accounts.set_role(name, role), f"is {role} now.")


@command.command()
@_name
@click.option(
    "--only", multiple=True, required=True, metavar="KEY", help="Repeatable; '*' for all sites."
)
@store_option
@access_option
def sites(name: str, only: tuple[str, ...], store_path: str, access_path: str | None) -> None:
    """Limit an account to some sites of a dashboard that shows several.

    It holds from its next request on.
    """
    accounts = _opened(store_path, access_path)
    keys = _keys(only)
    changed = accounts.set_sites(name, keys)
    _record(accounts, "account_sites", f"{changed.name}{_shown(keys)}")
    tell(f"{changed.name} sees {_shown(keys).removeprefix(', ') or 'all sites'} now.")


@command.command()
@_name
@store_option
@access_option
def lock(name: str, store_path: str, access_path: str | None) -> None:
    """Let nobody in by an account, and end its sessions."""
    accounts = _opened(store_path, access_path)
    _tell(accounts, "account_locked", accounts.lock(name), "is locked; its sessions have ended.")


@command.command()
@_name
@store_option
@access_option
def unlock(name: str, store_path: str, access_path: str | None) -> None:
    """Let an account in again that was locked."""
    accounts = _opened(store_path, access_path)
    _tell(accounts, "account_unlocked", accounts.lock(name, locked=False), "can log in again.")


@command.command()
@_name
@store_option
@access_option
def remove(name: str, store_path: str, access_path: str | None) -> None:
    """Remove an account; what it did stays in the audit log."""
    accounts = _opened(store_path, access_path)
    _tell(accounts, "account_removed", accounts.remove(name), "is removed.")


@command.command()
@_name
@store_option
@access_option
def token(name: str, store_path: str, access_path: str | None) -> None:
    """Print a new token by which a program may ask the API in this account's name.

    It is sent as `Authorization: Bearer TOKEN`, and ends when the account's password is changed.
    """
    accounts = _opened(store_path, access_path)
    made = accounts.make_token(name)
    _record(accounts, "account_token", accounts.get(name).name)
    click.echo(made)


def _opened(store_path: str, access_path: str | None) -> Accounts:
    from dashboard.access import Accounts
    from dashboard.access.opening import access_folder
    from weblog.store import open_as_is

    # Of a dashboard of several sites, accounts lie in a folder of their own, in no store.
    return Accounts.of(
        Path(access_path) if access_path else access_folder(open_as_is(store_path).folder, None)
    )


def _keys(only: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the sites named; None for all of them."""
    from dashboard.site_list import KEY
    from weblog.errors import UsageError

    if not only or "*" in only:
        return None
    for key in only:
        if not KEY.fullmatch(key):
            raise UsageError(f"--only {key!r} is no key of a site: small letters, digits and -")
    return only


def _shown(keys: tuple[str, ...] | None) -> str:
    return "" if keys is None else f", only {' '.join(keys)}"


def _password() -> str:
    """Ask for a password twice; read it once where nobody is there to be asked."""
    if sys.stdin.isatty():
        found: str = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
        return found
    return sys.stdin.readline().rstrip("\r\n")


def _site_name(site_path: str | None) -> str:
    from weblog.cli.options import chosen_site

    return chosen_site(site_path).name


def _tell(accounts: Accounts, what: str, account: Account, told: str) -> None:
    _record(accounts, what, account.name)
    tell(f"{account.name} {told}")


def _record(accounts: Accounts, what: str, detail: str) -> None:
    import getpass

    from dashboard.access import Audit

    Audit(accounts.folder).record(what, who=f"{getpass.getuser()} (command line)", detail=detail)
