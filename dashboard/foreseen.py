"""What people will ask: what every page asks at first, and what they asked in the last days.

A question is asked beforehand as a reader of its kind asks it: of the store, or of one that tells
of groups only (:mod:`reports.coarse`), whose answers are kept apart. No look at a list is recorded,
for nobody looks.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import reports
from dashboard.access.door import Door
from dashboard.access.roles import Reader, Role, checked_role
from dashboard.cards.filters import MOST as MOST_VALUES
from dashboard.cards.filters import more_filters
from dashboard.held import HeldStore, Question
from dashboard.pages import PAGES
from dashboard.pages.cards_page import Shown
from dashboard.pages.page import MORE, PageSpec
from dashboard.remembered import PageQuestion, Remembered
from dashboard.saved.views import understood
from dashboard.view import read
from reports.coarse import BY_REGISTER, CoarseStore
from reports.figures.numbers import LANGUAGES
from reports.query import ID_FILTERS
from weblog.errors import UnknownNameError
from weblog.panics import is_failure
from weblog.record_book import WrittenError
from weblog.site import Site
from weblog.store import Snapshot, Store

LOG = logging.getLogger("dashboard")

LANGUAGE: Final = LANGUAGES[0]
"""Answers are kept whatever language they are told in: asked in one, they are asked in all."""

ALSO_ASKED: Final = "7", "90"
"""What is asked beforehand beside the usual period, of those that pages offer. The longer ones take
as long as all of these together, and are chosen when somebody wants to know more."""

FOR_ALL: Final = "viewer"
"""The role whose readers see groups only."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What will be asked of a store.

    Attributes:
        held: the store as pages show it.
        site: its rules.
        door: how readers are known, and so which kinds of them there can be.
        remembered: what they asked in the last days.
    """

    held: HeldStore
    site: Site
    door: Door
    remembered: Remembered

    def noted(self, page: PageSpec, part: str, search: str | None, *, groups: bool) -> None:
        """Note what a reader was answered, if the store is dear to read.

        Args:
            page: that asked.
            part: the slow component that did; empty for the quick ones.
            search: the address it was asked for.
            groups: whether for a reader who sees groups only.
        """
        if not self.held.held.is_dear:
            return
        question = PageQuestion(page.name, part, search or "", groups)
        try:
            written = self.written(question, self.held.snapshot())
        except BaseException as error:
            if not is_failure(error):
                raise
            LOG.info("not remembered: %s", type(error).__name__)  # its reader has been answered
            return
        if written is not None:
            self.remembered.note(written)
        asked = written or question
        self.held.held.asked(asked, partial(self.answered, asked))

    def questions(self) -> Iterator[Question]:
        """Yield what people will ask, each question with how it is asked.

        What is asked at first, then what was asked most, then what is one click away.
        """
        found = dict.fromkeys(self.at_first())
        found |= dict.fromkeys(one for one in self.remembered.most_asked() if is_asked(one))
        found |= dict.fromkeys(self.a_click_away())
        for question in found:
            yield question, partial(self.answered, question)

    def at_first(self) -> Iterator[PageQuestion]:
        """Yield what pages ask while nothing is chosen, for each kind of reader there can be."""
        by_login: tuple[Role, ...] = ("admin", FOR_ALL)
        open_role = self.door.open_role
        for role in by_login if open_role is None else (checked_role(open_role),):
            groups = role == FOR_ALL
            pages = [page for page in PAGES.values() if Reader("", role, "").sees(page.role)]
            yield from (PageQuestion(page.name, groups=groups) for page in pages[:1])
            yield from (PageQuestion(page.name, MORE, groups=groups) for page in pages[:1])
            yield from (PageQuestion(page.name, groups=groups) for page in pages[1:])
            for page in pages:
                slow = (PageQuestion(page.name, part, groups=groups) for part in page.slow)
                yield from filter(is_asked, slow)

    def a_click_away(self) -> Iterator[PageQuestion]:
        """Yield the same questions about other periods, of pages that ask of a period."""
        at_first = [one for one in self.at_first() if one.part != MORE and _has_cards(one)]
        for period in ALSO_ASKED:
            yield from (replace(one, search=f"?period={period}") for one in at_first)

    def answered(self, question: PageQuestion, store: Store) -> object:
        """Answer a question from a store, as a reader of its kind is answered."""
        page = _page(question.page)
        if page is None:
            return None
        least = self.door.least_visitors
        seen = CoarseStore(store.folder, least, store) if question.groups else store
        if question.part == MORE:
            return more_filters(seen, question.search, LANGUAGE)
        if not question.part:
            return page.answers(seen, self.site, question.search, LANGUAGE)
        answer = page.answer_slow
        return answer and answer(question.part, seen, self.site, question.search, LANGUAGE)

    def written(self, question: PageQuestion, snapshot: Snapshot) -> PageQuestion | None:
        """Return what of a question may be written down; None if nothing.

        Of the address there stays what its page understands. A question about customers, browsers,
        or a value that the filters do not offer to everybody is not written: somebody typed it.
        """
        page = _page(question.page)
        if page is None or not is_asked(question):
            return None
        if page.cards is None:
            return replace(question, search="")  # it asks the same whatever is chosen
        try:
            shown = Shown(
                page.cards, snapshot, self.site, understood(page.path, question.search), LANGUAGE
            )
        except (UnknownNameError, WrittenError):
            return None
        for field, values in shown.view.chosen.items():
            if not set(values) <= set(reports.choices(snapshot, field, MOST_VALUES)):
                return None
        gone = {one.name for one in shown.left_out}
        kept = {name: value for name, value in shown.view.options.items() if name not in gone}
        return replace(question, search=replace(shown.view, options=kept).search)


def is_asked(question: PageQuestion) -> bool:
    """Say whether a page of ours asks that for readers of that kind, and about no single person."""
    page = _page(question.page)
    if page is None or question.part not in ("", MORE, *page.slow):
        return False
    chosen = read(question.search)[0].chosen
    if not question.groups:
        return not chosen.keys() & ID_FILTERS.keys()
    card = page.cards.card(question.part) if page.cards else None
    role = card.role if card else FOR_ALL
    return page.role == role == FOR_ALL and not chosen.keys() & BY_REGISTER


def _has_cards(question: PageQuestion) -> bool:
    page = _page(question.page)
    return page is not None and page.cards is not None


def _page(name: str) -> PageSpec | None:
    return next((page for page in PAGES.values() if page.name == name), None)
