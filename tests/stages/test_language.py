"""A report in another language than the one that it was published in."""

from __future__ import annotations

from stages.world import World
from tallystick.evidence.renderings import page_language


def test_a_published_report_keeps_its_language_and_publish_says_so(finished: World) -> None:
    finished.write("tallystick.toml", 'language = "fr"\n' + (finished.folder / "tallystick.toml").read_text("utf-8"))
    before = finished.bundle()

    published = finished.publish(licensee="kestrel", period="2024-03")

    assert not published.changed
    assert published.sentence.endswith("a revision keeps the language that it was published in: en")
    assert finished.bundle() == before
    assert page_language(before["report.html"]) == "en"
