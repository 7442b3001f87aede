"""What a format says of whole entries: which are no requests, must not be counted, or are parts of one request."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from tallystick.yaml_file import Stated


class NotRequest(Stated):
    """Entries that are no requests; they are counted apart and never rejected."""

    when: str = Field(min_length=1, description="An SQL condition over the fields.")
    says: str = Field(min_length=1, description="What such an entry is.")


class Refusal(Stated):
    """Entries that are rejected although they can be read, because counting them as they stand would be wrong."""

    when: str = Field(min_length=1, description="An SQL condition over the fields.")
    reason: Literal["sampled"] = Field(description="The reason that the rejected entry is given.")
    says: str = Field(min_length=1, description="Why it is not counted.")


class Parts(Stated):
    """Several entries that are one request: they share their identity, and each says which part it is."""

    field: str | None = Field(None, description="The field that says which part an entry is.")
    sql: str | None = Field(None, min_length=1, description="Or an SQL expression over the fields.")
    order: tuple[str, ...] = Field(min_length=2, description="The parts in the order in which they are written.")
    counted: Literal["first", "last"] = Field(
        description="last: the latest part that there is stands for the request. first: only the first part does; "
        "the others never stand for a request by themselves.",
    )
    says: str = Field(min_length=1, description="Why the log writes several.")

    @model_validator(mode="after")
    def _fits(self) -> Parts:
        if (self.field is None) == (self.sql is None):
            raise ValueError("exactly one of field and sql is needed")
        if len(set(self.order)) < len(self.order):
            raise ValueError("order: a part stands there twice")
        return self
