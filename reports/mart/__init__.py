"""The data mart: documented tables over the store, for DuckDB, pandas, Spark and BI tools.

::

    from reports import mart

    mart.VIEWS["sessions_flat"].rows(store.snapshot())  # a polars LazyFrame
"""

from reports.mart.registry import VIEWS, chosen_views
from reports.mart.view import ViewSpec

__all__ = ["VIEWS", "ViewSpec", "chosen_views"]
