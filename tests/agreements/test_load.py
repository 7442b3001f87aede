"""Versions of an agreement in order, and which of them judges when."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from tallystick.agreements.load import Binding, load_agreements, zone_of
from tallystick.errors import BadConfigurationError, MissingInputError, OverlappingVersionsError
from tallystick.period import Period, to_text

CLAUSE = {"id": "resale", "cites": "§ 7", "says": "No resale.", "kind": "text"}


def written(folder: Path, begins: str, *, name: str | None = None, **stated: Any) -> Path:
    said = {"licensee": "halcyon", "title": "Agreement", "in_force_from": begins, "clauses": [CLAUSE]} | stated
    file = folder / "halcyon" / f"{name or begins[:10]}.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(yaml.safe_dump(said))
    return file


def loaded(folder: Path) -> tuple[Binding, ...]:
    return load_agreements(folder, "halcyon")


def in_force(folder: Path) -> list[tuple[str, str, str | None]]:
    return [
        (one.version.version, to_text(one.from_us), None if one.until_us is None else to_text(one.until_us))
        for one in loaded(folder)
    ]


def test_a_version_judges_until_the_next_one_begins(tmp_path: Path) -> None:
    for begins in ("2022-07-01", "2021-01-01", "2022-01-01"):
        written(tmp_path, begins)

    assert in_force(tmp_path) == [
        ("2021-01-01", "2021-01-01T00:00:00.000000Z", "2022-01-01T00:00:00.000000Z"),
        ("2022-01-01", "2022-01-01T00:00:00.000000Z", "2022-07-01T00:00:00.000000Z"),
        ("2022-07-01", "2022-07-01T00:00:00.000000Z", None),
    ]


def test_a_version_may_end_before_the_next_one_begins(tmp_path: Path) -> None:
    written(tmp_path, "2021-01-01", in_force_until="2021-06-01")
    written(tmp_path, "2022-01-01", in_force_until="2022-06-01T12:00:00Z")

    assert [one[2] for one in in_force(tmp_path)] == ["2021-06-01T00:00:00.000000Z", "2022-06-01T12:00:00.000000Z"]


def test_a_version_may_end_where_the_next_one_begins(tmp_path: Path) -> None:
    written(tmp_path, "2021-01-01", in_force_until="2022-01-01")
    written(tmp_path, "2022-01-01")

    assert [one[2] for one in in_force(tmp_path)] == ["2022-01-01T00:00:00.000000Z", None]


def test_a_version_that_ends_after_the_next_one_began_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, "2021-01-01", in_force_until="2022-01-02")
    written(tmp_path, "2022-01-01")

    with pytest.raises(OverlappingVersionsError) as refused:
        loaded(tmp_path)

    assert refused.value.where == f"{file}:7: in_force_until"
    assert refused.value.next_step == "end this version where the next one begins, or leave in_force_until out"


def test_dates_are_read_in_the_time_zone_of_their_version(tmp_path: Path) -> None:
    written(tmp_path, "2021-01-01", time_zone="America/Los_Angeles")
    written(tmp_path, "2022-07-01", time_zone="Europe/Berlin")

    assert [one[1] for one in in_force(tmp_path)] == ["2021-01-01T08:00:00.000000Z", "2022-06-30T22:00:00.000000Z"]
    assert zone_of(loaded(tmp_path)) == ZoneInfo("Europe/Berlin")


def test_versions_of_two_zones_that_begin_at_one_instant_are_refused(tmp_path: Path) -> None:
    written(tmp_path, "2021-12-31T23:00:00+00:00")
    written(tmp_path, "2022-01-01", time_zone="Europe/Berlin")

    with pytest.raises(OverlappingVersionsError):
        loaded(tmp_path)


def test_a_file_is_named_for_its_beginning(tmp_path: Path) -> None:
    written(tmp_path, "2022-01-01", name="first")

    with pytest.raises(BadConfigurationError, match="is named 'first' and is in force from '2022-01-01'") as refused:
        loaded(tmp_path)

    assert refused.value.next_step == "rename it to 2022-01-01.yaml"


def test_a_file_lies_with_its_licensee(tmp_path: Path) -> None:
    written(tmp_path, "2022-01-01", licensee="kestrel")

    with pytest.raises(BadConfigurationError, match="lies in 'halcyon' and speaks of 'kestrel'"):
        loaded(tmp_path)


def test_a_version_has_a_name_of_its_own(tmp_path: Path) -> None:
    written(tmp_path, "2021-01-01", version="same")
    written(tmp_path, "2022-01-01", version="same")

    with pytest.raises(OverlappingVersionsError, match="two files give the same `version`"):
        loaded(tmp_path)


def test_a_version_is_known_by_the_digest_of_its_bytes(tmp_path: Path) -> None:
    file = written(tmp_path, "2022-01-01")

    [before] = loaded(tmp_path)
    file.write_bytes(file.read_bytes() + b"\n# a comment\n")
    [after] = loaded(tmp_path)

    assert before.sha256 != after.sha256 == sha256(file.read_bytes()).hexdigest()
    assert before.version == after.version


def test_a_licensee_may_have_no_agreement(tmp_path: Path) -> None:
    (tmp_path / "kestrel").mkdir()

    assert loaded(tmp_path) == ()
    assert load_agreements(tmp_path, "kestrel") == ()
    assert zone_of(()) == ZoneInfo("Etc/UTC")


def test_a_project_without_a_folder_of_agreements_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="there are no agreements"):
        load_agreements(tmp_path / "absent", "halcyon")


def test_a_misnamed_version_is_refused_and_not_passed_over(tmp_path: Path) -> None:
    written(tmp_path, "2022-01-01").rename(tmp_path / "halcyon" / "2022-01-01.yml")

    with pytest.raises(BadConfigurationError, match="ends in .yaml here"):
        loaded(tmp_path)


# ── which part of a period a version judges ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("period", "first", "second"),
    [
        ("2020", None, None),
        ("2021", ("2021-01-01", "2022-01-01"), None),
        ("2022", ("2022-01-01", "2022-07-01"), ("2022-07-01", "2023-01-01")),
        ("2022-Q3", None, ("2022-07-01", "2022-10-01")),
        ("2022-07-01", None, ("2022-07-01", "2022-07-02")),
        ("2022-06-30", ("2022-06-30", "2022-07-01"), None),
        ("2024", None, None),
    ],
)
def test_each_version_judges_its_own_part_of_a_period(
    tmp_path: Path, period: str, first: tuple[str, str] | None, second: tuple[str, str] | None
) -> None:
    written(tmp_path, "2021-01-01")
    written(tmp_path, "2022-07-01", in_force_until="2024-01-01")

    parts = [one.within(Period.parse(period)) for one in loaded(tmp_path)]

    assert [None if part is None else (to_text(part.start_us)[:10], to_text(part.end_us)[:10]) for part in parts] == [
        first,
        second,
    ]
    assert all(part is None or part.text == period for part in parts)


def test_the_instant_of_a_new_version_is_its_own(tmp_path: Path) -> None:
    written(tmp_path, "2021-01-01")
    written(tmp_path, "2022-07-01")

    old, new = (one.within(Period.parse("2022")) for one in loaded(tmp_path))

    assert old is not None
    assert new is not None
    assert old.end_us == new.start_us
    assert (old.contains(new.start_us), new.contains(new.start_us)) == (False, True)
    assert (old.contains(new.start_us - 1), new.contains(new.start_us - 1)) == (True, False)
