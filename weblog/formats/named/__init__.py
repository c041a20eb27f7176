"""Formats that have a name: one row each, in a module per kind of writer.

A new format is a new row. Rows of one group are tried in order, groups in the order of
``weblog.formats.known.GROUPS``.
"""

from weblog.formats.named.row import NamedFormat

__all__ = ["NamedFormat"]
