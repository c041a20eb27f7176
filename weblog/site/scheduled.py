"""Reports to be sent: ``[[scheduled]]`` of ``site.toml``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field

from weblog.site.section import Section
from weblog.site.smtp import Mailbox

Texts = tuple[str, ...]
MOST_REPORTS: Final = 20
"""Reports of one mail: more are not read."""

_NAME: Final = re.compile(r"[\w가-힣][\w가-힣 .-]{0,79}")


def _is_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError("expected a name of letters, digits, blanks, '.', '_' and '-', at most 80")
    return text


Name = Annotated[str, AfterValidator(_is_name)]
"""What people type to mean one entry, and what files are named by."""

Days = Annotated[int, Field(ge=1, le=1_000)]


def _are_options(options: dict[str, Any]) -> dict[str, Any]:
    for name, value in options.items():
        plain = value if isinstance(value, list) else [value]
        if not all(isinstance(each, (str, int, float, bool)) for each in plain):
            raise ValueError(f"expected {name} to be a text, a number, true, false or a list")
    return {name: tuple(v) if isinstance(v, list) else v for name, v in options.items()}


Options = Annotated[dict[str, Any], AfterValidator(_are_options)]
"""Arguments of a report, by the names docs/reports.md has for them."""


class Only(Section):
    """Which sessions count: the filters of reports, but for single people: mails name none."""

    segments: Texts = Field(default=(), description="sessions of these segments")
    channels: Texts = Field(default=(), description="sessions from these channels")
    devices: Texts = Field(default=(), description="sessions on these classes of devices")
    campaigns: Texts = Field(default=(), description="sessions of these campaigns")
    sources: Texts = Field(default=(), description="sessions from these sources, such as naver")
    entry_pages: Texts = Field(default=(), description="sessions that began on these pages")
    pages: Texts = Field(default=(), description="sessions that viewed one of these pages")
    categories: Texts = Field(default=(), description="sessions that viewed one of these")
    products: Texts = Field(default=(), description="sessions that viewed one of these")
    age_bands: Texts = Field(default=(), description="sessions of customers of this age")
    sexes: Texts = Field(default=(), description="sessions of customers of this sex")
    occupations: Texts = Field(default=(), description="sessions of customers so occupied")
    children: Texts = Field(default=(), description="sessions of customers with so many")
    products_held: Texts = Field(default=(), description="sessions of customers who held one")


class ScheduledReport(Section):
    """One report of a mail."""

    report: str = Field(description="its name, as docs/reports.md lists them")
    title: str | None = Field(default=None, description="its heading; not set: the report's own")
    days: Days | None = Field(default=None, description="other than the mail's")
    compare: Literal["previous", "year", "none"] | None = Field(
        default=None, description="other than the mail's"
    )
    only: Only | None = Field(default=None, description="other filters than the mail's")
    options: Options = Field(
        default_factory=dict,
        description="of the report, such as { limit = 5 }, by the names of its arguments",
    )


def _some(reports: tuple[ScheduledReport, ...]) -> tuple[ScheduledReport, ...]:
    if not 1 <= len(reports) <= MOST_REPORTS:
        raise ValueError(f"expected 1 to {MOST_REPORTS} reports")
    return reports


class Scheduled(Section):
    """A mail of reports, sent by `weblog send`."""

    scheduled: Name
    to: tuple[Mailbox, ...] = ()
    title: str | None = None
    language: Literal["en", "ko"] = "en"
    days: Days = 28
    compare: Literal["previous", "year", "none"] = "previous"
    only: Only = Only()
    pdf: bool = True
    rows: Annotated[int, Field(ge=0, le=100)] = 10
    reports: Annotated[tuple[ScheduledReport, ...], AfterValidator(_some)]


def said_twice(kind: str, names: Sequence[str]) -> str | None:
    """Say which names are there more than once, if any."""
    twice = sorted({name for name in names if names.count(name) > 1})
    shown = ", ".join(map(repr, twice))
    return f"expected each {kind} once; defined twice: {shown}" if twice else None
