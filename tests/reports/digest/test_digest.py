"""Digests: what a mail says, that it is safe and readable, and that it arrives."""

from __future__ import annotations

import os
import re
import shutil
from base64 import b64encode
from datetime import date
from email.message import EmailMessage
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from in_process import Done, run_here
from mail_servers import free_port, smtp_server
from playwright.sync_api import Browser as Chromium
from pypdf import PdfReader

import reports
import sample_logs
from reports.digest import Browser, Digest, find_browser, page
from reports.digest.plan import OF_PEOPLE
from reports.digest.questions import QUESTIONS, title_and_question
from reports.query import FILTERS, ID_FILTERS
from reports.registry import REPORTS
from weblog.cli.digest import digest_of
from weblog.delivery_errors import BrowserError
from weblog.site import load_site
from weblog.site.scheduled import Only
from weblog.store import Store

PNG = b"\x89PNG\r\n\x1a\n"
SITE = 'name = "Hanbit & Co"\ntime_zone = "Asia/Seoul"\ncurrency = "KRW"\n'
WEEKLY = """
[[scheduled]]
scheduled = "weekly"
title = "주간 보고: 방문과 전환"
language = "ko"
to = ["가나 <a@example.com>", "b@example.com"]
days = 7
reports = [
    { report = "summary" },
    { report = "channels", days = 28 },
    { report = "pages", title = "VIP의 페이지", only = { segments = ["VIP"] }, options.limit = 5 },
    { report = "cohorts", days = 90 },
    { report = "flows" },
]
"""


def smtp(port: int) -> str:
    return (
        f'[smtp]\nhost = "localhost"\nport = {port}\ntls = "none"\nsender = "웹 <w@example.com>"\n'
        "timeout_seconds = 20\n"
    )


def site_of(folder: Path, text: str) -> Path:
    file = folder / "site.toml"
    file.write_text(SITE + text, "utf-8")
    return file


def send(own: Store, site: Path, *words: str, env: dict[str, str | None] | None = None) -> Done:
    day = ("--day", "2025-11-30")
    return run_here("send", *words, *day, "--site", site, "--store", own.folder, env=env)


@pytest.fixture
def own(company: Store, tmp_path: Path) -> Store:
    """A copy of the company's store, to write to."""
    return Store(shutil.copytree(company.folder, tmp_path / "store"))


def digest(store: Store, *names: str, language: str = "en", **more: Any) -> Digest:
    filters = reports.Filters(end=date(2025, 11, 30))
    found = [(REPORTS[name].function(store, filters, **more), None) for name in names]
    return digest_of(found, "Title", language, load_site(None), 10)


# words


def test_every_report_has_its_question_in_both_languages() -> None:
    assert set(REPORTS) - set(QUESTIONS) == set(), "write it in reports/digest/questions.py"
    for texts in QUESTIONS.values():
        assert all(texts)
    for name in REPORTS:
        english, korean = (title_and_question(name, language) for language in ("en", "ko"))
        assert re.search("[가-힣]", "".join(korean))
        assert not re.search("[가-힣]", "".join(english))


def test_reports_of_a_row_per_customer_are_known_as_such() -> None:
    ids = {"customer_id", "visitor_id"}
    of_customers = {
        name for name, spec in REPORTS.items() if ids & {column.name for column in spec.columns}
    }
    assert of_customers == OF_PEOPLE, "write it in reports/digest/plan.py"


MARKETING = (
    *("campaign_results", "goals", "campaign_effect", "landing_pages", "campaign_paths", "tagging"),
    *("banners", "banner_gap", "creatives", "mailings", "mailing_effect", "mail_times"),
    *("mail_robots", "anomalies"),
)


def test_marketing_reports_are_told_in_the_language_asked_for(company: Store) -> None:
    site = load_site(sample_logs.data_folder() / "site.toml")
    filters = reports.Filters(end=date(2025, 11, 30))
    found = [
        (REPORTS[name].function(company, filters, **options), None)
        for name in MARKETING
        for options in [{"site": site} if name in {"goals", "mailing_effect"} else {}]
    ]
    for language in ("en", "ko"):
        for told in digest_of(found, "Title", language, site, 10).sections:
            for header in told.table.header:
                in_korean = bool(re.search("[가-힣]", header)) or header in {"CPA", "ROAS"}
                assert in_korean or language == "en", (told.name, header)
                assert header != "left the site", told.name
            values = {cell for row in told.table.rows for cell in row}
            codes = {"no_landing", "too_soon", "not shown", "unknown_campaign"}
            assert not values & (codes | ({"no target"} if language == "ko" else set())), told.name
            for sentence in told.answer:
                assert "(none)" not in sentence, told.name
                assert "(없음)" not in sentence, told.name
    sections = {told.name: told for told in digest_of(found, "Title", "en", site, 10).sections}
    effect, results, goals = (
        sections[name] for name in ("mailing_effect", "campaign_results", "goals")
    )
    assert effect.answer[0].startswith("Of 1,209 customers written to")
    assert results.answer[0].startswith("pension-yearend-2025 comes first with 276 sessions")
    assert any("subscriptions of the quarter: " in sentence for sentence in goals.answer)
    assert sections["banners"].answer[0].startswith("pension-yearend-2025 · pension-calm-320x100 ")
    assert "Difference" in effect.table.header


def test_filters_of_rules_are_those_of_reports_but_for_single_people() -> None:
    assert set(Only.model_fields) == set(FILTERS) - set(ID_FILTERS)


def test_answers_say_what_the_rows_say(company: Store) -> None:
    told = digest(company, "summary", "site_status", "channels", "pages")
    summary, status, channels, pages = told.sections
    report = reports.summary(company, reports.Filters(end=date(2025, 11, 30)))
    rows = {row["measure"]: row for row in report.frame.to_dicts()}
    assert f"Sessions {rows['sessions']['value']:,.0f} (" in summary.answer[0]
    days = reports.site_status(company, reports.Filters(end=date(2025, 11, 30))).frame.to_dicts()
    now = [row for row in days if row["period"] == "current"]
    most = max(now, key=lambda row: row["sessions"])
    assert f"most on {most['date'].day} Nov ({most['sessions']:,})" in status.answer[0]
    assert "Organic Search comes first" in channels.answer[0]
    assert len(summary.table.rows) == len(rows), "no measure is left out"
    assert [row[0] for row in status.table.rows][-1] == "2025-11-30", "the last days are shown"
    assert pages.table.more == reports.pages(company, reports.Filters(
        end=date(2025, 11, 30))).frame.height - 10  # fmt: skip


def test_funnel_is_told_in_words(company: Store) -> None:
    site = load_site(sample_logs.data_folder() / "site.toml")
    report = reports.funnel(company, reports.Filters(end=date(2025, 11, 30)), site=site)
    first, *_, last = report.frame["reached"].to_list()
    (section,) = digest_of([(report, None)], "T", "en", site, 10).sections
    assert section.answer[0].startswith(f"Of {first:,} who began, {last:,} (")


# HTML

HOSTILE = "/<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"


class Tags(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_log_text_is_text(make_store: Any, visits: Any) -> None:
    rows = [visits(n, 0, f"v{n}", "x", entry_page=HOSTILE, exit_page=HOSTILE) for n in range(40)]
    hostile = make_store(rows)
    told = digest(hostile, "entry_pages", "pages", language="ko")
    text = page(told, {0: "cid:figure1@weblog"})
    assert "&lt;script&gt;" in text
    tags = Tags(text).found
    allowed = set("html head meta title style body table tr td th thead tbody h1 h2 p b br img"
                  .split())  # fmt: skip
    assert {tag for tag, _ in tags} <= allowed
    for _, attributes in tags:
        assert not [name for name in attributes if name.startswith("on")]
    assert [a["src"] for tag, a in tags if tag == "img"] == ["cid:figure1@weblog"]
    assert not re.search(r"https?://|url\(", text), "nothing is fetched"


def test_structure_of_the_page(company: Store) -> None:
    tags = Tags(page(digest(company, "summary", "channels"), {0: "cid:a", 1: "cid:b"})).found
    names = [tag for tag, _ in tags]
    assert [names.count(tag) for tag in ("h1", "h2", "img", "thead", "script")] == [1, 2, 2, 2, 0]
    assert all(attributes.get("alt") for tag, attributes in tags if tag == "img")
    assert all("style" in attributes for tag, attributes in tags if tag in {"td", "th", "p"})
    assert "max-width:640px" in str(tags)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_readable_at_any_width_light_and_dark(
    company: Store, browser: Chromium, tmp_path: Path, language: str
) -> None:
    painter = find_browser(os.environ)
    assert painter is not None
    told = digest(company, "summary", "channels", "pages", "cohorts", language=language)
    drawn = painter.draw([{**s.figure, "layout": {**s.figure["layout"], "width": 480}}
                          for s in told.sections if s.figure], 1)  # fmt: skip
    assert all(png is not None and png.startswith(PNG) for png in drawn)
    sources = {n: f"data:image/png;base64,{b64encode(png or b'').decode()}"
               for n, png in enumerate(drawn)}  # fmt: skip
    file = tmp_path / "page.html"
    file.write_text(page(told, sources), "utf-8")
    for width in (640, 390):
        for scheme in ("light", "dark"):
            shown = browser.new_page(viewport={"width": width, "height": 900},
                                      color_scheme=scheme)  # type: ignore[arg-type]  # fmt: skip
            shown.goto(file.as_uri())
            assert shown.evaluate("document.documentElement.scrollWidth") == width
            assert shown.evaluate("[...document.images].every(i => i.naturalWidth > 400)")
            assert shown.evaluate(_CONTRAST) >= 4.5, "WCAG 1.4.3"
            shown.close()


_CONTRAST = """
(() => {
  const parts = c => c.match(/[0-9.]+/g).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  let least = 21;
  for (const e of document.querySelectorAll("p,td,th,h1,h2")) {
    if (!e.innerText.trim() || e.querySelector("table,p,h1,h2")) continue;
    const style = getComputedStyle(e);
    const [x, y] = [lum(parts(style.color)), lum(parts(style.backgroundColor))];
    least = Math.min(least, (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05));
  }
  return least;
})()
"""


# it arrives


def parts_of(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def test_a_scheduled_mail_arrives_whole_and_once(own: Store, tmp_path: Path) -> None:
    with smtp_server(tmp_path / "mail") as post:
        file = site_of(tmp_path, smtp(post.port) + WEEKLY)
        done = send(own, file, "weekly")
        assert (done.returncode, done.stderr) == (0, "")
        again = send(own, file, "weekly")
        assert "has been sent" in again.stdout
        (message,) = post.messages
        assert post.envelopes[0]["to"] == ["a@example.com", "b@example.com"]
    assert message["Subject"] == "주간 보고: 방문과 전환 (2025-11-24 – 2025-11-30)"
    assert parts_of(message) == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "multipart/related"),
        *("text/html", *["image/png"] * 5, "application/pdf"),
    ]
    _, _, plain, _, html, *pictures, pdf = message.walk()
    cids = {str(each["Content-ID"])[1:-1] for each in pictures}
    sources = {a["src"] for tag, a in Tags(html.get_content()).found if tag == "img"}
    assert sources == {f"cid:{cid}" for cid in cids}
    assert all(each.get_content().startswith(PNG) and len(each.get_content()) > 5_000
               for each in pictures)  # fmt: skip
    for text in (plain.get_content(), html.get_content()):
        for said in ("VIP의 페이지", "방문은 어디에서 오나요?", "자연 검색"):
            assert said in text
    assert pdf.get_filename() == "주간 보고: 방문과 전환.pdf"
    reader = PdfReader(BytesIO(pdf.get_content()))
    assert 2 <= len(reader.pages) <= 8
    assert round(float(reader.pages[0].mediabox.width)) == 595, "A4"
    text = "".join(each.extract_text() for each in reader.pages)
    assert "VIP의 페이지" in text
    assert "자연 검색" in text
    assert sum(len(each.images) for each in reader.pages) == 5


def test_what_no_server_takes_goes_with_the_next_run(own: Store, tmp_path: Path) -> None:
    without = {"WEBLOG_BROWSER": ""}
    text = WEEKLY.replace('"weekly"', '"w"')
    file = site_of(tmp_path, smtp(free_port()) + text)
    failed = send(own, file, "w", env=without)
    assert failed.returncode == 15
    assert "waits in the outbox (try 1): mail server localhost:" in failed.stderr
    assert send(own, file, "--list").stdout.count("waiting") == 1
    with smtp_server(tmp_path / "mail") as post:
        site_of(tmp_path, smtp(post.port) + text)
        assert send(own, file).returncode == 0
        assert send(own, file, "w", env=without).returncode == 0
        assert len(post.messages) == 1
        assert send(own, file, "w", "--again", env=without).returncode == 0
        first, second = post.messages
        assert first["Message-ID"] == second["Message-ID"]


def test_without_a_browser_it_goes_without_pictures_and_says_so(own: Store, tmp_path: Path) -> None:
    with smtp_server(tmp_path / "mail") as post:
        file = site_of(tmp_path, smtp(post.port) + WEEKLY)
        done = send(own, file, "weekly", env={"WEBLOG_BROWSER": ""})
        assert done.returncode == 0
        assert "Chromium이 없습니다" in done.stderr
        (message,) = post.messages
    assert parts_of(message) == ["multipart/alternative", "text/plain", "text/html"]
    _, plain, html = message.walk()
    for text in (plain.get_content(), html.get_content()):
        assert "그림 없이 보냅니다" in text
        assert "자연 검색" in text
    refused = send(own, file, "weekly", "--pdf", "x.pdf", env={"WEBLOG_BROWSER": ""})
    assert (refused.returncode, "a PDF needs one" in refused.stderr) == (15, True)
    broken = {"WEBLOG_BROWSER": "/bin/false"}
    failed = send(own, file, "weekly", "--pdf", str(tmp_path / "x.pdf"), env=broken)
    assert (failed.returncode, "/bin/false: it failed with code 1" in failed.stderr) == (15, True)


def test_reports_by_mail_at_once(own: Store, tmp_path: Path) -> None:
    with smtp_server(tmp_path / "mail", refuse={"x@example.com": "550 no such user"}) as post:
        file = site_of(tmp_path, smtp(post.port))
        words = ("summary", "channels", "--segment", "VIP", "--site", file, "--store", own.folder)
        env: dict[str, str | None] = {"WEBLOG_BROWSER": ""}
        done = run_here("report", *words, "--email", "a@example.com", env=env)
        assert done.returncode == 0
        (message,) = post.messages
        assert str(message["Subject"]).startswith("Hanbit & Co: Summary, Channels (")
        assert "only VIP" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        bad = run_here("report", *words, "--email", "x@example.com", env=env)
        assert (bad.returncode, "refused for ever: 550" in bad.stderr) == (15, True)
    for more, said in (
        (("--email", "nobody"), "is no mail address"),
        (("--email", "a@example.com", "--customer", "c"), "about single people"),
        (("--output", "json"), "is for one report"),
        (("--title", "x"), "are for --email"),
        (("--funnel", "x"), "none of the reports summary, channels has --funnel"),
    ):
        refused = run_here("report", *words, *more, env=env)
        assert refused.returncode == 2, more
        assert said in refused.stderr


def test_wrong_schedules_are_refused(own: Store, tmp_path: Path) -> None:
    text = WEEKLY.replace('"channels"', '"chanels"').replace("limit", "limt")
    done = send(own, site_of(tmp_path, text.replace('"flows"', '"customer_preference"')))
    assert done.returncode == 3
    assert (
        "scheduled[1].reports[2].report is 'chanels': no such report. Did you mean" in done.stderr
    )
    assert "scheduled[1].reports[3].options is 'limt': unknown option. Did you mean" in done.stderr
    assert "a row for each customer" in done.stderr
    unknown = send(own, site_of(tmp_path, smtp(25) + WEEKLY), "weakly")
    assert (unknown.returncode, "Did you mean 'weekly'?" in unknown.stderr) == (2, True)
    nobody = send(own, site_of(tmp_path, smtp(25) + WEEKLY.replace("to =", "# to =")), "weekly")
    assert (nobody.returncode, "nobody to send to" in nobody.stderr) == (2, True)
    no_server = send(own, site_of(tmp_path, WEEKLY), "weekly")
    assert (no_server.returncode, "names no mail server" in no_server.stderr) == (15, True)


# the browser


def test_a_figure_cannot_end_its_script_or_reach_the_network() -> None:
    browser = find_browser(os.environ)
    assert browser is not None
    layout = {"width": 300, "height": 100, "title": {"text": "</script><script>x</script>"},
              "images": [{"source": "http://127.0.0.1:9/x.png"}]}  # fmt: skip
    good = {"data": [{"type": "bar", "x": ["가"], "y": [1]}], "layout": {"width": 300}}
    pictures = browser.draw([{"data": [], "layout": layout}, good], 1)
    assert len(pictures) == 2
    assert pictures[1] is not None


def test_what_browsers_are_found(tmp_path: Path) -> None:
    program = tmp_path / "google-chrome"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find_browser({"PATH": str(tmp_path)}) == Browser(str(program))
    assert find_browser({"PATH": str(tmp_path), "WEBLOG_BROWSER": "/x"}) == Browser("/x")
    assert find_browser({"PATH": str(tmp_path), "WEBLOG_BROWSER": ""}) is None
    assert find_browser({"PATH": "/nowhere"}) is None
    with pytest.raises(BrowserError, match="cannot be started"):
        Browser("/nowhere/chromium").print("<p>x</p>")
    with pytest.raises(BrowserError, match=r"it drew 0 of 1 figures|it failed"):
        Browser(str(program)).draw([{"data": [], "layout": {}}], 1)


# units of cron and systemd


@pytest.mark.parametrize("name", ["alerts.md", "scheduled-reports.md"])
def test_units_and_cron_lines_name_commands_and_options_there_are(name: str) -> None:
    text = (Path(__file__).parents[3] / "docs" / name).read_text("utf-8")
    blocks = "\n".join(re.findall(r"^```(?:text|ini)\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    commands = re.findall(
        r"weblog (send|alerts check|report|ingest)((?: \S+)*)$", blocks, re.MULTILINE
    )
    assert len(commands) >= 2
    for command, words in commands:
        known = run_here(*command.split(), "--help").stdout
        options = [word for word in words.split() if word.startswith("-")]
        assert [each for each in options if not re.search(rf"{each}\b", known)] == []
    for unit in re.findall(r"^```ini\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        assert unit.startswith("[Unit]\nDescription=")
        assert ("[Timer]" in unit) == ("WantedBy=timers.target" in unit)
        assert ("[Service]" in unit) == ("ExecStart=/opt/weblog/bin/weblog " in unit)
