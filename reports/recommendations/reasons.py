"""Why something is suggested: the piece of evidence that speaks for it most, and in words.

The reason of a suggestion is a code, the evidence, and its counts; English and Korean follow
from them. No reason names what the customer is (a segment, a sex, an age), only what kind of
thing is known.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from reports.figures.numbers import LANGUAGES
from reports.recommendations.associations import OWN
from reports.recommendations.history import CATEGORY, HELD, READ, VIEWED
from reports.recommendations.model import Method, Model
from reports.recommendations.settings import Name

REASONS: Final[dict[str, tuple[str, str]]] = {
    "own": ("Looked at before, not bought yet", "전에 살펴보았으나 아직 가입하지 않았습니다"),
    "together": (
        "{with} of {of} visits that {did} {thing} looked at it too: {times} times the usual share",
        "{did} {thing}: 그런 방문 {of}건 중 {with}건이 함께 봤습니다(평소의 {times}배)",
    ),
    "later": (
        "{with} of {of} people who {did} {thing} turned to it later: {times} times the usual share",
        "{did} {thing}: 그런 고객 {of}명 중 {with}명이 나중에 찾았습니다(평소의 {times}배)",
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
    VIEWED: ("looked at", "살펴본 상품"),
    HELD: ("bought", "가입한 상품"),
    READ: ("read", "읽은 글"),
    CATEGORY: ("read about", "읽은 분야"),
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
    """Return, of each suggestion with any evidence, the piece with the largest log lift."""
    found = model.found
    pairs = rows.select("person", "to").join(
        model.evidence.join(rows.select("person").unique(), on="person", how="semi"), on="person"
    )
    rows_, columns = pairs["from"].to_numpy(), pairs["to"].to_numpy()
    lifts = np.stack([relation.log_lift[rows_, columns] for relation in found.relations])
    # Of two relations of a piece, the one that says more is told, with its own numbers.
    which = lifts.argmax(axis=0)
    counts = np.stack([relation.counts[rows_, columns] for relation in found.relations])
    totals = np.stack([relation.of[rows_] for relation in found.relations])
    place = np.arange(len(which))
    told = pairs.with_columns(
        pl.Series("most", lifts[which, place]),
        pl.Series("with", counts[which, place]).cast(pl.Int64),
        pl.Series("of", totals[which, place]).cast(pl.Int64),
        pl.Series("relation", which),
    )
    named = [relation.name for relation in found.relations]
    evidence = found.evidence.select(
        pl.col("code").alias("from"), "evidence", pl.col("item").alias("thing")
    )
    best = (
        told.sort("person", "to", "most", "from", descending=[False, False, True, False])
        .unique(["person", "to"], keep="first", maintain_order=True)
        .join(evidence, on="from", how="left", maintain_order="left")
    )
    items = found.items.select(pl.col("code").alias("to"), "item")
    is_own = (pl.col("evidence") == OWN[found.kind]) & (pl.col("thing") == pl.col("item"))
    relation = pl.col("relation").replace_strict(
        list(range(len(named))), named, return_dtype=pl.String
    )
    return (
        best.join(items, on="to", how="left", maintain_order="left")
        .with_columns(pl.when(is_own).then(pl.lit("own")).otherwise(relation).alias("reason"))
        .select("person", "to", "most", "reason", "evidence", "thing", "with", "of")
    )


def in_words(rows: pl.DataFrame, names: tuple[Name, ...]) -> pl.DataFrame:
    """Add ``title_en``, ``title_ko``, ``why_en``, ``why_ko`` to suggestions with reasons.

    What has no name of its own in the settings is called by its key or path.
    """
    for place, language in enumerate(LANGUAGES):
        called = {name.item: getattr(name, language) for name in names}

        def title(of: str, called: dict[str, str] = called) -> pl.Expr:
            return pl.col(of).replace(list(called), list(called.values()))

        did = pl.col("evidence").replace({key: words[place] for key, words in DID.items()})
        filled = {
            "thing": title("thing"),
            "did": did,
            "with": pl.col("with").cast(pl.String),
            "of": pl.col("of").cast(pl.String),
            "times": pl.col("times").round(1).cast(pl.String),
        }
        why = pl.lit(None, pl.String)
        for reason, wordings in REASONS.items():
            why = (
                pl.when(pl.col("reason") == reason)
                .then(_formatted(wordings[place], filled))
                .otherwise(why)
            )
        rows = rows.with_columns(
            title("item").alias(f"title_{language}"), why.alias(f"why_{language}")
        )
    return rows


def _formatted(wording: str, values: dict[str, pl.Expr]) -> pl.Expr:
    """Return a wording with its braces filled in."""
    expr: list[pl.Expr] = []
    rest = wording
    while "{" in rest:
        before, _, rest = rest.partition("{")
        name, _, rest = rest.partition("}")
        expr += [pl.lit(before), values[name]]
    return pl.concat_str([*expr, pl.lit(rest)])
