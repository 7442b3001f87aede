"""What the clauses of the other kinds say."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from tallystick.agreements.clause import Clause


class UseCaseClause(Clause):
    """Each app has a use case that is approved at the time of the call."""

    kind: Literal["use_case"]


class TextClause(Clause):
    """A clause that no log can check; it is listed, never left out."""

    kind: Literal["text"]


class TermClause(Clause):
    """No call with a credential that was revoked, or by an app outside of its registration."""

    kind: Literal["term"]
    per: Literal["credential", "app"] = Field(
        default="credential",
        description="`credential`: no call with one after it was `revoked`. `app`: none by an app before `registered` "
        "or from `ended` on.",
    )


class RoutesClause(Clause):
    """Only these routes, with these methods, may be called."""

    kind: Literal["routes"]
    allowed: tuple[str, ...] | None = Field(
        default=None,
        min_length=1,
        description="The routes that may be called, `GET /2/tweets/{id}`; * is any run of characters.",
    )
    methods: tuple[str, ...] | None = Field(
        default=None, min_length=1, description="The HTTP methods that may be used, on any route that may be called."
    )

    @model_validator(mode="after")
    def _says_something(self) -> RoutesClause:
        if self.allowed is None and self.methods is None:
            raise ValueError("a clause of kind routes needs `allowed`, `methods` or both")
        return self
