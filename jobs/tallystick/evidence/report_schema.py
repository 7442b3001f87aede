"""The published JSON Schema of a report, made from its shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.evidence.consumption_shape import AMOUNT_SAID, APP
from tallystick.evidence.findings_shape import (
    AMOUNT,
    ASK,
    CLAUSE,
    CONDITION,
    DAY,
    EXPOSURE,
    FINDING,
    INSTANT,
    LIMIT,
    MEASURE,
    MONEY,
    POINTER,
    SHA256,
    VALUES,
    VERSION,
    WINDOW,
)
from tallystick.evidence.report_shape import REPORT, SCHEMA, SOURCE
from tallystick.evidence.shape import Shape, Whole

NAMED: Mapping[str, Shape] = {
    "instant": INSTANT,
    "day": DAY,
    "sha256": SHA256,
    "money-amount": AMOUNT,
    "count": Whole(),
    "integer": Whole(least=None),
    "amount": AMOUNT_SAID,
    "money": MONEY,
    "values": VALUES,
    "version": VERSION,
    "limit": LIMIT,
    "measure": MEASURE,
    "clause": CLAUSE,
    "window": WINDOW,
    "pointer": POINTER,
    "condition": CONDITION,
    "finding": FINDING,
    "exposure": EXPOSURE,
    "ask": ASK,
    "app": APP,
    "source": SOURCE,
}
"""What the published schema defines once and refers to, a part before what is made of it."""


def json_schema() -> dict[str, Any]:
    """The published JSON Schema 2020-12 of the document."""
    parts = [(name, shape.schema()) for name, shape in NAMED.items()]
    defined = {name: _referring(part, parts[:place]) for place, (name, part) in enumerate(parts)}
    described = {"title": SCHEMA, "description": "report.json of a report bundle.", **REPORT.schema()}
    return {**_referring(described, parts), "$defs": defined}


def _referring(part: Any, parts: list[tuple[str, Any]]) -> Any:
    """A schema in which each of some parts is a reference to its definition, the largest first."""
    if isinstance(part, list):
        return [_referring(one, parts) for one in part]
    if not isinstance(part, dict):
        return part
    rest = {key: one for key, one in part.items() if key != "description"}
    for name, defined in reversed(parts):
        if rest == defined:
            return {key: one for key, one in part.items() if key == "description"} | {"$ref": f"#/$defs/{name}"}
    return {key: _referring(one, parts) for key, one in part.items()}
