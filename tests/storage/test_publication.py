from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import BinaryIO, Literal

import pytest

from evidence.bundles import Report, a_payload, a_report
from tallystick.errors import (
    AlreadyPublishedError,
    BundleDiffersError,
    MissingInputError,
    NotFitToPublishError,
    UsageError,
)
from tallystick.evidence.assembly import assemble
from tallystick.evidence.bundle import DATAPACKAGE, MemoryReader
from tallystick.evidence.digest import Sha256
from tallystick.evidence.manifest import Manifest
from tallystick.evidence.verification import verify_bundle
from tallystick.report.changes_page import render_changes
from tallystick.storage.objects import ObjectStore
from tallystick.storage.publication import Published, publish_bundle
from tallystick.storage.published import StoreReader
from tallystick.storage.revisions import read_shelf, show_shelf
from tallystick.storage.stored import StoredObject

PERIOD = "2022-01-01_2022-01-03"
PLACE = f"halcyon/{PERIOD}"


def changed(number: int) -> dict[str, bytes]:
    """The payload of another result."""
    return a_payload(a_report({"completeness.sources.0.files": number}))


def publish(store: ObjectStore, files: dict[str, bytes] | None = None, *, revision: int | None = None) -> Published:
    files = files or a_payload()
    report_sha256 = Sha256.of(files["report.json"]).hex
    return publish_bundle(
        store,
        "halcyon",
        PERIOD,
        files,
        report_sha256=report_sha256,
        title="Audit",
        revision=revision,
        show_changes=render_changes,
    )


def manifest(store: ObjectStore, revision: int) -> Manifest:
    return Manifest.parse(store.get(f"{PLACE}/r{revision}/{DATAPACKAGE}"))


def keys(store: ObjectStore) -> list[str]:
    return [each.key for each in store.list()]


class CutOffError(Exception):
    """The process was killed here."""


class KilledAfter:
    """A store whose writer is killed after so many objects."""

    def __init__(self, store: ObjectStore, writes: int) -> None:
        self._store = store
        self._left = writes

    def put_new(self, key: str, data: bytes) -> Literal["written", "same"]:
        self._spend()
        return self._store.put_new(key, data)

    def put(self, key: str, data: bytes) -> None:
        self._spend()
        self._store.put(key, data)

    def get(self, key: str) -> bytes:
        return self._store.get(key)

    def open(self, key: str) -> BinaryIO:
        return self._store.open(key)

    def list(self, prefix: str = "") -> Sequence[StoredObject]:  # type: ignore[valid-type]
        return list(self._store.list(prefix))

    def url(self, key: str) -> str:
        return self._store.url(key)

    def _spend(self) -> None:
        if self._left == 0:
            raise CutOffError
        self._left -= 1


def test_a_first_report_is_revision_1(store: ObjectStore) -> None:
    published = publish(store)

    assert (published.state, published.revision) == ("published", 1)
    assert published.location == store.url(f"{PLACE}/r1")
    assert published.report_sha256 == Sha256.of(a_payload()["report.json"])
    names = {*a_payload(), "SHA256SUMS", DATAPACKAGE}
    assert keys(store) == sorted([f"{PLACE}/latest.json", *(f"{PLACE}/r1/{name}" for name in names)])
    assert manifest(store, 1).edition.supersedes is None


def test_the_same_report_again_is_unchanged_and_writes_nothing(store: ObjectStore) -> None:
    publish(store)
    before = list(store.list())

    again = publish(store, a_payload(run_json=b'{"made":"again"}'))

    assert (again.state, again.revision) == ("unchanged", 1)
    assert list(store.list()) == before


def test_a_report_that_is_published_in_one_language_stays_in_it_and_says_so(store: ObjectStore) -> None:
    page = a_payload()["report.html"]
    publish(store, a_payload() | {"report.html": page})

    again = publish(store, a_payload() | {"report.html": page.replace(b'"en"', b'"fr"')})
    same = publish(store, a_payload() | {"report.html": page})

    assert (again.state, again.kept_language, same.kept_language) == ("unchanged", "en", None)
    assert store.get(f"{PLACE}/r1/report.html") == page


def test_a_changed_report_is_the_next_revision_and_says_what_it_supersedes(store: ObjectStore) -> None:
    publish(store)
    second = publish(store, changed(2))

    assert (second.state, second.revision) == ("published", 2)
    before = manifest(store, 2).edition.supersedes
    assert before is not None
    assert (before.revision, before.report_sha256) == (1, Sha256.of(a_payload()["report.json"]))
    assert before.datapackage_sha256 == Sha256.of(store.get(f"{PLACE}/r1/{DATAPACKAGE}"))
    assert json.loads(store.get(f"{PLACE}/latest.json"))["path"] == "r2/"


def read(store: ObjectStore, revision: int) -> dict[str, bytes]:
    folder = f"{PLACE}/r{revision}/"
    return {each.key.removeprefix(folder): store.get(each.key) for each in store.list(folder)}


def test_a_revision_says_which_numbers_it_changes_and_from_which_revision(store: ObjectStore) -> None:
    publish(store)
    publish(store, changed(2))

    files = read(store, 2)
    said = json.loads(files["changes.json"])
    assert "changes.json" not in read(store, 1)
    assert [(each["path"], each["before"], each["after"]) for each in said["sections"][0]["changes"]] == [
        ("completeness.sources[gateway].files", 1, 2)
    ]
    assert (said["before"]["revision"], said["after"]["revision"]) == (1, 2)
    assert said["before"]["datapackage_sha256"] == Sha256.of(store.get(f"{PLACE}/r1/{DATAPACKAGE}")).hex
    assert render_changes(said) == files["changes.html"]
    assert b"changes.json" in files["SHA256SUMS"]


def test_what_a_revision_changes_is_made_again_byte_for_byte_by_a_run_that_was_killed(store: ObjectStore) -> None:
    publish(store)
    with pytest.raises(CutOffError):
        publish(KilledAfter(store, 9), changed(2))  # type: ignore[arg-type]

    assert (publish(store, changed(2)).state, manifest(store, 2).revision) == ("published", 2)


@pytest.mark.parametrize("left", [None, b"{}"])
def test_an_earlier_report_that_is_gone_or_changed_stops_nothing_and_is_told(
    store: ObjectStore, left: bytes | None
) -> None:
    publish(store)

    class Damaged(KilledAfter):
        def get(self, key: str) -> bytes:
            if key != f"{PLACE}/r1/report.json":
                return super().get(key)
            if left is None:
                raise MissingInputError("it is gone", where=key)
            return left

    publish(Damaged(store, 99), changed(2))  # type: ignore[arg-type]

    said = json.loads(read(store, 2)["changes.json"])
    assert (said["compared"], said["numbers"], said["sections"]) == (False, None, [])
    assert said["why"][0]["what"] == "not_readable"


def test_changes_of_other_revisions_do_not_pass_verification(store: ObjectStore) -> None:
    for number in (1, 2, 3):
        publish(store, changed(number))
    files = read(store, 3)
    edition = manifest(store, 3).edition

    for others in (
        {"changes.json": read(store, 2)["changes.json"]},
        {"changes.html": read(store, 2)["changes.html"]},
        {"changes.json": files["changes.json"] + b" "},
        {"changes.json": files["changes.json"].replace(b'"compared"', b'"likened"')},
    ):
        payload = {name: data for name, data in files.items() if name not in (DATAPACKAGE, "SHA256SUMS")}
        swapped = assemble(payload | others, edition)
        with pytest.raises(BundleDiffersError) as caught:
            verify_bundle(MemoryReader(swapped), location="r3")
        assert caught.value.differences[0].file == next(iter(others))
    assert "changes.json" in " ".join(verify_bundle(MemoryReader(files), location="r3").rules)


def test_a_result_that_changes_back_is_a_revision_of_its_own(store: ObjectStore) -> None:
    for files in (a_payload(), changed(2), a_payload()):
        last = publish(store, files)

    assert (last.state, last.revision) == ("published", 3)


def test_what_is_published_passes_verification(store: ObjectStore) -> None:
    publish(store)
    publish(store, changed(2))

    class Below(StoreReader):
        def names(self):  # type: ignore[no-untyped-def]
            return (each.key.removeprefix(f"{PLACE}/r2/") for each in store.list(f"{PLACE}/r2/"))

        def open(self, name: str) -> BinaryIO:
            return store.open(f"{PLACE}/r2/{name}")

    assert verify_bundle(Below(store), location="r2").manifest.revision == 2


def test_a_revision_that_is_published_with_other_content_is_refused(store: ObjectStore) -> None:
    publish(store)
    publish(store, changed(2))

    for number, fact in ((1, "published with other content"), (2, "published with other content")):
        with pytest.raises(AlreadyPublishedError, match=fact) as caught:
            publish(store, changed(3), revision=number)
        assert caught.value.exit_code == 7
    assert publish(store, a_payload(), revision=1).state == "unchanged"
    assert publish(store, changed(2), revision=2).state == "unchanged"
    assert (publish(store, changed(3), revision=3).state, len(read_shelf(store).manifests)) == ("published", 3)


def test_a_number_before_the_latest_is_never_filled_in(store: ObjectStore) -> None:
    publish(store, revision=4)

    with pytest.raises(AlreadyPublishedError, match="comes before r4"):
        publish(store, changed(2), revision=2)
    assert publish(store, changed(2)).revision == 5


@pytest.mark.parametrize("writes", range(len(a_payload()) + 3))
def test_a_run_that_was_killed_shows_nothing_and_the_same_run_completes_it(store: ObjectStore, writes: int) -> None:
    with pytest.raises(CutOffError):
        publish(KilledAfter(store, writes))  # type: ignore[arg-type]

    visible = writes == len(a_payload()) + 2  # the manifest was the last; only latest.json is missing
    assert len(read_shelf(store).manifests) == int(visible)
    assert f"{PLACE}/latest.json" not in keys(store)

    completed = publish(store)
    assert (completed.revision, completed.state) == (1, "unchanged" if visible else "published")
    assert json.loads(store.get(f"{PLACE}/latest.json"))["path"] == "r1/"


@pytest.mark.parametrize("writes", [1, 7])
def test_what_a_killed_run_left_is_passed_over_by_a_run_with_another_result(store: ObjectStore, writes: int) -> None:
    with pytest.raises(CutOffError):
        publish(KilledAfter(store, writes))  # type: ignore[arg-type]

    published = publish(store, changed(2))

    assert published.revision == 2
    assert manifest(store, 2).edition.supersedes is None
    assert publish(store, changed(3)).revision == 3
    with pytest.raises(AlreadyPublishedError):
        publish(store, changed(4), revision=1)


def test_a_number_that_a_killed_run_holds_is_refused_when_it_is_asked_for(store: ObjectStore) -> None:
    with pytest.raises(CutOffError):
        publish(KilledAfter(store, 3))  # type: ignore[arg-type]

    with pytest.raises(AlreadyPublishedError) as caught:
        publish(store, changed(2), revision=1)

    assert "without --revision" in (caught.value.next_step or "")


def test_a_folder_with_a_strangers_file_is_passed_over(store: ObjectStore) -> None:
    store.put(f"{PLACE}/r1/notes.txt", b"mine")

    assert publish(store).revision == 2


def test_a_pointer_and_a_shelf_that_were_lost_are_made_again(store: ObjectStore) -> None:
    publish(store)
    store.put(f"{PLACE}/latest.json", b"{}")
    store.put("index.html", b"old")

    assert publish(store).state == "unchanged"
    show_shelf(store, lambda manifests, _: str(len(manifests)).encode())

    assert json.loads(store.get(f"{PLACE}/latest.json"))["path"] == "r1/"
    assert store.get("index.html") == b"1"


@pytest.mark.parametrize("same", [True, False])
def test_of_publishers_at_once_each_result_is_one_whole_revision(store: ObjectStore, same: bool) -> None:
    start = threading.Barrier(4)
    results: list[Published] = []
    errors: list[BaseException] = []

    def run(number: int) -> None:
        try:
            start.wait()
            results.append(publish(store, a_payload() if same else changed(number)))
            show_shelf(store, lambda manifests, _: json.dumps([each.revision for each in manifests]).encode())
        except BaseException as error:  # noqa: BLE001 shown by the assertion below
            errors.append(error)

    publishers = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for publisher in publishers:
        publisher.start()
    for publisher in publishers:
        publisher.join()

    assert errors == []
    published = sorted(each.revision for each in read_shelf(store).manifests)
    assert {each.revision for each in results} == set(published)
    assert len(published) == (1 if same else 4)
    for revision in published:
        folder = f"{PLACE}/r{revision}/"
        files = {each.key.removeprefix(folder): store.get(each.key) for each in store.list(folder)}
        assert Manifest.parse(files[DATAPACKAGE]).report_sha256 == Sha256.of(files["report.json"])
        assert len(files) == 12 + 2 * ("changes.json" in files)
    assert json.loads(store.get(f"{PLACE}/latest.json"))["revision"] == max(published)
    assert sorted(json.loads(store.get("index.html"))) == published


def test_a_report_that_would_not_pass_its_verification_is_not_published(store: ObjectStore) -> None:
    for files in (
        a_payload(a_report({"reconciliation.entries": 15})),
        a_payload(findings_csv=b"id\r\n"),
        {**a_payload(), "../evil": b""},
        {**a_payload(), DATAPACKAGE: b"{}"},
        {name: data for name, data in a_payload().items() if name != "usage.parquet"},
        {**a_payload(), "report.json": a_payload()["report.json"] + b"\n"},
    ):
        with pytest.raises(NotFitToPublishError) as caught:
            publish(store, files)
        assert caught.value.exit_code == 4
    with pytest.raises(NotFitToPublishError):
        publish_bundle(store, "halcyon", PERIOD, a_payload(), report_sha256="0" * 64, title="Audit")
    assert keys(store) == []


def test_a_report_goes_where_it_says_it_belongs(store: ObjectStore) -> None:
    for licensee, period in (("meridian", PERIOD), ("halcyon", "2022"), ("..", PERIOD)):
        files = a_payload()
        with pytest.raises(UsageError):
            publish_bundle(
                store, licensee, period, files, report_sha256=Sha256.of(files["report.json"]).hex, title="Audit"
            )
    with pytest.raises(UsageError):
        publish(store, revision=0)
    assert keys(store) == []


@pytest.mark.parametrize("licensee", ["../../etc", "/", ".", "a b\n<script>", "x" * 100_000, "licensee/2022/r1"])
def test_a_hostile_name_is_one_folder(store: ObjectStore, licensee: str) -> None:
    report: Report = a_report({"licensee.id": licensee})
    files = a_payload(report)

    published = publish_bundle(
        store, licensee, PERIOD, files, report_sha256=Sha256.of(files["report.json"]).hex, title="Audit"
    )

    [listed] = [each.key for each in store.list() if each.key.endswith(DATAPACKAGE)]
    assert listed.split("/")[1:] == [PERIOD, "r1", DATAPACKAGE]
    assert published.location == store.url(listed.removesuffix(f"/{DATAPACKAGE}"))
    assert [each.licensee for each in read_shelf(store).manifests] == [licensee]


def test_a_manifest_that_is_broken_or_lies_elsewhere_is_not_on_the_shelf_but_named(store: ObjectStore) -> None:
    publish(store)
    good = store.get(f"{PLACE}/r1/{DATAPACKAGE}")
    store.put(f"{PLACE}/r2/{DATAPACKAGE}", good)
    store.put(f"meridian/{PERIOD}/r1/{DATAPACKAGE}", good)
    store.put(f"meridian/{PERIOD}/r3/{DATAPACKAGE}", good[:-1])
    store.put(f"{PLACE}/r01/{DATAPACKAGE}", good)
    store.put(f"{PLACE}/old/{DATAPACKAGE}", good)

    shelf = read_shelf(store)

    assert [each.revision for each in shelf.manifests] == [1]
    assert shelf.unreadable == (
        f"{PLACE}/r2/{DATAPACKAGE}",
        f"meridian/{PERIOD}/r1/{DATAPACKAGE}",
        f"meridian/{PERIOD}/r3/{DATAPACKAGE}",
    )
    assert publish(store, changed(2)).revision == 3


def test_a_store_without_reports_has_an_empty_shelf(store: ObjectStore) -> None:
    assert read_shelf(store).manifests == ()
    with pytest.raises(MissingInputError):
        store.get("index.html")
