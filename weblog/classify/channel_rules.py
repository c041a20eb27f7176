"""Channel rules that other packages add, and that a site's rules name (:mod:`weblog.extending`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import polars as pl

from weblog.extending import Arrival, ChannelRule
from weblog.plugins import CHANNEL_RULES, Listed, Plugin, checked, load_named, plugin_named

_TEXTS: Final = ("source", "medium", "campaign", "site_kind")
_TRIED: Final = pl.DataFrame({name: ["", "x"] for name in _TEXTS})


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A package's rule under its name."""

    name: str
    plugin: Plugin
    rule: ChannelRule

    def fits(self, arrival: Arrival) -> pl.Expr:
        """Return where the rule fits.

        Raises:
            PluginError: the package's function fails, or answers with something else.
        """
        found: object = self.plugin.calling(self.rule.fits)(arrival)
        if not isinstance(found, pl.Expr):
            kind = type(found).__name__
            raise self.plugin.error(f"fits gives {kind}, expected an expression of polars")
        return found.fill_null(value=False)


def rules_named(names: Sequence[str]) -> tuple[NamedRule, ...]:
    """Return the rules that ``site.toml`` names, in its order.

    Raises:
        UnknownNameError: no package adds a rule of that name.
        PluginError: one cannot be used.
    """
    return tuple(rule_named(name) for name in names)


@cache
def rule_named(name: str) -> NamedRule:
    """Return one rule.

    Raises:
        UnknownNameError: no package adds a rule of that name.
        PluginError: it cannot be used.
    """
    rule = load_named(CHANNEL_RULES, name, ChannelRule, ())
    plugin = plugin_named(CHANNEL_RULES, name)
    assert plugin is not None  # noqa: S101  it was loaded
    if not all((rule.channel.strip(), rule.korean.strip(), rule.in_words.strip())):
        raise plugin.error("expected a channel, its Korean name and the rule in words")
    named = NamedRule(name, plugin, rule)
    expression = named.fits(Arrival(*map(pl.col, _TEXTS)))
    try:
        tried = _TRIED.select(expression.alias("fits"))
    except pl.exceptions.PolarsError as error:
        told = str(error).partition("\n")[0]
        raise plugin.error(f"its expression cannot be computed: {told}") from error
    if tried.schema != {"fits": pl.Boolean}:
        raise plugin.error(f"fits gives {tried.schema['fits']}, expected true or false")
    return named


def plugged_rules() -> list[Listed]:
    """Return every rule that packages add, and what is wrong with those that cannot be used."""
    return checked(CHANNEL_RULES, rule_named, ())
