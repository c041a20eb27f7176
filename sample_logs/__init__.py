"""A small, complete, made-up life insurer: logs, register, marketing, rules, and the truth.

``data_folder()`` holds a company ready to ingest; ``generate`` makes another, of
any size. The same seed and scale give the same files.
"""

from __future__ import annotations

from pathlib import Path

SEED = 20251
"""The seed of the data that is shipped."""


def data_folder() -> Path:
    """The folder with the shipped company: site.toml, web1/, web2/, tables and truth/."""
    return Path(__file__).parent / "data"


def generate(out: Path, *, seed: int = SEED, scale: float = 1.0, days: int = 90) -> None:
    """Write a company into ``out``: logs of two servers, site.toml, tables, truth.

    Args:
        out: folder, made if missing; its web1/, web2/ and truth/ are replaced.
        seed: the same seed, scale and days give the same files.
        scale: times the people of the shipped company (about 150,000 lines).
        days: length of the window, which ends on 2025-11-30.

    Raises:
        ValueError: scale is not above 0, or days is not between 1 and 90.
    """
    if scale <= 0:
        raise ValueError(f"scale is {scale}: expected a number above 0")
    if not 1 <= days <= 90:
        raise ValueError(f"days is {days}: expected 1 to 90")
    # Imported here: asking for the data's folder must not cost numpy's import.
    from sample_logs.plan import make_plan  # noqa: PLC0415
    from sample_logs.write import clear, write_company  # noqa: PLC0415

    clear(out)
    write_company(out, make_plan(seed, scale, days))


def generate_combined(path: Path, *, lines: int, seed: int = SEED) -> None:
    """Write one plain log in the *combined* format, exactly ``lines`` lines, sorted by time.

    Raises:
        ValueError: lines is below 1.
    """
    if lines < 1:
        raise ValueError(f"lines is {lines}: expected at least 1")
    from sample_logs.write import write_combined  # noqa: PLC0415

    write_combined(path, lines, seed)
