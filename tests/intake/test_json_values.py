from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.formats import find_format
from tallystick.intake import json_runs, json_values
from tallystick.intake.batch import MAX_ENTRY_BYTES, Batch
from tallystick.intake.entries import is_one_a_line, split_entries
from tallystick.intake.json_values import NO_END, split_values


def split(content: bytes, tmp_path: Path, under: str | None = "Records") -> list[bytes]:
    file = tmp_path / "decoded"
    file.write_bytes(content)
    batches = list(split_values(file, under=under))
    positions = [int(position) for batch in batches for position in batch.positions]
    assert positions == sorted(positions)
    return [entry for batch in batches for entry in batch.entries()]


@pytest.mark.parametrize(
    "content",
    [
        b'{"Records":[{"a":1},{"b":[2]}]}',
        b'{"Records" : [ {"a":1} , {"b":[2]} ] }\n',
        b'{"meta":{"Records":[{"x":0}]},"Records":[{"a":1},{"b":[2]}],"more":[{"y":0}],"z":{}}',
        b'[{"a":1},{"b":[2]}]',
        b'\n[\n{"a":1},\n{"b":[2]}\n]\n',
        b'{"a":1}\n{"b":[2]}\n',
        b'{"a":1}{"b":[2]}',
        b'{"a":1},{"b":[2]}',
        b'{"Records":[{"a":1}]}{"Records":[{"b":[2]}]}',
        b'[{"a":1}][{"b":[2]}]',
        b'{"Records":[]}[]{"a":1}[{"b":[2]}]',
    ],
)
def test_entries_are_the_objects_of_an_array_or_of_the_top(content: bytes, tmp_path: Path) -> None:
    assert split(content, tmp_path) == [b'{"a":1}', b'{"b":[2]}']


def test_a_pretty_printed_object_is_one_entry(tmp_path: Path) -> None:
    entry = json.dumps({"a": {"b": [1, {"c": "}"}]}}, indent=2).encode()

    assert split(entry + b"\n", tmp_path) == [entry]


def test_brackets_inside_strings_are_data(tmp_path: Path) -> None:
    assert split(rb'[{"a":"]}\"}]"},{"b":"\\"}]', tmp_path) == [rb'{"a":"]}\"}]"}', rb'{"b":"\\"}']


def test_a_brace_too_many_costs_itself(tmp_path: Path) -> None:
    assert split(b'{"Records":[{"a":1}},{"b":2}]}', tmp_path) == [b'{"a":1}', b"}", b'{"b":2}']
    assert split(b'[{"a":1}},{"b":2}]', tmp_path) == [b'{"a":1}', b"}", b'{"b":2}']


def test_a_bracket_that_is_never_closed_costs_its_entry(tmp_path: Path) -> None:
    assert split(b'[{"a":[1},{"b":2}]', tmp_path) == [b'{"a":[1}', b'{"b":2}']


def test_a_string_without_end_ends_with_its_line(tmp_path: Path) -> None:
    assert split(b'[\n{"a":"x},\n{"b":2},\n{"c":3}\n]', tmp_path)[-1] == b'{"c":3}'
    assert split(b'[\n{"a":"x}\n,\n{"b":2}\n]', tmp_path) == [b'{"a":"x}', b'{"b":2}']


def test_what_is_no_object_in_an_array_is_an_entry_too(tmp_path: Path) -> None:
    assert split(b'[1, "a,b", {"a":1}, null]', tmp_path) == [b"1", b'"a,b"', b'{"a":1}', b"null"]


def test_what_stands_between_values_is_an_entry_a_line(tmp_path: Path) -> None:
    assert split(b'oops\n{"a":1}\nmore, and\nmore\n', tmp_path) == [b"oops", b'{"a":1}', b"more, and", b"more"]


def test_an_array_that_never_ends_is_told(tmp_path: Path) -> None:
    assert split(b'{"Records":[{"a":1},', tmp_path) == [b'{"a":1}', NO_END]
    assert split(b'[{"a":1}', tmp_path) == [b'{"a":1}', NO_END]
    assert split(b'[{"a":1},{"b"', tmp_path) == [b'{"a":1}', b'{"b"']
    assert split(b'{"Records":[{"a":1}]', tmp_path) == [b'{"a":1}']


def test_a_file_of_nothing_has_no_entry(tmp_path: Path) -> None:
    assert split(b" \n", tmp_path) == split(b"", tmp_path) == split(b"[]", tmp_path) == []


def test_an_entry_that_is_too_long_costs_itself_and_not_its_neighbours(tmp_path: Path) -> None:
    file = tmp_path / "decoded"
    too_long = b'{"a":"' + b"x" * (MAX_ENTRY_BYTES + (3 << 20)) + b'"}'
    file.write_bytes(b'[{"b":1},' + too_long + b',{"c":1}]')

    batches: list[Batch] = list(split_values(file, under=None))

    assert [entry for batch in batches for entry in batch.entries()] == [b'{"b":1}', b'{"c":1}']
    [lost] = [entry for batch in batches for entry in batch.unreadable]
    assert (lost.position, lost.reason) == (2, "too_long")
    assert [int(position) for batch in batches for position in batch.positions] == [1, 3]


def test_bytes_that_are_no_text_are_escaped_in_their_string(tmp_path: Path) -> None:
    file = tmp_path / "decoded"
    file.write_bytes(b'[{"a":"\xff"},{"b":1}]')

    [batch] = split_values(file)

    assert batch.entries() == [rb'{"a":"\\xff"}', b'{"b":1}']
    assert batch.as_found(0) == b'{"a":"\xff"}'


Values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
Events = st.dictionaries(st.text().filter(lambda key: key != "Records"), Values, max_size=4)


@given(st.lists(Events, max_size=6), st.sampled_from([None, 1]), st.booleans(), st.integers(1, 40), st.data())
def test_any_objects_are_told_apart_in_any_shape(
    tmp_path_factory: pytest.TempPathFactory,
    events: list[dict[str, Any]],
    indent: int | None,
    ascii_only: bool,
    block: int,
    data: st.DataObject,
) -> None:
    shape = data.draw(st.sampled_from(["wrapped", "array", "lines"]))
    texts = [json.dumps(event, indent=indent, ensure_ascii=ascii_only) for event in events]
    if shape == "wrapped":
        content = f'{{"Records": [{",".join(texts)}]}}'
    else:
        content = f"[{', '.join(texts)}]" if shape == "array" else "\n".join(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_values, "BLOCK", block)
        found = split(content.encode("utf-8", "surrogatepass"), tmp_path_factory.mktemp("json"))

    assert [json.loads(entry) for entry in found] == events


@given(st.lists(st.sampled_from(list(b'{}[],"\\\n a1'))).map(bytes), st.integers(1, 9))
def test_no_byte_that_is_not_space_or_comma_or_bracket_is_lost(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, block: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_values, "BLOCK", block)
        small = split(content, tmp_path_factory.mktemp("json"), under=None)
    large = split(content, tmp_path_factory.mktemp("json"), under=None)

    assert small == large
    assert b"".join(large).replace(NO_END, b"").count(b"a") == content.count(b"a")
    assert b"".join(large).count(b"1") == content.count(b"1")


def split_twice(content: bytes, folder: Path, under: str | None, region: int, block: int) -> list[list[bytes]]:
    """The entries as they are found with runs looked for everywhere, and with none looked for at all."""
    found = []
    for shortest, least in ((0, 0), (1 << 60, 0), (0, 1)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(json_values, "BLOCK", block)
            patch.setattr(json_values, "SHORTEST_RUN", shortest)
            patch.setattr(json_values, "LEAST_GAIN", least)
            patch.setattr(json_runs, "REGION", region)
            patch.setattr(json_values, "REGION", region)
            found.append(split(content, folder, under=under))
    return found


@given(
    st.lists(
        st.sampled_from([*list(b'{}[],"\\\n a1'), *(b'{"a":[1]}', b'"Records":[', b'{"b":"x,]"},', b"\\\\", b"[]")])
    ),
    st.sampled_from([None, "Records"]),
    st.sampled_from([7, 40, 1 << 18]),
    st.sampled_from([5, 64, 1 << 20]),
)
@settings(max_examples=500, deadline=None)
def test_values_found_in_runs_are_those_found_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, parts: list[int | bytes], under: str | None, region: int, block: int
) -> None:
    content = b"".join(part if isinstance(part, bytes) else bytes([part]) for part in parts)

    runs, alone, adaptive = split_twice(content, tmp_path_factory.mktemp("json"), under, region, block)

    assert runs == alone == adaptive


@pytest.mark.parametrize("shape", ["wrapped", "array", "top"])
@pytest.mark.parametrize("odd", [b"", b"{", b"}", b"[1", b'{"a":"x}', b"7", b'"x"', b"\\", b'{"a":"\\"}"}', b" " * 100])
def test_one_odd_value_among_thousands_costs_the_same_in_runs(tmp_path: Path, shape: str, odd: bytes) -> None:
    good = [b'{"n":%d,"s":"]}\\"%d","l":[{"k":1},[]]}' % (n, n) for n in range(3000)]
    values = [*good[:1500], *([odd] if odd else []), *good[1500:]]
    separator = b"\n" if shape == "top" else b",\n"
    before, after = {"wrapped": (b'{"Records":[', b"]}"), "array": (b"[", b"]"), "top": (b"", b"")}[shape]

    runs, alone, adaptive = split_twice(
        before + separator.join(values) + after, tmp_path, "Records" if shape == "wrapped" else None, 1 << 14, 1 << 16
    )

    assert runs == alone == adaptive
    assert runs[:1500] == good[:1500]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'{"a":1}\n{"b":2}\n', True),
        (b'\n{"a":1}\n', True),
        (b'broken\n{"b":2}\n', True),
        (b'{"a":\n{"b":2}\n', True),
        (b'{"Records":[]}\n{"Records":[]}\n', False),
        (b'{"x":1,"Records":[]}\n', False),
        (b'{ "Records": [\n{"a":1}\n]}', False),
        (b'[\n{"a":1}\n]', False),
        (b'{\n  "a": 1\n}\n', False),
        (b"", False),
    ],
)
def test_one_object_a_line_is_told_from_other_shapes(head: bytes, expected: bool, tmp_path: Path) -> None:
    file = tmp_path / "decoded"
    file.write_bytes(head)

    assert is_one_a_line(file, under="Records") is expected


def test_a_broken_line_among_objects_costs_itself(tmp_path: Path) -> None:
    file = tmp_path / "decoded"
    file.write_bytes(b'{"a":1}\n{"b":[\n{"c":3} {"d":4}\n{"e":5}\n')

    [batch] = split_entries(file, find_format("cloudtrail"))

    assert batch.entries() == [b'{"a":1}', b'{"b":[', b'{"c":3} {"d":4}', b'{"e":5}']
