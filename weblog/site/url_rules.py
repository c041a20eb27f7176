"""``[urls]``: which spellings of a path are one page."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from weblog.site.section import Section


def _is_file_name(text: str) -> str:
    if not text or "/" in text or text.isspace():
        raise ValueError("expected the name of a file such as index.html, without a slash")
    return text


FileName = Annotated[str, AfterValidator(_is_file_name)]


class Urls(Section):
    """Which spellings of a path are one page. By default each is a page of its own."""

    lower_case: bool = False
    trailing_slash: Literal["keep", "strip"] = "keep"
    slashes: Literal["keep", "merge"] = "keep"
    index_files: tuple[FileName, ...] = ()
    path_parameters: Literal["keep", "strip"] = "keep"
