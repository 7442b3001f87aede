"""The values of a Parquet column as texts that say them exactly.

Whole numbers and decimals are written plainly, without zeros at the end of a fraction; a float that is whole below 2^53
without a point (3), any other in its shortest digits; booleans as true and false; an instant as
2024-03-01T10:00:00.000000Z, what is finer than a microsecond cut off, and a time that names no zone without the Z;
text as UTF-8, a byte that is none, or zero, as a backslash, an x and two digits; structures, lists and maps as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

TEXT = pa.large_string()
EXACT = 2**53
"""Up to here a float holds every whole number."""


def as_text(values: pa.Array) -> pa.Array:
    """The same values as texts, NULL where there is none."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        return as_text(values.dictionary_decode())
    if isinstance(kind, pa.ExtensionType):
        return _extension(values)
    for is_kind, write in WRITERS:
        if is_kind(kind):
            return write(values)
    return values.cast(TEXT)


def _strings(values: pa.Array) -> pa.Array:
    text = values.cast(TEXT)
    if not pc.any(pc.match_substring(text, "\0")).as_py():
        return text
    return pc.replace_substring(text, "\0", "\\x00")


def _extension(values: pa.Array) -> pa.Array:
    if str(values.type.extension_name) == "arrow.uuid":
        return pa.array([None if one is None else str(one) for one in values.to_pylist()], TEXT)
    return as_text(values.storage)


def _bytes(values: pa.Array) -> pa.Array:
    try:
        return _strings(values.cast(pa.large_binary()).cast(TEXT))
    except pa.ArrowInvalid:
        return pa.array(
            [None if one is None else one.decode("utf-8", "backslashreplace") for one in values.to_pylist()]
        )


def _instants(values: pa.Array) -> pa.Array:
    zone = None if values.type.tz is None else "UTC"
    text = values.cast(pa.timestamp("us", zone), safe=False).cast(TEXT)
    return pc.replace_substring(text, " ", "T", max_replacements=1)


def _decimals(values: pa.Array) -> pa.Array:
    text = values.cast(TEXT)
    if values.type.scale <= 0:
        return pa.array([None if one is None else f"{one:f}" for one in values.to_pylist()], TEXT)
    return pc.replace_substring_regex(text, r"[.]0+$|([.][0-9]*[1-9])0+$", r"\1")


def _floats(values: pa.Array) -> pa.Array:
    text = values.cast(TEXT)
    wide = values.cast(pa.float64())
    is_whole = pc.and_(pc.equal(pc.floor(wide), wide), pc.less(pc.abs(wide), float(EXACT)))
    whole = pc.if_else(is_whole, wide, None).cast(pa.int64()).cast(TEXT)
    text = pc.coalesce(whole, text)
    if not pc.any(pc.match_substring(text, "e-")).as_py():
        return text
    return pa.array([f"{Decimal(one):f}" if one is not None and "e-" in one else one for one in text.to_pylist()], TEXT)


def _nested(values: pa.Array) -> pa.Array:
    kind = _in_microseconds(values.type)
    values = values if kind == values.type else values.cast(kind, safe=False)
    return pa.array([None if one is None else _json(one, kind) for one in values.to_pylist()], TEXT)


def _in_microseconds(kind: pa.DataType) -> pa.DataType:
    """The same type with times that Python can hold."""
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", kind.tz)
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_in_microseconds(field.type)) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(kind.key_type, kind.item_field.with_type(_in_microseconds(kind.item_type)))
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_in_microseconds(kind.value_type)))
    return kind


def _json(value: Any, kind: pa.DataType) -> str:
    if value is None:
        return "null"
    if pa.types.is_struct(kind):
        pairs = [(field.name, _json(value[field.name], field.type)) for field in kind]
        return "{" + ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {text}" for name, text in pairs) + "}"
    if pa.types.is_map(kind):
        pairs = [(str(key), _json(one, kind.item_type)) for key, one in value]
        return "{" + ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {text}" for name, text in pairs) + "}"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return "[" + ", ".join(_json(one, kind.value_type) for one in value) + "]"
    text: str = as_text(pa.array([value], kind))[0].as_py()
    is_plain = isinstance(value, bool | int | Decimal) or (isinstance(value, float) and value - value == 0)
    return text if is_plain else json.dumps(text, ensure_ascii=False)


WRITERS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array], pa.Array]], ...] = (
    (pa.types.is_string, _strings),
    (pa.types.is_large_string, _strings),
    (pa.types.is_binary, _bytes),
    (pa.types.is_large_binary, _bytes),
    (pa.types.is_fixed_size_binary, _bytes),
    (pa.types.is_timestamp, _instants),
    (pa.types.is_decimal, _decimals),
    (pa.types.is_floating, _floats),
    (pa.types.is_nested, _nested),
)
"""How values of a kind are written; those of any other as Arrow casts them."""
