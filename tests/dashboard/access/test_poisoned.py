"""A company all of whose texts were written by strangers: shown as text, kept from who may not.

Paths, sources, campaigns, banners, mailings, customers and what is known of them, rules' names.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

import asked_directly
import polars as pl
import pytest
from flask.testing import FlaskClient
from harmless import is_harmless
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from logged_in import PASSWORDS, ask, log_in, told, update
from logged_in import call as fill
from poisoned_store import LONG, NASTY, POISONED, RAN, SPARED, poisoned_store
from sample_store import company_store

import sample_logs
import weblog
from dashboard import Files, create_app
from dashboard.access import Accounts, Audit
from dashboard.access.door import Door
from dashboard.access.sessions import Sessions
from dashboard.app import Application
from dashboard.pages import PAGES
from dashboard.view import FIELDS
from weblog.store import Store

DATA = sample_logs.data_folder()

RULES = """
[contact]
channel = "email"

[[rules]]
rule = "{name}"
list = "{name} of all"
when = "age > 20"
offer = "{name}"
"""

RULE = "=cmd|' /C calc'!A0<script>window.hacked=1</script>"

FORMULA = re.compile(r"^[=+\-@\t\r\n]")
NUMBER = re.compile(r"^[-+]?[\d.]+(e[-+]?\d+)?$")
PERSON = re.compile(r"name-\d|mail-\d|010-1234|H1\d{7}")
"""What the register knows of a person, and their number."""


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("poisoned")
    return poisoned_store(company_store(folder / "clean"), folder / "store")


@pytest.fixture(scope="module")
def app(
    poisoned: Store, four_accounts: Accounts, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Application]:
    rules = tmp_path_factory.mktemp("rules") / "rules.toml"
    rules.write_text(RULES.format(name=RULE), "utf-8")
    door = Door(open_role=None, sessions=Sessions(four_accounts), audit=Audit(four_accounts.folder))
    files = Files(str(DATA / "site.toml"), str(rules))
    made = create_app(poisoned, weblog.load_site(DATA / "site.toml"), door=door, files=files)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def as_one(app: Application, four_accounts: Accounts) -> Callable[[str], FlaskClient]:
    known: dict[str, FlaskClient] = {}

    def logged_in(role: str) -> FlaskClient:
        if role not in known:
            four_accounts.folder.connection().execute("delete from attempts")
            known[role] = app.server.test_client()
            assert log_in(known[role], role, PASSWORDS[role]).status_code == 303
        return known[role]

    return logged_in


@pytest.fixture(scope="module")
def analyst(as_one: Callable[[str], FlaskClient]) -> FlaskClient:
    return as_one("analyst")


def cells_of(text: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


def formulas(cells: list[str]) -> list[str]:
    return [one for one in cells if FORMULA.match(one) and not NUMBER.match(one)]


def test_the_poison_is_in_every_table_it_says(poisoned: Store) -> None:
    snapshot = poisoned.snapshot()
    for name, columns in POISONED.items():
        frame = snapshot.scan(name).collect()
        assert frame.height > 0, name
        for column in columns.split():
            texts = [text for text in frame[column].drop_nulls().unique() if text != SPARED]
            assert all(text.startswith((*NASTY, LONG)) for text in texts), (name, column)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_and_file_takes_it_as_text(analyst: FlaskClient, path: str) -> None:
    page = PAGES[path]
    answers = [update(analyst, "?period=all", path)]
    answers += [fill(analyst, page.id(part), "?period=all") for part in page.slow]
    for answer in answers:
        assert answer.mimetype == "application/json"
        states = {name: one["data"].get("state") for name, one in answer.json["response"].items()}
        assert set(states.values()) <= {"ready", "empty", "not_here", None}, states
    for card in page.cards.cards if page.cards else ():
        answer = analyst.get(f"/download/{page.name}/{card.name}.csv?period=all")
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert formulas(cells_of(answer.text)) == []


def test_it_is_there_to_be_seen(analyst: FlaskClient, poisoned: Store) -> None:
    """Else the tests above would be about nothing."""
    answers = [update(analyst, "?period=all", path).json for path in ("/", "/content", "/paths")]
    shown = "\n".join(set().union(*map(texts_in, answers)))
    assert sum(one in shown for one in NASTY) > len(NASTY) // 2
    longest = poisoned.snapshot().scan("page_views").select(pl.col("path").str.len_chars().max())
    assert longest.collect().item() >= len(LONG)


def customers(poisoned: Store) -> list[str]:
    """One customer for each nasty text."""
    numbers = poisoned.snapshot().scan("customers").collect()["customer_id"].unique().sort()
    starts = numbers.str.replace(r"(?s)H\d{8}$", "")
    return [numbers.filter(starts == one)[0] for one in NASTY if (starts == one).any()]


def test_a_card_on_screen_and_paper_is_text(
    as_one: Callable[[str], FlaskClient], poisoned: Store
) -> None:
    known = customers(poisoned)
    assert len(known) >= len(NASTY) - 2
    for customer in (*known[::3], SPARED):
        for role in ("marketer", "analyst"):
            page = as_one(role).get("/customer?" + urlencode({"id": customer}))
            assert page.status_code in ({200} if customer == customer.strip() else {200, 404})
            assert is_harmless(page.text), customer
            assert page.mimetype == "text/html"
            if page.status_code == 200:
                assert bool(re.search("name-[0-9]", page.text)) is (role == "analyst")
    answer = as_one("marketer").get("/customer?" + urlencode({"id": SPARED, "format": "json"}))
    assert answer.mimetype == "application/json"
    assert re.search(r"name-\d|mail-\d|010-1234", answer.text) is None


def test_who_is_looked_for_is_text(analyst: FlaskClient) -> None:
    seen = told(ask(analyst, "/customers", {"text": "name"}), "/customers")
    assert seen["state"] == "ready"
    shown = [cell for row in seen["rows"] for cell in row]
    assert any(cell.startswith(NASTY) for cell in shown)  # as it is, for React to show as text
    for text in (*NASTY, LONG, "\ud800", "%", "_", "' or 1=1 --"):
        answer = ask(analyst, "/customers", {"text": text})
        assert answer.status_code == 200, text[:20]
        assert told(answer, "/customers")["state"] in {"ready", "none", "short"}


def test_a_list_of_customers_has_no_formula(analyst: FlaskClient, app: Application) -> None:
    path = app.desk.rules_file
    assert path is not None
    asked = {
        "name": RULE, "day": "2025-12-01", "channel": "email", "replace": True,
        "columns": ["name", "email"], "sha256": sha256(path.read_bytes()).hexdigest(),
    }  # fmt: skip
    answer = analyst.post("/targets/file", json=asked | {"format": "csv"})
    assert answer.status_code == 200, answer.text
    cells = cells_of(answer.text)
    assert len(cells) > 100
    assert formulas(cells) == []
    assert "'" + RULE in cells or "'=cmd|" in answer.text
    for name in ("Content-Disposition", "X-Weblog-Told", "X-Weblog-File"):
        assert "<" not in answer.headers[name]
    run = answer.headers["X-Weblog-Run"]
    record = analyst.get(f"/targets/audit/{run}.json")
    assert (record.status_code, record.mimetype) == (200, "application/json")


def rare(poisoned: Store) -> set[str]:
    """Texts that fewer visitors than five have in common, wherever they stand."""
    snapshot, few, many = poisoned.snapshot(), set[str](), set[str]()
    for name in ("sessions", "page_views"):
        frame = snapshot.scan(name).collect()
        for column in frame.select(pl.selectors.string()).columns:
            counted = frame.drop_nulls(column).group_by(column)
            people = counted.agg(n=pl.col("visitor_id").n_unique())
            few |= set(people.filter(pl.col("n") < 5)[column])
            many |= set(people.filter(pl.col("n") >= 5)[column])
    return {text for text in few - many if len(text) > 7}


def texts_in(found: Any) -> set[str]:
    if isinstance(found, str):
        return {found}
    if isinstance(found, dict):
        return set(found) | texts_in(list(found.values()))
    return set().union(*map(texts_in, found)) if isinstance(found, list) else set()


def test_a_viewer_learns_of_nobody_and_of_no_small_group(
    as_one: Callable[[str], FlaskClient], poisoned: Store
) -> None:
    """Whatever callback is asked, and whatever it is asked."""
    viewer, hidden, answered = as_one("viewer"), rare(poisoned), 0
    assert len(hidden) > 1000
    for one in asked_directly.declared(viewer):
        asks = one["inputs"][0]["property"].startswith("ask")
        for value in [{"text": "name", "number": 1}] if asks else ["?period=7", "?period=all"]:
            answer = asked_directly.call(viewer, one, value)
            assert answer.status_code in {200, 400, 403}
            if answer.status_code == 200:
                answered += 1
                assert not PERSON.search(answer.text), one["output"]
                assert texts_in(answer.json) & hidden == set(), one["output"]
    assert answered > 20
    for page in PAGES.values():
        for card in page.cards.cards if page.cards else ():
            file = viewer.get(f"/download/{page.name}/{card.name}.parquet?period=7")
            assert file.status_code in {200, 403}
            if file.status_code == 200:
                frame = pl.read_parquet(file.data).select(pl.selectors.string())
                assert {text for column in frame for text in column} & hidden == set(), card.name


WRONG: tuple[Any, ...] = (
    None,
    5,
    True,
    [],
    {},
    "\0",
    "\ud800",
    "x" * 40_000,
    ["x"],
    {"number": 2**70, "text": {}},
)


def test_no_role_breaks_a_callback_by_what_it_sends(as_one: Callable[[str], FlaskClient]) -> None:
    for role, turn in (("viewer", 0), ("analyst", 3)):
        reader = as_one(role)
        for number, one in enumerate(asked_directly.declared(reader)):
            value = WRONG[(number + turn) % len(WRONG)]
            for said, language in ((value, "en"), ("?period=7", value)):
                answer = asked_directly.call(reader, one, said, language)
                assert answer.status_code in {200, 400, 403}, (one["output"], said)
                assert '"state":"error"' not in answer.text.replace(" ", ""), (one["output"], said)


def test_a_request_that_no_page_sends_is_refused(analyst: FlaskClient) -> None:
    one = next(
        each for each in asked_directly.declared(analyst) if "overview-page" in each["output"]
    )
    fine = asked_directly.asked(one, "")
    assert analyst.post("/_dash-update-component", json=fine).status_code == 200
    wrongs: tuple[dict[str, Any], ...] = (
        {"output": "nothing.data"}, {"output": None}, {"output": ["x"]}, {"outputs": []},
        {"outputs": None}, {"outputs": [{"id": "page", "property": "children"}]}, {"inputs": []},
        {"inputs": fine["inputs"] * 2}, {"inputs": {}}, {"inputs": [5]}, {"state": []},
        {"state": fine["inputs"]}, {"changedPropIds": 5}, {"changedPropIds": [{}]},
    )  # fmt: skip
    for wrong in wrongs:
        answer = analyst.post("/_dash-update-component", json=fine | wrong)
        assert answer.status_code == 400, wrong
        assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/_dash-update-component", "/api/views", "/targets/file"])
@pytest.mark.parametrize("nested", ["[" * 100_000, '{"a":' * 100_000, "\xff", "NaN", "[1,"])
def test_what_is_no_json_is_refused(analyst: FlaskClient, path: str, nested: str) -> None:
    answer = analyst.post(path, data=nested.encode("latin-1"), content_type="application/json")
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


OPTIONS = sorted(
    {
        f"{card.name}.{name}"
        for page in PAGES.values()
        for card in (page.cards.cards if page.cards else ())
        for name in ("view", "sort", "columns", *(choice.name for choice in card.choices))
    }
)
PARTS = (*FIELDS, "from", "to", "period", "compare", "measure", "view", "id", "day", "lang", "at",
         "next", "format", *OPTIONS)  # fmt: skip
SAID = (*NASTY, "0001-01-01", "9999-12-31", "2025-11-30", "2025-02-30", "-1", "0", "1e999", "nan",
        "9" * 400, str(2**63), "true", "[]", "all", "x" * 5_000, "20251130", "\ud800")  # fmt: skip
RAW = ("%ff=%fe", "&&=", "period", "%ED%A0%80=%00", "a=b;c=d", "=", "%", "period=all&period=7")

parts = st.tuples(st.sampled_from(PARTS), st.sampled_from(SAID) | st.text(max_size=30)).map(
    lambda pair: "=".join(quote(one, safe="", errors="surrogatepass") for one in pair)
)
addresses = st.lists(parts | st.sampled_from(RAW), max_size=5).map("&".join)
pages = [path for path, page in PAGES.items() if page.cards]


@given(addresses, st.sampled_from(pages), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_address_changed_by_hand_breaks_nothing(
    analyst: FlaskClient, search: str, path: str, chance: Any
) -> None:
    page = PAGES[path]
    assert page.cards
    card = chance.choice(page.cards.cards)
    answer = update(analyst, f"?{search}", path)
    if card.slow:
        answer = fill(analyst, page.id(card.name), f"?{search}")
    assert answer.status_code == 200
    assert '"state":"error"' not in answer.text.replace(" ", "")
    file = f"/download/{page.name}/{card.name}.{chance.choice(['csv', 'parquet'])}"
    for address in (path, file, "/customer", "/login", "/api/views", "/account", "/nowhere"):
        answer = analyst.get(f"{address}?{search}")
        assert answer.status_code in {200, 303, 400, 404}, address
        if answer.mimetype == "text/html":
            assert RAN not in answer.text.replace("&#39;", "'") or is_harmless(answer.text), address


def test_what_the_data_do_not_have_is_said_so(analyst: FlaskClient) -> None:
    """A link to a campaign of long ago: no failure, and no empty file."""
    card = "campaigns_page-effect"
    shown = fill(analyst, card, "?campaign=long-ago").json["response"][card]["data"]
    text = "The data have nothing called “long-ago”"
    assert shown == {"state": "absent", "text": text, "asked": "?campaign=long-ago"}
    address = "/download/campaigns_page/effect.csv?campaign=long-ago"
    assert analyst.get(address).status_code == 404


def test_a_script_there_is_none_of_is_not_found(app: Application) -> None:
    for path in ("dash/..%2f..%2fversion.py", "nothing/x.js", "dash/deps/none.js", "os/path.py"):
        answer = app.server.test_client().get(f"/_dash-component-suites/{path}")
        assert answer.status_code == 404, path
