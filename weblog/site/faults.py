"""What is wrong with a ``site.toml``, in words of our own: where, the value, what was expected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from weblog.errors import did_you_mean
from weblog.site.rules import Site

Fault = tuple[str, str, str]

_EXPECTED: Final = {
    "string_type": "expected text in quotes",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_parsing_size": "expected a smaller number",
    "int_from_float": "expected a whole number",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "finite_number": "expected a number",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "missing": "missing, and needed",
}
"""pydantic's kinds of errors that need no further facts."""

_LIMITS: Final = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("of at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("of at most", "le"),
}

_TOML: Final = (
    ("Illegal character '\\n'", "expected the text's closing quote on the same line"),
    ("Unterminated string", "expected the text's closing quotes"),
    ("Illegal character", "a character that TOML does not know here"),
    ("Found invalid character", "a character that TOML does not know here"),
    ("Invalid value", "expected a value: text in quotes, a number, true or false, or a [list]"),
    ("Expected '=' after a key", "expected: setting = value"),
    ("Invalid statement", "expected: setting = value, or a [section]"),
    ("Invalid initial character", "expected the name of a setting before ="),
    ("Expected newline", "expected nothing more on this line; text stands in quotes"),
    ('Expected \'"""\'', "expected the text's closing quotes"),
    ("Expected \"'''\"", "expected the text's closing quotes"),
    ("Expected ']'", "expected ] behind the section's name"),
    ("Expected ']]'", "expected ]] behind the section's name"),
    ("Unclosed array", "expected a comma between the values of the list, and ] at its end"),
    ("Unclosed inline table", "expected a comma between the settings, and } at their end"),
    ("Cannot overwrite a value", "set twice; expected it once"),
    ("Duplicate inline table key", "set twice; expected it once"),
    ("Cannot declare", "the section is there twice; expected it once"),
    ("Cannot redefine", "the section is there twice; expected it once"),
    ("Cannot mutate", "the section is there twice; expected it once"),
    ("Unescaped '\\'", r"expected \\ for a backslash, or the text in 'single quotes'"),
    ("Invalid date", "expected a day such as 2025-09-30; text stands in quotes"),
)
"""How tomllib's messages begin, and ours."""

_SECRET: Final = re.compile(r"secret|passw|token|credential|_key$|^key$|dsn", re.IGNORECASE)
"""Names of settings that there are none of, whose values are nobody's to read all the same."""


def rule_fault(
    item: ErrorDetails, rules: Mapping[str, Any], model: type[BaseModel] = Site
) -> Fault:
    """Return what pydantic found in ``rules``, written as ``model`` wants them, as a fault."""
    place, value, kind = item["loc"], item["input"], item["type"]
    facts = item.get("ctx", {})
    expected = _EXPECTED.get(kind, f"cannot be used ({item['msg']})")
    if kind == "value_error":
        expected = str(facts["error"])
    elif kind == "extra_forbidden":
        known = _known_settings(place[:-1], model)
        expected = f"unknown setting.{did_you_mean(str(place[-1]), known)}"
        expected += f" Known here: {', '.join(known)}" if known else ""
    elif kind == "literal_error":
        known = re.findall("'([^']+)'", str(facts["expected"]))
        expected = f"expected {facts['expected']}.{did_you_mean(str(value), known)}"
    elif kind in _LIMITS:
        word, limit = _LIMITS[kind]
        expected = f"expected a number {word} {facts[limit]:g}"
    elif kind == "tuple_type":
        expected = _expected_list(place, value, model)
    elif kind in {"model_type", "model_attributes_type", "dict_type"}:
        expected = _expected_section(place)
    is_secret = kind == "extra_forbidden" and _SECRET.search(str(place[-1]))
    is_untold = kind == "missing" or value is rules or is_secret
    return _where(place), "" if is_untold else _shown(value), expected


def _expected_list(place: tuple[int | str, ...], value: object, model: type[BaseModel]) -> str:
    if len(place) == 1 and _is_section(str(place[0]), model):
        return f"expected it in double brackets: [[{place[0]}]]"
    example = f'["{value}"]' if isinstance(value, str) else '["..."]'
    return f"expected a list such as {example}"


def _expected_section(place: tuple[int | str, ...]) -> str:
    if any(isinstance(part, int) for part in place):
        return f"expected a section of its own: [[{place[0]}]]"
    return f"expected one section, in single brackets: [{place[0]}]"


def _is_section(name: str, model: type[BaseModel]) -> bool:
    annotation: Any = model.model_fields[name].annotation
    inner = getattr(annotation, "__args__", (annotation,))[0]
    return isinstance(inner, type) and issubclass(inner, BaseModel)


def toml_fault(problem: str, text: str) -> Fault:
    """Return what tomllib says of ``text``, as a fault: with the line it happened on."""
    said, _, place = problem.rpartition(" (at ")
    expected = next((ours for theirs, ours in _TOML if said.startswith(theirs)), said)
    found = re.match(r"line (\d+)", place)
    lines = text.splitlines()
    number = int(found[1]) if found else len(lines)
    line = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    return f"line {number}", repr(line[:120]) if line else "", expected


def _where(place: tuple[int | str, ...]) -> str:
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".") or "site"


def _shown(value: object) -> str:
    """Return a value much as the file has it; nothing of what would fill lines."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | time):
        return str(value)
    if isinstance(value, list) and not any(isinstance(each, dict | list) for each in value):
        return f"[{', '.join(_shown(each) for each in value)}]"[:120]
    return repr(value)[:120] if isinstance(value, str | int | float) else ""


def _known_settings(place: tuple[int | str, ...], model: Any) -> list[str]:
    for part in place:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        arguments = getattr(annotation, "__args__", ())
        model = arguments[0] if arguments else annotation
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return []
    fields = model.model_fields.items()
    return sorted(field.alias or name for name, field in fields if name != "folder")
