"""Questions about rules that are being written: the functions behind ``weblog rules``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from reports import audience
from weblog.erasure import refuse_if_pending
from weblog.site.rules import Site
from weblog.store import open_store

LOCK_WAIT_S: Final = 5.0
"""Seconds a list waits for others who work in the store before it is refused."""

MOST_RULES: Final = 200
"""Rules that are tried together: each is compared with each of its list."""


def check(*, text: str, store: str, site: Site, day: date) -> dict[str, Any]:
    """Look for mistakes as ``weblog rules check`` does.

    Returns:
        ``findings``, and ``wrong``, how many of them are mistakes.

    Raises:
        RulesError: the text breaks a rule.
        ValueError: it has too many rules.
    """
    book = _book(text)
    profile = audience.customer_profile(open_store(store).snapshot(), day, site)
    found = audience.check_rules(book, profile, day)
    return {
        "findings": [{**asdict(each), "is_wrong": each.is_wrong} for each in found],
        "wrong": sum(each.is_wrong for each in found),
        "customers": profile.height,
    }


def try_rules(
    *,
    text: str,
    store: str,
    site: Site,
    day: date,
    today: date,
    lift: float | None,
) -> dict[str, Any]:
    """Check rules, count whom each is for, and say what each list would come to.

    Returns:
        As :func:`check`, with ``rules`` (rows of ``weblog rules list``) and ``lists`` (figures of
        ``weblog target --dry-run``, of each list and each rule).

    Raises:
        RulesError: the text breaks a rule, or one fails with these customers.
        ValueError: a lift that is none, or too many rules.
    """
    found = check(text=text, store=store, site=site, day=day)
    book, opened = _book(text), open_store(store)
    profile = audience.customer_profile(opened.snapshot(), day, site)
    counts = audience.counted_rules(book, profile, day)
    previewed = audience.preview_targets(opened, site, book, day, today, lift=lift)
    return {**found, "rules": counts.to_dicts(), "lists": [_shown(each) for each in previewed]}


def explain(*, text: str, store: str, site: Site, day: date, customer: str) -> dict[str, Any]:
    """Say what every rule says of a customer, as ``weblog rules explain`` does.

    Raises:
        RulesError: the text breaks a rule.
        QueryError: the register does not know the customer.
    """
    profile = audience.customer_profile(open_store(store).snapshot(), day, site)
    found = audience.explain_rules(_book(text), profile, customer, day)
    return {"verdicts": [asdict(each) for each in found]}


def deliver(
    *,
    rules: str,
    expected: str,
    store: str,
    site: Site,
    name: str,
    day: date,
    today: date,
    now: datetime,
    channel: str | None,
    columns: tuple[str, ...],
    file: str,
    replace: bool,
) -> dict[str, Any]:
    """Make a target list as ``weblog target`` does: recorded, written, with its audit record.

    Args:
        rules: the file of rules.
        expected: SHA-256 of what it said when the list was looked at.
        store: the store's folder.
        site: the site's rules.
        name: of a list or a rule.
        day: whose list it is.
        today: in the site's time zone.
        now: the moment the record tells.
        channel: None: as the rules say.
        columns: beside the usual ones.
        file: where it is written.
        replace: what was recorded before was never used.

    Raises:
        UsageError: the rules are others by now; or as :func:`reports.audience.deliver`.
        LockedError: others work in the store.
    """
    loaded = audience.load_rules(rules)
    if loaded.sha256 != expected:
        raise audience.ChangedMeanwhileError(loaded.path)
    asked = audience.wanted(loaded.book, name, day, {"channel": channel} if channel else {})
    opened = open_store(store, create=True)  # with what an older version made none of
    opened.check_time_zone(site.time_zone)
    output = audience.Output(Path(file), columns, with_mark=True, replace=replace)
    with opened.lock("target list", wait=LOCK_WAIT_S):
        refuse_if_pending(opened)
        target = audience.deliver(opened, site, loaded, asked, output, now=now, today=today)
    return {"counts": target.counts, "matched": target.matched}


def _book(text: str) -> audience.RuleBook:
    book = audience.rules_from(text.encode())
    if len(book.rules) > MOST_RULES:
        problem = f"expected at most {MOST_RULES} rules here, these are {len(book.rules):,}"
        raise ValueError(f"{problem}: `weblog rules check` takes more")
    return book


def _shown(each: audience.Previewed) -> dict[str, Any]:
    target, power = each.target, each.power
    shown: dict[str, Any] = {"list": each.list, "rule": each.rule, "is_for_day": target is not None}
    if target is not None:
        contact = target.wanted.contact
        limits = contact.model_dump(mode="json", exclude={"seed"})
        shown |= {"matched": target.matched, "counts": target.counts, "contact": limits}
    if power is not None:
        shown["power"] = {**asdict(power), "is_few": power.held_out < audience.FEW}
    return shown
