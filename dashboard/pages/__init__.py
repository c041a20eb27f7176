"""Every page there is: a new one is a file here and a row in :data:`PAGES`."""

from __future__ import annotations

from typing import Final

from dashboard.pages import overview
from dashboard.pages.page import PageSpec

PAGES: Final[dict[str, PageSpec]] = {page.path: page for page in (overview.PAGE,)}
"""Pages by path, in the order of the navigation."""
