"""The shipped company: small enough, complete, and believable."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from weblog.schema import REGISTER, Table
from weblog.site import load_site

ReadTable = Callable[[Path], list[dict[str, str]]]

WHOLE = re.compile(
    rb'^(?P<client>[\d.]+) - (?P<user>\S+) \[(?P<at>[^\]]{26})\] "(?P<request>[^"]*)" '
    rb'(?P<status>\d{3}) (?:\d+|-) "(?P<referrer>[^"]*)" "(?P<agent>[^"]*)" "(?P<cookie>[^"]*)"$'
)
STATIC = re.compile(rb"\.(css|js|png|jpg|svg|webp|woff2|ico|gif|xml|txt)( |\?)|^GET /downloads/")


@pytest.fixture(scope="module")
def hits(lines: list[bytes]) -> list[re.Match[bytes]]:
    return [found for line in lines if (found := WHOLE.match(line))]


@pytest.fixture(scope="module")
def sorts(data: Path, read_table: ReadTable) -> dict[str, int]:
    return {row["sort"]: int(row["lines"]) for row in read_table(data / "truth" / "lines.csv")}


def test_under_six_megabytes(data: Path) -> None:
    size = sum(file.stat().st_size for file in data.rglob("*") if file.is_file())
    assert size < 6_000_000


def test_line_counts_are_true(
    lines: list[bytes], hits: list[re.Match[bytes]], sorts: dict[str, int]
) -> None:
    assert len(lines) == sorts["all"] == sum(sorts.values()) - sorts["all"]
    no_request = sum(not hit["request"].startswith((b"GET ", b"POST", b"HEAD")) for hit in hits)
    assert no_request == sorts["odd"]
    assert len(lines) - len(hits) == sorts["broken"]


@pytest.mark.parametrize(
    ("sort", "low", "high"),
    [
        ("broken", 0.002, 0.006),
        ("odd", 0.0005, 0.003),
        ("bot", 0.06, 0.16),
        ("page", 0.25, 0.45),
        ("asset", 0.3, 0.55),
        ("internal", 0.03, 0.09),
    ],
)
def test_share_of_lines_is_plausible(
    sorts: dict[str, int], sort: str, low: float, high: float
) -> None:
    assert low < sorts[sort] / sorts["all"] < high


def test_site_rules_load_and_name_the_tables(data: Path) -> None:
    site = load_site(data / "site.toml")
    assert site.time_zone == "Asia/Seoul"
    assert site.identity.visitor_cookie == "WLID"
    files = site.tables.model_dump()
    assert [data / name for name in files.values() if not (data / name).is_file()] == []
    assert set(files) == {table.name for table in REGISTER}


NOT_TOLD = {
    *("known_from", "name", "email", "phone", "birth_date"),
    *("position", "conversion_days", "variant", "unsubscribed"),
}
"""What the sample company does not tell: names of people, and what no file of it has."""


@pytest.mark.parametrize("table", REGISTER, ids=lambda table: table.name)
def test_tables_match_the_schema(data: Path, table: Table) -> None:
    path = data / f"{table.name}.csv"
    header = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
    assert header == [column.name for column in table.columns if column.name not in NOT_TOLD]
    schema = {
        column.name: pl.String() if column.name == "sent" else column.dtype
        for column in table.columns
        if column.name in header
    }
    rows = pl.read_csv(path, schema=schema, try_parse_dates=True)
    assert rows.height > 0
    key = [name for name in table.key if name in header]
    assert rows.select(pl.struct(key).is_duplicated().any()).item() is False
    assert rows.select(pl.all_horizontal(pl.col(key).is_not_null()).all()).item() is True


def test_tables_refer_to_each_other(data: Path, read_table: ReadTable) -> None:
    known = {name: read_table(data / f"{name}.csv") for name in (t.name for t in REGISTER)}
    customers = {row["customer_id"] for row in known["customers"]}
    campaigns = {row["campaign"] for row in known["campaigns"]}
    mailings = {row["mailing"] for row in known["mailings"]}
    products = {rule.product for rule in load_site(data / "site.toml").products}
    assert {row["customer_id"] for row in known["purchases"]} <= customers
    assert {row["customer_id"] for row in known["deliveries"]} <= customers
    assert {row["mailing"] for row in known["deliveries"]} == mailings
    assert {row["campaign"] for row in known["mailings"] + known["banners"]} <= campaigns
    assert {row["product"] for row in known["purchases"]} == products


def test_register_has_history(data: Path, read_table: ReadTable) -> None:
    customers = read_table(data / "customers.csv")
    purchases = read_table(data / "purchases.csv")
    states = Counter(row["customer_id"] for row in customers)
    assert sum(count > 1 for count in states.values()) > 30
    assert sum(row["joined"] >= "2025-09-02" for row in customers) > 100
    assert sum("" < row["last_visit"] < "2024-09-02" for row in customers) > 200
    assert sum(row["ended"] != "" for row in purchases) > 100
    assert {row["sold_through"] for row in purchases} == {"web", "agent", "call centre"}
    assert all(row["ended"] == "" or row["ended"] > row["purchased"] for row in purchases)


def test_ids_in_the_logs_are_in_the_tables(
    data: Path, hits: list[re.Match[bytes]], read_table: ReadTable
) -> None:
    deliveries = {row["delivery"]: row for row in read_table(data / "deliveries.csv")}
    customers = {row["customer_id"] for row in read_table(data / "customers.csv")}
    seen = set(
        re.findall(r"[?&]d=([^& ]+)", " ".join(hit["request"].decode("latin-1") for hit in hits))
    )
    assert len(seen) > 1_000
    assert seen <= deliveries.keys()
    assert not any(deliveries[one]["is_held_out"] == "true" for one in seen)
    assert {hit["user"].decode() for hit in hits} - {"-"} <= customers


def test_held_out_share_and_bounces(data: Path, read_table: ReadTable) -> None:
    deliveries = read_table(data / "deliveries.csv")
    held_out = [row for row in deliveries if row["is_held_out"] == "true"]
    assert 0.15 < len(held_out) / len(deliveries) < 0.20
    assert {row["bounced"] for row in held_out} == {""}
    assert {row["bounced"] for row in deliveries} == {"", "soft", "hard"}


def test_portals_report_more_clicks_than_land(
    data: Path, hits: list[re.Match[bytes]], read_table: ReadTable
) -> None:
    banners = read_table(data / "banners.csv")
    landed = Counter(
        found[1].decode()
        for hit in hits
        if hit["cookie"] != b"-" and (found := re.match(rb"GET /lp/.*utm_content=(\S+)", hit[4]))
    )
    for banner in {row["banner"] for row in banners}:
        reported = sum(int(row["clicks"]) for row in banners if row["banner"] == banner)
        shown = sum(int(row["impressions"]) for row in banners if row["banner"] == banner)
        assert 0 < landed[banner] < reported < shown


def test_daily_and_weekly_rhythm(data: Path, read_table: ReadTable) -> None:
    starts = [
        datetime.fromisoformat(row["start"])
        for row in read_table(data / "truth" / "sessions.csv.gz")
    ]
    days = Counter(start.date() for start in starts)
    assert len(days) == 90
    weekdays = Counter(start.weekday() for start in starts)
    assert max(weekdays[5], weekdays[6]) < 0.8 * min(weekdays[day] for day in range(4))
    hours = Counter(start.hour for start in starts)
    assert hours[12] > hours[15] > hours[7] > hours[3]
    assert hours[21] > hours[18]
    chuseok = [days[day] for day in days if day.isoformat() in ("2025-10-06", "2025-10-07")]
    assert max(chuseok) < 0.6 * len(starts) / 90


def test_tails_are_heavy(data: Path, read_table: ReadTable) -> None:
    visits = read_table(data / "truth" / "sessions.csv.gz")
    pages = sorted(int(row["page_views"]) for row in visits)
    assert pages[len(pages) // 2] <= 4
    assert pages[-1] > 30
    per_person = sorted(Counter(row["person"] for row in visits).values())
    assert per_person[len(per_person) // 2] == 1
    assert per_person[-1] > 15


def test_mostly_phones_and_current_browsers(hits: list[re.Match[bytes]]) -> None:
    agents = Counter(hit["agent"] for hit in hits if hit["cookie"] != b"-")
    total = agents.total()
    mobile = sum(count for agent, count in agents.items() if b"Mobile" in agent)
    assert 0.58 < mobile / total < 0.74
    for name in (b"KAKAOTALK", b"NAVER(inapp", b"SamsungBrowser", b"Whale", b"Edg/", b"Firefox"):
        assert sum(count for agent, count in agents.items() if name in agent) / total > 0.01


def test_korean_words_and_paths_are_there(hits: list[re.Match[bytes]]) -> None:
    requests = b"\n".join(hit["request"] for hit in hits)
    assert requests.count(b"/search?q=%E") > 500
    assert requests.count(b"/children/education/%E") > 500
    assert requests.count(b"n_query=%E") > 500


def test_both_servers_serve_and_rotation_keeps_order(data: Path) -> None:
    names = {
        server: {file.name for file in (data / server).iterdir()} for server in ("web1", "web2")
    }
    assert names["web1"] == names["web2"]
    assert names["web1"] == {"access.log"} | {f"access.log.{n}.gz" for n in range(1, 14)}
