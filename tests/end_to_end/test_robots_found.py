"""The sample company's robots: how many are found by agent and by behaviour, and who is lost."""

from __future__ import annotations

import pytest
from robots_found import Rate, robots_found

Found = dict[str, dict[str, Rate]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return robots_found(tmp_path_factory.mktemp("robots") / "store")


@pytest.mark.parametrize(
    ("what", "level", "least", "most"),
    [
        ("robots' lines found, by agent", "default", 0.8, 0.85),
        ("robots' lines found, and by behaviour", "loose", 0.8, 0.85),
        ("robots' lines found, and by behaviour", "default", 0.94, 1),
        ("robots' lines found, and by behaviour", "strict", 0.94, 1),
        # What is left are scanners of mail that look at one page.
        (
            "robots' page hits found, of those no list knows by name, and by behaviour",
            "default",
            0.9,
            1,
        ),
        ("people's page views taken for robots', and by behaviour", "default", 0, 0),
        # Who keeps all files looks like a robot, by one signal.
        ("people's page views taken for robots', and by behaviour", "strict", 0, 0.01),
        ("members' page views taken for robots', and by behaviour", "strict", 0, 0),
    ],
)
def test_robots_are_found_and_people_are_not_lost(
    found: Found, what: str, level: str, least: float, most: float
) -> None:
    part, whole = found[what][level]
    assert least <= part / whole <= most, f"{part} of {whole}"


def test_a_stricter_site_finds_no_fewer(found: Found) -> None:
    for rates in found.values():
        counts = [part for part, _ in rates.values()]
        assert counts == sorted(counts)
