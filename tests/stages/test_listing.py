"""What a source offers: the objects of a folder, or those that a list names."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tallystick.errors import BadConfigurationError, EmptySourceError, MissingInputError
from tallystick.intake.sources import Source, load_sources
from tallystick.settings import S3Settings
from tallystick.stages.listing import list_source

LOCAL = S3Settings()


def listed(project: Path, **stated: str) -> list[tuple[str, str]]:
    source = Source.model_validate({"name": "edge", **stated})
    return [(one.key, one.uri) for one in list_source(source, project, LOCAL)]


def test_a_list_names_objects_one_a_line_relative_to_the_project(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.log"
    project = tmp_path / "project"
    (project / "logs").mkdir(parents=True)
    for file in (elsewhere, project / "logs/a b.log", project / "logs/#c.log"):
        file.write_bytes(b"x")
    (project / "paths.txt").write_bytes(
        b"\xef\xbb\xbf# the week of the incident\r\nlogs/a b.log\r\n\r\n./logs/#c.log\n" + os.fsencode(elsewhere)
    )

    assert listed(project, list="paths.txt") == [
        ("logs/a b.log", str(project / "logs/a b.log")),
        ("./logs/#c.log", str(project / "logs/#c.log")),
        (str(elsewhere), str(elsewhere)),
    ]
    assert [key for key, _ in listed(project, list="paths.txt", files="logs/*")] == ["logs/a b.log"]


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems only take UTF-8 names")
def test_a_list_can_name_a_file_whose_name_is_no_text(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/bad\xff.log"
    Path(os.fsdecode(path)).write_bytes(b"x")
    (tmp_path / "paths.txt").write_bytes(b"bad\xff.log\n")

    [(key, uri)] = listed(tmp_path, list="paths.txt")

    assert key == "bad\\xff.log"
    assert uri.startswith("file:///")


def test_a_list_that_names_what_is_not_there_says_on_which_line(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"x")
    (tmp_path / "paths.txt").write_text("a.log\n\nb.log\n")

    with pytest.raises(MissingInputError) as caught:
        listed(tmp_path, list="paths.txt")
    assert caught.value.where == f"{tmp_path / 'paths.txt'}:3: b.log"


def test_a_list_that_names_an_object_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"x")
    (tmp_path / "paths.txt").write_text("a.log\na.log\n")

    with pytest.raises(BadConfigurationError, match="line 2 names an object a second time"):
        listed(tmp_path, list="paths.txt")


def test_a_list_that_is_empty_or_not_there_is_no_source(tmp_path: Path) -> None:
    (tmp_path / "paths.txt").write_text("# nothing yet\n")

    with pytest.raises(EmptySourceError):
        listed(tmp_path, list="paths.txt")
    with pytest.raises(MissingInputError, match="'edge' is not there"):
        listed(tmp_path, list="absent.txt")


def test_a_source_has_one_place(tmp_path: Path) -> None:
    (tmp_path / "edge.yaml").write_text("list: paths.txt\nfolder: logs\n")

    with pytest.raises(BadConfigurationError, match="exactly one of folder, prefix and list"):
        load_sources(tmp_path)
    (tmp_path / "edge.yaml").write_text("list: paths.txt\n")
    assert load_sources(tmp_path)[0].listed == "paths.txt"
