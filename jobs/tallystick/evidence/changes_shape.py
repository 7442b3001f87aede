"""The shape of changes.json, `tallystick/changes/1`, and its published JSON Schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tallystick.evidence.canonical import Json
from tallystick.evidence.changes import SCHEMA
from tallystick.evidence.shape import Key, ListOf, MapOf, Misfit, Object, OrNull, Shape, Text, Truth, Whole

_SHA256 = Text(pattern=r"[0-9a-f]{64}", such="64 lower-case hex digits")
REASONS = ("question", "late_data", "register", "agreement", "program", "not_told", "not_readable")


@dataclass(frozen=True)
class _OneOf:
    """A value of one of some shapes."""

    shapes: tuple[Shape, ...]

    def misfit(self, value: Json) -> Misfit | None:
        """Where `value` fits none: as the first of the shapes has it."""
        found = [shape.misfit(value) for shape in self.shapes]
        return None if None in found else found[0]

    def schema(self) -> dict[str, Json]:
        """Any of the schemas."""
        return {"anyOf": [shape.schema() for shape in self.shapes]}


_VALUE = OrNull(_OneOf((Text(), Whole(least=None), Truth())))
_SIDE = {
    "licensee": Key(shape=OrNull(Text()), says="The licensee's id."),
    "period": Key(shape=OrNull(Text()), says="The period as its user wrote it."),
    "conclusion": Key(shape=OrNull(Text()), says="What the report concludes."),
    "revision": Key(shape=OrNull(Whole(least=1)), says="Its revision; null where there is only a report.json."),
    "report_sha256": Key(shape=_SHA256, says="The SHA-256 of its report.json."),
    "tallystick": Key(shape=OrNull(Text()), says="The program's version, where run.json tells it."),
}
_CHANGE = Object(
    {
        "path": Key(shape=Text(), says="Where in the document; elements of lists by what they are about."),
        "words": Key(shape=Text(), says="The same in words."),
        "kind": Key(
            shape=Text(allowed=("changed", "added", "removed")), says="Whether both documents have it, or only one."
        ),
        "is_number": Key(shape=Truth(), says="Whether it is a number or an amount of money."),
        "before": Key(shape=_VALUE, says="What the earlier report states; null also where it has no such value."),
        "after": Key(shape=_VALUE, says="What the later one states."),
        "by": Key(shape=OrNull(_OneOf((Whole(least=None), Text()))), says="after - before, of two numbers."),
    }
)
_SECTION = Object(
    {
        "section": Key(shape=Text(), says="The key of the document."),
        "title": Key(shape=Text(), says="The same in words."),
        "changes": Key(shape=ListOf(_CHANGE), says="What differs there, in the document's order."),
    }
)
_WHY = Object(
    {
        "what": Key(shape=Text(allowed=REASONS), says="Which kind of reason it is."),
        "words": Key(shape=Text(), says="The fact in an English sentence."),
        "values": Key(
            shape=MapOf((Text(), Whole(least=None), ListOf(Text()), OrNull(Text()))), says="The fact's values."
        ),
    }
)
CHANGES_SHAPE = Object(
    {
        "schema": Key(shape=Text(allowed=(SCHEMA,)), says="This schema's name."),
        "before": Key(
            shape=Object(
                {
                    **_SIDE,
                    "datapackage_sha256": Key(shape=OrNull(_SHA256), says="The SHA-256 of its manifest."),
                }
            ),
            says="The earlier report.",
        ),
        "after": Key(shape=Object(_SIDE), says="The later report."),
        "why": Key(shape=ListOf(_WHY), says="What of inputs, register, agreements and program differs."),
        "compared": Key(shape=Truth(), says="False where the earlier report cannot be read."),
        "numbers": Key(shape=OrNull(Whole()), says="How many numbers differ; null where nothing was compared."),
        "other_values": Key(shape=OrNull(Whole()), says="How many other values differ."),
        "sections": Key(shape=ListOf(_SECTION), says="What differs, by part of the document."),
    }
)


def json_schema() -> dict[str, Any]:
    """The published JSON Schema 2020-12 of changes.json."""
    return {"title": SCHEMA, "description": "changes.json of a report bundle.", **CHANGES_SHAPE.schema()}
