"""DER, as far as time-stamps need it: a reader that goes no further than it is told to, and a few values to write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

INTEGER, OCTETS, NULL, OID, SEQUENCE, SET = 0x02, 0x04, 0x05, 0x06, 0x30, 0x31
TIME = 0x18
"""GeneralizedTime."""
CONTEXT_0, CONTEXT_1 = 0xA0, 0xA1
_LONGEST = 1 << 20


class NotDerError(ValueError):
    """Bytes are not the DER that was expected; the text says what was."""


@dataclass(frozen=True, kw_only=True)
class Value:
    """One value: its tag, its content, and all its bytes with tag and length."""

    tag: int
    content: bytes
    whole: bytes

    def values(self) -> list[Value]:
        """What a SEQUENCE, a SET or an explicit tag holds."""
        return list(_each(self.content))

    def expect(self, tag: int, what: str) -> Value:
        """The value itself, if it has this tag; NotDerError otherwise."""
        if self.tag != tag:
            raise NotDerError(f"expected {what}")
        return self

    def integer(self, what: str) -> int:
        """The value of an INTEGER."""
        return int.from_bytes(self.expect(INTEGER, what).content, "big", signed=True)

    def oid(self, what: str) -> str:
        """An OBJECT IDENTIFIER in dots."""
        parts, number = [], 0
        for byte in self.expect(OID, what).content:
            number = number << 7 | byte & 0x7F
            if not byte & 0x80:
                parts.append(number)
                number = 0
        if not parts:
            raise NotDerError(f"expected {what}")
        first = min(parts[0] // 40, 2)
        return ".".join(map(str, (first, parts[0] - 40 * first, *parts[1:])))


def read(data: bytes, what: str) -> Value:
    """The one value that `data` is, to its last byte."""
    values = list(_each(data))
    if len(values) != 1:
        raise NotDerError(f"expected {what}, and nothing after it")
    return values[0]


def write(tag: int, *parts: bytes) -> bytes:
    """A value with this tag and the parts as its content."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _each(data: bytes) -> Iterator[Value]:
    at = 0
    while at < len(data):
        start, at = at, at + 2
        if at > len(data) or data[start] & 0x1F == 0x1F:
            raise NotDerError("a value is cut off, or of a kind that no time-stamp has")
        size = data[start + 1]
        if size & 0x80:
            digits = data[at : at + (size & 0x7F)]
            size, at = int.from_bytes(digits, "big"), at + len(digits)
            if not digits or digits[0] == 0 or size < 0x80 or size > _LONGEST:
                raise NotDerError("a length is not written as DER does")
        if at + size > len(data):
            raise NotDerError("a value is cut off")
        yield Value(tag=data[start], content=data[at : at + size], whole=data[start : at + size])
        at += size
