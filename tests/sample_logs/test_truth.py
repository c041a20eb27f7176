"""The truth agrees with the logs it stands beside, and with itself."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

ReadTable = Callable[[Path], list[dict[str, str]]]
Rows = list[dict[str, str]]

VIEW = re.compile(
    rb'^(?!10\.)[\d.]+ - (?P<user>\S+) \[(?P<at>[^\]]{26})\] "GET (?P<url>\S+) HTTP/[\d.]+" '
    rb'(?:200|304) (?:\d+|-) "[^"]*" "[^"]*" "(?P<cookie>[0-9a-f]{16})"$'
)
FILES = re.compile(rb"\.(css|js|png|jpg|svg|webp|woff2|ico)$|^/downloads/")


@pytest.fixture(scope="module")
def views(lines: list[bytes]) -> dict[str, list[tuple[datetime, bytes]]]:
    """Page views by cookie, sorted by time, with the user of each."""
    found: dict[str, list[tuple[datetime, bytes]]] = defaultdict(list)
    for line in lines:
        hit = VIEW.match(line)
        if hit and not FILES.search(hit["url"]):
            at = datetime.strptime(hit["at"].decode(), "%d/%b/%Y:%H:%M:%S %z")
            found[hit["cookie"].decode()].append((at, hit["user"]))
    return {cookie: sorted(rows) for cookie, rows in found.items()}


@pytest.fixture(scope="module")
def visits(data: Path, read_table: ReadTable) -> Rows:
    """People's visits with a cookie."""
    rows = read_table(data / "truth" / "sessions.csv.gz")
    return [row for row in rows if row["cookie"] != "-" and row["person"].startswith("p")]


def test_page_views_per_cookie_are_those_in_the_logs(
    views: dict[str, list[tuple[datetime, bytes]]], visits: Rows
) -> None:
    true: Counter[str] = Counter()
    for visit in visits:
        true[visit["cookie"]] += int(visit["page_views"])
    assert {cookie: len(rows) for cookie, rows in views.items()} == dict(true)


def test_visits_start_and_end_as_told(
    views: dict[str, list[tuple[datetime, bytes]]], visits: Rows
) -> None:
    moments = {cookie: {at for at, _ in rows} for cookie, rows in views.items()}
    from_mail = sum(visit["source"] == "e-mail" for visit in visits)
    missing = [
        visit
        for visit in visits
        if datetime.fromisoformat(visit["start"]) not in moments[visit["cookie"]]
    ]
    # A mail's visit starts with the redirect, a second before its first page at most.
    assert len(missing) <= from_mail
    assert all(visit["source"] == "e-mail" for visit in missing)
    assert all(visit["start"] <= visit["end"] for visit in visits)


def test_thirty_minute_sessions_are_a_few_percent_more_than_visits(
    views: dict[str, list[tuple[datetime, bytes]]], visits: Rows
) -> None:
    sessions = 0
    for rows in views.values():
        last: datetime | None = None
        customer = b"-"
        for at, user in rows:
            goes_on = last is not None and at - last <= timedelta(minutes=30)
            same_day = last is not None and at.date() == last.date()
            other = b"-" not in (customer, user) and user != customer
            if not (goes_on and same_day) or other:
                sessions, customer = sessions + 1, b"-"
            customer = user if user != b"-" else customer
            last = at
    assert 1.005 < sessions / len(visits) < 1.05


def test_logged_in_customers_are_those_in_the_logs(
    views: dict[str, list[tuple[datetime, bytes]]], visits: Rows
) -> None:
    logged: dict[str, set[str]] = defaultdict(set)
    for visit in visits:
        if visit["customer_id"]:
            logged[visit["cookie"]].add(visit["customer_id"])
    seen = {
        cookie: {user.decode() for _, user in rows} - {"-"}
        for cookie, rows in views.items()
        if any(user != b"-" for _, user in rows)
    }
    assert seen == dict(logged)


def test_some_log_in_halfway_and_some_share_a_computer(
    views: dict[str, list[tuple[datetime, bytes]]], data: Path, read_table: ReadTable
) -> None:
    halfway = sum(
        rows[0][1] == b"-" and any(user != b"-" for _, user in rows) for rows in views.values()
    )
    assert halfway > 300
    visitors = read_table(data / "truth" / "visitors.csv.gz")
    people = Counter(row["cookie"] for row in visitors if row["cookie"] != "-")
    assert 10 < sum(count == 2 for count in people.values()) < 100
    evenings: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in read_table(data / "truth" / "sessions.csv.gz"):
        if row["customer_id"] and row["cookie"] != "-":
            evenings[row["cookie"], row["start"][:10]].add(row["customer_id"])
    assert sum(len(customers) == 2 for customers in evenings.values()) > 5


def test_visitors_cover_every_visit_once(visits: Rows, data: Path, read_table: ReadTable) -> None:
    visitors = read_table(data / "truth" / "visitors.csv.gz")
    keys = [(row["cookie"], row["client"], row["user_agent"], row["person"]) for row in visitors]
    assert len(keys) == len(set(keys))
    every = read_table(data / "truth" / "sessions.csv.gz")
    assert {(r["cookie"], r["client"], r["user_agent"], r["person"]) for r in every} == set(keys)
    assert 0.01 < sum(row["cookie"] == "-" for row in every) / len(every) < 0.05


def test_subscriptions_are_in_the_logs_and_in_the_register(
    lines: list[bytes], data: Path, read_table: ReadTable
) -> None:
    logged = Counter(
        (found[1].decode(), found[2].decode(), int(found[3]))
        for line in lines
        if (
            found := re.search(
                rb' - (H\d+) \[.{26}\] "GET /subscribe/([a-z-]+)/done\?amount=(\d+) .*"$', line
            )
        )
    )
    sold = Counter(
        (row["customer_id"], row["product"], int(row["value"]))
        for row in read_table(data / "purchases.csv")
        if row["sold_through"] == "web" and row["purchased"] >= "2025-09-02"
    )
    assert logged.total() > 100
    assert logged == sold


def test_lift_is_what_the_deliveries_say(data: Path, read_table: ReadTable) -> None:
    truth = {row["delivery"]: row for row in read_table(data / "truth" / "deliveries.csv.gz")}
    mailing_of = {row["delivery"]: row["mailing"] for row in read_table(data / "deliveries.csv")}
    assert truth.keys() == mailing_of.keys()
    because = Counter(
        mailing_of[one] for one, row in truth.items() if row["visited_because"] == "true"
    )
    treated = Counter(mailing_of[one] for one, row in truth.items() if row["treated"] == "true")
    for row in read_table(data / "truth" / "mailings.csv"):
        assert treated[row["mailing"]] == int(row["treated"])
        more = int(row["visited_7d"]) - int(row["visited_7d_without"])
        assert more / int(row["treated"]) == pytest.approx(float(row["visit_lift"]), abs=1e-6)
        # Some whose visit was caused come within the week anyway; none is counted twice.
        assert 0 <= more <= because[row["mailing"]]
        assert (because[row["mailing"]] == 0) == (row["mailing"] == "nl-2025-10-chuseok")


def test_held_out_got_nothing_and_the_greeting_was_clicked(
    data: Path, read_table: ReadTable
) -> None:
    truth = read_table(data / "truth" / "deliveries.csv.gz")
    mailing_of = {row["delivery"]: row["mailing"] for row in read_table(data / "deliveries.csv")}
    untouched = [row for row in truth if row["treated"] == "false"]
    assert {value for row in untouched for name, value in row.items() if name != "delivery"} == {
        "false"
    }
    greeted = [row for row in truth if mailing_of[row["delivery"]] == "nl-2025-10-chuseok"]
    assert sum(row["clicked"] == "true" for row in greeted) > 10
    assert not any(row["visited_because"] == "true" for row in greeted)
