"""The maker of hits that a store and a site's rules ask for."""

from __future__ import annotations

from weblog.erasure.blocked import blocked_in
from weblog.ingestion.hits import HitMaker
from weblog.site.rules import Site
from weblog.store import Store
from weblog.store.period_keys import PeriodKeys


def maker_for(store: Store, site: Site) -> HitMaker:
    """Return what makes the hits of ``store``, with its keys, and without those it blocks.

    Raises:
        StoreError: the visitor key cannot be read.
    """
    privacy, folder = site.privacy, store.folder
    keys = None
    if privacy.visitor_salt != "stay":
        keys = PeriodKeys(folder, privacy.visitor_salt, privacy.salt_kept_days)
    return HitMaker(site, store.visitor_key, keys, blocked_in(folder))
