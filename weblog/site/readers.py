"""Who reads the dashboard: ``[dashboard]`` of ``site.toml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from weblog.site.section import Section

Role = Literal["viewer", "marketer", "analyst", "admin"]


class Dashboard(Section):
    """What holds of everybody who logs in; accounts themselves are no part of the rules."""

    least_visitors: Annotated[int, Field(ge=1, le=1000)] = 5
    idle_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)] = 60
    longest_hours: Annotated[int, Field(ge=1, le=30 * 24)] = 12
    groups: dict[str, Role] = Field(default_factory=dict)
