"""How long rows are kept: ``[retention]`` of ``site.toml``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from weblog.site.section import Section

Days = Annotated[int, Field(ge=1, le=36_500)]


class Retention(Section):
    """Days after which `weblog retention` removes rows; nothing is removed by default.

    Sessions and visitors stay: figures of past days do not change when their hits go.
    """

    hits: Days | None = None
    rejects: Days | None = None
    page_views: Days | None = None
    robots: Days | None = None
    contacts: Days | None = None
    deliveries: Days | None = None
