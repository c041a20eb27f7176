"""Reports on mailings against plain loops over random companies, through a store."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from new_store import new_store
from random_mail import SENT, SITE, MailCompany, mail_companies, stored_mail
from slow_mail import slow_did, slow_groups, slow_own, slow_recipient, slow_traces

import reports
from reports.mail.outcomes import OUTCOMES
from weblog.store import Store

PERIOD = reports.Filters(date(2025, 11, 1), date(2025, 11, 20))
COUNTS = ("opened_raw", "clicked_raw", "unsubscribed", "unsubscribe_clicks")
TIMES = {"opened": "opened_at", "clicked": "clicked_at", "visited": "visited_at"}


@pytest.fixture(scope="module")
def kept() -> Iterator[Store]:
    with TemporaryDirectory() as folder:
        yield new_store(Path(folder) / "store")


def mailings_of(company: MailCompany) -> dict[str, dict[str, Any]]:
    return {
        row["mailing"]: row | {"days": row["conversion_days"] or 4, "sent_on": row["sent"].date()}
        for row in company.mailings
    }


@settings(max_examples=25)
@given(company=mail_companies())
def test_each_delivery_and_each_sum_is_as_the_loops_say(kept: Store, company: MailCompany) -> None:
    store, mailings = stored_mail(kept, company), mailings_of(company)
    own = slow_own(slow_traces(company.hits), company.deliveries, mailings)
    slow = {
        row["delivery"]: slow_recipient(row, own, company.sessions, mailings[row["mailing"]])
        for row in company.deliveries
    }
    told = any(row["unsubscribed"] for row in company.deliveries)
    for row in reports.mail_recipients(store, PERIOD, site=SITE, limit=None).frame.to_dicts():
        expected = slow[row["delivery"]]
        for name in ("opened_at", "clicked_at", "visited_at", "opens", "clicks", "visits"):
            assert row[name] == expected.get(name), name
        for name in ("goals", "machine_traces"):
            assert row[name] == expected.get(name), name
        assert row["unsubscribed"] == (expected.get("unsubscribed") if told else None)
    for row in reports.mailings(store, PERIOD, site=SITE).frame.to_dicts():
        ids = [one["delivery"] for one in company.deliveries if one["mailing"] == row["mailing"]]
        parts = [slow[delivery] for delivery in ids if slow[delivery]]
        if not ids:
            continue
        assert row["delivered"] == len(parts)
        for name in COUNTS if told else COUNTS[:2]:
            assert row[name] == sum(part[name] for part in parts), name
        for name, at in TIMES.items():
            assert row[name] == sum(part[at] is not None for part in parts), name
        assert row["converted"] == sum(part["goals"] > 0 for part in parts)
        assert row["sent"] + row["held_out"] == row["chosen"] == len(ids)


@settings(max_examples=25)
@given(company=mail_companies())
def test_machines_are_those_the_loops_find(kept: Store, company: MailCompany) -> None:
    store, mailings = stored_mail(kept, company), mailings_of(company)
    arrived = {
        row["delivery"]
        for row in company.deliveries
        if not row["is_held_out"] and not row["bounced"]
    }
    own = slow_own(slow_traces(company.hits), company.deliveries, mailings)
    expected = Counter((t["trace"], t["rule"]) for t in own if t["delivery"] in arrived)
    report = reports.mail_robots(store, PERIOD, site=SITE)
    found = {(row["trace"], row["rule"]): row["traces"] for row in report.frame.to_dicts()}
    assert found == expected
    # The log is read from the first day of sending to the day behind the last mailing's days.
    first = min(row["sent_on"] for row in mailings.values())
    end = max(row["sent"] + timedelta(days=row["days"]) for row in mailings.values()).date()
    known = {row["delivery"] for row in company.deliveries}
    strangers = sum(
        trace["delivery"] not in known
        for trace in slow_traces(company.hits)
        if first <= trace["ts"].date() <= end + timedelta(days=1)
    )
    said = {w.code: w.values for w in report.warnings}
    assert said.get("mail_unmatched", {}).get("traces", 0) == strangers


@settings(max_examples=25)
@given(company=mail_companies(), outcome=st.sampled_from(OUTCOMES))
def test_groups_are_those_the_loops_count(kept: Store, company: MailCompany, outcome: str) -> None:
    store, mailings = stored_mail(kept, company), mailings_of(company)

    def did(customer: str, mailing: dict[str, Any]) -> float | None:
        return slow_did(customer, mailing, outcome, company.purchases, company.sessions)

    groups = slow_groups(company.deliveries, mailings, did)
    report = reports.mailing_effect(store, PERIOD, outcome=outcome, site=SITE, bootstrap=50)
    if outcome in {"product", "purchase"} and not company.purchases:
        assert report.frame.is_empty()  # that nobody bought is not known
        return
    assert [row["mailing"] for row in report.frame.to_dicts()] == [
        name for name in SENT if groups[name, False]
    ]
    for row in report.frame.to_dicts():
        for side, is_held_out in (("written", False), ("control", True)):
            people = groups[row["mailing"], is_held_out]
            values = [value for value in people if value is not None]
            assert (row[side], row[f"{side}_converted"]) == (len(people), len(values))
            if people:
                assert row[f"{side}_rate"] == pytest.approx(len(values) / len(people))
                assert row[f"{side}_value"] == pytest.approx(sum(values) / len(people))


@settings(max_examples=15)
@given(company=mail_companies())
def test_versions_are_compared_with_each_other_and_with_those_held_out(
    kept: Store, company: MailCompany
) -> None:
    store, mailings = stored_mail(kept, company), mailings_of(company)
    held: dict[str, set[str]] = defaultdict(set)
    sent: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    for row in company.deliveries:
        if row["customer_id"] and row["is_held_out"]:
            held[row["mailing"]].add(row["customer_id"])
        elif row["customer_id"]:
            sent[row["mailing"], row["variant"]].add(row["customer_id"])
    for mailing in mailings:  # who is on both sides is on none
        torn = held[mailing] & {
            who for (name, _), people in sent.items() if name == mailing for who in people
        }
        held[mailing] -= torn
        for key in [key for key in sent if key[0] == mailing]:
            sent[key] -= torn
    asked: dict[str, Any] = {"by": "variant", "outcome": "visit", "site": SITE, "bootstrap": 0}
    own = reports.mailing_effect(store, PERIOD, **asked).frame
    cells = {(row["mailing"], row["name"]): row for row in own.to_dicts()}
    assert cells.keys() == {key for key, people in sent.items() if people}
    for key, row in cells.items():
        assert (row["written"], row["control"]) == (len(sent[key]), len(held[key[0]]))
    others = reports.mailing_effect(store, PERIOD, against="other_variants", **asked)
    for row in others.frame.to_dicts():
        beside = [
            len(people)
            for (mailing, name), people in sent.items()
            if mailing == row["mailing"] and name != row["name"]
        ]
        assert row["control"] == sum(beside)
