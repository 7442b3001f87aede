"""What a licensee answered, and what earlier audits found, reach the next revision and change no count."""

from __future__ import annotations

from stages.world import World
from tallystick.settings import S3Settings
from tallystick.stages.verify import verify

ANSWER = """
responses:
  - clause: purpose
    app: kestrel-batch
    period: 2024-03-03
    date: 2024-04-02
    text: The use case was sent on 1 February.
"""
DUE = 'response_days: {days: 21, cites: "§ 11"}\nclauses:\n'


def test_an_answer_and_what_was_found_before_stand_in_the_next_revision(finished: World) -> None:
    finished.edit("agreements/kestrel/2024-01-01.yaml", "clauses:\n", DUE)
    for period in ("2024-03-02", "2024-03-03"):
        finished.audit(period=period)
    finished.publish(period="2024-03-03")
    finished.edit("register/kestrel.yaml", "name: Kestrel Metrics Ltd\n", f"name: Kestrel Metrics Ltd{ANSWER}")
    finished.publish(period="2024-03-03")  # without another audit

    before, after = (finished.report(period="2024-03-03", revision=revision) for revision in (1, 2))
    [answered] = [one for one in after["findings"] if one["clause"] == "purpose"]
    assert answered["response"] == {"date": "2024-04-02", "text": "The use case was sent on 1 February."}
    assert [(one["period"], one["used"], one["requests"]) for one in answered["earlier"]] == [("2024-03-02", 1, 1)]

    asked = {one["what"]: one for one in after["asks"]}
    assert (asked["respond"]["within_days"], asked["respond"]["cites"]) == (21, "§ 11")
    assert answered["id"] not in asked["respond"]["findings"]
    assert answered["id"] in asked["approve_use_case"]["findings"]

    unchanged = ("summary", "clauses", "consumption", "reconciliation", "completeness", "files", "exposures")
    assert [before[part] for part in unchanged] == [after[part] for part in unchanged]
    assert verify(str(finished.folder / "reports/kestrel/2024-03-03/r2"), S3Settings()).files
