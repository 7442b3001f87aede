"""What every clause of an agreement states, and the words that several kinds share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from tallystick.register.model import Slug
from tallystick.yaml_file import Stated

AS_WRITTEN = "as written"

Of = Literal["requests", "records", "response_bytes"]
Per = Literal["licensee", "app", "credential", "user"]
Window = Literal["calendar", "anchored", "sliding", "bucket"]
Severity = Literal["info", "minor", "major", "critical"]


def a_number(value: object) -> object:
    """Whatever may be a whole number; true and false, which Python takes for 1 and 0, are none."""
    if isinstance(value, bool):
        raise ValueError("a whole number is needed, not true or false")
    return value


Whole = Annotated[int, BeforeValidator(a_number)]
Status = Annotated[Whole, Field(ge=100, le=999)]


class Clause(Stated):
    """What every clause states."""

    id: Slug
    cites: str = Field(description="The agreement's own paragraph.")
    says: str = Field(description="The agreement's own words.")
    severity: Severity = "major"
