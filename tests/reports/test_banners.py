"""Banners: totals, the gap between clicks and visits, and creatives, against slow references."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import Simulated

import reports
import sample_logs
import sessionize
import weblog
from reports import Filters
from reports.advertising.gap import STEPS, gap
from reports.advertising.lost import SCHEMA as LOST
from reports.advertising.lost import estimated
from reports.advertising.reported import BY, KEYS, SCHEMA, columns_by, placed
from reports.advertising.rivals import rivals
from reports.advertising.totals import totals
from reports.discovery import beyond_chance
from reports.figures.theme import colours
from sample_logs.company import BANNERS, DISPLAY
from weblog.errors import QueryError, UnknownNameError
from weblog.schema import TABLES
from weblog.site import site_from
from weblog.store import Store

WHOLE = Filters(start=date(2025, 9, 2), end=date(2025, 11, 30))
DAY = date(2025, 11, 1)

SESSIONS = pl.Schema(
    {
        "date": pl.Date(),
        **dict.fromkeys(("campaign", "portal", "position", "banner"), pl.String()),
        "entry_page": pl.String(),
        "visitor": pl.UInt64(),
        "key": pl.UInt64(),
        "page_views": pl.Int64(),
        "conversions": pl.Int64(),
        "value": pl.Float64(),
        "is_new": pl.Boolean(),
        "is_bounce": pl.Boolean(),
        "is_engaged": pl.Boolean(),
        "customer": pl.UInt64(),
    }
)
LANDINGS = pl.Schema(
    {
        "date": pl.Date(),
        **dict.fromkeys(("campaign", "portal", "position", "banner"), pl.String()),
        "who": pl.String(),
        "host": pl.String(),
        "n": pl.Int64(),
    }
)


def codes(report: reports.Report) -> list[str]:
    return [warning.code for warning in report.warnings]


# the sample company: what was planted is found


def truth_visits(data: Path) -> Counter[str]:
    """Visits that banners truly brought, the staff's included."""
    with gzip.open(data / "truth" / "sessions.csv.gz", "rt", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        sources = [row["source"] for row in rows]
    return Counter(name.partition(":")[2] for name in sources if name.startswith("banner:"))


def robot_lines(data: Path) -> Counter[str]:
    """Lines of the robots that click banners, in the log itself."""
    found: Counter[str] = Counter()
    for path in data.glob("web*/access.log*"):
        raw = path.read_bytes()
        lines = (gzip.decompress(raw) if path.suffix == ".gz" else raw).splitlines()
        for line in lines:
            if b"HeadlessChrome/139" in line and b"utm_content=" in line:
                found[line.split(b"utm_content=")[1].split()[0].decode()] += 1
    return found


def steps(report: reports.Report, key: str = "banner") -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in report.frame.to_dicts():
        found[row[key]][row["step"]] = row
    return found


def test_the_causes_planted_in_the_sample_logs_are_found(company: Store) -> None:
    data = sample_logs.data_folder()
    gaps = steps(reports.banner_gap(company, WHOLE, by="banner"))
    visits, robots = truth_visits(data), robot_lines(data)
    assert set(gaps) == {banner.key for banner in BANNERS}
    for banner in BANNERS:
        found = gaps[banner.key]
        clicks = {step: row["clicks"] for step, row in found.items()}
        assert clicks["robot"] == robots[banner.key]
        arrived = clicks["sessions"] + clicks["repeated"] + clicks["internal"]
        assert arrived == visits[banner.key]
        lost = found["lost_parameter"]
        if banner.referrer == "-":
            assert lost["known"] == "unknown"
        else:  # the generator loses none
            assert lost["low"] <= 0 <= lost["high"]
        rest = clicks["reported"] - visits[banner.key] - robots[banner.key]
        assert found["no_landing"]["clicks"] == rest


def test_planted_shares_lie_within_their_intervals(company: Store) -> None:
    gaps = steps(reports.banner_gap(company, WHOLE, by="banner"))
    held = []
    for banner in BANNERS:
        found, campaign = gaps[banner.key], DISPLAY[banner.campaign]
        lands = 1 / banner.inflation
        assert found["sessions"]["share_low"] <= lands <= found["sessions"]["share_high"]
        expected = 1.1 * (banner.inflation - 1) * (campaign.last - campaign.first + 1)
        share = expected / found["reported"]["clicks"]
        held.append(found["robot"]["share_low"] <= share <= found["robot"]["share_high"])
    assert sum(held) >= 5  # of six intervals of 95 %


def test_creatives_stand_in_the_order_they_were_made_in(company: Store) -> None:
    frame = reports.creatives(company, WHOLE).frame
    made = {banner.key: banner for banner in BANNERS}
    for row in frame.filter(measure="ctr", beyond_chance=True).to_dicts():
        left, right = made[row["left_banner"]], made[row["right_banner"]]
        assert (left.ctr > right.ctr) == (row["difference"] > 0)
    assert frame.filter(measure="ctr")["beyond_chance"].sum() >= 5
    assert not frame["same_place"].any()


def test_banners_sum_to_the_table_and_to_the_campaigns_sessions(company: Store) -> None:
    frame = reports.banners(company, WHOLE, by="portal,day", limit=7).frame
    table = company.scan("banners").select(pl.col("impressions", "clicks", "cost").sum()).collect()
    for name in ("impressions", "clicks", "cost"):
        assert frame[name].sum() == pytest.approx(table[name].item())
    assert frame["is_other"].sum() == 1
    sessions = (
        company.scan("sessions").filter(pl.col("channel") == "Display").select(pl.len()).collect()
    )
    assert frame["sessions"].sum() == sessions.item()


def test_the_bounce_rate_is_that_of_its_sessions_with_wilsons_interval(company: Store) -> None:
    rows = reports.banners(company, Filters()).frame.filter(pl.col("sessions") > 0).to_dicts()
    assert rows
    for row in rows:
        n, p, z = row["sessions"], row["bounces"] / row["sessions"], 1.959963984540054
        spread = z * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5
        ends = [(p + z**2 / (2 * n) + side * spread) / (1 + z**2 / n) for side in (-1, 1)]
        assert row["bounce_rate"] == pytest.approx(p)
        assert [row["bounce_low"], row["bounce_high"]] == pytest.approx(ends)


def test_sign_ups_are_those_of_the_register(company: Store) -> None:
    joined = company.scan("customers").select("customer_id", date="joined").unique().collect()
    rows = (
        company.scan("sessions")
        .filter(pl.col("channel") == "Display")
        .select("customer_id", "date", "content")
        .collect()
    )
    days = set(joined.rows())
    expected: dict[str, set[str]] = defaultdict(set)
    for customer, day, content in rows.rows():
        if (customer, day) in days:
            expected[content].add(customer)
    frame = reports.banners(company, WHOLE, by="banner").frame
    assert expected
    for banner, signups in frame.select("banner", "signups").rows():
        assert signups == len(expected[banner])


# a small company whose clicks have every fate


PERSON = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"  # noqa: E501
ROBOT = "Googlebot/2.1"
LINK = "/lp?utm_source=naver&utm_medium=display&utm_campaign=autumn&utm_content=blue"
START = date(2025, 10, 1)
PER_DAY = {
    "sessions": 6,
    "lost_parameter": 3,
    "failed": 1,
    "robot": 2,
    "internal": 1,
    "repeated": 1,
}
"""What becomes of the clicks of each campaign day; two more never land."""


def write_log(path: Path) -> Path:
    """Write 20 days with one usual visit each, and 10 of the campaign with one more each."""
    lines, number = [], 0

    def add(day: int, target: str, agent: str = PERSON, status: int = 200, again: int = 1) -> None:
        nonlocal number
        number += 1
        address = f"198.51.{number // 250}.{number % 250 + 1}"
        if target.startswith("internal:"):
            target, address = target.partition(":")[2], "10.0.0.9"
        when = START + timedelta(days=day)
        for turn in range(again):
            time = f"{when:%d/%b/%Y}:09:{number % 60:02d}:{turn * 7:02d} +0000"
            lines.append(
                f'{address} - - [{time}] "GET {target} HTTP/1.1" {status} 100 '
                f'"https://m.naver.com/" "{agent}"'
            )

    for day in range(30):
        add(day, "/lp")
        if day < 20:
            continue
        for _ in range(PER_DAY["sessions"] - 1):
            add(day, LINK)
        add(day, LINK, again=2)
        for _ in range(PER_DAY["lost_parameter"]):
            add(day, "/lp")
        for _ in range(PER_DAY["robot"]):
            add(day, LINK, ROBOT)
        add(day, LINK, status=503)
        add(day, f"internal:{LINK}")
    path.write_text("\n".join(lines) + "\n")
    return path


def landing_store(folder: Path, banners: str | None) -> Store:
    rules: dict[str, Any] = {"internal": {"networks": ["10.0.0.0/8"]}}
    if banners is not None:
        (folder / "banners.csv").write_text(banners)
        rules["tables"] = {"banners": "banners.csv"}
    site = site_from(rules, "site.toml", folder)
    store = weblog.open_store(folder / "store", create=True)
    weblog.ingest(store, [write_log(folder / "access.log")], site)
    sessionize.load_tables(store, site)
    sessionize.update(store, site)
    return store


def banner_file(columns: str = "cost") -> str:
    head = f"date,banner,campaign,portal,impressions,clicks{',cost' if columns else ''}\n"
    days = [START + timedelta(days=day) for day in range(20, 30)]
    tail = ",5000" if columns else ""
    return head + "".join(f"{day},blue,autumn,naver,900,16{tail}\n" for day in days)


def test_each_click_has_one_fate(tmp_path: Path) -> None:
    store = landing_store(tmp_path, banner_file())
    report = reports.banner_gap(store, Filters(start=START), by="banner")
    found = steps(report)["blue"]
    for step, daily in PER_DAY.items():
        if step != "lost_parameter":
            assert found[step]["clicks"] == 10 * daily, step
    lost = found["lost_parameter"]
    # 40 came without parameters in 10 days, 20 in the 20 days before.
    assert lost["clicks"] == pytest.approx(40 - 10)
    assert 0 < lost["low"] < 30 < lost["high"] < 40
    assert found["no_landing"]["clicks"] == pytest.approx(160 - 140)
    assert found["no_landing"]["low"] < 20 < found["no_landing"]["high"]
    assert codes(report) == ["gap_unknowable"]


def test_the_gap_by_day_shares_out_the_lost(tmp_path: Path) -> None:
    store = landing_store(tmp_path, banner_file())
    by_day = reports.banner_gap(store, Filters(start=START), by="day").frame
    lost = by_day.filter(step="lost_parameter")
    assert lost["clicks"].to_list() == pytest.approx([3.0] * 10)
    assert by_day["small"].all()


def test_without_data_from_before_the_usual_is_said_not_to_be_known(tmp_path: Path) -> None:
    all_month = banner_file() + f"{START},blue,autumn,naver,900,0,0\n"
    store = landing_store(tmp_path, all_month)
    report = reports.banner_gap(store, Filters(start=START), by="banner")
    lost = steps(report)["blue"]["lost_parameter"]
    assert (lost["low"], lost["clicks"], lost["high"]) == (0.0, 60.0, 60.0)
    assert "usual_unknown" in codes(report)


@pytest.mark.parametrize("name", ["banners", "banner_gap", "creatives"])
def test_without_the_table_reports_say_what_is_missing(tmp_path: Path, name: str) -> None:
    store = landing_store(tmp_path, None)
    report = getattr(reports, name)(store, Filters(start=START))
    told = next(str(w) for w in report.warnings if w.code == "no_banners")
    for word in ("[tables]", "banners.csv", "weblog banners load", "impressions", "cost"):
        assert word in told
    if name == "banners":
        row = report.frame.row(0, named=True)
        assert (row["banner"], row["portal"], row["sessions"]) == ("blue", None, 60)
        assert row["clicks"] is row["cost"] is row["ctr"] is row["cpa"] is None
    if name == "banner_gap":
        found = steps(report)["blue"]
        assert found["sessions"]["clicks"] == 60
        assert found["no_landing"]["known"] == found["reported"]["known"] == "unknown"
        assert found["no_landing"]["clicks"] is None


def test_without_costs_the_rest_is_told(tmp_path: Path) -> None:
    store = landing_store(tmp_path, banner_file(""))
    report = reports.banners(store, Filters(start=START), by="portal")
    row = report.frame.row(0, named=True)
    assert (row["portal"], row["clicks"], row["sessions"]) == ("naver", 160, 60)
    assert row["cost"] is row["cpc"] is row["cpa"] is row["roas"] is None
    (told,) = (w for w in report.warnings if w.code == "banner_column_missing")
    assert dict(told.values) == {"column": "cost", "missing": "10", "rows": "10"}


def test_filters_no_medium_knows_are_said(company: Store) -> None:
    report = reports.banners(company, Filters(devices=("smartphone",)))
    assert "reported_counted_whole" in codes(report)
    only = reports.banners(company, Filters(sources=("zum",)), by="portal")
    assert only.frame["portal"].to_list() == ["zum"]
    assert "reported_counted_whole" not in codes(only)


def test_a_period_without_reports_says_so(company: Store) -> None:
    report = reports.banners(company, Filters(start=date(2025, 9, 2), end=date(2025, 9, 6)))
    assert "banners_not_reported" in codes(report)


def test_what_rows_cannot_be_told_apart_by_is_refused(company: Store) -> None:
    with pytest.raises(UnknownNameError, match="no dimension of banners is called 'creative'"):
        reports.banners(company, by="portal,creative")
    with pytest.raises(QueryError, match="limit is 0"):
        reports.banners(company, limit=0)
    assert columns_by("day, banner") == ["banner", "date"]


# whose a link is


def table(*rows: tuple[str, str, str | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"date": DAY, "campaign": "c", "banner": b, "portal": p, "position": s}
            for b, p, s in rows
        ],
        schema=SCHEMA,
    )


@pytest.mark.parametrize(
    ("rows", "link", "expected"),
    [
        ([("b", "Naver", None)], ("b", "naver"), ("Naver", None, True)),
        ([("b", "Naver", None)], ("b", "other"), ("Naver", None, True)),
        ([("b", "Naver", "top")], ("b", None), ("Naver", "top", True)),
        ([("b", "Naver", "top"), ("b", "Naver", "side")], ("b", "x"), ("Naver", None, True)),
        ([("b", "Naver", None), ("b", "Daum", "top")], ("b", "daum"), ("Daum", "top", True)),
        ([("b", "Naver", None), ("b", "Daum", None)], ("b", "zum"), ("zum", None, True)),
        ([("b", "Naver", None)], ("other", "zum"), ("zum", None, False)),
        ([("b", "Naver", None)], ("other", None), (None, None, False)),
    ],
    ids=[
        "the only portal",
        "the only portal, whatever the source",
        "the only position",
        "several positions: not told",
        "several portals: by source",
        "several portals: none is the source",
        "not reported: the source",
        "not reported, no source",
    ],
)
def test_a_link_has_its_place(
    rows: list[tuple[str, str, str | None]],
    link: tuple[str, str | None],
    expected: tuple[str | None, str | None, bool],
) -> None:
    asked = pl.DataFrame(
        [{"campaign": "c", "content": link[0], "source": link[1]}],
        schema=dict.fromkeys(("campaign", "content", "source"), pl.String),
    )
    found = placed(asked, table(*rows)).select("portal", "position", "is_reported").row(0)
    assert found == expected


# against slow references


NAMES = st.sampled_from(["a", "b", None])
SPOTS = st.fixed_dictionaries(
    {
        "date": st.sampled_from([DAY, DAY + timedelta(days=1)]),
        "campaign": st.sampled_from(["c", "d"]),
        "portal": NAMES,
        "position": st.sampled_from(["top", None]),
        "banner": st.sampled_from(["x", "y"]),
    }
)
MANY = st.integers(0, 50)
REPORTED = st.lists(
    st.builds(
        lambda spot, more: spot | more,
        SPOTS,
        st.fixed_dictionaries(
            {
                "impressions": st.one_of(st.none(), MANY),
                "clicks": st.one_of(st.none(), MANY),
                "cost": st.one_of(st.none(), st.integers(0, 9).map(float)),
            }
        ),
    ),
    max_size=12,
)
VISITS = st.lists(
    st.builds(
        lambda spot, more: spot | more | {"entry_page": "/", "key": 0, "is_engaged": False},
        SPOTS,
        st.fixed_dictionaries(
            {
                "visitor": st.integers(1, 4),
                "page_views": st.integers(1, 3),
                "conversions": st.integers(0, 2),
                "value": st.integers(0, 9).map(float),
                "is_new": st.booleans(),
                "is_bounce": st.booleans(),
                "customer": st.one_of(st.none(), st.integers(1, 3)),
            }
        ),
    ),
    max_size=15,
)
REQUESTS = st.lists(
    st.builds(
        lambda spot, who, n: spot | {"who": who, "host": None, "n": n},
        SPOTS,
        st.sampled_from(["person", "robot", "failed", "internal"]),
        st.integers(1, 9),
    ),
    max_size=12,
)
SUBSETS = st.lists(st.sampled_from(list(BY)), min_size=1, max_size=3, unique=True)


def framed(rows: list[dict[str, Any]], schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema)


def by_place(rows: Iterable[dict[str, Any]], by: list[str]) -> dict[tuple[Any, ...], list[Any]]:
    found: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in by)].append(row)
    return found


def known_sum(rows: list[dict[str, Any]], name: str) -> float | None:
    values = [row[name] for row in rows if row[name] is not None]
    return sum(values) if values else None


@settings(max_examples=60, deadline=None)
@given(REPORTED, REQUESTS, VISITS, SUBSETS)
def test_totals_are_what_counting_says(
    told: list[Any], asked_for: list[Any], came: list[Any], subset: list[str]
) -> None:
    by = columns_by(",".join(subset))
    frame = totals(
        framed(told, SCHEMA), framed(asked_for, LANDINGS), framed(came, SESSIONS), by, None
    )
    parts = [by_place(rows, by) for rows in (told, asked_for, came)]
    keys = {key for part in parts for key in part}
    rows = {tuple(row[name] for name in by): row for row in frame.to_dicts()}
    assert set(rows) == keys
    for key, row in rows.items():
        reported, requests, visits = (part[key] for part in parts)
        clicks, cost = known_sum(reported, "clicks"), known_sum(reported, "cost")
        assert (row["clicks"], row["cost"]) == (clicks, cost)
        assert row["impressions"] == known_sum(reported, "impressions")
        assert row["landings"] == sum(one["n"] for one in requests)
        assert row["sessions"] == len(visits)
        assert row["visitors"] == len({one["visitor"] for one in visits})
        assert row["new_visitors"] == sum(one["is_new"] for one in visits)
        conversions = sum(one["conversions"] for one in visits)
        assert row["conversions"] == conversions
        if came:
            customers = {one["customer"] for one in visits} - {None}
            assert row["signups"] == len(customers)
        assert row["cpc"] == (cost / clicks if cost is not None and clicks else None)
        assert row["cpa"] == (cost / conversions if cost is not None and conversions else None)
        value = sum(one["value"] for one in visits)
        told = value or not row["conversions"]
        assert row["roas"] == (value / cost if cost and told else None)


@settings(max_examples=60, deadline=None)
@given(REPORTED, REQUESTS, VISITS, SUBSETS, st.integers(1, 3))
def test_a_limit_sums_up_the_others(
    told: list[Any], asked_for: list[Any], came: list[Any], subset: list[str], limit: int
) -> None:
    frames = framed(told, SCHEMA), framed(asked_for, LANDINGS), framed(came, SESSIONS)
    by = columns_by(",".join(subset))
    whole, some = totals(*frames, by, None), totals(*frames, by, limit)
    assert some.filter(~pl.col("is_other")).height == min(limit, whole.height)
    for name in ("clicks", "cost", "impressions", "landings", "sessions", "conversions"):
        assert some[name].sum() == whole[name].sum()
    assert some.head(limit).select(by).rows() == whole.head(limit).select(by).rows()


FOUND = st.lists(
    st.builds(
        lambda campaign, portal, arrived, usual, days, before, sends: {
            "campaign": campaign,
            "portal": portal,
            "arrived": arrived,
            "usual": usual,
            "days": days,
            "usual_days": before,
            "sends_referrer": sends,
        },
        st.sampled_from(["c", "d"]),
        NAMES,
        MANY,
        MANY,
        st.integers(1, 30),
        st.integers(0, 56),
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda row: (row["campaign"], row["portal"]),
)


@settings(max_examples=60, deadline=None)
@given(REPORTED, REQUESTS, VISITS, FOUND, SUBSETS)
def test_fates_sum_to_what_is_reported(
    told: list[Any], asked_for: list[Any], came: list[Any], found: list[Any], subset: list[str]
) -> None:
    by = columns_by(",".join(subset))
    lost = estimated(framed(found, LOST))
    frame = gap(framed(told, SCHEMA), framed(asked_for, LANDINGS), framed(came, SESSIONS), lost, by)
    assert frame.height % len(STEPS) == 0
    parts = [by_place(rows, by) for rows in (told, asked_for, came)]
    for key, rows in by_place(frame.to_dicts(), by).items():
        assert [row["step"] for row in rows] == list(STEPS)
        clicks = {row["step"]: row["clicks"] for row in rows}
        reported, requests, visits = (part[key] for part in parts)
        assert clicks["reported"] == known_sum(reported, "clicks")
        people = sum(one["n"] for one in requests if one["who"] == "person")
        assert clicks["repeated"] == people - len(visits)
        for who in ("robot", "failed", "internal"):
            assert clicks[who] == sum(one["n"] for one in requests if one["who"] == who)
        if clicks["reported"] is not None:
            rest = sum(clicks[step] or 0 for step in STEPS if step != "reported")
            assert rest == pytest.approx(clicks["reported"])
        for row in rows:
            if row["low"] is not None:
                assert row["low"] - 1e-9 <= row["clicks"] <= row["high"] + 1e-9
            if row["share_low"] is not None:
                assert row["share_low"] - 1e-9 <= row["share"] <= row["share_high"] + 1e-9
    shares = by_place(framed(told, SCHEMA).to_dicts(), ["campaign", "portal"])
    visible = {
        (row["campaign"], row["portal"]): row["lost"]
        for row in lost.to_dicts()
        if row["lost"] is not None
    }
    expected = sum(
        value for key, value in visible.items() if (known_sum(shares[key], "clicks") or 0) > 0
    )
    told_lost = frame.filter(step="lost_parameter")["clicks"].sum()
    assert told_lost == pytest.approx(expected)


# intervals hold what they should


@pytest.mark.parametrize(("usual", "days", "before"), [(4.0, 20, 40), (0.8, 30, 56), (9.0, 45, 20)])
def test_the_lost_lie_within_their_interval(
    simulated: Simulated, usual: float, days: int, before: int
) -> None:
    rng, runs, lost = np.random.default_rng(7), 4000, 60
    found = pl.DataFrame(
        {
            "campaign": ["c"] * runs,
            "portal": ["p"] * runs,
            "arrived": lost + rng.poisson(usual * days, runs),
            "usual": rng.poisson(usual * before, runs),
            "days": [days] * runs,
            "usual_days": [before] * runs,
            "sends_referrer": [True] * runs,
        },
        schema=LOST,
    )
    held = estimated(found).select(pl.lit(lost).is_between("lost_low", "lost_high").mean()).item()
    assert 0.93 <= simulated("banner_gap: lost parameter", held) <= 0.97


def reported_days(worlds: int, rates: dict[str, float], days: int, seed: int) -> pl.DataFrame:
    """Days of a creative each; a campaign is a world. A day's rate varies for all, and for each."""
    rng = np.random.default_rng(seed)
    of_day = rng.gamma(25, 1 / 25, (worlds, days))
    parts = []
    for name, rate in rates.items():
        shown = rng.poisson(20_000, (worlds, days))
        own = rng.gamma(25, 1 / 25, (worlds, days))
        clicks = rng.binomial(shown, np.minimum(rate * of_day * own, 1))
        world, day = np.divmod(np.arange(worlds * days), days)
        parts.append(
            pl.DataFrame(
                {
                    "date": [DAY] * (worlds * days),
                    "day": day,
                    "campaign": world,
                    "banner": [name] * (worlds * days),
                    "impressions": shown.ravel(),
                    "clicks": clicks.ravel(),
                }
            ).with_columns(
                pl.col("campaign").cast(pl.String),
                pl.col("date").dt.offset_by(pl.format("{}d", "day")),
            )
        )
    more = [pl.lit(None, SCHEMA[name]).alias(name) for name in ("portal", "position", "cost")]
    return pl.concat(parts).with_columns(more).select(SCHEMA.names()).cast(SCHEMA)


NOBODY = pl.DataFrame(schema=SESSIONS)


def test_intervals_of_click_rates_cover_although_days_differ(simulated: Simulated) -> None:
    days = reported_days(2000, {"x": 0.003, "y": 0.002}, 28, seed=11)
    rows = rivals(days, NOBODY, None).filter(measure="ctr")
    held = rows.select(pl.lit(0.001).is_between("low", "high").mean()).item()
    assert rows.height == 2000
    assert 0.93 <= simulated("creatives: click rate", held) <= 0.97


def test_of_equal_creatives_few_are_called_different() -> None:
    days = reported_days(1000, dict.fromkeys("uvwx", 0.002), 28, seed=13)
    rows = rivals(days, NOBODY, None).filter(measure="ctr")
    false = rows.group_by("campaign").agg(beyond_chance(pl.col("p")).any())
    assert false.height == 1000
    assert false["beyond_chance"].mean() <= 0.075  # 5 %, and what 28 days tell of their spread


def test_pairs_are_all_of_a_campaign_and_what_counting_says(company: Store) -> None:
    frame = reports.creatives(company, WHOLE, limit=None).frame
    rows = (
        company.scan("sessions")
        .filter(pl.col("channel") == "Display")
        .select("content", "conversions")
        .collect()
        .rows()
    )
    visits = Counter(content for content, _ in rows)
    converted = Counter(content for content, conversions in rows if conversions)
    for row in frame.filter(measure="conversion_rate").to_dicts():
        for side in ("left", "right"):
            name = row[f"{side}_banner"]
            assert row[f"{side}_denominator"] == visits[name]
            assert row[side] == pytest.approx(converted[name] / visits[name])
        assert row["left_banner"] < row["right_banner"]
        assert row["low"] < row["difference"] < row["high"]
    assert frame.height == 3 * 2 * 3  # measures, campaigns, pairs of three creatives


# figures


@pytest.mark.parametrize("language", ["en", "ko"])
def test_bars_of_banners_have_their_rate_and_interval(company: Store, language: str) -> None:
    report = reports.banners(company, WHOLE, by="banner")
    (bars,) = report.figure_dict(language)["data"]
    ranked = report.frame.sort("ctr", descending=True)
    assert bars["x"] == ranked["ctr"].to_list()
    ends = [x + up for x, up in zip(bars["x"], bars["error_x"]["array"], strict=True)]
    assert ends == pytest.approx(ranked["ctr_high"].to_list())
    assert "0.39%" in bars["y"][0]
    (costs,) = report.figure_dict(language, measure="cpc", currency="KRW")["data"]
    assert costs["x"] == sorted(report.frame["cpc"], reverse=True)
    with pytest.raises(UnknownNameError, match="no measure of banners"):
        report.figure_dict(language, measure="visits")


def test_without_impressions_bars_are_sessions(tmp_path: Path) -> None:
    report = reports.banners(landing_store(tmp_path, None), Filters(start=START))
    (bars,) = report.figure_dict()["data"]
    assert bars["x"] == [60]


def test_parts_of_clicks_add_up_to_all_of_them(company: Store) -> None:
    report = reports.banner_gap(company, WHOLE, by="portal")
    figure = report.figure_dict("ko", "dark")
    for row in range(4):
        assert sum(trace["x"][row] for trace in figure["data"]) == pytest.approx(1.0)
    assert [trace["name"] for trace in figure["data"]] == [
        "사람의 방문",
        "사내",
        "봇",
        "페이지 요청 없음",
    ]


def test_parts_are_counted_where_no_medium_reports(tmp_path: Path) -> None:
    report = reports.banner_gap(landing_store(tmp_path, None), Filters(start=START))
    drawn = {trace["name"]: trace["x"] for trace in report.figure_dict()["data"]}
    assert drawn["People's visits"] == [60]
    assert drawn["Robots"] == [20]


def test_pairs_are_drawn_with_the_better_first(company: Store) -> None:
    report = reports.creatives(company, WHOLE)
    figure, paint = report.figure_dict(), colours("light")
    (bars,) = figure["data"]
    assert all(length >= 0 for length in bars["x"])
    sure = [colour == paint.accent for colour in bars["marker"]["color"]]
    assert sum(sure) == min(report.frame["beyond_chance"].sum(), 10)
    first = report.frame.sort(pl.col("z").abs(), descending=True).row(0, named=True)
    pair = [first["left_banner"], first["right_banner"]]
    better, worse = pair if first["difference"] > 0 else reversed(pair)
    assert bars["y"][0].index(better) < bars["y"][0].index(worse)


def test_a_store_without_banners_has_nothing_to_compare(
    make_store: Callable[..., Store], rows: list[dict[str, Any]]
) -> None:
    report = reports.creatives(make_store(rows))
    assert report.frame.is_empty()
    assert codes(report) == ["small_numbers", "no_banners", "no_rivals"]


def test_the_schema_of_what_is_reported_is_that_of_the_table() -> None:
    declared = {column.name: column.dtype for column in TABLES["banners"].columns}
    assert {name: declared[name] for name in SCHEMA} == dict(SCHEMA)
    assert set(KEYS) <= set(SCHEMA)
