"""Load an ad system's export: the days it tells of take the place of those told before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from sessionize.ad_costs.campaigns import Unmatched, unmatched, with_campaign
from sessionize.ad_costs.export_file import Export, read_export
from sessionize.ad_costs.systems_known import systems
from sessionize.ad_costs.totals import MEASURES, SumDiffers, differing
from sessionize.ad_costs.typed_costs import typed_costs
from sessionize.register_load import opened, others
from sessionize.table_file import content_of
from weblog.company_tables import CAMPAIGN_COSTS
from weblog.errors import TableError, UsageError, shown_path
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

KEY: Final = CAMPAIGN_COSTS.key


@dataclass(frozen=True, slots=True)
class CostsLoad:
    """What became of an export of an ad system.

    Its ``rows`` = ``good`` + ``bad``, and rows of sums (``totals``), which are left out. The good
    ones, added up to days of campaigns (and ads, keywords), are ``new``, ``changed`` or
    ``unchanged``; ``removed`` were told of these days before and are not any more, as of
    ``removed_campaigns``. ``differs`` are sums that the rows do not make; ``unmatched`` are
    campaigns that no session carries.
    """

    system: str
    imported_from: str
    source: str
    rows: int
    good: int
    bad: int
    totals: int
    first_day: date | None
    last_day: date | None
    new: int
    changed: int
    unchanged: int
    removed: int
    removed_campaigns: tuple[str, ...]
    differs: tuple[SumDiffers, ...]
    unmatched: tuple[Unmatched, ...]
    faults: pl.DataFrame
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Counts:
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    campaigns: tuple[str, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()


def load_costs(
    store: Store | Callable[[], Store],
    site: Site,
    path: Path,
    *,
    system: str | None = None,
    account: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> CostsLoad:
    """Load an export of an ad system into table campaign_costs.

    All that was told of the export's days by this system (and account) before is replaced. What
    campaigns are called in links is asked of the site's rules, for all rows that are stored.

    Args:
        store: the store, or what makes it once there is something to store.
        site: the site's rules: its currency, ad systems and campaigns.
        path: the CSV file.
        system: name of the ad system; None to find out by the header.
        account: tells several accounts of a system apart, which are exported one by one.
        columns: what the export calls columns of ours, where it calls them otherwise.

    Raises:
        UnknownNameError: there is no such ad system, or column.
        UsageError: the account's name has a slash in it.
        TableError: it is no such export, or in another currency than the site's.
        TimeZoneError: the store's days are of another time zone than the site's.
        ConcurrentIngestError: others kept changing the table.
    """
    if account is not None and (not account.strip() or "/" in account):
        raise UsageError(f"--account {account!r}: expected a name without a slash")
    shown = shown_path(path)
    content = content_of(path, "expected an ad system's export as CSV")
    export = read_export(content, shown, systems(site.ad_systems), system, columns or {})
    _check_currency(export, site.currency, shown)
    read = typed_costs(export, site.currency)
    name = export.fit.system.name
    imported_from = name if account is None else f"{name}/{account.strip()}"
    told = _by_key(read.good, export, imported_from)
    counts = _Counts()

    def make(head: Snapshot) -> tuple[pl.DataFrame, Mapping[str, int]] | None:
        nonlocal counts
        before = head.scan("campaign_costs").collect()
        stored = _named(before, site)
        rows = _named(told, site)
        counts = _counted(stored, rows, head)
        made = pl.concat([others(stored, rows, CAMPAIGN_COSTS), rows])
        return None if _sorted(made).equals(_sorted(before)) else (_sorted(made), {})

    if not told.is_empty():
        opened(store, site).revise("campaign_costs", make)
    good = read.good.height
    days = read.good["date"]
    return CostsLoad(
        system=name,
        imported_from=imported_from,
        source=shown,
        rows=good + read.bad,
        good=good,
        bad=read.bad,
        totals=read.totals.height,
        first_day=days.min(),  # type: ignore[arg-type]
        last_day=days.max(),  # type: ignore[arg-type]
        new=counts.new,
        changed=counts.changed,
        unchanged=counts.unchanged,
        removed=counts.removed,
        removed_campaigns=counts.campaigns,
        differs=tuple(differing(read.totals, read.good)),
        unmatched=counts.unmatched,
        faults=read.faults.with_columns(pl.col("expected").str.strip_prefix("expected ")),
        ignored=_ignored(export),
    )


def _check_currency(export: Export, currency: str, shown: str) -> None:
    """Make sure that a currency the header names is the site's, where the site says one.

    Raises:
        TableError: it is not.
    """
    named = export.fit.currency
    if named is not None and currency and named != currency:
        cost = export.fit.headers["cost"]
        expected = f"expected {currency}, the currency of site.toml; nothing is converted"
        raise TableError(shown, [(f"column {cost}", f"in {named}", expected)])


def _by_key(good: pl.DataFrame, export: Export, imported_from: str) -> pl.DataFrame:
    """Add up the rows of one key, whatever their order: exports divide days further than we do."""
    system = export.fit.system
    rows = good.rename({"campaign": "ad_campaign"}).with_columns(
        campaign=pl.lit(None, pl.String),
        imported_from=pl.lit(imported_from),
        source=pl.lit(system.source, pl.String),
        medium=pl.lit(system.medium, pl.String),
    )
    ordered = rows.sort(*KEY, *MEASURES, nulls_last=True)
    sums = [
        pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in MEASURES
    ]
    summed = ordered.group_by(KEY, maintain_order=True).agg(pl.col("campaign").first(), *sums)
    return summed.select(pl.col(name).cast(kind) for name, kind in CAMPAIGN_COSTS.schema.items())


def _named(rows: pl.DataFrame, site: Site) -> pl.DataFrame:
    return with_campaign(rows, site.ad_campaigns).select(CAMPAIGN_COSTS.schema.names())


def _counted(stored: pl.DataFrame, rows: pl.DataFrame, head: Snapshot) -> _Counts:
    new = rows.join(stored, on=KEY, how="anti", nulls_equal=True).height
    same = rows.join(stored, on=rows.columns, how="semi", nulls_equal=True).height
    of_days = stored.join(rows, on=CAMPAIGN_COSTS.whole, how="semi")
    gone = of_days.join(rows, on=KEY, how="anti", nulls_equal=True)
    left = rows["ad_campaign"].unique()
    campaigns = gone["ad_campaign"].unique().sort()
    return _Counts(
        new=new,
        changed=rows.height - new - same,
        unchanged=same,
        removed=gone.height,
        campaigns=tuple(campaigns.filter(~campaigns.is_in(left.implode()))),
        unmatched=tuple(unmatched(head, rows)),
    )


def _sorted(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort(KEY, nulls_last=True)


def _ignored(export: Export) -> tuple[str, ...]:
    used: Sequence[str] = [*export.fit.headers.values()]
    return tuple(name for name in export.frame.columns if name not in used)
