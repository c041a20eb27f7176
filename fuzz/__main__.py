"""``python -m fuzz [--minutes 60] [TARGET ...]``: fuzz all targets, one after the other.

Each gets its share of the time. What is worth keeping of the corpus stays in ``fuzz/corpus``; an
input that breaks a promise, crashes or hangs is kept in ``fuzz/finds/TARGET``, where
``tests/fuzz`` tries it again. Leaves with code 1 if there is a new one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from fuzz.targets import TARGETS, Target

HERE = Path(__file__).resolve().parent
CORPUS, FINDS = HERE / "corpus", HERE / "finds"
LONGEST = 4096
"""Bytes of an input. Longer ones are for tests of their own: here they only take time."""

PATIENCE = 20
"""Seconds after which an input counts as hanging."""

MEMORY_MB = 2048


def main() -> int:
    """Fuzz, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="by default all")
    parser.add_argument("--minutes", type=float, default=60, help="for all targets together")
    parser.add_argument("--list", action="store_true", help="name the targets and stop")
    options = parser.parse_args()
    if options.list:
        print("\n".join(TARGETS))
        return 0
    if unknown := [name for name in options.targets if name not in TARGETS]:
        parser.error(f"no such target: {', '.join(unknown)}; see --list")
    chosen = {name: TARGETS[name] for name in options.targets or TARGETS}
    total = sum(target.weight for target in chosen.values())
    found: list[Path] = []
    for name, target in chosen.items():
        seconds = max(round(options.minutes * 60 * target.weight / total), 5)
        found += fuzz(name, target, seconds)
    print(f"{len(chosen)} targets, {options.minutes:g} minutes: {len(found)} new finds")
    for path in found:
        print(f"  {path.relative_to(HERE.parent)}")
    return 1 if found else 0


def fuzz(name: str, target: Target, seconds: int) -> list[Path]:
    """Fuzz one target and return the inputs that broke it; go on after one while time is left."""
    corpus, finds = CORPUS / name, FINDS / name
    for folder in (corpus, finds):
        folder.mkdir(parents=True, exist_ok=True)
    before = set(finds.iterdir())
    until = time.time() + seconds
    runs = 0
    while until - time.time() > 1:
        code, lately = one_run(name, target, corpus, finds, until)
        runs += lately
        if code == 0:
            break
    new = sorted(set(finds.iterdir()) - before)
    kept = len(list(corpus.iterdir()))
    print(f"{name}: {runs:,} inputs, {kept} kept, {len(new)} finds", flush=True)
    if not any(finds.iterdir()):
        finds.rmdir()
    return new


def one_run(name: str, target: Target, corpus: Path, finds: Path, until: float) -> tuple[int, int]:
    """Run libFuzzer until it finds something or the time is over; return its code and its runs."""
    seeds = corpus.with_name(f"{name}.seeds")
    shutil.rmtree(seeds, ignore_errors=True)
    seeds.mkdir()
    for i, seed in enumerate(target.seeds):
        (seeds / f"seed-{i}").write_bytes(seed)
    words = seeds.with_suffix(".words")
    words.write_text("".join(f'"{_quoted(word)}"\n' for word in target.words), "utf-8")
    command = [
        sys.executable, "-m", "fuzz.run", name, str(until), str(corpus), str(seeds),
        f"-max_len={LONGEST}", f"-timeout={PATIENCE}",
        f"-rss_limit_mb={MEMORY_MB}", f"-artifact_prefix={finds}/", "-print_final_stats=1",
    ]  # fmt: skip
    done = subprocess.run(
        [*command, f"-dict={words}"] if target.words else command,  # it refuses an empty one
        cwd=HERE.parent,
        env={**os.environ, "POLARS_MAX_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,  # exceptions are told on one, everything else on the other
        check=False,
    )
    shutil.rmtree(seeds)
    words.unlink()
    told = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0:
        at = told.find(" === Uncaught Python exception")
        end = told.find("==", at + 40) if at >= 0 else len(told)
        sys.stderr.write(f"{name}: {told[at if at >= 0 else -3000 : end]}\n")
        if "exec" not in told and "Uncaught" not in told:
            sys.exit(f"{name} could not be loaded")
    stat = "stat::number_of_executed_units:"
    runs = next((line.split()[1] for line in told.split("\n") if line.startswith(stat)), "0")
    return done.returncode, int(runs)


def _quoted(word: str) -> str:
    """Return a word as a dictionary of libFuzzer has it."""
    return word.replace("\\", "\\\\").replace('"', '\\"')


if __name__ == "__main__":
    sys.exit(main())
