"""How much more each customer looks at each thing than everybody does: frames to frames.

One function, :func:`affinity`, for whoever needs a customer's taste: the report, a customer's
page, recommendations, rules. No disk, no clock.

The model is Buhlmann and Straub's credibility with two levels (Buhlmann and Gisler 2005, "A Course
in Credibility Theory and its Applications"): a customer's taste varies about the segment's, the
taste of a visit about the customer's, and page views about the visit's. How much, is measured
(:mod:`reports.likeness`). A visit counts as the number of independent views that say as much:
twenty pages of one evening are not twenty witnesses. Customers and names are numbers here, one
array operation for all of them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from reports.likeness import Likeness, likeness_of, worth
from reports.seen import Floats, Ints, Seen, numbered, sums
from reports.tails import beta_quantiles

SCHEMA: Final = pl.Schema(
    {
        "customer": pl.String(),
        "name": pl.String(),
        "rank": pl.Int64(),
        "page_views": pl.Int64(),
        **dict.fromkeys(
            ("weighted_views", "share", "everyone_share", "index", "low", "high", "evidence",
             "weight"), pl.Float64()
        ),
    }
)  # fmt: skip
"""Columns of :func:`affinity`."""


def affinity(
    views: pl.DataFrame,
    segments: pl.DataFrame,
    likeness: Likeness | None = None,
    *,
    listed: pl.Series | None = None,
    limit: int | None = None,
) -> pl.DataFrame:
    """Return a row per customer and name, also for names the customer never viewed.

    Args:
        views: ``customer``, ``session``, ``name`` (not null), ``n`` (page views) and ``aged`` (the
            session's weight, 1 for no ageing), a row per session and name; all customers, for
            their average is what each is compared with.
        segments: ``customer`` and ``segment`` (null: none), a row per customer.
        likeness: of views, by name; None to measure it on ``views``.
        listed: customers to tell of; None: all.
        limit: how many of them, those with most weighted views; None: all.

    Returns:
        :data:`SCHEMA`, ordered by customer and ``rank``. ``share`` is the customer's, drawn toward
        the segment's, and that toward everybody's, name by name (so shares sum to 1 only nearly);
        ``index`` is 100 x share / everyone_share, with a 95 % interval ``low`` to ``high`` (beta);
        ``evidence`` is the number of independent views the customer's are worth here, ``weight``
        how much they count. ``rank`` 1 is the highest index; ties go by name.
    """
    if views.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    return affinity_of(Seen.of(views), segments, likeness, listed=listed, limit=limit)


def affinity_of(
    seen: Seen,
    segments: pl.DataFrame,
    likeness: Likeness | None = None,
    *,
    listed: pl.Series | None = None,
    limit: int | None = None,
) -> pl.DataFrame:
    """Return :func:`affinity` of views that are numbers already; there is one at least."""
    alike = likeness or likeness_of(seen)
    own = alike.at(seen.name)
    votes = seen.summed(
        worth(own, seen.length[seen.session]) * seen.aged[seen.session]
        * seen.n / seen.length[seen.session]
    )  # fmt: skip
    total = _evidence(seen, alike)
    segment = pl.DataFrame({"customer": seen.customers}).join(
        segments, on="customer", how="left", maintain_order="left"
    )["segment"]
    everyones = votes.sum(axis=0) / total.sum(axis=0)
    share, spread = _shares(votes, total, numbered(segment)[1], everyones, alike.prior_views)
    weighted = seen.summed(seen.n * seen.aged[seen.session])
    shown = _shown(seen, weighted.sum(axis=1), listed, limit)
    share, spread, total = share[shown], spread[shown], total[shown]
    order = np.argsort(-np.round(share / everyones, 9), axis=1, kind="stable")
    return _rows(
        seen,
        (shown, order),
        {
            "page_views": seen.summed(seen.n)[shown],
            "weighted_views": weighted[shown],
            "share": share,
            "everyone_share": np.broadcast_to(everyones, share.shape),
            "evidence": total,
            "weight": total / spread,
            "of": spread,
        },
    )


def _shown(seen: Seen, most: Floats, listed: pl.Series | None, limit: int | None) -> Ints:
    """Return the places of the customers to tell of, ascending."""
    places = np.arange(len(seen.customers))
    if listed is not None:
        places = places[seen.customers.is_in(listed.implode()).to_numpy()]
    # Customers are in the order of their names, which breaks ties.
    first = np.argsort(-np.round(most[places], 6), kind="stable")
    return np.sort(places[first[:limit]])


def _evidence(seen: Seen, alike: Likeness) -> Floats:
    """Return how many independent views each customer's are worth, for each name."""
    columns = [
        sums(
            seen.owner,
            worth(alike.at(np.full(1, name)), seen.length) * seen.aged,
            len(seen.customers),
        )
        for name in range(len(seen.names))
    ]
    return np.maximum(np.column_stack(columns), 1e-12)


def _shares(
    votes: Floats, total: Floats, segment: Ints, everyones: Floats, prior: Floats
) -> tuple[Floats, Floats]:
    """Return each customer's shares, and how many views they are worth with the prior's.

    A segment's share is drawn toward everybody's by as much as one customer's is toward the
    segment's: small segments lean on everybody, large ones stand for themselves.
    """
    groups = int(segment.max(initial=-1)) + 1
    of_votes, of_total = np.zeros((groups, votes.shape[1])), np.zeros((groups, votes.shape[1]))
    np.add.at(of_votes, segment, votes)
    np.add.at(of_total, segment, total)
    of_segment = (of_votes + prior * everyones) / (of_total + prior)
    share = (votes + prior * of_segment[segment]) / (total + prior)
    return np.clip(share, 1e-12, 1 - 1e-12), total + prior


def _rows(seen: Seen, placed: tuple[Ints, Ints], matrices: dict[str, Floats]) -> pl.DataFrame:
    """Return matrices of customers and names as rows: which customers, their names in order."""
    (shown, order), names = placed, len(seen.names)
    flat = {name: np.take_along_axis(m, order, axis=1).ravel() for name, m in matrices.items()}
    place = shown.repeat(names)
    rank = np.tile(np.arange(1, names + 1), len(shown))
    rows = pl.DataFrame(
        {"customer": seen.customers.gather(place), "name": seen.names.gather(order.ravel())}
        | {"rank": rank, **flat}
    )
    share, of, scale = pl.col("share"), pl.col("of"), 100 / pl.col("everyone_share")
    low, high = beta_quantiles(share * of, (1 - share) * of)
    # With one name alone everybody's share is 1, whatever they viewed.
    alone = pl.lit(names == 1)
    ends = (pl.when(alone).then(100.0).otherwise(scale * end) for end in (low, high))
    return rows.with_columns(
        pl.when(alone).then(100.0).otherwise(scale * share).alias("index"),
        *(end.alias(name) for name, end in zip(("low", "high"), ends, strict=True)),
    ).select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
