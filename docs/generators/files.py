"""docs/reference/files.md: every key of the files that a user writes, from the models that read them."""

from __future__ import annotations

from pydantic import BaseModel

from generators.keys import keys, models, section
from generators.markdown import code, sentence, table, whole_page
from tallystick.agreements.case import Case
from tallystick.agreements.limit import LimitClause, Reading
from tallystick.agreements.version import Version
from tallystick.formats import Format
from tallystick.formats.columns import ColumnRule
from tallystick.intake.sources import Source
from tallystick.register.model import Licensee, Recogniser
from tallystick.settings import EngineSettings, S3Settings, Settings, SigningSettings

LEAD = """\
Four kinds of files make a project, and a fifth where its logs have a format of their own. A key that is not listed
here is refused, with file, line and key; so is a key that stands twice. In YAML only `true` and `false` are truth
values and a date is text, so `2022-06-30` means that day. An *id* is 1 to 63 of `a-z`, `0-9`, `-`, `_` and `.`, and
begins with a letter or a digit. A plain *date* is the midnight at which the day begins in the file's time zone;
`2022-06-30T12:00:00Z` is an instant. A *pattern* in which `*` is any run of characters fits the whole text, upper and
lower case apart.

Editors check a file against its schema: [source](schemas/source.schema.json),
[licensee](schemas/licensee.schema.json), [version](schemas/version.schema.json),
[format](schemas/format.schema.json). With the YAML language server a first line
`# yaml-language-server: $schema=PATH` does it."""

SETTINGS = """\
The file `tallystick.toml` makes a folder a project. Paths are relative to it. A variable of the environment wins over
the file. Credentials never stand here."""

PLACES: dict[type[BaseModel], str] = {
    Source: "`sources/<name>.yaml`: one folder or bucket prefix of log objects in one format.",
    Licensee: "`register/<licensee>.yaml`: one licensee and its apps.",
    Version: (
        "`agreements/<licensee>/<in_force_from>.yaml`: one version of the licensee's agreement. A file is not edited "
        "once it is in force: an amendment is another file."
    ),
    Format: (
        "`formats/<name>.yaml`: one log format of the project's own, beside those that are [built in](formats.md). "
        "[Add a format](../how-to/add-a-format.md) writes one; [log formats](formats.md#how-a-text-becomes-a-value) "
        "says what each `read` is."
    ),
}

RULES: dict[type[BaseModel], tuple[str, ...]] = {
    Source: ("Exactly one of `folder` and `prefix`.", "No two files describe the same source."),
    Licensee: ("No credential, principal, network … belongs to two apps at the same time.",),
    Recogniser: ("Exactly one of the six ways; the surest that fits wins, in the order of this table.",),
    Version: (
        "No two versions of a licensee claim the same instant.",
        "Where every source states its `routes` and its format logs no others, a route that fits none is refused.",
    ),
    Case: (
        "Every request lies in the time in which the version is in force, as its own file states it, and in `period`.",
        "It is judged by its own version alone, as if no other followed.",
    ),
    LimitClause: (
        (
            "A `calendar` window is whole seconds up to an hour (`PT1S` … `PT1H`, counted from 1970) or one of `P1D`, "
            "`P1W` (from Monday), `P1M`, `P3M`, `P1Y`, at local midnights of the version's time zone."
        ),
        (
            "`anchored`, `sliding`, `bucket` take any fixed length in weeks, days, hours, minutes, seconds (`PT15M`, "
            "`P365D`). Anchored: the first request opens a window, the first at or after its end the next. Sliding: "
            "any interval. Bucket: it holds `max`, starts full and refills evenly, `max` in a length."
        ),
    ),
    Reading: ("It states only what differs from the clause, and must differ from it and from every other reading.",),
    Format: (
        "`received_at` is always made.",
        "`csv`, `w3c`, `zeek` and `parquet` are decoded as `columns`, `lines` as `regex` or `json`, `json` as `json`.",
        (
            "An SQL expression may use the fields, functions of DuckDB that depend on their arguments alone, "
            "`attribute(list, name)` and `entry_of(object, key)`; no subquery, no clock, no file. It gives a text."
        ),
    ),
    ColumnRule: ("Exactly one of `field` and `sql`.",),
}


NOT_KEYS = ("project", "s3", "engine", "signing")
"""Settings that are no key with a value: where the file is, and the tables that follow it."""


def page() -> str:
    """The page."""
    return whole_page("Files a user writes", LEAD, _settings(), *(_section(model) for model in models(*PLACES)))


def _settings() -> str:
    parts: list[tuple[str, type[BaseModel]]] = [
        ("", Settings),
        ("s3", S3Settings),
        ("engine", EngineSettings),
        ("signing", SigningSettings),
    ]
    sections = [f"## tallystick.toml\n\n{SETTINGS}"]
    for name, model in parts:
        prefix = f"TALLYSTICK_{name.upper()}__" if name else "TALLYSTICK_"
        rows = [
            [code(key.name), key.kind, key.default, code(prefix + key.name.upper()), key.says]
            for key in keys(model)
            if key.name not in NOT_KEYS
        ]
        heading = f"### [{name}]\n\n{sentence(model.__doc__)}\n\n" if name else ""
        sections.append(heading + table(["key", "is", "default", "environment", "says"], rows))
    return "\n\n".join(sections)


def _section(model: type[BaseModel]) -> str:
    lead = PLACES.get(model, sentence(model.__doc__))
    rules = "\n".join(f"- {rule}" for rule in RULES.get(model, ()))
    rows = [[code(key.name), key.kind, key.default, key.says] for key in keys(model)]
    parts = [f"## {section(model.__name__)}", lead, table(["key", "is", "default", "says"], rows), rules]
    return "\n\n".join(part for part in parts if part)
