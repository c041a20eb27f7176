from __future__ import annotations

from urllib.parse import parse_qsl, quote

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.classify import (
    private_clients,
    redact_paths,
    redact_queries,
    redact_referrers,
    visitor_keys,
)
from weblog.errors import UsageError
from weblog.site.privacy import DEFAULT_SECRET_PARAMETERS

KEY = b"a key of this store"


def redacted(query: str | None) -> str | None:
    column = pl.Series([query], dtype=pl.String)
    kept: str | None = redact_queries(column, DEFAULT_SECRET_PARAMETERS).item()
    return kept


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        (None, None),
        ("", None),
        ("a=1&b=2", "a=1&b=2"),
        ("a&&b=", "a&&b="),
        ("a=1&password=x&b=2", "a=1&b=2"),
        ("password=x", None),
        ("PassWord=x&a=1", "a=1"),
        ("p%61ssword=x&a=1", "a=1"),
        ("%70%41%53%53%57%4F%52%44=x&a=1", "a=1"),
        ("token=1&code=2&code=3&pin=4", None),
        ("user[password]=x&user[city]=b", "user[city]=b"),
        ("user%5Bpassword%5D=x&b=1", "b=1"),
        ("token[]=x&b=1", "b=1"),
        ("a=1;token=x&b=2", "a=1&b=2"),
        ("next=/in?token=x&b=2", "next=/in&b=2"),
        ("next=%2Fin%3Ftoken%3Dx%26y%3D1&b=2", "next=%2Fin&b=2"),
        ("password&b=2", "b=2"),
        ("tokens=1&my_token=2&passwordless=3", "tokens=1&my_token=2&passwordless=3"),
        ("q=password", "q=password"),
        ("token=a=b=c&d=1", "d=1"),
    ],
)
def test_secrets_leave_the_query(query: str | None, kept: str | None) -> None:
    assert redacted(query) == kept


names = st.sampled_from(["token", "TOKEN", "e-mail", "q", "page", "tokens", "phone"])


@given(st.lists(st.tuples(names, st.text(max_size=8)), max_size=6))
def test_what_stays_is_what_is_no_secret(pairs: list[tuple[str, str]]) -> None:
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)
    stays = [(n, v) for n, v in pairs if n.lower() not in DEFAULT_SECRET_PARAMETERS]
    assert parse_qsl(redacted(query) or "", keep_blank_values=True) == stays


def test_no_secret_names_change_nothing() -> None:
    assert redact_queries(pl.Series("q", ["token=1", ""]), ()).to_list() == ["token=1", None]


@pytest.mark.parametrize(
    ("referrer", "kept"),
    [
        (None, None),
        ("https://a.kr/b?c=1", "https://a.kr/b?c=1"),
        ("https://a.kr/b?token=1", "https://a.kr/b"),
        ("https://a.kr/b?c=1&token=1#x", "https://a.kr/b?c=1"),
        ("https://me:secret@a.kr/b#top", "https://a.kr/b"),
        ("https://me@a.kr?x=1", "https://a.kr?x=1"),
        ("https://a.kr/@me?x=a@b", "https://a.kr/@me?x=a@b"),
        ("https://a.kr/b;jsessionid=1?c=1", "https://a.kr/b?c=1"),
        ("https://a.kr/b;v=2;JSESSIONID=1!-2!3/c;x=1#top", "https://a.kr/b;v=2/c;x=1"),
        ("https://a.kr/b%3Bjsessionid%3D1", "https://a.kr/b"),
        ("https://a.example/(S(lit3py55))/p.aspx", "https://a.example/p.aspx"),
        ("android-app://com.kakao.talk/", "android-app://com.kakao.talk/"),
    ],
)
def test_secrets_leave_the_referrer(referrer: str | None, kept: str | None) -> None:
    column = pl.Series([referrer], dtype=pl.String)
    assert redact_referrers(column, DEFAULT_SECRET_PARAMETERS).to_list() == [kept]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        (None, None),
        ("/main.do", "/main.do"),
        ("/main.do;jsessionid=0A1B", "/main.do"),
        ("/main.do;JSessionId=0A1B.node-1", "/main.do"),
        ("/main.do;jsessionid=AbC!-123!456", "/main.do"),
        ("/main.do%3bjsessionid%3D0A%2F1B", "/main.do"),
        ("/a;jsessionid=1/b;token=2", "/a/b"),
        ("/a;v=2;sid=1;w=3", "/a;v=2;w=3"),
        ("/a;sid=1;token=2;w=3", "/a;w=3"),
        ("/a;sid;token/b;pin", "/a/b"),
        ("/;jsessionid=1", "/"),
        (";jsessionid=1", None),
        ("/a;side=1;mysid=2", "/a;side=1;mysid=2"),
        ("/sid=1;a", "/sid=1;a"),
        ("/(S(lit3py55t21z5v55vlm25s55))/page.aspx", "/page.aspx"),
        ("/shop/(X(1)A(abc_-1)F(def)S(lit3py55))/page.aspx", "/shop/page.aspx"),
        ("/%28S%28lit3py55%29%29/page.aspx", "/page.aspx"),
        ("/shop/(S(lit3py55))", "/shop"),
        ("/(S(lit3py55))/", "/"),
        ("/(a)/f(S(x))/(S(x)y)", "/(a)/f(S(x))/(S(x)y)"),
    ],
)
def test_secrets_leave_the_path(path: str | None, kept: str | None) -> None:
    column = pl.Series([path], dtype=pl.String)
    assert redact_paths(column, DEFAULT_SECRET_PARAMETERS).to_list() == [kept]
    assert redact_paths(column, ()).to_list() == [path]


@pytest.mark.parametrize(
    ("client", "kept"),
    [
        ("192.0.2.77", "192.0.2.0"),
        ("192.0.2.77:5123", "192.0.2.0"),
        ("192.0.2.77, 10.0.0.1", "192.0.2.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("[2001:db8::1]:443", "2001:db8::"),
        ("::ffff:192.0.2.77", "192.0.2.0"),
        ("fe80::1%eth0", "fe80::"),
        ("dsl-192-0-2-77.pool.example.co.kr", "*.example.co.kr"),
        ("host.example.com", "*.example.com"),
        ("no address at all", None),
        ("", None),
        (None, None),
    ],
)
def test_truncated_clients(client: str | None, kept: str | None) -> None:
    column = pl.Series([client], dtype=pl.String)
    assert private_clients(column, "truncate", b"").to_list() == [kept]


def test_hashed_clients_depend_on_the_key() -> None:
    clients = pl.Series("client", ["192.0.2.1", "192.0.2.2", None, "192.0.2.1"])
    first = private_clients(clients, "hash", KEY).to_list()
    assert first[0] == first[3] != first[1]
    assert first[2] is None
    assert len(first[0]) == 16
    assert private_clients(clients, "hash", b"another")[0] != first[0]
    assert private_clients(clients, "hash", b"k" * 200)[0] != first[0]
    assert private_clients(clients, "keep", b"").to_list() == clients.to_list()


def test_hashing_needs_a_key() -> None:
    with pytest.raises(UsageError, match="needs a key"):
        private_clients(pl.Series(["192.0.2.1"]), "hash", b"")
    with pytest.raises(UsageError, match="needs a key"):
        visitor_keys(pl.DataFrame({"client": ["a"], "user_agent": ["b"]}), b"")


def test_visitor_keys_tell_pairs_apart() -> None:
    rows = [("a", "b"), ("ab", ""), ("a", None), (None, "b"), ("", "b"), ("a\nb", ""), ("a", "b")]
    pairs = pl.DataFrame(rows, schema={"client": pl.String, "user_agent": pl.String}, orient="row")
    keys = visitor_keys(pairs, KEY).to_list()
    assert keys[0] == keys[-1]
    assert len(set(keys)) == len(rows) - 1
    assert visitor_keys(pairs, b"another")[0] != keys[0]


def test_nobody_has_no_key() -> None:
    pairs = pl.DataFrame(
        {"client": [None], "user_agent": [None]},
        schema_overrides={"client": pl.String, "user_agent": pl.String},
    )
    assert visitor_keys(pairs, KEY).to_list() == [None]
