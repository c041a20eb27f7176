"""Reports on mailings of the sample company, against its truth; and what is said to be missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import reports
import sample_logs
import weblog
from reports.mail.verdicts import sentences
from weblog.company_tables import DELIVERIES, MAILINGS
from weblog.errors import QueryError, SiteError, UnknownNameError
from weblog.schema import SESSIONS
from weblog.store import Store, open_store

DATA = sample_logs.data_folder()
SITE = weblog.load_site(DATA / "site.toml")
WHOLE = reports.Filters(date(2025, 9, 2), date(2025, 11, 30))
NAMES = ("mailings", "mailing_effect", "mail_times", "mail_recipients", "mail_robots")


def codes(report: reports.Report) -> set[str]:
    return {warning.code for warning in report.warnings}


def true_deliveries() -> pl.DataFrame:
    told = pl.read_csv(DATA / "deliveries.csv", infer_schema=False)
    truth = pl.read_csv(DATA / "truth" / "deliveries.csv.gz")
    return told.join(truth, on="delivery")


# what truly happened


def test_people_who_opened_clicked_and_came_are_found_one_by_one(company: Store) -> None:
    found = reports.mail_recipients(company, WHOLE, site=SITE, limit=None).frame
    both = found.join(true_deliveries(), on="delivery").filter(
        ~pl.col("is_held_out"), pl.col("bounced").is_null()
    )
    assert both.height > 6_000
    for at, truth in (
        ("opened_at", "opened"),
        ("clicked_at", "clicked"),
        ("visited_at", "clicked"),
    ):
        assert (both[at].is_not_null() == both[truth]).all(), at


def test_the_funnel_is_that_of_the_truth(company: Store) -> None:
    frame = reports.mailings(company, WHOLE, site=SITE).frame
    truth = pl.read_csv(DATA / "truth" / "mailings.csv")
    assert frame.select("mailing", "chosen", "sent").equals(
        truth.select("mailing", "chosen", pl.col("treated").alias("sent"))
    )
    deliveries = true_deliveries().filter("treated")
    arrived = deliveries.filter(pl.col("bounced").is_null())
    machine = arrived.group_by("mailing").agg(
        pl.len().alias("delivered"),
        (pl.col("opened") | pl.col("prefetched") | pl.col("scanned")).sum().alias("opened_raw"),
        pl.col("opened").sum(),
        (pl.col("clicked") | pl.col("scanned")).sum().alias("clicked_raw"),
        pl.col("clicked").sum(),
    )
    found = frame.join(machine, on="mailing", suffix="_true")
    for name in ("delivered", "opened_raw", "opened", "clicked_raw", "clicked"):
        assert found[name].to_list() == found[f"{name}_true"].to_list(), name
    assert frame["unsubscribed"].null_count() == frame.height


def test_planted_lifts_lie_within_their_intervals(company: Store) -> None:
    truth = pl.read_csv(DATA / "truth" / "mailings.csv").select("mailing", "subscribe_lift")
    frame = reports.mailing_effect(company, WHOLE, site=SITE).frame.join(truth, on="mailing")
    inside = pl.col("subscribe_lift").is_between("difference_low", "difference_high")
    assert frame.select(inside.all()).item()
    verdicts = dict(frame.select("mailing", "verdict").rows())
    assert verdicts["nl-2025-11-pension"] == "more"
    assert verdicts["nl-2025-10-chuseok"] == "too few"  # moves clicks, lifts nothing
    visits = reports.mailing_effect(company, WHOLE, outcome="visit", site=SITE).frame
    assert visits.filter(mailing="nl-2025-10-chuseok")["difference_low"][0] < 0


def test_segments_sum_to_the_whole(company: Store) -> None:
    whole = reports.mailing_effect(company, WHOLE, site=SITE, bootstrap=0).frame
    parts = reports.mailing_effect(company, WHOLE, site=SITE, by="segment", bootstrap=0).frame
    names = ["written", "written_converted"]
    summed = parts.group_by("mailing").agg(pl.col(names).sum()).sort("mailing")
    assert summed.equals(whole.select("mailing", *names).sort("mailing"))
    funnel = reports.mailings(company, WHOLE, site=SITE, by="age_band").frame
    assert funnel["chosen"].sum() == whole["written"].sum() + whole["control"].sum()


def test_filters_choose_customers_and_mailings(company: Store) -> None:
    one = reports.Filters(WHOLE.start, WHOLE.end, campaigns=("nl-2025-11",), segments=("VIP",))
    frame = reports.mailings(company, one, site=SITE).frame
    vips = reports.mailings(company, WHOLE, by="segment", site=SITE).frame.filter(
        pl.col("mailing").str.starts_with("nl-2025-11"), name="VIP"
    )
    assert frame["chosen"].to_list() == vips["chosen"].to_list()
    asked = reports.Filters(WHOLE.start, WHOLE.end, devices=("desktop",))
    assert "mail_filters" in codes(reports.mailings(company, asked, site=SITE))


def test_times_are_of_those_who_did_it(company: Store) -> None:
    frame = reports.mail_times(company, WHOLE, site=SITE).frame
    people = reports.mail_recipients(company, WHOLE, site=SITE, limit=None).frame
    mailing = "nl-2025-10-child"
    sent = datetime(2025, 10, 13, 1, tzinfo=UTC)
    own = people.filter(pl.col("opened_at").is_not_null(), mailing=mailing)
    hours = sorted((at - sent).total_seconds() / 3600 for at in own["opened_at"])
    summary = frame.filter(part="summary", mailing=mailing, event="opened").to_dicts()[0]
    middle = len(hours) // 2
    expected = hours[middle] if len(hours) % 2 else (hours[middle - 1] + hours[middle]) / 2
    assert summary["hours_median"] == pytest.approx(expected)
    curve = frame.filter(part="curve", mailing=mailing, event="opened")
    first = curve.row(0, named=True)
    assert first["share"] == pytest.approx(sum(hour < 1 for hour in hours) / summary["delivered"])
    assert curve["share"][-1] == pytest.approx(len(hours) / summary["delivered"])
    tenth = curve.filter(pl.col("share") >= 0.1)["hour"].min() + 1  # type: ignore[operator]
    assert summary["q10"] == tenth


def test_every_machine_is_found_by_a_rule_and_no_person(company: Store) -> None:
    frame = reports.mail_robots(company, WHOLE, site=SITE).frame
    rules = {(row["trace"], row["rule"]): row["only_machines"] for row in frame.to_dicts()}
    arrived = true_deliveries().filter(pl.col("bounced").is_null(), "treated")
    only = arrived.filter(~pl.col("clicked"), "scanned").height
    assert rules["click", "too_soon"] == rules["visit", "too_soon"] == only
    shares = frame.group_by("trace").agg(pl.col("share").sum())["share"]
    assert shares.to_list() == pytest.approx([1.0] * 3)


# what is missing


def of_company(folder: Path, **tables: pl.DataFrame) -> Store:
    # Made anew: copies of one store would share what is kept in memory of it.
    store = open_store(folder, create=True)
    store.keep_time_zone("Asia/Seoul")
    for name, rows in tables.items():
        store.upsert(name, rows)
    return store


def mailings_table() -> pl.DataFrame:
    rows = pl.read_csv(DATA / "mailings.csv").with_columns(
        pl.col("sent").str.to_datetime("%Y-%m-%dT%H:%M:%S%z", time_unit="us")
    )
    return pl.concat([pl.DataFrame(schema=MAILINGS.schema), rows], how="diagonal_relaxed")


def deliveries_table(**columns: pl.Expr) -> pl.DataFrame:
    rows = pl.read_csv(DATA / "deliveries.csv", schema_overrides={"bounced": pl.String})
    made = rows.with_columns(**columns)
    return pl.concat([pl.DataFrame(schema=DELIVERIES.schema), made], how="diagonal_relaxed")


@pytest.mark.parametrize("name", NAMES)
def test_without_mailings_it_is_said_how_to_load_some(tmp_path: Path, name: str) -> None:
    report = getattr(reports, name)(of_company(tmp_path / "S"), WHOLE, site=SITE)
    assert report.frame.is_empty()
    (warning,) = (one for one in report.warnings if one.code == "no_mailings")
    assert "weblog mailings load" in warning.text


@pytest.mark.parametrize("name", NAMES)
def test_without_deliveries_it_is_said_how_to_load_some(tmp_path: Path, name: str) -> None:
    store = of_company(tmp_path / "S", mailings=mailings_table())
    report = getattr(reports, name)(store, WHOLE, site=SITE)
    (warning,) = (one for one in report.warnings if one.code == "no_deliveries")
    assert warning.values["without"] == 7
    assert "weblog deliveries load" in warning.text
    assert report.figure_dict("ko", "dark")["layout"]


def test_without_deliveries_visits_are_told_by_the_mailings_name(tmp_path: Path) -> None:
    store = of_company(tmp_path / "S", mailings=mailings_table())
    start = datetime(2025, 10, 14, 3, tzinfo=UTC)
    rows = [
        dict.fromkeys(SESSIONS.schema)
        | {"session_id": f"s{n}", "date": date(2025, 10, 14), "start": start, "end": start}
        | {"visitor_id": "v", "content": content, "channel": "Email"}
        for n, content in enumerate(["nl-2025-10-child", "NL-2025-10-CHILD", "other", None])
    ]
    frame = pl.DataFrame(rows, schema=SESSIONS.schema)
    store.replace_days("sessions", [date(2025, 10, 14)], lambda: (frame, {"made": 1}))
    report = reports.mailings(store, WHOLE, site=SITE).frame
    row = report.filter(mailing="nl-2025-10-child").to_dicts()[0]
    assert (row["visits"], row["sent"], row["opened"], row["click_rate"]) == (2, None, None, None)


def test_without_a_holdout_nothing_is_called_a_lift(company: Store, tmp_path: Path) -> None:
    everyone = deliveries_table(is_held_out=pl.lit(value=False))
    store = of_company(
        tmp_path / "S",
        mailings=mailings_table(),
        deliveries=everyone,
        purchases=company.snapshot().scan("purchases").collect(),
    )
    report = reports.mailing_effect(store, WHOLE, site=SITE)
    assert set(report.frame["verdict"]) == {"observational"}
    assert report.frame["difference"].null_count() == report.frame.height
    assert all("no effect can be told" in text for text in report.frame["sentence_en"])
    (warning,) = (one for one in report.warnings if one.code == "no_holdout")
    assert "is_held_out = true" in warning.text
    # Nothing is compared, so nothing is too few to compare.
    assert not report.frame.filter(pl.col("written") >= 30)["small"].any()
    assert "small_groups" not in {one.code for one in report.warnings}
    assert report.figure_dict()["data"] == []


def test_without_purchases_nobody_is_said_to_have_bought_nothing(tmp_path: Path) -> None:
    store = of_company(tmp_path / "S", mailings=mailings_table(), deliveries=deliveries_table())
    funnel = reports.mailings(store, WHOLE, site=SITE)
    unknown = ("bought", "bought_value", "purchase_rate", "purchase_low", "purchase_high")
    assert funnel.frame["sent"].sum() > 1_000
    assert all(funnel.frame[name].is_null().all() for name in unknown)
    for outcome in ("product", "purchase"):
        effect = reports.mailing_effect(store, WHOLE, site=SITE, outcome=outcome)
        assert effect.frame.is_empty()
        assert "no_purchases_at_all" in {one.code for one in effect.warnings}
        assert "small_groups" not in {one.code for one in effect.warnings}
    visits = reports.mailing_effect(store, WHOLE, site=SITE, outcome="visit")
    assert visits.frame.height == 7
    listed = reports.mail_recipients(store, WHOLE, site=SITE)
    for told in (funnel, listed):
        (warning,) = (one for one in told.warnings if one.code == "no_purchases_at_all")
        assert "weblog purchases load" in warning.text


def test_without_mail_rules_it_is_said_which_to_write(company: Store) -> None:
    report = reports.mailings(company, WHOLE)
    (warning,) = (one for one in report.warnings if one.code == "no_mail_rules")
    assert warning.values["settings"] == "id_parameter, open_paths, click_paths"
    assert report.frame["opened"].null_count() == report.frame["visited"].null_count() == 7
    assert report.frame["bought"].sum() > 50  # the register needs no log


def test_mailings_without_an_instant_are_named(tmp_path: Path) -> None:
    table = mailings_table().with_columns(
        pl.when(pl.col("mailing") == "nl-2025-11-vip").then("sent").alias("sent")
    )
    store = of_company(tmp_path / "S", mailings=table)
    report = reports.mailings(store, WHOLE, site=SITE)
    assert report.frame["mailing"].to_list() == ["nl-2025-11-vip"]
    (warning,) = (one for one in report.warnings if one.code == "mailings_undated")
    assert warning.values["mailings"] == 6


def test_strange_tables_are_said(company: Store, tmp_path: Path) -> None:
    snapshot = company.snapshot()
    table = deliveries_table(
        is_held_out=pl.int_range(pl.len()) % 3 == 0,  # not as they were drawn
        bounced=pl.lit(None, pl.String),
        customer_id=pl.when(pl.int_range(pl.len()) % 10 > 0).then("customer_id"),
    )
    twice = (
        table.filter(pl.col("customer_id").is_not_null())
        .head(50)
        .with_columns(pl.format("x-{}", "delivery").alias("delivery"), ~pl.col("is_held_out"))
    )
    store = of_company(
        tmp_path / "S", mailings=mailings_table(), deliveries=pl.concat([table, twice])
    )
    for name in ("hits", "sessions"):
        rows = snapshot.scan(name).collect()
        days = sorted(set(rows["date"]))
        store.replace_days(name, days, lambda rows=rows: (rows, {"made": 1}))
    report = reports.mailings(store, WHOLE, site=SITE)
    assert {"held_out_written", "no_bounces", "deliveries_of_nobody"} <= codes(report)
    effect = reports.mailing_effect(store, WHOLE, site=SITE)
    (warning,) = (one for one in effect.warnings if one.code == "both_groups")
    assert warning.values == {"customers": 50}


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"days": 0}, QueryError, "days is 0"),
        ({"by": "device"}, UnknownNameError, "segment"),
        ({"outcome": "click"}, UnknownNameError, "purchase"),
        ({"goal": "quote"}, QueryError, "expected 'goal'"),
        ({"against": "nobody"}, UnknownNameError, "held_out"),
        ({"against": "other_variants"}, QueryError, "expected 'variant'"),
        ({"bootstrap": -1}, QueryError, "expected 0 to"),
    ],
)
def test_wrong_options_are_refused(
    company: Store, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        reports.mailing_effect(company, WHOLE, site=SITE, **options)


def test_a_goal_can_be_the_outcome(company: Store) -> None:
    any_goal = reports.mailing_effect(company, WHOLE, outcome="goal", site=SITE).frame
    quotes = reports.mailing_effect(company, WHOLE, outcome="goal", goal="quote", site=SITE).frame
    assert 0 < quotes["written_converted"].sum() < any_goal["written_converted"].sum()


def test_more_days_let_more_follow(company: Store) -> None:
    short, long = (
        reports.mailing_effect(company, WHOLE, days=days, site=SITE, bootstrap=0).frame
        for days in (3, 30)
    )
    assert short["written_converted"].sum() < long["written_converted"].sum()
    assert (long["days"] == 30).all()


def test_an_id_that_would_be_dropped_is_refused(tmp_path: Path) -> None:
    rules = tmp_path / "site.toml"
    rules.write_text('[mail]\nid_parameter = "Token"\n', "utf-8")
    with pytest.raises(SiteError, match="secret_parameters"):
        weblog.load_site(rules)


# sentences


def sentence(language: str, **facts: Any) -> str:
    row = {
        "product": "loans", "by": None, "name": None, "outcome": "product", "goal": None,
        "against": "held_out", "days": 14, "days_seen": 14, "written": 1200,
        "written_converted": 40, "written_rate": 0.0333, "control": 300, "control_converted": 2,
        "control_rate": 0.0067, "difference": 0.0267, "difference_low": 0.01,
        "difference_high": 0.039, "p": 0.01, "extra": 32.0, "detectable": 0.02,
        "needed_written": 900, "needed_control": 225, "verdict": "more",
    }  # fmt: skip
    return str(sentences(pl.DataFrame([row | facts]), language)[0])


def test_a_row_is_told_in_english() -> None:
    assert sentence("en") == (
        "Of 1,200 customers written to, 40 (3.33%) bought loans within 14 days; of 300 held out, 2 "
        "(0.67%) did. That is 2.7 percentage points more (95 % interval +1.0 to +3.9), about 32 "
        "customers because of the mailing."
    )
    unsure = sentence("en", verdict="not shown", p=0.2)
    assert "may be chance" in unsure
    assert "a lift of 2.0 points or more" in unsure
    assert "900 written to and 225 held out" in unsure
    assert "among this many rows" in sentence("en", verdict="not shown", p=0.04)
    assert "Too few" in sentence("en", verdict="too few")
    assert "no effect can be told" in sentence("en", verdict="observational", control=0)
    assert "(segment: VIP)" in sentence("en", by="segment", name="VIP")
    assert "the 9 of 14 days that are over" in sentence("en", days_seen=9)


def test_a_row_is_told_in_korean() -> None:
    assert sentence("ko") == (
        "발송 고객 1,200명 중 40명(3.33%)이 14일 안에 loans 상품을 구매했고, 추첨으로 제외한 300명 "
        "중에서는 2명(0.67%)이 loans 상품을 구매했습니다. 2.7%p 높습니다(95% 신뢰구간 +1.0 ~ "
        "+3.9). 메일로 달라진 고객은 약 32명입니다."
    )
    assert "표본이 너무 적습니다" in sentence("ko", verdict="too few")
    assert "우연일 수 있습니다" in sentence("ko", verdict="not shown", p=0.2)
    assert "관찰" in sentence("ko", verdict="observational", control=0)


def test_the_sentences_of_the_documentation_are_the_reports(company: Store) -> None:
    page = (Path(__file__).parents[3] / "docs" / "email.md").read_text("utf-8")
    quoted = [
        " ".join(part.removeprefix("> ") for part in block.split("\n"))
        for block in page.split("\n\n")
        if block.startswith("> Of ")
    ]
    period = reports.Filters(date(2025, 10, 1), date(2025, 11, 30))
    said = reports.mailing_effect(company, period, site=SITE).frame["sentence_en"].to_list()
    assert len(quoted) == 2
    assert [sentence for sentence in quoted if sentence not in said] == []
    assert "raw click rate of 4.1 % and one of 1.0 % by people" in " ".join(page.split())
    row = reports.mailings(company, period, site=SITE).frame.row(0, named=True)
    rates = (round(row["click_rate_raw"], 3), round(row["click_rate"], 3))
    assert (row["mailing"], *rates) == ("nl-2025-10-chuseok", 0.041, 0.01)


# figures


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("ko", "dark")])
def test_lifts_are_drawn_by_their_verdict(company: Store, language: str, theme: str) -> None:
    report = reports.mailing_effect(company, WHOLE, site=SITE)
    figure = report.figure_dict(language, theme)
    counts = dict(report.frame["verdict"].value_counts().rows())
    assert sorted(len(trace["y"]) for trace in figure["data"]) == sorted(counts.values())
    more = report.frame.filter(verdict="more").row(0, named=True)
    trace = next(one for one in figure["data"] if len(one["y"]) == counts["more"])
    assert trace["x"][0] + trace["error_x"]["array"][0] == pytest.approx(more["difference_high"])
    assert trace["y"] == [more["title"]]


def test_raw_rates_stand_beside_peoples(company: Store) -> None:
    report = reports.mailings(company, WHOLE, site=SITE)
    raw, people = report.figure_dict(measure="open")["data"]
    assert raw["x"] == report.frame["open_rate_raw"].to_list()
    assert people["x"] == report.frame["open_rate"].to_list()
    (bought,) = report.figure_dict("ko", measure="purchase")["data"]
    assert bought["x"] == report.frame["purchase_rate"].to_list()


def test_curves_end_at_the_share_of_the_last_hour_drawn(company: Store) -> None:
    report = reports.mail_times(company, WHOLE, site=SITE)
    figure = report.figure_dict(event="clicked")
    assert len(figure["data"]) == 5
    curve = report.frame.filter(pl.col("hour") < 96, part="curve", event="clicked")
    last = curve.filter(mailing="nl-2025-11-vip")["share"][-1]
    assert figure["data"][-1]["y"][-1] == pytest.approx(last)


@pytest.mark.parametrize(
    ("name", "options"), [("mailings", {"measure": "x"}), ("mail_times", {"event": "x"})]
)
def test_what_cannot_be_drawn_is_refused(
    company: Store, name: str, options: dict[str, str]
) -> None:
    draw: Callable[..., reports.Report] = getattr(reports, name)
    with pytest.raises(UnknownNameError):
        draw(company, WHOLE, site=SITE).figure_dict(**options)


def test_a_day_is_that_of_the_site(company: Store) -> None:
    day = date(2025, 11, 3)  # 08:00 in Seoul is the day before in UTC
    frame = reports.mailings(company, reports.Filters(day, day), site=SITE).frame
    assert frame["mailing"].to_list() == ["nl-2025-11-pension"]
    before = day - timedelta(days=1)
    assert reports.mailings(company, reports.Filters(before, before), site=SITE).frame.is_empty()
