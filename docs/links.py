"""Look whether the built site holds together: ``python docs/links.py site``.

Every link of every page leads to a file that is there, and to an anchor that is there; links to
other hosts are whole addresses (nothing is asked of the network); and no page fetches anything
from another host by itself: no script, style, font, picture or frame.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
    "form": "action",
}
"""What a browser fetches, or is sent to, without a click on a link: tag and attribute."""
NOT_FETCHED = {"canonical", "alternate", "prev", "next", "license", "author"}
"""``rel`` of ``<link>`` that only tells."""
IN_STYLES = re.compile(r"(?:url\(|@import\s+)['\"]?((?:https?:)?//[^'\")\s]+)")
HOST = re.compile(r"(?:[\w-]+\.)+[\w-]+(?::\d+)?|127\.0\.0\.1(?::\d+)?|localhost(?::\d+)?")


@dataclass
class Page(HTMLParser):
    """What one page leads to, what it fetches, and which anchors it has."""

    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    language: str | None = None

    def __post_init__(self) -> None:
        """Begin reading."""
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag says."""
        said = {name: value for name, value in attrs if value is not None}
        self.anchors |= {said[name] for name in ("id", "name") if name in said}
        if tag == "html":
            self.language = said.get("lang")
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        if tag == "link" and "href" in said:
            only_tells = set(said.get("rel", "").split()) <= NOT_FETCHED
            (self.links if only_tells else self.fetched).append(said["href"])
        if FETCHED.get(tag, "") in said:
            self.fetched.append(said[FETCHED[tag]])


def read(site: Path) -> dict[Path, Page]:
    """Read every page of a site."""
    pages = {}
    for file in sorted(site.rglob("*.html")):
        pages[file.resolve()] = page = Page()
        page.feed(file.read_text("utf-8"))
    return pages


def problems(site: Path) -> list[str]:
    """Return what is wrong with the site, a line each."""
    pages = read(site)
    found = [f"{site}: no page"] if not pages else []
    for file, page in pages.items():
        here = file.relative_to(site.resolve()).as_posix()
        found += [f"{here}: {said}" for said in _of_page(file, page, pages)]
    for style in site.rglob("*.css"):
        text = style.read_text("utf-8")
        found += [f"{style.name}: fetches {url}" for url in IN_STYLES.findall(text)]
    return found


def _of_page(file: Path, page: Page, pages: dict[Path, Page]) -> Iterator[str]:
    for link in page.links:
        yield from _of_link(link, file, pages)
    for link in page.fetched:
        parts = urlsplit(link)
        if parts.netloc or parts.scheme not in ("", "data"):
            yield f"fetches {link}"
        elif not parts.scheme:
            yield from _of_link(link, file, pages)


def _of_link(link: str, file: Path, pages: dict[Path, Page]) -> Iterator[str]:
    parts = urlsplit(link)
    if parts.scheme in ("http", "https"):
        if not HOST.fullmatch(parts.netloc) or " " in link:
            yield f"no whole address: {link}"
        return
    if parts.scheme or parts.netloc or parts.path.startswith("/"):
        # The page of an unknown address alone is shown at any depth, and says where it is.
        if file.name != "404.html":
            yield f"leads out of the site: {link}"
        return
    target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
    target = target / "index.html" if target.is_dir() else target
    if not target.exists():
        yield f"leads nowhere: {link}"
    elif parts.fragment and target in pages:
        anchor = unquote(parts.fragment)
        if anchor not in pages[target].anchors:
            yield f"no such place in {target.name}: #{anchor}"


def main(arguments: list[str]) -> int:
    """Say what is wrong with the site in the folder named."""
    found = problems(Path(arguments[0]))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
