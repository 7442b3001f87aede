"""The keys of a model: name, kind of value, default and sentence of each, from pydantic."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from generators.markdown import code, codes
from generators.words import BY_VALIDATOR, SENTENCES


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key of a file as its user meets it."""

    name: str
    kind: str
    default: str
    says: str


def models(*roots: type[BaseModel]) -> list[type[BaseModel]]:
    """Each model and all that its keys are made of, every one once, before its parts."""
    found: dict[type[BaseModel], None] = {}

    def visit(hint: Any) -> None:
        if isinstance(hint, type) and issubclass(hint, BaseModel):
            if hint not in found:
                found[hint] = None
                for field in hint.model_fields.values():
                    visit(field.annotation)
            return
        for part in get_args(hint):
            visit(part)

    for root in roots:
        visit(root)
    return list(found)


def keys(model: type[BaseModel]) -> Iterator[Key]:
    """Every key of a model, those that are needed first; LookupError for one that nobody describes."""
    described = model.model_json_schema(by_alias=True)
    fields = [(field.alias or name, field) for name, field in model.model_fields.items()]
    for name, field in sorted(fields, key=lambda one: not needs(model, one[1], one[0])):
        shape = described["properties"].get(name, {})
        default = "needed" if needs(model, field, name) else _default(model, name, field)
        yield Key(name=name, kind=kind(shape, field), default=default, says=sentence(model, name, field))


def needs(model: type[BaseModel], field: FieldInfo, name: str) -> bool:
    """Whether a file has to have the key; `name` and `version` are taken from the file's own name where it has not."""
    return field.is_required() and (model.__name__, name) not in {("Source", "name"), ("Version", "version")}


def sentence(model: type[BaseModel], name: str, field: FieldInfo) -> str:
    """What the key says: the model's own words, or else those kept for it here."""
    for owner in model.__mro__:
        if found := field.description or SENTENCES.get(f"{owner.__name__}.{name}"):
            return found
    raise LookupError(f"nobody says what {model.__name__}.{name} is: give its Field a description")


def kind(shape: dict[str, Any], field: FieldInfo | None = None) -> str:
    """What a value is, in words: by its JSON Schema, and by the function that checks it where there is one."""
    checks = [] if field is None else [*_checks(field.metadata), *_checks([field.annotation])]
    named = next((BY_VALIDATOR[one] for one in checks if one in BY_VALIDATOR), None)
    choices = [one for one in shape.get("anyOf", ()) if one.get("type") != "null"]
    if isinstance(shape.get("additionalProperties"), dict):
        return f"for each id: {kind(shape['additionalProperties'])}"
    if named:
        return f"list of {named}s" if "array" in {shape.get("type"), *(one.get("type") for one in choices)} else named
    if choices:
        return " or ".join(kind(one) for one in choices)
    if "$ref" in shape:
        return f"[{section(shape['$ref'])}](#{section(shape['$ref'])})"
    if "oneOf" in shape:
        return " or ".join(kind(one) for one in shape["oneOf"])
    if "enum" in shape or "const" in shape:
        return codes(shape.get("enum", [shape.get("const")]))
    if shape.get("type") == "array":
        return f"list of {kind(shape['items'])}"
    return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(str(shape.get("type")), "text")


def section(reference: str) -> str:
    """The heading under which a model stands: `#/$defs/UseCase` is `use-case`."""
    name = reference.rpartition("/")[2]
    return "".join(f"-{one.lower()}" if one.isupper() and place else one.lower() for place, one in enumerate(name))


def _default(model: type[BaseModel], name: str, field: FieldInfo) -> str:
    if field.is_required():
        return "the file's name"
    value = field.get_default(call_default_factory=True)
    if value == Path(tempfile.gettempdir()):
        return "the system's temporary folder"
    return "" if value is None or value in ("", (), {}) or isinstance(value, BaseModel) else code(value)


def _checks(parts: Iterable[Any]) -> Iterator[str]:
    """The names of the functions that check a value, wherever they stand in its annotation."""
    for one in parts:
        if function := getattr(one, "func", None):
            yield function.__name__
        yield from _checks(get_args(one))
