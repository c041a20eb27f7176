"""Directives of Apache and variables of nginx: what each fills, with apache-log-parser beside."""

from __future__ import annotations

import re
from typing import Any

import apache_log_parser
import pytest

from weblog.errors import FormatError
from weblog.formats import compile_format, nginx
from weblog.parse import Chunk, parse_chunk

TIME = "[17/May/2015:10:05:03 +0000]"
REQUEST = '"GET /a?b=c HTTP/1.1"'

# directive, value as logged, field it fills (None: dropped), what is stored (default: the value)
DIRECTIVES: list[tuple[Any, ...]] = [
    ("%a", "192.0.2.7", "client"),
    ("%A", "198.51.100.4", None),
    ("%B", "512", "bytes", 512),
    ("%b", "-", "bytes", None),
    ("%b", "512", "bytes", 512),
    ("%{WLID}C", "9f2c", "cookie:WLID"),
    ("%D", "2500", "duration_ms", 2),
    ("%{UNIQUE_ID}e", "abc", None),
    ("%f", "/srv/www/a.html", None),
    ("%h", "host.example", "client"),
    ("%H", "HTTP/1.1", None),
    ("%{User-Agent}i", "curl/8.5", "user_agent"),
    ("%{User-agent}i", "curl/8.5", "user_agent"),
    ("%{Referer}i", "https://a.example/", "referrer"),
    ("%{Host}i", "shop.example", "host"),
    ("%{X-Member}i", "K1001", "header:x-member"),
    ("%k", "3", None),
    ("%l", "-", None),
    ("%m", "GET", "method"),
    ("%{WLID}n", "9f2c", "cookie:WLID"),
    ("%{Content-Type}o", "text/html", None),
    ("%p", "443", None),
    ("%{remote}p", "41342", None),
    ("%P", "4711", None),
    ("%{tid}P", "140", None),
    ("%q", "?b=c", "query"),
    ("%R", "proxy-server", None),
    ("%s", "404", "status", 404),
    ("%>s", "404", "status", 404),
    ("%<s", "404", "status", 404),
    ("%{sec}t", "1431857103", None),
    ("%{SSL_PROTOCOL}x", "TLSv1.3", None),
    ("%T", "2", "duration_ms", 2000),
    ("%u", "K1001", "user"),
    ("%U", "/a", "target"),
    ("%v", "shop.example", "host"),
    ("%V", "shop.example", "host"),
    ("%X", "+", None),
    ("%I", "812", None),
    ("%O", "5312", "bytes", 5312),
]
BEYOND: list[tuple[Any, ...]] = [
    ("%{c}a", "192.0.2.7", "client"),
    ("%{c}h", "192.0.2.7", "client"),
    ("%{ms}T", "125", "duration_ms", 125),
    ("%{us}T", "125000", "duration_ms", 125),
    ("%{s}T", "2", "duration_ms", 2000),
    ("%S", "6124", None),
    ("%L", "WpkJ", None),
    ("%^FB", "125", None),
    ("%{X-Trailer}^ti", "abc", None),
    ("%!200,304{Referer}i", "-", "referrer"),
    ("%{JSESSIONID}c", "9f2c", "cookie:JSESSIONID"),
    ("%{attribute}r", "abc", None),
    ("%{attribute}s", "abc", None),
]


def row_of(directive: str, value: str) -> dict[str, Any]:
    # behind what is tested, so that it stands first
    log_format = compile_format(f'{directive} %t "%r"')
    parsed = parse_chunk(Chunk(f"{value} {TIME} {REQUEST}\n".encode(), 0, 1), log_format)
    assert parsed.rejects.height == 0
    return dict(parsed.rows.to_dicts()[0])


@pytest.mark.parametrize("case", [*DIRECTIVES, *BEYOND], ids=lambda case: case[0])
def test_a_directive_fills_its_field(case: tuple[Any, ...]) -> None:
    directive, value, field, *stored = case
    row = row_of(directive, value)
    others = {"line", "offset", "ts", "request"}
    assert {name: row[name] for name in row if name not in others} == (
        {} if field is None else {field: stored[0] if stored else value}
    )


@pytest.mark.parametrize("case", DIRECTIVES, ids=lambda case: case[0])
def test_apache_log_parser_reads_the_same_value(case: tuple[Any, ...]) -> None:
    directive, value, *_ = case
    log_format = f'{directive} %t "%r"'
    # first in the line its patterns run lazily to the end, so it stands between two others
    read = apache_log_parser.make_parser(log_format)(f"{value} {TIME} {REQUEST}")
    name = apache_log_parser.get_fieldnames(log_format)[0]
    assert read[name] == value


def test_every_directive_of_apache_log_parser_is_compared() -> None:
    for grammar, *_ in apache_log_parser.FORMAT_STRINGS:
        tried = any(re.fullmatch(grammar, directive) for directive, *_ in DIRECTIVES)
        assert tried or grammar in ("%%", *GRAMMARS_OF_EVERY_CASE), grammar


GRAMMARS_OF_EVERY_CASE = ("%[<>]?t", "%[<>]?r")


def test_a_percent_sign_is_written_twice() -> None:
    assert row_of("100%%:%u", "100%:K1001")["user"] == "K1001"


@pytest.mark.parametrize(("name", "field"), nginx.FIELDS.items())
def test_a_variable_of_nginx_fills_its_field(name: str, field: str) -> None:
    stored = {"status": 404, "bytes": 512, "duration_s": 1500}.get(field)
    value = {"status": "404", "bytes": "512", "duration_s": "1.500", "request": "GET / HTTP/1.1"}
    written = value.get(field, "value")
    log_format = compile_format(f'"$request" [$time_local] |${name}|')
    if field == "request":
        log_format = compile_format(f'"$args" [$time_local] |${name}|')
    line = f'"GET /a HTTP/1.1" {TIME} |{written}|\n'
    row = parse_chunk(Chunk(line.encode(), 0, 1), log_format).rows.to_dicts()[0]
    assert row[field.replace("duration_s", "duration_ms")] == (stored or written)


@pytest.mark.parametrize(
    "name", "connection pipe gzip_ratio request_length ssl_cipher geoip_city anything_else".split()
)
def test_other_variables_are_read_and_dropped(name: str) -> None:
    assert set(row_of(f"${name}", "abc")) == {"line", "offset", "ts", "request"}


@pytest.mark.parametrize(
    ("variables", "value", "expected"),
    [
        ("$cookie_WLID", "9f2c", {"cookie:WLID": "9f2c"}),
        ("$http_x_member_id", "K1", {"header:x-member-id": "K1"}),
        ("$uri$is_args$args", "/a?b=c", {"target": "/a", "query": "?b=c"}),
        ("$uri$is_args$args", "/a-", {"target": "/a", "query": "-"}),
        ("$uri?$args", "/a?b=c", {"target": "/a", "query": "b=c"}),
        ("$upstream_addr", "10.0.0.1:80, 10.0.0.2:80 : 10.0.0.3:80", {}),
        ("${status}x", "200x", {"status": 200}),
        ("$http_x_forwarded_for", "::1, ::2", {"header:x-forwarded-for": "::1, ::2"}),
        ("$remote_addr", "1.2.3.4, 5.6.7.8", {"client": "1.2.3.4, 5.6.7.8"}),
    ],
)  # fmt: skip
def test_values_of_variables(variables: str, value: str, expected: dict[str, object]) -> None:
    row = row_of(variables, value)
    others = {"line", "offset", "ts", "request"}
    assert {name: row[name] for name in row if name not in others} == expected


def test_the_finest_of_several_durations_counts() -> None:
    assert row_of("%T %D", "2 2500125")["duration_ms"] == 2500


def test_an_unknown_directive_is_refused_with_its_place() -> None:
    with pytest.raises(FormatError, match="unknown directive at ' %Z '"):
        compile_format('%h %Z %t "%r"')
