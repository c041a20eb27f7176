"""Take the pictures of the documentation anew: ``python docs/pictures.py``.

They show the sample company as ``weblog demo`` reads it, by the system's Chromium, and are WebP:
a quarter of the bytes of PNG, and every browser shows it. Look at each before it is committed.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from base64 import b64decode
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, expect, sync_playwright

ROOT: Final = Path(__file__).resolve().parent.parent
IMAGES: Final = ROOT / "docs" / "images"

WIDTH: Final = 1440
QUALITY: Final = 82

PICTURES: Final = (
    ("overview-en", "", "en", "light", 1210),
    ("overview-ko", "", "ko", "light", 1210),
    ("segments-en", "segments", "en", "light", 1000),
    ("content-ko", "content", "ko", "dark", 1000),
    ("paths-en", "paths", "en", "light", 1000),
)
"""Name, address, language, theme and height."""


def main() -> None:
    """Read the sample company, serve it, and take every picture."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        weblog = [sys.executable, "-m", "weblog"]
        demo = [*weblog, "demo", "--no-dashboard", "--store", str(store), "--output", "json"]
        subprocess.run(demo, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        site = ROOT / "sample_logs" / "data" / "site.toml"
        shown = ["dashboard", "--store", str(store), "--site", str(site), "--port", "0"]
        server = subprocess.Popen(
            [*weblog, *shown, "--no-open"], cwd=folder, stdout=subprocess.PIPE, text=True
        )
        try:
            said = server.stdout.readline() if server.stdout else ""
            with sync_playwright() as playwright:
                arguments = ["--no-sandbox", "--disable-gpu"]
                browser = playwright.chromium.launch(
                    executable_path="/usr/bin/chromium", args=arguments
                )
                for name, address, language, theme, height in PICTURES:
                    picture = _taken(browser, said.split()[2] + address, language, theme, height)
                    (IMAGES / f"{name}.webp").write_bytes(picture)
                    print(f"{name}.webp: {len(picture) // 1000} kB")
                browser.close()
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)


def _taken(browser: Browser, url: str, language: str, theme: str, height: int) -> bytes:
    context = browser.new_context(
        locale=language,
        viewport={"width": WIDTH, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(url)
    expect(page.locator(".page[data-state=ready]")).to_have_count(1, timeout=60_000)
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=60_000)
    for chart in page.locator(".chart").all():
        expect(chart.locator(".main-svg").first).to_be_visible()
    page.wait_for_timeout(500)  # what is drawn last fits itself into its place
    asked = {"format": "webp", "quality": QUALITY}
    taken = context.new_cdp_session(page).send("Page.captureScreenshot", asked)
    context.close()
    return b64decode(taken["data"])


if __name__ == "__main__":
    main()
