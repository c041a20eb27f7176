"""``python -m weblog`` is ``weblog``."""

from __future__ import annotations

from weblog.cli import main

main()
