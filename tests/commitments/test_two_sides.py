"""Two logs of the same traffic, committed and reconciled on the command line: what both have, lack or say otherwise."""

from __future__ import annotations

import json

import jsonschema
import pytest

from commands.command_line import tallystick
from commitments.two_sides import KEY, TwoSides, calls, client, gateway, plain
from reference.commitments import commitment
from tallystick.commitments.shape import LINES, json_schema


def test_the_same_traffic_in_two_formats_agrees(two_sides: TwoSides) -> None:
    sent = calls()

    ran = two_sides.ours(sent), two_sides.theirs(sent)

    assert [one.code for one in ran] == [0, 0]
    assert two_sides.total() == {"ours": 24, "theirs": 24, "agreed": 24}
    assert (two_sides.folder / "ours").read_bytes() == (two_sides.folder / "theirs").read_bytes()
    assert two_sides.reconcile("--exit-code").code == 0


def test_what_was_lost_added_or_changed_on_one_side_is_counted_by_hour(two_sides: TwoSides) -> None:
    sent = calls()
    two_sides.ours([one for one in sent if one.id != "kestrel-desk/3"])
    two_sides.theirs([sent[0].but(records=99), sent[1].but(status=429, records=None), *sent[2:23]])

    found = two_sides.reconcile("--json", "--exit-code")

    total = found.data["total"]
    assert (found.code, found.data["agrees"]) == (3, False)
    assert [total[name] for name in ("agreed", "differing", "undecided")] == [20, 2, 0]
    assert (total["only_ours"], total["only_theirs"], total["differing_by"]) == (1, 1, {"records": 1, "status": 1})
    unlike = [row for row in found.data["hours"] if row["agreed"] != row["ours"] or row["only_theirs"]]
    assert [(row["hour"], row["differing"], row["only_ours"], row["only_theirs"]) for row in unlike] == [
        ("2024-01-16T09Z", 2, 0, 1),
        ("2024-01-16T12Z", 0, 1, 0),
    ]


def test_an_amount_that_one_log_does_not_tell_is_undecided_and_never_zero(two_sides: TwoSides) -> None:
    sent = calls(4)
    two_sides.ours([sent[0].but(records=0), sent[1].but(records=None), *sent[2:]])
    two_sides.theirs([sent[0].but(records=None), sent[1].but(records=None), *sent[2:]])

    assert two_sides.total() == {"ours": 4, "theirs": 4, "agreed": 3, "undecided": 1}


def test_a_column_that_only_one_side_compares_is_left_out_and_said(two_sides: TwoSides) -> None:
    sent = calls(3)
    two_sides.ours(sent)
    two_sides.theirs([one.but(records=None) for one in sent], "--compare", "status")

    ran = two_sides.reconcile()

    assert two_sides.total() == {"ours": 3, "theirs": 3, "agreed": 3}
    assert "not compared: records, which only one side tells of" in ran.stdout


@pytest.mark.parametrize(("ahead", "moved"), [(2.5, 4), (-2.5, 0), (3_600, 24)])
def test_clocks_that_differ_move_requests_to_another_hour_and_lose_none(
    ahead: float, moved: int, two_sides: TwoSides
) -> None:
    sent = calls()
    two_sides.ours(sent)
    two_sides.theirs(sent, ahead=ahead)

    assert two_sides.total() == {"ours": 24, "theirs": 24, "agreed": 24} | ({"other_hour": moved} if moved else {})
    assert two_sides.reconcile("--exit-code").code == 0


def test_an_error_of_the_clock_that_is_known_is_taken_off(two_sides: TwoSides) -> None:
    sent = calls()
    two_sides.ours(sent)
    two_sides.theirs(sent, "--clock-ahead", "-0.000001", ahead=-0.000001)

    assert (two_sides.folder / "ours").read_bytes() == (two_sides.folder / "theirs").read_bytes()


def test_a_request_that_the_other_side_gives_another_app_agrees_and_is_told(two_sides: TwoSides) -> None:
    sent = [*calls(5), *calls(2, app="kestrel-mail")]
    two_sides.ours(sent)
    two_sides.theirs(sent)

    found = two_sides.reconcile("--json", "--exit-code")

    assert found.code == 3
    assert two_sides.total() == {"ours": 7, "theirs": 7, "agreed": 7, "other_app": 2}
    assert {row["app"]: (row["ours"], row["theirs"], row["other_app"]) for row in found.data["apps"]} == {
        "kestrel-desk": (5, 7, 0),
        "kestrel-mail": (2, 0, 2),
    }


def test_a_request_without_an_id_is_counted_and_never_compared(two_sides: TwoSides) -> None:
    sent = calls(6)
    ran = two_sides.ours([*sent[:4], sent[4].but(id=None), sent[5].but(id="")])
    two_sides.theirs(sent[:4])

    assert "without identity, so never compared: 2 requests" in ran.stdout
    assert two_sides.total() == {"ours": 4, "theirs": 4, "agreed": 4, "unidentified_ours": 2}
    assert two_sides.reconcile("--exit-code").code == 3


def test_without_ids_equal_requests_of_an_hour_are_counted(two_sides: TwoSides) -> None:
    alike = [one.but(id=None, path="/2/posts", records=5) for one in calls(18)]
    two_sides.ours([*alike[:5], *alike[6:]], "--identity", "method,path")
    two_sides.theirs(
        [*alike[:16], alike[16].but(records=6), alike[17].but(path="/2/users")], "--identity", "method,path"
    )

    found = two_sides.reconcile("--json")

    expected = {"ours": 17, "theirs": 18, "agreed": 15, "differing": 1, "only_ours": 1, "only_theirs": 2}
    assert two_sides.total() == expected
    assert found.data["identity"] == ["hour", "method", "path"]


def test_a_period_cuts_both_logs_alike(two_sides: TwoSides) -> None:
    sent = calls()
    period = ("--period", "2024-01-16T10:00/2024-01-16T12:00")
    two_sides.ours(sent, *period)
    two_sides.theirs([sent[0].but(at=1.0), *sent[6:18]], *period)

    assert two_sides.total() == {"ours": 12, "theirs": 12, "agreed": 12}


# ── what goes into a commitment ───────────────────────────────────────────────────────────────────────────────────────


def test_a_second_program_writes_the_same_bytes(two_sides: TwoSides) -> None:
    sent = [*calls(9), *calls(3, app="kestrel-mail"), *(one.but(id=None) for one in calls(3, first=9))]
    two_sides.ours(sent)

    assert (two_sides.folder / "ours").read_bytes() == commitment(KEY, plain(sent))


def test_a_second_program_writes_the_same_bytes_without_ids_and_of_a_period(two_sides: TwoSides) -> None:
    sent = [one.but(path="/ünï/" + "x" * 300) for one in calls(5)] + [one.but(id=None, path="/2") for one in calls(8)]
    two_sides.ours(sent, "--identity", "path,method,request_id", "--period", "2024-01-16")
    mixed = (two_sides.folder / "ours").read_bytes()
    (two_sides.folder / "ours").unlink()
    two_sides.ours(sent, "--identity", "method,path", "--compare", "status")

    hour = 24 * 19738
    parts = ("path", "method", "request_id")
    assert mixed == commitment(KEY, plain(sent), identity=parts, period=(hour, hour + 24))
    assert (two_sides.folder / "ours").read_bytes() == commitment(
        KEY, plain(sent), identity=("hour", "method", "path"), compared=("status",)
    )


def test_a_commitment_is_the_same_whatever_the_order_names_and_packing_of_files(two_sides: TwoSides) -> None:
    sent = calls()
    two_sides.ours(sent)
    first = (two_sides.folder / "ours").read_bytes()
    (two_sides.folder / "ours").unlink()
    (two_sides.folder / "licensor/logs/log.jsonl").unlink()
    two_sides.log("licensor", gateway(reversed(sent[:9])), "z.gz", packed=True)
    two_sides.log("licensor", gateway(sent[9:]), "a")
    two_sides.log("licensor", gateway(sent[9:]), "again")
    two_sides.log("licensor", b"{}\n" + gateway(sent[20:21]), "b")
    ran = two_sides.commit("ours", "licensor", "--licensee", "kestrel", "--json")

    assert (two_sides.folder / "ours").read_bytes() == first
    assert ran.data["logs"] == {"files": 4, "repeated": 1, "entries": 26, "rejected": 1, "refused": []}


def test_nothing_of_another_licensee_is_in_a_commitment(two_sides: TwoSides) -> None:
    sent = calls(6)
    two_sides.ours(sent)
    first = (two_sides.folder / "ours").read_bytes()
    (two_sides.folder / "ours").unlink()
    two_sides.ours([*calls(50, app="osprey-web"), *sent])

    assert (two_sides.folder / "ours").read_bytes() == first


def test_nothing_of_a_request_stands_in_a_commitment_and_another_key_makes_other_tags(two_sides: TwoSides) -> None:
    sent = calls(6)
    two_sides.ours(sent)
    first = (two_sides.folder / "ours").read_text("ascii")
    (two_sides.folder / "ours").unlink()
    two_sides.key.write_text(KEY[::-1].hex(), "ascii")
    two_sides.ours(sent)
    second = (two_sides.folder / "ours").read_text("ascii")

    for secret in ("posts", "kestrel-desk/", "kestrel-key", KEY.hex(), "09:59"):
        assert secret not in first
    tags = [{line.partition('"tags":"')[2] for line in text.splitlines()[1:-1]} for text in (first, second)]
    assert tags[0] & tags[1] == set()


def test_every_line_is_as_the_published_schema_has_it(two_sides: TwoSides) -> None:
    two_sides.ours([*calls(3), calls(4)[3].but(id=None)], "--period", "2024-01")
    lines = [json.loads(line) for line in (two_sides.folder / "ours").read_bytes().splitlines()]

    validator = jsonschema.Draft202012Validator(json_schema())
    assert [list(validator.iter_errors(line)) for line in lines] == [[] for _ in lines]
    assert len(lines) == len(LINES)
    assert not validator.is_valid({**lines[1], "secret": "x"})
    assert not validator.is_valid({})


def test_a_file_that_cannot_be_read_stops_a_commitment_or_is_named(two_sides: TwoSides) -> None:
    two_sides.log("licensee", client(calls(3)))
    two_sides.log("licensee", client(calls(3))[:-9], "cut.gz", packed=True)
    cut = two_sides.folder / "licensee/logs/cut.gz"
    cut.write_bytes(cut.read_bytes()[:-9])
    stopped = two_sides.commit("theirs", "licensee", "--app", "kestrel-desk")
    there = (two_sides.folder / "theirs").exists()
    went_on = two_sides.commit("theirs", "licensee", "--app", "kestrel-desk", "--accept-refused")

    assert (stopped.code, there, went_on.code) == (5, False, 0)
    assert "not read: " in went_on.stdout
    assert "cut.gz" in went_on.stdout


# ── which requests they are ───────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_not_agreed_is_found_again_in_each_sides_own_log(two_sides: TwoSides) -> None:
    sent = [*calls(20), *calls(1, app="kestrel-mail")]
    two_sides.ours(sent[1:])
    two_sides.theirs([*sent[:5], sent[5].but(status=503), sent[6].but(status=None), *sent[8:]])
    listed = two_sides.folder / "unlike.csv"

    two_sides.reconcile("--unlike", str(listed))
    mine = two_sides.commit("none", "licensor", "--licensee", "kestrel", "--find", listed, "--json")
    other = two_sides.commit("none", "licensee", "--app", "kestrel-desk", "--find", listed)

    assert listed.read_text("ascii").startswith("kind,hour,app,tag\n")
    assert [(row["kind"], row["request_id"], row["position"]) for row in mine.data] == [
        ("other_app", "kestrel-mail/0", 20),
        ("differing", "kestrel-desk/5", 5),
        ("undecided", "kestrel-desk/6", 6),
        ("only_ours", "kestrel-desk/7", 7),
    ]
    assert {row["path"] for row in mine.data} == {str(two_sides.folder / "licensor/logs/log.jsonl")}
    assert [line.partition(": ")[0] for line in other.stdout.splitlines()] == [
        "only_theirs",
        "other_app",
        "differing",
        "undecided",
    ]
    assert other.stdout.splitlines()[0].endswith("log.jsonl:1 2024-01-16T09:09:59.000000Z kestrel-desk kestrel-desk/0")
    assert not (two_sides.folder / "none").exists()


@pytest.mark.parametrize(
    "text",
    ["", "tag\n", "kind,hour,app,tag\n=1+1,2024-01-16T09Z,a,00\n", "kind,hour,app,tag\n" + "x" * 9_000, "\x1b[2J"],
)
def test_a_list_that_reconcile_did_not_write_is_refused(text: str, two_sides: TwoSides) -> None:
    two_sides.log("licensee", client(calls(1)))
    listed = two_sides.folder / "unlike.csv"
    listed.write_text(text, "utf-8")

    ran = two_sides.commit("none", "licensee", "--app", "kestrel-desk", "--find", listed)

    assert (ran.code, ran.stdout, str(listed) in ran.stderr) == (5, "", True)
    assert two_sides.commit("none", "licensee", "--app", "kestrel-desk", "--find", "nowhere").code == 5


def test_a_list_is_never_written_over_and_is_empty_where_all_agrees(two_sides: TwoSides) -> None:
    two_sides.ours(calls(3))
    two_sides.theirs(calls(3))
    listed = two_sides.folder / "unlike.csv"

    first, again = two_sides.reconcile("--unlike", str(listed)), two_sides.reconcile("--unlike", str(listed))

    assert (first.code, again.code, listed.read_text("ascii")) == (0, 2, "kind,hour,app,tag\n")
    assert two_sides.commit("none", "licensee", "--app", "kestrel-desk", "--find", listed, "--json").data == []


def test_two_logs_that_number_their_requests_for_themselves_are_two_sources(two_sides: TwoSides) -> None:
    sent = calls(6)
    for name, some in (("one", sent[:3]), ("two", sent[3:])):
        numbered = [
            {"time": call.instant.isoformat(), "client": "kestrel-key-1", "request_id": call.id, "seq": place}
            for place, call in enumerate(some, 1)
        ]
        lines = [json.dumps({**each, "method": "GET", "path": "/2", "status": 200}) + "\n" for each in numbered]
        two_sides.log("licensor", "".join(lines).encode(), name)
    logs = two_sides.folder / "licensor/logs"
    common = ("commit", "--key", two_sides.key, "--app", "kestrel-desk", "--json", "--out")

    apart = tallystick(*common, two_sides.folder / "apart", "--logs", logs / "one", "--logs", logs / "two")
    together = tallystick(*common, two_sides.folder / "together", "--logs", logs)

    assert (apart.data["requests"], together.data["requests"]) == (6, 3)
