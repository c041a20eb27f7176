"""Attribution models that other packages add (:mod:`reports.extending`)."""

from __future__ import annotations

from functools import cache

import numpy as np

from reports.attribution.credits import Credits, Model, Settings
from reports.attribution.models import MODELS
from reports.attribution.paths import AllPaths, Floats
from reports.extending import AttributionModel
from reports.figures.words import word
from weblog.plugins import MODELS as GROUP
from weblog.plugins import Listed, Plugin, checked, load_named, names_of, plugin_named

CLOSE = 1e-6
"""Part of a sum by which credits may miss it: they are sums of many numbers."""


def model_named(name: str) -> Model:
    """Return the model of that name, built in or a package's.

    Raises:
        UnknownNameError: there is none.
        PluginError: the package's model cannot be used.
    """
    return MODELS[name] if name in MODELS else _checked(name)


def model_names() -> list[str]:
    """Return the names of all models, those of packages last; none is loaded."""
    return names_of(GROUP, MODELS)


def model_title(name: str, language: str) -> str:
    """Return what a model is called.

    Raises:
        UnknownNameError: no such language, or no such model.
    """
    if name in MODELS:
        return word(f"model_{name}", language)
    called = plugged_model(name).called
    return called.korean if language == "ko" else called.english


@cache
def plugged_model(name: str) -> AttributionModel:
    """Return the model of that name that a package adds.

    Raises:
        UnknownNameError: there is none.
        PluginError: it cannot be used.
    """
    return load_named(GROUP, name, AttributionModel, MODELS)


def plugged_models() -> list[Listed]:
    """Return every model that packages add, and what is wrong with those that cannot be used."""
    return checked(GROUP, plugged_model, MODELS)


def _checked(name: str) -> Model:
    """Return a package's model such that what it credits is held to what models promise."""
    called = plugged_model(name).credit
    plugin = plugin_named(GROUP, name)
    assert plugin is not None  # noqa: S101  it was loaded

    def credit(paths: AllPaths, settings: Settings, counts: Floats) -> Credits:
        found = plugin.calling(called)(paths, settings, counts)
        if not isinstance(found, Credits):
            raise plugin.error(f"it gives {type(found).__name__}, expected Credits")
        for what, given, amounts in (
            ("conversions", found.conversions, paths.conversions),
            ("value", found.value, paths.value),
        ):
            _check(plugin, what, given, (len(counts), paths.players), float(amounts.sum()))
        return found

    return credit


def _check(plugin: Plugin, what: str, given: Floats, shape: tuple[int, int], total: float) -> None:
    if np.shape(given) != shape:
        raise plugin.error(f"it gives {what} of shape {np.shape(given)}, expected {shape}")
    answer = np.asarray(given[0], dtype=np.float64)
    if not np.isfinite(answer).all() or (answer < 0).any():
        raise plugin.error(f"it credits {what} below 0, or no number")
    if abs(float(answer.sum()) - total) > CLOSE * max(abs(total), 1.0):
        told = f"{float(answer.sum()):g} of {total:g}"
        raise plugin.error(f"what it credits does not sum to the {what}: {told}")
