"""The attribution benchmark: the same touches each time, every step measured."""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from benchmarks import attribution
from reports.attribution.models import MODELS


def test_touches_are_the_same_each_time_and_some_convert() -> None:
    touches = attribution.made(2_000)
    assert touches.equals(attribution.made(2_000))
    assert touches["person"].n_unique() == 2_000
    assert touches.filter("is_end").height == 2_000
    assert 0 < touches.filter(pl.col("conversions") > 0).height < 1_000


def test_every_model_is_measured(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    attribution.add_arguments(parser)
    options = parser.parse_args(["--paths", "2000", "--bootstrap", "10"])
    found = attribution.run(options, tmp_path)
    seconds = found["seconds"]
    assert isinstance(seconds, dict)
    assert seconds.keys() >= {"plain pass", "paths", *MODELS}
    assert found["touches"] == {"paths": 2_000, "touches": attribution.made(2_000).height}
