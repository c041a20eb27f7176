"""A wrong ``site.toml``: every fault at once, each with where, value and what was expected."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from weblog.errors import SiteError
from weblog.site import draft_site, load_site, site_from
from weblog.site.rules import Site


def said(folder: Path, text: str | bytes) -> list[str]:
    """Return the faults of a file of rules, a line each."""
    file = folder / "site.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SiteError) as caught:
        load_site(file)
    head, *faults = str(caught.value).splitlines()
    assert f"{len(faults)} fault" in head
    return [fault.strip() for fault in faults]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('hosts = ["https://www.x.com/"]', "hosts[1] is 'https://www.x.com/': expected a host"),
        ('hosts = ["a.com", "b.com/shop"]', "hosts[2] is 'b.com/shop': expected a host name"),
        ('hosts = ["a.com, b.com"]', "hosts[1] is 'a.com, b.com': expected a host name alone"),
        ('hosts = [""]', "hosts[1] is '': expected a host name"),
        ('hosts = "a.com"', "hosts is 'a.com': expected a list such as [\"a.com\"]"),
        ("hosts = 7", 'hosts is 7: expected a list such as ["..."]'),
        ("name = 7", "name is 7: expected text in quotes"),
        ('log_format = ""', "log_format is '': expected a LogFormat, or the name of one."),
        ('log_format = "combiend"', "Did you mean 'combined'? Known: combined, common,"),
        ("log_format = '%h %Q'", "log_format is '%h %Q': expected a LogFormat; unknown directive"),
        ("log_format = '%h %r'", "expected a LogFormat; it has no time (%t)"),
        ("[login]\nstatuses = [3020]", "login.statuses[1] is 3020: expected an HTTP status from"),
        ("[login]\nstatuses = [1.5]", "login.statuses[1] is 1.5: expected a whole number"),
        ("[login]\nstatuses = 302", "login.statuses is 302: expected a list"),
        ('[login]\nmethod = "GET,POST"', "login.method is 'GET,POST': expected an HTTP method"),
        ('[login]\npaths = "/login"', "login.paths is '/login': expected a list such as [\"/lo"),
        ("[session]\ninactivity_minutes = 0", "is 0: expected a number above 0"),
        ("[session]\ninactivity_minutes = 9999", "is 9999: expected a number of at most 1440"),
        ("[session]\ninactivity_minutes = nan", "is nan: expected a number"),
        ('[session]\ninactivity_minutes = "x"', "is 'x': expected a number"),
        ("[session]\nends_at_midnight = 3", "ends_at_midnight is 3: expected true or false"),
        ('[session]\nrules = "matom"', "expected 'matomo', 'ga4' or 'awstats'. Did you mean"),
        ("[[session]]", "session: expected one section, in single brackets: [session]"),
        ("session = 1", "session is 1: expected one section, in single brackets: [session]"),
        ('[goals]\ngoal = "x"', "goals: expected it in double brackets: [[goals]]"),
        ('goals = ["x"]', "goals[1] is 'x': expected a section of its own: [[goals]]"),
        ('[[goals]]\ngoal = "x"\npaths = []', "goals[1].paths is []: expected at least one path"),
        ('[[goals]]\npaths = ["/x"]', "goals[1].goal: missing, and needed"),
        (
            '[[goals]]\ngoal = "x"\npaths = ["quote"]',
            "goals[1].paths[1] is 'quote': expected a path that starts with /",
        ),
        ('[identity]\ncustomer = ["uid"]', "identity.customer[1] is 'uid': expected 'user',"),
        (
            '[[segments]]\nsegment = "z"\nwhen = "TRUE"\n' * 2,
            "segments: expected each segment once; defined twice: 'z'",
        ),
        (
            "\n".join(
                f'[[products]]\nproduct = "x"\ncategory = "{name}"\npaths = ["/{name}"]'
                for name in "ab"
            ),
            "products: expected one category for each product; several: 'x' in ['a', 'b']",
        ),
        (
            '[[products]]\nproduct = "x"\ncategory = ""\npaths = ["/x"]',
            "products[1].category is '': expected the name of a category",
        ),
        ('folder = "x"', "folder: unknown setting"),
        ("name = 2025-01-01", "name is 2025-01-01: expected text in quotes"),
    ],
)
def test_a_fault_says_where_what_and_what_was_expected(
    tmp_path: Path, text: str, fault: str
) -> None:
    (only,) = said(tmp_path, text)
    assert fault in only


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('a = 1\nname = "x\nb = 2', "line 2 is 'name = \"x': expected the text's closing quote"),
        ("name = My site", "line 1 is 'name = My site': expected a value: text in quotes"),
        ("name", "line 1 is 'name': expected: setting = value"),
        ('name = "a" b', "expected nothing more on this line; text stands in quotes"),
        ('name = "a"\nname = "b"', "line 2 is 'name = \"b\"': set twice"),
        ("[login]\n[login]", "line 2 is '[login]': the section is there twice"),
        ('hosts = ["a" "b"]', "expected a comma between the values of the list, and ]"),
        ('hosts = ["a",\n\n', "expected a value: text in quotes"),
        ('[tables]\ncustomers = "C:\\data"', r"expected \\ for a backslash, or the text in 'sin"),
        ("[login", "line 1 is '[login': expected ] behind the section's name"),
        ("= 3", "line 1 is '= 3': expected"),
        ("name = '''x", "line 1 is \"name = '''x\": expected the text's closing quotes"),
        ("이름 = 3", "line 1 is '이름 = 3': expected"),
        ('name = "한빛"'.encode("cp949"), "line 1: expected text in UTF-8; save the file in"),
    ],
)
def test_what_is_no_toml_names_the_line(tmp_path: Path, text: str | bytes, fault: str) -> None:
    (only,) = said(tmp_path, text)
    assert fault in only


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_bytes('name = "한빛"'.encode("utf-8-sig"))
    assert load_site(tmp_path / "site.toml").name == "한빛"


def test_a_path_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="the path is a folder: expected a file of site rules"):
        load_site(tmp_path)
    with pytest.raises(
        SiteError, match="the file is not there: expected a file of site rules; `weblog"
    ):
        load_site(tmp_path / "none.toml")


def test_what_is_right_in_other_letters_is_taken() -> None:
    rules = {"login": {"method": "post"}, "hosts": ["*.example.com", "A.com:8080"]}
    site = site_from(rules, "site.toml", Path())
    assert site.login.method == "POST"
    assert site.hosts == ("*.example.com", "A.com:8080")


def test_a_draft_keeps_what_further_faults_are_sought_in(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(
        'name = 3\ntime_zone = "Mars"\nhosts = ["a.com"]\n'
        '[tables]\ncustomers = "c.csv"\npurchases = 3\n'
        '[[segments]]\nsegment = "z"\nwhen = "x"\n[[segments]]\nsegment = "z"\nwhen = "y"\n'
        '[[segments]]\nsegment = "a"\n'
    )
    draft = draft_site(tmp_path / "site.toml")
    assert [where for where, _, _ in draft.faults] == [
        *("name", "time_zone", "segments[3].when", "tables.purchases", "segments")
    ]
    assert draft.site.hosts == ("a.com",)
    assert (draft.site.tables.customers, draft.site.tables.purchases) == ("c.csv", None)
    assert [rule.when for rule in draft.site.segments] == ["x", "y", "TRUE"]


def places() -> list[tuple[str, ...]]:
    """Return every setting there is: (name,), or (section, name)."""
    found: list[tuple[str, ...]] = []
    for name, field in Site.model_fields.items():
        inner: Any = getattr(field.annotation, "__args__", (field.annotation,))[0]
        found.append((name,))
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += [(name, setting) for setting in inner.model_fields]
    return found


PLAIN = st.one_of(
    st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.dates(), st.just("/a")
)
VALUES = st.recursive(
    PLAIN, lambda some: st.lists(some, max_size=2) | st.dictionaries(st.text(max_size=3), some)
)
OURS = re.compile(r"expected |unknown setting|missing, and needed")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(places()), VALUES, st.booleans()), max_size=4))
def test_whatever_is_written_is_taken_or_answered_in_our_words(
    written: list[tuple[tuple[str, ...], Any, bool]],
) -> None:
    rules: dict[str, Any] = {}
    for place, value, is_list in written:
        if len(place) == 1:
            rules[place[0]] = value
        else:
            rules[place[0]] = [{place[1]: value}] if is_list else {place[1]: value}
    try:
        site_from(rules, "site.toml", Path())
    except SiteError as error:
        for where, _, expected in error.faults:
            assert OURS.match(expected), (where, expected)


def test_rules_for_lines_tell_all_their_faults(tmp_path: Path) -> None:
    told = said(
        tmp_path,
        """
        [[skip]]
        name = ""
        hosts = ["https://a.kr/"]
        statuses = [40, "6xx", true]
        before = 3
        [[skip]]
        name = "nothing asked"
        [[skip]]
        name = "no day is both"
        after = 2025-01-01
        before = 2025-01-02
        [[keep]]
        name = "blank line"
        networks = ["10.0.0.0/33"]
        methods = ["G T"]
        befor = 2025-01-01
        """,
    )
    expected = (
        "skip[1].name is '': expected a name",
        "skip[1].hosts[1] is 'https://a.kr/': expected a host name alone",
        "skip[1].statuses[1] is 40: expected an HTTP status from 100 to 599, or a class",
        "skip[1].statuses[2] is '6xx': expected an HTTP status",
        "skip[1].statuses[3] is true: expected an HTTP status",
        "skip[1].before is 3: expected a day such as 2025-09-30",
        "skip[2]: expected a condition: hosts, paths, agents",
        "skip[3]: expected days between after and before",
        "keep[1].name is 'blank line': expected another name",
        "keep[1].methods[1] is 'G T': expected an HTTP method",
        "keep[1].networks[1] is '10.0.0.0/33': expected an address or a network",
        "keep[1].befor is 2025-01-01: unknown setting. Did you mean 'before'?",
    )
    assert [line[: len(begin)] for line, begin in zip(told, expected, strict=True)] == [*expected]


@pytest.mark.parametrize("second", ["skip", "keep"])
def test_rules_for_lines_are_told_apart_by_their_names(tmp_path: Path, second: str) -> None:
    twice = f"""
        [[skip]]
        name = "a"
        statuses = [404]
        [[{second}]]
        name = "a"
        statuses = [403]
        """
    assert said(tmp_path, twice) == [f"{second}: expected each name once; used twice: 'a'"]
