"""What people write by hand: site.toml, rules.toml, expressions in them, addresses of stores."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Final

import polars as pl

import sample_logs
from reports.audience.load_rules import rules_from
from reports.audience.rule_book import RuleBook
from weblog.classify.patterns import matches_any
from weblog.errors import RulesError, SiteError, UsageError, WeblogError
from weblog.remote.address import BUCKETS, Address, is_remote, shown_address
from weblog.remote.place import place
from weblog.site import Site
from weblog.site.checked import pattern_regex
from weblog.site.load import draft_of, told_by
from weblog.site.rules import Category

NOWHERE: Final = Path("/nonexistent")
SLOWEST: Final = 5.0
"""Seconds of processor time that an expression may take of a few kilobytes."""

PYTHONS: Final = re.compile(r"\(\?(?![:imsx-]|P<)|\\[1-9Zz]|[*+?}]\+")
"""What only Python's engine knows, which tries again and again: the user's own risk."""

HOSTILE: Final = ("/" + "a" * 2000 + "!", "/" + "ab" * 1000, "/" + "/".join("x" * 500), "")
"""Paths on which an engine that goes back takes for ever."""


def check_site(data: bytes) -> None:
    """Site rules: faults that say where and what, each time the same, or a site that is right."""
    text = data.decode("utf-8", "replace")
    rules, fault = told_by(text)
    if fault is not None:
        assert not rules
        assert fault[0]
        return
    draft = draft_of(rules, "site.toml", NOWHERE)
    assert draft_of(rules, "site.toml", NOWHERE) == draft
    assert isinstance(draft.site, Site)
    assert all(expected for _, _, expected in draft.faults)
    try:
        assert draft.checked() == draft.site
    except SiteError as error:
        assert draft.faults
        assert "site.toml" in str(error)


def check_rules(data: bytes) -> None:
    """Rules of target lists: a book, or an error that tells every fault."""
    try:
        book = rules_from(data)
    except RulesError as error:
        assert str(error)
        return
    assert isinstance(book, RuleBook)
    assert rules_from(data) == book


def check_pattern(data: bytes) -> None:
    """An expression of the rules: taken or refused; what is taken answers soon, whatever comes."""
    first, _, rest = data.decode("utf-8", "replace").partition("\n")
    try:
        rule = Category.model_validate({"category": "x", "paths": [f"re:{first}"]})
    except ValueError:
        return
    if PYTHONS.search(first):
        return
    texts = pl.Series("path", [*HOSTILE, rest[:2000]])
    began = time.process_time()
    found = matches_any(texts, [f"(?s:{pattern_regex(each)})" for each in rule.paths])
    assert found.null_count() == 0
    assert time.process_time() - began < SLOWEST


def check_address(data: bytes) -> None:
    """Addresses of logs and stores: taken apart and put together, or refused; no password shown."""
    address = data.decode("utf-8", "replace").replace("\0", "")
    for user in ("", "me:hunter2@"):
        whole = address.replace("://", f"://{user}", 1)
        if not is_remote(whole):
            continue
        try:
            assert "hunter2" not in shown_address(whole) or whole.startswith("abfs")
            apart = Address.of(whole)
            assert apart.root.partition("://")[0].startswith((*BUCKETS, "http"))
            assert Address.of(apart.named(apart.key)) == apart
            assert apart.key.startswith(apart.literal)
            place(whole)
        except WeblogError as error:
            assert isinstance(error, UsageError)
            assert "hunter2" not in str(error)


SAMPLE: Final = Path(sample_logs.__file__).parent


def sections(name: str) -> list[bytes]:
    """Return the tables of a file of the sample company's rules, one by one and some together."""
    text = (SAMPLE / name).read_text("utf-8")
    found = [f"[{part}".encode() for part in re.split(r"^\[", text, flags=re.MULTILINE)[1:]]
    return [*found, b"\n".join(found[:5])]


PATTERNS: Final = (
    b"/a(b+)*c\n/abbbbc", rb"/(?i)quote/\d{1,3}" + b"\n/QUOTE/1", rb"(a+)+$" + b"\n/aaa",
    rb"/(?P<n>[^/]+)/x|y" + b"\n/b/x", rb"(?:a|aa)+b{0,50}" + b"\n", rb"/(?=x)\1" + b"\n/",
    rb"\p{Hangul}+" + "\n/보험".encode(), rb"(?s:.)*+" + b"\n/",
)  # fmt: skip
PARTS: Final = ("(?i)", "(?:", "(?P<x>", "{1,50}", "[^/]", "\\p{L}", "\\b", ".*?", "(?x)", "(?=")
ADDRESSES: Final = (
    b"s3://bucket/logs/*.gz", b"https://logs.example:8443/a.log?X-Amz-Signature=1#f",
    b"abfss://container@account.dfs.core.windows.net/a/b", b"gs://b", b"az://c/[ab]?.log",
    b"http://[::1]:80/a", b"S3A://b/../c//d",
)  # fmt: skip
