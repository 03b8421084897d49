"""Threads that help with one question run where the one that asks does not."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread, get_native_id

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.encoding.helpers import Helpers, open_with_helpers, shares
from kb.encoding.runtime import OnnxQueryEncoder

linux = pytest.mark.skipif(sys.platform != "linux", reason="processors of threads are set on Linux only")


@linux
def test_helpers_are_the_threads_that_were_started_and_make_way() -> None:
    with _sleeper() as (start, numbers), _sleeper() as (start_other, _):
        name = Path(f"/proc/self/task/{get_native_id()}/comm").read_text()
        start_other()
        _, helpers = open_with_helpers(start)
        assert helpers.threads == numbers
        assert Path(f"/proc/self/task/{get_native_id()}/comm").read_text() == name
        everywhere = os.sched_getaffinity(0)
        for here in everywhere:
            with _only_on(here):
                # Who may run on one processor only leaves the helpers nowhere else to go, and leaves them alone.
                before = os.sched_getaffinity(numbers[0])
                helpers.make_way()
                assert os.sched_getaffinity(numbers[0]) == before
        if len(everywhere) > 1:
            helpers.make_way()
            assert os.sched_getaffinity(numbers[0]) < everywhere


@pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="takes Linux and two processors"
)
def test_a_question_is_encoded_on_different_processors(served: OnnxQueryEncoder, exported_folder: Path) -> None:
    encoder = OnnxQueryEncoder(exported_folder, threads=2)
    [helper] = encoder._helpers.threads
    for _ in range(20):
        encoder.encode_query("permisos de trabajo")
        allowed = os.sched_getaffinity(helper)
        assert allowed
        assert allowed < os.sched_getaffinity(0)
    alone = served.encode_query("permisos")
    np.testing.assert_allclose(encoder.encode_query("permisos").vector, alone.vector, atol=1e-6)


@given(st.lists(st.integers(0, 99), unique=True), st.integers(1, 8))
def test_no_two_threads_share_a_processor_where_there_are_enough(processors: list[int], threads: int) -> None:
    given_out = shares(processors, threads)
    if not processors:
        assert given_out == []
        return
    assert len(given_out) == threads
    assert all(given_out)
    assert {one for some in given_out for one in some} == set(processors)
    if len(processors) >= threads:
        assert sum(map(len, given_out)) == len(processors)


@linux
def test_a_system_that_forbids_it_is_served_all_the_same() -> None:
    gone = 2**22 + 1  # larger than any thread's number
    helpers = Helpers([gone])
    helpers.make_way()
    helpers.make_way()


@contextmanager
def _sleeper() -> Iterator[tuple[Callable[[], None], list[int]]]:
    """What starts a thread that sleeps until the end, and the system's number of it."""
    started, ended, numbers = Event(), Event(), list[int]()

    def sleep() -> None:
        numbers.append(get_native_id())
        started.set()
        ended.wait()

    def start() -> None:
        Thread(target=sleep, daemon=True).start()
        started.wait()

    try:
        yield start, numbers
    finally:
        ended.set()


@contextmanager
def _only_on(processor: int) -> Iterator[None]:
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {processor})
    try:
        yield
    finally:
        os.sched_setaffinity(0, everywhere)
