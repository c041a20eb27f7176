"""Make the views files: as Delta tables or as Parquet, of which only what changed is written.

The store's lock is held meanwhile (shared): an erasure waits for the end, and then makes the
mart anew; else one that read the store before it could bring a person back.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from reports.mart.changes import planned
from reports.mart.delta_folder import DeltaFolder
from reports.mart.parquet_folder import ParquetFolder
from reports.mart.registry import VIEWS, refuse_personal
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
from reports.mart.work import Built, Wanted, Work
from reports.query import Span
from weblog.erasure import refuse_if_pending
from weblog.errors import UsageError, shown_path
from weblog.remote.place import is_in_bucket, remove_all
from weblog.site.rules import Site
from weblog.store import Snapshot, Store
from weblog.store.lock import Waiting, lock

FOLDERS: Final[dict[Format, type[DeltaFolder] | type[ParquetFolder]]] = {
    "delta": DeltaFolder,
    "parquet": ParquetFolder,
}


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
        chosen = chosen or [v for v in VIEWS.values() if state.with_customers or not v.is_personal]
        refuse_personal(chosen, with_customers=state.with_customers)
        wanted = Wanted(snapshot, site, state.with_customers, span, full)
        return _built(wanted, place, state, chosen)


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
            wanted = Wanted(store.head(), site, state.with_customers, full=forget)
            _built(wanted, place, state, views, forget=forget)
    return missing


def progress(store: Store, site: Site, folder: Path | None = None) -> list[dict[str, Any]]:
    """Return what each view is and how far a mart has it.

    Returns:
        Of each view ``view``, ``one_row_is``, ``built`` (parts: days, or 1), ``rows``, and
        ``behind``: parts that a build would look at. Null where it is not built.
    """
    place = (folder or store.folder / OWN).absolute()
    state = read_state(place) if place.is_dir() else None
    snapshot = store.snapshot()
    told = []
    for view in VIEWS.values():
        row: dict[str, Any] = {"view": view.name, "one_row_is": view.grain}
        parts = state.parts.get(view.name) if state else None
        if state is None or parts is None:
            told.append({**row, "built": None, "rows": None, "behind": None})
            continue
        plan = planned(view, snapshot, site, parts, with_customers=state.with_customers)
        rows = sum(part.rows for part in parts.values())
        behind = len(plan.changed) + len(plan.gone)
        told.append({**row, "built": len(parts), "rows": rows, "behind": behind})
    return told


def remove(store: Store, folder: Path | None = None, *, waiting: Waiting | None = None) -> Path:
    """Remove a mart, and let the store forget it; return where it was.

    Raises:
        UsageError: there is no mart of this store.
    """
    place = (folder or store.folder / OWN).absolute()
    with store.lock("mart remove", waiting=waiting):
        if place not in marts_of(store):
            known = ", ".join(map(shown_path, marts_of(store))) or "none"
            raise UsageError(f"{shown_path(place)} is no mart of this store. Known: {known}")
        if read_state(place) is not None:
            with lock(place, "mart remove", exclusive=True, waiting=waiting):
                for entry in place.iterdir():
                    if entry.is_dir() and not entry.is_symlink() and entry.name != "locks":
                        remove_all(entry)
                    elif entry.name not in ("locks", MART):
                        entry.unlink()
            remove_all(place)
        copies_of(store).without_folder(place).write(store)
    return place


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
        if place.exists() and (not place.is_dir() or {e.name for e in place.iterdir()} - {"locks"}):
            shown = shown_path(place)
            raise UsageError(f"{shown} holds something else: name an empty or new folder")
        if asked == "parquet" and is_in_bucket(place):
            raise UsageError(
                f"{shown_path(place)}: a mart of Parquet files needs links, which a bucket has "
                "not: take --format delta, or name a --folder of this machine"
            )
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
    wanted: Wanted,
    place: Path,
    state: MartState,
    views: Sequence[ViewSpec],
    *,
    forget: bool = False,
) -> list[Built]:
    """Bring views up to date, each in one commit."""
    done = []
    for view in views:
        table = view.table(with_customers=wanted.with_customers)
        shelf = FOLDERS[state.format](place, table)
        is_there = shelf.is_there
        work = Work(view, wanted, state.parts.get(view.name, {}) if is_there else {})
        for portion in work.portions():
            for part, rows in portion:
                shelf.write(part, rows)
        if work.replaced or work.plan.gone or not is_there:
            shelf.commit(work.kept)
        state = state.with_parts(view.name, work.parts)
        state.write(place)
        shelf.tidy(forget=forget)
        done.append(work.done())
    return done
