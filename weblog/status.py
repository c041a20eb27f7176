"""What is in a store, and whether it adds up."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date

import polars as pl

from weblog.erasure.journal import pending
from weblog.following import Following, following
from weblog.schema import COMPANY, KINDS
from weblog.store import Store


@dataclass(frozen=True, slots=True)
class Status:
    """What a store holds.

    ``lines`` = ``hits`` + ``rejects`` + ``skipped`` + ``erased`` (DESIGN: nothing vanishes;
    ``erased`` are hits and rejects that went with a person), ``skipped`` are the sum of
    ``skipped_by`` (lines by the rule that left them out), and ``hits`` are the sum of ``kinds``.
    Hits of kind page are ``page_views`` + ``robot_page_views``, those of robots known by
    behaviour (table robots); ``sessions`` have the former, once they are made. ``unfinished``
    says that a run was cut short: what it had read is safe, and the next `weblog ingest`
    completes it. ``erasure_cut_short`` says that an erasure was: `weblog erase` completes it, and
    nothing else is written before. ``following`` are the processes that follow logs, or did, and
    how far behind each log is. ``company`` are rows of the company's own tables: the register,
    marketing, contacts.
    """

    store: str
    lines: int
    hits: int
    rejects: int
    skipped: int
    erased: int
    skipped_by: dict[str, int]
    page_views: int
    robot_page_views: int
    sessions: int
    visitors: int
    sources: int
    first_day: date | None
    last_day: date | None
    kinds: dict[str, int]
    unfinished: bool
    erasure_cut_short: bool = False
    following: tuple[Following, ...] = ()
    company: dict[str, int] = field(default_factory=dict)

    @property
    def adds_up(self) -> bool:
        """Whether every line read is accounted for."""
        return self.lines == self.hits + self.rejects + self.skipped + self.erased

    def to_dict(self) -> dict[str, object]:
        """The fields by name, days as ISO text."""
        fields = asdict(self)
        fields["following"] = [each.to_dict() for each in self.following]
        for name in ("first_day", "last_day"):
            fields[name] = fields[name].isoformat() if fields[name] else None
        return fields


def status(store: Store) -> Status:
    """Read what a store holds: its newest state, published or not.

    Raises:
        StoreError: a table cannot be read.
    """
    head = store.head()
    counted = pl.col("lines", "skipped", "erased").sum()
    ledger = head.scan("ledger").select(counted).collect().row(0)
    days = (pl.col("date").min().alias("first"), pl.col("date").max().alias("last"))
    by_kind = head.scan("hits").group_by("kind").agg(pl.len(), *days).collect()
    counts = dict(zip(by_kind["kind"], by_kind["len"], strict=True))
    robots = head.scan("robots").filter("is_robot").select(pl.col("page_views").sum())
    robot_views = int(robots.collect().item())
    unfinished = not store.is_published() or not store.head().adds_up()
    return Status(
        store=str(store.folder),
        lines=ledger[0],
        hits=sum(counts.values()),
        rejects=_height(head.scan("rejects")),
        skipped=ledger[1],
        erased=ledger[2],
        skipped_by=_by_rule(head.scan("ledger")),
        page_views=counts.get("page", 0) - robot_views,
        robot_page_views=robot_views,
        sessions=_height(head.scan("sessions")),
        visitors=_height(head.scan("visitors")),
        sources=_height(head.scan("sources").select("log_source").unique()),
        first_day=by_kind["first"].min(),  # type: ignore[arg-type]
        last_day=by_kind["last"].max(),  # type: ignore[arg-type]
        kinds={kind: counts.get(kind, 0) for kind in KINDS},
        unfinished=unfinished,
        erasure_cut_short=_erasure_cut_short(store),
        following=tuple(following(store)),
        company={name: _height(head.scan(name)) for name in COMPANY},
    )


def _erasure_cut_short(store: Store) -> bool:
    """Say whether there is an erasure that nobody is at work on."""
    return pending(store) is not None and not any(each.exclusive for each in store.holders())


def _by_rule(ledger: pl.LazyFrame) -> dict[str, int]:
    """Add up what each rule left out, most first."""
    said = ledger.select("skipped_by").drop_nulls().group_by("skipped_by").len().collect()
    total: Counter[str] = Counter()
    for text, times in zip(said["skipped_by"], said["len"], strict=True):
        total.update({rule: count * times for rule, count in json.loads(text).items()})
    return dict(sorted(total.items(), key=lambda pair: (-pair[1], pair[0])))


def _height(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect().item())
