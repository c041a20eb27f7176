"""When to raise an alert, and where it is sent: ``[[alerts]]``, ``[[webhooks]]``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from weblog.errors import did_you_mean
from weblog.site.scheduled import Name, Only, Options
from weblog.site.section import Section
from weblog.site.smtp import Mailbox

LONGEST_WINDOW: Final = 31
_WINDOW: Final = re.compile(r"(\d{1,2}) days")


def _is_window(text: str) -> str:
    found = _WINDOW.fullmatch(text)
    if text not in {"hour", "day"} and not (found and 2 <= int(found[1]) <= LONGEST_WINDOW):
        raise ValueError(f'expected "hour", "day", or "2 days" to "{LONGEST_WINDOW} days"')
    return text


def days_of(window: str) -> int | None:
    """Return how many days a window has; None: it is an hour.

    >>> days_of("7 days"), days_of("day"), days_of("hour")
    (7, 1, None)
    """
    if window == "hour":
        return None
    found = _WINDOW.fullmatch(window)
    return int(found[1]) if found else 1


def _is_web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not text.isprintable():
        raise ValueError("expected an address that begins with https:// (or http://)")
    if parts.username or parts.password:
        raise ValueError("no password is written here: name a secret with secret_env")
    return text


_ENV: Final = re.compile(r"[A-Z_][A-Z0-9_]*")


def _is_variable(text: str) -> str:
    if not _ENV.fullmatch(text):
        raise ValueError("expected the name of an environment variable, such as WEBLOG_HOOK")
    return text


Variable = Annotated[str, AfterValidator(_is_variable)]


class Webhook(Section):
    """Where alerts are posted to, as JSON."""

    webhook: Name
    url: Annotated[str, AfterValidator(_is_web_address)] | None = None
    url_env: Variable | None = None
    secret_env: Variable | None = None
    timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 10.0
    tries: Annotated[int, Field(ge=1, le=10)] = 3

    @model_validator(mode="after")
    def _has_one_address(self) -> Webhook:
        if (self.url is None) == (self.url_env is None):
            raise ValueError("expected url, or url_env: the environment variable that holds it")
        return self


class Alert(Section):
    """One thing to watch: a number, over a window, and when it is to be told."""

    alert: Name
    measure: str | None = None
    report: str | None = None
    column: str | None = None
    row: dict[str, str] = Field(default_factory=dict)
    options: Options = Field(default_factory=dict)
    only: Only = Only()
    window: Annotated[str, AfterValidator(_is_window)] = "day"
    above: float | None = None
    below: float | None = None
    change: Literal["rise", "fall", "either"] | None = None
    percent: Annotated[float, Field(gt=0)] | None = None
    errors: Annotated[float, Field(gt=0, le=20)] | None = None
    anomaly: bool = False
    weeks: Annotated[int, Field(ge=3, le=52)] = 8
    least: Annotated[int, Field(ge=0)] = 30
    files: tuple[str, ...] = ()
    webhooks: tuple[str, ...] = ()
    mail: tuple[Mailbox, ...] = ()
    language: Literal["en", "ko"] = "en"

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Alert:
        for problem in (self._about_what(), self._about_when(), self._about_whom()):
            if problem is not None:
                raise ValueError(problem)
        return self

    def _about_what(self) -> str | None:
        if (self.measure is None) == (self.report is None):
            return "expected a measure, or a report with the column to watch"
        if self.report is not None and self.column is None:
            return "expected the column of the report to watch: column = ..."
        if self.report is None and (self.column or self.row or self.options):
            return "column, row and options are of a report: expected report = ..."
        if self.report is not None and self.window == "hour":
            return 'reports count whole days: expected window = "day" or more'
        return None

    def _about_when(self) -> str | None:
        limits = self.above is not None or self.below is not None
        asked = sum((limits, self.change is not None, self.anomaly))
        if asked != 1:
            return "expected one of: above and/or below, change, anomaly = true"
        if self.above is not None and self.below is not None and self.above < self.below:
            return "above is less than below: it would always be told"
        if self.change is not None and (self.percent is None) == (self.errors is None):
            return "expected percent, or errors (standard errors), beside change"
        if self.change is None and (self.percent is not None or self.errors is not None):
            return (
                'percent and errors are of a change: expected change = "fall", "rise" or "either"'
            )
        return None

    def _about_whom(self) -> str | None:
        if not (self.files or self.webhooks or self.mail):
            return 'expected whom to tell: files = ["alerts.jsonl"], webhooks or mail'
        return None


def unknown_webhook(alerts: Sequence[Alert], webhooks: Sequence[Webhook]) -> str | None:
    """Say which alert names a webhook that is not there, if any."""
    known = [each.webhook for each in webhooks]
    problems = [
        f"alert {alert.alert!r}: no webhook is called {name!r}.{did_you_mean(name, known)} "
        f"There are: {', '.join(known) or 'none'}"
        for alert in alerts
        for name in alert.webhooks
        if name not in known
    ]
    return "; ".join(problems) or None
