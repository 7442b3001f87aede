"""docs/reference/reasons.md: why an entry is rejected."""

from __future__ import annotations

from generators.markdown import code, table, whole_page
from tallystick.tables.rejected_entry import REASONS

LEAD = """\
An entry that cannot be read as a request is kept in [`rejected_entry`](tables.md#rejected_entry) with its file, its
position, *every* reason that applies in the order of this page, the SHA-256 of its bytes and a short masked excerpt. It
counts as an entry and as rejected, never as a request, and every report says how many entries have which reason."""


def page() -> str:
    """The page."""
    reasons = [[code(name), sentence] for name, sentence in REASONS.items()]
    return whole_page("Why an entry is rejected", LEAD, table(["reason", "means"], reasons))
