"""Make the views files: as Delta tables or as Parquet, of which only what changed is written.

The store's lock is held meanwhile (shared): an erasure waits for the end, and then makes the
mart anew; else one that read the store before it could bring a person back.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reports.mart.changes import Part, parts_of, planned, portions
from reports.mart.delta_folder import DeltaFolder
from reports.mart.parquet_folder import ParquetFolder
from reports.mart.registry import VIEWS
from reports.mart.state import (
    MART,
    OWN,
    Format,
    MartState,
    copies_of,
    marts_of,
    read_state,
)
from reports.mart.view import ViewSpec
from reports.query import Span
from weblog.erasure import refuse_if_pending
from weblog.errors import UsageError, shown_path
from weblog.site.rules import Site
from weblog.store import Snapshot, Store
from weblog.store.lock import Waiting, lock

FOLDERS: Final[dict[Format, type[DeltaFolder] | type[ParquetFolder]]] = {
    "delta": DeltaFolder,
    "parquet": ParquetFolder,
}


@dataclass(frozen=True, slots=True)
class Built:
    """What was done to a view: ``written`` parts whose rows changed, ``same`` ones looked at.

    ``gone`` are parts removed, ``rows`` those the view has now.
    """

    view: str
    written: int
    same: int
    gone: int
    rows: int


def build(
    store: Store,
    site: Site,
    *,
    folder: Path | None = None,
    views: Sequence[ViewSpec] = (),
    span: Span | None = None,
    format: Format | None = None,  # noqa: A002  the word people use
    with_customers: bool | None = None,
    full: bool = False,
    waiting: Waiting | None = None,
) -> list[Built]:
    """Build the mart of a store, or bring it up to date.

    Args:
        store: the store.
        site: its rules.
        folder: where; by default ``mart`` in the store's folder.
        views: which of them; by default those there are, else all.
        span: only these days of daily views.
        format: by default what the mart has, else "delta".
        with_customers: whether personal columns are in it; by default as the mart has it, else
            in the store's own folder alone.
        full: make everything anew, whether it changed or not.
        waiting: told of those who have to end first.

    Raises:
        UsageError: the folder holds something else, or a mart of another kind.
        ErasureCutShortError: `weblog erase` has to come first.
        LockedError: others kept working in the store.
        StoreError: the store cannot be read, or the folder not be written.
    """
    place = (folder or store.folder / OWN).absolute()
    with ExitStack() as held:
        held.enter_context(store.lock("mart build", waiting=waiting))
        refuse_if_pending(store)
        snapshot = store.snapshot()
        state = _begun(store, snapshot, place, format, with_customers=with_customers)
        held.enter_context(lock(place, "mart build", exclusive=True, waiting=waiting))
        state = read_state(place) or state  # another build may have ended meanwhile
        chosen = views or [VIEWS[name] for name in state.parts if name in VIEWS]
        return _built(snapshot, site, place, state, chosen or [*VIEWS.values()], span, full=full)


def rebuild(store: Store, site: Site, *, forget: bool) -> list[Path]:
    """Bring every mart of a store up to date with the newest state of it.

    Be alone in the store.

    Args:
        store: the store, whose sessions agree with its hits.
        site: its rules.
        forget: make everything anew and keep nothing of what was before: somebody is erased.

    Returns:
        Folders of marts that are not there any more: nothing is known of them.
    """
    missing = []
    for place in marts_of(store):
        state = read_state(place) if place.is_dir() else None
        if state is None:
            missing.append(place)
            continue
        views = [VIEWS[name] for name in state.parts if name in VIEWS]
        with lock(place, "mart build", exclusive=True):
            _built(store.head(), site, place, state, views, None, full=forget, forget=forget)
    return missing


def _begun(
    store: Store,
    snapshot: Snapshot,
    place: Path,
    asked: Format | None,
    *,
    with_customers: bool | None,
) -> MartState:
    """Return what the mart is, having made its folder, and let the store know of it."""
    is_own = place == (store.folder / OWN).absolute()
    if not is_own and place.resolve().is_relative_to(store.folder.resolve()):
        raise UsageError(f"{shown_path(place)} is inside the store: name a folder outside of it")
    state = read_state(place) if place.is_dir() else None
    identity = str(snapshot.delta("sessions").metadata().id)
    if state is None:
        if place.exists() and (not place.is_dir() or any(e.name != "locks" for e in place.iterdir())):
            raise UsageError(f"{shown_path(place)} holds something else: name an empty or new folder")
        place.mkdir(parents=True, exist_ok=True, mode=0o700 if is_own else 0o777)
        allowed = is_own if with_customers is None else with_customers
        state = MartState(identity, asked or "delta", allowed)
        if not is_own:
            copies_of(store).with_folder(place).write(store)
        state.write(place)
    if state.store != identity:
        raise UsageError(f"{shown_path(place)} holds the mart of another store")
    if asked not in (None, state.format) or with_customers not in (None, state.with_customers):
        what = f"{state.format}, {'with' if state.with_customers else 'without'} customers"
        raise UsageError(
            f"{shown_path(place)} holds a mart that is otherwise ({what}): name another folder, or "
            "`weblog mart remove` it first"
        )
    return state


def _built(
    snapshot: Snapshot,
    site: Site,
    place: Path,
    state: MartState,
    views: Sequence[ViewSpec],
    span: Span | None,
    *,
    full: bool,
    forget: bool = False,
) -> list[Built]:
    done = []
    for view in views:
        parts, built = _view_built(snapshot, site, place, state, view, span, full=full)
        state = state.with_parts(view.name, parts)
        state.write(place)
        shelf = FOLDERS[state.format](place, view.table(with_customers=state.with_customers))
        shelf.tidy(forget=forget)
        done.append(built)
    return done


def _view_built(
    snapshot: Snapshot,
    site: Site,
    place: Path,
    state: MartState,
    view: ViewSpec,
    span: Span | None,
    *,
    full: bool,
) -> tuple[dict[str, Part], Built]:
    """Bring one view up to date, in one commit; return its parts."""
    table = view.table(with_customers=state.with_customers)
    shelf = FOLDERS[state.format](place, table)
    known = state.parts.get(view.name, {}) if shelf.is_there else {}
    plan = planned(
        view, snapshot, site, {} if full else known, with_customers=state.with_customers, span=span
    )
    gone = [part for part in known if part not in plan.changed] if full and not span else plan.gone
    parts = {part: each for part, each in known.items() if part not in gone}
    replaced: list[str] = []
    for portion in portions(view, snapshot, plan.changed):
        frame = view.rows(snapshot, portion, site).select(table.schema.names()).collect()
        for part, now, rows in parts_of(view, frame, portion, plan.changed):
            is_same = not full and part in known and known[part].content == now.content
            parts[part] = now
            if not is_same:
                replaced.append(part)
                shelf.write(part, rows)
    if replaced or gone or not shelf.is_there:
        shelf.commit({*known} - {*replaced, *gone})
    rows = sum(each.rows for each in parts.values())
    same = len(plan.changed) - len(replaced)
    return parts, Built(view.name, len(replaced), same, len(gone), rows)


__all__ = ["MART", "Built", "build", "rebuild"]
