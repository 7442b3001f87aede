"""What clauses of kind `concurrency` say: at most so many requests in flight at once."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tallystick.agreements.clause import Clause, Per, Whole
from tallystick.agreements.limit import Counts, Scope


class ConcurrencyClause(Clause):
    """At most so many requests in flight at once, from the start and the duration of each."""

    kind: Literal["concurrency"]
    per: Per = Field(description="Whose requests are in flight together.")
    max: Whole = Field(ge=0, le=2**63 - 1, description="How many may be in flight at once.")
    counts: Counts | None = Field(default=None, description="Which requests count, as in a clause of kind `limit`.")

    @property
    def scope(self) -> Scope:
        """Which requests count, in canonical form."""
        return Scope.of(self.counts)
