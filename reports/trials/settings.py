"""Questions about site rules that somebody proposes: the functions behind ``weblog check``."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import polars as pl

from reports.site_check import site_errors
from weblog.errors import SiteError, WeblogError
from weblog.ledger import ledger
from weblog.preview import Preview, preview
from weblog.site.proposed import differences, proposed
from weblog.site.rules import Site
from weblog.site_trial import compared
from weblog.store import Store, open_store

LINES: Final = 5000
"""Lines of a log that are tried, the first: as many as ``weblog check`` looks at."""

CHANGES: Final = 60
"""Changes that are told, those of most lines."""


def try_site(*, text: str, site: Site, store: str, lines: str) -> dict[str, Any]:
    """Check proposed rules, and try them on lines beside the rules in force.

    Args:
        text: the rules proposed.
        site: those in force.
        store: a folder; its newest log that is still there is tried.
        lines: of a log, tried instead; empty: none.

    Returns:
        ``faults`` (where, value, expected), ``unopened`` (settings that name files which were not
        opened), ``problems`` of tables, as texts. Without faults also ``differences`` (place,
        before, after) and the trial: ``log`` (name), ``lines``, ``counts``, ``changes``, or
        ``untried``: why there is none.
    """
    proposal = proposed(text, site)
    found: dict[str, Any] = {"unopened": list(proposal.unopened), "faults": [], "problems": []}
    for error in site_errors(proposal.draft):
        if isinstance(error, SiteError):
            found["faults"] += [list(map(str, fault)) for fault in error.faults]
        else:
            found["problems"].append(str(error))
    if found["faults"]:
        return found
    after = proposal.draft.site
    # What was not opened is compared as it was written, not as if it were not there.
    named = _as_written(text, after, proposal.unopened)
    found["differences"] = [asdict(each) for each in differences(site, named)]
    return found | _tried(site, after, open_store(store), lines)


def _as_written(text: str, site: Site, unopened: tuple[str, ...]) -> Site:
    from weblog.site.load import told_by  # noqa: PLC0415  beside its only use

    rules, _ = told_by(text)
    for place in unopened:
        section, name = place.split(".")
        value = rules[section][name]
        whole = getattr(site, section).model_copy(update={name: value})
        site = site.model_copy(update={section: whole})
    return site


def _tried(before: Site, after: Site, store: Store, lines: str) -> dict[str, Any]:
    if lines.strip():
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "access.log"
            file.write_text(lines if lines.endswith("\n") else lines + "\n", encoding="utf-8")
            return _compared(file, "", before, after, force=True)
    log = newest_log(store)
    if log is None:
        return {"untried": "no_log"}
    return _compared(log, log.name, before, after, force=False)


def newest_log(store: Store) -> Path | None:
    """Return the log of the store that has the newest lines and can still be read."""
    logs = ledger(store).filter(pl.col("lines") > 0).sort("last", "path", nulls_last=False)
    for path in reversed(logs["path"].to_list()):
        file = Path(path)
        if file.is_file():
            return file
    return None


def _compared(file: Path, shown: str, before: Site, after: Site, *, force: bool) -> dict[str, Any]:
    try:
        one, other = (
            preview(file, site, log_format=None, lines=LINES, force=force)
            for site in (before, after)
        )
    except WeblogError as error:
        problem = str(error).replace(str(file), shown or "the lines")
        return {"untried": "unreadable", "problem": problem}
    counts, changes = compared(one, other)
    return {
        "log": shown,
        "lines": one.lines,
        "counts": counts.to_dicts(),
        "changed_lines": _differing(one, other),
        "more_changes": max(changes.height - CHANGES, 0),
        "changes": changes.head(CHANGES).to_dicts(),
        "visitors": [_visitors(one), _visitors(other)],
    }


def _differing(one: Preview, other: Preview) -> int:
    from weblog.site_trial import JUDGED, judged  # noqa: PLC0415  beside its only use

    both = judged(one).join(judged(other), on="line", suffix="_after")
    differs = [pl.col(name).ne_missing(pl.col(f"{name}_after")) for name in JUDGED]
    return int(both.select(pl.any_horizontal(differs).sum()).item())


def _visitors(seen: Preview) -> int:
    return seen.hits["visitor_id"].cast(pl.String).n_unique()
