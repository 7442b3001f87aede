"""One YAML file into one frozen model; what it cannot say is refused with file, line and key."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from tallystick.errors import BadConfigurationError, UnreadableFileError


class Stated(BaseModel):
    """A part of a file that a user writes: frozen, and keys that it does not know are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


Model = TypeVar("Model", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """Plain YAML without its surprises: dates stay text, only true and false are booleans, a key comes once."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag.rpartition(":")[2] not in ("timestamp", "bool", "int", "float")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))


def _mapping_once(loader: _Loader, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} stands twice", key.start_mark)
        seen.add(key.value)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=deep)


_Loader.add_constructor(
    "tag:yaml.org,2002:map",
    lambda loader, node: _mapping_once(loader, node, deep=True),  # type: ignore[arg-type]
)


def load_yaml(file: Path, model: type[Model], *, more: dict[str, Any] | None = None) -> Model:
    """Read `file` as `model`; keys of `more` are taken where the file has none.

    Raises UnreadableFileError for bytes that are not text, BadConfigurationError for text that is not the model.
    """
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"cannot be read: {error}", where=str(file)) from error
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        value = None if node is None else loader.construct_document(node)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise BadConfigurationError(
            f"this is not YAML: {getattr(error, 'problem', None) or error}",
            where=f"{file}{line}",
            next_step="mend the line",
        ) from error
    if not isinstance(value, dict):
        raise BadConfigurationError("a mapping of keys is expected", where=f"{file}:1")
    try:
        return model.model_validate({**(more or {}), **value})
    except ValidationError as error:
        raise _refusal(file, node, model, error) from error


def refuse(file: Path, message: str, *, next_step: str | None = None) -> BadConfigurationError:
    """An error about a whole file, for rules that no single key breaks."""
    return BadConfigurationError(message, where=str(file), next_step=next_step)


def _refusal(
    file: Path, node: yaml.Node | None, model: type[BaseModel], error: ValidationError
) -> BadConfigurationError:
    first = min(
        error.errors(), key=lambda one: one["type"] != "extra_forbidden"
    )  # a misspelt key explains a missing one
    path = [part for part in first["loc"] if isinstance(part, int) or not part.startswith(("function-", "tagged-"))]
    line = _line(node, path)
    message = first["msg"].removeprefix("Value error, ")
    next_step = None
    if first["type"] == "extra_forbidden":
        message = "this key is not known here"
        next_step = f"docs/reference/files.md lists the keys of a {model.__name__.lower()} file"
    elif first["type"] == "missing":
        message = "this key is missing"
    key = ".".join(str(part) for part in path)
    return BadConfigurationError(
        message, where=f"{file}:{line}: {key}" if key else f"{file}:{line}", next_step=next_step
    )


def _line(node: yaml.Node | None, path: list[int | str]) -> int:
    """The line, from 1, of the deepest part of `path` that the file has."""
    line = 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == part), None)
            if found is None:
                continue  # a step of the model that the file does not spell, such as the name of a variant
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
