"""The proof that a file of lines can be split into words in one go, and the words as fields.

A format that says its line as words between single spaces, some in quotes, is read by DuckDB's CSV reader where every
line of a file is exactly that: no backslash and no control character anywhere, the quotes in their places, the same
words between them. Then the words are what the format's expression matches; any doubt sends a file to the strict path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise, repeat
from pathlib import Path

import numpy as np

from tallystick.duck import quote_name, quote_text, without_wildcards
from tallystick.formats.decodings import RegexDecoding
from tallystick.intake.plain import MAX_LINE_BYTES, Bytes, Piece, Places, Plain, prove_plain_lines

SPACE, QUOTE = 32, 34
LONGEST_FIRST_LINE = 1 << 13
"""A file whose first line is longer is left to the strict path: somebody may have written it to take long."""
LONGEST_GAP = 256
"""Bytes between words in quotes; a line with more there is left to the strict path."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The words of a line, as `split` of a format writes them; `more` is one more in quotes that is no field."""

    words: tuple[str, ...]
    fields: tuple[str, ...]

    @classmethod
    def of(cls, decoding: RegexDecoding, file: Path) -> Layout | None:
        """The layout of the first line of a file; None where the format says none, or the line has another."""
        if decoding.split is None:
            return None
        with file.open("rb") as source:
            line = source.readline(MAX_LINE_BYTES).rstrip(b"\r\n")
        if len(line) > LONGEST_FIRST_LINE:
            return None
        found = re.fullmatch(decoding.expression, line.decode(errors="replace"), re.DOTALL)
        named = {word.strip('"[]') for word in decoding.split}
        if found is None or any(found[name] for name in decoding.fields if name not in named):
            return None
        for words in (decoding.split, (*decoding.split, '"_"')):
            if line.count(b'"') == 2 * sum(word[0] == '"' for word in words):
                layout = cls(words=words, fields=tuple(decoding.fields))
                return layout if layout._reads(line.decode(errors="replace"), found.groupdict()) else None
        return None

    def _reads(self, line: str, found: dict[str, str]) -> bool:
        """Whether the words of a line are the fields that the expression found in it."""
        cut = re.findall(r'"[^"]*"|[^ "]+', line)
        if len(cut) != len(self.words):
            return False
        named = list(zip(self.words, cut, strict=True))
        halves = [f"{first} {second}"[1:-1] for (word, first), (_, second) in pairwise(named) if word[0] == "["]
        joined = [word[1:] for word in self.words if word[0] == "["]
        whole = {word.strip('"'): text.strip('"') for word, text in named if "[" not in word and "]" not in word}
        return all(
            found[name] == text
            for name, text in {**whole, **dict(zip(joined, halves, strict=True))}.items()
            if name != "_"
        )

    @property
    def spaces(self) -> tuple[int, ...]:
        """How many spaces stand before each word in quotes since the one before it, and after the last."""
        found, before = [], 0
        for index, word in enumerate(self.words):
            if word[0] == '"':
                found.append(before)
                before = 0
            before += index < len(self.words) - 1
        return (*found, before)

    def prove(self, file: Path) -> Plain | None:
        """What is proven of a decoded file whose lines all have this layout; None where there is any doubt.

        Left to the reader is whether a line has as many words as it should: it fails where one has not.
        """
        return prove_plain_lines(file, lambda piece: _is_plain(piece, self.spaces))

    def decoded_sql(self, file: Path) -> str:
        """A query that decodes the whole file, in file order: `position`, `undecodable`, every field of the format."""
        names = [f"word {index}" for index, _ in enumerate(self.words)]
        columns = ", ".join(f"{quote_text(name)}: 'VARCHAR'" for name in names)
        fields = dict.fromkeys(self.fields, "''")  # what an expression gives for a group that takes no part
        fields |= {word.strip('"'): quote_name(name) for word, name in zip(self.words, names, strict=True)}
        doubts = [f"{quote_name(name)} IS NULL" for name in names]  # an empty word, which no word in quotes is
        for index, word in enumerate(self.words):
            if word[0] == "[":
                first, second = quote_name(names[index]), quote_name(names[index + 1])
                joined = f"({first} || ' ' || {second})"
                fields[word[1:]] = f"{joined}[2:-2]"
                doubts.append(f"NOT (starts_with({first}, '[') AND ends_with({second}, ']'))")
                doubts.append(f"contains({first}, ']') OR contains(left({second}, -1), ']')")
        made = ", ".join(
            f"{expression} AS {quote_name(field)}"
            for field, expression in fields.items()
            if field[0] != "[" and field[-1] != "]"
        )
        return (
            "SELECT row_number() OVER () AS position, "
            f"CASE WHEN {' OR '.join(doubts)} THEN 'not_in_format' END AS undecodable, {made} "
            f"FROM read_csv({quote_text(without_wildcards(str(file)))}, columns = {{{columns}}}, auto_detect = false, "
            "header = false, delim = ' ', quote = '\"', escape = '\"', new_line = '\\n', comment = '', "
            "compression = 'none', strict_mode = true, null_padding = false, allow_quoted_nulls = false)"
        )


def _is_plain(piece: Piece, spaces: tuple[int, ...]) -> bool:
    """Whether every line has its quotes, and so many spaces between and after them.

    The spaces before the first quote follow from those, and from the number of words.
    """
    array, lines, pairs = piece.array, len(piece.starts), len(spaces) - 1
    quotes: Places = np.flatnonzero(array == QUOTE)
    if len(quotes) != 2 * pairs * lines or b"\\" in piece.content or np.count_nonzero(array < SPACE) != lines - 1:
        return False
    quotes = quotes.reshape(lines, 2 * pairs)
    begins, closes = quotes[:, ::2], quotes[:, 1::2]
    if (quotes[:, 0] <= piece.starts).any() or (quotes[:, -1] >= piece.ends).any():
        return False
    after = array[np.minimum(closes, len(array) - 2) + 1]
    is_followed = (after == SPACE) | (closes + 1 == piece.ends[:, None])
    if (array[begins - 1] != SPACE).any() or not is_followed.all():
        return False
    gap_ends = [*begins.T[1:], piece.ends]
    may_be_bare = [*repeat(True, pairs - 1), False]
    return all(map(_has_spaces, repeat(array), closes.T, gap_ends, spaces[1:], may_be_bare))


def _has_spaces(array: Bytes, closes: Places, ends: Places, spaces: int, may_be_bare: bool) -> bool:
    """Whether so many spaces stand in each gap that goes from a closing quote to the next quote or the line's end.

    With `may_be_bare` a gap with one space is nothing but that; at a line's end a word may follow it.
    """
    lengths = ends - closes - 1
    if spaces == 0 or (spaces == 1 and may_be_bare):
        return bool((lengths == spaces).all())
    longest = int(lengths.max())
    if longest > LONGEST_GAP:
        return False
    places = closes[:, None] + np.arange(1, longest + 1)
    is_space = array[np.minimum(places, len(array) - 1)] == SPACE
    return bool(((is_space & (places < ends[:, None])).sum(axis=1) == spaces).all())
