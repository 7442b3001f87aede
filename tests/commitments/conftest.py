"""Two sides that share a key."""

from __future__ import annotations

from pathlib import Path

import pytest

from commitments.two_sides import TwoSides


@pytest.fixture
def two_sides(tmp_path: Path) -> TwoSides:
    """Nothing logged yet."""
    return TwoSides(tmp_path)
