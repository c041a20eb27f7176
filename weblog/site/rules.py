"""The site's rules as frozen, validated settings: what people write in ``site.toml``.

Each section is a model of its own, with defaults that are right for a site that
writes no rule at all. :mod:`weblog.site.load` reads the file and reports every
fault at once.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from weblog.site.ads import AdCampaign, AdSystem
from weblog.site.alerts import Alert, Webhook, unknown_webhook
from weblog.site.calendar import CalendarDay
from weblog.site.checked import (
    CheckedPattern,
    Host,
    LogFormatText,
    Method,
    Network,
    Paths,
    Regex,
    Status,
    zone_problem,
)
from weblog.site.funnels import Funnel, funnel_problem
from weblog.site.geo import Geo
from weblog.site.goal_targets import GoalTarget, target_problem
from weblog.site.identity import Identity
from weblog.site.line_rules import LineRule, named_twice
from weblog.site.mail import Mail, id_lost
from weblog.site.privacy import Privacy
from weblog.site.readers import Dashboard
from weblog.site.retention import Retention
from weblog.site.scheduled import Scheduled, said_twice
from weblog.site.section import Section as _Section
from weblog.site.site_search import SiteSearch
from weblog.site.smtp import Smtp
from weblog.site.url_rules import Urls

DEFAULT_STATIC_SUFFIXES = (
    "css js mjs map png jpg jpeg gif webp avif svg ico bmp tif tiff woff woff2 ttf otf eot "
    "mp3 mp4 m4a m4v webm ogg wav avi mov flv swf wasm json xml txt rss atom webmanifest "
    "zip gz tgz bz2 xz 7z rar tar jar exe msi dmg apk"
).split()


class Static(_Section):
    """Files that are part of a page, not a page."""

    suffixes: tuple[str, ...] = tuple(DEFAULT_STATIC_SUFFIXES)
    paths: tuple[CheckedPattern, ...] = ()

    @field_validator("suffixes")
    @classmethod
    def _plain(cls, suffixes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(suffix.lower().lstrip(".") for suffix in suffixes)


class Internal(_Section):
    """The company's own traffic: counted, but nobody's visit."""

    networks: tuple[Network, ...] = ()
    paths: tuple[CheckedPattern, ...] = ()
    agents: tuple[Regex, ...] = ()


class Bots(_Section):
    """Robots beyond the built-in lists, and agents the lists are wrong about."""

    agents: tuple[Regex, ...] = ()
    networks: tuple[Network, ...] = ()
    people: tuple[Regex, ...] = ()
    strictness: Literal["loose", "default", "strict"] = "default"


class Session(_Section):
    """When a session ends. ``rules`` names a set other tools use; single settings override it."""

    rules: Literal["matomo", "ga4", "awstats"] = "matomo"
    inactivity_minutes: Annotated[float, Field(gt=0, le=24 * 60)] | None = None
    ends_at_midnight: bool | None = None
    ends_when_customer_changes: bool = True
    ends_at_new_campaign: bool = False
    longest_minutes: Annotated[float, Field(gt=0, le=31 * 24 * 60)] | None = None
    most_hits: Annotated[int, Field(ge=1)] | None = None


class Login(_Section):
    """Hits that are a login success, if the log shows one; else logins are seen by the id."""

    paths: tuple[CheckedPattern, ...] = ()
    method: Method | None = None
    statuses: tuple[Status, ...] = ()


class Category(_Section):
    """Pages about one content category."""

    category: str
    paths: Paths


class Product(_Section):
    """Pages about one product. ``category`` sums up products in reports; nothing stored has it."""

    product: str
    category: str | None = None
    paths: Paths

    @field_validator("category")
    @classmethod
    def _named(cls, category: str | None) -> str | None:
        if category is not None and not category.strip():
            raise ValueError('expected the name of a category such as "savings"')
        return category


def in_two_categories(products: tuple[Product, ...]) -> str | None:
    """Say which products are in more than one category, if any."""
    found: dict[str, set[str]] = {}
    for rule in products:
        if rule.category is not None:
            found.setdefault(rule.product, set()).add(rule.category)
    torn = [f"{name!r} in {sorted(found[name])}" for name in sorted(found) if len(found[name]) > 1]
    return f"expected one category for each product; several: {', '.join(torn)}" if torn else None


class Goal(_Section):
    """A hit that is a conversion. ``value`` is in the site's currency."""

    goal: str
    paths: Paths
    method: Method | None = None
    statuses: tuple[Status, ...] = ()
    value: float | None = None
    value_parameter: str | None = None
    signup: bool = Field(default=False, description="whether reaching it makes a member")


class Event(_Section):
    """A hit that is something a person did but not a page: a download, a click to call."""

    event: str
    paths: Paths
    method: Method | None = None


class Campaigns(_Section):
    """Campaign parameters, first non-empty wins (Matomo's set by default)."""

    name: tuple[str, ...] = tuple(
        "mtm_campaign matomo_campaign mtm_cpn "
        "pk_campaign piwik_campaign pk_cpn utm_campaign".split()
    )
    source: tuple[str, ...] = ("mtm_source", "pk_source", "utm_source")
    medium: tuple[str, ...] = ("mtm_medium", "pk_medium", "utm_medium")
    term: tuple[str, ...] = tuple(
        "mtm_keyword matomo_kwd mtm_kwd pk_keyword piwik_kwd pk_kwd utm_term "
        "n_query n_keyword DMKW DMSKW".split()
    )
    content: tuple[str, ...] = ("mtm_content", "pk_content", "utm_content")


class SegmentRule(_Section):
    """One segment: a name and an SQL condition over the columns docs/segments.md lists."""

    segment: str
    when: str


DEFAULT_SEGMENTS = (
    SegmentRule(segment="first-time anonymous", when="customer_id IS NULL AND is_new"),
    SegmentRule(segment="anonymous", when="customer_id IS NULL"),
    SegmentRule(segment="reactivated", when="is_visit AND days_since_last_visit >= 365"),
    SegmentRule(segment="dormant", when="days_since_last_visit >= 365"),
    SegmentRule(segment="churned", when="has_bought AND purchases_in_force = 0"),
    SegmentRule(segment="VIP", when="grade = 'VIP'"),
    SegmentRule(segment="customer", when="has_bought"),
    SegmentRule(segment="prospect", when="interest >= 5"),
    SegmentRule(segment="member", when="TRUE"),
)


def defined_twice(rules: tuple[SegmentRule, ...]) -> str | None:
    """Say which segments are there more than once, if any."""
    names = [rule.segment for rule in rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    shown = ", ".join(repr(name) for name in twice)
    return f"expected each segment once; defined twice: {shown}" if twice else None


class Tables(_Section):
    """The company's own tables: CSV or Parquet files, relative to ``site.toml``."""

    customers: str | None = None
    purchases: str | None = None
    campaigns: str | None = None
    banners: str | None = None
    mailings: str | None = None
    deliveries: str | None = None


class Site(_Section):
    """All rules of one site. ``Site()`` is a site that wrote none."""

    name: str = "My site"
    time_zone: str = "UTC"
    currency: str = ""
    hosts: tuple[Host, ...] = ()
    log_format: LogFormatText | None = None
    skip: tuple[LineRule, ...] = ()
    keep: tuple[LineRule, ...] = ()
    urls: Urls = Urls()
    static: Static = Static()
    internal: Internal = Internal()
    bots: Bots = Bots()
    identity: Identity = Identity()
    geo: Geo = Geo()
    privacy: Privacy = Privacy()
    session: Session = Session()
    login: Login = Login()
    categories: tuple[Category, ...] = ()
    products: tuple[Product, ...] = ()
    goals: tuple[Goal, ...] = ()
    events: tuple[Event, ...] = ()
    targets: tuple[GoalTarget, ...] = ()
    funnels: tuple[Funnel, ...] = ()
    calendar: tuple[CalendarDay, ...] = ()
    site_search: SiteSearch = SiteSearch()
    channel_rules: tuple[str, ...] = ()
    campaign: Campaigns = Campaigns()
    mail: Mail = Mail()
    segments: tuple[SegmentRule, ...] = DEFAULT_SEGMENTS
    tables: Tables = Tables()
    ad_systems: tuple[AdSystem, ...] = ()
    ad_campaigns: tuple[AdCampaign, ...] = ()
    retention: Retention = Retention()
    smtp: Smtp = Smtp()
    scheduled: tuple[Scheduled, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    alerts: tuple[Alert, ...] = ()
    dashboard: Dashboard = Dashboard()
    folder: str = Field(default=".", description="where site.toml lies; set by the loader")

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        problem = zone_problem(name)
        if problem is not None:
            raise ValueError(problem)
        return name

    @field_validator("skip", "keep")
    @classmethod
    def _named_once(cls, rules: tuple[LineRule, ...], info: ValidationInfo) -> tuple[LineRule, ...]:
        problem = named_twice((*info.data.get("skip", ()), *rules))
        if problem is not None:
            raise ValueError(problem)
        return rules

    @field_validator("products")
    @classmethod
    def _in_one_category(cls, products: tuple[Product, ...]) -> tuple[Product, ...]:
        problem = in_two_categories(products)
        if problem is not None:
            raise ValueError(problem)
        return products

    @field_validator("funnels")
    @classmethod
    def _of_known_steps(
        cls, funnels: tuple[Funnel, ...], info: ValidationInfo
    ) -> tuple[Funnel, ...]:
        kinds = {
            "goal": "goals",
            "event": "events",
            "category": "categories",
            "product": "products",
        }
        known = {
            kind: [getattr(rule, kind) for rule in info.data[section]]
            for kind, section in kinds.items()
            if section in info.data  # not there: wrong itself, and said
        }
        problem = funnel_problem(funnels, known)
        if problem is not None:
            raise ValueError(problem)
        return funnels

    @field_validator("mail")
    @classmethod
    def _id_is_kept(cls, mail: Mail, info: ValidationInfo) -> Mail:
        privacy = info.data.get("privacy")  # not there: wrong itself, and said
        problem = id_lost(mail.id_parameter, privacy.secret_parameters) if privacy else None
        if problem is not None:
            raise ValueError(problem)
        return mail

    @field_validator("targets")
    @classmethod
    def _of_known_goals(
        cls, targets: tuple[GoalTarget, ...], info: ValidationInfo
    ) -> tuple[GoalTarget, ...]:
        rules = info.data.get("goals")  # not there: wrong itself, and said
        problem = target_problem(targets, None if rules is None else [rule.goal for rule in rules])
        if problem is not None:
            raise ValueError(problem)
        return targets

    @field_validator("segments")
    @classmethod
    def _each_once(cls, rules: tuple[SegmentRule, ...]) -> tuple[SegmentRule, ...]:
        problem = defined_twice(rules)
        if problem is not None:
            raise ValueError(problem)
        return rules

    @field_validator("scheduled", "webhooks")
    @classmethod
    def _told_apart(
        cls, rules: tuple[Scheduled | Webhook, ...], info: ValidationInfo
    ) -> tuple[Scheduled | Webhook, ...]:
        kind = str(info.field_name).removesuffix("s")
        problem = said_twice(kind, [getattr(rule, kind) for rule in rules])
        if problem is not None:
            raise ValueError(problem)
        return rules

    @field_validator("alerts")
    @classmethod
    def _sent_somewhere(cls, alerts: tuple[Alert, ...], info: ValidationInfo) -> tuple[Alert, ...]:
        problem = said_twice("alert", [alert.alert for alert in alerts])
        if problem is None and "webhooks" in info.data:
            problem = unknown_webhook(alerts, info.data["webhooks"])
        if problem is not None:
            raise ValueError(problem)
        return alerts
