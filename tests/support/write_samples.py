"""Write the sample files of the formats: ``python tests/support/write_samples.py``."""

from __future__ import annotations

from pathlib import Path

from sample_visits import visits
from sample_writers import WRITERS

SAMPLES = Path(__file__).parents[1] / "weblog" / "formats" / "samples"

if __name__ == "__main__":
    for name, write in WRITERS.items():
        lines = "".join(f"{write(visit)}\n" for visit in visits())
        (SAMPLES / f"{name}.log").write_text(lines, "utf-8")
