"""Companies made by chance with what is true of them, to see how often intervals are right."""

from __future__ import annotations

import numpy as np
import polars as pl


def company_of_tastes(
    rng: np.random.Generator, *, groups: int = 7, names: int = 9, spread: float = 0.35
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return views, members and true indices of one company.

    A visitor has a taste of his own (Dirichlet about the group's), and each of his sessions has
    one about his: views of a visitor, and more so of a session, resemble each other. Groups have
    40 to 800 visitors of 1 to many sessions.
    """
    everyones = rng.dirichlet(np.full(names, 3.0)) * 0.9 + 0.1 / names
    own = everyones * rng.lognormal(0.0, spread, (groups, names))
    own /= own.sum(axis=1, keepdims=True)
    people = np.exp(rng.uniform(np.log(40), np.log(800), groups)).astype(int)
    group = np.repeat(np.arange(groups), people)
    taste = drawn_tastes(rng, own[group], 3.0)
    sessions = 1 + rng.geometric(0.6, len(group)) * (rng.random(len(group)) < 0.4)
    visitor = np.repeat(np.arange(len(group)), sessions)
    length = rng.geometric(0.25, len(visitor))
    seen = rng.multinomial(length, drawn_tastes(rng, taste[visitor], 4.0))
    row, name = np.nonzero(seen)
    n = seen[row, name]
    views = pl.DataFrame(
        {
            "session": row,
            "visitor": visitor[row],
            "name": [f"c{k}" for k in name],
            "n": n,
            "weight": n.astype(float),
            "square": n.astype(float),
        }
    )
    members = pl.DataFrame(
        {"session": np.arange(len(visitor)), "group": [f"g{k}" for k in group[visitor]]}
    )
    part = np.bincount(group[visitor], weights=np.full(len(visitor), 4.0), minlength=groups)
    index = 100 * own / ((part / part.sum()) @ own)
    at = np.indices(index.shape).reshape(2, -1)
    truth = pl.DataFrame(
        {
            "group": [f"g{k}" for k in at[0]],
            "name": [f"c{k}" for k in at[1]],
            "true": index.ravel(),
        }
    )
    return views, members, truth


def drawn_tastes(rng: np.random.Generator, about: np.ndarray, alike: float) -> np.ndarray:
    """Return a Dirichlet draw about each row."""
    drawn = rng.gamma(about * alike) + 1e-12
    shares: np.ndarray = drawn / drawn.sum(axis=1, keepdims=True)
    return shares
