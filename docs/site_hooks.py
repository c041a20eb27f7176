"""What the documentation's site needs beyond ``mkdocs.yml``: hooks that mkdocs calls.

The pages are Markdown files that are read in the repository as well as on the site. So links
that leave ``docs`` (``../CONTRIBUTING.md``) lead to pages the site makes of those files, and
links to other files of the repository (``../sample_logs/site.toml``) to copies of them.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]

BROUGHT_IN = {
    "README.md": "project/readme.md",
    "README.ko.md": "ko/readme.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "CHANGELOG.md": "project/changes.md",
    "SECURITY.md": "project/security.md",
    "sample_logs/README.md": "project/sample-company.md",
    "sample_logs/site.toml": "files/site.toml",
    "sample_logs/rules.toml": "files/rules.toml",
    "weblog/classify/lists/README.md": "project/lists.md",
    "examples/format/README.md": "project/example-format.md",
    "examples/channel_rule/README.md": "project/example-channel-rule.md",
    "examples/attribution_model/README.md": "project/example-attribution-model.md",
    "examples/report/README.md": "project/example-report.md",
}
"""Files outside of ``docs`` that pages lead to, and what they are on the site."""

LINK = re.compile(r"(?P<before>\]\()(?P<target>[^)\s#]*)(?P<anchor>#[^)\s]*)?(?P<after>\))")
FENCE = re.compile(r"^(```.*?^```)", re.DOTALL | re.MULTILINE)
KOREAN = "ko/"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files outside of ``docs``."""
    for source, name in BROUGHT_IN.items():
        files.append(File.generated(config, name, abs_src_path=str(ROOT / source)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Lead links that leave ``docs`` to where the site has what they lead to."""
    here = page.file.src_uri
    origin = next((old for old, new in BROUGHT_IN.items() if new == here), f"docs/{here}")
    parts = FENCE.split(markdown)
    return "".join(
        part if part.startswith("```") else LINK.sub(lambda found: _led(found, origin, here), part)
        for part in parts
    )


def _led(found: re.Match[str], origin: str, here: str) -> str:
    target = found["target"]
    if not target or re.match(r"[a-z]+:", target):
        return found[0]
    file = posixpath.normpath(posixpath.join(posixpath.dirname(origin), target))
    on_site = BROUGHT_IN.get(file, file.removeprefix("docs/"))
    led = posixpath.relpath(on_site, posixpath.dirname(here) or ".")
    return f"{found['before']}{led}{found['anchor'] or ''}{found['after']}"


def on_post_page(output: str, page: Page, **_: Any) -> str:
    """Say of a Korean page that it is Korean, for screen readers and for hyphenation."""
    if not page.file.src_uri.startswith(KOREAN):
        return output
    return output.replace('<html lang="en"', '<html lang="ko"', 1)
