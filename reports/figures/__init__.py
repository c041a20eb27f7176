"""Figures: functions from a report's rows to a plain dictionary that Plotly draws.

Plain, because Plotly's constructors take milliseconds and its default template adds 6.5 KB to
each figure; :meth:`reports.Report.figure` wraps one for a notebook.
"""

from __future__ import annotations
