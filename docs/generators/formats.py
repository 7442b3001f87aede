"""docs/reference/formats.md: what each log format is, from the files in formats/."""

from __future__ import annotations

from generators.markdown import code, table, whole_page
from tallystick.formats import Format, all_formats
from tallystick.formats.columns import ColumnRule
from tallystick.formats.decodings import JsonDecoding

LEAD = """\
A format is one YAML file in [`jobs/tallystick/formats/`](../../jobs/tallystick/formats): how entries are found, how an
entry is decoded into fields, and how each canonical column is made from them. A column that a format does not name is
unknown (NULL) in its logs. `tallystick inspect` finds the format by itself; so does `ingest` where a source names none.
Files may be plain or gzip."""

FOUND = {
    "lines": "One entry a line.",
    "json": "JSON objects: one a line, pretty-printed, in an array, or in an array under a key.",
}
IDENTITY = {
    "sequence": "Source, epoch and sequence number; where an entry has no number, source and request id.",
    "request_id": "The request id, in its source.",
    "none": "None: only a file whose bytes came before is a repeat.",
}


def page() -> str:
    """The page."""
    formats = all_formats().values()
    contents = table(["format", "is"], [[f"[`{one.name}`](#{one.name})", one.title] for one in formats])
    return whole_page("Log formats", LEAD, contents, *(_section(one) for one in formats))


def _section(one: Format) -> str:
    decoding = one.decode
    found = FOUND[one.entries.find] + (f" The key is {code(one.entries.under)}." if one.entries.under else "")
    needs = ", ".join(code(name) for name in one.recognise.needs)
    facts = [f"- **entries:** {found}", f"- **identity:** {IDENTITY[one.identity]}"]
    if one.entries.comment:
        facts.append(f"- **no entry:** a line that begins with {code(one.entries.comment)}")
    if one.sub_source:
        facts.append(f"- **numbering:** each {code(one.sub_source)} is a source of its own, `source/{one.sub_source}`")
    facts.append(f"- **recognised by:** entries of this shape that have {needs}")
    facts += [f"- **documented at:** <{link}>" for link in one.docs]
    if isinstance(decoding, JsonDecoding):
        rows = [[code(name), code(field.path), field.says] for name, field in decoding.fields.items()]
        rows += [["", code(key), f"Reserved. {says}"] for key, says in decoding.reserved.items()]
        fields = table(["field", "key", "says"], rows)
    else:
        fields = table(["field, in order", "says"], [[code(name), says] for name, says in decoding.fields.items()])
    columns = table(
        ["column", "made from", "read as", "why"], [_column(name, rule) for name, rule in one.columns.items()]
    )
    return "\n\n".join([f"## {one.name}", f"{one.title}. {one.says}", "\n".join(facts), fields, columns])


def _column(name: str, rule: ColumnRule) -> list[str]:
    made = code(rule.field if rule.field is not None else rule.sql)
    unknown = f"; {code(rule.missing)} is unknown" if rule.missing is not None else ""
    secret = " Only a digest and a hint are kept." if rule.secret else ""
    return [code(name), made + unknown, rule.read, rule.says + secret]
