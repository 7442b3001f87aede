"""A JSON document read with suspicion: every step into it says where it is and refuses what is not as promised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tallystick.evidence.canonical import LARGEST_INTEGER, Json
from tallystick.evidence.names import legible


class NotAsPromisedError(Exception):
    """One field of a document is not what it must be; becomes a Difference that names the document's file."""

    def __init__(self, field: str, *, expected: str, found: str) -> None:
        super().__init__(f"{field}: expected {expected}, found {found}")
        self.field = field
        self.expected = expected
        self.found = found


@dataclass(frozen=True)
class Node:
    """A value inside a document and the path that leads to it, such as `clauses[3].verdict`."""

    value: Json
    path: str = ""

    def __getitem__(self, key: str) -> Node:
        """The member `key` of an object; `a.b` takes two steps."""
        value, path = self.value, self.path
        for step in key.split("."):
            if not isinstance(value, dict):
                raise NotAsPromisedError(path or "(all)", expected="an object", found=describe(value))
            path = f"{path}.{step}" if path else step
            if step not in value:
                raise NotAsPromisedError(path, expected="a value", found="nothing")
            value = value[step]
        return Node(value, path)

    def each(self) -> Iterator[Node]:
        """The elements of a list, in order."""
        if not isinstance(self.value, list):
            raise NotAsPromisedError(self.path or "(all)", expected="a list", found=describe(self.value))
        for index, value in enumerate(self.value):
            yield Node(value, f"{self.path}[{index}]")

    def text(self) -> str:
        """The value, which must be text."""
        if not isinstance(self.value, str):
            raise NotAsPromisedError(self.path, expected="text", found=describe(self.value))
        return self.value

    def integer(self) -> int:
        """The value, which must be an integer, or its decimal digits where JSON could not hold it exactly."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return self.value
        if isinstance(self.value, str) and len(self.value) < 100 and self.value.removeprefix("-").isdecimal():
            number = int(self.value)
            if abs(number) > LARGEST_INTEGER and str(number) == self.value:
                return number
        raise NotAsPromisedError(self.path, expected="an integer", found=describe(self.value))

    def amount(self) -> int:
        """The value, which must be an integer of at least 0."""
        number = self.integer()
        if number < 0:
            raise NotAsPromisedError(self.path, expected="at least 0", found=f"{number:,}")
        return number

    def one_of(self, *allowed: str) -> str:
        """The value, which must be one of these words."""
        if self.value not in allowed:
            raise NotAsPromisedError(self.path, expected=" or ".join(allowed), found=describe(self.value))
        return self.text()

    def equals(self, expected: int) -> None:
        """The value must be this integer."""
        if self.integer() != expected:
            raise NotAsPromisedError(self.path, expected=f"{expected:,}", found=f"{self.integer():,}")

    def at_most(self, most: int) -> None:
        """The value must be an integer between 0 and `most`."""
        if self.amount() > most:
            raise NotAsPromisedError(self.path, expected=f"at most {most:,}", found=f"{self.integer():,}")


def describe(value: Json) -> str:
    """A value in a few words, for a message."""
    match value:
        case None:
            return "null"
        case str():
            return f'"{legible(value)}"'
        case list() | dict():
            return f"a{' list' if isinstance(value, list) else 'n object'} of {len(value):,}"
    return legible(str(value))


def first_difference(expected: Json, found: Json, path: str) -> tuple[str, str, str]:
    """The path of the first member in which two documents differ, and what stands there in each."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(set(expected) | set(found)):
            if expected.get(key) != found.get(key) or (key in expected) != (key in found):
                return first_difference(expected.get(key), found.get(key), f"{path}.{legible(key)}".lstrip("."))
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, (should, stands) in enumerate(zip(expected, found, strict=True)):
            if should != stands:
                return first_difference(should, stands, f"{path}[{index}]")
    return path, legible(str(expected)), legible(str(found))
