"""A rendered page taken apart: its elements with their attributes, and the text that a reader sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from report.documents import Row

VOID = frozenset({"meta", "link", "br", "input"})
UNSEEN = frozenset({"style", "script", "title", "desc"})


@dataclass
class PageText(HTMLParser):
    """Every start tag with its attributes, every end tag that fits none, and the text beside style, script, titles."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    title: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []

    @classmethod
    def of(cls, page: bytes) -> PageText:
        parsed = cls()
        parsed.feed(page.decode("utf-8"))
        parsed.close()
        return parsed

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["title"] and "svg" not in self._open:
            self.title += data
        if not UNSEEN.intersection(self._open):
            self.texts.append(data)

    @property
    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        """Tags and attribute names in order: what hostile text must not change."""
        return [(tag, tuple(attributes)) for tag, attributes in self.elements]

    @property
    def text(self) -> str:
        """What a reader sees, every run of white space as one space."""
        return " ".join(" ".join(self.texts).split())

    @property
    def words(self) -> set[str]:
        """The text at its spaces, without punctuation around a word."""
        return {word.strip(".,;:()“”") for word in self.text.split()}


def texts_replaced(value: object, by: str, keep: frozenset[str], key: str = "") -> object:
    """`value` with every text replaced, except under keys whose values our own stages write."""
    if isinstance(value, Mapping):
        return {name: texts_replaced(each, by, keep, str(name)) for name, each in value.items()}
    if isinstance(value, list):
        return [texts_replaced(each, by, keep, key) for each in value]
    return by if isinstance(value, str) and key not in keep else value


FIXED = frozenset(
    (
        *("schema", "conclusion", "verdict", "kind", "severity", "date", "month", "start", "end", "time_zone"),
        *("in_force_from", "in_force_until", "version", "clause", "id", "findings", "reading", "window", "within"),
        *("of", "per", "start_at", "end_at", "crossed_at", "peak_at", "received_at", "first_at", "last_at"),
        *("after_at", "before_at", "seen", "first_date", "last_date"),
    )
)
"""What our own stages write: words from closed lists, instants, and the ids by which a document is joined."""


def with_texts(document: Row, by: str) -> Row:
    """The document with `by` wherever the text of somebody else can stand."""
    replaced = texts_replaced(document, by, FIXED)
    assert isinstance(replaced, dict)
    return replaced
