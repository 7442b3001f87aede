"""What the lines that begin with # say of the lines below them: the names of words, and what stands between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from tallystick.intake.cells import Cells
from tallystick.intake.words import words_of

MOST_NAMES = 10_000

W3C = re.compile(rb"#\s*(?i:version|fields|software|start-date|end-date|date|system|site|sitename)\s*:")
W3C_FIELDS = re.compile(rb"#\s*(?i:fields)\s*:(.*)", re.DOTALL)
ZEEK = re.compile(rb"#(?:separator|set_separator|empty_field|unset_field|path|open|close|fields|types)(?![a-z_])")
ZEEK_SEPARATOR = re.compile(rb"#separator (?:\\x([0-9a-f]{2})|([!-~]))")


@dataclass(frozen=True, kw_only=True)
class Directives:
    """What has been said so far.

    `names` are those of the words of a line, none before they are said; `delimiter` stands between words, None where
    the lines themselves have to tell; a word of `unknown` is no value, and one that is `empty` is an empty text.
    """

    names: tuple[str, ...] = ()
    delimiter: str | None = None
    unknown: tuple[str, ...] = ("-", "")
    empty: str | None = None
    may_be_quoted: bool = True

    def told_by(self, lines: Iterable[bytes]) -> Directives:
        """The same with the delimiter that makes as many words as there are names of the first line that tells."""
        width = len(self.names)
        if self.delimiter is not None or not width:
            return self
        for line in lines:
            if line.count(b"\t") + 1 == width > 1:
                return replace(self, delimiter="\t")
            if words_of(line, " ", width):
                return replace(self, delimiter=" ")
        return self

    def marked(self, cells: Cells) -> Cells:
        """Cells in which unknown words are NULL."""
        cells = cells.with_nulls(*self.unknown)
        return cells if self.empty is None else cells.with_empty(self.empty)


W3C_BEGINS = Directives()
ZEEK_BEGINS = Directives(delimiter="\t", unknown=("-",), empty="(empty)", may_be_quoted=False)


def after_w3c(said: Directives, line: bytes) -> tuple[Directives, bool]:
    """What is said after one more line that begins with #, and whether it is a header and no comment (#Remark)."""
    found = W3C_FIELDS.fullmatch(line)
    if found is None:
        return said, W3C.match(line) is not None
    names = tuple(found[1].decode().split(maxsplit=MOST_NAMES)[:MOST_NAMES])
    return said if names == said.names else Directives(names=names), True


def after_zeek(said: Directives, line: bytes) -> tuple[Directives, bool]:
    """The same for Zeek's header."""
    if ZEEK.match(line) is None:
        return said, False
    if line.startswith(b"#separator"):
        found = ZEEK_SEPARATOR.fullmatch(line)
        delimiter = "\t" if found is None else chr(int(found[1], 16)) if found[1] else found[2].decode()
        return replace(said, delimiter=delimiter if delimiter.isascii() and delimiter != "\n" else "\t"), True
    delimiter = said.delimiter or "\t"
    key, *values = line.decode().split(delimiter, MOST_NAMES)
    if key == "#fields":
        return replace(said, names=tuple(values[:MOST_NAMES])), True
    if key == "#unset_field" and values:
        return replace(said, unknown=(values[0],)), True
    if key == "#empty_field" and values:
        return replace(said, empty=values[0]), True
    return said, True


After = Callable[[Directives, bytes], tuple[Directives, bool]]
