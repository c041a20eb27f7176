"""Read ``site.toml``: every fault at once, each with its place, value and expectation."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from weblog.errors import SiteError, did_you_mean, shown_path
from weblog.site.rules import Site


def load_site(path: str | Path | None) -> Site:
    """Return the rules in the file ``path``; without a path, the rules of a site that wrote none.

    Raises:
        SiteError: the file is missing, is no TOML, or breaks a rule; carries every fault.
    """
    if path is None:
        return Site()
    file = Path(path)
    shown = shown_path(file)
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        expected = "no such file. `weblog init` writes one"
        raise SiteError(shown, [("file", "", expected)]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SiteError(shown, [("file", "", f"cannot be read ({error})")]) from None
    try:
        rules = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SiteError(shown, [("TOML", "", str(error))]) from None
    return site_from(rules, shown, folder=file.resolve().parent)


def site_from(rules: dict[str, Any], shown: str, folder: Path) -> Site:
    """Validate rules that were read from the file called ``shown``, lying in ``folder``.

    Raises:
        SiteError: carries every fault.
    """
    if "folder" in rules:
        raise SiteError(shown, [("folder", repr(rules["folder"]), "unknown setting")])
    try:
        return Site.model_validate({**rules, "folder": str(folder)})
    except ValidationError as error:
        faults = [_fault(item, rules) for item in error.errors(include_url=False)]
        raise SiteError(shown, faults) from None


def _fault(item: Any, rules: dict[str, Any]) -> tuple[str, str, str]:
    where = _where(item["loc"])
    message = str(item["msg"]).removeprefix("Value error, ")
    if item["type"] == "extra_forbidden":
        known = _known_settings(item["loc"][:-1])
        message = f"unknown setting.{did_you_mean(str(item['loc'][-1]), known)}"
        message += f" Known here: {', '.join(known)}" if known else ""
    elif item["type"] == "missing":
        return where, "", "missing, and needed"
    value = item["input"]
    shown = "" if value is rules or isinstance(value, dict) else repr(value)
    return where, shown[:120], message


def _where(place: tuple[int | str, ...]) -> str:
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".") or "site"


def _known_settings(place: tuple[int | str, ...]) -> list[str]:
    model: Any = Site
    for part in place:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        arguments = getattr(annotation, "__args__", ())
        model = arguments[0] if arguments else annotation
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return []
    return sorted(name for name in model.model_fields if name != "folder")
