"""What a format file may say: how entries are found, decoded, and made into canonical columns."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from tallystick.tables.canonical import CANONICAL
from tallystick.yaml_file import Stated

Reading = Literal[
    "text",  # as it stands
    "target",  # a request target or URL: its path, without origin, query and session ids
    "request_method",  # a request line: its method
    "request_target",  # a request line: the path of its target
    "referer",  # a URL without its query, its fragment and its user
    "count",  # a whole number from 0 to 2^63-1
    "number",  # the same, for sequence numbers
    "status",  # a whole number from 100 to 999
    "iso8601",  # 2022-01-31T23:59:59.5+01:00; an offset or Z is needed
    "clf_time",  # 31/Jan/2022:23:59:59 +0100
    "epoch_seconds",  # 1643669999.5
    "epoch_milliseconds",
    "epoch_microseconds",
    "seconds",  # 0.25, a duration, kept as microseconds
    "milliseconds",
]
"""How a text becomes the value of a column, and what it is rejected for."""

TIMES = frozenset({"iso8601", "clf_time", "epoch_seconds", "epoch_milliseconds", "epoch_microseconds"})
FOR_COLUMN: dict[str, frozenset[str]] = {
    "received_at": TIMES,
    "history_from": TIMES,
    "sequence_number": frozenset({"number"}),
    "status": frozenset({"status"}),
    "records": frozenset({"count"}),
    "response_bytes": frozenset({"count"}),
    "request_bytes": frozenset({"count"}),
    "duration_us": frozenset({"count", "seconds", "milliseconds"}),
}
"""Which readings a column takes; a column that is not listed is text."""

TEXT_READINGS = frozenset({"text", "target", "request_method", "request_target", "referer"})
COLUMNS = tuple(column.name for column in CANONICAL if column.name != "source")
TAKEN = frozenset({"position", "undecodable", "entry", "fields"})
"""Names that the reader of entries uses itself."""
WORD = re.compile(r'[a-z_][a-z0-9_]*|"[a-z_][a-z0-9_]*"|\[[a-z][a-z0-9_]*|[a-z][a-z0-9_]*\]')
GROUP = re.compile(r"\(\?P<([A-Za-z_][A-Za-z0-9_]*)>")


class Entries(Stated):
    """How the entries of a file are found."""

    find: Literal["lines", "json"] = Field(
        description="lines: one a line. json: JSON objects, one a line, pretty-printed, in an array or under a key."
    )
    under: str | None = Field(None, description="json: the key of a wrapping object whose array holds the entries.")
    comment: str | None = Field(None, min_length=1, description="lines: a line that begins with this is no entry.")

    @model_validator(mode="after")
    def _fits(self) -> Entries:
        if self.find == "lines" and self.under is not None:
            raise ValueError("lines have no key to look under")
        if self.find == "json" and self.comment is not None:
            raise ValueError("JSON has no comments")
        return self


class JsonField(Stated):
    """One value of a JSON entry."""

    path: str = Field(min_length=1, description="Its key; keys of nested objects are joined by dots.")
    says: str = Field(min_length=1, description="What the log's writer puts there.")

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys from the outermost object inwards."""
        return tuple(self.path.split("."))


class JsonDecoding(Stated):
    """An entry is one JSON object."""

    kind: Literal["json"]
    fields: dict[str, JsonField] = Field(min_length=1)
    reserved: dict[str, str] = Field(default_factory=dict, description="Keys with a meaning to come; not read yet.")

    @model_validator(mode="after")
    def _paths_are_apart(self) -> JsonDecoding:
        paths = {field.keys for field in self.fields.values()}
        if len(paths) < len(self.fields):
            raise ValueError("two fields have the same path")
        if any(path[:length] in paths for path in paths for length in range(1, len(path))):
            raise ValueError("one field's path lies inside another's")
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
        "that is no field.",
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
        if sorted([*joined, *(word for word in whole if word != "_")]) != sorted(self.fields):
            raise ValueError("split: its words and the keys of fields differ")
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


class ColumnRule(Stated):
    """How one canonical column is made from the decoded fields."""

    field: str | None = Field(None, description="The field whose text it is.")
    sql: str | None = Field(None, min_length=1, description='Or an SQL expression over the fields, named like "this".')
    read: Reading
    missing: str | None = Field(None, description="The text with which the log says that it does not know.")
    secret: bool = Field(False, description="Whether it may hold a secret: then only a digest and a hint are kept.")
    says: str = Field("", description="Why it is made that way, with a source.")

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnRule:
        if (self.field is None) == (self.sql is None):
            raise ValueError("exactly one of field and sql is needed")
        if self.secret and self.read != "text":
            raise ValueError("only text can be a secret")
        return self


class Recognition(Stated):
    """How the format is told from others: by entries of its shape that have certain fields."""

    needs: tuple[str, ...] = Field(min_length=1, description="Fields that every entry of this format has.")


class Format(Stated):
    """One log format, as its file in formats/ describes it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")
    title: str = Field(min_length=1)
    says: str = Field(min_length=1, description="What the log is, who writes it.")
    docs: tuple[str, ...] = Field(description="Where its writer documents it; empty if this file is its documentation.")
    entries: Entries
    decode: Annotated[JsonDecoding | RegexDecoding, Field(discriminator="kind")]
    columns: dict[str, ColumnRule]
    identity: Literal["sequence", "request_id", "none"] = Field(description="What makes two entries one request.")
    sub_source: str | None = Field(None, description="The field that names the host where each host numbers its own.")
    recognise: Recognition

    @field_validator("docs")
    @classmethod
    def _links(cls, docs: tuple[str, ...]) -> tuple[str, ...]:
        if not all(link.startswith("https://") for link in docs):
            raise ValueError("a link begins with https://")
        return docs

    @model_validator(mode="after")
    def _adds_up(self) -> Format:
        known = set(self.decode.fields)
        if wrong := sorted(name for name in known if name in TAKEN or not re.fullmatch(r"[a-z][a-z0-9_]*", name)):
            raise ValueError(f"decode.fields: {wrong[0]!r} cannot be the name of a field")
        named = {rule.field for rule in self.columns.values()} | set(self.recognise.needs) | {self.sub_source}
        if unknown := sorted(named - known - {None}, key=str):
            raise ValueError(f"{unknown[0]!r} is no field of this format")
        for name, rule in self.columns.items():
            if name not in COLUMNS:
                raise ValueError(f"columns: {name!r} is no canonical column; there are {', '.join(COLUMNS)}")
            if rule.read not in FOR_COLUMN.get(name, TEXT_READINGS):
                raise ValueError(f"columns: {name} cannot be read as {rule.read}")
        if "received_at" not in self.columns:
            raise ValueError("columns: received_at is missing, and a request has a time")
        if self.entries.find == "json" and self.decode.kind != "json":
            raise ValueError("entries that are found as JSON are decoded as JSON")
        identifying = {name for name in ("sequence_number", "request_id") if name in self.columns}
        needed = {"sequence": {"sequence_number"}, "request_id": {"request_id"}, "none": set[str]()}[self.identity]
        if not needed <= identifying:
            raise ValueError(f"identity: {self.identity} needs its column")
        if self.identity == "none" and identifying:
            raise ValueError(f"identity: {identifying.pop()} identifies a request, so identity cannot be none")
        if self.identity == "request_id" and "sequence_number" in self.columns:
            raise ValueError("identity: a log that numbers its requests is identified by sequence")
        return self
