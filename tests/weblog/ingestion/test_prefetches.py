"""A page a browser fetched ahead was not seen: through the whole ingest, format by format."""

from __future__ import annotations

from pathlib import Path

import pytest
from new_store import new_store

from weblog.ingestion import ingest
from weblog.site import Site

AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"  # noqa: E501
START = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'
NGINX = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent"'
)


def kinds(folder: Path, log_format: str, ends: list[str]) -> list[str]:
    """Return the kinds of page views whose lines end so."""
    log = folder / "access.log"
    line = (
        '192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" "' + AGENT + '"{}\n'
    )
    log.write_text("".join(line.format(end) for end in ends))
    store = new_store(folder / "store")
    assert ingest(store, [log], Site(log_format=log_format)).errors == ()
    found: list[str] = store.scan("hits").sort("line").collect()["kind"].to_list()
    return found


@pytest.mark.parametrize(
    "header",
    [
        "%{Sec-Purpose}i",
        "%{sec-purpose}i",
        "%{Purpose}i",
        "%{X-Purpose}i",
        "%{X-Moz}i",
    ],
)
def test_a_header_that_says_so_makes_a_prefetch(tmp_path: Path, header: str) -> None:
    said = ["-", "prefetch", "prefetch;prerender", "Prefetch", "preview", "", "fetch"]
    found = kinds(tmp_path, f'{START} "{header}"', [f' "{value}"' for value in said])
    assert found == ["page", "other", "other", "other", "other", "page", "page"]


def test_one_of_several_headers_is_enough(tmp_path: Path) -> None:
    ends = [' "-" "-"', ' "prefetch" "-"', ' "-" "prefetch"', ' "none" "prefetch"']
    log_format = f'{START} "%{{Purpose}}i" "%{{Sec-Purpose}}i"'
    assert kinds(tmp_path, log_format, ends) == ["page", "other", "other", "other"]


def test_nginx_variables(tmp_path: Path) -> None:
    ends = [' "-"', ' "prefetch"']
    assert kinds(tmp_path, f'{NGINX} "$http_sec_purpose"', ends) == ["page", "other"]


def test_a_log_without_such_a_header_knows_no_prefetch(tmp_path: Path) -> None:
    assert kinds(tmp_path, START, ["", ""]) == ["page", "page"]
