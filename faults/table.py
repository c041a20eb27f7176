"""The faults: what is broken, the command that meets it, and what has to come of it.

Each begins in a folder with ``a.log`` and ``b.log``, 300 lines each, and a store ``S`` that
holds ``a.log``. ``$DROP`` is a prefix that takes root's right to read and write everything.
"""

from __future__ import annotations

from typing import Final

from faults.damaged_stores import DAMAGED_STORES
from faults.fault import INGEST, Fault

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
    *DAMAGED_STORES,
)
"""All of them, in the order in which a log comes in."""
