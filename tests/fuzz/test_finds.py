"""What fuzzing found is tried again, and so are the seeds it begins with."""

from __future__ import annotations

from pathlib import Path

import pytest

import fuzz
from fuzz.pages import CALLBACKS, HERE, server
from fuzz.targets import TARGETS
from weblog.formats import NAMED

FINDS = Path(fuzz.__file__).parent / "finds"


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_what_was_found_keep_the_promises(name: str) -> None:
    target = TARGETS[name]
    finds = [path.read_bytes() for path in sorted((FINDS / name).glob("*"))]
    assert target.seeds
    for data in [*target.seeds, *finds]:
        target.check(data)


def test_every_named_format_is_a_target() -> None:
    assert {name for name in TARGETS if name.startswith("lines-")} == {f"lines-{n}" for n in NAMED}


def test_a_lost_line_is_noticed() -> None:
    from fuzz.lines import check_accounts
    from weblog.formats import format_named
    from weblog.parse import Chunk, parse_chunk

    data = NAMED["combined"].samples[0].encode() + b"\n"
    parsed = parse_chunk(Chunk(data, 0, 1), format_named("combined"))
    with pytest.raises(AssertionError):
        check_accounts(data * 2, parsed)


@pytest.mark.parametrize("data", CALLBACKS)
def test_callbacks_are_asked_as_pages_ask_them(data: bytes) -> None:
    client = server().test_client()
    asked = {"data": data, "content_type": "application/json", "headers": HERE}
    assert client.post("/_dash-update-component", **asked).status_code == 200
