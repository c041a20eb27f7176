"""Faults of the store itself: files and commits that are damaged or gone."""

from __future__ import annotations

from typing import Final

from faults.fault import ANEW, INGEST, STATUS, Fault


def _overwritten(table: str, at: str) -> str:
    """Return what writes 80 characters over a data file of a table, from byte ``at`` on."""
    return (
        f"f=$(ls S/{table}/date*/*.parquet | head -1);"
        f" printf '%80s' x | dd of=$f bs=1 seek=$(({at})) conv=notrunc status=none"
    )


DAMAGED_STORES: Final = (
    Fault(
        "file-lost",
        "a data file of the store is gone",
        "rm $(ls S/sessions/date*/*.parquet | head -1)",
        "weblog report pages --store S",
        6,
        "is missing; `weblog doctor` tells all. Restore the store from a backup, or read the logs",
        ANEW,
    ),
    Fault(
        "file-cut",
        "a data file of the store was cut short",
        "truncate -s 1000 $(ls S/sessions/date*/*.parquet | head -1)",
        INGEST,
        6,
        "has 1,000 bytes, expected",
        ANEW,
    ),
    Fault(
        "file-flipped",
        "a data file of the store is damaged in the middle, as by a disk that loses a sector",
        _overwritten("sessions", "400"),
        "weblog sql 'select * from sessions' --store S",
        6,
        "`weblog doctor --deep` tells all. Restore the store from a backup, or read the logs",
        ANEW,
    ),
    Fault(
        "file-flipped-doctor",
        "the same, and the doctor looks",
        _overwritten("hits", "400"),
        "weblog doctor --deep --store S",
        1,
        "cannot be read",
        ANEW,
    ),
    Fault(
        "file-zeroed",
        "a data file of the store holds zeros, as after a power failure",
        "f=$(ls S/hits/date*/*.parquet | head -1);"
        " head -c $(stat -c %s $f) /dev/zero > zeros; mv zeros $f",
        "weblog sql 'select max(path) from hits' --store S",
        6,
        "cannot be read",
        ANEW,
    ),
    Fault(
        "footer-damaged",
        "the end of a data file, which says what is in it, is overwritten",
        _overwritten("sessions", "$(stat -c %s $f) - 80"),
        "weblog mart build --store S",
        6,
        "cannot be read",
        ANEW,
    ),
    Fault(
        "commit-lost",
        "a commit of the store is gone that readers had seen",
        "rm S/hits/_delta_log/*1.json",
        INGEST,
        6,
        "version 1 of table hits was published, and its commit is gone. Restore",
        ANEW,
    ),
    Fault(
        "commit-lost-status",
        "the same, and somebody asks what is in the store",
        "rm S/hits/_delta_log/*1.json",
        STATUS,
        6,
        "version 1 of table hits was published, and its commit is gone. Restore",
        ANEW,
    ),
    Fault(
        "commit-lost-report",
        "the same, and somebody asks for a report, of tables that are whole",
        "rm S/hits/_delta_log/*1.json",
        "weblog report site_status --store S",
        6,
        "version 1 of table hits was published, and its commit is gone. Restore",
        ANEW,
    ),
    Fault(
        "commit-lost-dashboard",
        "the same, and the dashboard is started",
        "rm S/hits/_delta_log/*1.json",
        "weblog dashboard --store S --port 0",
        6,
        "version 1 of table hits was published, and its commit is gone. Restore",
        ANEW,
    ),
    Fault(
        "commit-lost-alerts",
        "the same, and cron judges the alerts; so with every command that answers from the tables"
        " (tests/end_to_end/test_every_command.py)",
        "rm S/hits/_delta_log/*1.json",
        "weblog --quiet alerts check --store S",
        6,
        "version 1 of table hits was published, and its commit is gone. Restore",
        ANEW,
    ),
    Fault(
        "commit-lost-mart",
        "the same, and the data mart is built",
        "rm S/hits/_delta_log/*1.json",
        "weblog mart build --store S",
        6,
        "version 1 of table hits was published, and its commit is gone. Restore",
        f"test ! -e S/mart; {ANEW}",
    ),
    Fault(
        "commit-lost-export",
        "the same, and a person's data are to be handed out",
        "rm S/hits/_delta_log/*1.json",
        "weblog export --customer x --to x.zip --store S",
        6,
        "version 1 of table hits was published, and its commit is gone. Restore",
        f"test ! -e x.zip; {ANEW}",
    ),
    Fault(
        "commit-damaged",
        "a commit of the store is damaged",
        "echo '{' > $(ls S/sessions/_delta_log/*.json | tail -1)",
        STATUS,
        6,
        "table sessions cannot be read",
        ANEW,
    ),
    Fault(
        "table-lost",
        "a table of the store is gone",
        "rm -r S/visitors",
        INGEST,
        6,
        "table visitors cannot be read",
        ANEW,
    ),
    Fault(
        "key-lost",
        "the visitor key of the store is gone",
        "mv S/visitor.key key",
        INGEST,
        6,
        "visitor.key cannot be read",
        "mv key S/visitor.key",
    ),
    Fault(
        "marker-damaged",
        "the store's marker is damaged",
        "cp S/store.json kept; echo '{' > S/store.json",
        INGEST,
        6,
        "store.json cannot be read",
        "mv kept S/store.json",
    ),
    Fault(
        "published-damaged",
        "the list of what readers see is empty",
        ": > S/published.json",
        STATUS,
        6,
        "Remove published.json and run `weblog ingest`: the tables themselves are kept",
        "rm S/published.json",
    ),
    Fault(
        "locks-file",
        "something else lies where locks are",
        "rm -r S/locks; : > S/locks",
        INGEST,
        1,
        "S/locks: File exists. Something else lies there: move it away",
        "rm S/locks",
    ),
)
