"""Scripts and styles: whole, compressed, and kept by browsers as long as they are right."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient

from dashboard.static_files import ASSETS, BUNDLE, STYLES, asset, bundle

WHOLE = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}


def test_every_address_of_the_document_is_kept_for_a_year(client: FlaskClient) -> None:
    text = client.get("/").text
    addresses = re.findall(r'(?:src|href|data-charts)="([^"]+)"', text)
    assert len(addresses) >= 8
    for address in addresses:
        kept = client.get(address).headers["Cache-Control"]
        assert "max-age=31536000" in kept, address
    assert [one for one in addresses if "polyfill" in one or "/dcc/" in one] == []


def test_all_components_are_one_script_in_their_order(client: FlaskClient) -> None:
    text = client.get("/").text
    assert text.count("/assets/") == text.count("?h=")
    assert re.search(r"dash_renderer.*components\.js\?h=.*_dash-renderer", text, re.DOTALL)
    content = client.get(f"/assets/{BUNDLE}").data
    starts = [content.index(path.read_bytes()) for path in sorted(ASSETS.glob("components/*.js"))]
    assert starts == sorted(starts)
    assert len(starts) > 10


def test_every_style_is_named() -> None:
    assert {path.name for path in ASSETS.glob("*.css")} == set(STYLES)


@pytest.mark.parametrize("coding", WHOLE)
@pytest.mark.parametrize("name", ["vendor/plotly-basic.min.js", "weblog.css", BUNDLE])
def test_what_travels_is_compressed_and_whole(client: FlaskClient, name: str, coding: str) -> None:
    for _ in range(2):  # made, and kept
        answer = client.get(asset(name), headers={"Accept-Encoding": coding})
        assert answer.headers.get("Content-Encoding", "") == coding
        assert answer.headers["Vary"] == "Accept-Encoding"
        content = bundle() if name == BUNDLE else (ASSETS / name).read_bytes()
        assert WHOLE[coding](answer.data) == content
        assert (len(answer.data) < 0.4 * len(content)) == bool(coding)


def test_brotli_is_preferred_unless_refused(client: FlaskClient) -> None:
    for accepted, coding in (("gzip, deflate, br, zstd", "br"), ("br;q=0, gzip", "gzip")):
        answer = client.get("/assets/weblog.css", headers={"Accept-Encoding": accepted})
        assert answer.headers["Content-Encoding"] == coding


def test_another_address_is_asked_for_anew_and_answered_by_what_is_held(
    client: FlaskClient,
) -> None:
    for address in ("/assets/weblog.css", "/assets/weblog.css?h=0", "/assets/weblog.css?m=1"):
        held = client.get(address, headers={"Accept-Encoding": "br"})
        assert "max-age" not in held.headers["Cache-Control"]
        again = {"Accept-Encoding": "br", "If-None-Match": held.headers["ETag"]}
        assert client.get(address, headers=again).status_code == 304
        other = {"Accept-Encoding": "gzip", "If-None-Match": held.headers["ETag"]}
        assert client.get(address, headers=other).status_code == 200


def test_what_is_no_asset_is_not_served(client: FlaskClient, tmp_path: Path) -> None:
    for path in ("/assets/../app.py", "/assets/%2e%2e/app.py", f"/assets/{tmp_path}"):
        assert client.get(path).status_code == 404
