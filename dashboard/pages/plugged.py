"""Pages of reports that other packages add: one card each, after all others."""

from __future__ import annotations

from dashboard.cards.card import CardSpec
from dashboard.pages.cards_page import CardsPage
from dashboard.pages.page import PageSpec
from dashboard.plugged import PREFIX
from reports.extending import OwnReport
from reports.plugged import usable_reports


def page_of(name: str, own: OwnReport) -> PageSpec | None:
    """Return the page of a package's report; None if it declares none.

    It is for marketers: viewers see groups only, and no rule says which of its rows they may see.
    """
    if own.page is None:
        return None
    card = CardSpec(
        name,
        name,
        f"{PREFIX}{name}",
        columns=own.page.columns or tuple(column.name for column in own.columns),
        filters=dict(own.page.filters),
        bars=own.page.bars,
        height=own.page.height,
        slow=True,
        role="marketer" if own.of_people else "viewer",
    )
    page = CardsPage(f"{PREFIX}{name}", (card,), role="marketer")
    return page.spec(f"/own/{name}", own.page.icon)


def plugged_pages() -> list[PageSpec]:
    """Return the pages of all reports of packages that can be used."""
    pages = (page_of(name, own) for name, own in usable_reports().items())
    return [page for page in pages if page]
