"""Ratios of observed to expected, drawn toward 1 as far as thin data ask for it.

The gamma-Poisson model of disproportionality (DuMouchel 1999, "Bayesian data mining in large
frequency tables", The American Statistician 53), with two changes. Counts are overdispersed: a
cell counts as the number of independent observations that know as much (Rao and Scott 1992, "A
simple method for the analysis of clustered binary data", Biometrics 48). And how much ratios
truly differ is not plugged in as if it were known, but averaged over what the data allow (Gelman
2006, "Prior distributions for variance parameters", Bayesian Analysis 1), so that intervals stay
honest with few groups.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from reports.intervals import Z95
from reports.tails import gamma_quantile, log_gamma

_SPREADS: Final = np.geomspace(0.02, 4.0, 48)
"""Standard deviations of true ratios that are tried: from 2 % to fourfold; before
seeing the data each is as likely (Gelman's uniform prior)."""

_CERTAIN: Final = 1e12
"""Independent observations of a ratio that has no variance."""


def shrunk(
    ratio: pl.Series, exposure: pl.Series, reach: pl.Series, block: pl.Series
) -> pl.DataFrame:
    """Return the ratios drawn toward 1, and what is known of them then.

    Args:
        ratio: observed / expected, not negative.
        exposure: independent observations expected: the sampling variance of a ratio whose true
            value is r is r / exposure; infinite for one that cannot differ.
        reach: how far each ratio can stray, as a factor of the spread: 1 - f where the group makes
            up the part f of what is expected, and pulls it along.
        block: which ratios spread alike, as numbers from 0.

    Returns:
        ``mean``, ``variance``, ``low``, ``high`` (95 % interval) and ``weight``, how much of the
        observed ratio is in the mean: mean = weight * ratio + (1 - weight) on average over the
        spreads the data allow.
    """
    r = ratio.to_numpy().astype(np.float64)
    e = np.minimum(exposure.to_numpy().astype(np.float64), _CERTAIN)
    strays = np.maximum(reach.to_numpy().astype(np.float64), 1e-6)
    alpha = 1 / (_SPREADS[:, None] * strays) ** 2
    chances = _chances(e * r, e, block.to_numpy(), alpha)
    weight = e / (alpha + e)
    mean = weight * r + (1 - weight)
    spread = mean / (alpha + e)
    middle = (chances * mean).sum(axis=0)
    rows = pl.DataFrame(
        {
            "mean": middle,
            "variance": (chances * (spread + mean**2)).sum(axis=0) - middle**2,
            "weight": (chances * weight).sum(axis=0),
        }
    ).with_columns(pl.col("variance").clip(0.0))
    ends = (gamma_quantile(pl.col("mean"), pl.col("variance"), z) for z in (-Z95, Z95))
    return rows.with_columns(
        end.alias(name) for end, name in zip(ends, ("low", "high"), strict=True)
    )


def _chances(
    seen: NDArray[np.float64],
    exposure: NDArray[np.float64],
    block: NDArray[np.int64],
    alpha: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return how likely each spread (row) is to be that of each cell's block (column)."""
    log_likelihood = (
        log_gamma(alpha + seen)
        - log_gamma(alpha + np.zeros_like(seen))
        - alpha * np.log1p(exposure / alpha)
        - seen * np.log1p(alpha / exposure)
    )
    log_likelihood = np.where(exposure < _CERTAIN, log_likelihood, 0.0)
    blocks = np.zeros((len(_SPREADS), int(block.max(initial=-1)) + 1))
    np.add.at(blocks.T, block, log_likelihood.T)
    blocks += np.log(np.gradient(_SPREADS))[:, None]  # each spread as likely, not each of the grid
    chances = np.exp(blocks - blocks.max(axis=0, initial=-np.inf, keepdims=True))
    normed: NDArray[np.float64] = chances / chances.sum(axis=0, keepdims=True)
    return normed[:, block]
