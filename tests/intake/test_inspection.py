from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tallystick.errors import DamagedFileError, MissingInputError, UnknownFormatError, UnreadableFileError
from tallystick.intake.inspection import inspect, inspections, open_local
from tallystick.intake.log_objects import walk
from tallystick.intake.rendering import render
from tallystick.intake.told import write_json

KEYS = [
    "path", "format", "runner_up", "envelope", "compression", "sha256", "size_bytes", "decoded_bytes", "lines",
    "comments", "headers", "blanks", "not_requests", "entries", "accepted", "rejected", "rejected_bytes", "duplicates",
    "distinct_ids", "first_at", "last_at", "per_hour", "sums", "top",
]  # fmt: skip
TOP = ["credential", "principal", "user", "client_address", "user_agent", "operation", "status", "error"]


def line(number: int, **change: Any) -> str:
    entry = {
        "time": f"2022-03-04T{number % 24:02}:00:00Z", "host": "edge-01", "epoch": "e", "seq": number,
        "request_id": f"r{number}", "client": "c1", "method": "GET", "path": "/a", "status": 200, "bytes_out": 10,
        "records": 1, **change,
    }  # fmt: skip
    return json.dumps(entry) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    logs = tmp_path / "logs"
    (logs / "b").mkdir(parents=True)
    (logs / "b" / "two.log.gz").write_bytes(gzip.compress((line(2) + line(3) + "broken\n").encode()))
    (logs / "a.log").write_text(line(1) + line(2) + line(2))
    (logs / "_hidden").write_text(line(4, user=""))
    (logs / "LICENSE").write_text("Permission is granted.\n")
    return logs


def test_the_result_has_the_promised_shape(folder: Path, tmp_path: Path) -> None:
    result = inspect([folder], scratch=tmp_path)

    assert list(result) == ["files", "total"]
    for told in [*result["files"], result["total"]]:
        assert [key for key in told if key != "problem"] == KEYS
        assert list(told["top"]) == TOP
        assert list(told["sums"]) == ["response_bytes", "request_bytes", "records"]
    assert json.loads(json.dumps(result)) == result


def test_a_folder_is_walked_in_the_order_of_its_names_and_whatever_lies_there_is_told(
    folder: Path, tmp_path: Path
) -> None:
    result = inspect([folder], scratch=tmp_path)

    assert [(Path(file["path"]).name, file["format"], file["entries"]) for file in result["files"]] == [
        ("LICENSE", None, 0),
        ("_hidden", "gateway_jsonl", 1),
        ("a.log", "gateway_jsonl", 3),
        ("two.log.gz", "gateway_jsonl", 3),
    ]
    assert "no known format" in result["files"][0]["problem"]


def test_a_total_is_told_of_all_files_together(folder: Path, tmp_path: Path) -> None:
    total = inspect([folder], scratch=tmp_path)["total"]

    assert (total["entries"], total["accepted"], total["rejected"]) == (7, 6, {"not_json": 1})
    assert (total["path"], total["format"]) == (None, "gateway_jsonl")
    assert total["sums"] == {
        "response_bytes": {"known": 6, "sum": 60},
        "request_bytes": {"known": 0, "sum": 0},
        "records": {"known": 6, "sum": 6},
    }
    assert total["per_hour"] == {
        "2022-03-04T01Z": 1, "2022-03-04T02Z": 3, "2022-03-04T03Z": 1, "2022-03-04T04Z": 1,
    }  # fmt: skip
    assert total["top"]["user"] == {"(none)": 5, "": 1}
    assert total["top"]["operation"] == {"GET /a": 6}
    assert total["top"]["status"] == {"200": 6}


def test_what_a_file_is_made_of_is_told_from_its_stored_bytes_inwards(folder: Path, tmp_path: Path) -> None:
    file = folder / "b" / "two.log.gz"
    file.write_bytes(gzip.compress((line(2) + "\n" + line(3) + "broken\n" + "not 1\n").encode()))

    [told] = inspect([file], scratch=tmp_path)["files"]

    stored = file.read_bytes()
    assert (told["compression"], told["envelope"], told["runner_up"]) == ("gzip", None, None)
    assert (told["size_bytes"], told["sha256"]) == (len(stored), hashlib.sha256(stored).hexdigest())
    assert told["decoded_bytes"] == len(gzip.decompress(stored))
    assert (told["lines"], told["comments"], told["headers"], told["blanks"], told["not_requests"]) == (5, 0, 0, 1, 0)
    assert (told["entries"], told["accepted"], told["rejected"]) == (4, 2, {"not_json": 2})
    assert told["rejected_bytes"] == {"not_json": len("broken") + len("not 1")}


def test_a_length_that_is_not_known_of_one_file_is_not_known_of_all(folder: Path, tmp_path: Path) -> None:
    whole = inspect([folder], scratch=tmp_path)["total"]
    event = {"eventVersion": "1.08", "eventTime": "2022-03-04T09:00:00Z", "eventSource": "s3.amazonaws.com"}
    event |= {"eventName": "GetObject", "eventID": "e1", "userIdentity": {"type": "Root"}, "awsRegion": "eu-west-1"}
    (folder / "array").write_text(json.dumps([event]))
    with_array = inspect([folder], scratch=tmp_path)["total"]

    read = [folder / name for name in ("a.log", "_hidden", "b/two.log.gz")]
    assert (whole["lines"], whole["size_bytes"]) == (7, sum(file.stat().st_size for file in read))
    assert (with_array["lines"], with_array["entries"]) == (None, 8)


def test_a_file_that_is_no_log_is_told_with_its_bytes_and_no_entry(folder: Path, tmp_path: Path) -> None:
    told = inspect([folder], scratch=tmp_path)["files"][0]

    data = (folder / "LICENSE").read_bytes()
    assert (told["size_bytes"], told["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert (told["format"], told["compression"], told["lines"], told["decoded_bytes"]) == (None, None, None, None)


def test_the_total_of_one_file_is_what_is_told_of_it(folder: Path, tmp_path: Path) -> None:
    result = inspect([folder / "a.log"], scratch=tmp_path)

    apart = {"path", "sha256", "runner_up"}
    [file] = result["files"]
    assert {name: file[name] for name in file.keys() - apart} == {
        name: result["total"][name] for name in result["total"].keys() - apart
    }


def test_nothing_at_all_has_a_total_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()

    result = inspect([tmp_path / "none"], scratch=tmp_path)

    assert result["files"] == []
    assert (result["total"]["entries"], result["total"]["duplicates"], result["total"]["first_at"]) == (0, 0, None)
    assert set(result["total"]["top"]["status"]) == set()


def test_what_is_streamed_is_what_is_told(folder: Path, tmp_path: Path) -> None:
    out = io.StringIO()

    write_json(inspections(list(walk([folder])), open_object=open_local, scratch=tmp_path), out)

    assert json.loads(out.getvalue()) == inspect([folder], scratch=tmp_path)


def test_duplicates_are_told_within_a_file_and_across_files(folder: Path, tmp_path: Path) -> None:
    result = inspect([folder], scratch=tmp_path)

    assert [file["duplicates"] for file in result["files"]] == [0, 0, 1, 0]
    assert (result["total"]["duplicates"], result["total"]["distinct_ids"]) == (2, 4)


def test_the_same_number_of_another_host_or_epoch_is_no_duplicate(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text(line(1) + line(1, host="edge-02") + line(1, epoch="f") + line(1, epoch=None) + line(1, epoch=None))

    assert inspect([file], scratch=tmp_path)["total"]["duplicates"] == 1


def test_entries_without_number_are_duplicates_by_their_id_and_without_both_never(tmp_path: Path) -> None:
    file = tmp_path / "a"
    same_id = line(1, seq=None) + line(1, seq=None, epoch="other")
    nothing = line(1, seq=None, request_id=None) * 3
    file.write_text(same_id + nothing)

    total = inspect([file], scratch=tmp_path)["total"]

    assert (total["duplicates"], total["distinct_ids"], total["accepted"]) == (1, 1, 5)


def test_a_part_that_never_stands_for_a_request_is_a_duplicate_with_and_without_the_one_that_does(
    tmp_path: Path,
) -> None:
    sample = Path(__file__).parents[1] / "formats" / "samples" / "azure_activity" / "stream.json"
    start, _, end, *_ = json.loads(sample.read_text())["records"]

    def duplicates(*files: list[Any]) -> int:
        for number, records in enumerate(files):
            (tmp_path / f"{number}.json").write_text(json.dumps({"records": records}))
        paths = [tmp_path / f"{number}.json" for number, _ in enumerate(files)]
        told: int = inspect(paths, format="azure_activity", scratch=tmp_path)["total"]["duplicates"]
        return told

    assert (start["resultType"], end["resultType"]) == ("Start", "Success")
    assert (duplicates([start]), duplicates([end])) == (0, 1)
    assert duplicates([start, end]) == duplicates([start], [end]) == duplicates([end], [start]) == 1


def test_the_same_file_named_twice_is_told_twice(folder: Path, tmp_path: Path) -> None:
    result = inspect([folder / "a.log", folder / "a.log"], scratch=tmp_path)

    assert [file["entries"] for file in result["files"]] == [3, 3]
    assert (result["total"]["entries"], result["total"]["duplicates"]) == (6, 4)


def test_an_entry_with_several_reasons_is_told_once(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text(line(1) + line(2, status=1, records=-1) + line(3, records=-1))

    total = inspect([file], scratch=tmp_path)["total"]

    assert (total["entries"], total["accepted"], total["rejected"]) == (3, 1, {"bad_status": 1, "bad_amount": 1})


def test_top_limits_the_values_and_zero_tells_all(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("".join(line(n, client=f"c{n % 30:02}") for n in range(100)))

    assert len(inspect([file], scratch=tmp_path)["total"]["top"]["credential"]) == 20
    assert len(inspect([file], top=0, scratch=tmp_path)["total"]["top"]["credential"]) == 30
    two = inspect([file], top=2, scratch=tmp_path)["total"]["top"]["credential"]
    assert list(two.items()) == [("c00", 4), ("c01", 4)]


def test_missing_empty_and_a_value_that_looks_like_missing_are_three_keys(tmp_path: Path) -> None:
    file = tmp_path / "a"
    users = (None, "", "(none)", '"(none)"', '""(none)""')
    file.write_text("".join(line(number, user=user) for number, user in enumerate(users)))

    assert inspect([file], scratch=tmp_path)["total"]["top"]["user"] == {
        "(none)": 1, "": 1, '"(none)"': 1, '""(none)""': 1, '"""(none)"""': 1,
    }  # fmt: skip


def test_the_same_files_give_the_same_text(folder: Path, tmp_path: Path) -> None:
    first = json.dumps(inspect([folder], scratch=tmp_path))
    second = json.dumps(inspect([folder], scratch=tmp_path))

    assert first == second


def test_a_named_file_that_cannot_be_read_is_an_error_of_its_class(folder: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gz"
    cut.write_bytes((folder / "b" / "two.log.gz").read_bytes()[:-1])

    with pytest.raises(UnknownFormatError) as unknown:
        inspect([folder / "LICENSE"], scratch=tmp_path)
    with pytest.raises(DamagedFileError) as damaged:
        inspect([cut], scratch=tmp_path)
    with pytest.raises(MissingInputError):
        inspect([folder / "nothing"], scratch=tmp_path)
    with pytest.raises(UnknownFormatError):
        inspect([folder], format="none_such", scratch=tmp_path)
    assert unknown.value.where == str(folder / "LICENSE")
    assert damaged.value.where == str(cut)


def test_a_damaged_file_in_a_folder_is_told_with_its_problem_and_counts_nothing(folder: Path, tmp_path: Path) -> None:
    cut = folder / "b" / "two.log.gz"
    cut.write_bytes(cut.read_bytes()[:-1])

    result = inspect([folder], scratch=tmp_path)

    assert result["files"][-1]["entries"] == 0
    assert "inside the gzip member" in result["files"][-1]["problem"]
    assert result["total"]["entries"] == 4


def test_a_file_that_is_gone_before_it_is_read_is_told(folder: Path, tmp_path: Path) -> None:
    objects = list(walk([folder]))
    (folder / "a.log").unlink()

    *files, total = [one.as_json() for one in inspections(objects, open_object=open_local, scratch=tmp_path)]

    [gone] = [file for file in files if file["path"].endswith("a.log")]
    assert "No such file" in gone["problem"]
    assert (gone["sha256"], gone["entries"], total["entries"]) == (None, 0, 4)


def test_what_is_no_regular_file_is_told_and_not_waited_for(folder: Path, tmp_path: Path) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "dangling").symlink_to(folder / "gone")
    (folder / "linked").symlink_to(folder / "b", target_is_directory=True)

    result = inspect([folder], scratch=tmp_path)

    problems = {Path(file["path"]).name: file["problem"] for file in result["files"] if "problem" in file}
    assert set(problems) == {"LICENSE", "pipe", "dangling", "linked"}
    with pytest.raises(UnreadableFileError):
        inspect([folder / "pipe"], scratch=tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_folder_that_cannot_be_listed_is_an_error(folder: Path, tmp_path: Path) -> None:
    (folder / "b").chmod(0)

    with pytest.raises(UnreadableFileError, match="cannot be listed"):
        inspect([folder], scratch=tmp_path)
    (folder / "b").chmod(0o700)


def test_a_file_whose_name_is_no_text_is_told(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9\x1b[31m.log")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / name).write_text(line(1))

    result = inspect([tmp_path / "logs"], scratch=tmp_path)

    [file] = result["files"]
    assert file["entries"] == 1
    assert json.dumps(result, ensure_ascii=False).encode()


def test_a_file_without_entries_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")

    [file] = inspect([tmp_path / "empty"], scratch=tmp_path)["files"]

    assert (file["format"], file["entries"], file["first_at"], file["top"]["status"]) == (None, 0, None, {})
    assert "problem" not in file


def printed(path: Path, scratch: Path, *, top: int = 20) -> str:
    out = io.StringIO()
    told = inspections(list(walk([path])), open_object=open_local, top=top, scratch=scratch)
    render(told, Console(width=80, file=out, highlight=False))
    return out.getvalue()


def test_the_tables_for_people_say_what_was_found(folder: Path, tmp_path: Path) -> None:
    text = printed(folder, tmp_path)

    assert "gateway_jsonl" in text
    assert "not_json 1" in text
    assert "6 of 6 requests" in text
    assert "not read: no known format" in text
    assert "  7 lines\n  7 entries, 6 accepted · 1 rejected (not_json 1; 6 bytes)\n  2 duplicates · 4 ids · " in text
    assert "  gateway_jsonl · gzip\n" in text
    assert "GET /a" in text
    assert "100.0 %" in text


def test_unknown_amounts_are_not_printed_as_zero(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text(line(1, records=None))

    text = printed(file, tmp_path)

    assert "unknown" in text
    assert "0 of 1 requests" in text


def test_nothing_that_a_log_or_a_name_holds_reaches_the_terminal_as_a_command(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a\x1b[2J.log").write_text(
        line(1, agent="\x1b]0;owned\x07\u202e[bold]x[/bold]", client="\x9b31m")
    )

    text = printed(tmp_path / "logs", tmp_path)

    assert not set(text) & set("\x1b\x07\x9b\u202e")
    assert r"\x1b]0;owned\x07\u202e[bold]x[/bold]" in text


def test_many_hours_are_told_by_day_or_month(tmp_path: Path) -> None:
    file = tmp_path / "a"
    days = [line(n, time=f"2022-{n % 12 + 1:02}-{n % 28 + 1:02}T{n % 24:02}:00:00Z") for n in range(500)]
    file.write_text("".join(days))

    text = printed(file, tmp_path)

    assert "Requests by month" in text
    assert "2022-07" in text
