"""How an entry becomes fields: a JSON object by paths, a line by an expression, a record by its columns' names."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from pydantic import Field, model_validator

from tallystick.yaml_file import Stated

WORD = re.compile(r'[a-z_][a-z0-9_]*|"[a-z_][a-z0-9_]*"|\[[a-z][a-z0-9_]*|[a-z][a-z0-9_]*\]')
GROUP = re.compile(r"\(\?P<([A-Za-z_][A-Za-z0-9_]*)>")
STEP = re.compile(r'"((?:[^"])+)"|([^."]+)')

Path = tuple[str | int, ...]
"""Keys from the outermost object inwards; a number is a place in an array, from 0."""


@cache
def parse_path(text: str) -> Path:
    """`a.0."b.c"` as ("a", 0, "b.c"); ValueError for what is no path."""
    steps: list[str | int] = []
    at = 0
    while True:
        found = STEP.match(text, at)
        if found is None:
            raise ValueError(f"{text!r} is no path; write keys with dots between them, and a key with a dot in quotes")
        quoted, bare = found.groups()
        steps.append(quoted if quoted is not None else int(bare) if bare.isascii() and bare.isdigit() else bare)
        at = found.end()
        if at == len(text):
            return tuple(steps)
        if text[at] != ".":
            raise ValueError(f"{text!r} is no path; between two keys stands a dot")
        at += 1


@cache
def _parse_paths(texts: tuple[str, ...]) -> tuple[Path, ...]:
    return tuple(map(parse_path, texts))


class JsonField(Stated):
    """One value of a JSON entry."""

    path: str | tuple[str, ...] = Field(
        min_length=1,
        description="Its key; keys of nested objects are joined by dots, a number is a place in an array from 0, a key "
        "with a dot stands in double quotes. Of several paths the first with a value counts.",
    )
    says: str = Field(min_length=1, description="What the log's writer puts there.")

    @model_validator(mode="after")
    def _is_a_path(self) -> JsonField:
        assert self.paths
        return self

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every path that it may have, the first with a value counts."""
        return _parse_paths((self.path,) if isinstance(self.path, str) else self.path)


class JsonDecoding(Stated):
    """An entry is one JSON object."""

    kind: Literal["json"]
    fields: dict[str, JsonField] = Field(min_length=1)
    reserved: dict[str, str] = Field(default_factory=dict, description="Keys with a meaning to come; not read yet.")

    @model_validator(mode="after")
    def _paths_differ(self) -> JsonDecoding:
        if len({field.path for field in self.fields.values()}) < len(self.fields):
            raise ValueError("two fields have the same path")
        return self


class RegexDecoding(Stated):
    """An entry is a line that a regular expression (RE2 syntax, linear time) matches from end to end."""

    kind: Literal["regex"]
    pattern: tuple[str, ...] = Field(min_length=1, description="The expression in pieces, joined without a gap.")
    fields: dict[str, str] = Field(min_length=1, description="Each named group, and what the log's writer puts there.")
    split: tuple[str, ...] | None = Field(
        None,
        description="The same line as words between single spaces, for reading many lines at once where every line of "
        'a file is that plain: name, "name" in quotes, [name and name] for the halves of one in brackets, _ for a word '
        "that is no field. A field that is not among them is one that such a line does not have. A word is what has "
        "no space, so the expression takes any such word in its place, and the rules of the columns judge it.",
    )

    @property
    def expression(self) -> str:
        """The whole expression; its named groups are the fields, in order."""
        return "".join(self.pattern)

    @model_validator(mode="after")
    def _words_are_fields(self) -> RegexDecoding:
        if self.split is None:
            return self
        if wrong := [word for word in self.split if not WORD.fullmatch(word)]:
            raise ValueError(f"split: {wrong[0]!r} is no word of a line")
        whole = [word.strip('"') for word in self.split if word[0] != "[" and word[-1] != "]"]
        halves = list(zip(self.split, self.split[1:], strict=False))
        joined = [first[1:] for first, second in halves if first[0] == "[" and second == f"{first[1:]}]"]
        if len(whole) + 2 * len(joined) != len(self.split):
            raise ValueError("split: the halves of a word in brackets stand next to each other")
        words = [*joined, *(word for word in whole if word != "_")]
        if wrong := [word for word in words if word not in self.fields or words.count(word) > 1]:
            raise ValueError(f"split: {wrong[0]!r} is no field, or stands there twice")
        return self

    @model_validator(mode="after")
    def _groups_are_fields(self) -> RegexDecoding:
        try:
            re.compile(self.expression)
        except re.error as error:
            raise ValueError(f"the pattern is no regular expression: {error}") from error
        if tuple(GROUP.findall(self.expression)) != tuple(self.fields):
            raise ValueError("the named groups of the pattern and the keys of fields differ, or stand in another order")
        return self


class ColumnField(Stated):
    """One value of a record."""

    column: str | tuple[str, ...] = Field(
        min_length=1, description="The name of its column; of several the first with a value counts."
    )
    says: str = Field(min_length=1, description="What the log's writer puts there.")

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that its column may have."""
        return (self.column,) if isinstance(self.column, str) else self.column


class ColumnsDecoding(Stated):
    """An entry is a record whose columns have names."""

    kind: Literal["columns"]
    fields: dict[str, ColumnField] = Field(min_length=1)
    order: tuple[str, ...] | None = Field(
        None, description="csv without a line of names: the names of its columns in order, _ for one that is not read."
    )

    @model_validator(mode="after")
    def _columns_are_there(self) -> ColumnsDecoding:
        if self.order is None:
            return self
        known = [name for name in self.order if name != "_"]
        if len(set(known)) < len(known):
            raise ValueError("order: two columns have the same name")
        for name, field in self.fields.items():
            if not set(field.names) & set(known):
                raise ValueError(f"order: the column of {name} is not among them")
        return self
