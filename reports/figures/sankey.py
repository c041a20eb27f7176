"""Flows from step to step: a Sankey diagram of shapes, which every build of Plotly can draw."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.sankey_nodes import Node, folded_links, nodes_of, placed, scale_of
from reports.figures.steps import step_name
from reports.figures.theme import Theme, colours, layout
from reports.figures.words import word

HEIGHT: Final = 460
NODE: Final = 0.05
"""Width of a node, as a part of a step's."""

STUB: Final = 0.05
THINNEST: Final = 1.8 / HEIGHT
"""Thinner bands than this are not drawn; the numbers of the nodes count them."""

CHARACTERS: Final = 22
NARROW: Final = (3, 4, 14)
"""On a phone: steps, nodes of each, and characters of a label."""


def figure(
    frame: pl.DataFrame, language: str = "en", theme: str = "light", *, narrow: bool = False
) -> dict[str, Any]:
    """Draw the links of :func:`reports.flows`; ``narrow`` for a phone: fewer steps and nodes.

    A node is as high as its sessions are many; the red end on its right is who left the site.

    Raises:
        UnknownNameError: no such language or theme.
    """
    if frame.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    most_steps, most_nodes, characters = NARROW if narrow else (99, 99, CHARACTERS)
    links = folded_links(frame, most_steps, most_nodes)
    nodes = nodes_of(links)
    steps = sorted({node.step for node in nodes.values()})
    shown_links = placed(nodes, links, steps)
    shapes = _bands(nodes, shown_links, steps, paint)
    shapes += _boxes(nodes, steps, paint)
    every = sorted(nodes.values(), key=lambda node: (node.step, node.top))
    total = max(sum(n.size for n in every if n.step == step) for step in steps)
    sizes = [numbers.number(round(node.size), language) for node in every]
    labels = [
        f"{step_name(node.name, language, characters)} {size}"
        for node, size in zip(every, sizes, strict=True)
    ]
    hovers = [
        f"{step_name(node.name, language, 60)}: {size} ({numbers.rate(node.size / total)})<br>"
        f"{word('left', language)}: {numbers.number(round(node.left), language)}"
        for node, size in zip(every, sizes, strict=True)
    ]
    scale = scale_of(nodes, steps)
    named = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [steps.index(node.step) + NODE / 2 for node in every],
        "y": [round(node.top + node.size * scale / 2, 4) for node in every],
        "marker": {"opacity": 0, "size": 14},
        "text": [f"  {label}" for label in labels],
        "textposition": "middle right",
        "textfont": {"color": paint.text, "size": 11},
        "cliponaxis": False,
        "customdata": hovers,
        "hovertemplate": "%{customdata}<extra></extra>",
        "name": word("sessions", language),
    }
    hidden = {"fixedrange": True, "visible": False}
    return {
        "data": [named],
        "layout": layout(
            theme,
            height=HEIGHT,
            margin={"l": 8, "r": 8, "t": 28, "b": 26},
            shapes=shapes,
            annotations=[*_titles(steps, language, paint), _legend(language, paint)],
            xaxis=hidden | {"range": [-0.02, len(steps) - 0.05]},
            yaxis=hidden | {"range": [1.0, 0.0]},
        ),
    }


def _titles(steps: list[int], language: str, paint: Theme) -> list[dict[str, Any]]:
    """Return the number of each step, above it; 0 is what was asked for."""
    said = [f"{step:+d}" if step else "0" for step in steps]
    if steps[0] > 0:
        said = [f"{word('step', language)} {step}" for step in steps]
    return [
        {
            "text": text,
            "showarrow": False,
            "x": place,
            "y": 1,
            "yref": "paper",
            "xanchor": "left",
            "yanchor": "bottom",
            "font": {"color": paint.muted, "size": 11},
        }
        for place, text in enumerate(said)
    ]


def _legend(language: str, paint: Theme) -> dict[str, Any]:
    return {
        "text": f"<span style='color:{paint.bad}'>▮</span> {word('left', language)}",
        "showarrow": False,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 0,
        "xanchor": "left",
        "yanchor": "top",
        "yshift": -4,
        "font": {"color": paint.muted, "size": 11},
    }


def _bands(
    nodes: dict[tuple[int, str], Node],
    links: list[tuple[Node, Node, float]],
    steps: list[int],
    paint: Theme,
) -> list[dict[str, Any]]:
    """Return a shape per node with the bands that lead out of it."""
    scale = scale_of(nodes, steps)
    drawn: dict[tuple[int, str], list[str]] = {}
    for source, target, sessions in links:
        thick = sessions * scale
        y0 = source.top + source.used_out * scale
        y1 = target.top + target.used_in * scale
        source.used_out += sessions
        target.used_in += sessions
        if thick < THINNEST:
            continue
        x0, x1 = steps.index(source.step) + NODE, float(steps.index(target.step))
        mid = round((x0 + x1) / 2, 3)
        a, b, c, d = (round(y, 4) for y in (y0, y1, y1 + thick, y0 + thick))
        drawn.setdefault((source.step, source.name), []).append(
            f"M {x0},{a} C {mid},{a} {mid},{b} {x1},{b} L {x1},{c} C {mid},{c} {mid},{d} {x0},{d} Z"
        )
    return [
        {
            "type": "path",
            "path": " ".join(paths),
            "fillcolor": paint.accent,
            "opacity": 0.2,
            "line": {"width": 0},
            "layer": "below",
        }
        for paths in drawn.values()
    ]


def _boxes(
    nodes: dict[tuple[int, str], Node], steps: list[int], paint: Theme
) -> list[dict[str, Any]]:
    """Return a box per node, and beside it one as high as those who left are many."""
    scale, rest = scale_of(nodes, steps), word("other_pages", "en")
    boxes = []
    for node in nodes.values():
        x, bottom = float(steps.index(node.step)), node.top + node.size * scale
        fill = paint.compare if node.name == rest else paint.accent
        boxes.append(_box(x, x + NODE, node.top, bottom, fill))
        if node.left:
            boxes.append(
                _box(x + NODE, x + NODE + STUB / 2, bottom - node.left * scale, bottom, paint.bad)
            )
    return boxes


def _box(x0: float, x1: float, y0: float, y1: float, fill: str) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": round(x0, 3),
        "x1": round(x1, 3),
        "y0": round(y0, 4),
        "y1": round(y1, 4),
        "fillcolor": fill,
        "line": {"width": 0},
        "layer": "below",
    }
