"""`index.html`: every published report on one page, made of manifests alone; it loads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from tallystick.evidence.manifest import Manifest, revision_name
from tallystick.report.inline import inline
from tallystick.report.words import Words

SYMBOLS = {"within terms": "✓", "outside terms": "▲", "unable to conclude": "?"}
RANKS = {"outside terms": 0, "unable to conclude": 1, "within terms": 2}
"""By what conclusions are sorted: what matters most comes first."""
UNITS = ("shelf.bytes", "shelf.kilobytes", "shelf.megabytes", "shelf.gigabytes", "shelf.terabytes")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One revision on the shelf; `superseded_by` is the name of the latest one, when that is another."""

    manifest: Manifest
    superseded_by: str | None

    @property
    def symbol(self) -> str:
        """The sign of the conclusion, beside the words, for those who see no colours."""
        return SYMBOLS[self.manifest.conclusion]

    @property
    def rank(self) -> int:
        """The place of the conclusion among the three, for sorting."""
        return RANKS[self.manifest.conclusion]

    @property
    def kind(self) -> str:
        """The conclusion as a CSS class."""
        return self.manifest.conclusion.replace(" ", "-")

    @property
    def revision(self) -> str:
        """`r1`, `r2` and so on."""
        return revision_name(self.manifest.revision)

    def link(self, name: str) -> str:
        """Where one of its files lies, from the page: right on a static site and on a disk."""
        return quote(f"{self.manifest.folder}/{name}")


def render_shelf(manifests: Sequence[Manifest], unreadable: Sequence[str], *, language: str = "en") -> bytes:
    """The page over all published revisions, those of the latest periods first; UTF-8, the same for the same manifests.

    `unreadable` are the keys of manifests that cannot be read: they are named, not passed over. The page has the same
    script as report.html, and the same policy; without it the table is there as it is.
    """
    page = _environment(language).get_template("shelf.html")
    return page.render(
        rows=rows(manifests),
        providers=sorted({manifest.provider for manifest in manifests}),
        unreadable=sorted(unreadable),
        inline=inline("shelf.css", "controls.css", script="page.js"),
    ).encode("utf-8")


def rows(manifests: Sequence[Manifest]) -> list[Row]:
    """One row a revision: by the end of the period, newest first, then licensee, then revision, newest first."""
    newest: dict[str, int] = {}
    for manifest in manifests:
        newest[manifest.place] = max(newest.get(manifest.place, 0), manifest.revision)
    order = sorted(manifests, key=lambda each: (each.licensee, each.place, -each.revision))
    order.sort(key=lambda each: (each.period_end, each.period_start), reverse=True)
    return [
        Row(
            manifest=manifest,
            superseded_by=None
            if newest[manifest.place] == manifest.revision
            else revision_name(newest[manifest.place]),
        )
        for manifest in order
    ]


def in_units(size_bytes: int, words: Words) -> str:
    """A number of bytes in words: `999 bytes`, `1.2 kB`, `35 MB`; in decimal units, rounded down."""
    size, unit = size_bytes, 0
    tenths = 0
    while size >= 1000 and unit < len(UNITS) - 1:
        size, tenths, unit = size // 1000, size % 1000 // 100, unit + 1
    amount = f"{size}.{tenths}" if unit and size < 10 else str(size)
    return f"{words.amount(amount)} {words.plain(UNITS[unit])}"


@cache
def _environment(language: str) -> Environment:
    words = Words.load(language)
    environment = Environment(
        loader=PackageLoader("tallystick.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else escape(words.show(value)),
        auto_reload=False,
    )
    environment.globals.update(say=words.say, term=words.term, language=language)
    environment.filters.update(
        number=words.number, instant=words.instant, size=lambda size_bytes: in_units(size_bytes, words)
    )
    return environment
