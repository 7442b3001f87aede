"""The lines of a commitment, `tallystick/commitment/1`, and their published JSON Schema."""

from __future__ import annotations

from typing import Any

from tallystick.commitments.identity import AMOUNTS, COLUMNS, HOUR
from tallystick.commitments.shared_key import SCHEMA
from tallystick.evidence.shape import Key, ListOf, Object, OrNull, Shape, Text, Whole

TAG_BYTES = 16
CHECK_BYTES = 4
MOST_TAGS = 4_096
"""Requests on one line."""

_HOUR = Text(pattern=r"\d{4}-\d\d-\d\dT\d\dZ", such="2024-01-01T10Z")
_APP = Text(pattern=r"[a-z0-9][a-z0-9._-]{0,62}", such="an app's id")
_SHA256 = Text(pattern=r"[0-9a-f]{64}", such="64 lower-case hex digits")
_BASE64 = Text(pattern=r"[A-Za-z0-9+/]*={0,2}", such="base64")
_PERIOD = Object(
    {
        "start": Key(shape=_HOUR, says="The first hour."),
        "end": Key(shape=_HOUR, says="The hour after the last."),
    }
)
_CELL = {
    "app": Key(shape=_APP, says="The app's id, as in the register."),
    "hour": Key(shape=_HOUR, says="The UTC hour, by this side's clock."),
}

HEADER = Object(
    {
        "commitment": Key(shape=Text(allowed=(SCHEMA,)), says="This schema's name."),
        "compared": Key(shape=ListOf(Text(allowed=AMOUNTS)), says="The columns that have checks, by name."),
        "identity": Key(
            shape=ListOf(Text(allowed=(HOUR, *COLUMNS))), says="The parts of an identity, in the order of the digest."
        ),
        "key": Key(
            shape=Text(pattern=r"[0-9a-f]{16}", such="16 lower-case hex digits"),
            says="What tells the key from others, and nothing of it.",
        ),
        "period": Key(shape=OrNull(_PERIOD), says="The hours that were looked at; null for all that the logs have."),
    }
)
TAGS = Object(
    {
        **_CELL,
        "checks": Key(
            shape=Object({name: Key(shape=_BASE64, says=f"Of {name}.", is_needed=False) for name in AMOUNTS}),
            says=f"{CHECK_BYTES} bytes a request for each compared column, in the order of the tags.",
        ),
        "requests": Key(shape=Whole(least=1), says=f"How many tags the line has, at most {MOST_TAGS:,}."),
        "tags": Key(shape=_BASE64, says=f"{TAG_BYTES} bytes a request, in ascending order."),
    }
)
UNIDENTIFIED = Object({**_CELL, "unidentified": Key(shape=Whole(least=1), says="How many requests have no identity.")})
END = Object(
    {
        "requests": Key(shape=Whole(), says="How many tags the file has."),
        "sha256": Key(shape=_SHA256, says="The SHA-256 of all lines before this one."),
        "unidentified": Key(shape=Whole(), says="How many requests without identity the file tells of."),
    }
)
LINES: dict[str, Shape] = {"header": HEADER, "tags": TAGS, "unidentified": UNIDENTIFIED, "end": END}


def json_schema() -> dict[str, Any]:
    """The published JSON Schema 2020-12 of one line."""
    return {
        "title": SCHEMA,
        "description": "One line of a commitment: the first is a header, the last an end, others tags or unidentified.",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in LINES],
        "$defs": {name: shape.schema() for name, shape in LINES.items()},
    }
