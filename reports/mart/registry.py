"""Every view of the data mart: a new one is a function and a row here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reports.mart.customers import CUSTOMER_PROFILE
from reports.mart.daily import CAMPAIGN_DAILY, CHANNEL_DAILY, SEGMENT_DAILY
from reports.mart.flat import PAGE_VIEWS_FLAT, SESSIONS_FLAT
from reports.mart.view import ViewSpec
from reports.mart.viewed_daily import CONTENT_DAILY, PRODUCT_DAILY
from reports.mart.visitors import VISITOR_PROFILE
from weblog.errors import UnknownNameError, UsageError

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


def refuse_personal(views: Sequence[ViewSpec], *, with_customers: bool) -> None:
    """Refuse views whose rows are about customers where these are not to be shown.

    Raises:
        UsageError: there are such views, and not ``with_customers``.
    """
    hidden = [view.name for view in views if view.is_personal and not with_customers]
    if hidden:
        raise UsageError(
            f"{', '.join(hidden)}: a row is about a customer, which leaves the store only with "
            "--with-customers"
        )
