"""Selection before storing: what each condition asks, and that nothing vanishes by it."""

from __future__ import annotations

import ipaddress
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from new_store import new_store

from weblog.formats import format_named
from weblog.ingestion import Settings, ingest
from weblog.ingestion.selection import EVERY_LINE, Selection, selected
from weblog.parse import Chunk, parse_chunk
from weblog.site import Site
from weblog.site.line_rules import LineRule
from weblog.site.privacy import Privacy
from weblog.site.url_rules import Urls
from weblog.status import status
from weblog.store import Store

FORMAT = '%v %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'
SEOUL = ZoneInfo("Asia/Seoul")


@dataclass(frozen=True)
class Line:
    """A line as its writer knows it; ``broken`` and ``blank`` ones are no hits."""

    host: str = "www.example.com"
    client: str = "192.0.2.7"
    minute: int = 0
    method: str = "GET"
    target: str = "/"
    status: int = 200
    referrer: str = "-"
    agent: str = "Mozilla/5.0"
    whole: bool = True

    @property
    def moment(self) -> datetime:
        return datetime(2025, 3, 1, 12, tzinfo=SEOUL) + timedelta(minutes=self.minute)

    @property
    def day(self) -> date:
        return self.moment.date()

    @property
    def raw(self) -> bytes:
        time = self.moment.strftime("%d/%b/%Y:%H:%M:%S %z")
        line = (
            f'{self.host} {self.client} - - [{time}] "{self.method} {self.target} HTTP/1.1" '
            f'{self.status} 5 "{self.referrer}" "{self.agent}"'
        )
        return (line if self.whole else line[: len(line) // 2]).encode() + b"\n"


def rule(name: str = "rule", **conditions: Any) -> LineRule:
    return LineRule.model_validate({"name": name, **conditions})


def left_out(line: Line, conditions: dict[str, Any]) -> bool:
    """Say whether a rule leaves the line out, and that a keep rule does the opposite."""
    rows = parse_chunk(Chunk(line.raw, 0, 1), format_named(FORMAT)).rows
    assert rows.height == 1
    skip, skipped = selected(rows, Selection((rule(**conditions),), (), "Asia/Seoul"))
    keep, _ = selected(rows, Selection((), (rule(**conditions),), "Asia/Seoul"))
    assert skip.height + keep.height == 1
    assert skipped == ({"rule": 1} if skip.is_empty() else {})
    return skip.is_empty()


@pytest.mark.parametrize(
    ("conditions", "line", "fits"),
    [
        ({"hosts": ["www.example.com"]}, Line(), True),
        ({"hosts": ["www.example.com"]}, Line(host="WWW.Example.com."), True),
        ({"hosts": ["example.com"]}, Line(), False),
        ({"hosts": ["*.example.com"]}, Line(), True),
        ({"hosts": ["*.example.com"]}, Line(host="example.com"), False),
        ({"hosts": ["www*"]}, Line(host="shop.example.com"), False),
        ({"hosts": ["a.kr"]}, Line(host="-", target="http://A.kr:8080/x"), True),
        ({"hosts": ["a.kr"]}, Line(target="http://a.kr/x"), False),  # the log names another
        ({"hosts": ["a.kr"]}, Line(host="-"), False),
        ({"paths": ["/a/*"]}, Line(target="/a/b?c=d"), True),
        ({"paths": ["/a/*"]}, Line(target="/a"), False),
        ({"paths": ["/연금"]}, Line(target="/%EC%97%B0%EA%B8%88"), True),
        ({"paths": ["/x"]}, Line(target="http://a.kr/x"), True),
        ({"paths": ["re:/\\d+"]}, Line(target="/77"), True),
        ({"paths": ["re:/\\d+"]}, Line(target="/77a"), False),
        ({"agents": ["curl", "^-$"]}, Line(agent="curl/8.5"), True),
        ({"agents": ["curl", "^-$"]}, Line(agent="-"), True),
        ({"agents": ["curl", "^-$"]}, Line(agent=""), True),
        ({"agents": ["(?i)BOT"]}, Line(agent="a bot"), True),
        ({"agents": ["BOT(?!tle)"]}, Line(agent="BOTtle"), False),  # Python's engine only
        ({"referrers": ["^https://spam\\."]}, Line(referrer="https://spam.example/"), True),
        ({"referrers": ["^-$"]}, Line(), True),
        ({"statuses": [404, "5xx"]}, Line(status=404), True),
        ({"statuses": [404, "5xx"]}, Line(status=503), True),
        ({"statuses": [404, "5xx"]}, Line(status=403), False),
        ({"methods": ["options", "HEAD"]}, Line(method="HEAD"), True),
        ({"methods": ["options", "HEAD"]}, Line(method="GET"), False),
        ({"networks": ["192.0.2.0/24"]}, Line(), True),
        ({"networks": ["192.0.2.7"]}, Line(client="192.0.2.8"), False),
        ({"networks": ["2001:db8::/32"]}, Line(client="2001:db8:1::9"), True),
        ({"networks": ["192.0.2.0/24"]}, Line(client="::ffff:192.0.2.9"), True),
        ({"networks": ["0.0.0.0/0", "::/0"]}, Line(client="dsl.example.com"), False),
        ({"before": "2025-03-01"}, Line(minute=-12 * 60 - 1), True),  # 23:59 the day before
        ({"before": "2025-03-01"}, Line(minute=-12 * 60), False),
        ({"after": "2025-03-01"}, Line(minute=12 * 60 - 1), False),
        ({"after": "2025-03-01"}, Line(minute=12 * 60), True),
        ({"after": "2025-02-28", "before": "2025-03-02"}, Line(), True),
        ({"statuses": [200], "methods": ["HEAD"]}, Line(), False),  # all must hold
        ({"statuses": [200], "methods": ["GET"]}, Line(), True),
    ],
)
def test_what_a_condition_asks(conditions: dict[str, Any], line: Line, fits: bool) -> None:
    assert left_out(line, conditions) is fits


@pytest.mark.parametrize(
    "conditions",
    [{"agents": ["."]}, {"referrers": ["."]}, {"hosts": ["*"]}],
)
def test_no_condition_holds_of_what_the_format_does_not_write(
    conditions: dict[str, Any],
) -> None:
    line = Line()
    common = line.raw.split(b' "-" "')[0].split(b" ", 1)[1]
    rows = parse_chunk(Chunk(common + b"\n", 0, 1), format_named("common")).rows
    kept, skipped = selected(rows, Selection((rule(**conditions),)))
    assert (kept.height, skipped) == (1, {})
    kept, skipped = selected(rows, Selection((), (rule(**conditions),)))
    assert (kept.height, skipped) == (0, {"rule": 1})


def test_methods_and_targets_apart_are_asked_like_a_request_line() -> None:
    line = b"192.0.2.7 [01/Mar/2025:12:00:00 +0000] HEAD /a%20b ?c=d\n"
    rows = parse_chunk(Chunk(line, 0, 1), format_named("%h %t %m %U %q")).rows
    for asked in (rule(methods=["HEAD"]), rule(paths=["/a b"])):
        assert selected(rows, Selection((asked,)))[1] == {"rule": 1}


def test_paths_are_asked_in_the_spelling_they_are_stored_in() -> None:
    rows = parse_chunk(Chunk(Line(target="/News//Index.html").raw, 0, 1), format_named(FORMAT)).rows
    asked = (rule(paths=["/news"]),)
    assert selected(rows, Selection(asked))[1] == {}
    urls = Urls(lower_case=True, slashes="merge", index_files=("index.html",))
    urls = urls.model_copy(update={"trailing_slash": "strip"})
    assert selected(rows, Selection(asked, urls=urls))[1] == {"rule": 1}


def test_a_line_counts_under_the_first_rule_that_leaves_it_out() -> None:
    rows = parse_chunk(Chunk(Line().raw * 3, 0, 1), format_named(FORMAT)).rows
    skip = (rule("none", statuses=[404]), rule("first", statuses=[200]), rule("2", methods=["GET"]))
    keep = (rule("third", hosts=["other"]),)
    assert selected(rows, Selection(skip, keep))[1] == {"first": 3}
    assert selected(rows, Selection((), keep))[1] == {"third": 3}
    same, skipped = selected(rows, EVERY_LINE)
    assert same is rows
    assert skipped == {}


# Promises, on any lines and rules.

lines = st.builds(
    Line,
    host=st.sampled_from(["www.example.com", "shop.example.com", "-"]),
    client=st.sampled_from(["192.0.2.7", "192.0.2.200", "10.1.2.3", "2001:db8::1", "pc.example"]),
    minute=st.integers(-3 * 1440, 3 * 1440),
    method=st.sampled_from(["GET", "HEAD", "POST"]),
    target=st.sampled_from(["/", "/a", "/a/b", "/health", "/a?b=c"]),
    status=st.sampled_from([200, 302, 404, 500, 503]),
    referrer=st.sampled_from(["-", "https://spam.example/x", "https://www.example.com/"]),
    agent=st.sampled_from(["-", "Mozilla/5.0", "curl/8.5", "a bot"]),
    whole=st.sampled_from([True, True, True, False]),
)

_CONDITIONS: dict[str, list[Any]] = {
    "hosts": ["www.example.com", "*.example.com", "*op*", "other"],
    "paths": ["/a", "/a*", "*", "/health", "re:/[a-z]"],
    "agents": ["curl", "^-$", "o", "(?=M)M"],
    "referrers": ["^-$", "spam", "www"],
    "statuses": [200, 404, "5xx", "3xx"],
    "methods": ["GET", "HEAD"],
    "networks": ["192.0.2.0/25", "10.0.0.0/8", "2001:db8::/64", "192.0.2.200"],
}
_lists = {
    name: st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)
    for name, values in _CONDITIONS.items()
}
_days = {"before": st.dates(date(2025, 2, 25), date(2025, 3, 6)).map(str)}
conditions = st.one_of(
    st.fixed_dictionaries({}, optional={**_lists, **_days}).filter(bool),
    st.fixed_dictionaries({"after": _days["before"]}, optional=_lists),
)


@st.composite
def selections(draw: st.DrawFn) -> Selection:
    drawn = draw(st.lists(conditions, max_size=4))
    rules = [rule(f"rule {number}", **each) for number, each in enumerate(drawn)]
    cut = draw(st.integers(0, len(rules)))
    return Selection(tuple(rules[:cut]), tuple(rules[cut:]), "Asia/Seoul")


def fits(line: Line, asked: LineRule) -> bool:
    """Judge one line by one rule: slow and plain."""
    address = ipaddress.ip_address(line.client) if line.client != "pc.example" else None
    path = line.target.split("?")[0]
    answers = {
        "hosts": any(line.host != "-" and fnmatchcase(line.host, glob) for glob in asked.hosts),
        "paths": any(
            re.fullmatch(each[3:], path) if each.startswith("re:") else fnmatchcase(path, each)
            for each in asked.paths
        ),
        "agents": any(re.search(each, line.agent) for each in asked.agents),
        "referrers": any(re.search(each, line.referrer) for each in asked.referrers),
        "statuses": any(
            str(line.status) == each or each == f"{str(line.status)[0]}xx"
            for each in asked.statuses
        ),
        "methods": line.method in asked.methods,
        "networks": any(
            address is not None and address in ipaddress.ip_network(each) for each in asked.networks
        ),
        "before": asked.before is not None and line.day < asked.before,
        "after": asked.after is not None and line.day > asked.after,
    }
    return all(answer for name, answer in answers.items() if getattr(asked, name))


def slowly(log: Sequence[Line], selection: Selection) -> tuple[list[int], dict[str, int]]:
    """Return the numbers of the lines to store, and how many each rule leaves out."""
    kept: list[int] = []
    skipped: Counter[str] = Counter()
    for number, line in enumerate(log, start=1):
        if not line.whole:
            continue
        out = [each.name for each in selection.skip if fits(line, each)]
        out += [each.name for each in selection.keep if not fits(line, each)]
        if out:
            skipped[out[0]] += 1
        else:
            kept.append(number)
    return kept, dict(skipped)


@given(st.lists(lines, min_size=1, max_size=40), selections())
@settings(max_examples=300)
def test_selected_is_what_a_slow_reader_of_the_rules_selects(
    log: list[Line], selection: Selection
) -> None:
    parsed = parse_chunk(Chunk(b"".join(line.raw for line in log), 0, 1), format_named(FORMAT))
    kept, skipped = selected(parsed.rows, selection)
    assert (sorted(kept["line"]), dict(skipped)) == slowly(log, selection)
    assert kept.height + sum(skipped.values()) + parsed.rejects.height == len(log)


def stored(folder: Path, log: Path, site: Site, sizes: Settings) -> Store:
    store = new_store(folder)
    assert ingest(store, [log], site, settings=sizes, log_format=FORMAT).errors == ()
    return store


def hits(store: Store) -> pl.DataFrame:
    return store.head().scan("hits").sort("line").collect()


@given(st.lists(lines, min_size=3, max_size=40), selections(), st.integers(200, 2000))
@settings(max_examples=12)
def test_stored_is_what_filtering_afterwards_leaves_whatever_the_chunks(
    log: list[Line], selection: Selection, size: int
) -> None:
    log = [Line(), *log]
    plain = Site(time_zone="Asia/Seoul", privacy=Privacy(client="keep"))
    site = plain.model_copy(update={"skip": selection.skip, "keep": selection.keep})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "access.log"
        file.write_bytes(b"".join(line.raw for line in log))
        everything = stored(Path(folder) / "all", file, plain, Settings(force=True))
        small = Settings(chunk_bytes=size, batch_lines=5, force=True)
        few = stored(Path(folder) / "few", file, site, small)
        kept, skipped = slowly(log, selection)
        assert hits(few).equals(hits(everything).filter(pl.col("line").is_in(kept)))
        found = status(few)
        assert found.adds_up
        assert (found.lines, found.skipped) == (len(log), sum(skipped.values()))
        again = ingest(few, [file], plain, log_format=FORMAT, settings=Settings(force=True))
        assert again.lines == 0  # what was skipped was read
