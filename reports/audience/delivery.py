"""Make a target list: choose, record in the store, write the file; in an order that may be killed.

1. The file is written under a name nobody looks for.
2. The contacts are recorded in one commit, then how the list came about (table target_lists).
3. The audit record gets its name beside the file, then the file gets its own.

A run killed before 2 has done nothing. One killed after it has recorded contacts for a file that
is not there: nobody is written to without being counted, and the same command run again gives the
same list, without counting its own contacts. A file that is there agrees with what is recorded:
an older one that would not is removed before 2.
"""

from __future__ import annotations

import glob
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from reports.audience.audit import Run, as_json, audit
from reports.audience.list_file import Output, rows_of
from reports.audience.load_rules import LoadedRules
from reports.audience.profile import customer_profile
from reports.audience.target import HELD_OUT, WRITTEN, Target, Wanted, select
from sessionize.consent import consenting
from sessionize.contacts import contact_history, record_list, recorded_list
from weblog.contact_tables import CONTACTS, TARGET_LISTS
from weblog.errors import UsageError, shown_path
from weblog.site.rules import Site
from weblog.store import Snapshot, Store
from weblog.store.layout import written_beside
from weblog.store.snapshot import newest_version

FOLLOWS_FROM = ("sessions", "page_views", "customers", "purchases", "contacts", "deliveries")
"""Tables whose versions the audit record names."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A list to be made: of what readers ``seen``, by the run ``number``."""

    seen: Snapshot
    site: Site
    asked: Wanted
    output: Output
    today: date
    number: str

    def made(self, head: Snapshot) -> _Made:
        """Return the list as it is now.

        Raises:
            UsageError: it is recorded with other customers, and these are not to be replaced.
        """
        seen, asked = self.seen, self.asked
        target = _chosen(seen, head, self.site, asked, self.today)
        before = recorded_list(head, asked.name, asked.day, asked.contact.channel)
        contacts = contacts_of(target, self.number)
        is_recorded = _without_run(before).equals(_without_run(contacts))
        # The same list made again is the same run: one that was cut short is completed.
        run = before["run"][0] if is_recorded and before.height else self.number
        if before.height and not is_recorded and not self.output.replace:
            raise UsageError(_changed(asked, before, contacts))
        profile = customer_profile(seen, asked.day, self.site)
        rows = rows_of(target, profile, head.scan("customers").collect(), self.output.columns)
        newer = ("contacts", "deliveries")
        versions = {name: (head if name in newer else seen).versions[name] for name in FOLLOWS_FROM}
        return _Made(run, target, contacts, self.output.content(rows), is_recorded, versions)


@dataclass(frozen=True, slots=True)
class _Made:
    """A list as it would be recorded and written now."""

    run: str
    target: Target
    contacts: pl.DataFrame
    content: bytes
    is_recorded: bool
    versions: dict[str, int]


def choose(store: Store, site: Site, asked: Wanted, today: date) -> Target:
    """Choose the customers of a list and say what becomes of each. Nothing is written.

    Consent is asked of the list's day and, where that is over, of ``today``, too.

    Args:
        store: the store; profiles are of what readers see, register and contacts the newest.
        site: the site's rules.
        asked: the list.
        today: in the site's time zone.

    Raises:
        RulesError: a rule fails with these customers.
        SiteError: a segment rule does.
    """
    return _chosen(store.snapshot(), store.head(), site, asked, today)


def _chosen(seen: Snapshot, head: Snapshot, site: Site, asked: Wanted, today: date) -> Target:
    profile = customer_profile(seen, asked.day, site)
    customers = head.scan("customers").collect()
    days = sorted({asked.day, max(asked.day, today)})
    consents = [consenting(customers, asked.contact.channel, day) for day in days]
    return select(asked, profile, consents, contact_history(head, site.time_zone))


def deliver(
    store: Store,
    site: Site,
    rules: LoadedRules,
    asked: Wanted,
    output: Output,
    *,
    now: datetime,
    today: date,
) -> Target:
    """Make a list as :func:`choose` does, record it, write its file and its audit record.

    Args:
        store: the store, which others may work in.
        site: the site's rules.
        rules: the file of rules ``asked`` is from.
        asked: the list.
        output: where it goes.
        now: the moment the audit record tells.
        today: in the site's time zone.

    Raises:
        UsageError: the list was made before with other customers, or another file is there, and
            ``output`` does not say to replace them; or it is neither CSV nor Parquet.
        UnknownNameError: a column is none.
        ConcurrentIngestError: others kept changing contacts.
    """
    output.check()
    number = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
    hidden = output.file.with_name(f".new-{output.file.name}-{number}")
    job = _Job(store.snapshot(), site, asked, output, today, number)
    made = job.made(store.head())

    def record(head: Snapshot) -> pl.DataFrame:
        nonlocal made
        made = job.made(head)
        _prepare(made, output, hidden)
        return made.contacts

    try:
        _prepare(made, output, hidden)
        store.pin()
        if not made.is_recorded:
            record_list(store, asked.name, asked.day, asked.contact.channel, record)
        run = Run(made.run, now, rules, made.versions, max(asked.day, today))
        row = audit(run, made.target, output.file.name, made.content)
        store.upsert("target_lists", pl.DataFrame([row], schema=TARGET_LISTS.schema))
        _publish(store, job.seen)
        beside = output.file.with_name(f"{output.file.name}.audit.json")
        written_beside(beside, as_json(row), 0o600).replace(beside)
        hidden.replace(output.file)
        for left in output.file.parent.glob(f".new-{glob.escape(output.file.name)}*"):
            left.unlink(missing_ok=True)  # of runs that were killed: customers are in it
    finally:
        hidden.unlink(missing_ok=True)
    return made.target


def contacts_of(target: Target, run: str) -> pl.DataFrame:
    """Return the rows of table contacts: who is written to, and who is held out."""
    asked = target.wanted
    return target.customers.filter(pl.col("outcome").is_in([WRITTEN, HELD_OUT])).select(
        pl.lit(asked.day).alias("day"),
        pl.lit(asked.name).alias("list"),
        "customer_id",
        pl.lit(asked.contact.channel).alias("channel"),
        "rule",
        "offer",
        "stratum",
        (pl.col("outcome") == HELD_OUT).alias("is_held_out"),
        pl.lit(run).alias("run"),
    )


def _without_run(contacts: pl.DataFrame) -> pl.DataFrame:
    return contacts.select(CONTACTS.schema.names()).drop("run").sort("customer_id")


def _changed(asked: Wanted, before: pl.DataFrame, now: pl.DataFrame) -> str:
    more = now.join(before, on="customer_id", how="anti").height
    fewer = before.join(now, on="customer_id", how="anti").height
    return (
        f"list {asked.name!r} of {asked.day} is recorded otherwise ({more:,} customers would come, "
        f"{fewer:,} go): rules, register or contacts have changed since. If the one made before "
        "was never used, --replace makes it anew; else make one for another day"
    )


def _prepare(made: _Made, output: Output, hidden: Path) -> None:
    """Write the file under its hidden name; remove an older one that would not agree with it.

    Raises:
        UsageError: the older one is not to be replaced.
    """
    hidden.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(hidden, flags, 0o600), "wb") as file:  # customers: for nobody else
        file.write(made.content)
        file.flush()
        os.fsync(file.fileno())
    if output.file.exists() and output.file.read_bytes() != made.content:
        if not output.replace:
            shown = shown_path(output.file)
            raise UsageError(f"{shown} is there already and says something else: --replace")
        output.file.unlink()


def _publish(store: Store, seen: Snapshot) -> None:
    """Let readers see the new contacts, and of all other tables what they saw."""
    new = {name: newest_version(store.folder, name) for name in ("contacts", "target_lists")}
    store.publish(Snapshot(store.folder, {**seen.versions, **new}))
