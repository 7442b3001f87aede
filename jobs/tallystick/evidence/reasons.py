"""Why two reports differ: what of their inputs, agreements, register and program they state otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tallystick.evidence.canonical import Json

REGISTERED = ("name", "registered", "ended", "use_case", "use_case_approved")
"""What a report says of an app that comes from the register."""
Reason = dict[str, Json]


def why(before: Json, after: Json, run_before: Json, run_after: Json) -> list[Reason]:
    """What can have changed the numbers, a fact each; several may hold, and which number comes from which is not told.

    `late_data`: log files or entries; `register`: apps, or to whom the same bytes are attributed; `agreement`: versions
    or their SHA-256; `program`: versions in run.json, or the schema; `question`: licensee, period or time zone;
    which leaves no sense to the first two; `not_told` where the documents agree in all of these.
    """
    another = list(_question(before, after))
    found = [
        *another,
        *(() if another else (*_late_data(before, after), *_register(before, after))),
        *_agreement(before, after),
        *_program(before, after, run_before, run_after),
    ]
    return found or [_reason("not_told", "Nothing that the reports state of their inputs differs.")]


def at(value: Json, *steps: str) -> Json:
    """The value at the end of some keys, or None where a document has no such thing."""
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _question(before: Json, after: Json) -> Iterator[Reason]:
    for words, steps in (
        ("the licensee", ("licensee", "id")),
        ("the period", ("period", "text")),
        ("the time zone", ("period", "time_zone")),
    ):
        old, new = at(before, *steps), at(after, *steps)
        if old != new:
            yield _reason("question", f"Another question: {words}.", {"of": steps[-1], **_both(old, new)})


def _late_data(before: Json, after: Json) -> Iterator[Reason]:
    old, new = _by(before, ("files",), "file_id"), _by(after, ("files",), "file_id")
    entries = [at(each, "reconciliation", "entries") for each in (before, after)]
    both = isinstance(at(before, "files"), list) and isinstance(at(after, "files"), list)
    added, gone = (len(set(new) - set(old)), len(set(old) - set(new))) if both else (0, 0)
    if added or gone:
        words = f"Log files: {_times(added, 'file')} more, {_times(gone, 'file')} no longer there."
        yield _reason(
            "late_data",
            words,
            {"files_added": added, "files_removed": gone, **_both(entries[0], entries[1], "entries_")},
        )
    elif entries[0] != entries[1]:
        yield _reason(
            "late_data", "Entries: another number was delivered or accepted.", _both(entries[0], entries[1], "entries_")
        )


def _register(before: Json, after: Json) -> Iterator[Reason]:
    old, new = _by(before, ("consumption", "apps"), "app"), _by(after, ("consumption", "apps"), "app")
    facts = sorted(
        app for app in set(old) & set(new) if any(at(old[app], key) != at(new[app], key) for key in REGISTERED)
    )
    if facts:
        yield _reason("register", "The register says otherwise of some apps.", {"apps": facts})
    files = [_by(each, ("files",), "file_id") for each in (before, after)]
    shared = set(files[0]) & set(files[1])
    moved = sum(_held(files[0][each]) != _held(files[1][each]) for each in shared)
    if moved:
        words = f"The same bytes hold another number of this licensee's entries in {_times(moved, 'log file')}."
        yield _reason("register", words, {"files": moved})
    if not moved and set(old) != set(new) and set(files[0]) == set(files[1]):
        yield _reason(
            "register", "The same log files are attributed to other apps.", {"apps": sorted(set(old) ^ set(new))}
        )
    answered = [
        {name: at(row, "response") for name, row in _by(each, ("findings",), "id").items()} for each in (before, after)
    ]
    answers = sum(answered[0][name] != answered[1][name] for name in set(answered[0]) & set(answered[1]))
    if answers:
        yield _reason("register", "The register holds other responses to findings.", {"findings": answers})


def _agreement(before: Json, after: Json) -> Iterator[Reason]:
    old, new = _by(before, ("agreements",), "version"), _by(after, ("agreements",), "version")
    for version in sorted(set(new) - set(old)):
        yield _reason("agreement", "A version of the agreement more.", {"version": version})
    for version in sorted(set(old) - set(new)):
        yield _reason("agreement", "A version of the agreement less.", {"version": version})
    for version in sorted(set(old) & set(new)):
        digests = [at(each[version], "sha256") for each in (old, new)]
        if digests[0] != digests[1] and None not in digests:
            yield _reason("agreement", "A version's file has other bytes.", {"version": version, **_both(*digests)})


def _program(before: Json, after: Json, run_before: Json, run_after: Json) -> Iterator[Reason]:
    schemas = [at(each, "schema") for each in (before, after)]
    if schemas[0] != schemas[1]:
        yield _reason("program", "The document has another schema.", _both(*schemas))
    versions = [{"tallystick": at(each, "tallystick"), **_texts(at(each, "parts"))} for each in (run_before, run_after)]
    if run_before is None or run_after is None:
        return
    for name in sorted({*versions[0], *versions[1]}):
        old, new = (each.get(name) for each in versions)
        if old != new:
            yield _reason(
                "program", "The program or a part of it has another version.", {"name": name, **_both(old, new)}
            )


def _by(document: Json, steps: tuple[str, ...], key: str) -> dict[str, Json]:
    """The rows of a list by one of their keys; rows without it are left out."""
    rows = at(document, *steps)
    listed = rows if isinstance(rows, list) else []
    return {row[key]: row for row in listed if isinstance(row, dict) and isinstance(row.get(key), str)}


def _held(file: Json) -> int | None:
    """The licensee's entries in a file, second ones too: what late files cannot change."""
    amounts = [at(file, name) for name in ("requests", "duplicates")]
    return sum(amounts) if all(isinstance(each, int) for each in amounts) else None


def _texts(value: Json) -> Mapping[str, Json]:
    return {key: each for key, each in value.items() if isinstance(each, str)} if isinstance(value, dict) else {}


def _both(before: Json, after: Json, what: str = "") -> dict[str, Json]:
    return {f"{what}before": _said(before), f"{what}after": _said(after)}


def _said(value: Json) -> int | str | None:
    return value if value is None or (isinstance(value, int | str) and not isinstance(value, bool)) else "not told"


def _times(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _reason(what: str, words: str, values: Mapping[str, Json] | None = None) -> Reason:
    return {"what": what, "words": words, "values": dict(values or {})}
