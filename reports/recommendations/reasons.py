"""Why something is suggested: the piece of evidence that speaks for it most, and in words.

The reason of a suggestion is a code, the evidence, and its counts; English and Korean follow
from them. No reason names what the customer is (a segment, a sex, an age), only what kind of
thing is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from reports.figures.numbers import LANGUAGES
from reports.recommendations.associations import OWN, Floats
from reports.recommendations.history import CATEGORY, HELD, READ, VIEWED
from reports.recommendations.model import Method, Model
from reports.recommendations.settings import Name

REASONS: Final[dict[str, tuple[str, str]]] = {
    "own": ("Looked at before, not bought yet", "전에 살펴보았으나 아직 가입하지 않았습니다"),
    "together": (
        "{with} of {of} visits that {did} {thing} looked at it too: {times} times the usual share",
        "{thing} {did} 방문 {of}건 중 {with}건이 함께 봤습니다(평소의 {times}배)",
    ),
    "later": (
        "{with} of {of} people who {did} {thing} turned to it later: {times} times the usual share",
        "{thing} {did} 고객 {of}명 중 {with}명이 나중에 찾았습니다(평소의 {times}배)",
    ),
    "group": (
        "Popular with {of} customers like this one: {times} times the usual share",
        "비슷한 고객 {of}명에게 인기가 많습니다(평소의 {times}배)",
    ),
    "popular": ("Popular with all customers", "전체 고객에게 인기가 많습니다"),
    "picked": ("Picked by hand", "담당자가 고른 추천입니다"),
    "new": ("New", "새로 나왔습니다"),
}
"""Why, in English and Korean; braces are filled in from the suggestion."""

DID: Final = {
    VIEWED: ("looked at", "상품을 살펴본"),
    HELD: ("bought", "상품에 가입한"),
    READ: ("read", "글을 읽은"),
    CATEGORY: ("read about", "분야의 글을 읽은"),
}
"""What people did with a piece of evidence."""

WORTH_TELLING: Final = 1.1
"""Less often than this many times the usual share is no reason: popularity is."""

NONE: Final = (
    pl.lit(None, pl.String).alias("evidence"),
    pl.lit(None, pl.String).alias("thing"),
    pl.lit(None, pl.Int64).alias("with"),
    pl.lit(None, pl.Int64).alias("of"),
    pl.lit(None, pl.Float64).alias("times"),
)

COLUMNS: Final = ("reason", "evidence", "thing", "with", "of", "times")


def with_reasons(rows: pl.DataFrame, model: Model, method: Method) -> pl.DataFrame:
    """Add :data:`COLUMNS` to suggestions: what speaks for each of them most.

    Args:
        rows: as :func:`reports.recommendations.model.ranked` returns them.
        model: that ranked them.
        method: by which they were ranked.
    """
    if method == "popular" or rows.is_empty():
        return rows.with_columns(pl.lit("popular").alias("reason"), *NONE)
    grouped = rows.join(model.people, on="person", how="left", maintain_order="left")
    popular = model.popular
    groups, items = grouped["group"].to_numpy(), grouped["to"].to_numpy()
    by_group = grouped.with_columns(
        pl.Series("gain", popular.log_lift[groups, items]),
        pl.Series("of", popular.people[groups]),
        pl.Series("is_group", popular.level[groups] > 0),
    ).select("person", "to", "gain", "of", "is_group")
    best = _best_evidence(rows, model) if method == "evidence" else None
    found = rows.join(by_group, on=["person", "to"], how="left", maintain_order="left")
    if best is None:
        best = (
            rows.select("person", "to")
            .clear()
            .with_columns(
                pl.lit(None, pl.Float64).alias("most"),
                pl.lit(None, pl.String).alias("reason"),
                *NONE,
            )
        )
    found = found.join(best, on=["person", "to"], how="left", maintain_order="left", suffix="_told")
    most = pl.col("most").fill_null(0.0)
    least = float(np.log(WORTH_TELLING))
    by_evidence = (most > least) & (most >= pl.col("gain"))
    by_group_only = ~by_evidence & (pl.col("gain") > least) & pl.col("is_group")
    reason = (
        pl.when(by_evidence)
        .then("reason")
        .when(by_group_only)
        .then(pl.lit("group"))
        .otherwise(pl.lit("popular"))
    )
    of = pl.when(by_evidence).then("of_told").when(by_group_only).then(pl.col("of"))
    times = pl.when(by_evidence).then(pl.col("most").exp())
    return found.with_columns(
        reason.alias("reason"),
        of.cast(pl.Int64).alias("of"),
        times.when(by_group_only).then(pl.col("gain").exp()).alias("times"),
        *(pl.when(by_evidence).then(name).alias(name) for name in ("evidence", "thing", "with")),
    ).select(*rows.columns, *COLUMNS)


def _best_evidence(rows: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Return, of each suggestion with any evidence, the piece with the largest log lift.

    Of two relations of a piece, the one that says more is told, with its own numbers. Of equal
    pieces it is the first by name.
    """
    found = model.found
    strongest = np.max([relation.log_lift for relation in found.relations], axis=0)
    people = np.unique(rows["person"].to_numpy())
    known = model.evidence.filter(pl.col("person").is_in(pl.Series(people).implode()))
    place = np.searchsorted(people, known["person"].to_numpy())
    pieces = known["from"].to_numpy()
    parts = []
    for _, ranked in rows.group_by("rank", maintain_order=True):
        to = np.full(len(people), -1)
        to[np.searchsorted(people, ranked["person"].to_numpy())] = ranked["to"].to_numpy()
        there = to[place] >= 0
        who, piece = place[there], pieces[there]
        first = _first_largest(who, strongest[piece, to[who]])
        parts.append((people[who[first]], to[who[first]], piece[first]))
    who, to, piece = (np.concatenate(part) for part in zip(*parts, strict=True))
    lifts = np.stack([relation.log_lift[piece, to] for relation in found.relations])
    which, row = lifts.argmax(axis=0), np.arange(len(who))
    counts = np.stack([relation.counts[piece, to] for relation in found.relations])
    totals = np.stack([relation.of[piece] for relation in found.relations])
    named = pl.Series([relation.name for relation in found.relations])
    best = pl.DataFrame(
        {
            "person": who.astype(np.uint64),
            "to": to.astype(np.uint32),
            "most": lifts[which, row],
            "with": counts[which, row].astype(np.int64),
            "of": totals[which, row].astype(np.int64),
            "evidence": found.evidence["evidence"].gather(piece),
            "thing": found.evidence["item"].gather(piece),
            "item": found.items["item"].gather(to),
            "relation": named.gather(which),
        }
    )
    is_own = (pl.col("evidence") == OWN[found.kind]) & (pl.col("thing") == pl.col("item"))
    reason = pl.when(is_own).then(pl.lit("own")).otherwise("relation")
    return best.with_columns(reason.alias("reason")).drop("relation", "item")


def _first_largest(groups: NDArray[np.int64], values: Floats) -> NDArray[np.int64]:
    """Return where the first of the largest values of each group stands; groups are sorted."""
    if not len(groups):
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    largest = np.repeat(
        np.maximum.reduceat(values, starts), np.diff(np.append(starts, len(groups)))
    )
    places = np.flatnonzero(values == largest)
    _, first = np.unique(groups[places], return_index=True)
    found: NDArray[np.int64] = places[first]
    return found


def in_words(rows: pl.DataFrame, names: tuple[Name, ...]) -> pl.DataFrame:
    """Add ``title_en``, ``title_ko``, ``why_en``, ``why_ko`` to suggestions with reasons.

    What has no name of its own in the settings is called by its key or path.
    """
    said = ["item", *COLUMNS]
    # The same few thousand sentences are said to everybody: each is made once.
    once = rows.select(said).unique()
    for place, language in enumerate(LANGUAGES):
        called = {name.item: getattr(name, language) for name in names}
        once = once.with_columns(
            pl.col("item").replace(called).alias(f"title_{language}"),
            _why(place, called).alias(f"why_{language}"),
        )
    return rows.join(once, on=said, how="left", nulls_equal=True, maintain_order="left")


def _why(place: int, called: Mapping[str, str]) -> pl.Expr:
    """Return the reason in the language at ``place``, things being called as ``called`` says."""
    did = pl.col("evidence").replace({key: words[place] for key, words in DID.items()})
    filled = {
        "thing": pl.col("thing").replace(called),
        "did": did,
        "with": pl.col("with").cast(pl.String),
        "of": pl.col("of").cast(pl.String),
        "times": pl.col("times").round(1).cast(pl.String),
    }
    why = pl.lit(None, pl.String)
    for reason, wordings in REASONS.items():
        is_it = pl.col("reason") == reason
        why = pl.when(is_it).then(_formatted(wordings[place], filled)).otherwise(why)
    return why


def _formatted(wording: str, values: dict[str, pl.Expr]) -> pl.Expr:
    """Return a wording with its braces filled in."""
    expr: list[pl.Expr] = []
    rest = wording
    while "{" in rest:
        before, _, rest = rest.partition("{")
        name, _, rest = rest.partition("}")
        expr += [pl.lit(before), values[name]]
    return pl.concat_str([*expr, pl.lit(rest)])
