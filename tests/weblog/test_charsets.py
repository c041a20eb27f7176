"""What strangers' bytes are read as: UTF-8, else Korean CP949, else Latin-1; nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.ingestion.requests import decoded
from weblog.parse.charsets import decoded_field, korean
from weblog.parse.slow import text_of

SENTENCES = (
    "연금 보험",
    "길",
    "https://search.nate.com/search/all.html?q=암보험 비교&thr=sbma",
    "/상품/다이렉트 자동차보험.do",
    "/게시판?제목=【공지】 2015년 5월",
    "똠방각하 이야기",
)


@pytest.mark.parametrize("text", SENTENCES)
@pytest.mark.parametrize("charset", ["utf-8", "cp949"])
def test_korean_is_read_in_either_charset(text: str, charset: str) -> None:
    assert decoded_field(text.encode(charset)) == text


@pytest.mark.parametrize(
    "text",
    [
        "café au lait",
        "Ähnliche Übungen für Äpfel",
        "Çà et là",
        "português, são João",
        "À bientôt",
        "Ångström",
        "señor ¿qué?",
        "Mozilla/5.0 (compatible; Größe)",
        "£100",
        "ÿ",
    ],
)
def test_western_text_stays_western(text: str) -> None:
    assert decoded_field(text.encode("latin-1")) == text


@given(st.binary())
def test_every_byte_can_be_told_from_the_text(raw: bytes) -> None:
    text = decoded_field(raw)
    assert raw in {text.encode(charset, "replace") for charset in ("utf-8", "cp949", "latin-1")}


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1))
def test_what_is_called_korean_is_what_was_written(text: str) -> None:
    raw = text.encode("cp949")
    assert korean(raw) in {text, None}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (rb"\xbf\xac\xb1\xdd", "연금"),
        (rb"\xec\x97\xb0\xea\xb8\x88", "연금"),
        (rb"caf\xe9 \"x\"", 'café "x"'),
        ("연금 \\\\".encode("cp949"), "연금 \\"),
    ],
)
def test_escaped_bytes_are_read_as_the_bytes_themselves(field: bytes, text: str) -> None:
    assert text_of(field) == text


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/%EC%97%B0%EA%B8%88", "/연금"),
        ("/%BF%AC%B1%DD", "/연금"),
        ("/%C4hnlich", "/%C4hnlich"),
        ("/caf%E9", "/caf%E9"),
        ("/%ff", "/%ff"),
    ],
)
def test_percent_encoded_paths_follow_the_same_rule(path: str, shown: str) -> None:
    assert decoded(path) == shown
