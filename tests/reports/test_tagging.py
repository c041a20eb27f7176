"""Links without tags or with wrong ones: each finding, and what is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reports
import weblog
from reports import Filters
from reports.campaign.advice import ADVICE
from reports.campaign.edits import distances, near
from reports.campaign.mistagged import FINDINGS
from weblog.errors import QueryError
from weblog.schema import HITS, TABLES
from weblog.site import Site
from weblog.store import Store

Row = dict[str, Any]
LAST = date(2025, 11, 30)
HOME = "https://www.shop.example/"
SITE = Site(hosts=("www.shop.example",))


def slow_distance(one: str, other: str) -> int:
    """The edits between two texts, of their beginnings, as the definition has it."""
    if not one or not other:
        return len(one) + len(other)
    ways = [
        slow_distance(one[:-1], other) + 1,
        slow_distance(one, other[:-1]) + 1,
        slow_distance(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    ]
    if one[-2:] == other[-2:][::-1] and len(one) > 1 and len(other) > 1:
        ways.append(slow_distance(one[:-2], other[:-2]) + 1)
    return min(ways)


TEXT = st.text("ab가나", max_size=5)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=20))
def test_distances_equal_the_definition(pairs: list[tuple[str, str]]) -> None:
    one, other = (pl.Series(part, [pair[place] for pair in pairs], dtype=pl.String)
                  for place, part in enumerate(("one", "other")))  # fmt: skip
    assert distances(one, other).to_list() == [slow_distance(*pair) for pair in pairs]


@given(st.lists(st.tuples(TEXT, TEXT), max_size=20), st.integers(0, 3))
def test_no_pair_that_is_near_is_lost(pairs: list[tuple[str, str]], edits: int) -> None:
    frame = pl.DataFrame(pairs, schema={"value": pl.String, "value_meant": pl.String}, orient="row")
    kept = near(frame, edits).rows()
    assert [pair for pair in pairs if slow_distance(*pair) <= edits or pair in kept] == kept


@pytest.fixture
def linked(store: Store) -> Callable[..., Store]:
    """Make hits of links: how often, query, and more columns."""

    def made(*links: tuple[int, str] | tuple[int, str, Row], kind: str = "page") -> Store:
        rows = []
        for count, query, *more in links:
            for _ in range(count):
                rows.append(
                    {
                        "date": LAST,
                        "ts": datetime(2025, 11, 30, tzinfo=UTC),
                        "log_source": "log",
                        "line": len(rows),
                        "path": "/",
                        "query": query,
                        "kind": kind,
                        **(more[0] if more else {}),
                    }
                )
        frame = pl.DataFrame(rows, schema=HITS.schema)
        store.replace_days("hits", [LAST], lambda: (frame, {"made": 1}))
        return store

    return made


def found(store: Store, **options: Any) -> set[tuple[str, str, str, str | None, int]]:
    frame = reports.tagging(store, site=SITE, **options).frame
    columns = ("finding", "field", "value", "meant", "count")
    return set(frame.select(columns).rows())


def tags(source: str = "naver", medium: str = "cpc", campaign: str = "autumn", **more: str) -> str:
    named = {"source": source, "medium": medium, "campaign": campaign} | more
    return "&".join(f"utm_{name}={value}" for name, value in named.items())


CASES = [
    # Upper case is counted as one here; what is commoner is meant.
    ([(3, tags()), (1, tags(source="Naver"))], ("case_variant", "source", "Naver", "naver", 1)),
    (
        [(3, tags(campaign="kids-autumn")), (2, tags(campaign="kids_autumn"))],
        ("separator_variant", "campaign", "kids_autumn", "kids-autumn", 2),
    ),
    # One edit (here two letters exchanged), and 20 times rarer.
    ([(40, tags()), (2, tags(source="nvaer"))], ("typo", "source", "nvaer", "naver", 2)),
    # A medium that channel rules know is meant, though no link has it.
    ([(5, tags(medium="emial"))], ("typo", "medium", "emial", "email", 5)),
    # A syllable of Korean is one character.
    (
        [(40, tags(campaign="가을보험")), (1, tags(campaign="가을보혐"))],
        ("typo", "campaign", "가을보혐", "가을보험", 1),
    ),
    ([(2, tags(campaign="%7Bcampaign%7D"))], ("template", "campaign", "{campaign}", None, 2)),
    ([(1, tags(content="%25%25NAME%25%25"))], ("template", "content", "%%NAME%%", None, 1)),
    (
        [(4, tags(), {"referrer": HOME})],
        ("internal_tagged", "link", "naver / cpc / autumn", None, 4),
    ),
    ([(2, "utm_source=blog")], ("no_medium", "source", "blog", None, 2)),
    ([(2, "utm_campaign=autumn&utm_medium=cpc")], ("no_source", "campaign", "autumn", None, 2)),
]


@pytest.mark.parametrize(("links", "expected"), CASES, ids=lambda value: str(value)[:40])
def test_each_finding_of_links(
    linked: Callable[..., Store], links: list[tuple[int, str]], expected: tuple[Any, ...]
) -> None:
    assert found(linked(*links)) == {expected}


NO_FAULTS = [
    [(9, tags())],
    [(40, tags(campaign="letter-2025-10")), (1, tags(campaign="letter-2025-11"))],  # a series
    [(40, tags(source="band")), (30, tags(source="bands"))],  # both in use
    [(40, tags(medium="cpc")), (1, tags(medium="cpm"))],  # too short to tell
    [(2, "utm_source=chatgpt.com")],  # what an assistant writes itself
    [(2, "utm_source=naver&n_media=27758")],  # the ad system's own parameters tell the medium
    [(2, tags(term="insurence")), (50, tags(term="insurance"))],  # people's own words
    [(2, "q=1&xutm_source=naver")],
]


@pytest.mark.parametrize("links", NO_FAULTS, ids=str)
def test_what_is_no_fault(linked: Callable[..., Store], links: list[tuple[int, str]]) -> None:
    assert found(linked(*links)) == set()


def test_hits_of_robots_are_not_looked_at(linked: Callable[..., Store]) -> None:
    assert found(linked((3, "utm_source=blog"), kind="bot")) == set()


def test_names_of_the_companys_tables_are_meant(linked: Callable[..., Store]) -> None:
    store = linked((3, tags(campaign="autum")), (4, tags(campaign="autumn")))
    assert found(store) == set()
    put(store, "campaigns", [{"campaign": "Autumn"}])
    assert found(store) == set()  # nearly as many as of the known name: perhaps another one
    store = linked((2, tags(campaign="autum")), (4, tags(campaign="autumn")))
    assert found(store) == {("typo", "campaign", "autum", "autumn", 2)}


def put(store: Store, name: str, rows: list[Row]) -> None:
    store.replace_all(name, pl.DataFrame(rows, schema=TABLES[name].schema, strict=False))


def test_examples_are_links_without_personal_data(linked: Callable[..., Store]) -> None:
    store = linked((1, "utm_source=kim@example.com&secret=1", {"path": "/a"}))
    (row,) = reports.tagging(store, site=SITE).frame.to_dicts()
    assert row["value"] == "(email)"
    assert row["example"] == "/a?utm_source=(email)"


def test_campaigns_are_held_against_the_table(store: Store) -> None:
    days = {"start": LAST - timedelta(days=3), "end": LAST}
    put(store, "campaigns", [{"campaign": "Winter", **days}, {"campaign": "summer"}])
    assert found(store) == {
        ("unknown_campaign", "campaign", "autumn", None, 2),
        ("unseen_campaign", "campaign", "winter", None, 0),
    }
    # Those left out by a filter may have been seen.
    kept = {row[0] for row in found(store, filters=Filters(devices=("desktop",)))}
    assert kept == {"unknown_campaign"}


MANY = range(1, 41)


def test_visits_without_tags(make_store: Callable[..., Store], visits: Callable[..., Row]) -> None:
    mail = {"channel": "Email", "source": "mail.naver.com", "medium": "email"}
    tagged = {"channel": "Display", "source": "daum", "medium": "display", "campaign": "autumn"}
    referred = {"channel": "Referral", "source": "daum", "medium": "referral"}
    rows = [visits(n, n % 3, f"a{n}", "lp", **tagged) for n in MANY]
    rows += [visits(100 + n, n % 3, f"b{n}", "home", **referred) for n in MANY]
    rows += [visits(200 + n, 10, f"c{n}", "home", **referred) for n in range(4)]
    rows += [visits(300, 2, "d", "home", **mail), visits(301, 20, "d", "home", **mail)]
    rows += [visits(310, 1, "e", "lp"), visits(311, 20, "e", "lp")]
    rows += [visits(320, 1, "f", "home", channel="Unassigned", source="x", medium="mailing")]
    rows += [visits(330 + back, back, f"g{back}", "home") for back in range(27)]
    store = make_store(rows)
    sent = datetime(2025, 11, 26, 9, tzinfo=UTC)
    put(store, "mailings", [{"mailing": "m", "campaign": "letter", "sent": sent}])
    assert found(store) == {
        ("unknown_medium", "medium", "mailing", None, 1),
        ("untagged_mail", "source", "mail.naver.com", None, 1),
        ("untagged_source", "source", "daum", None, 40),
        ("untagged_landing", "entry_page", "/lp", "autumn", 1),
    }


def test_every_finding_says_what_to_do_in_both_languages(company: Store) -> None:
    assert tuple(ADVICE) == FINDINGS
    frame = reports.tagging(company).frame
    assert frame["finding"].to_list() == ["unknown_campaign"]
    assert frame["to_do"][0].startswith("Links carry it")
    assert frame["to_do_ko"][0].startswith("링크에는 있지만")


def test_nothing_found_and_nothing_to_find_are_told_apart(
    linked: Callable[..., Store], store: Store
) -> None:
    assert "no_tags" in {one.code for one in reports.tagging(store).warnings}
    report = reports.tagging(linked((3, tags())), site=SITE)
    said = {one.code: str(one) for one in report.warnings}
    assert "nothing wrong was found among 3 page views" in said["nothing_mistagged"]
    assert "empty tables: campaigns, banners, mailings;" in said["tagging_tables"]
    assert "`weblog campaigns load FILE`" in said["tagging_tables"]
    with pytest.raises(QueryError, match="limit is 0"):
        reports.tagging(store, limit=0)


def test_the_sites_own_parameters_are_read(linked: Callable[..., Store]) -> None:
    rules = weblog.Site.model_validate({"campaign": {"source": ["from"]}})
    store = linked((2, "from=blog"))
    assert reports.tagging(store, site=rules).frame["value"].to_list() == ["blog"]
    assert found(store) == set()
