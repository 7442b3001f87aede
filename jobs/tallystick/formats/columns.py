"""How a canonical column is made from the fields of an entry: its rule, and the readings that there are."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from tallystick.tables.canonical import CANONICAL
from tallystick.yaml_file import Stated

Reading = Literal[
    "text",  # as it stands
    "address",  # a network address, without port and brackets
    "target",  # a request target or URL: its path, without origin, query and session ids
    "request_method",  # a request line: its method
    "request_target",  # a request line: the path of its target
    "referer",  # a URL without its query, its fragment and its user
    "count",  # a whole number from 0 to 2^63-1
    "number",  # the same, for sequence numbers
    "status",  # a whole number from 100 to 999
    "iso8601",  # 2022-01-31T23:59:59.5+01:00; an offset or Z is needed where the rule names no zone
    "clf_time",  # 31/Jan/2022:23:59:59 +0100
    "strptime",  # a time in the letters of `format`
    "epoch_seconds",  # 1643669999.5
    "epoch_milliseconds",
    "epoch_microseconds",
    "epoch_nanoseconds",
    "seconds",  # 0.25, a duration, kept as microseconds
    "milliseconds",
    "microseconds",
    "nanoseconds",
]
"""How a text becomes the value of a column, and what it is rejected for."""

TIMES = frozenset(
    {
        "iso8601", "clf_time", "strptime",
        "epoch_seconds", "epoch_milliseconds", "epoch_microseconds", "epoch_nanoseconds",
    }
)  # fmt: skip
IN_A_ZONE = frozenset({"iso8601", "strptime"})
FOR_COLUMN: dict[str, frozenset[str]] = {
    "received_at": TIMES,
    "history_from": TIMES,
    "sequence_number": frozenset({"number"}),
    "status": frozenset({"status"}),
    "records": frozenset({"count"}),
    "response_bytes": frozenset({"count"}),
    "request_bytes": frozenset({"count"}),
    "duration_us": frozenset({"count", "seconds", "milliseconds", "microseconds", "nanoseconds"}),
}
"""Which readings a column takes; a column that is not listed is text."""

TEXT_READINGS = frozenset({"text", "address", "target", "request_method", "request_target", "referer"})
COLUMNS = tuple(column.name for column in CANONICAL if column.name != "source")


class ColumnRule(Stated):
    """How one canonical column is made from the decoded fields."""

    field: str | None = Field(None, description="The field whose text it is.")
    sql: str | None = Field(None, min_length=1, description='Or an SQL expression over the fields, named like "this".')
    parameter: str | tuple[str, ...] | None = Field(
        None, description="Of a URL, request line or query string: the value of the query parameter of that name."
    )
    item: Literal["first", "last"] | None = Field(None, description="Of a list with commas: which of its items.")
    read: Reading
    zone: str | None = Field(None, description="Times without an offset are of this time zone.")
    format: str | None = Field(None, description="The letters of a time that is read as strptime.")
    missing: str | tuple[str, ...] | None = Field(None, description="What the log writes where it does not know.")
    secret: bool = Field(False, description="Whether it may hold a secret: then only a digest and a hint are kept.")
    says: str = Field("", description="Why it is made that way, with a source.")

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str | None) -> str | None:
        if zone is not None:
            try:
                ZoneInfo(zone)
            except (ValueError, OSError) as error:
                raise ValueError(f"{zone!r} is no time zone; write one such as UTC or Europe/Berlin") from error
        return zone

    @model_validator(mode="after")
    def _fits(self) -> ColumnRule:
        if (self.field is None) == (self.sql is None):
            raise ValueError("exactly one of field and sql is needed")
        if self.secret and self.read != "text":
            raise ValueError("only text can be a secret")
        if (self.format is not None) != (self.read == "strptime"):
            raise ValueError("strptime needs a format, and no other reading has one")
        if self.zone is not None and self.read not in IN_A_ZONE:
            raise ValueError(f"a time that is read as {self.read} has no zone of its own")
        if self.format is not None and self.zone is None and "%z" not in self.format:
            raise ValueError("a time without an offset (%z) needs a zone")
        return self

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of query parameters of which the first that is there gives the text."""
        return (self.parameter,) if isinstance(self.parameter, str) else self.parameter or ()

    @property
    def unknown(self) -> tuple[str, ...]:
        """The texts that say that the log does not know."""
        return (self.missing,) if isinstance(self.missing, str) else self.missing or ()
