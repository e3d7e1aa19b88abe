"""What is begun in another thread: done beside the rest, and waited for whatever became of it."""

from threading import Barrier, Event, get_ident

import pytest

from shared.meanwhile import Begin, at_once, in_a_thread, within


def test_what_is_begun_is_done_at_the_same_time() -> None:
    meeting = Barrier(3, timeout=10)
    waits = [in_a_thread(meeting.wait), in_a_thread(meeting.wait)]
    meeting.wait()
    assert len({*(wait() for wait in waits)}) == len(waits)


def test_one_thing_after_another_is_done_by_one_thread() -> None:
    in_a_thread(get_ident)()
    threads = {in_a_thread(get_ident)() for _ in range(100)}
    assert len(threads) == 1
    assert get_ident() not in threads


@pytest.mark.parametrize("begin", [in_a_thread, at_once])
def test_whoever_waits_is_told_each_time_what_was_done_once(begin: Begin) -> None:
    done = iter(["result"])
    wait = begin(lambda: next(done))
    assert (wait(), wait()) == ("result", "result")


@pytest.mark.parametrize("error", [KeyError("a"), SystemExit(1)])
def test_what_is_raised_is_raised_to_whoever_waits_and_the_thread_goes_on(
    error: BaseException,
) -> None:
    def fail() -> None:
        raise error

    wait = in_a_thread(fail)
    for _ in range(2):
        with pytest.raises(type(error)):
            wait()
    assert in_a_thread(lambda: "next")() == "next"


def test_who_waits_no_longer_is_told_so_and_it_goes_on() -> None:
    may_end, has_ended = Event(), Event()

    def do() -> None:
        may_end.wait(10)
        has_ended.set()

    with pytest.raises(TimeoutError):
        within(0.01, do)
    may_end.set()
    assert has_ended.wait(10)
    assert within(10, lambda: "result") == "result"
