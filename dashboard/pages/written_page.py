"""A page on which readers write: one component, and actions instead of cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dash.development.base_component import Component

from dashboard.desk.desk import Action
from dashboard.pages.page import Answers, PageSpec, framed
from dashboard.words import words


def written_page(
    name: str,
    path: str,
    icon: str,
    *,
    role: str,
    desk: Callable[..., Component],
    said: Sequence[str],
    actions: tuple[Action, ...],
) -> PageSpec:
    """Return a page that shows ``desk`` with the words ``said``, and nothing by its address."""

    def layout(language: str) -> Component:
        written = desk(id=f"{name}-desk", words=words(language, *said), language=language)
        return framed(name, language, written)

    def answer(*_: object) -> Answers:
        return {"page": {"state": "ready", "notices": []}}

    return PageSpec(
        name=name,
        path=path,
        icon=icon,
        layout=layout,
        parts=("page",),
        answer=answer,
        role=role,
        actions=actions,
    )
