"""What is needed to run is under licences a company can live with; it is looked up offline."""

from __future__ import annotations

import pytest

from releases.licences import EXCEPTED, installed, licence, needed, problem, problems


def test_every_licence_is_on_the_list() -> None:
    found = needed()
    assert {"polars", "deltalake", "dash", "flask", "pydantic-core"} <= found.keys()
    assert "pytest" not in found
    assert {"authlib", "obstore", "pyspark", "ipykernel"} <= installed().keys() - found.keys()
    assert list(problems()) == []
    assert all(problem(licence(found[name])) for name in EXCEPTED), "an exception nobody needs"


@pytest.mark.parametrize(
    ("said", "is_allowed"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND 0BSD", True),
        ("GPL-3.0-only OR MIT", True),
        ("GNU General Public License v3 or later (GPLv3+)", False),
        ("LGPL-2.1-only", False),
        ("AGPL-3.0-or-later", False),
        ("Proprietary", False),
        ("Limited use only", False),
        ("MIT AND LicenseRef-Ours", False),
        ("MIT License; Other/Proprietary License", False),
        ("(MIT OR GPL-3.0-only) AND Apache-2.0", True),
        ("(MIT OR GPL-3.0-only) AND SSPL-1.0", False),
        ("GPL-2.0-only OR MIT AND BSD-2-Clause", True),
        ("Mozilla Public License 2.0 (MPL 2.0)", True),
        ("", False),
    ],
)
def test_a_licence_is_judged_by_its_words(said: str, is_allowed: bool) -> None:
    assert (problem(said) == "") is is_allowed
