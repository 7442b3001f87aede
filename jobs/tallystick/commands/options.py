"""The options that commands share, and where they talk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

Folder = Annotated[Path, typer.Option("--project", help="The folder that holds tallystick.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write the result as JSON.")]
HERE = Path()
talk = Console(stderr=True, highlight=False, soft_wrap=True)
