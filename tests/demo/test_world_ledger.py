"""Every box of the ledger that the demo's truth states, counted once more from its files by plain Python."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from demo.plain_reader import instant_us
from demo.world_year import (
    QUARTER_US,
    Year,
    by,
    utc,
)
from tallystick.demo.world import damage


def test_every_entry_is_in_one_box_and_the_boxes_add_up(year: Year) -> None:
    ledger = year.truth["ledger"]

    assert ledger["accepted"] == len(year.logs.requests)
    assert ledger["rejected"] == sum(year.logs.unreadable.values())
    assert ledger["entries"] == ledger["accepted"] + ledger["rejected"]
    assert ledger["unique"] == len(year.counted_once) == ledger["accepted"] - ledger["duplicate"]
    assert ledger["unattributed"] == len(year.of(None)) > 0
    assert ledger["attributed"] == sum(1 for request in year.counted_once if request.licensee)
    for name in ("entries", "rejected", "accepted", "duplicate", "unique", "lines", "blanks", "rejected_bytes"):
        assert ledger[name] == sum(host[name] for host in year.truth["hosts"])


def test_every_host_has_a_file_a_day(year: Year) -> None:
    by_host = by(year.counted_once, lambda request: request.host)

    assert [host["host"] for host in year.truth["hosts"]] == ["edge-01", "edge-02", "edge-03", "edge-04"]
    for host in year.truth["hosts"]:
        folder = year.folder / "logs" / host["source"] / host["host"]
        assert len(list(folder.iterdir())) == host["files"] + host["repeated_files"]
        assert host["files"] == 365
        assert host["unique"] == len(by_host[host["host"]])


def test_only_the_damaged_file_has_lines_that_cannot_be_read(year: Year) -> None:
    [damaged] = year.truth["damaged_files"]

    assert year.logs.unreadable == {damaged["file"]: sum(damaged["rejected"].values())}
    assert year.logs.blank == {damaged["file"]: damaged["blanks"]}
    assert damaged["rejected_bytes"] == year.logs.unreadable_bytes
    logs = year.logs
    assert year.truth["ledger"]["lines"] == (
        len(logs.requests) + sum(logs.unreadable.values()) + sum(logs.blank.values())
    )
    assert damaged["rejected"] == damage.rejected_by_reason()


def test_lines_stand_in_order_of_time_on_their_day(year: Year) -> None:
    for name, requests in by(year.logs.requests, lambda request: request.file).items():
        assert [request.us for request in requests] == sorted(request.us for request in requests)
        day = name.rpartition("/")[2][:10]
        assert {utc(request).date().isoformat() for request in requests} == {day}


def test_numbers_run_without_gap_but_for_the_lost_hour(year: Year) -> None:
    [gap] = year.truth["gaps"]
    epochs = by((request for request in year.counted_once if request.number), lambda one: (one.host, one.number[0]))

    jumps = []
    for (host, epoch), requests in epochs.items():
        requests.sort(key=lambda request: (request.us, request.number))
        for before, after in pairwise(requests):
            missing = after.number[1] - before.number[1] - 1
            if missing:
                jumps.append((host, epoch, before, after, missing))

    [(host, epoch, before, after, missing)] = jumps
    assert (host, epoch, missing) == (gap["host"], gap["epoch"], gap["missing"])
    assert (before.number[1] + 1, after.number[1] - 1) == (gap["first_missing"], gap["last_missing"])
    assert (before.us, after.us) == (instant_us(gap["after_at"]), instant_us(gap["before_at"]))


def test_the_host_that_lost_an_hour_has_no_line_in_it_while_others_have(year: Year) -> None:
    [gap] = year.truth["gaps"]
    start, end = instant_us(gap["lost_from"]), instant_us(gap["lost_until"])
    hosts = Counter(request.host for request in year.counted_once if start <= request.us < end)

    assert end - start == 4 * QUARTER_US
    assert hosts[gap["host"]] == 0
    assert hosts.total() > 0


def test_the_host_that_was_restarted_begins_another_epoch_at_one(year: Year) -> None:
    [restart] = year.truth["restarts"]
    requests = [request for request in year.counted_once if request.host == restart["host"]]
    epochs = by(requests, lambda request: request.number[0])

    assert list(epochs) == restart["epochs"]
    assert min(request.number[1] for request in epochs[restart["epochs"][1]]) == 1
    assert min(request.us for request in epochs[restart["epochs"][1]]) >= instant_us(restart["at"])
    assert max(request.us for request in epochs[restart["epochs"][0]]) < instant_us(restart["at"])
    assert len({request.number[0] for request in year.counted_once if request.host == "edge-01"}) == 1


def test_the_repeated_file_is_the_only_one_with_bytes_of_another(year: Year) -> None:
    [again] = year.truth["repeated_files"]
    names = by((year.folder / "logs").rglob("*.gz"), lambda path: path.read_bytes())
    repeated = [sorted(paths) for data, paths in names.items() if len(paths) > 1 and len(data) > 100]

    assert [[path.relative_to(year.folder).as_posix() for path in paths] for paths in repeated] == [
        sorted([again["file"], again["repeats"]])
    ]
    assert again["entries"] == year.truth["ledger"]["duplicate"]
