"""Exports of ad systems: what their columns are called, and which link each campaign is of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from weblog.site.section import Section

Name = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]


def _not_blank(names: tuple[str, ...]) -> tuple[str, ...]:
    if not all(name.strip() for name in names):
        raise ValueError("expected headers, none of them empty")
    return names


Headers = Annotated[tuple[str, ...], AfterValidator(_not_blank)]


class AdSystem(Section):
    """What an ad system's export calls its columns, in all languages: the first found counts."""

    name: Name
    like: Name | None = None
    source: str | None = None
    medium: str | None = None
    date: Headers = ()
    first_day: Headers = ()
    last_day: Headers = ()
    campaign: Headers = ()
    content: Headers = ()
    term: Headers = ()
    impressions: Headers = ()
    clicks: Headers = ()
    cost: Headers = ()
    conversions: Headers = ()
    conversion_value: Headers = ()
    currency: Headers = ()
    day_format: str | None = None
    decimal: Literal[".", ","] = "."


class AdCampaign(Section):
    """Which campaign of the site's links a campaign of an ad system is."""

    ad_campaign: Annotated[str, Field(min_length=1)]
    campaign: Annotated[str, Field(min_length=1)]
    imported_from: str | None = None
