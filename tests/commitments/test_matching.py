"""Whatever two sides have, every request ends in one box, and the boxes are those of a second opinion."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from commitments.two_sides import KEY
from documentation import PROJECT, REFERENCE
from reference import commitments as plain
from reference.commitments import Call, commitment
from tallystick.commitments.comparing import Comparison
from tallystick.commitments.matching import NUMBERS

HOUR = 473_000
LARGE = Path(__file__).with_name("large.py")
NAMES = ("records", "status")
HOURS, APPS = st.integers(HOUR, HOUR + 2), st.sampled_from(("desk", "mail"))
AMOUNTS = st.none() | st.integers(0, 2)
NUMBERED = st.fixed_dictionaries(dict.fromkeys(NAMES, AMOUNTS))


def compared(ours: Sequence[Call], theirs: Sequence[Call], **terms: Any) -> Comparison:
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name, calls in (("ours", ours), ("theirs", theirs)):
            files.append(Path(folder) / name)
            files[-1].write_bytes(commitment(KEY, calls, **terms))
        return Comparison(*files, memory_limit="200MB", scratch=Path(folder))


def total(found: Comparison) -> dict[str, int]:
    return {name: number for name, number in found.total().items() if number}


def calls_with_ids() -> st.SearchStrategy[list[Call]]:
    """Each id once; the two sides share few ids, so that most have a partner."""
    call = st.builds(
        lambda number, hour, app, numbers: Call(
            app=app, hour=hour, texts={"request_id": f"r{number}"}, numbers=numbers
        ),
        st.integers(0, 12),
        HOURS,
        APPS,
        NUMBERED,
    )
    return st.lists(call, max_size=12, unique_by=lambda call: call.texts["request_id"])


@settings(max_examples=25, deadline=None)
@given(calls_with_ids(), calls_with_ids())
def test_requests_with_ids_are_matched_as_a_second_opinion_has_it(ours: list[Call], theirs: list[Call]) -> None:
    found = compared(ours, theirs)

    expected = plain.compared(ours, theirs, NAMES)
    assert total(found) == {name: number for name, number in expected.items() if number}


def calls_alike() -> st.SearchStrategy[list[Call]]:
    """Few paths, so that many share an identity; amounts are known, or not at all."""
    call = st.builds(
        lambda path, hour, app, numbers: Call(app=app, hour=hour, texts={"path": path}, numbers=numbers),
        st.sampled_from((None, "/a", "/b")),
        HOURS,
        APPS,
        NUMBERED,
    )
    return st.lists(call, max_size=20)


@settings(max_examples=25, deadline=None)
@given(calls_alike(), calls_alike())
def test_requests_that_share_an_identity_are_each_in_one_box(ours: list[Call], theirs: list[Call]) -> None:
    found = compared(ours, theirs, identity=("hour", "path"))

    sums = found.total()
    pairs = sums["agreed"] + sums["differing"] + sums["undecided"]
    known = [[call for call in calls if call.texts["path"]] for calls in (ours, theirs)]
    tags = [Counter((call.hour, call.texts["path"]) for call in calls) for calls in known]
    rows = [
        Counter((c.hour, c.app, c.texts["path"], *(c.numbers[name] for name in NAMES)) for c in calls)
        for calls in known
    ]
    assert pairs + sums["only_ours"] == sums["ours"] == len(known[0])
    assert pairs + sums["only_theirs"] == sums["theirs"] == len(known[1])
    assert pairs == (tags[0] & tags[1]).total()
    assert sums["agreed"] >= (rows[0] & rows[1]).total()
    assert (sums["unidentified_ours"], sums["unidentified_theirs"]) == (
        len(ours) - len(known[0]),
        len(theirs) - len(known[1]),
    )
    for listed in (found.apps(), list(found.hours())):
        assert {name: sum(row[name] for row in listed) for name in NUMBERS} == sums
        assert all(
            row["ours"] == sum(row[n] for n in ("agreed", "differing", "undecided", "only_ours")) for row in listed
        )


@settings(max_examples=10, deadline=None)
@given(calls_alike(), calls_alike())
def test_the_other_side_counts_the_same_from_where_it_stands(ours: list[Call], theirs: list[Call]) -> None:
    sums, turned = (compared(*pair, identity=("hour", "path")).total() for pair in ((ours, theirs), (theirs, ours)))

    assert turned == sums | {
        f"{name}{one}": sums[f"{name}{other}"]
        for name in ("", "only_", "unidentified_")
        for one, other in (("ours", "theirs"), ("theirs", "ours"))
    }


def test_equal_requests_of_one_side_are_as_many_as_they_are() -> None:
    one = Call(app="desk", hour=HOUR, texts={"path": "/a"}, numbers={"records": 1, "status": 200})

    found = compared([one] * 9_000, [one] * 4_100, identity=("hour", "path"))

    assert total(found) == {"ours": 9_000, "theirs": 4_100, "agreed": 4_100, "only_ours": 4_900}


def test_the_example_of_the_reference_page_is_right() -> None:
    page = (REFERENCE / "commitment.md").read_text("utf-8")
    call = Call(app="desk", hour=HOUR, texts={"request_id": "r-1"}, numbers={"status": 200})
    header, tags, _ = (json.loads(line) for line in commitment(bytes(32), [call]).splitlines())
    digest = plain.digest(bytes(32), ["request_id"], call)

    assert digest is not None
    assert f"| `key` | `{header['key']}` |" in page
    assert f"| tag | `{digest[:32]}` |" in page
    assert f"| check of `status` | `{plain.check(digest, 'status', 200).hex()}` |" in page
    assert tags["requests"] == 1


def test_memory_does_not_grow_with_the_requests() -> None:
    """Where nothing agrees, which costs most; without its limit the larger one takes 100 MiB more than the smaller."""
    held = []
    for number in (250_000, 600_000):
        ran = subprocess.run(
            [sys.executable, LARGE, str(number)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT / "jobs"), str(PROJECT / "tests")])},
            capture_output=True,
            check=True,
        )
        found = json.loads(ran.stdout)
        assert found["differing"] == number
        held.append(found["resident_kib"])

    assert held[1] - held[0] < 40 << 10
    assert held[1] < 400 << 10
