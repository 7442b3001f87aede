"""Texts that callers chose or that name them, as a report shows them: in the document, and in tables of requests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tallystick.addresses import POSSIBLE, Pseudonyms, Shown
from tallystick.digest_key import KEPT

FROM_LOGS = frozenset(
    {"key", "sentence", "query", "sql", "request_id", "route", "credential", "credentials", "hint", "credential_hint"}
)
"""Keys of a document and columns of a table whose text a log decides. Names that the register states, of files and of
sources are the provider's own."""

TO_BE_RUN = frozenset({"query", "sql"})
"""Those among them that name a secret's digest in full, or they would find nothing."""

SHORT = 12
"""Digits of a digest: enough to tell apart what one licensee shows."""
_DIGEST = re.compile(rf"hmac:([0-9a-f]{{{SHORT}}})[0-9a-f]{{{KEPT - SHORT}}}(?=…)")

CLIENT = "client"
"""The column that says who called, where the settings want one."""


def told(value: Any, shown: Shown, key: str = "") -> Any:
    """`value`, a document or a part of one, with every text from a log as it is shown."""
    if isinstance(value, Mapping):
        return {name: told(each, shown, name) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [told(each, shown, key) for each in value]
    if key not in FROM_LOGS or not isinstance(value, str):
        return value
    return shown(value) if key in TO_BE_RUN else shown(short(value))


def short(text: str) -> str:
    """`text` with the first digits of what is kept of a secret: `hmac:159e4a573cf4…4d36`."""
    return _DIGEST.sub("hmac:\\1", text) if "hmac:" in text else text


def name_of(shown: Shown) -> Shown:
    """What a report calls a key."""
    return lambda key: shown(short(key))


def told_document(document: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    """The document as it is shown; rows that were in the order of what is hidden are in that of what is shown."""
    said: dict[str, Any] = told(document, shown)
    for rows in ("routes", "by_credential"):
        if said["consumption"].get(rows, []) != document["consumption"].get(rows, []):
            said["consumption"][rows].sort(key=_by_requests)
    return said


def told_table(table: pa.Table, shown: Shown) -> pa.Table:
    """Requests as they are shown. Only texts that may hold an address are looked at one by one."""
    for place, name in enumerate(table.column_names):
        if name == CLIENT and isinstance(shown, Pseudonyms):
            table = table.set_column(place, name, _each(table[name], shown.of))
        elif name in FROM_LOGS and pc.any(pc.match_substring_regex(table[name], POSSIBLE)).as_py():
            table = table.set_column(place, name, _each(table[name], shown))
    return table


def _each(column: pa.ChunkedArray, shown: Shown) -> pa.ChunkedArray:
    coded = column.combine_chunks().dictionary_encode()
    names = pa.array([None if one is None else shown(one) for one in coded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([names.take(coded.indices)])


def _by_requests(row: Mapping[str, Any]) -> tuple[Any, ...]:
    named = [row.get(name) for name in ("app", "method", "route", "credential", "digest", "hint")]
    return (-row["requests"], *((one is None, one or "") for one in named))
