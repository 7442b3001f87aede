"""How the entries of a file are found: lines, JSON objects, records of a table."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, model_validator

from tallystick.yaml_file import Stated

TABLES = frozenset({"csv", "w3c", "zeek", "parquet"})
"""What has columns with names: its entries are decoded as `columns`."""


class Entries(Stated):
    """How the entries of a file are found."""

    find: Literal["lines", "json", "csv", "w3c", "zeek", "parquet"] = Field(
        description="lines: one a line. json: JSON objects, one a line, pretty-printed, in an array or under a key. "
        "csv: records (RFC 4180) below a line of names. w3c: lines of words named by #Fields. "
        "zeek: lines of words named by #fields. parquet: the rows of a Parquet file."
    )
    under: str | tuple[str, ...] | None = Field(
        None,
        description="json: the key of a wrapping object whose array holds the entries; or several keys, outermost "
        "first, each of them with an array or an object; below the first, a|b is either of two keys.",
    )
    comment: str | None = Field(None, min_length=1, description="lines, csv: what begins with this is no entry.")
    header: str | None = Field(None, min_length=1, description="lines: what this expression matches is no entry.")
    delimiter: str | None = Field(None, min_length=1, max_length=1, description="csv: what stands between fields.")

    @model_validator(mode="after")
    def _fits(self) -> Entries:
        for name, fitting in (
            ("under", ("json",)),
            ("comment", ("lines", "csv")),
            ("header", ("lines",)),
            ("delimiter", ("csv",)),
        ):
            if getattr(self, name) is not None and self.find not in fitting:
                raise ValueError(_OUT_OF_PLACE[name])
        if self.header is not None:
            try:
                re.compile(self.header)
            except re.error as error:
                raise ValueError(f"header is no regular expression: {error}") from error
        return self

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys below which entries stand, outermost first."""
        return (self.under,) if isinstance(self.under, str) else self.under or ()


_OUT_OF_PLACE = {
    "under": "lines have no key to look under; only json has",
    "comment": "only lines and csv have comments; JSON has no comments",
    "header": "only lines have a header that an expression tells",
    "delimiter": "only csv has a delimiter",
}
