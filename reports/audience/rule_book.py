"""What marketers write in ``rules.toml``: rules, lists, and limits on contacts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

import polars as pl
from pydantic import AfterValidator, Field

from reports.audience.columns import COLUMNS, SCHEMA
from reports.audience.message import columns_of
from sessionize.conditions import Vocabulary
from weblog.site.section import Section

VOCABULARY: Final = Vocabulary(COLUMNS, "customer")


def _named(text: str) -> str:
    if not text.strip() or text != text.strip() or not text.isprintable():
        raise ValueError("expected a name: some text, without blanks around it")
    return text


def _condition(text: str) -> str:
    if problem := VOCABULARY.fault(text):
        raise ValueError(problem)
    return text


def _text(template: str) -> str:
    if problem := VOCABULARY.unknown(columns_of(template)):
        raise ValueError(problem)
    return template


def _stratum(name: str) -> str:
    if problem := VOCABULARY.unknown([name]):
        raise ValueError(problem)
    if name == "customer_id" or SCHEMA[name] == pl.List(pl.String):
        raise ValueError("expected a column that many customers have the same value of")
    return name


Name = Annotated[str, AfterValidator(_named)]
Condition = Annotated[str, AfterValidator(_condition)]
Text = Annotated[str, AfterValidator(_text)]
Stratum = Annotated[str, AfterValidator(_stratum)]
ChannelName = Literal["email", "sms"]
Count = Annotated[int, Field(ge=1, le=1000)]
Window = Annotated[int, Field(ge=1, le=3660)]
Rest = Annotated[int, Field(ge=0, le=3660)]
Share = Annotated[float, Field(ge=0, le=0.9)]


class Message(Section):
    """The text a rule suggests, in English and Korean."""

    en: Text | None = None
    ko: Text | None = None


class Rule(Section):
    """A condition, and what is offered to the customers for whom it holds.

    Of the rules of a list that hold for a customer, the one with the greatest priority wins; of
    several, the first by name.
    """

    rule: Name
    when: Condition
    list: Name
    priority: int = 0
    offer: str | None = None
    message: Message = Message()
    since: date | None = Field(default=None, alias="from")
    until: date | None = None

    def is_valid_on(self, day: date) -> bool:
        """Say whether ``day`` lies in the days the rule is for, its first and last among them."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


class Contact(Section):
    """How customers may be contacted: what holds for lists that do not say otherwise.

    At the ``most`` so many contacts ``within_days`` days in a row, and none in the ``rest_days``
    days around another. A share ``held_out`` of each stratum is by lot not written to; lots
    depend on ``seed``.
    """

    channel: ChannelName = "email"
    most: Count | None = None
    within_days: Window = 30
    rest_days: Rest = 0
    held_out: Share = 0.1
    stratify_by: Stratum = "segment"
    seed: str = "1"


class ListSettings(Section):
    """What a list has otherwise than ``[contact]`` says."""

    list: Name
    channel: ChannelName | None = None
    most: Count | None = None
    within_days: Window | None = None
    rest_days: Rest | None = None
    held_out: Share | None = None
    stratify_by: Stratum | None = None
    seed: str | None = None


class RuleBook(Section):
    """A whole file of rules."""

    contact: Contact = Contact()
    lists: tuple[ListSettings, ...] = ()
    rules: tuple[Rule, ...] = ()

    def list_names(self) -> tuple[str, ...]:
        """Return the lists that rules name, each once, in the order of the file."""
        return tuple(dict.fromkeys(rule.list for rule in self.rules))

    def contact_of(self, name: str) -> Contact:
        """Return what holds for the list called ``name``."""
        own = next((each for each in self.lists if each.list == name), None)
        if own is None:
            return self.contact
        said = own.model_dump(exclude={"list"}, exclude_none=True)
        return self.contact.model_copy(update=said)

    def of_list(self, name: str, day: date) -> tuple[Rule, ...]:
        """Return the rules of a list that are for ``day``, those that win first."""
        theirs = [rule for rule in self.rules if rule.list == name and rule.is_valid_on(day)]
        return tuple(sorted(theirs, key=lambda rule: (-rule.priority, rule.rule)))
