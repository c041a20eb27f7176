"""What every list and every rule would come to on a day: as ``weblog target --dry-run`` of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reports.audience.power import Power, expected_power
from reports.audience.profile import customer_profile
from reports.audience.rule_book import RuleBook
from reports.audience.target import Target, select, wanted
from sessionize.consent import consenting
from sessionize.contacts import contact_history
from weblog.site.rules import Site
from weblog.store import Store


@dataclass(frozen=True, slots=True)
class Previewed:
    """A list, or one rule of it alone, as it would come out.

    ``list``: the list, or the rule's; ``rule``: None for a list, whose customers each come by the
    rule that wins. ``target``, ``power``: None where none of its rules is for the day; ``power``
    also where no rate is known to begin with.
    """

    list: str
    rule: str | None
    target: Target | None
    power: Power | None


def preview_targets(
    store: Store,
    site: Site,
    book: RuleBook,
    day: date,
    today: date,
    *,
    base: float | None = None,
    lift: float | None = None,
) -> list[Previewed]:
    """Choose the customers of every list and of every rule by itself. Nothing is written.

    Each is what :func:`reports.audience.delivery.choose` says of it; profiles, consents and
    contacts are read once for all of them.

    Args:
        store: the store; profiles are of what readers see, register and contacts the newest.
        site: the site's rules.
        book: the rules.
        day: customers as of its start.
        today: in the site's time zone; consent is asked of it, too, where the day is over.
        base: the rate expected of those held out; None: who bought in 30 days.
        lift: hoped for, in points, to say how many customers it takes.

    Returns:
        By list in the order of the file, each followed by its rules, those that win first.

    Raises:
        RulesError: a rule fails with these customers.
        SiteError: a segment rule does.
        ValueError: ``base`` or ``base + lift`` is no rate, or ``lift`` is 0.
    """
    seen, head = store.snapshot(), store.head()
    profile = customer_profile(seen, day, site)
    customers = head.scan("customers").collect()
    history = contact_history(head, site.time_zone)
    days = sorted({day, max(day, today)})
    consents = {
        channel: [consenting(customers, channel, each) for each in days]
        for channel in sorted({book.contact_of(name).channel for name in book.list_names()})
    }

    def previewed(name: str, rule: str | None) -> Previewed:
        asked_rules = [each for each in book.rules if (each.rule if rule else each.list) == (
            rule or name)]  # fmt: skip
        if not any(each.is_valid_on(day) for each in asked_rules):
            return Previewed(name, rule, None, None)
        asked = wanted(book, rule or name, day)
        target = select(asked, profile, consents[asked.contact.channel], history)
        return Previewed(name, rule, target, expected_power(seen, target, day, base, lift))

    found = []
    for name in book.list_names():
        found.append(previewed(name, None))
        theirs = [rule for rule in book.rules if rule.list == name]
        theirs.sort(key=lambda rule: (-rule.priority, rule.rule))
        found += [previewed(name, rule.rule) for rule in theirs]
    return found
