"""JSON lines: where fields stand, what is never trusted, and a slow reader that agrees."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_fields import TIMES, read_fields, rows_of, said

from weblog.errors import FormatError
from weblog.formats import NAMED, format_named
from weblog.formats.named.json_maps import MAPS

OWN = format_named(
    'json:{"time":"t","client":["ip","via[0]"],"target":"r.uri","status":"s","bytes":"b",'
    '"user":"\'u.n\'","user_agent":"ua"}'
)
GOOD = {"t": "2025-05-17T10:05:03Z", "ip": "192.0.2.7", "r": {"uri": "/x"}, "s": 200, "b": 5}
ROW = {
    "line": 1,
    "ts": datetime(2025, 5, 17, 10, 5, 3, tzinfo=UTC),
    "client": "192.0.2.7",
    "target": "/x",
    "status": 200,
    "bytes": 5,
}


def line(**changes: Any) -> bytes:
    return json.dumps(GOOD | changes, ensure_ascii=False).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        pytest.param(line(), {}, id="all there"),
        pytest.param(line(ip=None, via=["203.0.113.9"]), {"client": "203.0.113.9"}, id="2nd path"),
        pytest.param(line(ip="-", via=["203.0.113.9"]), {"client": "203.0.113.9"}, id="1st says -"),
        pytest.param(line(ip="", via=[]), {"client": ""}, id="nothing in either"),
        pytest.param(line(ip={"v4": 1}, via=["::1"]), {"client": "::1"}, id="object for text"),
        pytest.param(line(ua=["a"]), {"user_agent": None}, id="array for text"),
        pytest.param(line(ua="{${jndi:ldap}}"), {"user_agent": "{${jndi:ldap}}"}, id="a brace"),
        pytest.param(line(**{"u.n": "K1"}), {"user": "K1"}, id="a key with a dot"),
        pytest.param(line(u={"n": "K1"}), {"user": None}, id="not what the dot means else"),
        pytest.param(line(s="200", b="5"), {}, id="numbers as text"),
        pytest.param(line(s=200.0, b=5.0), {}, id="numbers with a point"),
        pytest.param(line(s=0, b="-"), {"status": None, "bytes": None}, id="no answer sent"),
        pytest.param(b" " + line() + b"\r", {}, id="blanks around"),
        pytest.param(b"\xef\xbb\xbf" + line(), {}, id="byte order mark"),
        pytest.param(line(ua=None), {"user_agent": ""}, id="no agent sent"),
        pytest.param(line(), {}, id="no word of an agent"),
        pytest.param(line(ua="연금"), {"user_agent": "연금"}, id="Korean"),
        pytest.param(line(ua="A").replace(b'"A"', rb'"\uc5f0"'), {"user_agent": "연"}, id="code"),
        pytest.param(line(ua="A").replace(b"A", b"\xe9"), {"user_agent": "é"}, id="no UTF-8"),
        pytest.param(
            line(ua="A").replace(b"A", rb"\x22\xEC\x97\xB0"),
            {"user_agent": '"연'},
            id="nginx",
        ),
        pytest.param(line(ua="A").replace(b"A", rb"a\ud83dz"), {"user_agent": "a�z"}, id="half"),
        pytest.param(line(ua="A").replace(b"A", b"a\x01\tz"), {"user_agent": "a\x01 z"}, id="raw"),
        pytest.param(line()[:-1] + b',"s":500}', {}, id="a key twice: the first counts"),
        pytest.param(b'{"z":' + b"[" * 5000 + b"]" * 5000 + b"," + line()[1:], {}, id="deep"),
        pytest.param(rb'{"\u0069p":"::1",' + line(ip=None)[1:], {"client": "::1"}, id="coded key"),
    ],
)
def test_what_a_line_tells(written: bytes, told: dict[str, Any]) -> None:
    assert rows_of(written + b"\n", OWN) == {1: said(ROW | told)}


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (line()[:40], "cut_off"),
        (b"[" + line() + b"]", "not_the_format"),
        (line() + line(), "not_the_format"),
        (b"GET / HTTP/1.1", "not_the_format"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03", "binary"),
        (b"{" + b"x" * 70_000 + b"}", "too_long"),
        (line(t="2025-02-31T00:00:00Z"), "bad_time"),
        (line(t=None), "bad_time"),
        (line(r=None), "no_request"),
        (line(r="/x"), "no_request"),
        (b'{"level":"info","msg":"server running"}', "no_request"),
        (line(s="abc"), "bad_number"),
        (line(s=float("nan")), "bad_number"),
        (line(s=1e300), "bad_number"),
        (line(b=-1), "bad_number"),
        (line(b="1e400"), "bad_number"),
    ],
)
def test_why_a_line_is_none(written: bytes, reason: str) -> None:
    told = rows_of(line() + b"\n\n" + written + b"\n  \n" + line(), OWN)
    assert told == {1: ROW, 2: None, 3: reason, 4: None, 5: ROW | {"line": 5}}


@pytest.mark.parametrize(
    ("key", "unit"),
    [("duration_s", 1), ("duration_ms", 1e3), ("duration_us", 1e6), ("duration_ns", 1e9)],
)
def test_durations_have_a_unit(key: str, unit: float) -> None:
    log_format = format_named(f'json:{{"time":"t","target":"r.uri","{key}":"d"}}')
    assert rows_of(line(d=0.025 * unit), log_format)[1]["duration_ms"] == 25


@pytest.mark.parametrize("text", ["25ms", "0.025s", "25000µs", "25000us", "25000000ns"])
def test_a_duration_may_bring_its_unit(text: str) -> None:
    log_format = format_named('json:{"time":"t","target":"r.uri","duration":"d"}')
    assert rows_of(line(d=text), log_format)[1]["duration_ms"] == 25
    assert rows_of(line(d="1m2s"), log_format)[1].get("duration_ms") is None


def test_a_url_tells_target_and_host() -> None:
    log_format = format_named('json:{"time":"t","url":"u"}')
    row = rows_of(line(u="https://user:x@shop.example:8443/a?b=c"), log_format)[1]
    assert (row["target"], row["host"]) == (
        "https://user:x@shop.example:8443/a?b=c",
        "shop.example:8443",
    )


def test_request_or_its_parts_whichever_the_line_has() -> None:
    log_format = format_named(
        'json:{"time":"t","request":"q","method":"m","target":"p","query":"a"}'
    )
    lines = [line(q="GET /a HTTP/1.1"), line(m="POST", p="/b", a="c=d"), line(p="/e")]
    told = rows_of(b"\n".join(lines), log_format)
    assert [told[i]["request"] for i in (1, 2, 3)] == [
        "GET /a HTTP/1.1",
        "POST /b?c=d HTTP/1.1",
        "GET /e HTTP/1.1",
    ]


def test_times_of_a_zone_and_in_a_format() -> None:
    of_zone = format_named('json:{"time":"t","target":"r.uri","zone":"Asia/Seoul"}')
    assert rows_of(line(t="2025-05-17 19:05:03"), of_zone)[1]["ts"] == ROW["ts"]
    spec = {
        "time": "t",
        "target": "r.uri",
        "time_format": "%d.%m.%Y %H:%M:%S",
        "zone": "Asia/Seoul",
    }
    written = format_named("json:" + json.dumps(spec))
    assert rows_of(line(t="17.05.2025 19:05:03"), written)[1]["ts"] == ROW["ts"]
    assert rows_of(line(t="2025-05-17 19:05:03"), written)[1] == "bad_time"


@pytest.mark.parametrize(
    ("headers", "agent"),
    [
        ({"User-Agent": ["curl/8"]}, "curl/8"),
        ({"Accept": ["*/*"]}, ""),
        ({"User-Agent": []}, ""),
        ({}, ""),
        (None, None),
    ],
    ids=["sent", "not sent", "an empty list", "no header at all", "headers are not logged"],
)
def test_what_is_not_among_all_headers_was_not_sent(
    headers: dict[str, Any] | None, agent: str | None
) -> None:
    request = {"uri": "/x", "remote_ip": "192.0.2.7", "headers": headers}
    written = json.dumps({"ts": 1747476303.5, "status": 200, "request": request})
    row = rows_of(written.encode(), format_named("json:caddy"))[1]
    assert row.get("user_agent") == agent


def test_formats_are_rebuilt_from_their_text_and_pickled() -> None:
    for name in MAPS:
        for text in (f"json:{name}", f"json:{name}@Asia/Seoul", f'json:{{"like":"{name}"}}'):
            made = format_named(text)
            assert format_named(made.text) == made
            assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301
            assert hash(made) == hash(format_named(made.text))
    assert format_named("json:caddy").text == "json:caddy"
    assert {row.text for row in NAMED.values() if row.text.startswith("json:")} == {
        f"json:{name}" for name in MAPS
    }


def test_a_map_of_ours_can_be_added_to() -> None:
    made = format_named('json:{"like":"nginx","client":"cf_ip"}')
    assert dict(made.paths)["client"] == (("cf_ip",),)  # type: ignore[attr-defined]
    assert dict(made.paths)["status"] == (("status",),)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("json:nginks", "Did you mean 'nginx'"),
        ("json:{", "is no JSON"),
        ("json:[1]", "is no JSON object"),
        ('json:{"tiem":"t"}', "Did you mean 'time'"),
        ('json:{"time":"t"}', "it has no request"),
        ('json:{"target":"t"}', "it has no time"),
        ('json:{"time":"a..b","target":"x"}', "'a..b' is no path"),
        ('json:{"time":5,"target":"x"}', "5 is no path"),
        ('json:{"time":[],"target":"x"}', "is no path"),
        ('json:{"time":"t","target":"x","zone":"Mars"}', "no time zone is called 'Mars'"),
        ('json:{"time":"t","target":"x","time_format":"%H"}', "tells no date"),
        ('json:{"time":"t","target":"x","duration_s":"a","duration_ms":"b"}', "several durations"),
    ],
)
def test_a_wrong_map_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message.replace("[", r"\[")):
        format_named(text)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBER = st.sampled_from([200, 404, 0, -1, 99, 200.0, "200", "000", "x", "-", "", None, True, 1e30])
VALUE = st.one_of(TEXT, NUMBER, st.just({"a": 1}), st.just(["{", 1]), st.just([]))
OBJECTS = st.fixed_dictionaries(
    {},
    optional={
        "t": st.one_of(st.sampled_from([*TIMES, 1747476303, 1747476303.5]), VALUE),
        "ip": VALUE,
        "via": st.one_of(st.lists(VALUE, max_size=2), VALUE),
        "r": st.one_of(st.fixed_dictionaries({}, optional={"uri": VALUE}), VALUE),
        "s": NUMBER,
        "b": NUMBER,
        "u.n": VALUE,
        "ua": VALUE,
    },
)


def as_text(value: Any) -> str | None:
    if value is None or isinstance(value, (dict, list)):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def told_slowly(found: dict[str, Any]) -> dict[str, Any] | str:
    via = found.get("via")
    clients = [found.get("ip"), via[0] if isinstance(via, list) and via else None]
    texts = [text for text in map(as_text, clients) if text is not None]
    said = [text for text in texts if text not in ("", "-")]
    request = found.get("r")
    return read_fields(
        {
            "time": as_text(found.get("t")),
            "client": (said or texts or [None])[0],
            "target": as_text(request.get("uri")) if isinstance(request, dict) else None,
            "status": as_text(found.get("s")),
            "bytes": as_text(found.get("b")),
            "user": as_text(found.get("u.n")),
            "user_agent": as_text("" if found.get("ua", "-") is None else found.get("ua")),
        }
    )


@given(st.lists(OBJECTS, min_size=1, max_size=8), st.booleans(), st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_a_slow_reader_agrees_whatever_the_chunks(
    objects: list[dict[str, Any]], ascii_only: bool, size: int
) -> None:
    data = "\n".join(json.dumps(each, ensure_ascii=ascii_only) for each in objects).encode()
    expected: dict[int, Any] = {}
    for number, each in enumerate(objects, 1):
        told = told_slowly(each)
        expected[number] = told if isinstance(told, str) else told | {"line": number}
    assert rows_of(data, OWN) == expected
    assert rows_of(data, OWN, size) == expected


@given(
    st.lists(st.one_of(OBJECTS.map(lambda o: json.dumps(o).encode()), st.binary()), max_size=6),
    st.integers(0, 60),
    st.integers(1, 200),
)
@settings(max_examples=60, deadline=None)
def test_junk_is_accounted_for_and_harms_no_other_line(
    lines: list[bytes], cut: int, size: int
) -> None:
    data = b"\n".join([line(), *lines, line()[:cut], line()])
    whole = rows_of(data, OWN)
    assert rows_of(data, OWN, size) == whole
    assert whole[1] == ROW
    assert whole[max(whole)] == ROW | {"line": max(whole)}
