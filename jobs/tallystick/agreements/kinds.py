"""What the clauses of the other kinds say."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tallystick.agreements.clause import Clause, Of, Window
from tallystick.agreements.length import calendar_length, fixed_length
from tallystick.agreements.limit import Limit, Scope
from tallystick.agreements.route import Method, RoutePattern
from tallystick.register.model import Environment
from tallystick.yaml_file import AtKeyError


class EnvironmentClause(Clause):
    """Each app that is not for production stays under a small volume."""

    kind: Literal["environment"]
    environments: tuple[Environment, ...] = Field(
        default=("dev", "stage"), min_length=1, description="Which apps, by the `environment` that the register states."
    )
    of: Of = Field(default="requests", description="What is added up, over the requests not refused with 429.")
    max: int = Field(ge=0, le=2**63 - 1, description="What one window permits each of these apps.")
    window: Window = Field(description="How windows lie, as in a clause of kind `limit`.")
    within: str = Field(description="How long a window is, as an ISO 8601 duration.")

    @model_validator(mode="after")
    def _has_a_length(self) -> EnvironmentClause:
        try:
            self.limit()
        except ValueError as error:
            raise AtKeyError(str(error), "within") from error
        return self

    def limit(self) -> Limit:
        """What each of these apps is held to."""
        return Limit(
            of=self.of,
            per="app",
            max=self.max,
            limit=self.max,
            window=self.window,
            length=calendar_length(self.within) if self.window == "calendar" else fixed_length(self.within),
            scope=Scope.of(None),
        )


class IdentificationClause(Clause):
    """Every call identifies itself by its user agent."""

    kind: Literal["identification"]
    user_agent: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        min_length=1, description="Patterns, one of which the user agent of each call fits; * is any run of characters."
    )


class UseCaseClause(Clause):
    """Each app has a use case that is approved at the time of the call."""

    kind: Literal["use_case"]
    max_apps_per_use_case: int | None = Field(
        default=None, ge=1, description="How many apps that call may have the same use case text; absent: any number."
    )


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
    allowed: tuple[RoutePattern, ...] | None = Field(
        default=None,
        min_length=1,
        description="The routes that may be called, `GET /2/tweets/{id}`; * is any run of characters.",
    )
    methods: tuple[Method, ...] | None = Field(
        default=None, min_length=1, description="The HTTP methods that may be used, on any route that may be called."
    )
    history: str | None = Field(
        default=None,
        description="A call asks for nothing older than this before it is received, as an ISO 8601 duration (P7D).",
    )

    @model_validator(mode="after")
    def _says_something(self) -> RoutesClause:
        if self.allowed is None and self.methods is None and self.history is None:
            raise ValueError("a clause of kind routes needs `allowed`, `methods` or `history`")
        if self.history is not None:
            try:
                fixed_length(self.history)
            except ValueError as error:
                raise AtKeyError(str(error), "history") from error
        return self

    @property
    def history_us(self) -> int | None:
        """How far back a call may ask, in microseconds; None where the clause says nothing of that."""
        return None if self.history is None else fixed_length(self.history).us
