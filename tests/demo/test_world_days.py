from __future__ import annotations

import gzip
import hashlib
import json
import pickle
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tallystick.demo.world import DayWritten, World, damage, days, plan_world, write_day
from tallystick.demo.world.gzip_file import GzipFile
from tallystick.demo.world.sums import Sums

SCALE = Decimal("0.00001")
ORDINARY, REPEATED, DAMAGED = date(2022, 5, 4), date(2022, 3, 9), damage.DAY


def the_files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def written(seed: int, day: date, out: Path, scale: Decimal = SCALE) -> DayWritten:
    return write_day(plan_world(seed, scale), day, out)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others(tmp_path: Path) -> None:
    for folder, seed in (("one", 7), ("again", 7), ("other", 8)):
        written(seed, ORDINARY, tmp_path / folder)

    assert the_files(tmp_path / "one") == the_files(tmp_path / "again")
    assert the_files(tmp_path / "one").keys() == the_files(tmp_path / "other").keys()
    assert (
        the_files(tmp_path / "one")["logs/gateway/edge-01/2022-05-04.jsonl.gz"]
        != (the_files(tmp_path / "other")["logs/gateway/edge-01/2022-05-04.jsonl.gz"])
    )


def test_a_day_written_in_small_chunks_is_the_same_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = written(7, DAMAGED, tmp_path / "whole", Decimal("0.0001"))
    monkeypatch.setattr(days, "CHUNK", 37)

    parts = written(7, DAMAGED, tmp_path / "parts", Decimal("0.0001"))

    for name, data in the_files(tmp_path / "whole").items():
        if "edge-02" not in name:  # there the damaged lines are dealt among the first chunk's
            assert gzip.decompress(the_files(tmp_path / "parts")[name]) == gzip.decompress(data)
    assert parts.sums.same_as(whole.sums)


def test_a_day_needs_no_other_day_and_can_be_written_again_in_place(tmp_path: Path) -> None:
    for day in (date(2022, 5, 3), ORDINARY, date(2022, 5, 5), ORDINARY):
        written(7, day, tmp_path / "in a row")
    written(7, ORDINARY, tmp_path / "alone")

    in_a_row = the_files(tmp_path / "in a row")
    assert len(in_a_row) == 3 * 4
    for name, data in the_files(tmp_path / "alone").items():
        assert in_a_row[name] == data


def test_what_is_said_of_a_file_is_true_of_its_bytes(tmp_path: Path) -> None:
    said = written(7, DAMAGED, tmp_path)

    for file in said.files:
        data = (tmp_path / file.name).read_bytes()
        lines = gzip.decompress(data).splitlines()
        assert hashlib.sha256(data).hexdigest() == file.sha256
        assert len(data) == file.size_bytes
        assert len(lines) == file.accepted + file.rejected + file.blanks


def test_a_gzip_file_has_no_time_and_no_name_in_it(tmp_path: Path) -> None:
    written(7, ORDINARY, tmp_path)

    for data in the_files(tmp_path).values():
        assert data[:4] == b"\x1f\x8b\x08\x00"
        assert data[4:8] == b"\x00\x00\x00\x00"


def test_one_file_is_delivered_twice_with_the_same_bytes_under_another_name(tmp_path: Path) -> None:
    said = written(7, REPEATED, tmp_path)

    [again] = [file for file in said.files if file.repeats]
    assert again.name != again.repeats
    assert the_files(tmp_path)[again.name] == the_files(tmp_path)[str(again.repeats)]
    assert len(said.files) == 5


def test_every_damaged_line_is_in_its_file_once_and_the_rest_is_untouched(tmp_path: Path) -> None:
    said = written(7, DAMAGED, tmp_path)

    [file] = [file for file in said.files if file.rejected]
    lines = gzip.decompress((tmp_path / file.name).read_bytes()).splitlines()
    assert file.host == "edge-02"
    assert file.rejected == len(damage.LINES)
    assert all(lines.count(damaged) == 1 for _, damaged in damage.LINES)
    sound = [line for line in lines if line and line not in {damaged for _, damaged in damage.LINES}]
    assert [json.loads(line)["host"] for line in sound] == ["edge-02"] * file.accepted


def test_damage_has_more_than_five_kinds_and_each_reason_is_one_that_the_product_knows() -> None:
    from tallystick.tables.rejected_entry import REASONS

    by_reason = damage.rejected_by_reason()

    assert len(by_reason) > 5
    assert set(by_reason) <= set(REASONS)
    assert sum(by_reason.values()) == len(damage.LINES)


def test_a_file_that_is_not_finished_never_appears(tmp_path: Path) -> None:
    path = tmp_path / "2022-05-04.jsonl.gz"

    def be_killed_half_way() -> None:
        with GzipFile(path) as file:
            file.write(b"half of it\n")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        be_killed_half_way()
    assert the_files(tmp_path) == {}


def test_what_a_task_hands_back_can_be_pickled(tmp_path: Path) -> None:
    said = written(7, ORDINARY, tmp_path)

    copy = pickle.loads(pickle.dumps(said))  # noqa: S301 - our own bytes

    assert copy.files == said.files
    assert copy.sums.same_as(said.sums)
    assert np.array_equal(copy.peaks, said.peaks)
    assert {one.name for one in fields(Sums)} == set(vars(copy.sums))


def test_a_world_of_another_scale_keeps_its_hosts_and_days() -> None:
    small, large = plan_world(7, SCALE), plan_world(7, Decimal("0.001"))

    assert isinstance(small, World)
    assert small.days == large.days
    assert len(small.days) == 365
    assert small.licensees == large.licensees
