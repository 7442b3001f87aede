"""Entries looked at all at once and one by one get the same answer, and a plain second opinion agrees."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.intake import json_doubts, json_objects
from tallystick.intake.batch import Batch
from tallystick.intake.json_objects import MAX_DEPTH, MAX_VALUES, readable_json


def judged(entries: list[bytes]) -> list[bytes | str]:
    """What became of each entry: its text, or the reason against it."""
    batch = Batch.of(entries, list(range(1, len(entries) + 1)))
    kept, lost = readable_json(batch)
    found: dict[int, bytes | str] = dict(zip(kept.positions.tolist(), kept.entries(), strict=True))
    found |= {entry.position: entry.reason for entry in lost}
    assert sorted(found) == batch.positions.tolist()
    return [found[position] for position in batch.positions.tolist()]


def as_written(number: str) -> tuple[str, str]:
    return "number", number


def plainly(entry: bytes) -> str | Any:
    """A slow second opinion: the reason against an entry, or its value with numbers as they are written."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        value = json.loads(
            entry.decode(), parse_constant=refuse, parse_int=lambda n: ("n", n), parse_float=lambda n: ("n", n)
        )
    except ValueError:
        return "not_json"
    return value if isinstance(value, dict) else "not_an_object"


GOOD = b'{"a":1,"b":{"a":[{"a":2},{"a":3}],"c":"x"}}'


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (b"{}", b"{}"),
        (b' {"a" : 1 }\t', b' {"a" : 1 }\t'),
        (b'{"a":1,}', "not_json"),
        (b'{"a":[1, ]}', "not_json"),
        (b'{"a":[1,\n\t ]}', "not_json"),
        (b'{"a":[1,' + b" " * 100 + b"]}", "not_json"),
        (b'{"a":[1' + b" " * 100 + b"]}", b'{"a":[1' + b" " * 100 + b"]}"),
        (b'{"a":NaN}', "not_json"),
        (b'{"a":[1,nan]}', "not_json"),
        (b'{"a": -Infinity}', "not_json"),
        (b'{"a":\n-inf}', "not_json"),
        (b'{"a":"NaN, inf","b":null,"c":"[nan"}', b'{"a":"NaN, inf","b":null,"c":"[nan"}'),
        (b"[]", "not_an_object"),
        (b"null", "not_an_object"),
        (b'"{}"', "not_an_object"),
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"{}{}", "not_json"),
        (b'{"a":1}//x', "not_json"),
        (b'{"a":01}', "not_json"),
        (b'{"a":"\t"}', "not_json"),
        (b'{"a":"\\"}', "not_json"),
        (b'{"a":"\\\\"}', b'{"a":"\\\\"}'),
        (b'{"a":"' + b"\\\\" * 100 + b'","a":1}', b'{"a":1}'),
        (b'{"a":"' + b"\\\\" * 100 + b'\\"","b":1}', b'{"a":"' + b"\\\\" * 100 + b'\\"","b":1}'),
        (b'{"a":1,"a":2}', b'{"a":2}'),
        (b'{"a":1,"\\u0061":2}', b'{"a":2}'),
        (b'{"a":1,"b":{"c":[{"x":1.10,"x":2e400,"y":""}]}}', b'{"a":1,"b":{"c":[{"x":2e400,"y":""}]}}'),
        (b'{"a":1,"a" : 12345678901234567890123.50,"":0}', b'{"a":"12345678901234567890123.50","":0}'),
        (b'{"a":1646388000.123456999}', b'{"a":"1646388000.123456999"}'),
        (b'{"a":[12345678901234567.5, 1.0]}', b'{"a":["12345678901234567.5",1.0]}'),
        (b'{"a":' + b"1" * 80 + b".5}", b'{"a":"' + b"1" * 80 + b'.5"}'),
        (b'{"a":0.12345678901234567}', b'{"a":"0.12345678901234567"}'),
        (b'{"a":1646388000.1234569,"b":"1646388000.123456999"}', None),
        (b'{"a":123456789012345678901234567890,"b":-9007199254740993}', None),
        (b'{"":1,"":2}', b'{"":2}'),
        (b'{"a long key that ends alike":1,"b long key that ends alike":2}', None),
        (b'{"a long key that ends alike":1,"a long key that ends alike":2}', b'{"a long key that ends alike":2}'),
        (b'{"' + b"k" * 9 + b'":1,"' + b"k" * 10 + b'":2}', None),
        (GOOD, GOOD),
    ],
)
def test_an_entry_is_judged_among_others_as_it_is_alone(entry: bytes, expected: bytes | str | None) -> None:
    expected = entry if expected is None else expected

    assert judged([entry]) == [expected]
    assert judged([GOOD, entry, entry, GOOD]) == [GOOD, expected, expected, GOOD]


def test_nesting_is_read_up_to_its_bound() -> None:
    deep, deeper = (b'{"a":' * depth + b"1" + b"}" * depth for depth in (MAX_DEPTH, MAX_DEPTH + 1))
    brackets = b'{"a":"' + b"{" * 1000 + b'"}'
    wide = b'{"a":[' + b"[]," * 1000 + b"1]}"

    assert judged([deep, deeper, brackets, wide]) == [deep, "not_json", brackets, wide]


def test_values_are_read_up_to_their_bound() -> None:
    most = b'{"a":[1' + b",1" * (MAX_VALUES - 3) + b"]}"
    more = b'{"a":[1' + b",1" * (MAX_VALUES - 2) + b"]}"
    commas = b'{"a":"' + b"," * (2 * MAX_VALUES) + b'"}'
    keys = b'{"k":0' + b"".join(b',"k%d":0' % n for n in range(MAX_VALUES)) + b"}"

    assert judged([most, more, commas, keys, GOOD]) == [most, "not_json", commas, "not_json", GOOD]


TEXT = "é,:[]{} " * 120_000


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ('"a":"{text}"', None),
        ('"a":"{text}\\n{text}","{text}":1,"{text}x":2', None),
        ('"a":"{text}\\u00e9{text}"', None),
        ('"a":"{text}\\x{text}"', "not_json"),
        ('"a":"{text}\\u00g9{text}"', "not_json"),
        ('"a":"{text}\t{text}"', "not_json"),
        ('"a":"{text}', "not_json"),
        ('"a":[{text}]', "not_json"),
        ('"{text}":1,"{text}":2', '"{text}":2'),
    ],
)
def test_a_long_entry_is_judged_as_a_short_one_is(inside: str, expected: str | None) -> None:
    entry = f"{{{inside.format(text=TEXT)}}}".encode()
    assert len(entry) > json_objects.LONG
    if expected is None:
        assert judged([entry]) == [entry]
    elif expected == "not_json":
        assert judged([entry]) == ["not_json"]
    else:
        [found] = judged([entry])
        assert json.loads(found) == {TEXT: 2}


def test_a_batch_without_a_doubt_is_handed_on_as_it_is() -> None:
    batch = Batch.of([GOOD] * 3, [1, 2, 3])

    kept, lost = readable_json(batch)

    assert kept is batch
    assert lost == ()


def test_ordinary_entries_are_not_doubtful() -> None:
    event = {
        "name": "in a nano", "info": None, "instances": [{"id": n, "note": 'he said "\\"'} for n in range(4)],
        "userIdentity": {"accountId": "1", "issuer": {"accountId": "2"}}, "path": "C:\\x\\", "empty": {}, "none": [],
    }  # fmt: skip
    entries = [json.dumps(event).encode(), json.dumps(event, separators=(",", ":")).encode()] * 50
    batch = Batch.of([*entries, json.dumps(event, indent=2).encode()], list(range(101)))

    doubtful = json_doubts.doubtful_entries(batch, max_depth=MAX_DEPTH, max_values=MAX_VALUES)

    assert doubtful.tolist() == []


Scalars = st.sampled_from([None, True, 0, -1.5, "", "a", "NaN", '"', "\\", 'x\\"y', "{", "]", ",", "é", "nan", " ,] "])
Values = st.recursive(
    Scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)
Objects = st.builds(
    lambda value, indent, is_ascii: json.dumps(value, indent=indent, ensure_ascii=is_ascii).encode("utf-8", "replace"),
    st.dictionaries(st.sampled_from(["a", "b", "key", "longer than eight"]) | st.text(max_size=3), Values, max_size=4),
    st.sampled_from([None, 0, 2]),
    st.booleans(),
)
Bent = st.builds(
    lambda entry, at, cut, put: entry[: at % (len(entry) + 1)] + put + entry[at % (len(entry) + 1) + cut :],
    Objects,
    st.integers(0, 500),
    st.integers(0, 2),
    st.sampled_from([b"", b",", b"}", b"{", b"[", b"]", b'"', b"\\", b":", b" ", b"NaN", b"-", b"1", b'"a":0,', b"\n"]),
).filter(lambda entry: entry.decode("utf-8", "replace").encode() == entry)
Odd = st.lists(st.sampled_from(list(b'{}[],:"\\ na1'))).map(bytes)


@given(st.lists(Objects | Bent | Odd, max_size=8), st.sampled_from([1, 30, 1 << 18]))
@settings(max_examples=300, deadline=None)
def test_whatever_the_entries_are_a_plain_second_opinion_agrees(entries: list[bytes], piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_doubts, "PIECE", piece)
        found = judged(entries)

    for entry, one in zip(entries, found, strict=True):
        expected = plainly(entry)
        assert (one if isinstance(one, str) else plainly(one)) == expected
        if isinstance(one, bytes) and one != entry:
            assert json_objects._judge(entry)[1] == one  # it had a key twice
            assert json_objects._judge(one) == (None, None)


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "abcdefgh", "abcdefghi", "xbcdefgh", "a\\u0062"]), Scalars), max_size=6
    )
)
@settings(max_examples=300, deadline=None)
def test_a_key_that_stands_twice_is_always_found(pairs: list[tuple[str, Any]]) -> None:
    entry = ("{" + ",".join(f'"{key}":{json.dumps(value)}' for key, value in pairs) + "}").encode()

    [found] = judged([entry])

    assert isinstance(found, bytes)
    expected = {json.loads(f'"{key}"'): value for key, value in pairs}
    assert json.loads(found) == expected
    assert (found == entry) == (len(expected) == len(pairs))


def test_entries_without_any_text_are_judged() -> None:
    assert readable_json(Batch.of([], []))[1] == ()
    assert len(Batch.of([], []).positions) == np.int64(0)
