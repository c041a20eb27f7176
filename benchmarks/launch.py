"""Run a command and print, as JSON, what it took: ``python -I -S launch.py COMMAND ...``.

A process's peak memory begins with that of the process which started it (Linux takes the peak of
before ``exec`` over). So contenders are started from here, where nothing is loaded, and not from
the benchmark, which may have just held a log in memory.
"""

import json
import os
import subprocess
import sys
import time

began = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
wall = time.perf_counter() - began
process.returncode = os.waitstatus_to_exitcode(status)
print(
    json.dumps(
        {
            "code": process.returncode,
            "wall": wall,
            "cpu": usage.ru_utime + usage.ru_stime,
            "peak_mb": usage.ru_maxrss / 1024,
        }
    )
)
