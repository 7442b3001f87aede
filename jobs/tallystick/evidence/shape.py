"""What a JSON document is made of, as data: its JSON Schema is made from it, and `verify` holds reports to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from tallystick.evidence.canonical import LARGEST_INTEGER, Json
from tallystick.evidence.document import describe
from tallystick.evidence.names import legible

WIDE = "^-?[1-9][0-9]{15,98}$"
"""The text of a whole number that many readers of JSON would round."""


@dataclass(frozen=True, kw_only=True)
class Misfit:
    """Where a value is not of a shape: the way to it from there, what was expected, and what was found."""

    path: str
    expected: str
    found: str

    def below(self, step: str) -> Misfit:
        """The same, as seen from one step above."""
        apart = "." if self.path and not self.path.startswith("[") else ""
        return Misfit(path=f"{step}{apart}{self.path}", expected=self.expected, found=self.found)


class Shape(Protocol):
    """One kind of value."""

    def misfit(self, value: Json) -> Misfit | None:
        """Where `value` is not of this shape; None where it is."""
        ...

    def schema(self) -> dict[str, Json]:
        """The same as JSON Schema 2020-12."""
        ...


def _not(value: Json, expected: str) -> Misfit:
    return Misfit(path="", expected=expected, found=describe(value))


@dataclass(frozen=True, kw_only=True)
class Text:
    """Text: any, one of some words, or such as a pattern describes, of which `such` gives an example."""

    allowed: tuple[str, ...] = ()
    pattern: str | None = None
    such: str = ""

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        return None if self.pattern is None else re.compile(self.pattern, re.ASCII)

    def misfit(self, value: Json) -> Misfit | None:
        """Where `value` is no such text."""
        if not isinstance(value, str):
            return _not(value, "text")
        if self.allowed and value not in self.allowed:
            return _not(value, " or ".join(self.allowed))
        if self._pattern is not None and not self._pattern.fullmatch(value):
            return _not(value, f"text such as {self.such}")
        return None

    def schema(self) -> dict[str, Json]:
        """A string, with its words or its pattern."""
        said: dict[str, Json] = {"type": "string"}
        if self.allowed:
            said["enum"] = list(self.allowed)
        if self.pattern is not None:
            said["pattern"] = f"^(?:{self.pattern})$"
        return said


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A whole number of at least `least`; beyond ±(2^53 - 1) it is its decimal digits as text."""

    least: int | None = 0

    def misfit(self, value: Json) -> Misfit | None:
        """Where `value` is no such number."""
        number = value
        if isinstance(value, str) and re.fullmatch(WIDE, value, re.ASCII):
            number = int(value) if abs(int(value)) > LARGEST_INTEGER else value
        if not isinstance(number, int) or isinstance(number, bool):
            return _not(value, "an integer")
        return None if self.least is None or number >= self.least else _not(value, f"at least {self.least:,}")

    def schema(self) -> dict[str, Json]:
        """An integer, or the digits of a wide one."""
        least = {} if self.least is None else {"minimum": self.least}
        wide = WIDE if self.least is None else WIDE.replace("-?", "")
        return {"anyOf": [{"type": "integer", **least}, {"type": "string", "pattern": wide}]}


@dataclass(frozen=True, kw_only=True)
class Truth:
    """True or false."""

    def misfit(self, value: Json) -> Misfit | None:
        """Where `value` is neither."""
        return None if isinstance(value, bool) else _not(value, "true or false")

    def schema(self) -> dict[str, Json]:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class OrNull:
    """A shape, or null: unknown, or does not apply."""

    shape: Shape

    def misfit(self, value: Json) -> Misfit | None:
        """Where `value` is not null and not of the shape."""
        return None if value is None else self.shape.misfit(value)

    def schema(self) -> dict[str, Json]:
        """The shape's schema, or null."""
        return {"anyOf": [self.shape.schema(), {"type": "null"}]}


@dataclass(frozen=True)
class ListOf:
    """A list of values of one shape; of exactly `length`, where that is given."""

    shape: Shape
    length: int | None = None

    def misfit(self, value: Json) -> Misfit | None:
        """Where `value` is no such list, or the first of its elements that does not fit."""
        if not isinstance(value, list):
            return _not(value, "a list")
        if self.length is not None and len(value) != self.length:
            return _not(value, f"a list of {self.length}")
        for place, one in enumerate(value):
            if (found := self.shape.misfit(one)) is not None:
                return found.below(f"[{place}]")
        return None

    def schema(self) -> dict[str, Json]:
        """An array."""
        bounds = {} if self.length is None else {"minItems": self.length, "maxItems": self.length}
        return {"type": "array", "items": self.shape.schema(), **bounds}


@dataclass(frozen=True)
class MapOf:
    """An object whose keys are free, and whose values are each of one of some shapes."""

    shapes: tuple[Shape, ...]

    def misfit(self, value: Json) -> Misfit | None:
        """Where `value` is no object, or its first value that fits none of the shapes."""
        if not isinstance(value, dict):
            return _not(value, "an object")
        for key, one in value.items():
            said = [shape.misfit(one) for shape in self.shapes]
            if None not in said:
                return Misfit(path=legible(key), expected="text, a number, or a list of text", found=describe(one))
        return None

    def schema(self) -> dict[str, Json]:
        """An object of such values."""
        return {"type": "object", "additionalProperties": {"anyOf": [shape.schema() for shape in self.shapes]}}


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key of an object: what its value is, and what it says in a sentence."""

    shape: Shape
    says: str
    is_needed: bool = True


@dataclass(frozen=True)
class Object:
    """An object with just these keys."""

    keys: Mapping[str, Key]

    def misfit(self, value: Json) -> Misfit | None:
        """Where `value` is no object, lacks a key, has one too many, or the first key whose value does not fit."""
        if not isinstance(value, dict):
            return _not(value, "an object")
        for name, key in self.keys.items():
            if name not in value:
                if key.is_needed:
                    return Misfit(path=name, expected="a value", found="nothing")
                continue
            if (found := key.shape.misfit(value[name])) is not None:
                return found.below(name)
        for name in value:
            if name not in self.keys:
                return Misfit(path=legible(name), expected="no such key", found="it is there")
        return None

    def schema(self) -> dict[str, Json]:
        """An object, each key with its sentence."""
        return {
            "type": "object",
            "properties": {name: {"description": key.says, **key.shape.schema()} for name, key in self.keys.items()},
            "required": [name for name, key in self.keys.items() if key.is_needed],
            "additionalProperties": False,
        }
