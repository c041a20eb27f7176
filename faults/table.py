"""The faults: what is broken, the command that meets it, and what has to come of it.

Each begins in a folder with ``a.log`` and ``b.log``, 300 lines each, and a store ``S`` that
holds ``a.log``. ``$DROP`` is a prefix that takes root's right to read and write everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Needs = Literal["", "mount"]

INGEST: Final = "weblog ingest b.log --store S"
STATUS: Final = "weblog status --store S"
ANEW: Final = "rm -rf S"
"""A store that lost files is made anew from the logs."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A row: ``broken`` is done before ``command``, ``mended`` after it.

    ``code`` is the exit code, or one of ``also`` where it depends on the machine; ``says`` stands
    in what is said. ``needs`` is what a machine must let one do.
    """

    name: str
    what: str
    broken: str
    command: str
    code: int
    says: str
    mended: str = ":"
    needs: Needs = ""
    also: tuple[int, ...] = ()


FAULTS: Final = (
    Fault(
        "bomb",
        "a bomb: 100 MB in 100 kB of gzip, bzip2, xz or zstd",
        "head -c 100M /dev/zero | gzip > bomb.gz",
        "ulimit -v 4000000; weblog ingest bomb.gz --store S",
        4,
        "bomb.gz: line 1 is longer than 64 MiB. This is no access log.",
    ),
    Fault(
        "endless-line",
        "a line without an end",
        "head -c 80M /dev/zero | tr '\\0' x > long.log",
        "weblog ingest long.log --store S",
        4,
        "long.log: line 1 is longer than 64 MiB",
    ),
    Fault(
        "device",
        "a link to a device that never ends",
        "ln -s /dev/zero zero.log",
        "weblog ingest zero.log --store S",
        4,
        "zero.log: line 1 is longer than 64 MiB",
    ),
    Fault(
        "fifo",
        "a named pipe that nobody writes",
        "mkfifo pipe.log",
        "weblog ingest pipe.log --store S",
        4,
        "pipe.log: a named pipe that nobody wrote into for 5 s. Start what writes it first",
    ),
    Fault(
        "links",
        "links that lead round in a circle, and one to nowhere",
        "ln -s two.log one.log; ln -s one.log two.log; ln -s nowhere none.log",
        "weblog ingest one.log none.log --store S",
        4,
        "one.log: cannot be read (Too many levels of symbolic links)",
    ),
    Fault(
        "folder-in-itself",
        "a folder that holds a link to itself",
        "mkdir logs; cp b.log logs/; ln -s ../logs logs/again",
        "weblog ingest 'logs/**' --store S",
        0,
        "300 lines",
    ),
    Fault(
        "name",
        "a name that would make a terminal obey, and one that is too long",
        "true",
        "weblog ingest $'\\e]0;owned\\a.log' $(printf 'x%.0s' {1..300}) --store S",
        1,
        "File name too long",
    ),
    Fault(
        "pattern",
        "a pattern that is none, and one that leaves the folder",
        "true",
        "weblog ingest '[[[' '../**/none-of-*.such' --store S",
        4,
        "[[[: no file matches this pattern",
    ),
    Fault(
        "zip-names",
        "a zip archive whose files are named to leave it",
        'python3 -c \'import zipfile as z; z.ZipFile("z.zip", "w").write("b.log", "../../b.log")\'',
        "weblog ingest z.zip --store S",
        4,
        "left out: z.zip/../../b.log",
        "test ! -e ../../b.log",
    ),
    Fault(
        "rules-device",
        "site rules, or a table, that never end",
        "true",
        "weblog ingest b.log --store S --site /dev/zero",
        3,
        "/dev/zero: 1 fault in the site rules",
    ),
    Fault(
        "unreadable",
        "a log that may not be read",
        "chmod 000 b.log",
        "$DROP weblog ingest b.log --store S",
        4,
        "b.log: cannot be read (Permission denied)",
        "chmod 644 b.log",
    ),
    Fault(
        "store-rights",
        "a store that may not be written",
        "chmod -R a-w S",
        "$DROP weblog ingest b.log --store S",
        1,
        "S/locks/door: Permission denied. Run it as a user who may",
        "chmod -R u+w S",
    ),
    Fault(
        "no-room",
        "files may not get longer: a quota",
        "true",
        "ulimit -f 8; weblog ingest b.log --store S",
        6,
        "cannot be written",
    ),
    Fault(
        "disk-full",
        "the disk fills up",
        "mkdir D && mount -t tmpfs -o size=4m tmpfs D && mv S D/S && ln -s D/S S;"
        " head -c 9M /dev/zero > D/fill; truncate -s -40960 D/fill",
        INGEST,
        6,
        "No space left on device",
        "rm D/fill; weblog ingest b.log --store S; cp -a D/S T; umount D; rm S; mv T S",
        "mount",
    ),
    Fault(
        "read-only",
        "the disk is read-only",
        "mkdir D && mount -t tmpfs tmpfs D && mv S D/S && ln -s D/S S && mount -o remount,ro D",
        INGEST,
        1,
        "Read-only file system. A store can be read there; to write, mount it so",
        "cp -a D/S T; umount D; rm S; mv T S",
        "mount",
    ),
    Fault(
        "clock-back",
        "the clock goes back by a year",
        "true",
        "CLOCK_SHIFT=-31536000 LD_PRELOAD=$CLOCK weblog ingest b.log --store S",
        0,
        "300 lines",
    ),
    Fault(
        "clock-ahead",
        "the clock jumps ten years ahead, and what is old is removed",
        "weblog ingest b.log --store S",
        "CLOCK_SHIFT=315360000 LD_PRELOAD=$CLOCK weblog compact --store S",
        0,
        "",
    ),
    Fault(
        "open-files",
        "too many open files",
        "true",
        "ulimit -n 16; weblog ingest b.log --store S",
        16,
        "this machine: Too many open files. Allow more open files (`ulimit -n 1024`)",
    ),
    Fault(
        "memory",
        "not enough memory",
        "true",
        "export POLARS_MAX_THREADS=2 OPENBLAS_NUM_THREADS=1;"
        " ulimit -v 600000; weblog ingest b.log --store S",
        16,
        "memory: `ulimit -v` allows 585 MiB, and ingestion needs 976 or more",
    ),
    Fault(
        "killed",
        "killed in the middle (at any moment: tests/end_to_end/test_kill.py)",
        "true",
        "timeout -s KILL 0.8 weblog ingest b.log --store S",
        137,
        "",
        also=(0,),
    ),
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
        "S/locks: File exists",
        "rm S/locks",
    ),
)
"""All of them, in the order in which a log comes in."""
