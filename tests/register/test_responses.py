"""What a licensee answered to what was found: which finding an answer belongs to, and what is no answer."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from building import a_licensee
from tallystick.register.model import Licensee


def an_answer(**stated: Any) -> dict[str, Any]:
    return {"clause": "volume", "period": "2022", "date": "2023-02-01", "text": "Measured by our own log."} | stated


def answering(*answers: dict[str, Any]) -> Licensee:
    return a_licensee(responses=list(answers))


def texts(licensee: Licensee, *asked: tuple[str, str | None, str]) -> list[str | None]:
    found = [licensee.response_to(*one) for one in asked]
    return [one and one.text for one in found]


def test_an_answer_belongs_to_a_clause_and_a_period() -> None:
    licensee = answering(an_answer())

    asked = ("volume", "acme", "2022"), ("volume", None, "2022"), ("volume", "acme", "2023"), ("pace", "acme", "2022")
    assert texts(licensee, *asked) == ["Measured by our own log."] * 2 + [None, None]


def test_an_answer_about_an_app_or_a_credential_belongs_to_just_that() -> None:
    licensee = answering(an_answer(app="one", text="One."), an_answer(credential="key-7", text="Key."))

    asked = [("volume", key, "2022") for key in ("one", "key-7", "two", None)]
    assert texts(licensee, *asked) == ["One.", "Key.", None, None]


def test_the_answer_that_says_most_of_what_it_is_about_comes_first() -> None:
    licensee = answering(an_answer(text="All."), an_answer(app="one", text="One."))

    assert texts(licensee, ("volume", "one", "2022"), ("volume", "two", "2022")) == ["One.", "All."]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([an_answer(), an_answer(text="More.")], "second answer"),
        ([an_answer(app="one", credential="key-7")], "take one of the two out"),
        ([an_answer(date="2023-02-30")], "no day"),
        ([an_answer(period="last year")], "no period"),
        ([an_answer(text="")], "at least 1"),
        ([an_answer(clause="§ 4")], "an id is"),
        ([an_answer(sent="by post")], "not permitted"),
    ],
)
def test_what_is_no_answer_is_refused(answers: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        answering(*answers)
