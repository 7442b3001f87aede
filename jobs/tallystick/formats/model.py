"""What a format file may say: how entries are found, decoded, and made into canonical columns."""

from __future__ import annotations

import hashlib
import re
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from tallystick.formats.columns import COLUMNS, FOR_COLUMN, TEXT_READINGS, ColumnRule
from tallystick.formats.decodings import ColumnsDecoding, JsonDecoding, RegexDecoding
from tallystick.formats.entries import TABLES, Entries
from tallystick.formats.rules import NotRequest, Parts, Refusal
from tallystick.yaml_file import Stated

TAKEN = frozenset({"position", "undecodable", "entry", "fields", "not_request", "refused", "part"})
"""Names that the reader of entries uses itself."""


class Recognition(Stated):
    """How the format is told from others: by entries of its shape that have certain fields."""

    needs: tuple[str, ...] = Field(min_length=1, description="Fields that every entry of this format has.")
    like: dict[str, str] = Field(
        default_factory=dict, description="Fields whose text this expression matches from end to end."
    )
    never: tuple[str, ...] = Field((), description="Fields that no entry of this format has.")

    @field_validator("like")
    @classmethod
    def _are_expressions(cls, like: dict[str, str]) -> dict[str, str]:
        for name, expression in like.items():
            try:
                re.compile(expression)
            except re.error as error:
                raise ValueError(f"{name}: no regular expression: {error}") from error
        return like

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that it looks at."""
        return (*self.needs, *self.like, *self.never)


class Format(Stated):
    """One log format, as its file in formats/ describes it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")
    title: str = Field(min_length=1)
    says: str = Field(min_length=1, description="What the log is, who writes it.")
    docs: tuple[str, ...] = Field(description="Where its writer documents it; empty if this file is its documentation.")
    entries: Entries
    decode: Annotated[JsonDecoding | RegexDecoding | ColumnsDecoding, Field(discriminator="kind")]
    columns: dict[str, ColumnRule]
    not_requests: tuple[NotRequest, ...] = Field((), description="Entries that are no requests.")
    refuse: tuple[Refusal, ...] = Field((), description="Entries that must not be counted as they stand.")
    parts: Parts | None = Field(None, description="Where one request is logged as several entries.")
    identity: Literal["sequence", "request_id", "none"] = Field(description="What makes two entries one request.")
    sub_source: str | None = Field(None, description="The field that names the host where each host numbers its own.")
    recognise: Recognition

    @cached_property
    def digest(self) -> str:
        """A digest of all it says; a file that was read by another definition is read again."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @field_validator("docs")
    @classmethod
    def _links(cls, docs: tuple[str, ...]) -> tuple[str, ...]:
        if not all(link.startswith("https://") for link in docs):
            raise ValueError("a link begins with https://")
        return docs

    @model_validator(mode="after")
    def _adds_up(self) -> Format:
        self._refuse_odd_fields()
        self._refuse_odd_columns()
        if self.entries.find == "json" and self.decode.kind != "json":
            raise ValueError("entries that are found as JSON are decoded as JSON")
        if (self.entries.find in TABLES) != (self.decode.kind == "columns"):
            raise ValueError("csv, w3c, zeek and parquet are decoded as columns, and nothing else is")
        if isinstance(self.decode, ColumnsDecoding) and self.decode.order is not None and self.entries.find != "csv":
            raise ValueError("order: only csv has columns without names")
        self._refuse_odd_identity()
        return self

    def _refuse_odd_fields(self) -> None:
        known = set(self.decode.fields)
        if wrong := sorted(name for name in known if name in TAKEN or not re.fullmatch(r"[a-z][a-z0-9_]*", name)):
            raise ValueError(f"decode.fields: {wrong[0]!r} cannot be the name of a field")
        named = {rule.field for rule in self.columns.values()} | set(self.recognise.fields) | {self.sub_source}
        named |= {self.parts.field} if self.parts is not None else set()
        if unknown := sorted(named - known - {None}, key=str):
            raise ValueError(f"{unknown[0]!r} is no field of this format")

    def _refuse_odd_columns(self) -> None:
        for name, rule in self.columns.items():
            if name not in COLUMNS:
                raise ValueError(f"columns: {name!r} is no canonical column; there are {', '.join(COLUMNS)}")
            if rule.read not in FOR_COLUMN.get(name, TEXT_READINGS):
                raise ValueError(f"columns: {name} cannot be read as {rule.read}")
        if "received_at" not in self.columns:
            raise ValueError("columns: received_at is missing, and a request has a time")

    def _refuse_odd_identity(self) -> None:
        identifying = {name for name in ("sequence_number", "request_id") if name in self.columns}
        needed = {"sequence": {"sequence_number"}, "request_id": {"request_id"}, "none": set[str]()}[self.identity]
        if not needed <= identifying:
            raise ValueError(f"identity: {self.identity} needs its column")
        if self.identity == "none" and identifying:
            raise ValueError(f"identity: {identifying.pop()} identifies a request, so identity cannot be none")
        if self.identity == "request_id" and "sequence_number" in self.columns:
            raise ValueError("identity: a log that numbers its requests is identified by sequence")
        if self.parts is not None and self.identity != "request_id":
            raise ValueError("parts: only entries with a request_id can be parts of one request")
