"""The documentation as a site: it builds strictly, holds together, and asks no other host."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import markdown
import pytest
import yaml
from doc_pages import PAGES, ROOT, page_id
from markdown_it import MarkdownIt

from dashboard.pages import PAGES as DASHBOARD_PAGES
from dashboard.words import word
from reports.figures.words import word as figure_word
from reports.measures import MEASURES


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (built.returncode, built.stderr) == (0, "")
    return folder


@pytest.fixture(scope="module")
def links() -> ModuleType:
    spec = importlib.util.spec_from_file_location("links", ROOT / "docs" / "links.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["links"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_link_is_dead_and_nothing_is_fetched_from_elsewhere(
    site: Path, links: ModuleType
) -> None:
    assert links.problems(site) == []


def test_korean_pages_say_that_they_are_korean(site: Path, links: ModuleType) -> None:
    languages = {
        file.relative_to(site.resolve()).as_posix(): page.language
        for file, page in links.read(site).items()
    }
    korean = {name for name, language in languages.items() if language == "ko"}
    assert korean == {name for name in languages if name.startswith("ko/")}
    assert {"ko/index.html", "ko/readme.html"} < korean


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ('<a href="b.html">', "a.html: leads nowhere: b.html"),
        ('<a href="#there">', "a.html: no such place in a.html: #there"),
        ('<a href="/a.html">', "a.html: leads out of the site: /a.html"),
        ('<a href="http//a.example/">', "a.html: leads nowhere: http//a.example/"),
        ('<a href="https://example">', "a.html: no whole address: https://example"),
        ('<script src="https://cdn.example/a.js">', "a.html: fetches https://cdn.example/a.js"),
        ('<link rel="stylesheet" href="//a.example/a.css">', "a.html: fetches //a.example/a.css"),
        ('<img src="b.png">', "a.html: leads nowhere: b.png"),
    ],
)
def test_what_is_wrong_with_a_site_is_seen(
    html: str, said: str, tmp_path: Path, links: ModuleType
) -> None:
    (tmp_path / "a.html").write_text(f'<html lang="en"><p id="here">{html}', "utf-8")
    assert links.problems(tmp_path) == [said]


def test_styles_that_fetch_are_seen(tmp_path: Path, links: ModuleType) -> None:
    (tmp_path / "a.html").write_text('<a href="#x" id="x">', "utf-8")
    (tmp_path / "a.css").write_text("@import url('https://fonts.example/a.css');", "utf-8")
    assert links.problems(tmp_path) == ["a.css: fetches https://fonts.example/a.css"]


# a page reads the same in the repository and on the site


class Tags(HTMLParser):
    """How often each tag stands in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.count: Counter[str] = Counter()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"ul", "ol", "li", "table", "tr", "a", "pre", "h1", "h2", "h3", "img", "em"}:
            self.count[tag] += 1


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_both_dialects_of_markdown_read_a_page_alike(page: Path) -> None:
    text = page.read_text("utf-8")
    config = yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    chosen = [each if isinstance(each, str) else next(iter(each)) for each in
              config["markdown_extensions"]]  # fmt: skip
    extensions = [each for each in chosen if each != "toc"]  # it adds links to headings
    on_the_site = Tags(markdown.markdown(text, extensions=extensions))
    in_the_repository = Tags(MarkdownIt("commonmark").enable("table").render(text))
    assert on_the_site.count == in_the_repository.count


# Korean pages use the dashboard's words


def test_every_measure_is_explained_in_korean_by_the_dashboards_word() -> None:
    text = (ROOT / "docs" / "ko" / "measures.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| ([^|]+) \| `(\w+)` \|", text, re.MULTILINE))
    named = {name: said for said, name in rows.items()}
    assert set(named) == set(MEASURES)
    wrong = {n: s for n, s in named.items() if not s.startswith(figure_word(n, "ko"))}
    assert wrong == {}


def test_every_page_of_the_dashboard_is_in_the_korean_list_by_its_own_name() -> None:
    text = (ROOT / "docs" / "ko" / "dashboard.md").read_text("utf-8")
    named = {
        re.sub(r"\(.*\)", "", cell) for cell in re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)
    }
    assert {word(page.name, "ko") for page in DASHBOARD_PAGES.values()} - named == set()


def test_a_page_that_is_read_otherwise_is_seen() -> None:
    text = "A list follows.\n- one\n- two\n"
    assert Tags(markdown.markdown(text)).count != Tags(MarkdownIt().render(text)).count
