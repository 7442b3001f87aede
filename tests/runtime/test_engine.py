"""Spark places the work: results in the order of the items, and errors of ours as themselves."""

from __future__ import annotations

import os
from operator import neg
from urllib.parse import quote

import pytest

from tallystick.errors import BadPeriodError, TallystickError
from tallystick.period import Period, to_text
from tallystick.runtime.engine import Engine, _work_through
from tallystick.settings import EngineSettings


def test_no_item_is_no_result_and_starts_nothing() -> None:
    engine = Engine(EngineSettings())

    assert engine.map([], neg, label="nothing") == []
    assert engine._session is None


def test_an_engine_that_never_started_can_be_stopped() -> None:
    engine = Engine(EngineSettings())

    engine.stop()

    assert engine.map([], neg, label="nothing") == []


@pytest.mark.spark
@pytest.mark.parametrize("items", [1, 2, 3, 7, 100])
def test_results_come_in_the_order_of_their_items(engine: Engine, items: int) -> None:
    assert engine.map(list(range(items)), neg, label="numbers") == [-item for item in range(items)]


@pytest.mark.spark
def test_nothing_may_come_back_for_an_item(engine: Engine) -> None:
    names = ["NO_SUCH_NAME", "PATH", "NO_SUCH_NAME"]

    found = engine.map(names, os.getenv, label="nothing")

    assert [one is None for one in found] == [True, False, True]


@pytest.mark.spark
def test_any_value_may_travel(engine: Engine) -> None:
    texts = ["", "ü", "\x00", "a" * 100_000, "'\"\\", "\u202e"]

    assert engine.map(texts, quote, label="texts") == [quote(text) for text in texts]
    assert engine.map([0, 2**62 // 1_000], to_text, label="instants") == [to_text(0), to_text(2**62 // 1_000)]


@pytest.mark.spark
def test_an_error_of_ours_comes_back_as_itself(engine: Engine) -> None:
    with pytest.raises(BadPeriodError) as raised:
        engine.map(["2022", "2022-13", "2023"], Period.parse, label="periods")

    assert raised.value.what == "'2022-13' is not a day of the calendar"
    assert (raised.value.exit_code, raised.value.where) == (2, None)
    assert raised.value.next_step is not None
    assert raised.value.next_step.startswith("write 2022")


@pytest.mark.spark
def test_the_session_serves_on_after_an_error(engine: Engine) -> None:
    with pytest.raises(TallystickError):
        engine.map(["never"], Period.parse, label="periods")

    assert engine.map([1, 2], neg, label="numbers") == [-1, -2]


def test_an_error_of_ours_is_an_answer_so_that_no_task_is_tried_again() -> None:
    answer = _work_through(Period.parse, ["2022", "never"])

    assert isinstance(answer, BadPeriodError)


def test_any_other_error_is_a_bug_and_stays_one() -> None:
    with pytest.raises(ZeroDivisionError):
        _work_through((1).__truediv__, [1, 0])
