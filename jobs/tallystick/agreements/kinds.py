"""What the clauses of the other kinds say."""

from __future__ import annotations

from typing import Literal

from tallystick.agreements.clause import Clause


class UseCaseClause(Clause):
    """Each app has a use case that is approved at the time of the call."""

    kind: Literal["use_case"]


class TextClause(Clause):
    """A clause that no log can check; it is listed, never left out."""

    kind: Literal["text"]
