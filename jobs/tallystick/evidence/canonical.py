"""Canonical JSON (RFC 8785) without floats: one document has exactly one form in bytes, and only that form is read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

LARGEST_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly."""

Json = Any
"""None, bool, int, str, lists and string-keyed dicts of these; never a float."""


class NotCanonicalError(ValueError):
    """A value has no canonical form here, or bytes are not the canonical form of what they say."""


def canonical_bytes(value: object) -> bytes:
    """The RFC 8785 bytes of `value`.

    An integer beyond ±(2^53 - 1) becomes its decimal digits as a string, because readers of JSON would round it.
    Floats (also NaN and the infinities), non-string keys, lone surrogates and all other types raise NotCanonicalError.
    """
    try:
        return _written(_exact(value))
    except RecursionError:
        raise NotCanonicalError("it is nested too deeply") from None


def parse_canonical(data: bytes) -> Json:
    """The value that `data` says, if `data` is exactly that value's canonical form; else NotCanonicalError.

    Duplicate keys, floats, spaces, another order of keys, other escapes and a byte-order mark are all refused.
    """
    value = parse_strict(data)
    if _written(value) != data:
        raise NotCanonicalError("it is JSON, but not in canonical form (RFC 8785)")
    return value


def parse_strict(data: bytes) -> Json:
    """The value that JSON text says; duplicate keys, floats and NaN are refused with NotCanonicalError."""
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique_keys,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
            parse_int=_short_integer,
        )
    except NotCanonicalError:
        raise
    except UnicodeDecodeError:
        raise NotCanonicalError("it is not UTF-8 text") from None
    except RecursionError:
        raise NotCanonicalError("it is nested too deeply") from None
    except ValueError as error:
        raise NotCanonicalError(f"it is not JSON: {error}") from None


_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_SPELT = {"ensure_ascii": False, "allow_nan": False, "check_circular": False, "separators": (",", ":")}
_BY_CODE_POINT = json.JSONEncoder(sort_keys=True, **_SPELT)  # type: ignore[arg-type]
_AS_IT_IS = json.JSONEncoder(sort_keys=False, **_SPELT)  # type: ignore[arg-type]


def _written(plain: Json) -> bytes:
    """What RFC 8785 makes of plain values without floats: the encoder of the standard library spells them alike.

    Keys go by their UTF-16 code units. That is the order of their code points, unless one is beyond 16 bits.
    """
    try:
        text = _BY_CODE_POINT.encode(plain)
        if _ASTRAL.search(text):
            text = _AS_IT_IS.encode(_by_code_unit(plain))
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise NotCanonicalError("a text holds half of a surrogate pair") from None
    except RecursionError:
        raise NotCanonicalError("it is nested too deeply") from None


def _by_code_unit(plain: Json) -> Json:
    if isinstance(plain, dict):
        return {key: _by_code_unit(plain[key]) for key in sorted(plain, key=lambda key: key.encode("utf-16-be"))}
    return [_by_code_unit(each) for each in plain] if isinstance(plain, list) else plain


def _exact(value: object) -> Json:
    """The same of plain types alone, integers that readers would round as text."""
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value) if -LARGEST_INTEGER <= value <= LARGEST_INTEGER else str(int(value))
    if isinstance(value, float):
        raise NotCanonicalError(f"{value!r} is a float, and floats are not exact")
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise NotCanonicalError(f"a key is {type(key).__name__}, and keys are text")
        return {str.__str__(key): _exact(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(each) for each in value]
    raise NotCanonicalError(f"{kind.__name__} has no place in JSON")


def _unique_keys(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise NotCanonicalError(f"the key {twice!a} stands twice in one object")
    return members


def _refuse_number(text: str) -> Json:
    raise NotCanonicalError(f"the number {text[:40]} is not an integer")


def _short_integer(text: str) -> int:
    if len(text) > len(str(-LARGEST_INTEGER)):
        raise NotCanonicalError(f"the integer {text[:20]}… is beyond 2^53 - 1 and must be a string")
    number = int(text)
    if abs(number) > LARGEST_INTEGER:
        raise NotCanonicalError(f"the integer {text} is beyond 2^53 - 1 and must be a string")
    return number
