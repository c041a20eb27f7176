"""A digest as HTML that mail programs show: tables, styles in place, no script, nothing fetched.

Colours stand in each cell together with their ground, so that a program that turns only one of
them round leaves both readable; those that understand ``prefers-color-scheme`` get the dark
theme's. Every text is escaped: parts of it come from log lines, which strangers write.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Final

from reports.digest.parts import Digest, Section, Table
from reports.digest.words import word
from reports.figures.theme import FONT, THEMES

WIDTH: Final = 640
"""Pixels; narrower where the window is."""

FIGURE_WIDTH: Final = 480
"""Pixels a figure is drawn for: small enough that its words can be read on a phone."""

_LIGHT, _DARK = THEMES["light"], THEMES["dark"]
_FONT: Final = FONT.replace("'", "").replace("system-ui", "Noto Sans CJK KR, system-ui")
_NOTE: Final = ("#fff6e0", "#5c4300")
_NOTE_DARK: Final = ("#3a3018", "#f3dfae")

_STYLE: Final = f"""
:root{{color-scheme:light dark;supported-color-schemes:light dark}}
@media (prefers-color-scheme:dark){{
.ground{{background:{_DARK.background}!important}}
.card{{background:{_DARK.surface}!important;color:{_DARK.text}!important;\
border-color:{_DARK.border}!important}}
.text{{background:{_DARK.surface}!important;color:{_DARK.text}!important;\
border-color:{_DARK.border}!important}}
.muted{{background:{_DARK.surface}!important;color:{_DARK.muted}!important;\
border-color:{_DARK.border}!important}}
.note{{background:{_NOTE_DARK[0]}!important;color:{_NOTE_DARK[1]}!important}}
}}
@media (max-width:480px){{.side{{padding-left:14px!important;padding-right:14px!important}}}}
@page{{size:A4;margin:12mm}}
@media print{{.ground{{background:#fff!important;padding:0!important}}\
.whole{{break-inside:avoid}}h2{{break-after:avoid}}}}
"""


def page(digest: Digest, pictures: Mapping[int, str], *, with_pdf: bool = False) -> str:
    """Return the page.

    Args:
        digest: what it says.
        pictures: number of a section to the address of its picture (``cid:`` or ``data:``).
        with_pdf: say that a PDF is attached.
    """
    language = digest.language
    sections = "".join(
        _section(section, pictures.get(number), language)
        for number, section in enumerate(digest.sections)
    )
    closing = [word("sent_by", language, site=digest.site)]
    if with_pdf:
        closing.insert(0, word("pdf_too", language))
    notes = _notes(digest.notes) if digest.notes else ""
    text = _look(_LIGHT.surface, _LIGHT.text)
    muted = _look(_LIGHT.surface, _LIGHT.muted)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="supported-color-schemes" content="light dark">'
        f"<title>{escape(digest.title)}</title><style>{_STYLE}</style></head>\n"
        f'<body class="ground" style="margin:0;padding:0;background:{_LIGHT.background}">'
        '<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" '
        f'style="background:{_LIGHT.background};font-family:{_FONT}"><tr>'
        '<td align="center" style="padding:16px 8px">'
        '<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" '
        f'style="max-width:{WIDTH}px;{text};border:1px solid {_LIGHT.border};border-radius:8px">'
        f'<tr><td class="text side" style="padding:22px 24px 4px;{text}">'
        f'<h1 class="text" style="margin:0;font-size:22px;line-height:1.3;{text}">'
        f"{escape(digest.title)}</h1>"
        f'<p class="muted" style="margin:4px 0 0;font-size:13px;{muted}">{escape(digest.site)} · '
        f"{escape(digest.period)}</p></td></tr>\n"
        f"{notes}{sections}"
        f'<tr><td class="muted side" style="padding:16px 24px 20px;font-size:12px;{muted}">'
        f"{'<br>'.join(map(escape, closing))}</td></tr></table></td></tr></table></body></html>\n"
    )


def _section(section: Section, picture: str | None, language: str) -> str:
    text = _look(_LIGHT.surface, _LIGHT.text)
    muted = _look(_LIGHT.surface, _LIGHT.muted)
    said = "".join(
        f'<p class="text" style="margin:6px 0 0;font-size:15px;line-height:1.5;{text}">'
        f"{escape(each)}</p>"
        for each in section.answer
    )
    shown = ""
    if picture is not None:
        about = word("figure_of", language, title=section.title)
        about += ". " + " ".join(section.answer)
        shown = (
            f'<img src="{escape(picture)}" alt="{escape(about)}" width="{FIGURE_WIDTH}" '
            f'style="display:block;width:100%;max-width:{FIGURE_WIDTH + 80}px;height:auto;'
            'margin:12px 0 0;border-radius:6px;background:#ffffff">'
        )
    shown += "".join(
        f'<p class="muted" style="margin:2px 0 0;font-size:12px;{muted}">{escape(mark)}</p>'
        for mark in section.marks
    )
    return (
        f'<tr><td class="text side whole" style="padding:20px 24px 0;{text}">'
        f'<h2 class="text" style="margin:0;padding:14px 0 0;font-size:18px;line-height:1.3;'
        f'border-top:1px solid {_LIGHT.border};{text}">{escape(section.title)}</h2>'
        f'<p class="muted" style="margin:2px 0 0;font-size:13px;{muted}">'
        f"{escape(section.question)}</p>"
        f'<p class="muted" style="margin:2px 0 0;font-size:12px;{muted}">'
        f"{escape(section.period)}</p>{said}{shown}</td></tr>"
        f'<tr><td class="text side" style="padding:10px 24px 0;{text}">'
        f"{_table(section.table, language)}</td></tr>\n"
        f"{_notes(section.warnings, word('warnings', language))}"
    )


def _table(table: Table, language: str) -> str:
    if not table.rows:
        return ""
    text = _look(_LIGHT.surface, _LIGHT.text)
    muted = _look(_LIGHT.surface, _LIGHT.muted)
    line = f"border-bottom:1px solid {_LIGHT.border}"

    def cell(tag: str, value: str, number: int, look: str, kind: str) -> str:
        side = "right" if table.right[number] else "left"
        wrap = "white-space:nowrap" if table.right[number] else "word-break:break-word"
        pad = "padding:5px 0 5px 8px" if number else "padding:5px 0"
        return (
            f'<{tag} class="{kind}" align="{side}" valign="top" style="{pad};font-size:12px;'
            f"font-weight:{600 if tag == 'th' else 400};text-align:{side};"
            f'{wrap if tag == "td" else ""};{line};{look}">{escape(value)}</{tag}>'
        )

    head = "".join(
        cell("th", name, number, muted, "muted") for number, name in enumerate(table.header)
    )
    rows = []
    for values, small in zip(table.rows, table.small, strict=True):
        first, *others = values
        shown = [f"{first} *" if small else first, *others]
        look, kind = (muted, "muted") if small else (text, "text")
        rows.append(
            "<tr>" + "".join(cell("td", v, n, look, kind) for n, v in enumerate(shown)) + "</tr>"
        )
    below = []
    if table.more:
        below.append(word("more_rows", language, count=f"{table.more:,}"))
    if any(table.small):
        below.append(word("small", language))
    after = (
        f'<p class="muted" style="margin:4px 0 0;font-size:12px;{muted}">'
        f"{escape(' '.join(below))}</p>"
        if below
        else ""
    )
    return (
        '<table width="100%" cellpadding="0" cellspacing="0" '
        f'style="border-collapse:collapse"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>{after}"
    )


def _notes(notes: tuple[str, ...], heading: str = "") -> str:
    if not notes:
        return ""
    look = f"background:{_NOTE[0]};color:{_NOTE[1]}"
    told = f"<b>{escape(heading)}</b><br>" if heading else ""
    return (
        '<tr><td class="text side" style="padding:12px 24px 0">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr>'
        f'<td class="note" style="padding:8px 12px;font-size:13px;line-height:1.5;'
        f'border-radius:6px;{look}">{told}{"<br>".join(map(escape, notes))}</td></tr></table>'
        "</td></tr>\n"
    )


def _look(ground: str, ink: str) -> str:
    return f"background:{ground};color:{ink}"
