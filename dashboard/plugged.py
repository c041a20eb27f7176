"""What other packages add to the dashboard: their words, and a page for each of their reports.

Looked up once, when the dashboard starts. What cannot be used is left out and logged, with the
package's name; everything else works as without it.
"""

from __future__ import annotations

import logging
from typing import Final

from reports.attribution.plugged import plugged_model, plugged_models
from reports.plugged import plugged_reports, usable_reports
from weblog.classify.channel_rules import plugged_rules, rule_named
from weblog.plugins import KINDS, Listed

LOG = logging.getLogger("dashboard")

PREFIX: Final = "own_"
"""Before the name of a report: its page, its card and their words are called so."""


def _usable(listed: list[Listed]) -> list[str]:
    """Return the names of those that can be used; tell of the others in the log."""
    for one in listed:
        if one.fault:
            kind, name, package = KINDS[one.plugin.group], one.plugin.name, one.plugin.package
            LOG.warning("package %s: its %s %r is left out: %s", package, kind, name, one.fault)
    return [one.plugin.name for one in listed if one.fault is None]


def _texts() -> dict[str, tuple[str, str]]:
    texts = {}
    _usable(plugged_reports())
    for name, own in usable_reports().items():
        texts[f"{PREFIX}{name}"] = (own.title.english, own.title.korean)
        texts[f"{PREFIX}{name}_question"] = (own.question.english, own.question.korean)
    for name in _usable(plugged_models()):
        called = plugged_model(name).called
        texts[f"model_{name}"] = (called.english, called.korean)
    return texts


OWN_TEXTS: Final = _texts()
"""Key to English and Korean text."""

OWN_CHANNELS: Final = {
    rule_named(name).rule.channel: rule_named(name).rule.korean for name in _usable(plugged_rules())
}
"""Channels of packages' rules to their Korean names."""

OWN_MODELS: Final = tuple(
    key.removeprefix("model_") for key in OWN_TEXTS if key.startswith("model_")
)
"""Models that packages add, to be chosen like the others."""
