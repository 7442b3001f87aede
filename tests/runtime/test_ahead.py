from __future__ import annotations

import threading
from contextlib import closing

import pytest

from tallystick.errors import UsageError
from tallystick.runtime.ahead import ahead

THREADS = pytest.mark.parametrize("threads", [1, 2, 3])


@THREADS
def test_results_come_in_the_order_of_the_items(threads: int) -> None:
    second_is_done = threading.Event()

    def work(item: int) -> int:
        if item == 0 and threads > 1:
            assert second_is_done.wait(20)
        if item == 1:
            second_is_done.set()
        return item * item

    assert list(ahead(range(20), work, threads=threads)) == [item * item for item in range(20)]


@THREADS
def test_an_error_comes_in_the_place_of_its_result_and_nothing_after_it(threads: int) -> None:
    def work(item: int) -> int:
        if item in (3, 4):
            raise UsageError(f"{item} cannot be done")
        return item

    taken: list[int] = []
    with pytest.raises(UsageError, match="3 cannot be done"):
        taken.extend(ahead(range(100), work, threads=threads))

    assert taken == [0, 1, 2]


@THREADS
def test_no_more_is_made_than_the_next_few(threads: int) -> None:
    begun = []

    def work(item: int) -> int:
        begun.append(item)
        return item

    with closing(ahead(range(100), work, threads=threads)) as results:
        assert [next(results) for _ in range(5)] == [0, 1, 2, 3, 4]

    assert len(begun) <= 5 + threads


def test_two_are_made_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=20)

    def work(item: int) -> int:
        both.wait()
        return item

    assert list(ahead([1, 2], work, threads=2)) == [1, 2]


def test_nothing_to_do_is_done() -> None:
    assert list(ahead([], str)) == []
