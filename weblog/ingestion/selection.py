"""Selection before storing: lines the site's ``[[skip]]`` and ``[[keep]]`` rules leave out.

Rules ask parsed rows, not hits, so that what is left out costs no classification and its
address is never stored. Expressions and networks are tried on distinct values only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import polars as pl

from weblog.classify import clients_of
from weblog.classify.networks import in_networks
from weblog.classify.patterns import matches_any
from weblog.classify.urls import normal_paths
from weblog.ingestion import identities
from weblog.ingestion.requests import request_lines, split_requests
from weblog.parse.words import as_text
from weblog.site.checked import pattern_regex
from weblog.site.identity import Identity
from weblog.site.line_rules import LineRule
from weblog.site.rules import Site
from weblog.site.url_rules import Urls

_TARGET_HOST = r"^[A-Za-z]+ +[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/?#@ ]*@)?([^/?# ]+)"

_EVERY_SPELLING: Final = Urls()
_USUAL: Final = Identity()


@dataclass(frozen=True, slots=True)
class Selection:
    """Which lines are stored: ``skip`` leaves out what fits a rule, ``keep`` what does not.

    ``zone`` is the site's time zone, whose days ``before`` and ``after`` mean. ``secret`` and
    ``urls`` make paths what they are stored as, which is what patterns of paths mean; ``identity``
    tells the proxies whose lists of clients are believed.
    """

    skip: tuple[LineRule, ...] = ()
    keep: tuple[LineRule, ...] = ()
    zone: str = "UTC"
    secret: tuple[str, ...] = ()
    urls: Urls = _EVERY_SPELLING
    identity: Identity = _USUAL

    @classmethod
    def of(cls, site: Site) -> Selection:
        """Return the selection a site's rules make."""
        secret = site.privacy.secret_parameters
        return cls(site.skip, site.keep, site.time_zone, secret, site.urls, site.identity)

    def __bool__(self) -> bool:
        return bool(self.skip or self.keep)


EVERY_LINE: Final = Selection()
"""The selection of a site that wrote no rule."""


def selected(rows: pl.DataFrame, selection: Selection) -> tuple[pl.DataFrame, Mapping[str, int]]:
    """Return the rows to store, and how many others each rule leaves out.

    A row counts under the first rule that leaves it out: skip rules in their order, then keep
    rules in theirs. A rule does not fit a row that lacks what it asks for: a format without
    user agents has no line of any agent.

    Args:
        rows: as :class:`weblog.parse.Parsed` has them.
        selection: the rules.
    """
    rules = left_out_by(rows, selection)
    skipped = counted(rules)
    return (rows.filter(rules.is_null()) if skipped else rows), skipped


def left_out_by(rows: pl.DataFrame, selection: Selection) -> pl.Series:
    """Return the name of the rule that leaves each row out, null where it is stored."""
    facts = _Facts(as_text(rows), selection)
    left = pl.Series([True], dtype=pl.Boolean).new_from_index(0, rows.height)
    by = pl.Series("rule", [None], dtype=pl.String).new_from_index(0, rows.height)
    for rule, is_kept in (
        *((rule, False) for rule in selection.skip),
        *((rule, True) for rule in selection.keep),
    ):
        fits = facts.fit(rule)
        out = left & (~fits if is_kept else fits)
        if out.any():
            by = pl.Series("rule", [rule.name], dtype=pl.String).zip_with(out, by)
            left &= ~out
    return by


def counted(rules: pl.Series) -> Mapping[str, int]:
    """Return how many rows each rule leaves out, in the order of their first rows."""
    found = rules.drop_nulls().to_frame("rule").group_by("rule", maintain_order=True).len()
    return dict(zip(found["rule"], found["len"], strict=True))


Judge = Callable[[pl.Series], pl.Series]


@dataclass(frozen=True)
class _Facts:
    """What the rules ask of rows, each worked out at most once."""

    rows: pl.DataFrame
    selection: Selection

    def fit(self, rule: LineRule) -> pl.Series:
        """Say of each row whether all that the rule asks holds."""
        conditions = [
            getattr(self, f"_{name}")(getattr(rule, name))
            for name in type(rule).model_fields
            if name != "name" and getattr(rule, name)
        ]
        return self.rows.select(fits=pl.all_horizontal(conditions)).to_series()

    @cached_property
    def _request_lines(self) -> pl.Series:
        return request_lines(self.rows)

    @cached_property
    def _requests(self) -> pl.DataFrame:
        """Distinct request lines with method and path."""
        split = split_requests(self._request_lines.unique(), self.selection.secret)
        return split.with_columns(path=normal_paths(split["path"], self.selection.urls))

    def _hosts(self, globs: Sequence[str]) -> pl.Series:
        patterns = [_glob_regex(glob) for glob in globs]

        def bare(hosts: pl.Series) -> pl.Series:
            name = hosts.str.to_lowercase().str.replace(r":\d+$", "").str.strip_suffix(".")
            return matches_any(name, patterns)

        # A proxy's request line names the host, where the format does not.
        asked = _where(self._request_lines, lambda lines: bare(lines.str.extract(_TARGET_HOST, 1)))
        if "host" not in self.rows.columns:
            return asked
        host = self.rows["host"]
        unnamed = host.is_null() | host.is_in(["-", ""]).fill_null(value=False)
        return (asked & unnamed) | (_where(host, bare) & ~unnamed)

    def _paths(self, patterns: Sequence[str]) -> pl.Series:
        # (?s): a decoded path may hold a line end, and * stands for anything.
        regexes = [f"(?s:{pattern_regex(pattern)})" for pattern in patterns]
        return self._where_requests(matches_any(self._requests["path"], regexes))

    def _methods(self, methods: Sequence[str]) -> pl.Series:
        return self._where_requests(self._requests["method"].str.to_uppercase().is_in(methods))

    def _where_requests(self, fits: pl.Series) -> pl.Series:
        fitting = self._requests["request"].filter(fits)
        return self._request_lines.is_in(fitting.implode()).fill_null(value=False)

    def _agents(self, patterns: Sequence[str]) -> pl.Series:
        return self._where_said("user_agent", patterns)

    def _referrers(self, patterns: Sequence[str]) -> pl.Series:
        return self._where_said("referrer", patterns)

    def _where_said(self, name: str, patterns: Sequence[str]) -> pl.Series:
        if name not in self.rows.columns:
            return self._nowhere
        # Absent is "-" here, whatever the format writes for it, so that a rule can name it.
        said = self.rows[name].fill_null("-")
        return _where(said, lambda texts: matches_any(texts.replace("", "-"), patterns))

    def _statuses(self, statuses: Sequence[str]) -> pl.Series:
        if "status" not in self.rows.columns:
            return self._nowhere
        numbers: list[int] = []
        for each in statuses:
            first = int(each[0]) * 100
            numbers += range(first, first + 100) if each.endswith("xx") else [int(each)]
        return self.rows["status"].is_in(numbers).fill_null(value=False)

    def _networks(self, networks: Sequence[str]) -> pl.Series:
        clients = self.rows.select(client=identities.client(self.rows)).to_series()
        if len(clients) != self.rows.height:  # the format names no client
            return self._nowhere
        is_proxy = identities.trusted(self.selection.identity)
        return _where(clients, lambda said: in_networks(clients_of(said, is_proxy), networks))

    def _before(self, day: date) -> pl.Series:
        return self._days < day

    def _after(self, day: date) -> pl.Series:
        return self._days > day

    @cached_property
    def _days(self) -> pl.Series:
        zone = self.selection.zone
        return self.rows["ts"].dt.convert_time_zone(zone).dt.date()

    @property
    def _nowhere(self) -> pl.Series:
        return pl.Series([False], dtype=pl.Boolean).new_from_index(0, self.rows.height)


def _where(column: pl.Series, judge: Judge) -> pl.Series:
    """Say of each row whether ``judge`` holds of its value: tried once for each value."""
    values = column.unique().drop_nulls()
    fitting = values.filter(judge(values.cast(pl.String)).fill_null(value=False))
    return column.is_in(fitting.implode()).fill_null(value=False)


def _glob_regex(glob: str) -> str:
    return "(?s:^" + ".*".join(re.escape(part) for part in glob.split("*")) + "$)"
