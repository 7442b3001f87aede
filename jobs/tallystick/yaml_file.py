"""One YAML file into one frozen model; what it cannot say is refused with file, line and key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from tallystick.errors import BadConfigurationError, UnreadableFileError


class Stated(BaseModel):
    """A part of a file that a user writes: frozen, and keys that it does not know are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


Model = TypeVar("Model", bound=BaseModel)


KEYS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")
"""What the key of a mapping may be: a text, or `<<`."""


class AtKeyError(ValueError):
    """A rule between several keys is broken, and mended at one of them: `path` leads to it from the model's keys."""

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message)
        self.path = path


class BareDecimal(str):
    """A decimal that stands in no quotes: text like any other, told apart for those who ask for quotes."""

    __slots__ = ()


WORDS = {
    "missing": "this key is missing",
    "extra_forbidden": "this key is not known here",
    "union_tag_not_found": "this key is missing",
    "string_type": "a text is needed; put numbers, true and false in quotes",
    "string_too_short": "a text is needed, and this one is empty",
    "tuple_type": "a list is needed: [one, two], or a line for each that begins with -",
    "too_short": "at least one is needed",
    "model_type": "keys are needed, each with its value",
    "model_attributes_type": "keys are needed, each with its value",
    "int_type": "a whole number is needed, in digits alone",
    "int_parsing": "a whole number is needed, in digits alone",
    "int_from_float": "a whole number is needed, in digits alone",
}
"""Pydantic's kinds of error, as people say what is to be written."""

HINTS = {
    "mapping values are not allowed here": "put a text that holds a colon in quotes",
    "found character '\\t' that cannot start any token": "indent with spaces, not with tabs",
    "but found another document": "write one document a file, without a second ---",
    "stands twice": "take one of the two out",
    "special characters are not allowed": "take the character out",
    "a key is a text": "write the name of a key",
    "it is nested too deeply": "take the brackets out",
    "a number has too many digits": "write a number of at most 19 digits",
}
"""What to do about what a YAML reader says."""


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
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?[0-9]+[.][0-9]+$"), list("-0123456789"))
_Loader.add_constructor(
    "tag:yaml.org,2002:float",
    lambda loader, node: BareDecimal(loader.construct_scalar(node)),  # type: ignore[arg-type]
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))


def _mapping_once(loader: _Loader, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.tag not in KEYS:
            problem = "a key is a text; put numbers, true, false and ~ in quotes"
        elif key.value in seen:
            problem = f"the key {key.value!r} stands twice"
        else:
            seen.add(key.value)
            continue
        raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=deep)


_Loader.add_constructor(
    "tag:yaml.org,2002:map",
    lambda loader, node: _mapping_once(loader, node, deep=True),  # type: ignore[arg-type]
)


class _FastLoader(yaml.CSafeLoader):
    """The same, read by libyaml in a sixth of the time; what it says of an error is not for people."""


_FastLoader.yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers
_FastLoader.yaml_constructors = _Loader.yaml_constructors


def _loaded(text: str) -> Any:
    """What a text says. Raises what PyYAML raises, and ValueError."""
    try:
        return _FastLoader(text).get_single_data()
    except (yaml.YAMLError, RecursionError, ValueError):
        return _Loader(text).get_single_data()


def load_yaml(file: Path, model: type[Model], *, more: dict[str, Any] | None = None) -> Model:
    """Read `file` as `model`; keys of `more` are taken where the file has none.

    Raises UnreadableFileError for bytes that are not text, BadConfigurationError for text that is not the model.
    """
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError(
            f"cannot be read: {error}", where=str(file), next_step="write it as UTF-8 text that you may read"
        ) from error
    try:
        value = _loaded(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _not_yaml(file, text, error) from error
    if not isinstance(value, dict):
        raise BadConfigurationError(
            "a mapping of keys is expected",
            where=f"{file}:1",
            next_step="write key: value, each on a line of its own",
        )
    try:
        return model.model_validate({**(more or {}), **value})
    except ValidationError as error:
        raise _refusal(file, _Loader(text).get_single_node(), model, error) from error


def refuse(file: Path, message: str, *path: str | int, next_step: str | None = None) -> BadConfigurationError:
    """An error about a file, for rules between files; `path` leads to the key that breaks one."""
    return BadConfigurationError(message, where=place_in(file, *path), next_step=next_step)


def place_in(file: Path, *path: str | int) -> str:
    """Where a key of a file that was read before stands: `file:line: key`; the file alone without a key."""
    if not path:
        return str(file)
    line, key = _place(_Loader(file.read_text("utf-8")).get_single_node(), path, is_unspelt=True)
    return f"{file}:{line}: {key}"


def yaml_files(folder: Path) -> list[Path]:
    """The YAML files of a folder, by name. Raises BadConfigurationError for one whose name would leave it unread."""
    for file in sorted(folder.glob("*")):
        if file.suffix != ".yaml" and file.suffix.lower() in (".yaml", ".yml"):
            raise refuse(file, "the name of a file ends in .yaml here", next_step=f"rename it to {file.stem}.yaml")
    return sorted(folder.glob("*.yaml"))


def _not_yaml(file: Path, text: str, error: Exception) -> BadConfigurationError:
    """What a YAML reader says, with the line and what to do."""
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else None
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        said = f"U+{ord(text[error.position]):04X}: {said}"
    elif isinstance(error, RecursionError):
        said = "it is nested too deeply"
    elif not isinstance(error, yaml.YAMLError):
        said = "a number has too many digits"  # which is all that Python itself refuses
    hint = next((hint for part, hint in HINTS.items() if part in said), "mend the line")
    return BadConfigurationError(
        f"this is not YAML: {said}", where=str(file) if line is None else f"{file}:{line}", next_step=hint
    )


def _refusal(
    file: Path, node: yaml.Node | None, model: type[BaseModel], error: ValidationError
) -> BadConfigurationError:
    # A misspelt key explains a missing one.
    first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
    kind, context = first["type"], first.get("ctx", {})
    path, message = list(first["loc"]), WORDS.get(kind, first["msg"].removeprefix("Value error, "))
    message = message.replace("Input should be", "it should be").replace("String should", "it should")
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        path.append(str(context["discriminator"]).strip("'"))
    if kind == "union_tag_invalid":
        message = f"it should be one of {context['expected_tags']}"
    path.extend(getattr(context.get("error"), "path", ()))
    line, key = _place(node, path, is_unspelt=kind in ("missing", "union_tag_not_found"))
    known = _known_keys(model, first["loc"][:-1]) if kind == "extra_forbidden" else []
    return BadConfigurationError(
        message,
        where=f"{file}:{line}: {key}" if key else f"{file}:{line}",
        next_step=f"the keys here are {', '.join(known)}"
        if known
        else f"docs/reference/files.md lists the keys of a {model.__name__.lower()} file",
    )


def _known_keys(model: type[BaseModel], steps: Sequence[int | str]) -> list[str]:
    """The keys of the part of a model that an error's steps lead to, as a file spells them; none where that is open."""
    found = [model]
    for step in steps:
        named = [one for one in found if (kind := one.model_fields.get("kind")) and step in get_args(kind.annotation)]
        if named:
            found = named
        elif isinstance(step, str):
            fields = [field for one in found for name, field in one.model_fields.items() if step in (field.alias, name)]
            found = [part for field in fields for part in _models_of(field.annotation)] if fields else found
    [known] = found if len(found) == 1 else [None]
    return [] if known is None else [field.alias or name for name, field in known.model_fields.items()]


def _models_of(hint: Any) -> list[type[BaseModel]]:
    """The models that an annotation names, also inside of others."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return [hint]
    return [one for part in get_args(hint) for one in _models_of(part)]


def _place(node: yaml.Node | None, path: Sequence[int | str], *, is_unspelt: bool) -> tuple[int, str]:
    """The line, from 1, of the deepest part of `path` that the file has, and the path as the file spells it.

    Steps of the model that the file does not spell, such as the name of a variant, are left out; with `is_unspelt` the
    last one is a key that is missing, and stays.
    """
    line, spelt, entered = 1, "", False
    for step, part in enumerate(path):
        if isinstance(node, yaml.MappingNode):
            if not entered and _kind(node) == part and step < len(path) - 1:
                entered = True  # the variant that the mapping is read as, which may be called as one of its keys
                continue
            found = next(((key, value) for key, value in node.value if key.value == part), None)
            if found is not None:
                line, node = found[0].start_mark.line + 1, found[1]
            elif not (is_unspelt and step == len(path) - 1):
                continue
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            continue
        entered = False
        spelt += f"[{part}]" if isinstance(part, int) else f".{part}" if spelt else part
    return line, spelt


def _kind(node: yaml.MappingNode) -> str | None:
    """What a mapping says in its key `kind`."""
    return next((str(value.value) for key, value in node.value if key.value == "kind"), None)
