"""A new log's beginning: a format that most of it does not fit is refused before storing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from weblog.errors import FormatError, SourceError
from weblog.formats import Format
from weblog.parse import Chunk, Parsed, parse_chunk
from weblog.rejects.advice import better_format, name_of, quoted
from weblog.sources import CHUNK_BYTES

JUDGED_LINES: Final = 1000
"""Lines of text a new source is judged by, blank and header lines aside."""

SHOWN: Final = 3


def judged(
    chunks: Iterator[Chunk],
    log_format: Format,
    shown: str,
    parsed: tuple[bytes, Parsed | None] = (b"", None),
) -> Iterator[Chunk]:
    """Return the chunks of a new source, once its first lines are seen to be of the format.

    ``parsed`` are bytes that were parsed already: of a small source, that is all there is.

    Raises:
        FormatError: more than half of its first 1,000 lines do not fit.
        SourceError: it cannot be read to its end.
    """
    first: list[Chunk] = []
    count = size = 0
    broken: SourceError | None = None
    try:
        for chunk in chunks:
            first.append(chunk)
            count, size = count + chunk.lines, size + len(chunk.data)
            if count >= 2 * JUDGED_LINES or size >= CHUNK_BYTES:
                break
    except SourceError as error:  # what came before has its turn first
        broken = error
    data, known = parsed
    is_known = len(first) == 1 and first[0].data == data and data.endswith(b"\n")
    judge(first, log_format, shown, known if is_known and count <= 2 * JUDGED_LINES else None)
    yield from first
    if broken is not None:
        raise broken
    yield from chunks


def judge(
    chunks: Iterable[Chunk], log_format: Format, shown: str, parsed: Parsed | None = None
) -> None:
    """Make sure that the format fits at least half of the first 1,000 lines.

    Raises:
        FormatError: it does not; tells some of the lines, and the format that fits them.
    """
    if parsed is None:
        data = b"".join(chunk.data for chunk in chunks)
        lines = data.split(b"\n", 2 * JUDGED_LINES)
        data = b"\n".join(lines[: 2 * JUDGED_LINES]) + b"\n"
        parsed = parse_chunk(Chunk(data, 0, 1), log_format)
    taken = _first_of(parsed)
    rejects = parsed.rejects.filter(parsed.rejects["line"] <= taken)
    text = rejects.height + int((parsed.rows["line"] <= taken).sum())
    if rejects.height * 2 <= text:
        return
    raw = rejects["raw"].to_list()
    found = better_format(raw, log_format.text)
    looks = f"They look like {found} (--format {quoted(found)}). " if found else ""
    examples = "".join(
        f"\n  line {line}: {repr(each[:100])[1:]}"
        for line, each in zip(rejects["line"].head(SHOWN), raw, strict=False)
    )
    raise FormatError(
        name_of(log_format),
        f"{shown}: {rejects.height:,} of its first {text:,} lines do not fit",
        f"{looks}--force reads it all the same, and keeps these lines as rejects.{examples}",
    )


def _first_of(parsed: Parsed) -> int:
    """Return the number of the last line that is judged."""
    numbers = sorted([*parsed.rows["line"].to_list(), *parsed.rejects["line"].to_list()])
    return numbers[:JUDGED_LINES][-1] if numbers else 0
