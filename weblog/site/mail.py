"""``[mail]``: how mailings show in the log, and what tells machines that read mail from people."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from weblog.site.checked import CheckedPattern, Regex
from weblog.site.section import Section

PREFETCH_AGENTS: Final = (r"^Mozilla/5\.0$",)
"""Apple's Mail Privacy Protection fetches every picture when the mail arrives, and names itself
with this alone."""

PICTURE_PROXIES: Final = ("GoogleImageProxy", "YahooMailProxy")
"""Providers that fetch pictures in their readers' place, when a mail is opened."""


def _not_blank(name: str) -> str:
    if not name.strip():
        raise ValueError("expected the name of a query parameter")
    return name


Parameter = Annotated[str, AfterValidator(_not_blank)]


class Mail(Section):
    """How mailings show in the log: open pixel, click redirect, and the dispatch id's parameter."""

    open_paths: tuple[CheckedPattern, ...] = ()
    click_paths: tuple[CheckedPattern, ...] = ()
    id_parameter: Parameter | None = None
    target_parameter: Parameter | None = None
    unsubscribe_paths: tuple[CheckedPattern, ...] = ()
    conversion_days: Annotated[int, Field(ge=1, le=366)] = 14
    machine_seconds: Annotated[float, Field(ge=0, le=3600)] = 60
    machine_links: Annotated[int, Field(ge=2)] = 3
    prefetch_agents: tuple[Regex, ...] = PREFETCH_AGENTS
    picture_proxies: tuple[Regex, ...] = PICTURE_PROXIES


def id_lost(id_parameter: str | None, secret_parameters: tuple[str, ...]) -> str | None:
    """Say if the dispatch id would be dropped before it is stored."""
    secrets = {name.lower() for name in secret_parameters}
    if id_parameter is None or id_parameter.lower() not in secrets:
        return None
    return (
        f"expected id_parameter not to be among [privacy] secret_parameters: {id_parameter!r} is "
        "dropped before anything is stored, and no mail could be told from another"
    )
