"""``--time-format``: how times are written, said beside ``--format``, in either order."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from weblog.errors import FormatError
from weblog.formats import format_named
from weblog.formats.mapping import with_time_format

TIMES = "%d.%m.%Y %H:%M:%S"


@pytest.mark.parametrize(
    "text",
    [
        "json:caddy",
        'json:{"time":"t","target":"p"}',
        "csv:",
        'csv:{"columns":"time url"}',
        r"regex:(?P<time>[^|]+)\|(?P<target>.*)",
        r'regex:{"pattern":"(?P<time>[^|]+)\\|(?P<target>.*)","zone":"Asia/Seoul"}',
    ],
)
def test_a_format_takes_a_time_format(text: str) -> None:
    plain, timed = format_named(text), format_named(with_time_format(text, TIMES))
    assert timed.times.format == TIMES  # type: ignore[attr-defined]
    assert timed.fields == plain.fields
    assert format_named(timed.text) == timed


@pytest.mark.parametrize("text", ["%h %t %r", "w3c:", "combined", "layout:{time} {request}"])
def test_others_say_it_by_themselves(text: str) -> None:
    with pytest.raises(FormatError, match="it says by itself how its times are written"):
        with_time_format(text, TIMES)


def test_no_time_format_that_cannot_be_read() -> None:
    with pytest.raises(FormatError, match="%Q cannot be read"):
        with_time_format("json:caddy", "%Q")


PATTERN = r"regex:(?P<date>\S+) (?P<clock>\S+) (?P<target>\S+)"


@pytest.mark.parametrize("swapped", [False, True])
def test_the_order_of_options_does_not_matter(
    swapped: bool, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from weblog.cli.check import command

    monkeypatch.chdir(str(tmp_path))
    with open("a.log", "w", encoding="utf-8") as log:  # noqa: PTH123
        log.write("17.05.2025 10:05:03 /a\n")
    options = [["--format", PATTERN], ["--time-format", TIMES]]
    first, second = reversed(options) if swapped else options
    done = CliRunner().invoke(command, ["a.log", *first, *second])
    assert done.exit_code == 0, done.output
    assert TIMES in done.output


def test_alone_it_says_what_it_is_for() -> None:
    from weblog.cli.check import command

    done = CliRunner().invoke(command, ["a.log", "--time-format", TIMES])
    assert done.exit_code == 2
    assert "--time-format is for a --format of json:, csv: or regex:" in done.output
