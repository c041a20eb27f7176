"""A line to columns at a separator, where a column may stand in quotes."""

from __future__ import annotations


def split_line(line: str, separator: str) -> list[str]:
    r'''Split one line; a column that begins with a quote ends with one before the separator.

    Within it ``""`` and ``\"`` stand for a quote. A quote that nothing closes is text.

    >>> split_line('a,"b, ""c""",,d"', ",")
    ['a', 'b, "c"', '', 'd"']
    '''
    columns: list[str] = []
    at = 0
    while at <= len(line):
        if line[at : at + 1] == '"' and (end := _closing(line, at + 1, separator)) is not None:
            columns.append(line[at + 1 : end].replace('""', '"').replace('\\"', '"'))
            at = end + 2
            continue
        end = line.find(separator, at)
        end = len(line) if end < 0 else end
        columns.append(line[at:end])
        at = end + 1
    return columns


def _closing(line: str, at: int, separator: str) -> int | None:
    """Return the place of the quote that closes what begins at ``at``."""
    while (end := line.find('"', at)) >= 0:
        if line[end + 1 : end + 2] == '"':
            at = end + 2
        elif line[end - 1] == "\\" and end > at:
            at = end + 1
        elif line[end + 1 : end + 2] in ("", separator):
            return end
        else:
            at = end + 1
    return None
