"""What a browser would make of a page: elements we do not write, handlers, ways elsewhere."""

from __future__ import annotations

from html.parser import HTMLParser


class Elements(HTMLParser):
    """The elements and attributes a browser makes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.handlers: set[str] = set()
        self.targets: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.handlers |= {name for name, _ in attrs if name.startswith("on")}
        self.targets |= {value or "" for name, value in attrs if name in {"href", "action", "src"}}


def is_harmless(page: str) -> bool:
    """Say whether a page has only elements of ours, no handler, and no way to elsewhere."""
    elements = Elements()
    elements.feed(page)
    known = set(
        "html head meta title link style body main p h1 h2 form label input button a dl dt dd nav "
        "section header span div table thead tbody tr th td code".split()
    )
    strange = elements.found - known
    away = {one for one in elements.targets if not one.startswith(("/", "#")) or one[:2] == "//"}
    return not strange and not elements.handlers and not away
