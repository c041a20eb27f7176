"""``weblog explain``, as people run it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

LINE = (
    '203.0.113.7 - - [17/May/2015:10:05:03 +0000] "GET /News/1?gclid=1&token=x HTTP/1.1" 200 5 '
    '"https://search.naver.com/" "Mozilla/5.0 (compatible; Googlebot/2.1)"'
)


def decided(rows: Any) -> dict[tuple[str, str], str | None]:
    return {(row["step"], row["what"]): row["value"] for row in rows}


def test_a_line_on_the_command_line(weblog: Callable[..., Any]) -> None:
    out = weblog("explain", LINE).text
    assert 'Googlebot "Googlebot/")' in out
    assert "kind: bot   (agent or client is a robot's)" in out
    assert "query: gclid=1   (without its secret parameters" in out


def test_a_line_from_standard_input_with_a_sites_rules(
    weblog: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "rules.toml").write_text('[urls]\nlower_case = true\n[privacy]\nclient = "keep"\n')
    stdin = b"\n" + LINE.encode().replace(b"/News/1", b"/News/%B9%AB\xff") + b"\r\nanother\n"
    rows = weblog(
        "explain", "-", "--site", "rules.toml", "--format", "combined", "--output", "json",
        stdin=stdin,
    ).json  # fmt: skip
    found = decided(rows)
    assert found["client", "stored as"] == "203.0.113.7"
    assert str(found["request", "path"]).startswith("/news/")
    assert found["channel", "channel"] == "Paid Search"
    assert all(row["why"] for row in rows)


def test_what_is_no_line_is_refused_without_a_traceback(weblog: Callable[..., Any]) -> None:
    assert "blank" in weblog("explain", "-", code=4).err
    assert "no known format" in weblog("explain", "hello", code=None).err.replace("\n", " ")
