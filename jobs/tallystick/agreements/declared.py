"""What clauses of kind `declared` say: something that the licensee stated, and that a log can contradict."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from tallystick.agreements.clause import Clause, Whole
from tallystick.agreements.limit import LARGEST, Counts, Scope
from tallystick.agreements.route import RoutePattern
from tallystick.register.model import Instant, Slug
from tallystick.yaml_file import AtKeyError

WAYS = ("stopped", "deleted", "users")


class DeclaredClause(Clause):
    """The licensee stated that something ended, was deleted, or has at most so many users."""

    kind: Literal["declared"]
    stopped: Instant | None = Field(default=None, description="From then on there is no request.")
    deleted: Instant | None = Field(
        default=None, description="From then on what was deleted is not taken again: there is no request."
    )
    users: Whole | None = Field(default=None, ge=0, le=LARGEST, description="There are at most so many users.")
    within: Literal["P1M"] | None = Field(
        default=None, description="With `users`: so many in each calendar month; absent: in the whole period."
    )
    app: Slug | None = Field(default=None, description="Requests of this app; absent: of any.")
    credential: str | None = Field(
        default=None, min_length=1, description="Requests with this credential, by its name; absent: with any."
    )
    routes: tuple[RoutePattern, ...] | None = Field(
        default=None,
        min_length=1,
        description="Requests of these routes, `GET /2/tweets/{id}`; * is any run of characters; absent: of any.",
    )

    @model_validator(mode="after")
    def _one_statement(self) -> DeclaredClause:
        given = [way for way in WAYS if getattr(self, way) is not None]
        if len(given) != 1:
            raise ValueError(f"exactly one of {', '.join(WAYS)} is needed, {len(given)} given")
        if self.within is not None and self.users is None:
            raise AtKeyError("it says in which windows `users` are counted, and there are none: take it out", "within")
        return self

    @property
    def ended(self) -> str | None:
        """From when on there is no request, as the file states it."""
        return self.stopped or self.deleted

    @property
    def scope(self) -> Scope:
        """The requests that are meant, with whatever status: one that was refused was made."""
        named = {
            "apps": None if self.app is None else (self.app,),
            "credentials": None if self.credential is None else (self.credential,),
        }
        return Scope.of(Counts(routes=self.routes, except_status=())).model_copy(update=named)
