"""The style and script that stand in a page itself, and the policy that permits these by digest and nothing else."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from markupsafe import Markup


@dataclass(frozen=True, kw_only=True)
class Inline:
    """What a page has in it: a style sheet, perhaps a script, each without indentation and empty lines."""

    style: Markup
    script: Markup | None
    images: str = ""

    @property
    def policy(self) -> str:
        """The Content-Security-Policy: this style and this script, no other source of anything.

        Where a script runs, no text can become markup or code either (Trusted Types, in browsers that know them).
        """
        parts = ["default-src 'none'", f"style-src {_source(self.style)}"]
        if self.script is not None:
            parts += [
                f"script-src {_source(self.script)}",
                "require-trusted-types-for 'script'",
                "trusted-types 'none'",
            ]
        if self.images:
            parts.append(f"img-src {self.images}")
        return "; ".join([*parts, "base-uri 'none'", "form-action 'none'"])


@cache
def inline(*styles: str, script: str | None = None, images: str = "") -> Inline:
    """Our own files under `templates/` as they stand in a page: style sheets one after the other, and a script."""
    return Inline(style=_text(*styles), script=_text(script) if script else None, images=images)


def _text(*names: str) -> Markup:
    folder = files("tallystick.report").joinpath("templates")
    lines = (line.strip() for name in names for line in folder.joinpath(name).read_text("utf-8").splitlines())
    return Markup("\n".join(line for line in lines if line))  # noqa: S704 - our own style sheets and script


def _source(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return f"'sha256-{digest}'"
