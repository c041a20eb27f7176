"""Small logs are parsed as one, and nothing of what comes of them tells it."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import polars as pl
import pytest

from weblog.formats.detect import detect
from weblog.formats.known import NAMED
from weblog.formats.seen import Seen
from weblog.ingestion import ingest, together
from weblog.ingestion.results import IngestSummary
from weblog.site.line_rules import LineRule
from weblog.site.rules import Site
from weblog.store import Store, open_store

KEY = bytes(32)
COMBINED = (
    '203.0.113.{} - - [01/Nov/2025:10:{:02}:{:02} +0000] "GET /p/{} HTTP/1.1" 200 5 "-" "Mozilla"'
)
W3C = "2025-11-01 10:{:02}:{:02} 203.0.113.{} GET /p/{} - 200"
FIELDS = "#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status"
SITE = Site(skip=(LineRule(name="no sevens", paths=("/p/7",)),))


def combined(number: int, lines: int) -> list[str]:
    return [
        COMBINED.format(number % 250, number % 60, each % 60, each % 9) for each in range(lines)
    ]


def w3c(number: int, lines: int) -> list[str]:
    return [
        FIELDS,
        *(W3C.format(number % 60, each % 60, number, each % 9) for each in range(lines)),
    ]


def odd_logs(folder: Path, seed: int, count: int = 60) -> list[Path]:
    """Write small logs, usual ones and odd ones among them."""
    folder.mkdir()
    draw = random.Random(seed)
    files: list[Path] = []
    for number in range(count):
        make = combined if seed % 2 or draw.random() < 0.1 else w3c
        lines = make(number, draw.randrange(1, 40))
        text = "\n".join(lines) + "\n"
        match draw.randrange(12):
            case 0:
                text = text[:-1]  # its last line has no end yet
            case 1:
                text = text.replace("\n", "\n\n", 1)
            case 2:
                lines.insert(draw.randrange(1, len(lines) + 1), "this is no line of any log")
                text = "\n".join(lines) + "\n"
            case 3:
                text = "nothing here\n" * 3
            case 4:
                text += f"#Date: 2025-11-02\n{FIELDS} cs(Referer)\n"
            case 5 if files:
                text = gzip.decompress(files[-1].read_bytes()).decode()  # the same once more
            case 6 if files:
                text = gzip.decompress(files[-1].read_bytes()).decode() + text
            case 7:
                text = ""
        files.append(folder / f"{number:03}.log.gz")
        files[-1].write_bytes(gzip.compress(text.encode()))
    return files


def told(summary: IngestSummary) -> list[object]:
    each = [
        (one.path, one.log_source, one.log_format, one.lines, one.hits, one.rejects, one.already)
        for one in summary.sources
    ]
    return [*each, *map(str, summary.errors)]


def content(store: Store, name: str) -> pl.DataFrame:
    rows = store.head().scan(name).drop("committed_at", "seen_at", strict=False).collect()
    order = [
        column for column in ("log_source", "line", "from_offset", "prefixes") if column in rows
    ]
    return rows.with_columns(pl.col(pl.Categorical).cast(pl.String)).sort(order)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("site", [Site(), SITE], ids=["all", "some"])
def test_read_together_is_read_alone(
    tmp_path: Path, seed: int, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = odd_logs(tmp_path / "logs", seed)
    one = open_store(tmp_path / "one", create=True, key=KEY)
    at_once = ingest(one, files, site)
    monkeypatch.setattr(together, "SMALL", 0)
    other = open_store(tmp_path / "other", create=True, key=KEY)
    alone = ingest(other, files, site)
    assert told(at_once) == told(alone)
    for name in ("hits", "rejects", "ledger", "sources"):
        assert content(one, name).equals(content(other, name)), name
    assert content(one, "hits").height > 400
    assert sum(each.lines for each in ingest(one, files, site).sources) == 0


def test_most_are_parsed_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    parts_of = together.parts_of

    def counting(data: list[bytes], *args: object) -> object:
        sizes.append(len(data))
        return parts_of(data, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(together, "parts_of", counting)
    files = []
    for number in range(300):
        files.append(tmp_path / f"{number:03}.log")
        files[-1].write_text("\n".join(combined(number, 1 + number % 5)) + "\n")
    store = open_store(tmp_path / "store", create=True)
    assert ingest(store, files).lines == 900
    assert sizes == [299]  # the first told the format


@pytest.mark.parametrize("name", sorted(NAMED))
def test_a_format_met_before_is_found_as_if_it_were_the_first(name: str) -> None:
    lines = [sample.encode() for sample in NAMED[name].samples]
    first = [line for text in lines for line in text.split(b"\n")]
    seen = Seen()
    seen.remember(detect(first, "a.log"))
    for other in NAMED.values():
        sample = [line for text in other.samples for line in text.encode().split(b"\n")]
        again = seen.again(sample)
        if again is not None:
            expected = detect(sample, "b.log")
            assert (again.format, again.name) == (expected.format, expected.name)
            assert again.notes == expected.notes
