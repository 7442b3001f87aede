"""Route templates: `GET /2/tweets/{id}` names the route of every request whose method and path it fits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tallystick.duck import quote_text
from tallystick.errors import BadConfigurationError

TEMPLATE = re.compile(r"(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+) )?(/\S*)")
PART = re.compile(r"(\{[A-Za-z_][A-Za-z0-9_.-]*\})")
FORM = "write a method and a path, GET /2/tweets/{id}; a part in braces stands for any one part of a path"


@dataclass(frozen=True, kw_only=True)
class Route:
    """One template; `method` is None where any method fits."""

    method: str | None
    template: str

    @classmethod
    def parse(cls, text: str) -> Route:
        """Read `METHOD /path/{part}` or `/path/{part}`; BadConfigurationError for anything else."""
        found = TEMPLATE.fullmatch(text)
        if not found or re.search(r"[{}]", PART.sub("", found[2])):
            raise BadConfigurationError(f"{text!r} is no route", where="routes", next_step=FORM)
        return cls(method=found[1], template=found[2])

    @property
    def pattern(self) -> str:
        """A regular expression in RE2 syntax for the whole path; a braced part is characters other than a slash."""
        parts = PART.split(self.template)
        return "".join("[^/]+" if index % 2 else re.escape(part) for index, part in enumerate(parts))

    def fits_sql(self, method: str, path: str) -> str:
        """The condition, over two SQL expressions, under which this is the route."""
        if PART.search(self.template):
            fits = f"regexp_full_match({path}, {quote_text(self.pattern)}, 's')"
        else:
            fits = f"{path} = {quote_text(self.template)}"
        return fits if self.method is None else f"{method} = {quote_text(self.method)} AND {fits}"


def route_sql(routes: Sequence[str], *, method: str, path: str) -> str:
    """The template of the first route that fits, NULL where none does, as an SQL expression over two others."""
    if not routes:
        return "CAST(NULL AS VARCHAR)"
    parsed = [Route.parse(text) for text in routes]
    cases = " ".join(f"WHEN {route.fits_sql(method, path)} THEN {quote_text(route.template)}" for route in parsed)
    return f"CASE {cases} END"
