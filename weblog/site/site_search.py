"""Where the site's own search shows in its URLs."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from weblog.site.checked import CheckedPattern
from weblog.site.section import Section

SEARCH_PATHS: Final = (
    *("*/search", "*/search/*", "*/search.*", "*/Search.*", "*/검색"),
    *("*/searchResult*", "*/search_result*", "*/search-result*", "*/searchList*"),
    *("*/totalSearch*", "*/TotalSearch*", "*/total_search*", "*/unifiedSearch*", "*/siteSearch*"),
)
"""Pages that are a search by their name, Korea's usual ones among them; ``/research`` is none."""

SEARCH_PARAMETERS: Final = ("q", "query", "s", "search", "searchword", "k", "keyword")
"""Matomo's defaults (plugin SitesManager, ``DEFAULT_SEARCH_KEYWORD_PARAMETERS``)."""


def _not_blank(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names or not all(name.strip() for name in names):
        raise ValueError("expected at least one parameter, none of them empty")
    return names


class SiteSearch(Section):
    """Pages of the site's own search, and the query parameters with the words.

    A page is a search if its path fits and one of the parameters is not empty; of several, the
    first in this order.
    """

    paths: tuple[CheckedPattern, ...] = SEARCH_PATHS
    parameters: Annotated[tuple[str, ...], AfterValidator(_not_blank)] = SEARCH_PARAMETERS
    least_visitors: Annotated[int, Field(ge=1)] = 5
