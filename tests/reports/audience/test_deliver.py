"""Target lists in a store: recorded and written in an order that may be killed anywhere."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from new_store import new_store

import sessionize
from reports import audience
from reports.audience import LoadedRules, Output
from reports.audience.delivery import contacts_of
from reports.load import CACHE
from sessionize.contacts import contact_history, load_contacts, record_list
from weblog.company_tables import CUSTOMERS, DELIVERIES, MAILINGS
from weblog.doctor import examine
from weblog.errors import UnknownNameError, UsageError
from weblog.schema import Table
from weblog.site import Site, site_from
from weblog.store import Store

DAY = date(2025, 12, 1)
NOW = datetime(2025, 12, 1, 3, tzinfo=UTC)
RULES = """
[contact]
most = 1
within_days = 7
held_out = 0.25
[[rules]]
rule = "adults"
list = "L"
when = "age >= 20"
offer = "tea"
message.en = "Dear {grade}"
[[rules]]
rule = "everybody"
list = "M"
when = "TRUE"
"""


def write(store: Store, table: Table, *rows: dict[str, Any]) -> None:
    known = [dict.fromkeys(table.schema) | row for row in rows]
    store.upsert(table.name, pl.DataFrame(known, schema=table.schema))


def customer(number: int, **more: Any) -> dict[str, Any]:
    return {
        "customer_id": f"C{number:02}",
        "valid_from": date(2020, 1, 1),
        "birth_year": 1980,
        "grade": "VIP",
        "consent_email": True,
        "name": "=cmd|'/c calc'!A1" if number == 1 else f"이름{number}",
        **more,
    }


@pytest.fixture
def site() -> Site:
    return Site(time_zone="Asia/Seoul")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    CACHE.clear()  # copies of one empty store bear one id
    made = new_store(tmp_path / "store")
    write(made, CUSTOMERS, *(customer(n) for n in range(12)))
    yield made
    CACHE.clear()


@pytest.fixture
def rules(tmp_path: Path) -> LoadedRules:
    (tmp_path / "rules.toml").write_text(RULES, "utf-8")
    return audience.load_rules(tmp_path / "rules.toml")


@pytest.fixture
def make(
    store: Store, site: Site, rules: LoadedRules, tmp_path: Path
) -> Callable[..., audience.Target]:
    """Make a list for a day into a file."""

    def made(
        name: str = "L", day: date = DAY, file: str = "l.csv", today: date | None = None, **to: Any
    ) -> audience.Target:
        asked = audience.wanted(rules.book, name, day)
        output = Output(tmp_path / file, **to)
        return audience.deliver(store, site, rules, asked, output, now=NOW, today=today or day)

    return made


def contacts(store: Store) -> list[dict[str, Any]]:
    return store.head().scan("contacts").collect().sort("day", "list", "customer_id").to_dicts()


def written(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text("utf-8").splitlines()))


def test_file_contacts_and_audit_agree(
    store: Store, tmp_path: Path, make: Any, rules: LoadedRules
) -> None:
    target = make(columns=("name", "age"))
    assert target.counts | {"matched": target.matched} == {
        "matched": 12, "no_consent": 0, "recently_contacted": 0, "over_cap": 0,
        "held_out": 3, "written": 9,
    }  # fmt: skip
    rows, recorded = written(tmp_path / "l.csv"), contacts(store)
    assert [r["customer_id"] for r in recorded if not r["is_held_out"]] == [
        r["customer_id"] for r in rows
    ]
    assert {r["is_held_out"] for r in recorded if r["customer_id"] not in str(rows)} == {True}
    row = next(row for row in rows if row["customer_id"] != "C01")
    assert row["message_en"] == "Dear VIP"
    assert list(row) == [
        "customer_id", "list", "rule", "offer", "channel", "message_en", "name", "age",
    ]  # fmt: skip
    names = {row["customer_id"]: row["name"] for row in rows}
    assert names.get("C01", "'=cmd|'/c calc'!A1") == "'=cmd|'/c calc'!A1"
    (audit,) = store.scan("target_lists").collect().to_dicts()  # readers see it
    beside = json.loads((tmp_path / "l.csv.audit.json").read_text("utf-8"))
    assert beside["rules"]["adults"]["when"] == "age >= 20"
    assert beside["rules_sha256"] == audit["rules_sha256"] == rules.sha256
    assert audit["file_sha256"] == sha256((tmp_path / "l.csv").read_bytes()).hexdigest()
    assert (audit["matched"], audit["held_out"], audit["written"]) == (12, 3, 9)
    assert {row["run"] for row in recorded} == {audit["run"]}
    assert store.scan("contacts").collect().height == 12
    assert (tmp_path / "l.csv").stat().st_mode & 0o077 == 0
    assert [each for each in examine(store) if each.level == "fault"] == []


def test_parquet_has_the_same_rows(tmp_path: Path, make: Any) -> None:
    make(columns=("products_held",))
    make(file="l.parquet", columns=("products_held",))
    read = pl.read_parquet(tmp_path / "l.parquet")
    assert read["customer_id"].to_list() == [r["customer_id"] for r in written(tmp_path / "l.csv")]
    assert read.schema["products_held"] == pl.List(pl.String)


def test_made_again_it_is_the_same(store: Store, tmp_path: Path, make: Any) -> None:
    make()
    before = (contacts(store), (tmp_path / "l.csv").read_bytes())
    version = store.head().versions["contacts"]
    assert make().counts["over_cap"] == 0
    assert (contacts(store), (tmp_path / "l.csv").read_bytes()) == before
    assert store.head().versions["contacts"] == version
    assert store.scan("target_lists").collect().height == 1


def test_the_next_list_knows_of_it(make: Any) -> None:
    """Nine were written to on the 1st, and may be again seven days later."""
    assert make().counts["written"] == 9
    others = make("M", file="m.csv").counts
    assert (others["over_cap"], others["held_out"] + others["written"]) == (9, 3)
    assert make("M", date(2025, 12, 7), "m7.csv").counts["over_cap"] == 9 + others["written"]
    assert make("M", date(2025, 12, 20), "m20.csv").counts["over_cap"] == 0


def test_consent_withdrawn_yesterday_counts(store: Store, make: Any) -> None:
    """For a day that is over, consent is asked of today, too."""
    withdrawn = customer(3, valid_from=date(2025, 11, 30), consent_email=False)
    to_come = customer(4, valid_from=date(2025, 12, 3), consent_email=False)
    unknown = customer(5, valid_from=date(2025, 11, 1), consent_email=None)
    write(store, CUSTOMERS, withdrawn, to_come, unknown)
    assert make().counts["no_consent"] == 2
    late = make("M", today=date(2025, 12, 4), file="late.csv")
    assert late.counts["no_consent"] == 3


def test_mailings_are_contacts_and_lists_are_not_counted_twice(
    store: Store, site: Site, make: Any
) -> None:
    sent = datetime(2025, 11, 29, 23, tzinfo=UTC)  # the 30th in Seoul
    write(store, MAILINGS, {"mailing": "letter", "sent": sent})
    base = {"mailing": "letter", "is_held_out": False}
    write(
        store,
        DELIVERIES,
        {**base, "delivery": "d1", "customer_id": "C01"},
        {**base, "delivery": "d2", "customer_id": "C02", "is_held_out": True},
    )
    history = contact_history(store.head(), site.time_zone)
    assert history.rows() == [("C01", date(2025, 11, 30), "email", "letter")]
    assert make().counts["over_cap"] == 1
    # What the list was sent by is loaded: the same contacts, not others.
    who = next(row["customer_id"] for row in contacts(store) if not row["is_held_out"])
    write(store, MAILINGS, {"mailing": "L", "sent": datetime(2025, 12, 1, 1, tzinfo=UTC)})
    write(store, DELIVERIES, {**base, "mailing": "L", "delivery": "d3", "customer_id": who})
    assert contact_history(store.head(), site.time_zone).height == 1 + 8
    assert make().counts["over_cap"] == 1


def test_what_changed_since_is_not_replaced_unasked(
    store: Store, tmp_path: Path, make: Any
) -> None:
    make()
    before = contacts(store)
    write(store, CUSTOMERS, customer(99))
    store.publish()
    with pytest.raises(UsageError, match=r"\(1 customers would come, 0 go\).*--replace"):
        make(file="other.csv")
    assert contacts(store) == before
    assert not (tmp_path / "other.csv").exists()
    make(replace=True)
    assert len(contacts(store)) == 13
    assert len(written(tmp_path / "l.csv")) == 13 - 3


def test_another_file_is_not_replaced_unasked(store: Store, tmp_path: Path, make: Any) -> None:
    (tmp_path / "l.csv").write_text("somebody's work")
    with pytest.raises(UsageError, match="--replace"):
        make()
    assert (tmp_path / "l.csv").read_text() == "somebody's work"
    assert contacts(store) == []
    assert [file.name for file in tmp_path.glob(".new-*")] == []


def test_outputs_that_cannot_be(make: Any) -> None:
    for file, said in (("l.xlsx", r"\.csv or \.parquet"), ("nowhere/l.csv", "folder is not there")):
        with pytest.raises(UsageError, match=said):
            make(file=file)
    with pytest.raises(UnknownNameError, match="Did you mean 'email'"):
        make(columns=("e-mail",))


def test_nothing_is_recorded_by_looking(store: Store, site: Site, rules: LoadedRules) -> None:
    versions = store.head().versions
    found = audience.choose(store, site, audience.wanted(rules.book, "L", DAY), DAY)
    assert found.counts["written"] == 9
    assert store.head().versions == versions


def test_a_list_made_meanwhile_is_taken_into_account(
    store: Store, site: Site, rules: LoadedRules, make: Any
) -> None:
    """Between choosing and committing another list is recorded: nobody is contacted twice."""
    asked = audience.wanted(rules.book, "L", DAY)
    calls: list[str] = []

    def choose(_: Any) -> pl.DataFrame:
        found = audience.choose(store, site, asked, DAY)
        if not calls:
            make("M", file="m.csv")
        calls.append("")
        return contacts_of(found, "run")

    record_list(store, "L", DAY, "email", choose)
    by_list: dict[str, set[str]] = {"L": set(), "M": set()}
    for row in contacts(store):
        if not row["is_held_out"]:
            by_list[row["list"]].add(row["customer_id"])
    assert by_list["L"] & by_list["M"] == set()
    assert (len(calls), len(by_list["M"])) == (2, 9)


# contacts made elsewhere


def load(store: Store, site: Site, path: Path, text: str) -> Any:
    path.write_text(text, "utf-8")
    return load_contacts(store, site, sessionize.RegisterSource(str(path)))


def test_contacts_made_elsewhere_count(store: Store, site: Site, tmp_path: Path, make: Any) -> None:
    file = tmp_path / "calls.csv"
    done = load(
        store,
        site,
        file,
        "customer_id,day,list,channel\n"
        "C01,2025-11-28,autumn calls,phone\n"
        "C02,2025-11-28,autumn calls,phone\n"
        "C02,2025-11-28,autumn calls,phone\n"
        "C03,yesterday,autumn calls,phone\n"
        ",2025-11-28,autumn calls,phone\n",
    )
    assert (done.new, done.changed, done.unchanged, done.bad, done.rows) == (2, 0, 0, 3, 5)
    assert done.faults.select("row", "column").rows() == [
        (4, "day and list and customer_id and channel"), (5, "day"), (6, "customer_id"),
    ]  # fmt: skip
    again = load(store, site, file, "customer_id,day,list,channel,is_held_out\n"
                 "C01,2025-11-28,autumn calls,phone,\n"
                 "C02,2025-11-28,autumn calls,phone,true\n")  # fmt: skip
    assert (again.new, again.changed, again.unchanged) == (0, 1, 1)
    assert make().counts["over_cap"] == 1  # C02 was not called after all


def test_a_list_that_is_told_again_stays_a_list(
    store: Store, site: Site, tmp_path: Path, make: Any
) -> None:
    make()
    before = contacts(store)
    rows = [f"{r['customer_id']},{r['day']},{r['list']},{r['channel']}\n" for r in before]
    text = "customer_id,day,list,channel\n" + "".join(rows)
    done = load(store, site, tmp_path / "told.csv", text)
    assert (done.new, done.changed, done.unchanged) == (0, 0, 12)
    assert contacts(store) == before


# people who leave, days that go


def test_erased_people_leave_contacts(store: Store, make: Any, tmp_path: Path) -> None:
    from weblog.erasure import Person
    from weblog.erasure.rows import without

    make()
    found = without(store.scan("contacts").collect(), Person(customers=("C03",)))
    assert found.removed["customer_id"].to_list() == ["C03"]
    assert "C03" not in str(found.kept.to_dicts())


def test_a_person_is_handed_their_contacts(store: Store, make: Any) -> None:
    make()
    data = sessionize.data_of(store.snapshot(), site_from({}, "site.toml", Path()), "C03")
    assert data["contacts"]["customer_id"].to_list() == ["C03"]
    assert "target_lists" not in data


def test_old_contacts_go_by_age(store: Store, make: Any) -> None:
    from weblog.retention import retire
    from weblog.site.retention import Retention

    make()
    make("M", date(2025, 12, 20), "m.csv")
    done = retire(store, Retention(contacts=10), today=date(2025, 12, 20))
    assert [(each.table, each.rows) for each in done] == [("contacts", 12)]
    assert {row["day"] for row in contacts(store)} == {date(2025, 12, 20)}
    assert [each for each in examine(store) if each.check == "contacts"] == []
