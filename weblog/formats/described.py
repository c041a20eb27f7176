"""The registry as documentation: rows of tables, made for docs/formats.md by docs/generate.py."""

from __future__ import annotations

from pathlib import Path

from weblog.formats.detect import detect
from weblog.formats.known import NAMED, format_named
from weblog.formats.layout import PIECES
from weblog.formats.times import KINDS
from weblog.formats.told import told_by

Row = tuple[str, ...]


def registry_rows() -> list[Row]:
    """Return of each format: name, title, writers, what it tells, documentation, other names."""
    return [
        (
            f"`{row.name}`",
            row.title,
            row.writers,
            ", ".join(told_by(format_named(row.name))),
            f"[source]({row.source})",
            ", ".join(f"`{alias}`" for alias in row.aliases) or "–",
        )
        for row in NAMED.values()
    ]


def texts() -> str:
    """Return each format's text and a sample of it, in Markdown."""
    return "\n".join(
        f"**{row.name}**\n\n```text\n{row.text}\n```\n\n```text\n{row.samples[0]}\n```\n"
        for row in NAMED.values()
    )


def detection_rows(samples: Path, lines: int) -> list[Row]:
    """Return which format is found by the first lines of each format's sample, ``NAME.log``.

    Columns: whose sample, what is found, whether that is right, what would fit as well, and what
    else fits some of the lines, and how many.
    """
    files = {name: samples / f"{name}.log" for name in NAMED}
    return [
        _found(name, file.read_bytes(), lines)
        if file.exists()
        else (f"`{name}`", *["no sample"] * 4)
        for name, file in files.items()
    ]


def _found(name: str, sample: bytes, lines: int) -> Row:
    first = [line for line in sample.split(b"\n") if line.strip()][:lines]
    found = detect(first, name)
    rivals = [each.name for each in found.rivals]
    others = [each for each in found.others if each.name not in rivals]
    verdict = "right" if found.name == name else "WRONG"
    if name in (found.name, *rivals) and rivals:
        verdict = "ambiguous, and says so"
    return (
        f"`{name}`",
        f"`{found.name}`",
        verdict,
        ", ".join(f"`{rival}`" for rival in rivals) or "–",
        ", ".join(f"`{each.name}` {round(each.share * len(first))}" for each in others) or "–",
    )


def kinds() -> str:
    """Return the names of the kinds of times and of values, in Markdown."""
    times = ", ".join(f"`{name}`" for name in KINDS)
    values = ", ".join(f"`{name}`" for name in PIECES)
    return f"Kinds of time: {times}, or a strftime format.\n\nKinds of value: {values}.\n"
