"""docs/how-to/log-format.md: the lines each server writes fill the columns the page promises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import weblog

PAGE = Path(__file__).resolve().parents[1] / "docs" / "how-to" / "log-format.md"
TEXT = PAGE.read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE))
PROMISED = re.findall(
    r"^\| \[(\w+)\]\(#\w+\) \| (yes|no) \| (yes|no) \| (yes|no) \|", TEXT, re.MULTILINE
)


def block(section: str, language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    assert found is not None, f"no block of {language}"
    return found[1]


def test_every_server_is_in_the_table_and_has_a_section() -> None:
    assert [name for name, *_ in PROMISED] == list(SECTIONS)


@pytest.mark.parametrize(("server", "visitor", "customer", "timing"), PROMISED)
def test_what_a_server_writes_is_read_as_promised(
    server: str, visitor: str, customer: str, timing: str, tmp_path: Path
) -> None:
    section = SECTIONS[server]
    (tmp_path / "access.log").write_text(block(section, "text"), "utf-8")
    rules = tmp_path / "site.toml"
    rules.write_text(block(section, "toml"), "utf-8")
    site = weblog.load_site(rules)
    store = weblog.open_store(tmp_path / "store", create=True)

    done = weblog.ingest(store, [tmp_path / "access.log"], site, publish=True)

    assert done.errors == ()
    hits = store.scan("hits").collect().sort("ts")
    assert (hits.height, store.scan("rejects").collect().height) == (2, 0)
    stranger, known = hits.to_dicts()
    assert (stranger["path"], stranger["query"]) == ("/plan", "id=3")
    assert (known["path"], known["status"], known["bytes"]) == ("/my/contracts", 200, 2817)
    assert all(hit["kind"] == "page" and hit["browser"] == "Chrome" for hit in (stranger, known))
    assert stranger["visitor_id"] == known["visitor_id"]
    # An identifier of a cookie is stored as it was sent, or it is the hash of address and agent.
    assert (known["visitor_id"] in block(section, "text")) == (visitor == "yes")
    told = "K1001" if customer == "yes" else None
    assert (stranger["customer_id"], known["customer_id"]) == (None, told)
    assert all((hit["duration_ms"] is not None) == (timing == "yes") for hit in (stranger, known))
    assert [hit["ts"].strftime("%H:%M:%S") for hit in (stranger, known)] == ["01:11:05", "01:12:11"]
