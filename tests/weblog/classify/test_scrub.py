"""What looks like a person's number is marked; what only looks a little like it stays."""

from __future__ import annotations

from urllib.parse import quote, unquote

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.classify.scrub import is_luhn, scrubbed
from weblog.site.privacy import EVERY_PATTERN

CASES = [
    # a text, what is stored
    ("q=kim@example.com", "q=(email)"),
    ("q=kim.young+news%40mail.example.co.kr&p=2", "q=(email)&p=2"),
    ("next=%2Fin%3Fid%3Dkim%40example.com%26x", "next=%2Fin%3Fid%3D(email)%26x"),
    ("u=kim%2Bnews@example.com", "u=(email)"),
    ("next=a%2540b.com", "next=(email)"),
    ("/members/kim@example.com/edit", "/members/(email)/edit"),
    ("/img/logo@2x.png", "/img/logo@2x.png"),
    ("/npm/react@18.2.min.js", "/npm/react@18.2.min.js"),
    ("/@kim/post", "/@kim/post"),
    ("a=b@c", "a=b@c"),
    ("kim@163.com", "(email)"),
    ("n=900101-1234567", "n=(resident-number)"),
    ("n=900101%2D1234567", "n=(resident-number)"),
    ("n=%20900101-1234567", "n=%20(resident-number)"),
    ("n=901301-1234567", "n=901301-1234567"),
    ("n=900101-9234567", "n=900101-9234567"),
    ("n=9001011234568", "n=(resident-number)"),
    ("n=9001011234567", "n=9001011234567"),
    ("t=1612091234568", "t=1612091234568"),
    ("c=4111111111111111", "c=(card)"),
    ("c=4111-1111-1111-1111", "c=(card)"),
    ("c=4111+1111+1111+1111", "c=(card)"),
    ("c=4111%201111%201111%201111", "c=(card)"),
    ("c=3782-822463-10005", "c=(card)"),
    ("c=4111111111111112", "c=4111111111111112"),
    ("c=1111111111111117", "c=1111111111111117"),
    ("id=a4111111111111111", "id=a4111111111111111"),
    ("v=1.4111111111111111e3", "v=1.4111111111111111e3"),
    ("t=01012345678", "t=(phone)"),
    ("t=010-1234-5678&x=1", "t=(phone)&x=1"),
    ("t=%2B82-10-1234-5678", "t=(phone)"),
    ("t=+82 10 1234 5678", "t=(phone)"),
    ("t=011-123-4567", "t=(phone)"),
    ("t=02-123-4567", "t=02-123-4567"),
    ("id=101012345678", "id=101012345678"),
    ("d=2024-01-02", "d=2024-01-02"),
    ("/news/20240102/1234567", "/news/20240102/1234567"),
    ("session=0101234567890123", "session=0101234567890123"),
    ("%EC%97%B0%EA%B8%88", "%EC%97%B0%EA%B8%88"),
    (None, None),
]


@pytest.mark.parametrize(("text", "kept"), CASES)
def test_persons_leave_the_text(text: str | None, kept: str | None) -> None:
    assert scrubbed(pl.Series([text], dtype=pl.String), EVERY_PATTERN).to_list() == [kept]


def test_only_what_the_site_chose_is_sought() -> None:
    text = pl.Series(["a@b.com 010-1234-5678"])
    assert scrubbed(text, ("phone",)).to_list() == ["a@b.com (phone)"]
    assert scrubbed(text, ()).to_list() == text.to_list()


names = st.from_regex(r"[a-z][a-z0-9._]{0,9}", fullmatch=True)


@given(names, names, st.sampled_from(["example.com", "mail.example.co.kr"]), st.booleans())
def test_an_address_is_found_encoded_or_not(name: str, other: str, host: str, coded: bool) -> None:
    address = f"{name}@{host}"
    sent = quote(address, safe="") if coded else address
    kept = scrubbed(pl.Series([f"q={other}&m={sent}&z=1"]), EVERY_PATTERN).item()
    assert kept == f"q={other}&m=(email)&z=1"
    assert address not in unquote(kept)


@given(st.text(alphabet="0123456789", min_size=15, max_size=15))
def test_one_last_digit_in_ten_passes_luhn(start: str) -> None:
    assert sum(is_luhn(start + last) for last in "0123456789") == 1


@given(st.lists(st.text(alphabet="ab@%40.2-+ 019") | st.text(), min_size=1))
def test_scrubbing_twice_changes_nothing(texts: list[str]) -> None:
    once = scrubbed(pl.Series(texts, dtype=pl.String), EVERY_PATTERN)
    assert scrubbed(once, EVERY_PATTERN).to_list() == once.to_list()
