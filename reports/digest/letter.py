"""A digest with its pictures, as a mail and as a PDF; what is missing is said in it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from reports.digest.browser import BROWSER, Browser
from reports.digest.html import FIGURE_WIDTH, page
from reports.digest.parts import Digest
from reports.digest.plain import plain
from reports.warning import ReportWarning
from weblog.delivery_errors import BrowserError
from weblog.mail import Attachment, Mail, Picture

WIDE: Final = 720
"""Pixels a Sankey is drawn for: its labels stand beside one another."""

SCALE: Final = 2.5
"""Pixels of a picture per pixel it is drawn for: sharp on every screen, and on paper."""

Pictures = Mapping[int, bytes]
"""Number of a section to its figure as PNG."""


def drawn(
    digest: Digest, browser: Browser | None, warned: Callable[[ReportWarning, str], str]
) -> tuple[Digest, Pictures]:
    """Draw the figures; what could not be drawn is told in the digest.

    Args:
        digest: whose figures are drawn.
        browser: None where there is none.
        warned: says a warning in a language.

    Returns:
        The digest, with a note where pictures are missing, and the pictures.
    """
    wanted = {
        number: section.figure
        for number, section in enumerate(digest.sections)
        if section.figure is not None
    }
    if not wanted:
        return digest, {}
    if browser is None:
        warning = ReportWarning("no_browser", {"variable": BROWSER})
        return _noted(digest, warned(warning, digest.language)), {}
    try:
        made = browser.draw([_sized(figure) for figure in wanted.values()], SCALE)
    except BrowserError as error:
        warning = ReportWarning("no_pictures", {"problem": str(error)})
        return _noted(digest, warned(warning, digest.language)), {}
    pictures = {n: png for n, png in zip(wanted, made, strict=True) if png is not None}
    failed = [digest.sections[number].title for number in wanted if number not in pictures]
    if failed:
        warning = ReportWarning("no_pictures", {"problem": ", ".join(failed)})
        digest = _noted(digest, warned(warning, digest.language))
    return digest, pictures


def letter(digest: Digest, pictures: Pictures, pdf: bytes | None, file_name: str) -> Mail:
    """Return the mail: plain text, HTML with the pictures, and the PDF if there is one."""
    cids = {number: f"figure{number + 1}@weblog" for number in pictures}
    sources = {number: f"cid:{cid}" for number, cid in cids.items()}
    files = () if pdf is None else (Attachment(file_name, "application/pdf", pdf),)
    return Mail(
        subject=f"{digest.title} ({digest.period})",
        plain=plain(digest, with_pdf=pdf is not None),
        html=page(digest, sources, with_pdf=pdf is not None),
        pictures=tuple(Picture(cids[number], png) for number, png in pictures.items()),
        attachments=files,
    )


def whole(digest: Digest, pictures: Pictures) -> str:
    """Return the page as one file, its pictures within it."""
    inside = {n: f"data:image/png;base64,{b64encode(png).decode()}" for n, png in pictures.items()}
    return page(digest, inside)


def printed(digest: Digest, pictures: Pictures, browser: Browser) -> bytes:
    """Return the digest as PDF.

    Raises:
        BrowserError: the browser does not print it.
    """
    return browser.print(whole(digest, pictures))


def _noted(digest: Digest, note: str) -> Digest:
    return replace(digest, notes=(*digest.notes, note))


def _sized(figure: dict[str, Any]) -> dict[str, Any]:
    """Return a figure with the width it is drawn for."""
    is_wide = any(trace.get("type") == "sankey" for trace in figure["data"])
    return {**figure, "layout": {**figure["layout"], "width": WIDE if is_wide else FIGURE_WIDTH}}
