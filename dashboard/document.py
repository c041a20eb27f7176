"""The HTML documents: the one every page is drawn into, and the one for when nothing works."""

from __future__ import annotations

from html import escape
from typing import Final

from dashboard.static_files import asset, script_tag, style_tags
from dashboard.theme import css as theme_css
from dashboard.words import word

_HEAD: Final = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="icon" type="image/svg+xml" href="{icon}">
<style>{theme}</style>
{styles}
{css}
<script src="{first}"></script>
</head>
"""

_BODY: Final = """<body>
{entry}
<footer>
{config}
{scripts}
{components}
{renderer}
</footer>
</body>
</html>
"""

_FAILURE: Final = """<body>
<main class="page"><div class="message error" role="alert">
<h1 class="title">{title}</h1><p class="text">{reference} · {help}</p>
<a class="button" href="/">{overview}</a></div></main>
</body>
</html>
"""


def document(
    *,
    language: str,
    site_name: str,
    css: str,
    config: str,
    scripts: str,
    renderer: str,
    entry: str,
) -> str:
    """Return the document of every page; what Dash made is put in as it is.

    Its title is the site's name, or the product's while the site has none; a page that is
    shown puts its own before it.
    """
    body = _BODY.format(
        entry=entry, config=config, scripts=scripts, components=script_tag(), renderer=renderer
    )
    return _head(language, site_name, css) + body


def failure(language: str, site_name: str, reference: str) -> str:
    """Return the document for a request that failed, without any script of Dash."""
    return _head(language, site_name) + _FAILURE.format(
        title=escape(word("page_failed", language)),
        reference=escape(word("reference", language, id=reference)),
        help=escape(word("reference_help", language)),
        overview=escape(word("to_overview", language)),
    )


def _head(language: str, site_name: str, css: str = "") -> str:
    return _HEAD.format(
        language=language,
        title=escape(site_name or word("product_name", language)),
        icon=escape(asset("icon.svg")),
        theme=theme_css(),
        styles=style_tags(),
        css=css,
        first=escape(asset("first/theme.js")),
    )
