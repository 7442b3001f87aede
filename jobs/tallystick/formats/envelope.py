"""What wraps entries of other formats: deliveries, streams and containers that hand logs on."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, model_validator

from tallystick.formats.decodings import parse_path
from tallystick.yaml_file import Stated


class Envelope(Stated):
    """One way in which entries are wrapped, as its file in formats/envelopes/ describes it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")
    title: str = Field(min_length=1)
    says: str = Field(min_length=1, description="Who wraps, and what is inside.")
    docs: tuple[str, ...] = Field(description="Where its writer documents it.")
    find: Literal["lines", "json"] = Field(description="Whether a wrapper is a line or a JSON object.")
    needs: tuple[str, ...] = Field((), description="json: paths that every wrapper has.")
    like: dict[str, str] = Field(default_factory=dict, description="json: an expression that a path's text matches.")
    under: str | None = Field(None, description="json: the path of the array of what is wrapped, if it is several.")
    take: str | None = Field(None, description="json: the path of the entry below that: an object, or a text.")
    time: str | None = Field(
        None,
        description="json: the path, below `under`, of milliseconds since 1970; the entry is its text after that time "
        "in ISO 8601 and a space, for logs whose lines have no time of their own.",
    )
    pattern: str | None = Field(None, description="lines: an expression whose group `entry` is the entry.")
    not_requests: dict[str, str] = Field(
        default_factory=dict, description="json: a path and an expression; wrappers that it matches wrap nothing."
    )
    sampling: str | None = Field(None, description="json: the path of a sampling rate; anything but 1 is refused.")

    @model_validator(mode="after")
    def _fits(self) -> Envelope:
        if self.find == "lines":
            if self.pattern is None or "(?P<entry>" not in self.pattern:
                raise ValueError("lines are taken out by a pattern with a group `entry`")
            if self.needs or self.like or self.under or self.take or self.not_requests or self.sampling or self.time:
                raise ValueError("paths are for json")
            re.compile(self.pattern)
        elif self.pattern is not None or not self.needs or (self.under is None and self.take is None):
            raise ValueError("json needs `needs`, and under or take, and has no pattern")
        for path in (*self.needs, *self.like, *self.not_requests, self.under, self.take, self.sampling, self.time):
            if path is not None:
                parse_path(path)
        return self
