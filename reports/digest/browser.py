"""Draw figures and print pages with the Chromium that is there; nothing is ever fetched.

The figures are drawn by the plotly.js inside the Python package ``plotly``, all of them in one
run of the browser (Kaleido, which plotly recommends, starts a Chromium too, one for itself).
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from weblog.delivery_errors import BrowserError

BROWSER: Final = "WEBLOG_BROWSER"
NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SECONDS: Final = 120
"""A browser that has not answered by then is ended."""

_FLAGS: Final = (
    *("--headless", "--disable-gpu", "--no-first-run", "--disable-sync", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-quic"),
    *("--disable-extensions", "--mute-audio", "--disable-dev-shm-usage"),
    "--host-resolver-rules=MAP * ~NOTFOUND",  # whatever a page names, nothing is looked up
)

_POLICY: Final = "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; "

_DRAW: Final = """
(async () => {
  for (const [number, figure] of FIGURES.entries()) {
    const told = document.createElement("pre");
    told.className = "drawn";
    try {
      const {width, height = 300} = figure.layout;
      told.textContent = await Plotly.toImage(figure, {format: "png", width, height, scale: SCALE});
    } catch (error) {
      told.textContent = "error:" + error;
    }
    document.body.appendChild(told);
  }
})();
"""


@dataclass(frozen=True, slots=True)
class Browser:
    """A Chromium, by the path of its program."""

    program: str

    def draw(self, figures: Sequence[dict[str, Any]], scale: float) -> list[bytes | None]:
        """Return each figure as PNG, of the size its layout says; None where it cannot be drawn.

        Raises:
            BrowserError: the browser does not run, or not to its end.
        """
        if not figures:
            return []
        plotly = Path(str(files("plotly") / "package_data" / "plotly.min.js"))
        # No text of a figure may end the script it stands in.
        told = json.dumps(list(figures), default=str).replace("<", "\\u003c")
        script = f"const FIGURES = {told}, SCALE = {scale};{_DRAW}"
        policy = f"{_POLICY}script-src 'unsafe-inline' 'unsafe-eval' file:"
        page = (
            f'<!doctype html><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            f'<body><script src="{plotly.as_uri()}"></script><script>{script}</script>'
        )
        with TemporaryDirectory(prefix="weblog-") as folder:
            file = Path(folder) / "figures.html"
            file.write_text(page, "utf-8")
            shown = self._run(Path(folder), "--virtual-time-budget=60000", "--dump-dom",
                              file.as_uri())  # fmt: skip
        found = re.findall(r'<pre class="drawn">([^<]*)</pre>', shown)
        if len(found) != len(figures):
            problem = f"it drew {len(found)} of {len(figures)} figures"
            raise BrowserError(self.program, problem, f"Try another by {BROWSER}=/path/of/it.")
        return [_png(unescape(each)) for each in found]

    def print(self, page: str) -> bytes:
        """Return an HTML page as PDF.

        Raises:
            BrowserError: the browser does not run, or not to its end.
        """
        with TemporaryDirectory(prefix="weblog-") as folder:
            file, printed = Path(folder) / "page.html", Path(folder) / "page.pdf"
            file.write_text(page, "utf-8")
            self._run(Path(folder), "--no-pdf-header-footer", f"--print-to-pdf={printed}",
                      file.as_uri())  # fmt: skip
            try:
                return printed.read_bytes()
            except FileNotFoundError:
                raise BrowserError(self.program, "it printed no PDF") from None

    def _run(self, folder: Path, *arguments: str) -> str:
        """Run it in a folder of its own; return what it writes."""
        command = [self.program, *_FLAGS, f"--user-data-dir={folder / 'profile'}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # root has none; the page is ours, and fetches nothing
        try:
            process = subprocess.Popen(  # noqa: S603  no shell, and no word of a log in it
                [*command, *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, "HOME": str(folder)},
            )
        except OSError as error:
            problem = f"it cannot be started ({error.strerror})"
            raise BrowserError(self.program, problem, f"Mend {BROWSER}.") from None
        with process:
            try:
                shown, said = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                raise BrowserError(self.program, f"no answer within {SECONDS} s") from None
            finally:
                _end(process)
        if process.returncode:
            words = said.decode("utf-8", "replace").strip().splitlines()[-1:]
            problem = f"it failed with code {process.returncode} ({' '.join(words)[:200]})"
            raise BrowserError(self.program, problem, f"Try another by {BROWSER}=/path/of/it.")
        return shown.decode("utf-8", "replace")


def find_browser(environment: Mapping[str, str]) -> Browser | None:
    """Return the browser :data:`BROWSER` names, else the first that is installed; None: none."""
    if BROWSER in environment:
        return Browser(environment[BROWSER]) if environment[BROWSER] else None
    found = (shutil.which(name, path=environment.get("PATH")) for name in NAMES)
    program = next((each for each in found if each), None)
    return Browser(program) if program else None


def _png(told: str) -> bytes | None:
    head, _, coded = told.partition(",")
    return base64.b64decode(coded) if head == "data:image/png;base64" else None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what the browser started, too: its helpers outlive it where it is killed."""
    if os.name == "posix":
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
    elif process.poll() is None:
        process.kill()
