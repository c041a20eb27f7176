"""What the page of settings asks of the server: the rules in force, and a trial of others.

It writes nothing. A webhook's address may be a secret by itself: its path is not shown, and takes
no part in a trial.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from dashboard.access.roles import reader
from dashboard.cards.guard import Data
from dashboard.columns.quality import WORDS as LINES
from dashboard.desk.desk import Action, Desk, refused, text_of
from dashboard.fault_words import fault_word
from dashboard.settings_words import SECTIONS
from dashboard.value_names import value_name
from dashboard.words import word
from weblog.site import Site, draft_site

HIDDEN: Final = "•••"

LONGEST_LINES: Final = 500_000
"""Characters of pasted lines."""


def load(desk: Desk, _: dict[str, Any], language: str) -> Data:
    """Return the rules in force as sections and as text."""
    path = desk.files.site
    desk.aside.warm()
    text, note = "", word("no_site_file", language)
    if path is not None:
        text, note = _text(desk, Path(path)), ""
        if draft_site(path).site != desk.site:
            note = word("file_differs", language, path=path)
    return {
        "state": "ready",
        "path": path or "",
        "text": text,
        "note": note,
        "sections": sections(desk.site, language),
        "stays": word("stored_stays", language),
        "commands": _commands(desk),
    }


def _text(desk: Desk, path: Path) -> str:
    try:
        return _masked(path.read_text("utf-8-sig"), desk.site)
    except (OSError, UnicodeDecodeError):
        return ""


def sections(site: Site, language: str) -> list[Data]:
    """Return each section with what it is about, its settings, and whether the file sets them."""
    values = site.model_dump(mode="json", by_alias=True)
    set_here = site.model_dump(mode="json", by_alias=True, exclude_unset=True)
    found = []
    for name, (english, korean) in SECTIONS.items():
        value = values[name]
        parts = value if isinstance(value, dict) else {"": value}
        said = set_here.get(name)
        rows = [
            {
                "name": key,
                "value": _masked(_shown(each, language), site),
                "is_set": name in set_here and (key in said if isinstance(said, dict) else True),
            }
            for key, each in parts.items()
        ]
        about = korean if language == "ko" else english
        found.append({"name": name, "about": about, "rows": rows})
    return found


def _shown(value: Any, language: str) -> str:
    if value is None or value in ("", [], {}):
        return word("nothing_set", language)
    if isinstance(value, bool):
        return word("yes" if value else "no", language)
    if isinstance(value, list):
        if all(not isinstance(each, dict | list) for each in value):
            return ", ".join(str(each) for each in value)
        return "\n".join(_entry(each) for each in value)
    if isinstance(value, dict):
        return _entry(value)
    return str(value)


def _entry(entry: Any) -> str:
    """Return an entry of a list of tables on a line, without what it leaves open."""
    if not isinstance(entry, dict):
        return json.dumps(entry, ensure_ascii=False)
    said = {key: each for key, each in entry.items() if each not in (None, "", [], {}, False)}
    return "; ".join(
        f"{key} = {each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)}"
        for key, each in said.items()
    )


def _addresses(site: Site) -> dict[str, str]:
    """Return the addresses of webhooks, and what is shown instead."""
    found = {}
    for webhook in site.webhooks:
        if webhook.url is not None:
            parts = urlsplit(webhook.url)
            found[webhook.url] = f"{parts.scheme}://{parts.netloc}/{HIDDEN}-{webhook.webhook}"
    return found


def _masked(text: str, site: Site) -> str:
    for address, shown in _addresses(site).items():
        text = text.replace(address, shown)
    return text


def _without_addresses(site: Site) -> Site:
    """Return the rules with what is shown in place of the addresses of webhooks.

    So a trial compares text with text, and never holds an address: who writes the rules cannot
    have it told, cut in two or matched sign by sign.
    """
    shown = _addresses(site)
    webhooks = [
        each.model_copy(update={"url": shown[each.url]}) if each.url is not None else each
        for each in site.webhooks
    ]
    return site.model_copy(update={"webhooks": type(site.webhooks)(webhooks)})


def _commands(desk: Desk) -> list[str]:
    site, store = desk.files.site or "site.toml", str(desk.store.folder)
    return [
        f"weblog check access.log --site {shlex.quote(site)}",
        f"weblog ingest access.log --store {shlex.quote(store)} --site {shlex.quote(site)}",
    ]


def try_site(desk: Desk, given: dict[str, Any], language: str) -> Data:
    """Check changed rules, and try them on lines beside the rules in force."""
    if desk.door.audit:
        desk.door.audit.record("site_tried", reader=reader())
    found = desk.aside.ask(
        "try_site",
        text=text_of(given, "text"),
        site=_without_addresses(desk.site),
        store=str(desk.store.folder),
        lines=text_of(given, "lines", LONGEST_LINES),
    )
    if "answer" not in found:
        return refused(_masked(str(found.get("refused")), desk.site))
    return shown_trial(found["answer"], desk, language)


def shown_trial(answer: dict[str, Any], desk: Desk, language: str) -> Data:
    """Return the data of a trial."""
    faults = [
        [where, _masked(value, desk.site), fault_word(_masked(expected, desk.site), language)]
        for where, value, expected in answer["faults"]
    ]
    names = ", ".join(answer["unopened"])
    notes = [word("unopened", language, names=names)] if names else []
    count = len(faults)
    shown: Data = {
        "state": "ready",
        "faults": faults,
        "problems": answer["problems"],
        "notes": notes,
        "summary": word("site_faults" if count else "site_valid", language, count=count),
    }
    if faults:
        return shown
    shown["differences"] = [
        [each["place"], *(_masked(_value(each[side], language), desk.site)
                          for side in ("before", "after"))]
        for each in answer["differences"]
    ]  # fmt: skip
    return shown | _shown_lines(answer, language)


def _value(value: Any, language: str) -> str:
    return _shown(value, language)


def _shown_lines(answer: dict[str, Any], language: str) -> Data:
    if "untried" in answer:
        problem = answer.get("problem", "")
        return {"tried": word(f"untried_{answer['untried']}", language, problem=problem)}
    before, after = (f"{count:,}" for count in answer["visitors"])
    tried = word(
        "tried_on",
        language,
        lines=f"{answer['lines']:,}",
        log=answer["log"] or word("pasted_lines", language),
        changed=f"{answer['changed_lines']:,}",
    )
    more = answer["more_changes"]
    return {
        "tried": f"{tried} {word('visitors_both', language, before=before, after=after)}",
        "counts": [
            [_kind(each["line_is"], language), f"{each['before']:,}", f"{each['after']:,}"]
            for each in answer["counts"]
        ],
        "changes": [
            [
                word(f"what_{each['what']}", language),
                *(_told(each["what"], each[side], language) for side in ("before", "after")),
                f"{each['lines']:,}",
                each["example"] or "",
            ]
            for each in answer["changes"]
        ],
        "more": word("more_changes", language, count=more) if more else "",
    }


def _kind(kind: str, language: str) -> str:
    """Return what a kind of line is called; the words of site.toml in English."""
    if kind == "skipped":
        return word("kind_skipped", language)
    return LINES[kind][1] if language == "ko" else kind


def _told(what: str, value: str | None, language: str) -> str:
    if value is None:
        return word("nothing_set", language)
    if what == "line_is":
        return _kind(value, language)
    if what == "customer_known":
        return word("yes" if value == "true" else "no", language)
    return value_name("channels", value, language) if what == "channel" else value


ACTIONS: Final = (
    Action("desk", "load", "analyst", load),
    Action("desk", "trial", "analyst", try_site),
)
