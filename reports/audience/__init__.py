"""Whom to write to next: customers as of a day, rules that choose them, lists to send out.

::

    import reports.audience as audience

    rules = audience.load_rules("rules.toml")
    profile = audience.customer_profile(store.snapshot(), day, site)
    audience.check_rules(rules.book, profile, day)
    asked = audience.wanted(rules.book, "retention", day)
    target = audience.choose(store, site, asked, today)
"""

from reports.audience.check import RuleFinding, check_rules
from reports.audience.columns import COLUMNS
from reports.audience.delivery import choose, deliver
from reports.audience.evaluate import counted_rules, verdicts, winners
from reports.audience.explain import RuleVerdict, explain_rules
from reports.audience.list_file import Output
from reports.audience.load_rules import LoadedRules, load_rules, rules_from
from reports.audience.lots import held_out
from reports.audience.power import FEW, Power, base_rate, expected_power, power_of
from reports.audience.preview import Previewed, preview_targets
from reports.audience.profile import customer_profile
from reports.audience.rule_book import Contact, Rule, RuleBook
from reports.audience.rules_file import (
    ChangedMeanwhileError,
    RulesFile,
    kept_versions,
    save_rules,
)
from reports.audience.sample_size import detectable, needed
from reports.audience.target import Target, Wanted, select, wanted
from reports.audience.template import TEMPLATE

__all__ = [
    "COLUMNS",
    "FEW",
    "TEMPLATE",
    "ChangedMeanwhileError",
    "Contact",
    "LoadedRules",
    "Output",
    "Power",
    "Previewed",
    "Rule",
    "RuleBook",
    "RuleFinding",
    "RuleVerdict",
    "RulesFile",
    "Target",
    "Wanted",
    "base_rate",
    "check_rules",
    "choose",
    "counted_rules",
    "customer_profile",
    "deliver",
    "detectable",
    "expected_power",
    "explain_rules",
    "held_out",
    "kept_versions",
    "load_rules",
    "needed",
    "power_of",
    "preview_targets",
    "rules_from",
    "save_rules",
    "select",
    "verdicts",
    "wanted",
    "winners",
]
