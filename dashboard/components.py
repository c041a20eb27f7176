"""The Python side of the components in ``assets/components``: what a layout is made of.

Small presentational components of our own instead of trees of HTML elements: a page is then
a dozen components, and one callback fills them all with a dictionary each. Their code is an
asset; there is no build step. A property ``data`` is None until the page's callback answers.
"""

from __future__ import annotations

from typing import Any, Final, cast

from dash.development.base_component import Component, ComponentMeta

NAMESPACE: Final = "weblog_dashboard"
"""Where the components stand in the browser: a global of ``assets/components/1_core.js``."""


def _component(name: str, *properties: str) -> type[Component]:
    """Make the class of a component that takes children, an id, and ``properties``."""
    names = ["children", "id", *properties]

    def __init__(self: Component, **given: Any) -> None:  # noqa: N807
        Component.__init__(self, **given)  # type: ignore[no-untyped-call]

    attributes = {
        "__module__": __name__,
        "__init__": __init__,
        "_namespace": NAMESPACE,
        "_type": name,
        "_children_props": [],
        "_base_nodes": ["children"],
        "_prop_names": names,
        "available_properties": names,
        "_valid_wildcard_attributes": [],
        "available_wildcard_properties": [],
    }
    made: Any = ComponentMeta(name, (Component,), attributes)  # type: ignore[no-untyped-call]
    return cast("type[Component]", made)


Address = _component("Address", "pathname", "search")
"""Where the browser is; the browser sets it."""

Shell = _component(
    "Shell", "words", "site", "pages", "current", "status", "language", "languages", "reader",
    "may", "sites", "site_key",
)  # fmt: skip
"""The frame: navigation over ``pages``, top bar with name of the ``site`` and of the ``reader``,
a switch between ``sites`` where there are several, the page as children."""

Slot = _component("Slot")
"""Its children, nothing more: a place a callback can fill."""

Page = _component("Page", "title", "question", "words", "data", "jump")
"""A page: heading, notices, and its children or what stands in their place. ``jump`` has the
text and the id of a card that its heading leads to."""

Grid = _component("Grid")
"""Cards on twelve columns."""

NotFound = _component("NotFound", "words", "path")
"""What stands at an address that is no page."""

FilterBar = _component("FilterBar", "words", "data")
"""The filters, as the address says and the server understood them."""

MoreFilters = _component("MoreFilters", "words", "data")
"""The filters that are not in the bar, whose child it is."""

Tiles = _component("Tiles", "words", "data", "label", "count", "compact")
"""A tile per measure; a click plots it."""

Trend = _component("Trend", "words", "data", "title", "span", "source")
"""A measure over days, as a chart or as a table; ``source`` is the address of Plotly."""

Changes = _component("Changes", "words", "data", "title", "span")
"""What contributed most to a change."""

ReportCard = _component(
    "ReportCard", "words", "data", "title", "help", "span", "height", "source", "files", "optional"
)
"""A report's answer as figure, bars, sentences or table; ``files`` is where its rows download.
One that is ``optional`` takes no room until there is something to show."""

RulesDesk = _component(
    "RulesDesk", "words", "language",
    *(part for name in ("load", "trial", "explain", "save", "version")
      for part in (f"ask_{name}", name)),
)  # fmt: skip
"""Rules as text: tried, explained, saved, and made a list of. It asks by ``ask_NAME``, and is
answered by ``NAME``."""

SettingsDesk = _component(
    "SettingsDesk", "words", "language",
    *(part for name in ("load", "trial") for part in (f"ask_{name}", name)),
)  # fmt: skip
"""The site's rules, and a changed copy of them to try."""

Questions = _component("Questions", "words", "title", "help", "questions")
"""Questions people ask, as links to the cards that answer them."""

Live = _component("Live", "words", "data", "asked", "every", "source")
"""The last minutes, asked for anew while they are looked at."""

CustomerSearch = _component("CustomerSearch", "words", "data", "asked", "card")
"""A text to find customers by, and those found; ``card`` is the address of cards."""
