"""The tools that read the same log, as commands: ours, GoAccess, AWStats, DuckDB."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.processes import Contender

# Without TZ GoAccess asks for the zone's file at every line, which is a quarter slower.
_ENVIRONMENT = {"TZ": "UTC", "LANG": "C.UTF-8"}
_DEBIANS_AWSTATS = Path("/usr/lib/cgi-bin/awstats.pl")

_AWSTATS_CONF = """\
LogFile="{log}"
LogType=W
LogFormat=1
LogSeparator=" "
SiteDomain="www.shop.example"
HostAliases="www.shop.example localhost 127.0.0.1"
DNSLookup=0
DirData="{folder}"
"""


def weblog_ingest(name: str, log: Path, store: Path) -> Contender:
    """Return the whole main job, into a new store."""
    words = [sys.executable, "-m", "weblog", "ingest", str(log), "--store", str(store), "--quiet"]
    return Contender(name, words, prepare=lambda: shutil.rmtree(store, ignore_errors=True))


def goaccess(program: str, log: Path, folder: Path) -> Contender:
    """Return a GoAccess that parses, counts and writes its JSON report; two jobs if it can.

    Raises:
        SystemExit: there is no such program.
    """
    path = shutil.which(program)
    if path is None:
        sys.exit(f"{program}: no such program; on Debian, apt-get install goaccess")
    words = [path, str(log), "--log-format=COMBINED", "--no-progress", "-o", f"{folder}/out.json"]
    if "--jobs" in _said([path, "--help"]):
        words.append("--jobs=2")
    version = _said([path, "--version"]).split("\n")[0].split(" - ")[-1].rstrip(".")
    return Contender(f"goaccess {version}", words, env=_ENVIRONMENT)


def awstats(log: Path, folder: Path) -> Contender:
    """Return AWStats with a minimal configuration; no names are looked up.

    Raises:
        SystemExit: it is not installed.
    """
    program = shutil.which("awstats.pl") or str(_DEBIANS_AWSTATS)
    if not Path(program).is_file():
        sys.exit("awstats is not installed: on Debian, apt-get install awstats; or --skip awstats")
    data = folder / "awstats"

    def prepare() -> None:
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        (data / "awstats.bench.conf").write_text(_AWSTATS_CONF.format(log=log, folder=data))

    words = ["perl", program, "-config=bench", f"-configdir={data}", "-update"]
    version = "7.8" if "7.8" in _said(["perl", program, "-version"]) else ""
    name = f"awstats {version}".strip()
    return Contender(name, words, prepare, env={**_ENVIRONMENT, "LC_ALL": "C"}, is_slow=True)


def duckdb_parquet(log: Path, folder: Path) -> Contender:
    """Return DuckDB reading the log into one Parquet file."""
    out = folder / "duckdb.parquet"
    words = [sys.executable, "-m", "benchmarks.duckdb_parquet", str(log), str(out)]
    return Contender("duckdb read_csv", words)


def _said(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
