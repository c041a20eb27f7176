"""How well agents and referrers are classified: figures over public labelled lists.

The lists lie in ``tests/weblog/classify/data``, each with source, version and licence. Those
the classifier itself is made of say nothing about robots it has not seen: they are judged a
second time by the other lists alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from weblog.classify import classify_agents, classify_referrers
from weblog.classify.bots import LISTS, STRICTNESS, listed_reasons
from weblog.site.rules import Bots

TESTS = Path(__file__).resolve().parents[1] / "tests"
DATA = TESTS / "weblog" / "classify" / "data"
SUPPORT = TESTS / "support"

CRAWLER_USER_AGENTS = "crawler-user-agents"

MADE_OF = {"crawlerdetect-robots": "crawlerdetect", CRAWLER_USER_AGENTS: CRAWLER_USER_AGENTS}
"""Lists of robots that the classifier's own lists were made for."""

TUNED = {"crawlerdetect-people"}
"""Lists of people on which one of its lists was tried out by its makers."""

ROBOTS = ("woothee-robots", "ai-crawler-index-robots", *MADE_OF)
PEOPLE = ("user-agents-people", "ua-parser-js-people", "woothee-people", *sorted(TUNED))
DEVICES = ("user-agents-people", "ua-parser-js-people")


def rows(name: str) -> pl.DataFrame:
    """Return ``label`` (null where the list has none) and ``text`` of a list."""
    if name == CRAWLER_USER_AGENTS:
        shown = {each for entry in CRAWLER_USER_AGENTS_DATA for each in entry.get("instances", [])}
        texts = sorted(shown)
    else:
        texts = [line for line in (DATA / f"{name}.txt").read_text("utf-8").split("\n") if line]
    parts = [line.split("\t", 1) if "\t" in line else [None, line] for line in texts]
    return pl.DataFrame(parts, schema={"label": pl.String, "text": pl.String}, orient="row")


def share(part: int, whole: int) -> str:
    """Return a rate with its numerator and denominator."""
    return f"{part:,} / {whole:,} = {100 * part / whole:.1f} %"


Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def table(what: str) -> Table:
    """Return the head and the rows of one table of the documentation."""
    levels = tuple(f'`"{level}"`' for level in STRICTNESS)
    makers: dict[str, tuple[tuple[str, ...], Callable[[], list[tuple[str, ...]]]]] = {
        "robots": (("list", "figure", "held out", *levels), robots),
        "others": (("list", "robots found"), by_the_others),
        "behaviour": (("on the sample company", *levels), behaviour),
        "devices": (("list", "device as labelled"), devices),
        "referrers": (("type", "recall", "precision"), referrers),
    }
    head, make = makers[what]
    return head, make()


def robots() -> list[tuple[str, ...]]:
    """Return, for each list and strictness, how many of its agents are taken for robots."""
    shown: list[tuple[str, ...]] = []
    for name in (*ROBOTS, *PEOPLE):
        agents = rows(name)["text"]
        found = [
            int(classify_agents(agents, Bots.model_validate({"strictness": level}))["is_bot"].sum())
            for level in STRICTNESS
        ]
        what = "robots found" if name in ROBOTS else "people wrongly taken for robots"
        new = "no" if name in MADE_OF or name in TUNED else "yes"
        shown.append((f"`{name}`", what, new, *(share(each, len(agents)) for each in found)))
    return shown


def by_the_others() -> list[tuple[str, ...]]:
    """Return how many robots of the lists it is made of are found without that list."""
    shown: list[tuple[str, ...]] = []
    for name, made_of in MADE_OF.items():
        agents = rows(name)["text"]
        others = tuple(each for each in LISTS if each in STRICTNESS["default"] and each != made_of)
        found = len(agents) - listed_reasons(agents, others).null_count()
        shown.append((f"`{name}`, without {made_of}", share(found, len(agents))))
    return shown


def behaviour() -> list[tuple[str, ...]]:
    """Return how many of the sample company's robots are found, and people lost, and how."""
    sys.path.append(str(SUPPORT))
    from robots_found import robots_found  # noqa: PLC0415  beside the tests

    with TemporaryDirectory() as folder:
        found = robots_found(Path(folder) / "store")
    return [
        (what, *(share(*rates[level]) for level in STRICTNESS)) for what, rates in found.items()
    ]


def devices() -> list[tuple[str, ...]]:
    """Return how often the device class is the one the list says."""
    shown: list[tuple[str, ...]] = []
    for name in DEVICES:
        labelled = rows(name)
        judged = classify_agents(labelled["text"], Bots())["device"]
        shown.append((f"`{name}`", share(int((judged == labelled["label"]).sum()), len(judged))))
    return shown


def referrers() -> list[tuple[str, ...]]:
    """Return how many referrers of each type are given that type."""
    labelled = rows("inbound-referrers").with_columns(
        classify_referrers(rows("inbound-referrers")["text"], ())["referrer_type"]
    )
    shown: list[tuple[str, ...]] = []
    for kind in ("search", "social", "email", "other"):
        meant = labelled.filter(pl.col("label") == kind)
        right = meant.filter(pl.col("referrer_type") == kind)
        given = labelled.filter(pl.col("referrer_type") == kind)
        shown.append((kind, share(right.height, meant.height), share(right.height, given.height)))
    return shown
