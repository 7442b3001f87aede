"""The options that commands share, and where they talk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.console import Console

Folder = Annotated[Path, typer.Option("--project", help="The folder that holds tallystick.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write the result as JSON.")]
TrustOption = Annotated[
    Optional[list[Path]],  # noqa: UP045
    typer.Option("--trust", help="A public key that must have signed, or a time-stamp authority's certificate."),
]
HERE = Path()
talk = Console(stderr=True, highlight=False, soft_wrap=True)
