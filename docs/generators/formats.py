"""docs/reference/formats.md: what each log format and each envelope is, from the files in formats/."""

from __future__ import annotations

from typing import get_args

from generators.markdown import code, codes, table, whole_page
from tallystick.formats import Envelope, Format, all_envelopes, all_formats
from tallystick.formats.columns import ColumnRule, Reading
from tallystick.formats.decodings import ColumnsDecoding, JsonDecoding
from tallystick.formats.entries import Entries
from tallystick.intake.compressions.kind import OTHERS, READ

LEAD = """\
A format is one YAML file in [`jobs/tallystick/formats/`](../../jobs/tallystick/formats), or in a project's own
`formats/`: how entries are found, how an entry is decoded into fields, and how each canonical column is made from them.
[Add a format](../how-to/add-a-format.md) writes one, [files](files.md#format) lists every key. A column that a format
does not name is unknown (NULL) in its logs. `tallystick inspect` finds the format by itself; so does `ingest` where a
source names none. `tallystick formats` lists them, `tallystick formats show NAME` says what is below."""

FOUND = {
    "lines": "one a line",
    "json": "JSON objects: one a line, pretty-printed, in an array, or in an array under a key",
    "csv": "records of comma-separated values (RFC 4180), below a line of names or in a stated order",
    "w3c": "lines of words that `#Fields` names, between spaces or tabs (W3C extended log)",
    "zeek": "lines of words that `#fields` names, as Zeek writes them",
    "parquet": "rows of a Parquet file",
}
IDENTITY = {
    "sequence": "source, epoch and sequence number; where an entry has no number, source and request id",
    "request_id": "the request id, in its source",
    "none": "none: only a file whose bytes came before is a repeat",
}
READINGS = {
    "text": "The text as it stands.",
    "address": "A network address, without port and brackets.",
    "target": "A request target or URL: its path, without origin, query and session ids.",
    "request_method": "Of a request line, `GET /path HTTP/1.1`: the method.",
    "request_target": "Of a request line: the path.",
    "referer": "A URL without query, fragment and user.",
    "count": "A whole number from 0 to 2^63-1.",
    "number": "The same, for sequence numbers.",
    "status": "A whole number from 100 to 999.",
    "iso8601": "`2022-01-31T23:59:59.5+01:00`; an offset or Z is needed where the rule names no `zone`.",
    "clf_time": "`31/Jan/2022:23:59:59 +0100`.",
    "strptime": "A time in the letters of `format`, in a `zone` where they have no offset.",
    "epoch_seconds": "Seconds since 1970, `1643669999.5`.",
    "epoch_milliseconds": "Milliseconds since 1970.",
    "epoch_microseconds": "Microseconds since 1970.",
    "epoch_nanoseconds": "Nanoseconds since 1970.",
    "seconds": "A duration in seconds, `0.25`.",
    "milliseconds": "A duration in milliseconds.",
    "microseconds": "A duration in microseconds.",
    "nanoseconds": "A duration in nanoseconds.",
}

RECORDS = """\
**csv.** A cell in quotes may hold delimiters, line ends and doubled quotes; a quote elsewhere is data. The first record
names the columns, and is a header wherever it stands again. An empty cell is unknown. A record with another number of
cells than there are names is rejected alone. Where text stands behind a closed quote, or a quote is not closed within
64 MiB, the first line is rejected alone, and reading goes on at the next. A record stands on the line on which it
begins.

**w3c.** The last `#Fields` above a line names its words, so names may change inside a file. Words stand between tabs
where that makes as many as there are names, else between spaces; a word in quotes may hold spaces. `-` is unknown. A
line with another number of words, or above any `#Fields`, is rejected alone.

**zeek.** The file's own `#separator`, `#fields`, `#unset_field` and `#empty_field` count.

**parquet.** Every value becomes the text that says it exactly: whole numbers and decimals plainly, a float that is
whole without a point, an instant as `2024-03-01T10:00:00.000000Z` (finer than a microsecond is cut off), a time that
names no zone without the Z, so that its rule has to name one, booleans as `true` and `false`, structures and lists as
JSON. A column in a structure is called by both names with a dot between them. A row's position is its number from 1. A
damaged file is refused whole.

Names of columns are compared without case; of two columns with one name the first counts."""


def page() -> str:
    """The page."""
    if set(READINGS) != set(get_args(Reading)) or set(FOUND) != set(get_args(Entries.model_fields["find"].annotation)):
        raise LookupError("a reading or a way of finding entries has no sentence here")
    formats, envelopes = all_formats().values(), all_envelopes().values()
    return whole_page(
        "Log formats",
        LEAD,
        "## All of them",
        table(["format", "is", "entries", "identity"], map(_listed, formats)),
        f"## What files may be\n\n{_stored()}",
        f"## How records are found\n\n{RECORDS}",
        "## How a text becomes a value",
        table(["read", "is"], [[code(one), says] for one, says in READINGS.items()]),
        "## Envelopes\n\nWhat is inside is found out like a file of its own, so no format mentions them.",
        *map(_envelope, envelopes),
        *map(_section, formats),
    )


def _stored() -> str:
    return (
        f"Plain, or compressed with {', '.join(READ)}, one inside another too, told by content and never by name, and "
        "read to its last checksum: a file that is cut, damaged, or followed by other bytes contributes nothing. "
        f"Refused by name: {', '.join(OTHERS)}. Text is UTF-8, with a mark or without, or UTF-16; a byte that is no "
        "text is kept as an escape. A line ends with LF or CRLF."
    )


def _listed(one: Format) -> list[str]:
    return [f"[`{one.name}`](#{one.name})", one.title, one.entries.find, one.identity.replace("_", " ")]


def _envelope(one: Envelope) -> str:
    facts = [f"- **documented at:** <{link}>" for link in one.docs]
    if one.needs:
        facts.insert(0, f"- **recognised by:** {codes(one.needs)}")
    if one.sampling is not None:
        facts.insert(1, f"- **refused:** where {code(one.sampling)}, a sampling rate, is not 1")
    return "\n\n".join([f"### {one.name}", f"{one.title}. {one.says}", "\n".join(facts)])


def _section(one: Format) -> str:
    decoding = one.decode
    if isinstance(decoding, JsonDecoding):
        rows = [[code(name), _any(field.path), field.says] for name, field in decoding.fields.items()]
        rows += [["", code(key), f"Reserved. {says}"] for key, says in decoding.reserved.items()]
        fields = table(["field", "key", "says"], rows)
    elif isinstance(decoding, ColumnsDecoding):
        rows = [[code(name), _any(field.column), field.says] for name, field in decoding.fields.items()]
        fields = table(["field", "column", "says"], rows)
    else:
        fields = table(["field, in order", "says"], [[code(name), says] for name, says in decoding.fields.items()])
    columns = table(
        ["column", "made from", "read as", "why"], [_column(name, rule) for name, rule in one.columns.items()]
    )
    return "\n\n".join([f"## {one.name}", f"{one.title}. {one.says}", "\n".join(_facts(one)), fields, columns])


def _facts(one: Format) -> list[str]:
    how, asked = one.entries, one.recognise
    found = FOUND[how.find]
    if how.keys:
        found += f"; the key is {codes(how.keys)}" if len(how.keys) == 1 else f"; the keys are {codes(how.keys)}"
    if how.delimiter is not None:
        found += f"; the delimiter is {code('a tab' if how.delimiter == chr(9) else how.delimiter)}"
    facts = [f"- **entries:** {found}", f"- **identity:** {IDENTITY[one.identity]}"]
    if how.comment is not None:
        facts.append(f"- **no entry:** a line that begins with {code(how.comment)}")
    if how.header is not None:
        facts.append(f"- **header:** a line that {code(how.header)} matches")
    facts += [f"- **no request:** {code(left.when)}: {left.says}" for left in one.not_requests]
    facts += [f"- **rejected as {code(rule.reason)}:** {code(rule.when)}: {rule.says}" for rule in one.refuse]
    if one.parts is not None:
        told_by = code(one.parts.field or one.parts.sql)
        facts.append(
            f"- **parts of one request:** {codes(one.parts.order)}, told by {told_by}; the {one.parts.counted} counts. "
            + one.parts.says
        )
    if one.sub_source:
        facts.append(f"- **numbering:** each {code(one.sub_source)} is a source of its own, `source/{one.sub_source}`")
    recognised = f"- **recognised by:** entries of this shape that have {codes(asked.needs)}"
    recognised += "".join(f", {code(name)} like {code(like)}" for name, like in asked.like.items())
    facts.append(recognised + (f", and never {codes(asked.never)}" if asked.never else ""))
    return facts + [f"- **documented at:** <{link}>" for link in one.docs]


def _any(names: str | tuple[str, ...]) -> str:
    """One name, or several of which the first with a value counts."""
    return code(names) if isinstance(names, str) else ", else ".join(map(code, names))


def _column(name: str, rule: ColumnRule) -> list[str]:
    made = code(rule.field if rule.field is not None else rule.sql)
    if rule.parameters:
        made += f", the parameter {', else '.join(map(code, rule.parameters))}"
    if rule.item is not None:
        made += f", the {rule.item} of its list"
    if rule.unknown:
        unknown = " or ".join(code(one) or "an empty text" for one in rule.unknown)
        made += f"; {unknown} is unknown"
    read = rule.read + (f" {code(rule.format)}" if rule.format else "") + (f" in {rule.zone}" if rule.zone else "")
    secret = " Only a digest and a hint are kept." if rule.secret else ""
    return [code(name), made, read, rule.says + secret]
