"""`index.html`: every published report on one page, made of manifests alone; it loads nothing and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from tallystick.evidence.manifest import Manifest, revision_name
from tallystick.report.visible import visible

SYMBOLS = {"within terms": "✓", "outside terms": "▲", "unable to conclude": "?"}
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


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
    def kind(self) -> str:
        """The conclusion as a CSS class."""
        return self.manifest.conclusion.replace(" ", "-")

    @property
    def revision(self) -> str:
        """`r1`, `r2` and so on."""
        return revision_name(self.manifest.revision)

    @property
    def size(self) -> str:
        """Bytes of all files, in a unit that leaves one to four digits."""
        return in_units(self.manifest.size_bytes)

    def link(self, name: str) -> str:
        """Where one of its files lies, from the page: right on a static site and on a disk."""
        return quote(f"{self.manifest.folder}/{name}")


def render_shelf(manifests: Sequence[Manifest], unreadable: Sequence[str]) -> bytes:
    """The page over all published revisions, those of the latest periods first; UTF-8, the same for the same manifests.

    `unreadable` are the keys of manifests that cannot be read: they are named, not passed over.
    """
    style = _style()
    page = _environment().get_template("shelf.html")
    return page.render(
        rows=rows(manifests),
        providers=sorted({manifest.provider for manifest in manifests}),
        unreadable=sorted(unreadable),
        style=Markup(style),  # noqa: S704 our own style sheet
        policy=_policy(style),
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


def in_units(size_bytes: int) -> str:
    """A number of bytes in words: `999 bytes`, `1.2 kB`, `35 MB`; in decimal units, rounded down."""
    size, unit = size_bytes, 0
    tenths = 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, tenths, unit = size // 1000, size % 1000 // 100, unit + 1
    return f"{size}.{tenths} {_UNITS[unit]}" if unit and size < 10 else f"{size:,} {_UNITS[unit]}"


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _style() -> str:
    loader = _environment().loader
    assert loader is not None
    source, _, _ = loader.get_source(_environment(), "shelf.css")
    return "\n".join(line.strip() for line in source.splitlines() if line.strip())


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("tallystick.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else escape(_shown(value)),
        auto_reload=False,
    )


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else visible(str(value))
