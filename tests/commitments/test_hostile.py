"""The other side's file is hostile: whatever is not as the format has it is refused with its line, and does nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from commands.command_line import Ran, tallystick
from commitments.two_sides import KEY, calls, plain
from reference.commitments import Call, commitment, line
from tallystick.commitments.reading import Commitment
from tallystick.errors import BadCommitmentError

GOOD = commitment(
    KEY,
    [
        *plain(calls(20)),
        Call(app="kestrel-desk", hour=400_000, texts={}),
        Call(app="kestrel-desk", hour=400_001, texts={}),
    ],
)
LINES = [json.loads(each) for each in GOOD.splitlines()]
FIRST, LAST = 1, 4
"""The first and last line of tags; two lines of requests without identity come after them, and the end."""
Lines = list[dict[str, Any]]


def ended(lines: Lines) -> bytes:
    """Lines with an end that has their sums and their digest."""
    whole = b"".join(line(each) for each in lines[:-1])
    sums = {name: sum(each[name] for each in lines[:-1] if name in each) for name in ("requests", "unidentified")}
    return whole + line({**lines[-1], **sums, "sha256": hashlib.sha256(whole).hexdigest()})


def with_line(number: int, **changes: Any) -> bytes:
    lines = [dict(each) for each in LINES]
    lines[number] |= changes
    return ended(lines)


def moved(*order: int) -> bytes:
    return ended([LINES[number] for number in order])


def checks(**changes: str) -> dict[str, Any]:
    return {"checks": {**LINES[FIRST]["checks"], **changes}}


ALL = tuple(range(len(LINES)))
ATTACKS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "no commitment"),
    "no line": (b"{}", "no commitment"),
    "no JSON": (b"\x7fELF\x00\n", "canonical JSON"),
    "no object": (b"[]\n", "expected an object"),
    "a report": (line({"schema": "tallystick/report/2"}), "commitment: expected a value"),
    "a later schema": (with_line(0, commitment="tallystick/commitment/2"), "commitment: expected"),
    "a key twice": (GOOD.replace(b'{"commitment"', b'{"period":null,"commitment"', 1), "stands twice"),
    "spaces": (GOOD.replace(b'"period":null', b'"period": null', 1), "canonical form"),
    "a float": (GOOD.replace(b'"requests":6', b'"requests":6.0', 1), "canonical JSON"),
    "nested": (b"[" * 100_000 + b"\n", "nested too deeply"),
    "a line without end": (GOOD[:-1] + b"x" * (1 << 18), "at most 262,144 bytes"),
    "an unknown key": (with_line(0, note="x"), "note: expected no such key"),
    "an unknown column": (with_line(0, compared=["secret"]), "compared[0]: expected"),
    "columns twice": (with_line(0, compared=["records", "records"]), "columns stand once"),
    "no identity": (with_line(0, identity=[]), "identity: it begins with the hour"),
    "an id and an hour": (with_line(0, identity=["hour", "request_id"]), "identity: it begins with the hour"),
    "an hour at the end": (with_line(0, identity=["path", "hour"]), "identity: it begins with the hour"),
    "a key's mark": (with_line(0, key="\x1b[2J"), "key: expected"),
    "a period backwards": (
        with_line(0, period={"start": "2024-01-02T00Z", "end": "2024-01-01T00Z"}),
        "period: it holds no hour",
    ),
    "an app that is none": (with_line(FIRST, app="=cmd|'/c calc'!A0"), "app: expected"),
    "an app that acts on a terminal": (with_line(FIRST, app="\x1b]0;x\x07"), "app: expected"),
    "an hour that is none": (with_line(FIRST, hour="2024-13-45T99Z"), "no hour of the years"),
    "an hour long ago": (with_line(FIRST, hour="0001-01-01T00Z"), "no hour of the years"),
    "an hour far away": (with_line(LAST, hour="9999-12-31T23Z"), "no hour of the years"),
    "no base64": (with_line(FIRST, tags="!" * 107), "tags: expected text such as base64"),
    "half a tag": (with_line(FIRST, tags=LINES[FIRST]["tags"][:-4]), "tags: expected 96 bytes"),
    "more requests than tags": (with_line(FIRST, requests=7), "tags: expected 112 bytes"),
    "no requests": (with_line(FIRST, requests=0, tags="", **checks(records="", status="")), "at least 1"),
    "requests below nothing": (with_line(FIRST, requests=-5), "requests: expected"),
    "a number beyond all": (with_line(FIRST, requests=2**60), "must be a string"),
    "too many tags": (with_line(FIRST, requests=4_097), "at most 4,096"),
    "a check too few": (
        with_line(FIRST, checks={"records": LINES[FIRST]["checks"]["records"]}),
        "checks: expected one",
    ),
    "a check too many": (with_line(FIRST, **checks(request_bytes="AAAAAA==")), "checks: expected one"),
    "a check of another": (with_line(FIRST, **checks(secret="AAAAAA==")), "checks.secret: expected no such key"),
    "short checks": (with_line(FIRST, **checks(status="AAAAAA==")), "status: expected 24 bytes"),
    "hours out of order": (moved(0, 2, 1, *ALL[3:]), "does not come after"),
    "an hour twice": (moved(0, 1, 1, *ALL[2:]), "does not come after"),
    "tags after others": (moved(0, 2, 5, 1, 6, 7), "does not come after"),
    "others twice": (moved(*ALL[:6], 5, 7), "does not come after"),
    "two headers": (moved(0, 0, *ALL[1:]), "app: expected a value"),
    "no end": (b"".join(line(each) for each in LINES[:-1]), "ends before its end line"),
    "cut": (GOOD[:-40], "ends before its end line"),
    "a line taken out": (b"".join(line(LINES[each]) for each in ALL if each != 2), "requests: expected 14, found 20"),
    "other sums": (GOOD.replace(b'"requests":20', b'"requests":21'), "requests: expected 20"),
    "other bytes": (GOOD.replace(b'"unidentified":1', b'"unidentified":2', 1), "sha256: expected"),
    "another digest": (GOOD.replace(LINES[-1]["sha256"].encode(), b"0" * 64), "sha256: expected"),
    "a file after the end": (GOOD + GOOD, "goes on after its end"),
    "a byte after the end": (GOOD + b"\n", "goes on after its end"),
}


def descending(lines: Lines) -> bytes:
    """The tags of a line the other way round."""
    tags = base64.b64decode(lines[FIRST]["tags"])
    turned = b"".join(tags[place : place + 16] for place in range(len(tags) - 16, -1, -16))
    return with_line(FIRST, tags=base64.b64encode(turned).decode())


ATTACKS["tags out of order"] = (descending(LINES), "tags: they do not ascend")


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("ours") / "ours"
    file.write_bytes(GOOD)
    return file


@pytest.fixture
def reconcile(ours: Path, tmp_path: Path) -> Callable[[bytes], Ran]:
    def run(theirs: bytes) -> Ran:
        (tmp_path / "theirs").write_bytes(theirs)
        return tallystick("reconcile", ours, tmp_path / "theirs")

    return run


def test_the_file_that_is_attacked_is_good(reconcile: Callable[[bytes], Ran]) -> None:
    assert reconcile(GOOD).code == reconcile(ended(LINES)).code == 0


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_file_that_is_not_as_the_format_has_it_is_refused(attack: str, reconcile: Callable[[bytes], Ran]) -> None:
    data, why = ATTACKS[attack]

    ran = reconcile(data)

    assert (ran.code, ran.stdout) == (5, "")
    assert ran.stderr.startswith("BadCommitment: ")
    assert why in ran.stderr
    assert "/theirs:" in ran.stderr
    assert all(each.isprintable() for each in ran.stderr.replace("\n", ""))


def test_every_single_byte_that_is_changed_is_found(tmp_path: Path) -> None:
    small = commitment(KEY, plain(calls(1)))
    file, unseen = tmp_path / "theirs", []
    for place, byte in enumerate(small):
        for other in {byte ^ 1, byte ^ 0x20, 0}:
            file.write_bytes(small[:place] + bytes([other]) + small[place + 1 :])
            try:
                with closing(Commitment(file)) as read:
                    list(read.each())
            except BadCommitmentError:
                continue
            unseen.append((place, other))

    assert unseen == []


def test_what_is_no_file_is_not_waited_for(ours: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", ".", "nothing"):
        assert tallystick("reconcile", ours, tmp_path / name).code == 5
    assert tallystick("reconcile", ours, "/dev/zero").code == 5


def test_their_own_file_sent_back_agrees_which_is_why_digests_are_exchanged_first(ours: Path) -> None:
    ran = tallystick("reconcile", ours, ours)

    assert ran.code == 0
    assert ran.stdout.count(hashlib.sha256(GOOD).hexdigest()) == 2


@pytest.mark.parametrize(
    ("other", "word"),
    [
        ({"key": KEY[::-1]}, "another key"),
        ({"identity": ("hour", "path")}, "other identities"),
        ({"period": (400_000, 800_000)}, "other hours"),
    ],
)
def test_files_of_other_terms_are_not_compared(
    other: dict[str, Any], word: str, reconcile: Callable[[bytes], Ran]
) -> None:
    ran = reconcile(commitment(**{"key": KEY, "calls": plain(calls(3))} | other))

    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("UnlikeCommitments: ")
    assert word in ran.stderr


def test_many_apps_and_hours_of_a_request_each_take_no_longer_than_as_many_requests(ours: Path, tmp_path: Path) -> None:
    cells = [(f"a{each % 99:02}", 200_000 + each // 99) for each in range(3_000)]
    many = [Call(app=app, hour=hour, texts={"request_id": f"{app}/{hour}"}) for app, hour in cells]
    (tmp_path / "theirs").write_bytes(commitment(KEY, many))
    apps = [Call(app=f"a{each}", hour=400_000, texts={"request_id": str(each)}) for each in range(10_001)]
    (tmp_path / "apps").write_bytes(commitment(KEY, apps))

    before = time.process_time()
    ran = tallystick("reconcile", ours, tmp_path / "theirs", "--json")
    assert time.process_time() - before < 5
    assert (ran.data["total"]["only_theirs"], len(ran.data["hours"])) == (3_000, 3_006)
    refused = tallystick("reconcile", ours, tmp_path / "apps")
    assert (refused.code, "more than 10,000 apps" in refused.stderr) == (5, True)


def test_the_lines_that_people_are_shown_are_few_and_inert(ours: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").write_bytes(commitment(KEY, plain(calls(2_000, first=7))))

    shown = tallystick("reconcile", ours, tmp_path / "theirs").stdout

    assert len(shown.splitlines()) < 70
    assert "more hours in which the two are not the same" in shown
    assert all(each.isprintable() for each in shown.replace("\n", ""))
