"""Lines are split whatever bytes they begin with."""

from __future__ import annotations

import pytest

from weblog.parse.split import split_at

PACKED = {
    "gzip": b"\x1f\x8b\x08\x00",
    "zstd": b"\x28\xb5\x2f\xfd",
    "zlib": b"\x78\x9c\x4b\x04",
    "zlib, fast": b"\x78\x01",
    "a word": b"xyz",
}


@pytest.mark.parametrize("beginning", PACKED.values(), ids=PACKED)
def test_what_begins_as_a_packed_file_is_a_line(beginning: bytes) -> None:
    found = split_at(beginning + b',b\nc,d\n"e,f', ",", ["one", "two"])
    assert found["one"].to_list() == [beginning.decode(errors="replace"), "c", '"e']
    assert found["two"].to_list() == ["b", "d", "f"]
