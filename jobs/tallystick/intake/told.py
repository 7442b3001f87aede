"""What is told of one file, or of all together: numbers at hand, and most frequent values that are read when asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TextIO

from tallystick.intake.counting import TOP

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Told:
    """One object of `inspect --json`. `numbers` is all of it but `top`, whose values `values_of` yields by name.

    Values have to be read before the next one is told: they lie in tables that are made for each file.
    """

    numbers: Json
    values_of: Callable[[str], Iterator[tuple[str, int]]]

    @property
    def is_total(self) -> bool:
        """Whether this is of all files together."""
        return self.numbers["path"] is None

    def as_json(self) -> Json:
        """The whole object."""
        return {**self.numbers, "top": {name: dict(self.values_of(name)) for name in TOP}}

    def write(self, out: TextIO) -> None:
        """Write the whole object without holding it."""
        out.write(json.dumps(self.numbers)[:-1] + ', "top": {')
        for number, name in enumerate(TOP):
            out.write(f"{', ' if number else ''}{json.dumps(name)}: {{")
            for place, (value, entries) in enumerate(self.values_of(name)):
                out.write(f"{', ' if place else ''}{json.dumps(value)}: {entries}")
            out.write("}")
        out.write("}}")


def write_json(told: Iterable[Told], out: TextIO) -> None:
    """Write what is told of each file and, last, of all, as `{"files": […], "total": …}`; one file is held at most."""
    out.write('{"files": [')
    for number, one in enumerate(told):
        if one.is_total:
            out.write('], "total": ')
        elif number:
            out.write(", ")
        one.write(out)
    out.write("}\n")
