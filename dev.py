#!/usr/bin/env python3
"""The developer's commands: set up, check, test, measure. CI runs the same ones.

Needs Python 3.11 or newer and nothing else; what it installs goes into ``.venv`` here.
``python3 dev.py --help`` lists the commands. The first command that fails ends the run.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CONSTRAINTS = ROOT / "constraints.txt"
NEEDS = (3, 11)
MADE_FROM = ("pyproject.toml", "constraints.txt", "hatch_build.py", "weblog/parse/native.c")
"""What an environment is made from: when one of these changes, it is set up anew."""

SYSTEM = {
    "chromium": "the browser tests",
    "goaccess": "the benchmark's comparison",
    "postgresql": "the tests that load a register from a real server",
    "fonts-noto-cjk": "Korean text in the browser tests",
    "openjdk-17-jre-headless": "the tests that run a Spark cluster",
}
"""Debian packages the tests need beyond Python's, and what for."""

# Many tests wait, for processes they started or for a clock: two of them to a processor.
EVERY_TEST = (
    *("-n", str(min(2 * (os.cpu_count() or 1), 8)), "--dist", "loadfile"),
    *("--no-loadscope-reorder", "--durations=25", "--durations-min=10", "--quiet"),
    *("-o", "tmp_path_retention_policy=failed"),  # in CI in memory: tests/support/shared.py
)

PINS_HEADER = """\
# Exact versions of everything a development environment installs, so that two machines, and
# the same machine next month, run the same code. Only for development and CI: whoever installs
# the package gets the ranges in pyproject.toml. Made anew by `python dev.py pins`.
"""


class StepError(Exception):
    """A step failed: what to say, and the code to leave with."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


# running things


def say(text: str) -> None:
    """Print a line about what is going on, at once and beside the output of programs."""
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


def run(name: str, *command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run one named step in the repository's root; stop everything if it fails."""
    words = [str(word) for word in command]
    shown = shlex.join(word.replace(f"{ROOT}/", "") for word in words)
    say(f"{name}: {shown}")
    sys.stdout.flush()
    started = time.monotonic()
    code = subprocess.run(
        words, cwd=ROOT, env={**os.environ, **(env or {})}, check=False
    ).returncode
    took = time.monotonic() - started
    if code != 0:
        raise StepError(f"{name} failed after {took:.1f} s. To repeat it: {shown}", code)
    say(f"{name}: {took:.1f} s")


def tool(name: str) -> Path:
    """Return the path of a program the environment installed."""
    return VENV / "bin" / name


# setting up


def wanted(extras: str) -> str:
    """Return the fingerprint of what an environment with these extras is made from."""
    said = [repr(sys.version_info[:2]), extras, str(ROOT)]
    said += [(ROOT / name).read_text("utf-8") for name in MADE_FROM]
    return hashlib.sha256("\0".join(said).encode()).hexdigest()


def is_ready(extras: str) -> bool:
    """Say whether the environment was set up for these extras, from these very files."""
    stamp = VENV / f".set-up-{extras or 'run'}"
    return PYTHON.exists() and stamp.is_file() and stamp.read_text() == wanted(extras)


def set_up(extras: str = "dev") -> None:
    """Make ``.venv`` and install the package and its extras; at once where that is done."""
    if is_ready(extras) or (not extras and is_ready("dev")):
        return
    cfg = VENV / "pyvenv.cfg"
    version = ".".join(str(part) for part in sys.version_info[:3])
    if not PYTHON.exists() or f"version = {version}\n" not in cfg.read_text("utf-8"):
        make_venv(VENV)
    say("installing packages; the first time this takes a minute or two")
    what = f".[{extras}]" if extras else "."
    run("packages", *pip(), "install", "--constraint", CONSTRAINTS, "--editable", what)
    (VENV / f".set-up-{extras or 'run'}").write_text(wanted(extras))


def pip(python: Path = PYTHON) -> list[str | Path]:
    """Return the command that runs pip: quiet, but not about errors."""
    return [python, "-m", "pip", "-qq", "--disable-pip-version-check", "--no-input"]


def make_venv(folder: Path) -> None:
    """Make a virtual environment; Debian's Python needs a package for that."""
    try:
        import ensurepip  # noqa: F401, PLC0415  Debian leaves it out of its Python
    except ImportError:
        install_system([f"python3.{sys.version_info[1]}-venv"], "making a virtual environment")
    run("environment", sys.executable, "-m", "venv", "--clear", folder)


def set_up_system() -> None:
    """Install what the tests need of the system, or say what is missing and stop."""
    missing = [name for name in SYSTEM if not has(name)]
    if missing:
        install_system(missing, ", ".join(SYSTEM[name] for name in missing))


def has(package: str) -> bool:
    """Say whether the system has what a Debian package of that name brings."""
    if package == "postgresql":  # Debian keeps the server's programs out of the path
        return bool(shutil.which("initdb") or [*Path("/usr/lib/postgresql").glob("*/bin/initdb")])
    if package == "openjdk-17-jre-headless":
        return shutil.which("java") is not None
    if package != "fonts-noto-cjk":
        return shutil.which(package) is not None
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    fonts = subprocess.run([lister, ":lang=ko"], capture_output=True, text=True, check=False)
    return bool(fonts.stdout.strip())


def install_system(packages: list[str], purpose: str) -> None:
    """Install Debian packages where this may do so, else say which to install and stop."""
    named = " ".join(packages)
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise StepError(
            f"{named}: missing, needed for {purpose}. Install with your system's package manager, "
            f"on Debian: sudo apt-get install {named}"
        )
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run("package lists", "apt-get", "-qq", "update", env=quiet)
    run("system packages", "apt-get", "-qq", "install", "--no-install-recommends", "-y", *packages,
        env=quiet)  # fmt: skip


# commands


def demo(arguments: list[str]) -> None:
    """Set up and run the demo: the sample company's logs, and the dashboard."""
    set_up(extras="")
    say("weblog demo")
    os.chdir(ROOT)
    os.execv(tool("weblog"), ["weblog", "demo", *arguments])  # noqa: S606  Ctrl+C is the demo's


def test(arguments: list[str]) -> None:
    """Set up, then run every check and all tests; with arguments, only those tests."""
    set_up_system()
    setup([])
    lint([])
    types([])
    imports([])
    unit(arguments)


def setup(_: list[str]) -> None:
    """Make .venv with everything development needs."""
    set_up("dev")


def lint(_: list[str]) -> None:
    """Check style and formatting (ruff)."""
    set_up()
    run("lint", tool("ruff"), "check", "--quiet", ".")
    run("format", tool("ruff"), "format", "--quiet", "--check", ".")


def types(_: list[str]) -> None:
    """Check types (mypy, strict)."""
    set_up()
    run("types", tool("mypy"))
    run("types of scripts", tool("mypy"), "dev.py", "docs/generate.py", "docs/links.py")


def imports(_: list[str]) -> None:
    """Check that imports point one way (import-linter)."""
    set_up()
    run("imports", tool("lint-imports"), "--no-cache")


def unit(arguments: list[str]) -> None:
    """Run the tests; with arguments (pytest's), only those."""
    set_up()
    run("tests", PYTHON, "-m", "pytest", *(arguments or EVERY_TEST))


def coverage(arguments: list[str]) -> None:
    """Run the tests and count the lines they cover, which takes twice the time."""
    set_up()
    # The threshold is in pyproject.toml. pytest's closing line ends the output.
    counted = ["--cov", "--cov-report=term"]
    run("coverage", PYTHON, "-m", "pytest", *counted, *(arguments or EVERY_TEST))


def bench(arguments: list[str]) -> None:
    """Measure lines per second and peak memory beside GoAccess (docs/benchmarks.md)."""
    set_up_system()
    set_up()
    run("benchmark", PYTHON, "-m", "benchmarks", *arguments)


def fuzz(arguments: list[str]) -> None:
    """Look for inputs that crash, hang or get lost, for an hour or --minutes (docs/testing.md)."""
    set_up("dev,fuzz")
    run("fuzzing", PYTHON, "-m", "fuzz", *arguments)


def prove(arguments: list[str]) -> None:
    """Try random logs against promises 1 to 3, other ones each time: --cases 20000."""
    set_up()
    parser = argparse.ArgumentParser(prog="dev.py prove")
    parser.add_argument("--cases", type=int, default=20_000, help="how many (default: 20000)")
    chosen, rest = parser.parse_known_args(arguments)
    chance = {"WEBLOG_CASES": str(chosen.cases), "WEBLOG_PROFILE": "chance"}
    run("proofs", PYTHON, "-m", "pytest", "tests/end_to_end/test_random_logs.py", *rest, env=chance)


def soak(arguments: list[str]) -> None:
    """Follow a log for --minutes that is written, rotated and whose reader is killed."""
    set_up()
    run("soak", PYTHON, "-m", "soak", *arguments)


def faults(arguments: list[str]) -> None:
    """Break disks, files, rights and clocks on purpose, and write down what was seen."""
    set_up()
    shown = arguments or ["--output", "docs/faults.json"]
    run("faults", PYTHON, "-m", "faults", *shown)


def releases(arguments: list[str]) -> None:
    """Build wheel and source archive twice, compare, install and try them (3.11 to 3.13)."""
    set_up()
    run("releases", PYTHON, "-m", "releases", *arguments)


def audit(arguments: list[str]) -> None:
    """Check the licences of what is installed, and what is known of its weaknesses."""
    set_up()
    run("licences", PYTHON, "-m", "releases.licences")
    run("weaknesses", PYTHON, "-m", "releases.weaknesses", *arguments)


def sanitize(arguments: list[str]) -> None:
    """Run the tests of the compiled part under the sanitizers (needs gcc)."""
    set_up()
    run("sanitizers", PYTHON, "-m", "releases.sanitized", *arguments)


def docs(_: list[str]) -> None:
    """Write the generated parts of the documentation anew, and build its site into ./site."""
    set_up()
    run("documentation", PYTHON, "docs/generate.py")
    quiet = {"NO_MKDOCS_2_WARNING": "1"}
    run("site", PYTHON, "-m", "mkdocs", "build", "--strict", "--quiet", env=quiet)
    run("links", PYTHON, "docs/links.py", "site")
    say("the documentation is at site/index.html")


def lists(_: list[str]) -> None:
    """Write the lists of robots, and those the tests measure with, anew from their packages."""
    set_up()
    run("lists", PYTHON, "weblog/classify/lists/refresh.py")


def pins(_: list[str]) -> None:
    """Write constraints.txt anew, from the newest versions that fit together."""
    with tempfile.TemporaryDirectory() as folder:
        make_venv(Path(folder))
        python = Path(folder) / "bin" / "python"
        run("newest packages", *pip(python), "install", f"{ROOT}[dev,fuzz]")
        # All: setuptools is what dash needs, and no tool of the environment's then.
        out = ("freeze", "--all", "--exclude", "pip", "--exclude", "weblog-insight")
        freeze = [str(word) for word in (*pip(python), *out)]
        frozen = subprocess.run(freeze, capture_output=True, text=True, check=True).stdout
    lines = sorted(frozen.split(), key=str.lower)
    CONSTRAINTS.write_text(PINS_HEADER + "\n".join(lines) + "\n", "utf-8")


def ci(_: list[str]) -> None:
    """Do what CI does: clone what is committed into a new folder, and run .ci/run there."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "weblog-insight"
        run("clone", "git", "clone", "--quiet", ROOT, clone)
        run("CI", clone / ".ci" / "run")


COMMANDS = (
    *(demo, test, setup, lint, types, imports, unit, coverage, bench, fuzz, prove, soak),
    *(faults, releases, audit, sanitize, docs, lists, pins, ci),
)
PASSING_ON = (
    *(demo, test, unit, coverage, bench, fuzz, prove, soak, faults, releases, audit, sanitize),
)
"""Commands that hand further arguments on to the program they run."""


def main() -> int:
    """Run the command named on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    choices = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        text = (command.__doc__ or "").strip()
        more = " Further arguments are passed on." if command in PASSING_ON else ""
        # No abbreviations: they would take options meant for the program that is run.
        sub = choices.add_parser(
            command.__name__, help=text, description=text + more, allow_abbrev=False
        )
        sub.set_defaults(command=command)
    # Whoever installs the package has its modules compiled; so has what is started here.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    chosen, rest = parser.parse_known_args()
    if rest and chosen.command not in PASSING_ON:
        parser.error(f"{chosen.command.__name__} takes no arguments: {shlex.join(rest)}")
    try:
        chosen.command(rest)
    except StepError as error:
        say(str(error))
        return error.code
    except KeyboardInterrupt:
        say("stopped")
        return 130
    return 0


if __name__ == "__main__":
    if sys.version_info < NEEDS:
        found = sys.version.split()[0]
        sys.exit(f"dev.py: needs Python 3.11 or newer, and this is {found} ({sys.executable})")
    sys.exit(main())
