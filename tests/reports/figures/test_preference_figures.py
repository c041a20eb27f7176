"""Figures of preference, associations and interest, drawn of the sample company."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest

import reports
from reports.figures import affinities
from reports.figures.theme import colours
from weblog.store import Store

WHOLE = reports.Filters(date(2025, 9, 2), date(2025, 11, 30), compare="none")
DRAWN = {
    "preference": "bar",
    "customer_preference": "bar",
    "associations": "scatter",
    "interest_to_purchase": "scatter",
    "time_to_purchase": "scatter",
    "interest_gap": "scatter",
}


def report(company: Store, name: str) -> reports.Report:
    found = getattr(reports, name)(company, WHOLE)
    assert isinstance(found, reports.Report)
    return found


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("ko", "dark")])
def test_a_figure_is_small_and_plain(company: Store, name: str, language: str, theme: str) -> None:
    shown = report(company, name)
    figure = shown.figure_dict(language, theme)
    assert {trace["type"] for trace in figure["data"]} == {DRAWN[name]}
    assert len(json.dumps(figure)) < 20_000
    assert figure["layout"]["paper_bgcolor"] == colours(theme).surface
    assert isinstance(shown.figure(language, theme), go.Figure)


def cell(figure: dict[str, Any], row: str, name: str) -> dict[str, Any]:
    (column,) = (trace for trace in figure["data"] if trace["name"] == name)
    place = column["y"].index(row)
    return {
        "colour": column["marker"]["color"][place],
        "opacity": column["marker"]["opacity"][place],
        "text": column["text"][place],
        "ink": column["textfont"]["color"][place],
    }


def test_the_heat_map_diverges_around_100_and_is_pale_where_it_may_be_chance(
    company: Store,
) -> None:
    shown = report(company, "preference")
    figure, paint = shown.figure_dict(), colours("light")
    for row in shown.frame.to_dicts():
        drawn = cell(figure, row["group"], row["name"])
        assert drawn["text"] == f"{row['index']:.0f}"
        assert drawn["colour"] == (paint.accent if row["index"] >= 100 else paint.average)
        assert (drawn["opacity"] > affinities.FAINT) == row["beyond_chance"]
        assert drawn["ink"] == (paint.text if row["beyond_chance"] else paint.muted)
        assert drawn["opacity"] <= affinities.FULLEST
    names = figure["layout"]["xaxis"]["ticktext"]
    assert names[0] == "products"  # what everybody views most
    assert figure["data"][0]["y"][0] == "first-time anonymous"


def test_more_groups_and_names_than_can_be_read_are_left_to_the_table() -> None:
    frame = pl.DataFrame(
        {
            "group": [f"g{k // 15}" for k in range(300)],
            "name": [f"n{k % 15}" for k in range(300)],
            "index": [100.0] * 300,
            "low": [90.0] * 300,
            "high": [110.0] * 300,
            "page_views": [1] * 300,
            "beyond_chance": [False] * 300,
            "small": [False] * 300,
            "everyone_share": [0.1] * 300,
        }
    )
    figure = affinities.groups(frame)
    assert len(figure["data"]) == affinities.COLUMNS
    assert len(figure["data"][0]["y"]) == affinities.ROWS


def test_found_pairs_stand_out_from_chance(company: Store) -> None:
    shown = reports.associations(company, WHOLE, outcome="bought", limit=None)
    figure, paint = shown.figure_dict("en"), colours("light")
    (points,) = figure["data"]
    drawn = shown.frame.filter(~pl.col("small"), pl.col("lift") > 0)
    assert points["y"][0] == "pension → annuity-savings"
    assert points["marker"]["color"] == [
        paint.accent if found else paint.compare for found in drawn["beyond_chance"]
    ]
    first = figure["layout"]["shapes"][0]
    row = drawn.row(0, named=True)
    assert (first["x0"], first["x1"]) == pytest.approx((row["low"], row["high"]))


def test_both_rates_reach_from_low_to_high(company: Store) -> None:
    shown = report(company, "interest_to_purchase")
    looked, others = shown.figure_dict()["data"]
    row = shown.frame.row(0, named=True)
    assert looked["x"][0] + looked["error_x"]["array"][0] == pytest.approx(row["viewed_high"])
    assert others["x"][0] - others["error_x"]["arrayminus"][0] == pytest.approx(row["others_low"])


def test_curves_rise_to_the_last_share_with_its_interval(company: Store) -> None:
    shown = report(company, "time_to_purchase")
    curve = shown.frame.filter(part="curve", product="annuity-savings").row(-1, named=True)
    first = shown.figure_dict()["data"][0]
    assert first["line"]["shape"] == "hv"
    assert first["y"] == sorted(first["y"])
    assert first["y"][-1] == pytest.approx(curve["share"])
    assert first["y"][-1] + first["error_y"]["array"][-1] == pytest.approx(curve["high"])
