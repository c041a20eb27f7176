"""An audit says what is weak, and never passes for want of anybody who knows."""

from __future__ import annotations

from typing import Any

import pytest

from releases.weaknesses import Audit, lines, read

SOUND: dict[str, Any] = {"name": "flask", "version": "3.1.3", "vulns": []}
WEAK: dict[str, Any] = {
    "name": "setuptools",
    "version": "65.5.0",
    "vulns": [{"id": "PYSEC-2025-49", "aliases": ["CVE-2025-47273"], "fix_versions": ["78.1.1"]}],
}
UNKNOWN: dict[str, Any] = {"name": "dash", "skip_reason": "Dependency not found on PyPI"}


def audit(*packages: dict[str, Any]) -> Audit:
    return read({"dependencies": list(packages), "fixes": []})


@pytest.mark.parametrize(
    ("packages", "code"),
    [
        ((SOUND,), 0),
        ((SOUND, WEAK), 1),
        ((SOUND, UNKNOWN), 2),
        ((WEAK, UNKNOWN), 1),
        ((UNKNOWN,), 2),
        ((), 2),
    ],
)
def test_only_an_audit_that_saw_everything_passes(
    packages: tuple[dict[str, Any], ...], code: int
) -> None:
    assert audit(*packages).code == code


def test_a_weakness_comes_with_its_names_and_what_mends_it() -> None:
    said = lines(audit(SOUND, WEAK), ["setuptools"], "pypi")
    assert said == [
        "WEAKNESS setuptools 65.5.0: PYSEC-2025-49 CVE-2025-47273, mended in 78.1.1",
        "2 of 2 packages looked up (pypi), known weaknesses: 1",
    ]
    assert lines(audit(WEAK), [], "pypi")[0].startswith("WEAKNESS (development only) setuptools")


def test_what_was_not_looked_up_is_named_and_no_pass() -> None:
    others = [{**UNKNOWN, "name": f"package-{number}"} for number in range(7)]
    said = lines(audit(SOUND, *others), ["flask"], "pypi")
    assert said[0] == "1 of 8 packages looked up (pypi), known weaknesses: 0"
    assert "package-4 and 2 more. pypi told nothing of them, so this is no pass." in said[1]
    assert said[1].endswith("--service osv")
    assert "NOT LOOKED UP: anything" in lines(audit(), [], "osv")[1]
