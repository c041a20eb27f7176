"""Who of a list is held out: by lots that anybody can draw again.

The lot of a customer is SHA-256 of seed, list and id: neither the order of rows nor who else is on
the list changes it. Within each stratum those with the least lots are held out, so that its
share is exact up to rounding and not left to chance (Cochran (1977), "Sampling Techniques",
chapter 5: proportional allocation).
"""

from __future__ import annotations

import duckdb
import polars as pl


def lots(customers: pl.Series, name: str, seed: str) -> pl.Series:
    """Return the lot of each customer on the list called ``name``, as hexadecimal digits."""
    ids = pl.DataFrame({"place": range(len(customers)), "id": customers})
    draw = "SELECT place, sha256(concat(?, chr(10), ?, chr(10), id)) AS lot FROM ids ORDER BY place"
    with duckdb.connect(config={"enable_external_access": "false"}) as database:
        database.register("ids", ids.to_arrow())
        drawn = database.sql(draw, params=[seed, name]).to_arrow_table()
    return pl.DataFrame(drawn)["lot"].cast(pl.String)


def held_out(people: pl.DataFrame, name: str, seed: str, share: float) -> pl.Series:
    """Say who is held out.

    Args:
        people: ``customer_id``, each once, and ``stratum``; null is one of its own.
        name: of the list.
        seed: another one draws others.
        share: of each stratum.

    Returns:
        Booleans in the order of rows. Of N people N x share, rounded, are true; of each stratum
        its size x share, rounded up or down: up where most is lost by rounding down, of equals
        where the stratum is first by name.
    """
    drawn = people.select("stratum", lot=lots(people["customer_id"], name, seed))
    sizes = people.group_by("stratum").agg(pl.len().alias("size"))
    exact = pl.col("size") * share
    wanted = round(people.height * share)
    quotas = sizes.with_columns(quota=exact.floor().cast(pl.Int64), lost=exact - exact.floor())
    more = wanted - int(quotas["quota"].sum())
    ordered = quotas.sort(["lost", "stratum"], descending=[True, False], nulls_last=True)
    extra = (pl.int_range(pl.len()) < more).cast(pl.Int64)
    quotas = ordered.select("stratum", quota=pl.col("quota") + extra)
    place = pl.col("lot").rank("ordinal").over("stratum")
    ranked = drawn.with_columns(place=place).join(
        quotas, on="stratum", how="left", nulls_equal=True, maintain_order="left"
    )
    return ranked.select((pl.col("place") <= pl.col("quota")).alias("is_held_out")).to_series()
