"""The suites of `expectations/`: each expectation has an id, a severity and a reason, in plain JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

SUITES = ("ledger", "usage", "findings")
"""The gates before publication, in the order in which they are asked."""


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """One expectation on one frame of control totals."""

    suite: str
    id: str
    expectation: str
    severity: str
    sentence: str
    is_met: bool
    unexpected: int
    rows: int


def load_suite(name: str) -> dict[str, Any]:
    """A suite as Great Expectations takes it."""
    found: dict[str, Any] = json.loads(_folder().joinpath(f"{name}.json").read_text("utf-8"))
    return found


def _folder() -> Traversable:
    """`expectations/` of the checkout, or the copy that is installed with the library."""
    checkout = Path(__file__).resolve().parents[3] / "expectations"
    return checkout if checkout.is_dir() else files("tallystick").joinpath("expectations")
