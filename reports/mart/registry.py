"""Every view of the data mart: a new one is a function and a row here."""

from __future__ import annotations

from typing import Final

from reports.mart.customers import CUSTOMER_PROFILE
from reports.mart.daily import CAMPAIGN_DAILY, CHANNEL_DAILY, SEGMENT_DAILY
from reports.mart.flat import PAGE_VIEWS_FLAT, SESSIONS_FLAT
from reports.mart.view import ViewSpec
from reports.mart.viewed_daily import CONTENT_DAILY, PRODUCT_DAILY
from reports.mart.visitors import VISITOR_PROFILE
from weblog.errors import UnknownNameError

VIEWS: Final[dict[str, ViewSpec]] = {
    view.name: view
    for view in (
        SESSIONS_FLAT,
        PAGE_VIEWS_FLAT,
        CUSTOMER_PROFILE,
        VISITOR_PROFILE,
        CHANNEL_DAILY,
        SEGMENT_DAILY,
        CAMPAIGN_DAILY,
        CONTENT_DAILY,
        PRODUCT_DAILY,
    )
}
"""The views by name, in the order lists show them."""


def chosen_views(names: tuple[str, ...]) -> list[ViewSpec]:
    """Return the views called ``names``, in the registry's order; all of them without names.

    Raises:
        UnknownNameError: there is no such view.
    """
    for name in names:
        if name not in VIEWS:
            raise UnknownNameError("view", name, list(VIEWS))
    return [view for view in VIEWS.values() if not names or view.name in names]
