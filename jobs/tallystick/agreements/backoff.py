"""What clauses of kind `backoff` say: after a refusal, no further request for so long."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from tallystick.agreements.clause import Clause, Per, Whole
from tallystick.agreements.length import Length, fixed_length
from tallystick.period import DAY_US


class BackoffClause(Clause):
    """A request refused with 429 opens a window in which its caller makes no further request."""

    kind: Literal["backoff"]
    per: Per = Field(default="app", description="Who is refused, and has to wait.")
    within: str = Field(description="How long each refusal's window is, as an ISO 8601 duration of at most P1D.")
    max: Whole = Field(
        default=0, ge=0, le=2**63 - 1, description="Requests inside such windows that are permitted in all."
    )

    @field_validator("within")
    @classmethod
    def _at_most_a_day(cls, text: str) -> str:
        length = fixed_length(text)
        if length.us is None or length.us > DAY_US:
            raise ValueError(f"{text!r} is longer than a day (P1D)")
        return text

    @property
    def length(self) -> Length:
        """How long a refusal's window is."""
        return fixed_length(self.within)
