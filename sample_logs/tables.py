"""The company's own tables: the register, contracts and marketing actions, as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import numpy as np

from sample_logs.company import (
    BANNERS,
    DISPLAY,
    MAILINGS,
    PRODUCTS,
    SEARCH,
    TOPICS,
    Campaign,
    Mailing,
)
from sample_logs.mailings import sent_at
from sample_logs.people import NEVER, OCCUPATIONS, customer_id
from sample_logs.plan import Plan
from sample_logs.register import GRADES, SOLD_THROUGH, TERMS
from sample_logs.rhythm import DAY
from sample_logs.sources import FIRST_BANNER

Row = tuple[object, ...]
BannerDay = tuple[date, str, str, str, int, int, int]
"""A row of banners.csv: day, banner, campaign, portal, impressions, clicks, cost."""


def write_csv(path: Path, header: str, rows: Iterable[Row]) -> None:
    """Write a UTF-8 CSV with a space-separated ``header``; None becomes an empty field."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows(rows)


def write_tables(plan: Plan, folder: Path) -> None:
    """Write the six tables into ``folder``; columns as site.toml's tables want them."""
    banners = list(_banners(plan))
    write_csv(
        folder / "customers.csv",
        "customer_id valid_from joined grade birth_year sex occupation children "
        "consent_email consent_sms last_visit",
        _customers(plan),
    )
    write_csv(
        folder / "purchases.csv",
        "purchase_id customer_id product purchased ended matures value sold_through",
        _purchases(plan),
    )
    write_csv(
        folder / "campaigns.csv",
        "campaign title medium product start end cost",
        _campaigns(plan, banners),
    )
    write_csv(
        folder / "banners.csv",
        "date banner campaign portal impressions clicks cost",
        banners,
    )
    write_csv(folder / "mailings.csv", "mailing title campaign product sent cost", _mailings(plan))
    write_csv(
        folder / "deliveries.csv",
        "delivery mailing customer_id is_held_out bounced",
        _deliveries(plan),
    )


def truth_word(value: bool) -> str:
    """Spell a boolean as all our tables do."""
    return "true" if value else "false"


def _customers(plan: Plan) -> Iterator[Row]:
    known, register, window = plan.attributes, plan.register, plan.window
    for person in range(plan.people.registered):
        joined = int(known.joined[person])
        last = int(known.last_visit[person])
        states = {joined: (int(register.grade[person]), bool(known.consent_email[person]))}
        for day in sorted({int(register.grade_day[person]), int(register.withdrew[person])}):
            if joined < day < window.days:
                new = register.grade_day[person] <= day
                grade = register.new_grade[person] if new else register.grade[person]
                may = bool(known.consent_email[person] and register.withdrew[person] > day)
                if (int(grade), may) != list(states.values())[-1]:
                    states[day] = (int(grade), may)
        for day, (grade_number, may_write) in states.items():
            yield (
                customer_id(person),
                window.date(day),
                window.date(joined),
                GRADES[grade_number],
                int(known.birth_year[person]),
                "MF"[int(known.sex[person])],
                OCCUPATIONS[int(known.occupation[person])],
                int(known.children[person]),
                truth_word(may_write),
                truth_word(bool(known.consent_sms[person])),
                None if last == NEVER else window.date(last),
            )


def _purchases(plan: Plan) -> Iterator[Row]:
    contracts, window = plan.contracts, plan.window
    for row in range(len(contracts.person)):
        purchased = window.date(int(contracts.purchased[row]))
        ended = int(contracts.ended[row])
        topic = TOPICS[int(contracts.topic[row])]
        yield (
            f"P{purchased.year}-{row + 1:07d}",
            customer_id(int(contracts.person[row])),
            topic,
            purchased,
            window.date(ended) if ended < window.days else None,
            _matures(purchased, TERMS[topic], window.date(min(ended, window.days - 1))),
            int(contracts.value[row]),
            SOLD_THROUGH[int(contracts.through[row])],
        )


def _matures(purchased: date, years: int | None, last: date) -> date | None:
    """Return the first day after ``last`` on which a contract renewed every ``years`` runs out."""
    if years is None:
        return None
    terms = 1 + max(0, (last.year - purchased.year) // years - 1)
    while (day := _after(purchased, terms * years)) <= last:
        terms += 1
    return day


def _after(day: date, years: int) -> date:
    """Return the same day of a later year; the day after 28 February for the leap day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _span(plan: Plan, campaign: Campaign) -> tuple[int, int] | None:
    """First and last day number of a campaign inside the window, or None if outside."""
    first = max(plan.window.planned(campaign.first), 0)
    last = plan.window.planned(campaign.last)
    return (first, last) if last >= 0 else None


def _campaigns(plan: Plan, banners: list[BannerDay]) -> Iterator[Row]:
    for campaign in (*DISPLAY, *SEARCH):
        span = _span(plan, campaign)
        if span is not None:
            first, last = (plan.window.date(day) for day in span)
            clicks = sum(cost for _, _, key, _, _, _, cost in banners if key == campaign.key)
            cost = round(campaign.cost * plan.scale) + clicks
            product = PRODUCTS[campaign.topic].key
            yield campaign.key, campaign.title, campaign.medium, product, first, last, cost
    months: dict[str, list[Mailing]] = {}
    for mailing in MAILINGS:
        if sent_at(mailing, plan.window) >= 0:
            months.setdefault(mailing.campaign, []).append(mailing)
    for key, mailings in months.items():
        days = [sent_at(mailing, plan.window) // DAY for mailing in mailings]
        first = plan.window.date(days[0])
        last = plan.window.date(min(days[-1] + 14, plan.window.days - 1))
        cost = round(sum(mailing.cost for mailing in mailings) * plan.scale)
        yield key, f"뉴스레터 {key[3:]}", "email", None, first, last, cost


def _banners(plan: Plan) -> Iterator[BannerDay]:
    window = plan.window
    rng = np.random.default_rng([plan.seed, 3])
    place = plan.visits.source - FIRST_BANNER
    day_of = plan.visits.start // DAY
    for number, banner in enumerate(BANNERS):
        span = _span(plan, DISPLAY[banner.campaign])
        landed = np.bincount(day_of[place == number], minlength=window.days)
        if span is None:
            continue
        for day in range(span[0], span[1] + 1):
            # What the medium reports: landed sessions, and clicks nobody ever saw land.
            clicks = int(landed[day]) + int(
                rng.poisson((landed[day] + 0.5 * plan.scale) * (banner.inflation - 1.0))
            )
            impressions = round((clicks + 0.5) / banner.ctr * rng.uniform(0.85, 1.15))
            yield (
                window.date(day),
                banner.key,
                DISPLAY[banner.campaign].key,
                banner.portal,
                impressions,
                clicks,
                clicks * banner.cpc,
            )


def _mailings(plan: Plan) -> Iterator[Row]:
    for mailing in MAILINGS:
        sent = sent_at(mailing, plan.window)
        if sent >= 0:
            moment = plan.window.moment(sent).isoformat()
            product = PRODUCTS[mailing.topic].key
            cost = round(mailing.cost * plan.scale)
            yield mailing.key, mailing.title, mailing.campaign, product, moment, cost


def _deliveries(plan: Plan) -> Iterator[Row]:
    deliveries = plan.deliveries
    bounces = (None, "soft", "hard")
    for row in range(len(deliveries.person)):
        yield (
            deliveries.identity(row),
            MAILINGS[int(deliveries.mailing[row])].key,
            customer_id(int(deliveries.person[row])),
            truth_word(bool(deliveries.held_out[row])),
            bounces[int(deliveries.bounced[row])],
        )
