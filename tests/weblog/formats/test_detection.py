"""Detection: the right format from 20 lines, or said to be ambiguous; mixed files are called so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from weblog.errors import FormatError
from weblog.formats import NAMED, detect

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str, lines: int = 20) -> list[bytes]:
    return [line for line in (SAMPLES / f"{name}.log").read_bytes().split(b"\n") if line][:lines]


@pytest.mark.parametrize("name", NAMED)
def test_every_format_is_found_from_twenty_lines_or_said_to_be_ambiguous(name: str) -> None:
    found = detect(sample(name), "a.log")
    candidates = [found.name, *(each.name for each in found.rivals)]
    assert name in candidates
    assert found.share == 1
    assert found.is_ambiguous == (len(candidates) > 1)


AMBIGUOUS = {"combined_duration", "combined_ms", "icecast2", "virtualmin"}


def test_only_formats_that_nobody_can_tell_apart_are_ambiguous() -> None:
    # a number at the end may be micro-, milliseconds or seconds; a user name may have dots
    assert {name for name in NAMED if detect(sample(name), "a.log").is_ambiguous} == AMBIGUOUS


def test_an_ambiguous_file_says_what_it_would_fit_as_well() -> None:
    found = detect(sample("combined_ms"), "a.log")
    assert found.why == (
        "combined_duration (20 of the first 20 lines; combined_ms, icecast2 would fit as well)"
    )
    assert found.notes == [
        "ambiguous: with --format, say which of combined_duration, combined_ms, icecast2 it is"
    ]


def test_a_mixed_file_says_so() -> None:
    lines = sample("combined", 15) + sample("haproxy", 5)
    found = detect(lines, "a.log")
    assert found.why == "combined (15 of the first 20 lines; 5 are haproxy)"
    assert found.notes == [
        "mixed: 5 of the first 20 lines are haproxy; only those of combined are read"
    ]
    assert not found.is_ambiguous


def test_broken_lines_do_not_make_a_file_mixed() -> None:
    found = detect([*sample("combined", 18), b"\x16\x03\x01\x02", b"half a li"], "a.log")
    assert found.why == "combined (18 of the first 20 lines)"
    assert found.notes == []


def test_the_next_best_is_told() -> None:
    found = detect(sample("client_vhost_combined"), "a.log")
    assert found.name == "client_vhost_combined"
    assert found.runner_up is not None
    assert (found.runner_up.name, found.runner_up.share) == ("combined", 1.0)


def test_times_without_a_zone_are_told() -> None:
    (note,) = detect(sample("haproxy"), "a.log").notes
    assert note == "its times say no zone and are read as UTC; else give haproxy@ZONE"


def test_no_log_is_refused() -> None:
    with pytest.raises(FormatError, match=r"a\.log: no known format fits its first 2 lines"):
        detect([b"Dear diary", b"today"], "a.log")


def test_a_usual_file_is_known_without_reading_what_others_need() -> None:
    code = (
        "import sys, time; from weblog.formats import detect\n"
        f"lines = {sample('combined')!r} * 12\n"
        "begin = time.process_time(); detect(lines, 'a.log')\n"
        "assert time.process_time() - begin < 0.1, time.process_time() - begin\n"
        "assert not {'duckdb', 'weblog.formats.json_lines', 'apache_log_parser'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
