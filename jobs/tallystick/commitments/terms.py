"""What two sides agree on before they compare, whose requests a side takes, and the SQL that follows from both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tallystick.commitments.identity import Identity, tagged_sql
from tallystick.commitments.shared_key import SCHEMA, SharedKey
from tallystick.duck import quote_text
from tallystick.evidence.canonical import Json
from tallystick.register.load import Recognition


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What both sides have to agree on: key, identity and hours; and what this side compares beyond identities.

    `period` is the first hour and the hour after the last one, since 1970; None is all hours. `ahead_us` is how far
    this log's clock is ahead.
    """

    key: SharedKey
    identity: Identity
    compared: tuple[str, ...]
    period: tuple[int, int] | None = None
    ahead_us: int = 0

    def header(self) -> Json:
        """The first line."""
        hours = None if self.period is None else dict(zip(("start", "end"), map(hour_text, self.period), strict=True))
        return {
            "commitment": SCHEMA,
            "compared": sorted(self.compared),
            "identity": list(self.identity.parts),
            "key": self.key.mark,
            "period": hours,
        }


@dataclass(frozen=True, kw_only=True)
class Whose:
    """Whose requests are taken: those of a licensee, by its apps, or all, as those of one app; and how it is known."""

    licensee: str | None = None
    app: str | None = None
    recognitions: tuple[Recognition, ...] = ()


def tagged(requests: str, terms: Terms, whose: Whose, *, kept: Sequence[str] = ()) -> str:
    """SQL for the tags of what is counted of a query for rows of `request`, with some of its columns."""
    named = "app" if whose.app is None else quote_text(whose.app)
    mine = "" if whose.licensee is None else f" AND licensee = {quote_text(whose.licensee)}"
    counted = f"SELECT * REPLACE ({named} AS app) FROM ({requests}) WHERE NOT is_duplicate{mine}"
    query = tagged_sql(
        counted,
        key=terms.key,
        identity=terms.identity,
        compared=sorted(terms.compared),
        ahead_us=terms.ahead_us,
        kept=kept,
    )
    hours = "" if terms.period is None else f" WHERE hour >= {terms.period[0]} AND hour < {terms.period[1]}"
    return f"SELECT * FROM ({query}){hours}"


def hour_text(hour: int) -> str:
    """An hour since 1970 as a commitment writes it, `2024-01-01T10Z`."""
    return str(np.datetime64(hour, "h")) + "Z"
