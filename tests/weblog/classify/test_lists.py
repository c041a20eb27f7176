"""Each vendored list says where it is from, and whoever fetches it anew gets the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from weblog.classify.lists import refresh
from weblog.classify.lists.refresh import HERE, LABELLED, sources

NOTED = [
    pytest.param(folder, row, id=row["file"])
    for folder in (HERE, LABELLED)
    for row in sources(folder / "sources.toml")
]


@pytest.mark.parametrize(("folder", "row"), NOTED)
def test_the_readme_names_each_list_with_its_version_and_licence(
    folder: Path, row: dict[str, str]
) -> None:
    lines = (folder / "README.md").read_text("utf-8").split("\n")
    (line,) = [line for line in lines if f"`{row['file']}`" in line and line.startswith("|")]
    assert row["version"] in line
    assert row["licence"] in line
    assert (folder / row["file"]).is_file()
    assert "licence_file" not in row or (folder / row["licence_file"]).is_file()


@pytest.mark.parametrize("folder", [HERE, LABELLED], ids=["lists", "labelled"])
def test_every_list_is_noted_or_our_own(folder: Path) -> None:
    noted = {row["file"] for row in sources(folder / "sources.toml")}
    ours = {path.name for path in folder.glob("own-*.txt")} | {"phones-called-bot.txt"}
    found = {path.name for path in folder.glob("*.txt")}
    assert found - ours == noted


def test_lists_that_no_registry_has_stay_noted(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    kept = {"file": "a.txt", "package": "a", "version": "1", "licence": "MIT"}
    old = {"file": "b.txt", "package": "b", "version": "1", "licence": "MIT"}
    refresh.write_sources(path, [kept, old])
    new = {**old, "version": "2"}
    refresh.write_sources(path, [new])
    assert sources(path) == [new, kept]


def test_woothee_gives_crawlers_and_people_but_no_libraries(tmp_path: Path) -> None:
    sets = tmp_path / "woothee" / "testsets"
    sets.mkdir(parents=True)
    rows = [("A bot", "crawler"), ("It's a browser", "pc"), ("Wget/1.12", "misc")]
    text = "".join(
        f"- target: '{agent}'\n  name: X\n  category: {category}\n\n" for agent, category in rows
    )
    (sets / "all.yaml").write_text("\n" + text, "utf-8")
    assert refresh._woothee(tmp_path) == {
        "woothee-robots.txt": "A bot\n",
        "woothee-people.txt": "It's a browser\n",
    }


def test_crawlerdetect_gives_its_expressions_under_a_head_with_version_and_licence(
    tmp_path: Path,
) -> None:
    providers = tmp_path / "crawlerdetect" / "providers"
    providers.mkdir(parents=True)
    (tmp_path / "README.md").write_text("synced with JayBizzle/Crawler-Detect `v9.8.7`", "utf-8")
    (providers / "crawlers.py").write_text('data = [r" YLT", r"^b\\d"]\n', "utf-8")
    (providers / "exclusions.py").write_text('data = [r"Safari.[\\d\\.]*"]\n', "utf-8")
    made = refresh._crawlerdetect(tmp_path)
    crawlers = made["crawlerdetect-crawlers.txt"].split("\n")
    assert "9.8.7" in crawlers[0]
    assert "MIT" in crawlers[1]
    assert crawlers[2:] == [" YLT", "^b\\d", ""]
    assert made["crawlerdetect-exclusions.txt"].endswith("Safari.[\\d\\.]*\n")
