"""The country of an address is what the site's file says, of the whole address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import maxminddb
import polars as pl
import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from weblog.classify import countries
from weblog.errors import SiteError
from weblog.ingestion.hits import HitMaker
from weblog.site import load_site

NETWORKS = {
    "203.0.113.0/25": {"country": {"iso_code": "KR"}, "registered_country": {"iso_code": "US"}},
    "203.0.113.128/25": {"country": {"iso_code": "JP"}},
    "198.51.100.0/24": {"country_code": "de", "country": "Germany"},
    "192.0.2.0/26": {"country": "FR"},
    "192.0.2.64/26": {"registered_country": {"iso_code": "US"}},
    "192.0.2.128/26": {"country": {"names": {"en": "Nowhere"}}},
    "2001:db8::/32": {"country": {"iso_code": "KR"}},
}

CASES = [
    ("203.0.113.7", "KR"),
    ("203.0.113.200", "JP"),
    ("203.0.113.7:51000", "KR"),
    ("::ffff:203.0.113.7", "KR"),
    ("2001:db8::1", "KR"),
    ("[2001:db8::1]:443", "KR"),
    ("2001:db9::1", None),
    ("198.51.100.1", "DE"),
    ("192.0.2.1", "FR"),
    ("192.0.2.70", None),
    ("192.0.2.130", None),
    ("8.8.8.8", None),
    ("10.0.0.1", None),
    ("host.example.com", None),
    ("-", None),
    (None, None),
]


def written(path: Path, version: int = 6) -> Path:
    database = MMDBWriter(version, "Test-Country", ipv4_compatible=version == 6)
    for network, record in NETWORKS.items():
        if version == 6 or ":" not in network:
            database.insert_network(IPSet([network]), record)
    database.to_db_file(str(path))
    return path


@pytest.mark.parametrize(("client", "country"), CASES)
def test_where_a_client_is(client: str | None, country: str | None, tmp_path: Path) -> None:
    with maxminddb.open_database(written(tmp_path / "c.mmdb")) as database:
        assert countries(pl.Series([client], dtype=pl.String), database).to_list() == [country]


def test_a_file_of_the_old_addresses_alone_knows_no_new_one(tmp_path: Path) -> None:
    with maxminddb.open_database(written(tmp_path / "c.mmdb", version=4)) as database:
        found = countries(pl.Series(["203.0.113.7", "2001:db8::1"]), database)
    assert found.to_list() == ["KR", None]


def test_no_file_no_guess() -> None:
    assert countries(pl.Series(["203.0.113.7", None]), None).to_list() == [None, None]


def rules(folder: Path, **geo: Any) -> Path:
    lines = "".join(f'{name} = "{value}"\n' for name, value in geo.items())
    path = folder / "site.toml"
    path.write_text(f"[geo]\n{lines}", "utf-8")
    return path


def test_hits_have_the_country_of_the_address_before_it_is_truncated(tmp_path: Path) -> None:
    written(tmp_path / "c.mmdb")
    site = load_site(rules(tmp_path, database="c.mmdb"))
    rows = pl.DataFrame(
        {
            "ts": pl.Series([0, 0, 0]).cast(pl.Datetime("us", "UTC")),
            "line": [1, 2, 3],
            "offset": [0, 1, 2],
            "log_source": ["a"] * 3,
            "status": pl.Series([200] * 3, dtype=pl.Int16),
            "bytes": [1, 1, 1],
            "client": ["203.0.113.7", "203.0.113.200", "8.8.8.8"],
            "request": ["GET / HTTP/1.1"] * 3,
        }
    )
    hits = HitMaker(site, b"key").hits(rows)
    assert hits["client"].cast(pl.String).to_list() == ["203.0.113.0", "203.0.113.0", "8.8.8.0"]
    assert hits["country"].cast(pl.String).to_list() == ["KR", "JP", None]


@pytest.mark.parametrize(
    ("content", "problem"), [(None, "there is no file"), (b"no database", "in another one")]
)
def test_a_file_that_cannot_be_used_is_a_fault_of_the_rules(
    content: bytes | None, problem: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "c.mmdb").write_bytes(content)
    with pytest.raises(SiteError, match=problem) as caught:
        load_site(rules(tmp_path, database="c.mmdb"))
    ((where, value, _),) = caught.value.faults
    assert (where, value) == ("geo.database", "'c.mmdb'")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"cannot be read|in another one"):
        load_site(rules(tmp_path, database="."))
