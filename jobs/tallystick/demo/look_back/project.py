"""What the look-back adds to the demo's project: a source, and the earlier versions of the letter's agreement."""

from __future__ import annotations

from pathlib import Path

from tallystick.demo.look_back.monday import LOGS, SOURCE
from tallystick.demo.look_back.plan import LookBack
from tallystick.demo.world.project import agreement_file, agreement_text, write_texts


def write_look_back(look_back: LookBack, folder: Path) -> tuple[Path, ...]:
    """Write the source and the four versions into `folder`; the files written, in order."""
    texts = {f"sources/{SOURCE}.yaml": _source()}
    texts |= {agreement_file(version): agreement_text(version) for version in look_back.versions}
    return write_texts(folder, texts)


def _source() -> str:
    return f"""\
# One host that served bulk exports, every Monday of 2021, until it was switched off at the year's end.
name: {SOURCE}
says: Access logs of the host that served bulk exports until the end of 2021.
folder: {LOGS}          # relative to the project
files: "*.jsonl.gz"
format: gateway_jsonl
"""
