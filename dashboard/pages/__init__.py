"""Every page there is: a new one is a file here and a row in :data:`PAGES`."""

from __future__ import annotations

from typing import Final

from dashboard.pages import (
    attribution,
    banners,
    campaigns,
    content,
    customers,
    days,
    email,
    lifecycle,
    live,
    overview,
    paths,
    quality,
    segments,
    settings,
    targets,
)
from dashboard.pages.page import PageSpec
from dashboard.pages.plugged import plugged_pages

PAGES: Final[dict[str, PageSpec]] = {
    page.path: page
    for page in (
        overview.PAGE,
        live.PAGE,
        segments.PAGE,
        customers.PAGE,
        content.PAGE,
        paths.PAGE,
        lifecycle.PAGE,
        campaigns.PAGE,
        banners.PAGE,
        email.PAGE,
        targets.PAGE,
        attribution.PAGE,
        days.PAGE,
        quality.PAGE,
        settings.PAGE,
        *plugged_pages(),
    )
}
"""Pages by path, in the order of the navigation; those of other packages last."""
