"""``recommendations.toml``: what is suggested by hand, what things are called, what is said.

Beside ``site.toml``; a site without the file has the defaults. Validated like the site's rules:
every fault at once, each with its place, its value and what was expected.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, ValidationError, model_validator

from reports.recommendations.moments import COLUMNS
from sessionize.conditions import Vocabulary
from weblog.errors import SiteError, did_you_mean, shown_path
from weblog.site.checked import pattern_regex
from weblog.site.faults import Fault, rule_fault
from weblog.site.load import written_rules
from weblog.site.rules import Site
from weblog.site.section import Section

FILE: Final = "recommendations.toml"

MOST: Final = 50
"""Suggestions of a kind at most."""

Kind = Literal["product", "content"]


class Name(Section):
    """What people call a product or a page."""

    item: str
    en: str
    ko: str


class Picked(Section):
    """An item put into the list by hand, on some days, whatever its score."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    item: str
    kind: Kind = "product"
    why: Literal["picked", "new"] = "picked"
    first: date | None = Field(default=None, alias="from")
    until: date | None = None
    place: Annotated[int, Field(ge=1, le=MOST)] = 1
    segments: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Picked:
        if self.first and self.until and self.first > self.until:
            raise ValueError(f"expected from ({self.first}) not after until ({self.until})")
        return self


class Text(Section):
    """Something to say when its condition holds: of each slot, the text of highest priority."""

    text: str
    slot: str = "greeting"
    when: str = "TRUE"
    priority: int = 0
    en: str
    ko: str


class Recommendations(Section):
    """All settings of recommendations. ``Recommendations()`` is a site that wrote none."""

    suggestions: Annotated[int, Field(ge=1, le=MOST)] = 5
    look_back_days: Annotated[int, Field(ge=7, le=730)] = 90
    evaluation_days: Annotated[int, Field(ge=1, le=365)] = 28
    shrinkage: Annotated[float, Field(gt=0, le=1e6)] = 30.0
    content_categories: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    names: tuple[Name, ...] = ()
    picked: tuple[Picked, ...] = ()
    texts: tuple[Text, ...] = ()

    @property
    def left_out_regex(self) -> str | None:
        """An expression that finds what is never suggested; None if there is nothing."""
        patterns = [pattern_regex(pattern) for pattern in self.left_out]
        return "|".join(f"(?:{pattern})" for pattern in patterns) or None


def load_recommendations(path: str | Path | None, site: Site) -> Recommendations:
    """Return the settings in the file ``path``, else those beside the site's rules, else defaults.

    Raises:
        SiteError: the file named is missing, is no TOML, or breaks a rule; carries every fault.
    """
    if path is None:
        path = Path(site.folder) / FILE
        if not path.is_file():
            return Recommendations()
    file = Path(path)
    rules, fault = written_rules(file)
    if fault is not None:
        raise SiteError(shown_path(file), [fault])
    try:
        found = Recommendations.model_validate(rules)
    except ValidationError as error:
        faults = [
            rule_fault(item, rules, Recommendations) for item in error.errors(include_url=False)
        ]
        raise SiteError(shown_path(file), faults) from error
    faults = [*_text_faults(found), *_name_faults(found, site)]
    if faults:
        raise SiteError(shown_path(file), faults)
    return found


def _text_faults(found: Recommendations) -> list[Fault]:
    faults: list[Fault] = []
    vocabulary = Vocabulary(COLUMNS, "customer at one moment")
    names = Counter(text.text for text in found.texts)
    for number, text in enumerate(found.texts, start=1):
        where = f"texts[{number}]"
        problem = vocabulary.fault(text.when)
        if problem:
            faults.append((f"{where}.when of text {text.text!r}", repr(text.when), problem))
        if names[text.text] > 1:
            faults.append((f"{where}.text", repr(text.text), "expected each text's name once"))
        for language in ("en", "ko"):
            said = getattr(text, language)
            problem = _wording_fault(said)
            if problem:
                faults.append((f"{where}.{language} of text {text.text!r}", repr(said), problem))
    return faults


def _wording_fault(said: str) -> str | None:
    if not said.strip():
        return "expected a text"
    try:
        parts = list(Formatter().parse(said))
    except ValueError as error:
        return f"expected {{column}} for a value, {{{{ and }}}} for braces ({error})"
    names = [name for _, name, _, _ in parts if name is not None]
    known = [column.name for column in COLUMNS]
    unknown = [name for name in names if name not in known]
    if unknown:
        near = did_you_mean(unknown[0], known)
        return f"no column is called {unknown[0]!r}.{near} Known: {', '.join(known)}"
    if any(spec or conversion for _, name, spec, conversion in parts if name is not None):
        return "expected {column} alone between braces"
    return None


def _name_faults(found: Recommendations, site: Site) -> list[Fault]:
    """Say which names nobody knows: of products, of segments, of categories; and what is twice."""
    products = [rule.product for rule in site.products]
    segments = [rule.segment for rule in site.segments]
    categories = [rule.category for rule in site.categories]
    faults: list[Fault] = []

    def check(where: str, value: str, known: list[str], what: str) -> None:
        if value not in known:
            near = did_you_mean(value, known)
            listed = ", ".join(known) or "none"
            faults.append((where, repr(value), f"no {what} is called so.{near} Known: {listed}"))

    for number, picked in enumerate(found.picked, start=1):
        if picked.kind == "product":
            check(f"picked[{number}].item", picked.item, products, "product")
        for segment in picked.segments:
            check(f"picked[{number}].segments", segment, segments, "segment")
    for category in found.content_categories:
        check("content_categories", category, categories, "category")
    items = Counter(name.item for name in found.names)
    for number, name in enumerate(found.names, start=1):
        if items[name.item] > 1:
            faults.append((f"names[{number}].item", repr(name.item), "expected each item once"))
    return faults
