"""What every clause of an agreement states, and the words that several kinds share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tallystick.register.model import Slug
from tallystick.yaml_file import Stated

AS_WRITTEN = "as written"

Of = Literal["requests", "records", "response_bytes"]
Per = Literal["licensee", "app", "credential", "user"]
Window = Literal["calendar", "anchored", "sliding", "bucket"]
Severity = Literal["info", "minor", "major", "critical"]
Status = Annotated[int, Field(ge=100, le=999)]


class Clause(Stated):
    """What every clause states."""

    id: Slug
    cites: str = Field(description="The agreement's own paragraph.")
    says: str = Field(description="The agreement's own words.")
    severity: Severity = "major"
