"""Exports of every ad system: what they become, and what is said of those that cannot be read."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from new_store import new_store

from sessionize.ad_costs import CostsLoad, load_costs, systems
from weblog.company_tables import CAMPAIGN_COSTS, CAMPAIGNS
from weblog.errors import TableError, UnknownNameError, UsageError, WeblogError
from weblog.schema import SESSIONS
from weblog.site import Site, site_from
from weblog.store import Store, open_store

DATA = Path(__file__).parent / "data"
FILES = sorted(file.name for file in DATA.glob("*.csv") if file.name != "expected.csv")
HEAD = "Day,Campaign,Currency code,Cost,Impr.,Clicks\n"

Load = Callable[..., CostsLoad]


def site_of(folder: Path, **rules: Any) -> Site:
    return site_from({"time_zone": "Asia/Seoul", "currency": "KRW"} | rules, "site.toml", folder)


@pytest.fixture
def load(store: Store, tmp_path: Path) -> Load:
    def loaded(content: str | bytes, **options: Any) -> CostsLoad:
        file = tmp_path / "export.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        rules = options.pop("rules", {})
        return load_costs(store, site_of(tmp_path, **rules), file, **options)

    return loaded


def rows(store: Store) -> list[dict[str, Any]]:
    found = store.head().scan("campaign_costs").collect()
    return found.sort(CAMPAIGN_COSTS.key, nulls_last=True).to_dicts()


def told(store: Store) -> list[tuple[int, str, float | None]]:
    return [(row["date"].day, row["ad_campaign"], row["cost"]) for row in rows(store)]


def written(row: dict[str, Any]) -> dict[str, str]:
    """Return a row as expected.csv has it."""
    return {
        name: "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in row.items()
        if name != "campaign"
    }


def expected(file: str) -> list[dict[str, str]]:
    with (DATA / "expected.csv").open(encoding="utf-8", newline="") as text:
        return [row for row in csv.DictReader(text) if row.pop("file") == file]


@pytest.mark.parametrize("file", FILES)
def test_every_export_becomes_its_rows(store: Store, tmp_path: Path, file: str) -> None:
    done = load_costs(store, site_of(tmp_path), DATA / file)
    assert (done.bad, done.differs, done.faults.height) == (0, (), 0)
    plain = [written(row) for row in rows(store)]
    assert plain == expected(file)
    again = load_costs(store, site_of(tmp_path), DATA / file)
    assert (again.new, again.changed, again.removed) == (0, 0, 0)
    assert again.unchanged == len(plain)


@pytest.mark.parametrize("file", FILES)
def test_the_system_need_not_be_said_and_may_be(store: Store, tmp_path: Path, file: str) -> None:
    found = load_costs(store, site_of(tmp_path), DATA / file)
    said = load_costs(store, site_of(tmp_path), DATA / file, system=found.system)
    assert said.system == found.system
    assert found.system.startswith(file.split("_", maxsplit=1)[0].removesuffix(".csv"))


def test_all_exports_stand_beside_each_other_in_any_order(tmp_path: Path) -> None:
    kept = []
    files = ["google_en.csv", "naver.csv", "kakao.csv", "meta_en.csv"]
    for seed in range(3):
        Random(seed).shuffle(files)
        store = new_store(tmp_path / f"s{seed}")
        for file in files:
            load_costs(store, site_of(tmp_path), DATA / file)
        kept.append(rows(store))
    assert kept[0] == kept[1] == kept[2]
    assert len(kept[0]) == 8


def test_rows_in_any_order_make_the_same(load: Load, store: Store) -> None:
    lines = [f"2025-10-0{1 + n % 3},c{n % 2},KRW,{n}.1,{n},1\n" for n in range(20)]
    load(HEAD + "".join(lines))
    first, version = rows(store), store.head().versions["campaign_costs"]
    for seed in range(3):
        Random(seed).shuffle(lines)
        load(HEAD + "".join(lines))
        assert rows(store) == first
    assert store.head().versions["campaign_costs"] == version, "nothing was written"


def test_an_overlapping_export_takes_the_place_of_its_days(load: Load, store: Store) -> None:
    load(HEAD + "2025-10-01,a,KRW,1,1,1\n2025-10-02,a,KRW,2,1,1\n2025-10-02,b,KRW,3,1,1\n")
    done = load(HEAD + "2025-10-02,a,KRW,20,1,1\n2025-10-03,a,KRW,30,1,1\n")
    assert told(store) == [(1, "a", 1.0), (2, "a", 20.0), (3, "a", 30.0)]
    assert (done.new, done.changed, done.unchanged, done.removed) == (1, 1, 0, 1)
    assert done.removed_campaigns == ("b",)
    assert (done.first_day, done.last_day) == (date(2025, 10, 2), date(2025, 10, 3))


def test_accounts_and_systems_do_not_replace_each_other(load: Load, store: Store) -> None:
    load(HEAD + "2025-10-01,a,KRW,1,1,1\n", account="brand")
    done = load(HEAD + "2025-10-01,b,KRW,2,1,1\n", account="retail")
    assert (done.imported_from, done.removed) == ("google_ads/retail", 0)
    load("캠페인,일별,노출수,클릭수,총비용(원)\na,2025.10.01.,1,1,4\n")
    assert sum(row["cost"] for row in rows(store)) == 7
    with pytest.raises(UsageError, match="expected a name without a slash"):
        load(HEAD, account="a/b")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("03/10/2025,a,KRW,1,1,1", (2, "Day", "03/10/2025")),
        ("2025-02-30,a,KRW,1,1,1", (2, "Day", "2025-02-30")),
        (",a,KRW,1,1,1", (2, "Day", None)),
        ("2025-10-01,--,KRW,1,1,1", (2, "Campaign", "--")),
        ('2025-10-01,a,KRW,"1.234,5",1,1', (2, "Cost", "1.234,5")),
        ("2025-10-01,a,KRW,-5,1,1", (2, "Cost", "-5")),
        ("2025-10-01,a,KRW,1,1.5,1", (2, "Impr.", "1.5")),
        ("2025-10-01,a,KRW,1,1,many", (2, "Clicks", "many")),
        ("2025-10-01,a,USD,1,1,1", (2, "Currency code", "USD")),
        ("2025-10-01,a,KRW,$1,1,1", (2, "Cost", "$1")),
        ("2025-10-01,a,KRW,5%,1,1", (2, "Cost", "5%")),
        ("2025-10-01,a,KRW,1,1,1,9", (2, None, "7 fields long")),
        ('2025-10-01,"a"b,KRW,1,1,1', (2, None, "damaged")),
    ],
)
def test_a_bad_row_is_told_and_left_out(
    load: Load, store: Store, line: str, fault: tuple[int, str | None, str | None]
) -> None:
    done = load(HEAD + line + "\n2025-10-02,b,KRW,1,1,1\n")
    assert [row[:3] for row in done.faults.rows()] == [fault]
    assert (done.rows, done.good, done.bad) == (2, 1, 1)
    assert told(store) == [(2, "b", 1.0)]


def test_numbers_of_rows_are_those_of_the_file(load: Load) -> None:
    done = load("Report\nOct 1, 2025\n\n" + HEAD + "2025-10-01,a,KRW,1,1,1\nnever,a,KRW,1,1,1\n")
    assert done.faults["row"].to_list() == [6]


def test_blank_lines_and_odd_line_ends_count_as_the_spreadsheet_counts(load: Load) -> None:
    text = "Report \u2028 of October\n" + HEAD + "2025-10-01,a,KRW,1,1,1\n\n\nnever,a,KRW,1,1,1\n"
    assert load(text).faults["row"].to_list() == [6]
    assert load(text.replace("a,KRW", '"a",KRW')).faults["row"].to_list() == [6]


def test_the_sum_of_one_day_bears_that_day(load: Load, store: Store) -> None:
    text = "보고 시작,보고 종료,캠페인 이름,노출,지출 금액 (KRW)\n2025-10-01,2025-10-01,a,7,5\n"
    done = load(text + "2025-10-01,2025-10-01,,7,5\n")
    assert (done.totals, done.bad, done.differs) == (1, 0, ())
    assert told(store) == [(1, "a", 5.0)]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "the header is not found"),
        ("a,b,c\n1,2,3\n", "the header is not found: expected columns of google_ads, kakao, meta"),
        ("Campaign,Cost,Impr.,Clicks\na,1,1,1\n", "column date of google_ads is missing"),
        ("Day,Campaign,Impr.,Clicks\n2025-10-01,a,1,1\n", "column cost of google_ads is missing"),
        ("일,캠페인,비용,노출수,클릭수\n2025-10-01,a,1,1,1\n", "like that of google_ads, kakao"),
        (
            "Day,Campaign name,Amount spent (USD),Impressions\n2025-10-01,a,1,1\n",
            r"column Amount spent \(USD\) is in USD: expected KRW",
        ),
        (b"PK\x03\x04", "a workbook or an archive"),
        (b"\xff\xfe\x00\xd8\x00", "neither UTF-8 nor CP949"),
    ],
)
def test_a_file_that_is_no_export_is_refused(
    load: Load, store: Store, content: str | bytes, problem: str
) -> None:
    with pytest.raises(TableError, match=problem):
        load(content)
    assert rows(store) == []


def test_what_is_asked_for_and_is_not_there(load: Load, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="no ad system is called 'gogle_ads'"):
        load(HEAD, system="gogle_ads")
    with pytest.raises(UnknownNameError, match="no column of an ad system's export"):
        load(HEAD, columns={"costs": "Cost"})
    with pytest.raises(TableError, match="expected one of Kosten; --column cost="):
        load(HEAD, columns={"cost": "Kosten"})
    with pytest.raises(WeblogError, match="the file is not there"):
        load_costs(open_store(tmp_path / "n", create=True), site_of(tmp_path), tmp_path / "none")


def test_a_column_by_another_name(load: Load, store: Store) -> None:
    load("Day,Kampagne,Cost,Impr.\n2025-10-01,a,5,1\n", columns={"campaign": "Kampagne"})
    assert told(store) == [(1, "a", 5.0)]


def test_a_week_is_no_day(load: Load) -> None:
    text = "보고 시작,보고 종료,캠페인 이름,노출,지출 금액 (KRW)\n2025-10-01,2025-10-07,a,1,1\n"
    (fault,) = load(text).faults.rows()
    assert fault == (2, "보고 종료", "2025-10-07", "the day of 보고 시작: export by day")


@pytest.mark.parametrize(
    ("totals", "differs"),
    [
        (["Total,,,4,2,2"], []),
        (["합계,,,5,2,2"], [(4, "합계", "cost", 5.0, 4.0)]),
        (["총계: 계정,,,9,9,9", "Total: Campaigns,,,4,2,2"], []),
        ([",,,4,3,2"], [(4, "4", "impressions", 3.0, 2.0)]),
        (['Grand Total,--,--,"4",2,--'], []),
    ],
)
def test_rows_of_sums_are_left_out_and_compared(
    load: Load, store: Store, totals: list[str], differs: list[tuple[object, ...]]
) -> None:
    body = "2025-10-01,a,KRW,1,1,1\n2025-10-02,Total,KRW,3,1,1\n"
    done = load(HEAD + body + "\n".join(totals) + "\n")
    assert told(store) == [(1, "a", 1.0), (2, "Total", 3.0)], "a campaign may be called Total"
    assert (done.totals, done.bad) == (len(totals), 0)
    found = [(d.row, d.label, d.measure, d.told, d.summed) for d in done.differs]
    assert found == differs


def test_the_site_says_which_campaign_it_is(load: Load, store: Store) -> None:
    start = {"date": date(2025, 10, 1), "campaign": "kids-autumn-2025"}
    session = pl.DataFrame([dict.fromkeys(SESSIONS.schema) | start], schema=SESSIONS.schema)
    store.append_once("sessions", session, "s", 1, None)
    campaign = {"campaign": "pension-2025", "title": "연말 연금"}
    row = pl.DataFrame([dict.fromkeys(CAMPAIGNS.schema) | campaign], schema=CAMPAIGNS.schema)
    store.upsert("campaigns", row)
    text = HEAD + "".join(
        f"2025-10-01,{name},KRW,1,1,1\n"
        for name in ("KIDS-AUTUMN-2025", "kids autumn", "연말 연금", "엉뚱한 이름")
    )
    done = load(text)
    assert [(each.ad_campaign, each.nearest) for each in done.unmatched] == [
        ("kids autumn", "kids-autumn-2025"),
        ("엉뚱한 이름", None),
        ("연말 연금", "pension-2025"),
    ]
    said = [
        {"ad_campaign": "Kids Autumn", "campaign": "kids-autumn-2025"},
        {"ad_campaign": "kids autumn", "campaign": "other", "imported_from": "meta"},
        {"ad_campaign": "연말 연금", "campaign": "wrong"},
        {"ad_campaign": "연말 연금", "campaign": "pension-2025", "imported_from": "google_ads"},
    ]
    done = load(text, rules={"ad_campaigns": said})
    assert [each.ad_campaign for each in done.unmatched] == ["엉뚱한 이름", "연말 연금"]
    assert {row["ad_campaign"]: row["campaign"] for row in rows(store)} == {
        "KIDS-AUTUMN-2025": "KIDS-AUTUMN-2025",
        "kids autumn": "kids-autumn-2025",
        "연말 연금": "pension-2025",
        "엉뚱한 이름": "엉뚱한 이름",
    }
    load(HEAD + "2025-10-09,x,KRW,1,1,1\n")
    assert rows(store)[1]["campaign"] == "kids autumn", "what the site says now holds for all"


def test_systems_of_the_site(load: Load, store: Store, tmp_path: Path) -> None:
    agency = {
        "name": "agency",
        "source": "agency",
        "date": ["Tag"],
        "campaign": ["Kampagne"],
        "cost": ["Kosten"],
        "decimal": ",",
        "day_format": "%d.%m.%Y",
    }
    text = "Tag;Kampagne;Kosten\n03.10.2025;a;1.234,50\n"
    done = load(text, rules={"ad_systems": [agency]}, system="agency")
    assert (done.system, told(store)) == ("agency", [(3, "a", 1234.5)])
    like = {"name": "google_ads", "like": "google_ads", "cost": ["Cost (net)"], "medium": "paid"}
    known = systems(site_of(tmp_path, ad_systems=[like]).ad_systems)["google_ads"]
    assert known.cost[0] == "Cost (net)"
    assert "Cost" in known.cost
    assert (known.source, known.medium, known.date[0]) == ("google", "paid", "Day")
    with pytest.raises(UnknownNameError, match="no ad system is called 'nobody'"):
        systems(site_of(tmp_path, ad_systems=[like | {"like": "nobody"}]).ad_systems)
