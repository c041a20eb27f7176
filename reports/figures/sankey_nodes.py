"""Where the nodes of a Sankey diagram stand, and which are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from reports.figures.words import word

GAP: Final = 0.045
"""Between two nodes of a step, as a part of the figure's height."""


@dataclass(slots=True)
class Node:
    """One page or category at one step; sizes are sessions, ``top`` a part of the height."""

    name: str
    step: int
    size: float = 0.0
    left: float = 0.0
    top: float = 0.0
    used_in: float = 0.0
    used_out: float = 0.0


def folded_links(frame: pl.DataFrame, most_steps: int, most_nodes: int) -> pl.DataFrame:
    """Return the links between the steps shown: those nearest to where the steps are counted from.

    What led on to a step that is not shown is "more".
    """
    ends = [frame.filter(pl.col(side).is_not_null())["step"] + shift
            for side, shift in (("from", 0), ("to", 1))]  # fmt: skip
    numbered = sorted({*ends[0], *ends[1]})
    half = max(1, most_steps // 2)
    if numbered[0] > 0:
        kept = numbered[:most_steps]
    elif numbered[-1] > 0:
        kept = [step for step in numbered if -half <= step <= half]
    else:
        kept = numbered[-most_steps:]
    from_in = pl.col("step").is_between(kept[0], kept[-1])
    to_in = (pl.col("step") + 1).is_between(kept[0], kept[-1])
    links = frame.filter(from_in | to_in).select(
        "step",
        (pl.col("step") + 1).alias("to_step"),
        pl.when(from_in).then("from").alias("from"),
        pl.when(to_in).then("to").alias("to"),
        "kind",
        "sessions",
    )
    rest = word("other_pages", "en")
    for side, step in (("from", "step"), ("to", "to_step")):
        called = _called(links, most_nodes, rest)
        links = links.join(
            called.rename({"at": step, "name": side}), on=[step, side], how="left",
            maintain_order="left",
        ).with_columns(pl.coalesce("called", side).alias(side)).drop("called")  # fmt: skip
    return (
        links.group_by("step", "from", "to", "kind", maintain_order=True)
        .agg(pl.col("sessions").sum())
        .filter(pl.col("from").is_not_null() | pl.col("to").is_not_null())
    )


def _called(links: pl.DataFrame, most: int, rest: str) -> pl.DataFrame:
    """Return ``at``, ``name`` and ``called``: of each step's nodes the largest keep their name."""
    sizes = (
        pl.concat(
            links.select(
                pl.col(step).alias("at"), pl.col(side).alias("name"), "sessions", side=pl.lit(side)
            )
            for side, step in (("from", "step"), ("to", "to_step"))
        )
        .drop_nulls("name")
        .group_by("at", "name", "side")
        .agg(pl.col("sessions").sum())
        .group_by("at", "name")
        .agg(pl.col("sessions").max())
        .with_columns((pl.col("name") == rest).alias("is_rest"))
        .sort("at", "is_rest", "sessions", "name", descending=[False, False, True, False])
    )
    is_rare = (pl.int_range(pl.len()).over("at") >= most) | pl.col("is_rest")
    return sizes.select(
        "at", "name", pl.when(is_rare).then(pl.lit(rest)).otherwise("name").alias("called")
    )


def nodes_of(links: pl.DataFrame) -> dict[tuple[int, str], Node]:
    """Return the nodes by step and name: as large as what came in or went out."""
    into: dict[tuple[int, str], float] = {}
    out: dict[tuple[int, str], float] = {}
    nodes: dict[tuple[int, str], Node] = {}
    for row in links.to_dicts():
        for side, at, sums in (("from", row["step"], out), ("to", row["step"] + 1, into)):
            if row[side] is not None:
                key = (at, row[side])
                node = nodes.setdefault(key, Node(row[side], at))
                sums[key] = sums.get(key, 0) + row["sessions"]
                if side == "from" and row["kind"] == "left":
                    node.left += row["sessions"]
    for key, node in nodes.items():
        node.size = max(into.get(key, 0), out.get(key, 0))
    return nodes


def scale_of(nodes: dict[tuple[int, str], Node], steps: list[int]) -> float:
    """Return the height of one session, the fullest step filling the figure."""
    columns = [[n.size for n in nodes.values() if n.step == step] for step in steps]
    most = max(len(column) for column in columns)
    return (1 - GAP * (most - 1) - 0.02) / max(sum(column) for column in columns)


def placed(
    nodes: dict[tuple[int, str], Node], links: pl.DataFrame, steps: list[int]
) -> list[tuple[Node, Node, float]]:
    """Place the nodes, the largest of each step on top; return the links between them in order."""
    scale, rest = scale_of(nodes, steps), word("other_pages", "en")
    for step in steps:
        top = 0.01
        own = [node for node in nodes.values() if node.step == step]
        for node in sorted(own, key=lambda each: (each.name == rest, -each.size, each.name)):
            node.top = top
            top += node.size * scale + GAP
    found = [
        (nodes[row["step"], row["from"]], nodes[row["step"] + 1, row["to"]], float(row["sessions"]))
        for row in links.to_dicts()
        if row["from"] is not None and row["to"] is not None
    ]
    return sorted(found, key=lambda link: (link[0].step, link[0].top, link[1].top))
