"""Whether a document fits its shape: told in a fifth of the time in which a validator tells what does not.

Nearly every file that is read fits, and then nothing else is asked. A shape with a keyword that is not known here fits
nothing: the validator judges.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from csbot.library.shapes.parts import Shape

Fits = Callable[[Any], bool]

_TYPES = {"string": str, "array": list, "object": dict}
_SAID = frozenset(("title", "description", "examples", "enumDescriptions", "patternErrorMessage"))  # to people alone
_KNOWN = _SAID.union(
    ("type", "enum", "minLength", "pattern", "minItems", "items"),
    ("properties", "required", "additionalProperties", "if", "else"),
)


def fitting(shape: Shape) -> Fits:
    """Return what tells whether a value fits a shape."""
    if not shape.keys() <= _KNOWN:
        return _never
    checks: list[Fits] = []
    if "enum" in shape:
        checks.append(_one_of(shape["enum"]))
    if "minLength" in shape:
        checks.append(_long(shape["minLength"]))
    if "pattern" in shape:
        checks.append(_written(shape["pattern"]))
    if "minItems" in shape or "items" in shape:
        checks.append(_list(shape.get("minItems", 0), fitting(shape["items"]) if "items" in shape else None))
    if not shape.keys().isdisjoint(("properties", "required", "additionalProperties")):
        inner = {name: fitting(each) for name, each in shape.get("properties", {}).items()}
        others = shape.get("additionalProperties", True)
        outside = fitting(others) if isinstance(others, dict) else _anything if others else _never
        checks.append(_group(inner, shape.get("required", ()), outside))
    if "if" in shape:
        checks.append(_unless(fitting(shape["if"]), fitting(shape.get("else", {}))))
    return _all(_TYPES[shape["type"]] if "type" in shape else object, checks)


def _anything(_: Any) -> bool:
    return True


def _never(_: Any) -> bool:
    return False


def _all(kind: type, checks: list[Fits]) -> Fits:
    """Return what tells whether a value is of a kind and passes all checks."""
    match checks:
        case []:
            return lambda value: isinstance(value, kind)
        case [only]:
            return lambda value: isinstance(value, kind) and only(value)
        case _:
            return lambda value: isinstance(value, kind) and all(check(value) for check in checks)


def _one_of(allowed: Iterable[Any]) -> Fits:
    values = {each for each in allowed if isinstance(each, str)}  # whoever allows others is judged by the validator
    return lambda value: isinstance(value, str) and value in values


def _long(least: int) -> Fits:
    return lambda value: not isinstance(value, str) or len(value) >= least


def _written(pattern: str) -> Fits:
    search = re.compile(pattern).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _list(least: int, item: Fits | None) -> Fits:
    def check(value: Any) -> bool:
        return not isinstance(value, list) or (len(value) >= least and (item is None or all(map(item, value))))

    return check


def _group(inner: Mapping[str, Fits], required: Iterable[str], others: Fits) -> Fits:
    needed = frozenset(required)

    def check(value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        return needed <= value.keys() and all(inner.get(name, others)(each) for name, each in value.items())

    return check


def _unless(condition: Fits, otherwise: Fits) -> Fits:
    return lambda value: condition(value) or otherwise(value)
