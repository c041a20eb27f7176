"""Who takes the steps of a funnel: rows of a trail, judged by its steps, and chains of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

from reports.chains import chains
from reports.funnel_question import FunnelQuestion
from reports.trail import Trail
from weblog.site.funnels import FunnelStep
from weblog.site.rules import Site

MILLISECOND: Final = timedelta(milliseconds=1)


def fits(trail: Trail, step: FunnelStep, site: Site) -> pl.Series:
    """Return which rows of ``trail.whats`` are ``step``.

    Pages, categories and products are viewed: a download that belongs to a product is no view of
    it. An event is the first of the site's whose path fits; a goal is reached by pages and events.
    """
    whats, kind = trail.whats, step.kind
    if kind == "paths":
        return trail.fits(*step.paths) & whats["is_page"]
    if kind == "goal":
        return (whats["goal"] == step.goal).fill_null(value=False)
    if kind == "event":
        found = ~whats["is_page"]
        for rule in site.events:
            here = trail.fits(*rule.paths)
            if rule.event == step.event:
                return found & here
            found &= ~here
        return found & False
    is_one: pl.Series = (whats[kind] == getattr(step, kind)).fill_null(value=False)
    return is_one & whats["is_page"]


def new_pages(trail: Trail) -> pl.Series:
    """Return which steps of the trail view another page than the visit did before: no reloads."""
    names = trail.whats["path"]
    known = names.unique().sort()
    number = names.cast(pl.Enum(known)).to_physical().cast(pl.UInt32)
    is_page = trail.told(trail.whats["is_page"])
    pages = trail.steps.filter(is_page)
    viewed = pages.select("session", number.gather(pages["what"]).alias("page"))
    page, session = pl.col("page"), pl.col("session")
    is_new = (page != page.shift(1)) | (session != session.shift(1))
    places = is_page.arg_true().filter(viewed.select(is_new.fill_null(value=True)).to_series())
    return pl.repeat(False, trail.steps.height, eager=True).scatter(places, True)


def funnel_chains(
    trail: Trail, question: FunnelQuestion, site: Site, people: pl.DataFrame | None
) -> pl.DataFrame:
    """Return one chain per session or person that took the first step.

    Args:
        trail: of the sessions asked about.
        question: which steps.
        site: whose events are meant.
        people: None to look at each session alone; else ``session``, ``person`` (u64) and
            ``key`` (which breaks ties between sessions), to look at all sessions of a person.

    Returns:
        ``unit``, ``depth``; of each step ``t0`` ... (when, milliseconds) and ``s0`` ... (which
        session); ``last``, the row in ``trail.steps`` of the last step reached.
    """
    masks = [fits(trail, step, site) for step in question.steps]
    anything = masks[0]
    for mask in masks[1:]:
        anything = anything | mask
    rows = trail.steps.with_row_index("place")
    if question.strict:
        is_new = new_pages(trail)
        rows = rows.with_columns(is_new.alias("is_new"), is_new.cum_sum().alias("pages"))
    rows = rows.filter(anything.gather(trail.steps["what"]))
    if people is None:
        rows = rows.with_columns(pl.col("session").alias("unit"))
    else:
        own = people.select("session", pl.col("person").alias("unit"), "key")
        rows = rows.join(own, on="session").sort("unit", "at", "key", "place")
    marked = rows.with_columns(
        mask.gather(rows["what"]).alias(f"is_{number}") for number, mask in enumerate(masks)
    )
    window = None
    if question.window is not None:
        window = question.window // MILLISECOND
    found = chains(marked, len(masks), window=window, strict=question.strict)
    ends = pl.coalesce(f"r{number}" for number in reversed(range(len(masks))))
    last = rows["place"].gather(found.select(ends.alias("end"))["end"]).alias("last")
    times = [
        rows[source].gather(found[f"r{number}"]).alias(f"{to}{number}")
        for number in range(len(masks))
        for source, to in (("at", "t"), ("session", "s"))
    ]
    return pl.DataFrame([found["unit"], found["depth"], *times, last])


def gone_to(trail: Trail, places: pl.Series) -> pl.Series:
    """Return the path viewed next after each step of the trail in its session; null: none.

    Args:
        trail: the trail.
        places: rows of ``trail.steps``.
    """
    new = new_pages(trail).arg_true()
    nth = new.search_sorted(places, side="right")
    there = pl.select(pl.when(nth < new.len()).then(nth).alias("nth"))["nth"]
    place = new.gather(there)
    sessions, whats = trail.steps["session"], trail.steps["what"]
    is_same = sessions.gather(place) == sessions.gather(places)
    within = pl.select(pl.when(is_same).then(whats.gather(place)).alias("what"))["what"]
    return trail.whats["path"].gather(within).alias("next_page")
