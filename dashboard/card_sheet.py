"""A customer card as one page of HTML: to look at, and to print on A4.

It needs no script and nothing from elsewhere, so that it can be kept as a file. Every text in it
was written by strangers or typed by people: all of it is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from html import escape
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.card_words import WORDS, card_word
from dashboard.notices import long_day
from dashboard.rooted import rooted
from dashboard.theme import PAGE_FONT, chosen_theme
from dashboard.value_names import value_name
from reports.card import Card
from reports.card.card import SECTIONS
from reports.figures import numbers
from reports.figures.theme import THEMES
from reports.spec import ColumnSpec

ICON: Final = "/assets/icon.svg"

SHOWN: Final[dict[str, tuple[str, ...]]] = {
    "suggestions": ("kind", "title", "why"),
    "interests": (
        *("kind", "name", "page_views", "sessions", "index", "dwell_s", "last_viewed", "is_held"),
    ),
    "purchases": (
        *("product", "purchased", "ended", "matures", "value", "sold_through", "purchase_id"),
    ),
    "contacts": (
        *("day", "channel", "about", "is_held_out", "visits_after", "came_by_it"),
        *("conversions_after", "purchases_after"),
    ),
    "campaigns": ("title", "campaign", "sessions", "conversions", "last_visit"),
    "visits": (
        *("date", "start", "device", "channel", "page_views", "entry_page", "exit_page"),
        "conversions",
    ),
}
"""Columns on paper; JSON has all of them."""

_NAMED: Final = {"channel": "channels", "device": "devices", "segment": "segments"}
"""Columns whose values have names in the reader's language."""

_OWN_HEADS: Final = {
    ("suggestions", "title"): "interest",
    ("suggestions", "why"): "why_this",
    ("interests", "name"): "interest",
    ("purchases", "product"): "product_bought",
    ("campaigns", "last_visit"): "last_visit",
}
_OWN_LABELS: Final = {"purchases": "purchase_count"}

_TELLING: Final = frozenset({"title", "name", "start", "device", "channel", "about"})
"""Columns whose values tell what they are, where a narrow screen puts names before the others."""

_CSS: Final = """
:root{{color-scheme:light dark;{light}}}
@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}
:root[data-theme=light]{{color-scheme:light}}:root[data-theme=dark]{{color-scheme:dark;{dark}}}
@page{{size:A4;margin:14mm}}
*{{box-sizing:border-box}}
body{{margin:0;background:var(--background);color:var(--text);font:14px/1.5 {font};
word-break:keep-all}}
main{{max-width:60rem;margin:0 auto;padding:24px 16px 48px}}
header{{display:flex;flex-wrap:wrap;gap:4px 16px;align-items:baseline;margin-bottom:16px}}
h1{{font-size:22px;margin:0}}h2{{font-size:15px;margin:0 0 8px}}
.pill{{background:var(--soft);color:var(--text);border-radius:999px;padding:2px 12px;
font-weight:600}}
.muted{{color:var(--muted)}}section>p{{margin:8px 0}}section>:last-child{{margin-bottom:0}}
a{{color:var(--text);text-underline-offset:3px}}
section{{background:var(--surface);border:1px solid var(--border);border-radius:10px;
padding:14px 16px;margin-bottom:12px;break-inside:avoid}}
.two{{display:grid;grid-template-columns:1fr 1fr;gap:12px}}.two section{{margin:0}}
.two{{margin-bottom:12px}}
dl{{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;margin:0}}
dt{{color:var(--muted)}}dd{{margin:0;overflow-wrap:anywhere}}
.wide{{overflow-x:auto}}
table{{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}}
th{{text-align:left;color:var(--muted);font-weight:500;border-bottom:1px solid var(--border)}}
th,td{{padding:4px 18px 4px 0;vertical-align:top}}th:last-child,td:last-child{{padding-right:0}}
th,.whole,.right{{white-space:nowrap}}td{{min-width:4em;overflow-wrap:break-word;word-break:keep-all}}
.right{{text-align:right}}code{{font-size:12px;overflow-wrap:anywhere}}
form{{display:flex;flex-wrap:wrap;gap:8px;align-items:center}}
input,button{{font:inherit;color:var(--text);background:var(--surface);
border:1px solid var(--compare);border-radius:8px;padding:6px 12px}}
@media (max-width:700px){{.two{{grid-template-columns:1fr}}main{{padding:16px 12px}}}}
@media screen and (max-width:700px){{thead{{position:absolute;clip-path:inset(50%)}}
tr{{display:flex;flex-wrap:wrap;gap:0 14px;padding:7px 0;border-top:1px solid var(--border)}}
tbody tr:first-child{{border-top:0}}
td{{padding:0;min-width:0;max-width:100%;overflow-wrap:anywhere}}
td[data-label]:not(:first-child)::before{{content:attr(data-label) " ";color:var(--muted)}}
td:first-child{{font-weight:600}}td:empty,[data-unknown]{{display:none}}}}
@media print{{:root,:root[data-theme]{{color-scheme:light;{light}}}
body{{background:none;font-size:11px}}main{{padding:0;max-width:none}}
section{{border-color:#ccc;padding:8px 10px}}.screen{{display:none}}}}
"""


def sheet(card: Card, language: str = "en", *, time_zone: str = "UTC", bar: str = "") -> str:
    """Return the card as an HTML document.

    Args:
        card: what to show.
        language: "en" or "ko".
        time_zone: of the times of visits.
        bar: HTML shown above the card on a screen, not on paper.

    Raises:
        UnknownNameError: no such language.
    """
    head = (
        f"<header><h1>{escape(_title(card, language))}</h1>"
        f"{_segment(card, language)}"
        f'<span class="muted">{escape(_as_of(card, language))}</span></header>'
    )
    both = (
        f'<div class="two">{_pairs("who", card.who, card, language)}'
        f"{_pairs('activity', card.activity, card, language)}</div>"
    )
    tables = (
        _table(name, card.sections[name], card, language, ZoneInfo(time_zone)) for name in SECTIONS
    )
    body = f"{head}{both}{_why(card, language)}{''.join(tables)}"
    return page(_title(card, language), body, language, bar=bar)


def page(title: str, body: str, language: str, *, bar: str = "") -> str:
    """Return a whole document around ``body``, which is HTML as ``bar`` is."""
    light, dark = (_variables(name) for name in ("light", "dark"))
    css = _CSS.format(light=light, dark=dark, font=PAGE_FONT)
    # A card that is kept as a file is to need nothing from elsewhere; above a form it is a page.
    icon = f'<link rel="icon" type="image/svg+xml" href="{rooted(ICON)}">' if bar else ""
    above = f'<nav class="screen" style="margin-bottom:16px">{bar}</nav>' if bar else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"{chosen_theme()}><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"{icon}<title>{escape(title)}</title><style>{css}</style></head>\n"
        f"<body><main>{above}{body}</main></body></html>\n"
    )


def _variables(theme: str) -> str:
    paint = THEMES[theme]
    names = ("background", "surface", "border", "text", "muted", "soft", "compare")
    return "".join(f"--{name}:{getattr(paint, name)};" for name in names)


def _title(card: Card, language: str) -> str:
    return f"{card_word('customer', language)} {card.customer_id}"


def _segment(card: Card, language: str) -> str:
    name = value_name("segments", card.segment.segment, language)
    return f'<span class="pill">{escape(name)}</span>'


def _as_of(card: Card, language: str) -> str:
    told = card_word("as_of", language, day=long_day(card.day, language))
    return told if card.role == "analyst" else f"{told} · {card_word('masked', language)}"


def _pairs(name: str, values: Mapping[str, object], card: Card, language: str) -> str:
    # What nobody knows takes no room on paper.
    known = {key: value for key, value in values.items() if value is not None}
    rows = (
        f"<dt>{escape(card_word(_OWN_LABELS.get(key, key), language))}</dt>"
        f"<dd>{escape(_value(key, value, _unit(key), card, language))}</dd>"
        for key, value in known.items()
    )
    return (
        f"<section><h2>{escape(card_word(name, language))}</h2><dl>{''.join(rows)}</dl></section>"
    )


def _unit(key: str) -> str:
    return "money" if key == "purchase_value" else "count"


def _why(card: Card, language: str) -> str:
    found = card.segment
    title = escape(card_word("why", language))
    if found.segment is None or not found.rules:
        return f"<section><h2>{title}</h2><p>{escape(card_word('no_rule', language))}</p></section>"
    rule = found.rules[-1]
    seen = "".join(
        f"<dt><code>{escape(each.column)}</code></dt><dd>{escape(_plain(each.value, language))}"
        + (f' <span class="muted">· {escape(each.source)}</span>' if language == "en" else "")
        + "</dd>"
        for each in rule.seen
    )
    return (
        f"<section><h2>{title}</h2><p>{escape(card_word('rule', language))} {rule.number}: "
        f"<code>{escape(rule.when)}</code></p><dl>{seen}</dl></section>"
    )


def _table(name: str, rows: pl.DataFrame, card: Card, language: str, zone: ZoneInfo) -> str:
    label = escape(card_word(name, language))
    title = f"<h2>{label}</h2>"
    if rows.is_empty():
        nothing = escape(card_word("none", language))
        return f'<section>{title}<p class="muted">{nothing}</p></section>'
    specs = {spec.name.removesuffix(f"_{language}"): spec for spec in SECTIONS[name]}
    chosen = [specs[column] for column in SHOWN[name]]
    heads = "".join(
        f"<th{_side(specs[column])}>{escape(card_word(_head(name, column), language))}</th>"
        for column in SHOWN[name]
    )
    local = [
        pl.col(spec.name).dt.convert_time_zone(zone.key) for spec in chosen if spec.name == "start"
    ]
    body = "".join(
        f"<tr>{_cells(name, row, chosen, card, language)}</tr>"
        for row in rows.with_columns(local).to_dicts()
    )
    note = f"{name}_note"
    below = f'<p class="muted">{escape(card_word(note, language))}</p>' if note in WORDS else ""
    return (
        f'<section>{title}<div class="wide" tabindex="0" role="region" aria-label="{label}">'
        f"<table><thead><tr>{heads}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>{below}</section>"
    )


def _head(section: str, column: str) -> str:
    return _OWN_HEADS.get((section, column), column)


def _side(spec: ColumnSpec) -> str:
    return ' class="right"' if spec.dtype.is_numeric() else ""


def _cells(
    section: str,
    row: Mapping[str, object],
    specs: Iterable[ColumnSpec],
    card: Card,
    language: str,
) -> str:
    """Return the cells of a row, each with its column's name: a narrow screen has no head."""

    def cell(spec: ColumnSpec) -> str:
        column = spec.name.removesuffix(f"_{language}")
        label = escape(card_word(_head(section, column), language))
        named = "" if column in _TELLING else f' data-label="{label}"'
        told = escape(_value(spec.name, row[spec.name], spec.unit, card, language))
        kind = ' class="whole"' if spec.dtype.is_temporal() else _side(spec)
        missing = " data-unknown" if told == numbers.UNKNOWN else ""
        return f"<td{kind}{named}{missing}>{told}</td>"

    return "".join(cell(spec) for spec in specs)


def _value(name: str, value: Any, unit: str, card: Card, language: str) -> str:
    """Return a value as people read it."""
    if value is None:
        return "" if name == "is_held" else numbers.UNKNOWN  # content is held by nobody
    if name in {"kind", "sex", "channel"} and value in WORDS:  # how somebody was written to
        return card_word(str(value), language)
    if name in _NAMED:
        return value_name(_NAMED[name], str(value), language)
    if unit == "money":  # to the last won: a card is about contracts, not about magnitudes
        return _exact(value, card.currency)
    if isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool)):
        value = round(value) if name == "index" else value
        return numbers.shown(value, unit, language, card.currency)
    return _plain(value, language)


def _exact(value: float, currency: str) -> str:
    sign = numbers.money(0, currency=currency).replace("0", "").strip()
    amount = f"{value:,.2f}".removesuffix(".00")
    return f"{sign}{amount}" if len(sign) == 1 else f"{amount} {sign}".strip()


def _plain(value: object, language: str) -> str:
    if value is None:
        return numbers.UNKNOWN
    if isinstance(value, bool):
        return card_word("yes" if value else "no", language)
    if isinstance(value, datetime):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return long_day(value, language)
    if isinstance(value, list):
        return ", ".join(_plain(each, language) for each in value) or numbers.UNKNOWN
    return str(value)
