"""Run all checks of a store in the order in which one makes the next possible."""

from __future__ import annotations

from weblog.doctor import contacts, folder, lines
from weblog.doctor.finding import Finding
from weblog.store import Store


def examine(store: Store, *, deep: bool = False) -> list[Finding]:
    """Check files, tables, ledger, marks, lines, keys and dates of a store's newest state.

    Args:
        store: the store, which may be damaged.
        deep: decode every file, instead of looking at its size and footer alone.

    Returns:
        What was found; nothing where all is well. Where tables or files are missing, what
        depends on them is not looked at.
    """
    found = [*folder.small_files(store), *folder.tables(store)]
    if any(each.check == "tables" and each.level == "fault" for each in found):
        return found
    found += folder.data_files(store, deep=deep)
    if any(each.check == "files" and each.table for each in found):
        return found
    head = store.head()
    found += folder.left_over(store)
    checks = (lines.balance, lines.gaps, lines.marks, lines.twice, lines.keys, contacts.runs)
    for check in checks:
        found += check(head)
    return [*found, *lines.dates(store, head)]
